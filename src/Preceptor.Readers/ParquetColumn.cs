using System.Globalization;
using System.Text;
using DuckDB.NET.Data;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>One column of a Parquet file: how its cells are asked for, and the cells so far, as numbers or as text.</summary>
internal sealed class ParquetColumn
{
    private enum Kind
    {
        Whole,
        Single,
        Double,
        Text,
    }

    private readonly string path, name, type;
    private readonly Kind kind;
    private readonly bool isText;
    private readonly List<double> numbers = [];
    private readonly List<long> cells = [];
    private readonly TextBlocks texts = new();
    private readonly TextAppender appender;

    /// <summary>Creates a column without cells.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="type">Its type as DuckDB names it, one that is read.</param>
    /// <param name="wanted">What the user declared.</param>
    public ParquetColumn(string path, string name, string type, ColumnType wanted)
    {
        (this.path, this.name, this.type) = (path, name, type);
        kind = KindOf(type) ?? throw new ArgumentException($"type {type} is not read", nameof(type));
        isText = wanted == ColumnType.Text || wanted == ColumnType.NumbersSoFar && kind == Kind.Text;
        appender = new(texts);
    }

    /// <summary>Whether columns of this type are read.</summary>
    public static bool IsRead(string type) => KindOf(type) is not null;

    /// <summary>The SQL that asks for a cell.</summary>
    /// <param name="cell">What the cell is called there.</param>
    public string Query(string cell) => type switch
    {
        "FLOAT" => cell,
        "TIMESTAMP WITH TIME ZONE" => $"replace(CAST(make_timestamp(epoch_us({cell})) AS VARCHAR), ' ', 'T') || 'Z'", // needs no table of time zones
        _ when type.StartsWith("TIMESTAMP", StringComparison.Ordinal) => $"replace(CAST({cell} AS VARCHAR), ' ', 'T')",
        _ => FetchesText ? $"CAST({cell} AS VARCHAR)" : $"CAST({cell} AS DOUBLE)",
    };

    /// <summary>Adds the cell of the reader's row; <paramref name="row"/>, from 1, is for messages.</summary>
    public void Add(DuckDBDataReader reader, int place, long row)
    {
        var isNull = reader.IsDBNull(place);
        if (isText) cells.Add(isNull ? 0 : appender.Add(Text(reader, place)));
        else numbers.Add(isNull ? double.NaN : Number(reader, place, row));
    }

    /// <summary>The column of all cells.</summary>
    public Column Build() => isText ? new TextColumn(name, texts, [.. cells]) : new NumberColumn(name, [.. numbers]);

    private bool FetchesText => kind == Kind.Text || kind == Kind.Whole && isText;

    private static Kind? KindOf(string type) => type switch
    {
        "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "HUGEINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" or "UBIGINT" or "UHUGEINT" => Kind.Whole,
        "FLOAT" => Kind.Single,
        "DOUBLE" => Kind.Double,
        "VARCHAR" or "JSON" or "UUID" or "BOOLEAN" or "DATE" or "TIME" or "TIME_NS" or "TIME WITH TIME ZONE" => Kind.Text,
        "TIMESTAMP" or "TIMESTAMP_S" or "TIMESTAMP_MS" or "TIMESTAMP_NS" or "TIMESTAMP WITH TIME ZONE" => Kind.Text,
        _ when type.EndsWith(']') => null, // a list of any of these
        _ when type.StartsWith("DECIMAL(", StringComparison.Ordinal) => Kind.Double,
        _ when type.StartsWith("ENUM(", StringComparison.Ordinal) => Kind.Text,
        _ => null,
    };

    private string Text(DuckDBDataReader reader, int place) => kind switch
    {
        Kind.Single => reader.GetFloat(place).ToString(CultureInfo.InvariantCulture),
        Kind.Double => reader.GetDouble(place).ToString(CultureInfo.InvariantCulture),
        _ => reader.GetString(place),
    };

    private double Number(DuckDBDataReader reader, int place, long row)
    {
        var value =
            FetchesText ? Parsed(reader.GetString(place), row) :
            kind == Kind.Single ? reader.GetFloat(place) : reader.GetDouble(place);
        return !double.IsInfinity(value) ? value : throw new RequestException(
            $"{path} row {row}, column '{name}': the number is not finite; empty the cell or declare the column as text");
    }

    private double Parsed(string text, long row) => NumberText.Read(Encoding.UTF8.GetBytes(text), out var value) switch
    {
        NumberKind.Number => value,
        NumberKind.NotFinite => double.PositiveInfinity,
        _ => throw new RequestException($"{path} row {row}, column '{name}': '{text}' is not a number"),
    };
}
