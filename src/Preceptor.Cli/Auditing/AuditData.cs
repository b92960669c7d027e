using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Prediction.Audit;

namespace Preceptor.Cli.Auditing;

/// <summary>The rows that are audited, kept in memory or read again and again.</summary>
internal abstract class AuditData
{
    /// <summary>The problem's name.</summary>
    public required string Name { get; init; }

    /// <summary>What a reader should know of the data.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The true classes, where they are known; −1 where not.</summary>
    public int[]? Truth { get; init; }

    /// <summary>The share of wrong labels by rows that were checked, where some were.</summary>
    public NoiseEstimate? Reviewed { get; init; }

    /// <summary>The column of labels; null where they come from elsewhere.</summary>
    public string? Label { get; init; }

    /// <summary>Whether rows have lines in a file; else their numbers stand for these.</summary>
    public bool HasLines { get; protected set; }

    /// <summary>Who judged the labels, in words.</summary>
    public abstract string Judge { get; }

    /// <summary>Audits the rows.</summary>
    public abstract AuditFindings Find(Run run, AuditOptions options);

    /// <summary>Describes rows to people, with what speaks for the suggested class.</summary>
    public abstract IReadOnlyList<ShownRow> Show(IReadOnlyList<int> rows, AuditFindings findings, Run run);

    /// <summary>The columns that can be written as text.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>The cells of all rows, in order.</summary>
    public abstract IEnumerable<IReadOnlyList<string>> Cells();
}
