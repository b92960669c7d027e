namespace Preceptor.Training;

/// <summary>A part of a tensor in a bucket.</summary>
/// <param name="Tensor">Which tensor.</param>
/// <param name="From">Its first number.</param>
/// <param name="Count">How many numbers.</param>
/// <param name="At">Where they lie in the bucket.</param>
internal readonly record struct BucketPiece(int Tensor, int From, int Count, int At);

/// <summary>How tensors lie in buckets of one size, one after the other and cut where a bucket is full, so that a few messages of known size carry tensors of any.</summary>
internal static class GradientBuckets
{
    /// <summary>The pieces of each bucket; the first one has a header before them.</summary>
    /// <param name="sizes">Numbers of each tensor.</param>
    /// <param name="header">Numbers of the header, which a bucket may be too small for: then the first one is as large.</param>
    /// <param name="capacity">Numbers of a bucket.</param>
    public static BucketPiece[][] Of(IReadOnlyList<int> sizes, int header, int capacity)
    {
        var (buckets, open, at) = (new List<BucketPiece[]>(), new List<BucketPiece>(), header);
        for (var tensor = 0; tensor < sizes.Count; tensor++)
        {
            for (var from = 0; from < sizes[tensor];)
            {
                if (at >= capacity)
                {
                    buckets.Add([.. open]);
                    (open, at) = ([], 0);
                }
                var count = Math.Min(sizes[tensor] - from, capacity - at);
                open.Add(new(tensor, from, count, at));
                (from, at) = (from + count, at + count);
            }
        }
        return [.. buckets, [.. open]];
    }
}
