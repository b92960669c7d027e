using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>How to read a file of delimited text; everything unset is found by looking.</summary>
public sealed record DelimitedOptions
{
    /// <summary>What separates cells, an ASCII character; null: a tab for .tsv and .tab, else the comma, semicolon or tab that the first lines agree on.</summary>
    public char? Delimiter { get; init; }

    /// <summary>What encloses cells that hold delimiters or line ends, an ASCII character; null: quotes are ordinary characters.</summary>
    public char? Quote { get; init; } = '"';

    /// <summary>Whether the first row names the columns; null: yes, unless <see cref="Names"/> are given. Without names the columns are column1, column2, ….</summary>
    public bool? Header { get; init; }

    /// <summary>Names for the columns, in order, in place of the file's.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Columns to read as text even if all their cells are numbers.</summary>
    public IReadOnlySet<string> Text { get; init; } = new HashSet<string>();

    /// <summary>Columns to read as numbers; a cell that is none is an error.</summary>
    public IReadOnlySet<string> Numbers { get; init; } = new HashSet<string>();

    /// <summary>Whether <see cref="Text"/> and <see cref="Numbers"/> may name columns that the file lacks; the caller then answers for them.</summary>
    public bool AllowAbsent { get; init; }

    /// <summary>Whether blanks around unquoted cells are dropped.</summary>
    public bool Trim { get; init; } = true;

    /// <summary>How many threads parse, at least 1; null: one a processor, at most 8. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>How many bytes are read at once, at least 16. The result does not depend on it.</summary>
    public int BlockBytes { get; init; } = 1 << 20;

    /// <summary>Whether the first row holds names, as <see cref="Header"/> and <see cref="Names"/> say together.</summary>
    internal bool HasHeader => Header ?? Names is null;

    internal int ThreadCount => Threads ?? Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>Throws if the options contradict each other.</summary>
    internal void Check()
    {
        if (Delimiter is { } d && (!CanSeparate(d) || d == Quote)) throw new RequestException($"delimiter '{d}' cannot be used: give a tab or one ASCII character that no number has and that is not the quote");
        if (Quote is { } q && (!CanSeparate(q) || q is ' ' or '\t')) throw new RequestException($"quote '{q}' cannot be used: give one ASCII character that no number has and that is not a blank");
        if (Text.FirstOrDefault(Numbers.Contains) is { } both) throw new RequestException($"column '{both}' is declared both as text and as numbers");
        if (Threads < 1) throw new RequestException($"threads: {Threads}, expected at least 1");
        if (BlockBytes < 16) throw new RequestException($"block bytes: {BlockBytes}, expected at least 16");
    }

    private static bool CanSeparate(char c) => char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) && (c == '\t' || c >= ' ') && c is not ('.' or '-' or '+' or '\x7F');
}
