using CsCheck;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Tests.Data;

public sealed class LabelNoiseTests
{
    private const int Classes = 5, Rows = 40_000, Dimension = 8;

    private static readonly int[] Labels = [.. Enumerable.Range(0, Rows).Select(row => row % Classes)];
    private static readonly double[,] Transitions = { { 0.7, 0.3, 0 }, { 0, 1, 0 }, { 0.5, 0.5, 0 } };

    private static RandomStream Random(ulong seed = 1) => RandomStream.Of(seed, "noise-test");

    private static float[] Inputs(int rows)
    {
        var random = RandomStream.Of(7, "inputs");
        return [.. Enumerable.Range(0, rows * Dimension).Select(_ => (float)random.NextGaussian())];
    }

    private static double Share(int[] noisy, Func<int, int, bool> counts) =>
        noisy.Select((label, row) => (label, row)).Count(pair => counts(pair.row, pair.label)) / (double)noisy.Length;

    [Fact]
    public void Symmetric_noise_has_its_rate_and_favours_no_class()
    {
        var noisy = LabelNoise.Symmetric(Labels, Classes, 0.4, Random());
        Assert.Equal(0.4, Share(noisy, (row, label) => label != Labels[row]), 0.01);
        for (var step = 1; step < Classes; step++) Assert.Equal(0.1, Share(noisy, (row, label) => (label - Labels[row] + Classes) % Classes == step), 0.006);
    }

    [Fact]
    public void Pair_noise_has_its_rate_and_turns_to_the_next_class()
    {
        var noisy = LabelNoise.Pair(Labels, Classes, 0.3, Random());
        Assert.Equal(0.3, Share(noisy, (row, label) => label == (Labels[row] + 1) % Classes), 0.01);
        Assert.Equal(0.7, Share(noisy, (row, label) => label == Labels[row]), 0.01);
    }

    [Fact]
    public void Class_dependent_noise_follows_the_transitions()
    {
        int[] labels = [.. Enumerable.Range(0, 30_000).Select(row => row % 3)];
        var noisy = LabelNoise.ByClass(labels, Transitions, Random());
        for (var truth = 0; truth < 3; truth++)
            for (var label = 0; label < 3; label++) Assert.Equal(Transitions[truth, label] / 3, Share(noisy, (row, found) => labels[row] == truth && found == label), 0.008);
    }

    [Fact]
    public void Instance_dependent_noise_has_its_rate_and_depends_on_the_inputs()
    {
        var inputs = Inputs(Rows);
        var noisy = LabelNoise.ByInstance(Labels, inputs, Classes, 0.4, Random());
        Assert.Equal(0.4, Share(noisy, (row, label) => label != Labels[row]), 0.01);
        // Rows of the same class and inputs share their preference; symmetric noise would agree in a quarter of the pairs.
        int[] same = [.. Enumerable.Repeat(2, 2_000)];
        float[] repeated = [.. Enumerable.Range(0, 2_000).SelectMany(_ => inputs[..Dimension])];
        var wrong = LabelNoise.ByInstance(same, repeated, Classes, 0.4, Random()).Where(label => label != 2).GroupBy(label => label).Select(group => group.Count()).ToArray();
        Assert.True(wrong.Max() > 0.5 * wrong.Sum());
    }

    [Fact]
    public void A_cut_rate_is_higher_on_average_where_it_is_small()
    {
        // The mean of N(0.1, 0.1²) cut to [0, 1] is 0.1 + 0.1 φ(1) / Φ(1) = 0.1288.
        var noisy = LabelNoise.ByInstance(Labels, Inputs(Rows), Classes, 0.1, Random());
        Assert.Equal(0.1288, Share(noisy, (row, label) => label != Labels[row]), 0.006);
    }

    [Fact]
    public void Labels_stay_in_range_and_rows_without_a_label_stay_so() =>
        Gen.Select(Gen.Int[-1, 3].Array[1, 50], Gen.Double[0, 1], Gen.ULong).Sample((labels, rate, seed) =>
        {
            var identity = new double[4, 4];
            for (var c = 0; c < 4; c++) identity[c, c] = 1;
            var inputs = Inputs(labels.Length);
            int[] given = [.. labels];
            foreach (var noisy in (int[][])[
                LabelNoise.Symmetric(labels, 4, rate, Random(seed)), LabelNoise.Pair(labels, 4, rate, Random(seed)), LabelNoise.ByInstance(labels, inputs, 4, rate, Random(seed))])
            {
                Assert.Equal(labels.Length, noisy.Length);
                for (var row = 0; row < labels.Length; row++) Assert.True(labels[row] < 0 ? noisy[row] == -1 : noisy[row] is >= 0 and < 4);
            }
            foreach (var none in (int[][])[
                LabelNoise.Symmetric(labels, 4, 0, Random(seed)), LabelNoise.Pair(labels, 4, 0, Random(seed)),
                LabelNoise.ByInstance(labels, inputs, 4, 0, Random(seed)), LabelNoise.ByClass(labels, identity, Random(seed))])
                Assert.Equal(labels, none);
            Assert.Equal(given, labels);
        }, iter: 50);

    [Fact]
    public void What_is_wrong_at_a_lower_rate_is_wrong_at_a_higher_one()
    {
        var (low, high) = (LabelNoise.Symmetric(Labels, Classes, 0.2, Random()), LabelNoise.Symmetric(Labels, Classes, 0.5, Random()));
        Assert.DoesNotContain(Enumerable.Range(0, Rows), row => low[row] != Labels[row] && high[row] == Labels[row]);
    }

    [Fact]
    public void A_seed_gives_the_same_noise_everywhere()
    {
        var first = Labels[..20];
        Assert.Equal("41134032131223404234", string.Concat(LabelNoise.Symmetric(first, Classes, 0.5, Random())));
        Assert.Equal("11334022401223402234", string.Concat(LabelNoise.Pair(first, Classes, 0.5, Random())));
        Assert.Equal("33224042000413411424", string.Concat(LabelNoise.ByInstance(first, Inputs(20), Classes, 0.5, Random())));
    }

    [Fact]
    public void Wrong_requests_are_answered()
    {
        static string Fault(Action request) => Assert.Throws<RequestException>(request).Message;
        Assert.Equal("label noise: label 5 in row 2, expected −1 to 4", Fault(() => LabelNoise.Symmetric([0, 5], 5, 0.1, Random())));
        Assert.Equal("label noise: the rate is 1.5, expected 0 to 1", Fault(() => LabelNoise.Pair([0], 5, 1.5, Random())));
        Assert.Equal("label noise: the rate is NaN, expected 0 to 1", Fault(() => LabelNoise.Pair([0], 5, double.NaN, Random())));
        Assert.Equal("label noise: 1 classes, expected at least 2", Fault(() => LabelNoise.Pair([0], 1, 0.5, Random())));
        Assert.Equal("label noise: row 0 of the transitions is 0.5, 0.6, expected probabilities that add up to 1", Fault(() => LabelNoise.ByClass([0], new[,] { { 0.5, 0.6 }, { 0, 1 } }, Random())));
        Assert.Equal("label noise: transitions are 1 × 2, expected a square", Fault(() => LabelNoise.ByClass([0], new[,] { { 0.5, 0.5 } }, Random())));
        Assert.Equal("label noise: 5 inputs for 2 labels, expected as many for each", Fault(() => LabelNoise.ByInstance([0, 1], new float[5], 2, 0.5, Random())));
    }
}
