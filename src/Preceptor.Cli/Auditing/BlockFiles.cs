using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Cli.Auditing;

/// <summary>Sparse rows in files, each row in one at random, so that reading the files one after the other reads the rows in random order; deleted at the end.</summary>
/// <param name="folder">Where the files go; created, and deleted with them.</param>
/// <param name="dense">Dense numbers a row.</param>
/// <param name="count">How many files.</param>
internal sealed class BlockFiles(string folder, int dense, int count) : IDisposable
{
    private readonly string folder = Directory.CreateDirectory(folder).FullName;
    private readonly FileStream?[] files = new FileStream?[count];

    /// <summary>Adds rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="seed">Decides which row goes where.</param>
    public void Add(SparseRows rows, ulong seed)
    {
        foreach (var part in Enumerable.Range(0, rows.Count).GroupBy(place => (int)(RandomStream.At(seed, "block", rows.Rows[place]) * count)))
            rows.Take([.. part]).Write(files[part.Key] ??= new FileStream(Place(part.Key), FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16));
    }

    /// <summary>Ends the adding.</summary>
    public void End()
    {
        foreach (var file in files) file?.Dispose();
    }

    /// <summary>The rows, a file at a time.</summary>
    public IEnumerable<SparseRows> Read()
    {
        for (var block = 0; block < count; block++)
        {
            if (files[block] is null) continue;
            using var file = new FileStream(Place(block), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            var parts = new List<SparseRows>();
            while (SparseRows.Read(file, dense) is { } part) parts.Add(part);
            yield return SparseRows.Concatenate(parts);
        }
    }

    public void Dispose()
    {
        End();
        Directory.Delete(folder, recursive: true);
    }

    private string Place(int block) => Path.Combine(folder, $"{block}.rows");
}
