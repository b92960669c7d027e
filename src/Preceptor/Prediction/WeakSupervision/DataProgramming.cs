using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Supervision;

namespace Preceptor.Prediction.WeakSupervision;

/// <summary>
/// Data programming: a generative model in which every source has one accuracy where it votes, whatever the class, and may abstain.
/// Use it for rules, which vote on few rows and mostly for one class: an accuracy is learned from far fewer votes than a confusion matrix.
/// </summary>
/// <remarks>
/// Ratner et al. (2016), section 3, the independent model: P(y) = p_y; a source votes with a probability that does not depend on y (and drops out), is then
/// right with probability a_s, else wrong in any of the C − 1 other ways alike. The marginal likelihood of the votes is maximised by expectation
/// maximisation, exact here, in place of the paper's stochastic gradient with Gibbs sampling; not by the matrix completion of Ratner et al. (2019) or by triplets, which need
/// the class balance beforehand. As in the paper sources are thought to be better than chance: accuracies start at 0.7 with a Beta prior around it.
/// Known classes of trusted rows stay as they are. A single source that votes on every row gives back its labels.
/// </remarks>
[Method("data-programming", "Data programming", TrainsNetwork = false,
    Summary = "Replaces labels by what rules, annotators and teachers say, each weighed by one accuracy that is learned from how they agree.",
    Citation = "Ratner, De Sa, Wu, Selsam, Ré: Data Programming: Creating Large Training Sets, Quickly (NIPS 2016); the independent model")]
[Version(1)]
public sealed class DataProgramming(DataProgramming.Options options) : IImprove<PredictionProblem>, IGives<Labels>, INeeds<AnnotatorLabels>, INeeds<RuleVotes>, INeeds<TeacherLogits>
{
    private const double Rightness = 0.7;

    /// <summary>The options of data programming.</summary>
    public sealed record Options : LabelModelOptions
    {
        /// <summary>Votes of the prior.</summary>
        [Description("Votes that a source has before any is counted, 0.7 of them right")]
        [Range(0, 1e6, MinimumIsExclusive = true), Source("Snorkel: accuracies start at 0.7")]
        public double PriorVotes { get; set; } = 10;

        /// <summary>The class balance.</summary>
        [Description("The share of each class, in the problem's order of classes; left out: equal shares, as in the paper")]
        public double[] ClassBalance { get; set; } = [];

        /// <summary>Whether the balance is learned.</summary>
        [Description("Whether the shares of the classes are learned from the votes as well")]
        public bool LearnBalance { get; set; }

        /// <summary>The most rounds of expectation maximisation.</summary>
        [Description("Rounds of expectation maximisation at most; it stops before where the likelihood no longer rises")]
        [Range(1, 100_000)]
        public int Rounds { get; set; } = 200;
    }

    /// <inheritdoc/>
    public PredictionProblem Improve(PredictionProblem problem, Run run)
    {
        var balance = options.ClassBalance;
        if (balance.Length > 0 && (balance.Length != problem.Classes.Count || balance.Any(p => p <= 0) || Math.Abs(balance.Sum() - 1) > 1e-6))
            throw new RequestException($"method.class-balance: expected {problem.Classes.Count} shares above 0 that add up to 1, for {string.Join(", ", problem.Classes)}; found {balance.Length} that add up to {balance.Sum():0.######}");
        return LabelModel.Improve("data-programming", typeof(DataProgramming), problem, run, options, votes => Estimate(votes, options).Classes);
    }

