using Preceptor.Foundation;
using Preceptor.Supervision.Trust;

namespace Preceptor.Tests.Supervision.Trust;

/// <summary>Confident learning's arithmetic: by hand, against a plain restatement of the paper's definitions, and on planted noise.</summary>
public sealed class ConfidentLearningTests
{
    // Eight rows of two classes; two given 0 look like 1 and one given 1 looks like 0.
    private static readonly float[] ByHand = [0.9f, 0.1f, 0.8f, 0.2f, 0.7f, 0.3f, 0.2f, 0.8f, 0.1f, 0.9f, 0.3f, 0.7f, 0.2f, 0.8f, 0.9f, 0.1f];
    private static readonly int[] Given = [0, 0, 0, 0, 0, 1, 1, 1];

    [Fact]
    public void Thresholds_joint_and_noise_by_hand()
    {
        var joint = ConfidentJoint.Of(ByHand, Given, 2);
        Assert.Equal([5, 3], joint.ClassRows);
        Assert.Equal(0.54, joint.Thresholds[0], 5);           // (0.9 + 0.8 + 0.7 + 0.2 + 0.1) / 5
        Assert.Equal((0.7 + 0.8 + 0.1) / 3, joint.Thresholds[1], 5);
        Assert.Equal([3, 2, 1, 2], joint.Counts);
        Assert.Equal([3 / 8.0, 2 / 8.0, 1 / 8.0, 2 / 8.0], joint.Joint.Select(j => Math.Round(j, 12)));
        Assert.Equal(3 / 8.0, joint.NoiseRate, 12);
        Assert.Equal([0.75, 0.5, 0.25, 0.5], joint.NoiseMatrix().Select(j => Math.Round(j, 12)));
        Assert.Equal([(0, 1, 3 / 8.0)], joint.Overlaps().Select(o => (o.First, o.Second, Math.Round(o.Share, 12))));
        var (low, high) = joint.NoiseInterval();
        Assert.InRange(0.375, low, high);
        Assert.True(low < 0.2 && high > 0.6, $"eight rows say little, not [{low}, {high}]");
    }

    [Fact]
    public void Every_rule_finds_the_rows_that_the_joint_counts()
    {
        var joint = ConfidentJoint.Of(ByHand, Given, 2);
        foreach (var by in Enum.GetValues<PruneBy>()) Assert.Equal([3, 4, 7], Rows(LabelPruning.Find(joint, ByHand, Given, by)));
        Assert.Equal([4, 7], Rows(LabelPruning.Find(joint, ByHand, Given, PruneBy.Class, share: 0.5)));
        Assert.Empty(Rows(LabelPruning.Find(joint, ByHand, Given, share: 0)));
    }

    [Fact]
    public void Ranks_by_self_confidence_and_by_margin()
    {
        float[] probabilities = [0.5f, 0.4f, 0.1f, 0.3f, 0.3f, 0.4f];
        Assert.Equal([0.5f, 0.3f], LabelPruning.Score(probabilities, [0, 1], 3, RankBy.SelfConfidence));
        var margins = LabelPruning.Score(probabilities, [0, -1], 3, RankBy.NormalisedMargin);
        Assert.Equal(0.1f, margins[0], 1e-6f);
        Assert.True(float.IsNaN(margins[1]));
    }

    [Fact]
    public void Agrees_with_the_definitions_on_random_probabilities()
    {
        foreach (var classes in new[] { 2, 3, 7, 8, 9, 33 })
        {
            var (probabilities, labels, _) = Noisy(500, classes, 0.3, seed: (ulong)classes);
            labels[3] = -1;
            var joint = ConfidentJoint.Of(probabilities, labels, classes);
            Assert.Equal(Counts(probabilities, labels, classes), joint.Counts);
            foreach (var by in new[] { PruneBy.Class, PruneBy.NoiseRate }) Assert.Equal(Found(joint, probabilities, labels, by), Rows(LabelPruning.Find(joint, probabilities, labels, by, keepsAgreeing: false)));
            Assert.Equal(Found(joint, probabilities, labels, PruneBy.Class).Intersect(Found(joint, probabilities, labels, PruneBy.NoiseRate)).Order(), Rows(LabelPruning.Find(joint, probabilities, labels, keepsAgreeing: false)));
        }
    }

