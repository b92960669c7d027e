using Preceptor.Data;

namespace Preceptor.Prediction.Audit;

/// <summary>
/// What an audit keeps of each row in memory, whatever the rows are: label and line (4 bytes each), two hashes (8 each) and, of texts, a sketch (32).
/// </summary>
/// <param name="rows">How many rows there will be, N.</param>
/// <param name="hasWords">Whether they have words.</param>
public sealed class AuditRows(int rows, bool hasWords)
{
    private readonly ulong[] exact = new ulong[rows], rounded = new ulong[rows];
    private readonly byte[] sketches = new byte[hasWords ? (long)rows * RowSketch.Length : 0];

    /// <summary>How many rows were added so far.</summary>
    public int Count { get; private set; }

    /// <summary>The given classes [N]; −1 for none.</summary>
    public int[] Labels { get; } = new int[rows];

    /// <summary>The lines on which rows start in their file; where there are none, their numbers from 1 [N].</summary>
    public int[] Lines { get; } = new int[rows];

    /// <summary>Adds rows.</summary>
    /// <param name="examples">The encoded rows.</param>
    /// <param name="labels">Their given classes; −1 for none.</param>
    /// <param name="lines">Their lines.</param>
    public void Add(Examples examples, ReadOnlySpan<int> labels, ReadOnlySpan<int> lines)
    {
        labels.CopyTo(Labels.AsSpan(Count));
        lines.CopyTo(Lines.AsSpan(Count));
        for (var row = 0; row < examples.Count; row++)
        {
            exact[Count] = RowSketch.Exact(examples, row);
            rounded[Count] = RowSketch.Rounded(examples, row);
            if (hasWords) RowSketch.Words(examples.Tokens(row), sketches.AsSpan(Count * RowSketch.Length, RowSketch.Length));
            Count++;
        }
    }

    /// <summary>Whether all inputs of a row are blank.</summary>
    public bool IsBlank(int row) => exact[row] == 0;

    /// <summary>For each row the first with the same inputs [N].</summary>
    public int[] Exact() => Duplicates.Exact(exact);

    /// <summary>For each row the first of those nearly the same [N].</summary>
    /// <param name="exactOf">The exact duplicates.</param>
    /// <param name="images">The encoded rows where they are images; null where they are not.</param>
    public int[] Near(int[] exactOf, Examples? images) => images is not null ? Duplicates.NearImages(exactOf, images)
        : hasWords ? Duplicates.Near(exactOf, rounded, sketches) : Duplicates.NearNumbers(exactOf, rounded);
}