    /// <summary>Expectation maximisation.</summary>
    /// <param name="votes">The votes.</param>
    /// <param name="options">Prior, balance and rounds.</param>
    /// <returns>P(y) of each row [(N + K) × C], a [S], p [C], and what every round made of the posterior's logarithm, which never falls.</returns>
    internal static (double[] Classes, double[] Accuracies, double[] Balance, List<double> Objective) Estimate(VoteMatrix votes, Options options)
    {
        var (sources, classes) = (votes.Sources.Count, votes.Classes);
        var of = new double[votes.AllRows * classes];
        var (accuracies, counts) = (new double[sources], new double[sources]);
        Array.Fill(accuracies, Rightness);
        foreach (var voter in votes.Voters) counts[voter]++;
        Anchor(votes, accuracies, options.PriorVotes);
        double[] balance = options.ClassBalance.Length > 0 ? [.. options.ClassBalance] : [.. Enumerable.Repeat(1.0 / classes, classes)];
        var learned = options.LearnBalance ? balance : [];
        List<double> objective = [];
        for (var round = 0; round < options.Rounds; round++)
        {
            objective.Add(Expect(votes, of, accuracies, balance) + Prior(accuracies, learned, options.PriorVotes));
            if (round > 0 && objective[^1] - objective[^2] <= 1e-9 * Math.Abs(objective[^1])) break;
            Maximise(votes, of, accuracies, counts, learned, options.PriorVotes);
        }
        return (of, accuracies, balance, objective);
    }

    // Where some classes are known, accuracies start from those, so that a majority that is wrong is not where they start.
    private static void Anchor(VoteMatrix votes, double[] accuracies, double prior)
    {
        var counts = new double[accuracies.Length];
        for (var s = 0; s < accuracies.Length; s++) accuracies[s] *= prior;
        for (var row = votes.Rows; row < votes.AllRows; row++)
            for (var v = votes.Starts[row]; v < votes.Starts[row + 1]; v++)
            {
                counts[votes.Voters[v]]++;
                if (votes.Votes[v] == votes.KnownClass(row)) accuracies[votes.Voters[v]]++;
            }
        for (var s = 0; s < accuracies.Length; s++) accuracies[s] /= prior + counts[s];
    }

    private static double Expect(VoteMatrix votes, double[] of, double[] accuracies, double[] balance)
    {
        var (classes, likelihood) = (votes.Classes, 0.0);
        double[] right = [.. accuracies.Select(a => Math.Log(a))], wrong = [.. accuracies.Select(a => Math.Log((1 - a) / (classes - 1)))], start = [.. balance.Select(p => Math.Log(p))];
        for (var row = 0; row < votes.AllRows; row++)
        {
            var known = votes.KnownClass(row);
            var mine = of.AsSpan(row * classes, classes);
            if (known < 0) start.CopyTo(mine);
            else mine.Fill(double.NegativeInfinity);
            if (known >= 0) mine[known] = 0;
            var all = 0.0;
            for (var v = votes.Starts[row]; v < votes.Starts[row + 1]; v++)
            {
                all += wrong[votes.Voters[v]];
                mine[votes.Votes[v]] += right[votes.Voters[v]] - wrong[votes.Voters[v]];
            }
            var mass = all + LabelModel.Normalise(mine);
            if (votes.Starts[row] < votes.Starts[row + 1]) likelihood += mass;
        }
        return likelihood;
    }

    private static void Maximise(VoteMatrix votes, double[] of, double[] accuracies, double[] counts, double[] balance, double prior)
    {
        var classes = votes.Classes;
        Array.Fill(accuracies, prior * Rightness);
        Array.Fill(balance, 1);
        for (var row = 0; row < votes.AllRows; row++)
        {
            if (balance.Length > 0 && row < votes.Rows && votes.Starts[row] < votes.Starts[row + 1]) LabelModel.Add(balance, of.AsSpan(row * classes, classes));
            for (var v = votes.Starts[row]; v < votes.Starts[row + 1]; v++) accuracies[votes.Voters[v]] += of[row * classes + votes.Votes[v]];
        }
        for (var s = 0; s < accuracies.Length; s++) accuracies[s] /= prior + counts[s];
        var all = balance.Sum();
        for (var c = 0; c < balance.Length; c++) balance[c] /= all;
    }

    private static double Prior(double[] accuracies, double[] balance, double prior) =>
        accuracies.Sum(a => prior * (Rightness * Math.Log(a) + (1 - Rightness) * Math.Log(1 - a))) + balance.Sum(p => Math.Log(p));
}