    [Fact]
    public void Planted_noise_is_estimated_and_found()
    {
        foreach (var rate in new[] { 0, 0.1, 0.3 })
        {
            var (probabilities, labels, truth) = Noisy(4000, 5, rate, seed: 3);
            var joint = ConfidentJoint.Of(probabilities, labels, 5);
            Assert.InRange(joint.NoiseRate, rate - 0.03, rate + 0.04);
            if (rate == 0) continue;
            var found = Rows(LabelPruning.Find(joint, probabilities, labels));
            var right = found.Count(row => truth[row] != labels[row]);
            Assert.True(right > 0.9 * found.Length, $"{right} of {found.Length} found rows are wrong");
            Assert.True(right > 0.8 * labels.Where((l, row) => l != truth[row]).Count());
        }
    }

    [Fact]
    public void A_class_with_a_single_row_or_none_changes_nothing_for_the_others()
    {
        var (probabilities, labels, _) = Noisy(300, 3, 0.2, seed: 9);
        var wide = new float[300 * 5];
        for (var row = 0; row < 300; row++) probabilities.AsSpan(row * 3, 3).CopyTo(wide.AsSpan(row * 5));
        var single = (int[])labels.Clone();
        single[7] = 3;
        var joint = ConfidentJoint.Of(wide, single, 5);
        Assert.Equal(double.PositiveInfinity, joint.Thresholds[3]);
        Assert.Equal(double.PositiveInfinity, joint.Thresholds[4]);
        Assert.True(double.IsFinite(joint.NoiseRate));
        var found = LabelPruning.Find(joint, wide, single, PruneBy.Class);
        Assert.False(found[7]);
        Assert.NotEmpty(Rows(found));
    }

    [Fact]
    public void Neither_blocks_nor_processors_change_a_result()
    {
        var (probabilities, labels, _) = Noisy(70_000, 4, 0.2, seed: 5);
        var joint = ConfidentJoint.Of(probabilities, labels, 4);
        for (var i = 0; i < 3; i++)
        {
            var again = ConfidentJoint.Of(probabilities, labels, 4);
            Assert.Equal(joint.Thresholds, again.Thresholds);
            Assert.Equal(joint.Joint, again.Joint);
        }
    }

    internal static (float[] Probabilities, int[] Labels, int[] Truth) Noisy(int rows, int classes, double rate, ulong seed)
    {
        var random = RandomStream.Of(seed, "noisy");
        var (probabilities, labels, truth) = (new float[rows * classes], new int[rows], new int[rows]);
        for (var row = 0; row < rows; row++)
        {
            truth[row] = random.Next(classes);
            labels[row] = random.NextDouble() < rate ? (truth[row] + 1 + random.Next(classes - 1)) % classes : truth[row];
            double sum = 0;
            var own = probabilities.AsSpan(row * classes, classes);
            for (var c = 0; c < classes; c++) sum += own[c] = (float)Math.Exp((c == truth[row] ? 3 : 0) + random.NextGaussian());
            for (var c = 0; c < classes; c++) own[c] = (float)(own[c] / sum);
        }
        return (probabilities, labels, truth);
    }

    private static int[] Rows(bool[] found) => [.. Enumerable.Range(0, found.Length).Where(row => found[row])];

    private static int[] Counts(float[] probabilities, int[] labels, int classes)
    {
        var thresholds = Enumerable.Range(0, classes).Select(c => Enumerable.Range(0, labels.Length).Where(row => labels[row] == c).Average(row => (double)probabilities[row * classes + c])).ToArray();
        var counts = new int[classes * classes];
        for (var row = 0; row < labels.Length; row++)
        {
            if (labels[row] < 0) continue;
            var reaching = Enumerable.Range(0, classes).Where(c => probabilities[row * classes + c] >= thresholds[c] - 1e-6).ToArray();
            if (reaching.Length > 0) counts[labels[row] * classes + reaching.MaxBy(c => probabilities[row * classes + c])]++;
        }
        return counts;
    }

    private static int[] Found(ConfidentJoint joint, float[] probabilities, int[] labels, PruneBy by)
    {
        var classes = joint.Classes;
        var found = new HashSet<int>();
        for (var i = 0; i < classes; i++)
        {
            int[] own = [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] == i)];
            int Count(int j) => (int)Math.Round(joint.Joint[i * classes + j] * joint.Rows, MidpointRounding.AwayFromZero);
            if (by == PruneBy.Class)
            {
                var off = Enumerable.Range(0, classes).Where(j => j != i).Sum(j => joint.Joint[i * classes + j]);
                found.UnionWith(own.OrderBy(row => probabilities[row * classes + i]).Take((int)Math.Round(off * joint.Rows, MidpointRounding.AwayFromZero)));
            }
            else
            {
                foreach (var j in Enumerable.Range(0, classes).Where(j => j != i))
                    found.UnionWith(own.OrderByDescending(row => probabilities[row * classes + j] - probabilities[row * classes + i]).Take(Count(j)));
            }
        }
        return [.. found.Order()];
    }
}
