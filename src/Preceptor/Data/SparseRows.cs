using System.Runtime.InteropServices;

namespace Preceptor.Data;

/// <summary>Some rows as few features of many: dense numbers first, then hashed words and word pairs with how often they occur.</summary>
/// <param name="Rows">The rows' numbers among all.</param>
/// <param name="Dense">How many dense numbers a row has, D.</param>
/// <param name="Numbers">Those [rows × D].</param>
/// <param name="Starts">Where each row's words start [rows + 1].</param>
/// <param name="Words">Each word's bucket times 256 plus its count, at most 255.</param>
public sealed record SparseRows(int[] Rows, int Dense, float[] Numbers, int[] Starts, int[] Words)
{
    /// <summary>Most buckets of words.</summary>
    public const int MostBuckets = 1 << 22;

    private const int Side = 8; // images become a grid of 8 × 8 means a channel

    /// <summary>How many rows.</summary>
    public int Count => Rows.Length;

    /// <summary>The dense numbers of a row.</summary>
    public ReadOnlySpan<float> NumbersOf(int row) => Numbers.AsSpan(row * Dense, Dense);

    /// <summary>The words of a row.</summary>
    public ReadOnlySpan<int> WordsOf(int row) => Words.AsSpan(Starts[row], Starts[row + 1] - Starts[row]);

    /// <summary>How many dense numbers rows of a shape have.</summary>
    public static int DenseOf(InputShape shape) => shape.Numbers + shape.Channels * Side * Side;

    /// <summary>Encoded rows as sparse ones: numbers as they are, images as means of a grid between 0 and 1, tokens counted.</summary>
    /// <param name="examples">The encoded rows.</param>
    /// <param name="first">The number of the first of them among all.</param>
    public static SparseRows Of(Examples examples, int first = 0)
    {
        var (shape, dense) = (examples.Shape, DenseOf(examples.Shape));
        var numbers = new float[examples.Count * dense];
        var starts = new int[examples.Count + 1];
        var words = new List<int>(shape.Tokens == 0 ? 0 : examples.Count * 32);
        var sorted = Array.Empty<int>();
        for (var row = 0; row < examples.Count; row++)
        {
            examples.Numbers(row).CopyTo(numbers.AsSpan(row * dense));
            if (shape.Channels > 0) Grid(examples.Pixels(row), shape, numbers.AsSpan(row * dense + shape.Numbers, dense - shape.Numbers));
            var tokens = examples.Tokens(row);
            if (sorted.Length < tokens.Length) sorted = new int[tokens.Length];
            tokens.CopyTo(sorted);
            Array.Sort(sorted, 0, tokens.Length);
            for (int start = 0, end; start < tokens.Length; start = end)
            {
                end = start + 1;
                while (end < tokens.Length && sorted[end] == sorted[start]) end++;
                words.Add(sorted[start] << 8 | Math.Min(end - start, 255));
            }
            starts[row + 1] = words.Count;
        }
        return new([.. Enumerable.Range(first, examples.Count)], dense, numbers, starts, [.. words]);
    }

    /// <summary>The chosen ones of the rows, by their places here.</summary>
    public SparseRows Take(IReadOnlyList<int> places)
    {
        var numbers = new float[places.Count * Dense];
        var starts = new int[places.Count + 1];
        for (var i = 0; i < places.Count; i++)
        {
            NumbersOf(places[i]).CopyTo(numbers.AsSpan(i * Dense));
            starts[i + 1] = starts[i] + WordsOf(places[i]).Length;
        }
        var words = new int[starts[^1]];
        for (var i = 0; i < places.Count; i++) WordsOf(places[i]).CopyTo(words.AsSpan(starts[i]));
        return new([.. places.Select(p => Rows[p])], Dense, numbers, starts, words);
    }

    /// <summary>Rows one after the other.</summary>
    public static SparseRows Concatenate(IReadOnlyList<SparseRows> parts)
    {
        var starts = new int[parts.Sum(p => p.Count) + 1];
        var dense = parts.Count == 0 ? 0 : parts[0].Dense;
        var (rows, numbers, words) = (new int[starts.Length - 1], new float[(starts.Length - 1) * dense], new int[parts.Sum(p => p.Words.Length)]);
        var (row, word) = (0, 0);
        foreach (var part in parts)
        {
            part.Rows.CopyTo(rows, row);
            part.Numbers.CopyTo(numbers, row * dense);
            part.Words.CopyTo(words, word);
            for (var i = 0; i < part.Count; i++) starts[++row] = word + part.Starts[i + 1];
            word += part.Words.Length;
        }
        return new(rows, dense, numbers, starts, words);
    }

    /// <summary>Appends the rows to a file that <see cref="Read"/> reads.</summary>
    public void Write(Stream file)
    {
        Span<int> head = [Count, Words.Length];
        file.Write(MemoryMarshal.AsBytes(head));
        file.Write(MemoryMarshal.AsBytes<int>(Rows));
        file.Write(MemoryMarshal.AsBytes<float>(Numbers));
        file.Write(MemoryMarshal.AsBytes<int>(Starts));
        file.Write(MemoryMarshal.AsBytes<int>(Words));
    }

    /// <summary>Reads the rows that one <see cref="Write"/> wrote; null at the end of the file.</summary>
    public static SparseRows? Read(Stream file, int dense)
    {
        Span<int> head = stackalloc int[2];
        if (file.ReadAtLeast(MemoryMarshal.AsBytes(head), 8, throwOnEndOfStream: false) < 8) return null;
        var (rows, numbers, starts, words) = (new int[head[0]], new float[head[0] * dense], new int[head[0] + 1], new int[head[1]]);
        file.ReadExactly(MemoryMarshal.AsBytes(rows.AsSpan()));
        file.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan()));
        file.ReadExactly(MemoryMarshal.AsBytes(starts.AsSpan()));
        file.ReadExactly(MemoryMarshal.AsBytes(words.AsSpan()));
        return new(rows, dense, numbers, starts, words);
    }

    private static void Grid(ReadOnlySpan<byte> pixels, InputShape shape, Span<float> grid)
    {
        Span<int> counts = stackalloc int[Side * Side];
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            counts.Clear();
            var cells = grid.Slice(channel * Side * Side, Side * Side);
            for (var y = 0; y < shape.Height; y++)
                for (var x = 0; x < shape.Width; x++)
                {
                    var cell = y * Side / shape.Height * Side + x * Side / shape.Width;
                    cells[cell] += pixels[(channel * shape.Height + y) * shape.Width + x] / 255f;
                    counts[cell]++;
                }
            for (var cell = 0; cell < cells.Length; cell++) cells[cell] /= Math.Max(1, counts[cell]);
        }
    }
}
