using CsCheck;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Tests.Models;

public sealed class VectorIndexTests
{
    [Fact]
    public void Products_are_those_of_a_plain_sum_at_any_width() => Gen.Float[-2, 2].Array[0, 70].Select(a => (a, b: a.Select((v, i) => (float)Math.Cos(i) - v).ToArray())).Sample(pair =>
        Assert.Equal(pair.a.Zip(pair.b, (x, y) => (double)x * y).Sum(), VectorIndex.Dot(pair.a, pair.b), 1e-4));

    [Fact]
    public void Every_vector_is_scored_over_all_blocks()
    {
        const int width = 3, count = 2 * 8192 + 5;
        var index = new VectorIndex([.. Enumerable.Range(0, count * width).Select(i => (float)(i % 1000))], width);
        Assert.Equal((count, width), (index.Count, index.Width));
        var scores = new float[count];
        index.Score([1, -1, 2], scores);
        for (var i = 0; i < count; i++) Assert.Equal(index[i][0] - index[i][1] + 2 * index[i][2], scores[i]);
    }

    [Fact]
    public void Written_and_read_it_is_the_same_and_a_file_of_another_size_is_refused()
    {
        var path = Path.GetTempFileName();
        new VectorIndex([1, 2, 3, 4, 5, 6], 3).Write(path);
        var read = VectorIndex.Read(path, 2, 3);
        Assert.Equal([4f, 5, 6], read[1].ToArray());
        Assert.Contains("has 24 bytes, not those of 3 vectors of 3 numbers", Assert.Throws<RequestException>(() => VectorIndex.Read(path, 3, 3)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }
}
