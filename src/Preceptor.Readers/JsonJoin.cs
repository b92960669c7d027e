using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>Joins parsed blocks of JSON Lines, in the file's order, into a table.</summary>
/// <param name="file">The file.</param>
/// <param name="textColumns">Columns that were read as text.</param>
/// <param name="options">What is declared.</param>
internal sealed class JsonJoin(string file, IReadOnlySet<string> textColumns, DelimitedOptions options)
{
    private readonly Lock adding = new();
    private readonly SortedDictionary<int, JsonRows> blocks = [];
    private readonly HashSet<string> numbers = new(StringComparer.Ordinal), texts = new(StringComparer.Ordinal);

    /// <summary>The texts of all columns; parsers add to them.</summary>
    public TextBlocks Texts { get; } = new();

    /// <summary>Columns with texts and numbers, whose numbers must be read again as texts.</summary>
    public IReadOnlyCollection<string> Mixed => [.. numbers.Intersect(texts)];

    /// <summary>Adds a block; any thread may.</summary>
    /// <param name="turn">Its place in the file.</param>
    /// <param name="block">Its rows.</param>
    public void Add(int turn, JsonRows block)
    {
        lock (adding)
        {
            blocks.Add(turn, block);
            foreach (var column in block.Columns)
            {
                if (column.HasNumbers) numbers.Add(column.Name);
                if (column.HasTexts) texts.Add(column.Name);
            }
        }
    }

    /// <summary>The table of all rows.</summary>
    /// <exception cref="RequestException">There are no rows or no columns, or a declared column is not there.</exception>
    public Table Build()
    {
        var rows = blocks.Values.Sum(block => (long)block.Rows);
        if (rows == 0) throw new RequestException($"{file}: the file is empty");
        if (rows > Array.MaxLength) throw new RequestException($"{file}: more than {Array.MaxLength} rows");
        var names = blocks.Values.SelectMany(block => block.Columns.Select(column => column.Name)).Distinct(StringComparer.Ordinal).ToArray();
        if (names.Length == 0) throw new RequestException($"{file}: none of its {rows} objects has a key");
        if (names.Length > JsonLinesParser.MostKeys) throw new RequestException($"{file}: {names.Length} different keys; at most {JsonLinesParser.MostKeys} are read");
        DelimitedHeader.Types(file, names, options);
        return new Table(file, [.. names.Select(name => Column(name, (int)rows))]);
    }

    private Column Column(string name, int rows)
    {
        // What is null everywhere is numbers, as an empty column of a CSV file is.
        var isText = textColumns.Contains(name) || texts.Contains(name);
        var cells = isText ? new long[rows] : [];
        var values = isText ? [] : new double[rows];
        Array.Fill(values, double.NaN);
        var start = 0;
        foreach (var block in blocks.Values)
        {
            var column = block.ByName.GetValueOrDefault(name);
            if (isText) column?.Cells.CopyTo(cells, start);
            else column?.Numbers.CopyTo(values, start);
            start += block.Rows;
        }
        return isText ? new TextColumn(name, Texts, cells) : new NumberColumn(name, values);
    }
}
