using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Ranking;

/// <summary>Some candidates of one list that are looked at together.</summary>
/// <param name="List">The list's number.</param>
/// <param name="Candidates">The candidates' places in it.</param>
public readonly record struct RankingSample(int List, int[] Candidates);

/// <summary>Which candidates are looked at together, drawn anew in each epoch.</summary>
public abstract class RankingSampler
{
    /// <summary>How many samples a list gives in each epoch.</summary>
    /// <param name="grades">The grades of its candidates.</param>
    public abstract int Count(ReadOnlySpan<int> grades);

    /// <summary>Draws one.</summary>
    /// <param name="grades">The grades of the candidates.</param>
    /// <param name="number">Which sample of the list's it is, from 0.</param>
    /// <param name="random">The stream to draw from.</param>
    public abstract int[] Draw(int[] grades, int number, RandomStream random);

    /// <summary>A relevant candidate, and then others of lower grade.</summary>
    /// <param name="samples">How many a list.</param>
    /// <param name="negatives">How many of lower grade.</param>
    public static RankingSampler Pairs(int samples, int negatives = 1) => new PairSampler(samples, negatives);

    /// <summary>One candidate: a relevant one and one that is not, in turn.</summary>
    /// <param name="samples">How many a list.</param>
    public static RankingSampler Points(int samples) => new PointSampler(samples);

    /// <summary>Whole lists; those without a relevant candidate have nothing to tell.</summary>
    /// <param name="most">Most candidates of one: the relevant ones, and others at random.</param>
    public static RankingSampler Lists(int most) => new ListSampler(most);

    private static int[] Where(int[] grades, Func<int, bool> fits) => [.. Enumerable.Range(0, grades.Length).Where(i => fits(grades[i]))];

    private sealed class PairSampler(int samples, int negatives) : RankingSampler
    {
        public override int Count(ReadOnlySpan<int> grades)
        {
            var (low, high) = (int.MaxValue, 0);
            foreach (var grade in grades) (low, high) = (Math.Min(low, grade), Math.Max(high, grade));
            return high > 0 && low < high ? samples : 0;
        }

        public override int[] Draw(int[] grades, int number, RandomStream random)
        {
            var least = grades.Min();
            var better = Where(grades, g => g > 0 && g > least);
            var chosen = better[random.Next(better.Length)];
            var worse = Where(grades, g => g < grades[chosen]);
            return [chosen, .. Enumerable.Range(0, negatives).Select(_ => worse[random.Next(worse.Length)])];
        }
    }

    private sealed class PointSampler(int samples) : RankingSampler
    {
        public override int Count(ReadOnlySpan<int> grades) => grades.ContainsAnyExceptInRange(int.MinValue, 0) ? samples : 0;

        public override int[] Draw(int[] grades, int number, RandomStream random)
        {
            var some = Where(grades, g => number % 2 == 0 == g > 0);
            return some.Length > 0 ? [some[random.Next(some.Length)]] : [random.Next(grades.Length)];
        }
    }

    private sealed class ListSampler(int most) : RankingSampler
    {
        public override int Count(ReadOnlySpan<int> grades) => grades.ContainsAnyExceptInRange(int.MinValue, 0) ? 1 : 0;

        public override int[] Draw(int[] grades, int number, RandomStream random)
        {
            if (grades.Length <= most) return [.. Enumerable.Range(0, grades.Length)];
            var order = random.Permutation(grades.Length);
            return [.. order.OrderByDescending(i => grades[i] > 0).Take(most).Order()];
        }
    }
}

/// <summary>Samples to learn from, as tensors. They belong to the step's dispose scope.</summary>
public sealed class RankingBatch : IBatch
{
    private readonly RankingSample[] samples;
    private readonly CandidateList[] lists;
    private readonly int[][] grades;
    private readonly int[] rows;

    internal RankingBatch(RankingSample[] samples, CandidateList[] lists, int[][] grades)
    {
        (this.samples, this.lists, this.grades) = (samples, lists, grades);
        rows = [.. samples.Select(s => s.List)];
        Width = samples.Max(s => s.Candidates.Length);
    }

    /// <inheritdoc/>
    public int Count => samples.Length;

    /// <summary>Candidates of the longest sample, n; shorter ones are filled up.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<int> Rows => rows;

    /// <inheritdoc/>
    public bool IsSpare { get; internal init; }

    /// <summary>The samples.</summary>
    public IReadOnlyList<RankingSample> Samples => samples;

    /// <summary>The list of a sample.</summary>
    public CandidateList ListOf(int sample) => lists[samples[sample].List];

    /// <summary>A number of each candidate [B × n], such as its grade; <paramref name="otherwise"/> where a sample is filled up.</summary>
    public double[] Numbers(Func<CandidateList, int[], int, double> number, double otherwise)
    {
        var numbers = new double[Count * Width];
        Array.Fill(numbers, otherwise);
        for (var b = 0; b < Count; b++)
            for (var i = 0; i < samples[b].Candidates.Length; i++) numbers[b * Width + i] = number(ListOf(b), grades[samples[b].List], samples[b].Candidates[i]);
        return numbers;
    }

    /// <summary>The grades [B × n]; −1 where a sample is filled up.</summary>
    public double[] Grades() => Numbers((_, of, candidate) => of[candidate], -1);

    /// <summary>1 for candidates and 0 for what fills a sample up [B, n].</summary>
    public Tensor Mask() => tensor(Numbers((_, _, _) => 1, 0).Select(m => (float)m).ToArray(), [Count, Width]);
}

/// <summary>Batches of samples, drawn and ordered anew each epoch.</summary>
internal sealed class RankingBatches(Run run, RankingProblem problem, RankingSampler sampler) : IBatches<RankingBatch>
{
    private readonly int[] counts = [.. problem.Relevance.Train.Select(g => sampler.Count(g))];

    public int PerEpoch => (Examples + problem.Training.Batch - 1) / problem.Training.Batch;

    public int Examples => counts.Sum();

    public IEnumerable<RankingBatch> Epoch(int epoch, int first)
    {
        var (random, samples) = (run.Random("candidates", epoch), new List<RankingSample>(Examples));
        for (var list = 0; list < counts.Length; list++)
            for (var i = 0; i < counts[list]; i++) samples.Add(new(list, sampler.Draw(problem.Relevance.Train[list], i, random)));
        var order = run.Random("order", epoch).Permutation(samples.Count);
        var size = problem.Training.Batch;
        for (var batch = first; batch < PerEpoch; batch++)
        {
            var share = run.Ranks.ShareOfBatch(Math.Min(size, order.Length - batch * size));
            yield return new([.. order.AsSpan(batch * size + share.First, share.Count).ToArray().Select(i => samples[i])], problem.Train, problem.Relevance.Train) { IsSpare = share.IsSpare };
        }
    }
}
