using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;

namespace Preceptor.Tests.Training;

public sealed class FoldedLogisticRegressionTests
{
    [Fact]
    public void Learns_words_and_numbers_and_survives_a_file()
    {
        var (rows, labels) = Rows(600);
        byte[] foldOf = [.. labels.Select((_, row) => (byte)(row % 3))];
        var whole = Probabilities([rows], labels, foldOf);
        Assert.True(Accuracy(whole, labels) > 0.95);

        using var file = new MemoryStream();
        rows.Take([.. Enumerable.Range(0, 300)]).Write(file);
        rows.Take([.. Enumerable.Range(300, 300)]).Write(file);
        file.Position = 0;
        var blocks = new List<SparseRows>();
        while (SparseRows.Read(file, rows.Dense) is { } block) blocks.Add(block);
        Assert.Equal(2, blocks.Count);
        Assert.Equal(rows.WordsOf(450).ToArray(), blocks[1].WordsOf(150).ToArray());
        Assert.True(Accuracy(Probabilities(blocks, labels, foldOf), labels) > 0.95);
    }

    [Fact]
    public void Models_know_nothing_of_their_own_fold()
    {
        var (rows, labels) = Rows(300);
        byte[] foldOf = [.. labels.Select((_, row) => (byte)(row % 5))];
        var before = Probabilities([rows], labels, foldOf);
        var turned = labels.Select((l, row) => foldOf[row] == 2 ? 1 - l : l).ToArray();
        var after = Probabilities([rows], turned, foldOf);
        for (var row = 0; row < labels.Length; row++)
            if (foldOf[row] == 2) Assert.Equal(before[2 * row], after[2 * row]);
        Assert.NotEqual(before, after);
    }

    [Fact]
    public void A_few_words_find_a_bucket_count_that_fits()
    {
        Assert.True(FoldedLogisticRegression.BucketsWithin(1L << 27, 4, 5) >= 1 << 18);
        var buckets = FoldedLogisticRegression.BucketsWithin(1L << 27, 100, 5);
        Assert.True((long)buckets * 5 * 101 * 4 <= 1L << 27);
    }

    private static float[] Probabilities(IReadOnlyList<SparseRows> blocks, int[] labels, byte[] foldOf)
    {
        var models = new FoldedLogisticRegression(1, 64, 2, foldOf.Max() + 1);
        using var run = new Run(new RunSettings());
        models.Train(run, () => blocks, labels, foldOf);
        var probabilities = new float[labels.Length * 2];
        foreach (var block in blocks) models.Predict(block, foldOf, probabilities);
        return probabilities;
    }

    private static double Accuracy(float[] probabilities, int[] labels) => labels.Select((l, row) => probabilities[2 * row + l] > 0.5f ? 1.0 : 0).Average();

    private static (SparseRows Rows, int[] Labels) Rows(int count)
    {
        var random = RandomStream.Of(1, "rows");
        var labels = new int[count];
        var (numbers, starts, words) = (new float[count], new int[count + 1], new List<int>());
        for (var row = 0; row < count; row++)
        {
            labels[row] = random.Next(2);
            numbers[row] = (float)(labels[row] + random.NextGaussian());
            foreach (var word in Enumerable.Range(0, 6).Select(_ => 2 + labels[row] * 20 + random.Next(30)).Distinct().Order()) words.Add(word << 8 | 1);
            starts[row + 1] = words.Count;
        }
        return (new([.. Enumerable.Range(0, count)], 1, numbers, starts, [.. words]), labels);
    }
}
