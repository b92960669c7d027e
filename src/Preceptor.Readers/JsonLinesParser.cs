using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>The cells of one key in one block of lines: numbers until a text comes, as texts where they are known to be.</summary>
internal sealed class JsonColumn(string name, bool isText)
{
    /// <summary>The key.</summary>
    public string Name { get; } = name;

    /// <summary>The key as the file writes it, unless it is escaped there.</summary>
    public byte[] Key { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>Whether numbers are kept as texts too, because the column is known to be text.</summary>
    public bool IsText { get; } = isText;

    /// <summary>Whether there is a text or a boolean.</summary>
    public bool HasTexts { get; set; }

    /// <summary>Whether there is a number that was read as one.</summary>
    public bool HasNumbers { get; set; }

    /// <summary>The numbers [at most the block's rows]; rows beyond it lack the key.</summary>
    public List<double> Numbers { get; } = [];

    /// <summary>The texts, by handle [at most the block's rows]; rows beyond it lack the key.</summary>
    public List<long> Cells { get; } = [];

    /// <summary>The latest row, from 0, that has the key.</summary>
    public int LatestRow { get; set; } = -1;

    /// <summary>Sets a row's text; rows since the latest are empty.</summary>
    public void AddText(int row, long cell)
    {
        while (Cells.Count < row) Cells.Add(0);
        Cells.Add(cell);
    }

    /// <summary>Sets a row's number; rows since the latest are empty.</summary>
    public void AddNumber(int row, double number)
    {
        while (Numbers.Count < row) Numbers.Add(double.NaN);
        Numbers.Add(number);
    }
}

/// <summary>A block of lines, parsed.</summary>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Columns">Its keys in the order in which they first appear.</param>
/// <param name="ByName">The same by name.</param>
internal sealed record JsonRows(int Rows, IReadOnlyList<JsonColumn> Columns, IReadOnlyDictionary<string, JsonColumn> ByName);

/// <summary>Parses blocks of JSON Lines; each thread has a parser of its own.</summary>
/// <param name="file">The file, for messages.</param>
/// <param name="textColumns">Columns known to be text.</param>
/// <param name="numberColumns">Columns declared to be numbers: texts in them are read as numbers too.</param>
/// <param name="texts">Where texts go.</param>
internal sealed class JsonLinesParser(string file, IReadOnlySet<string> textColumns, IReadOnlySet<string> numberColumns, TextBlocks texts)
{
    /// <summary>No table has as many columns; what does is data written as keys, and every row would have a cell for each.</summary>
    public const int MostKeys = 10_000;

    private readonly TextAppender appender = new(texts);
    private List<JsonColumn> columns = [];
    private Dictionary<string, JsonColumn> byName = [];
    private byte[] unescaped = new byte[256];
    private long line;
    private int row;

    /// <summary>Parses a block of whole lines.</summary>
    /// <param name="block">The lines.</param>
    /// <param name="firstLine">The physical line on which it starts, from 1.</param>
    public JsonRows Parse(ReadOnlySpan<byte> block, long firstLine)
    {
        (columns, byName) = ([], new(StringComparer.Ordinal));
        (row, line) = (0, firstLine);
        var isUtf8 = Utf8.IsValid(block);
        for (; block.Length > 0; line++)
        {
            var end = block.IndexOf((byte)'\n');
            var text = end < 0 ? block : block[..end];
            block = end < 0 ? [] : block[(end + 1)..];
            if (!isUtf8 && !Utf8.IsValid(text)) throw At("is not UTF-8; save the file as UTF-8");
            if (text.Trim(" \t\r"u8).IsEmpty) continue;
            try
            {
                ParseLine(text);
            }
            catch (JsonException fault)
            {
                throw At($"is not valid JSON from byte {fault.BytePositionInLine + 1} on; every line holds one whole object, such as {{\"text\": \"late again\", \"label\": \"delivery\"}}");
            }
            row++;
        }
        return new(row, columns, byName);
    }

    private void ParseLine(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw At($"is {Name(reader.TokenType)}, expected an object; JSON Lines have one object a line");
        for (var expected = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; expected++)
        {
            var column = Find(ref reader, expected);
            if (column.LatestRow == row) throw At($"has the key '{column.Name}' twice");
            column.LatestRow = row;
            reader.Read();
            Take(ref reader, column);
        }
        reader.Read(); // Whatever follows the object is a fault.
    }

    /// <summary>The column of a key; lines mostly have the same keys in the same order, so that the expected one is tried first.</summary>
    private JsonColumn Find(ref Utf8JsonReader reader, int expected)
    {
        if (expected < columns.Count && !reader.ValueIsEscaped && reader.ValueSpan.SequenceEqual(columns[expected].Key)) return columns[expected];
        var name = Encoding.UTF8.GetString(Text(ref reader));
        if (byName.TryGetValue(name, out var column)) return column;
        if (name.Length == 0) throw At("has a key without a name");
        if (columns.Count == MostKeys) throw At($"brings the {MostKeys + 1}th different key, '{name}'; at most {MostKeys} are read, so put what differs from line to line into values");
        columns.Add(byName[name] = column = new JsonColumn(name, textColumns.Contains(name)));
        return column;
    }

    private void Take(ref Utf8JsonReader reader, JsonColumn column)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                break;
            case JsonTokenType.Number when !column.IsText:
                column.HasNumbers = true;
                column.AddNumber(row, Number(reader.ValueSpan, column.Name));
                break;
            case JsonTokenType.String when numberColumns.Contains(column.Name):
                column.AddNumber(row, Number(Text(ref reader), column.Name));
                break;
            case JsonTokenType.String or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Number:
                if (numberColumns.Contains(column.Name)) throw At($"has {Encoding.UTF8.GetString(reader.ValueSpan)} as '{column.Name}', expected a number");
                column.HasTexts |= reader.TokenType != JsonTokenType.Number;
                column.AddText(row, appender.Add(Text(ref reader)));
                break;
            default:
                throw At($"has {Name(reader.TokenType)} as '{column.Name}', expected a text, a number, a boolean or null; leave it out or spread it over several keys");
        }
    }

    private double Number(ReadOnlySpan<byte> text, string name) => NumberText.Read(text, out var value) switch
    {
        NumberKind.Number => value,
        NumberKind.NotFinite => throw At($"has {Encoding.UTF8.GetString(text)} as '{name}', which is not a finite number; leave it out or declare the column as text"),
        _ => throw At($"has '{Encoding.UTF8.GetString(text)}' as '{name}', expected a number"),
    };

    /// <summary>The bytes of a token, unescaped.</summary>
    private ReadOnlySpan<byte> Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return reader.ValueSpan;
        if (unescaped.Length < reader.ValueSpan.Length) unescaped = new byte[2 * reader.ValueSpan.Length];
        try
        {
            return unescaped.AsSpan(0, reader.CopyString(unescaped));
        }
        catch (InvalidOperationException)
        {
            throw At("has an escape that is half a surrogate pair");
        }
    }

    private RequestException At(string what) => new($"{file} line {line} {what}");

    private static string Name(JsonTokenType type) => type switch
    {
        JsonTokenType.StartArray => "a list",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "a boolean",
    };
}
