using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Supervision;

namespace Preceptor.Prediction.WeakSupervision;

/// <summary>
/// Dawid and Skene's model: every source has a confusion matrix of its own, learned together with the labels by expectation
/// maximisation, so that one that is often or always wrong in the same way is weighed, not believed. Use it when several sources vote on
/// most rows; trusted rows on which they voted anchor the matrices.
/// </summary>
/// <remarks>
/// Dawid and Skene (1979). P(true class j) = p_j; a source s that votes says k with probability π^s_jk. From the shares of the votes, in
/// turn: M: π^s_jk ∝ α + Σ_i T_ij [s says k of i], p_j ∝ α + Σ_i T_ij (their eq. 2.3 and 2.4, with a Dirichlet prior of α votes); E: T_ij ∝ p_j
/// Π π^s_jk over the votes on i (eq. 2.5). Known classes of trusted rows stay as they are and do not count for p; where there are some, the first round learns from them alone, so that a majority that is wrong is not where it starts. That a source abstains says nothing. A
/// single source that votes on every row gives back its labels.
/// </remarks>
[Method("dawid-skene", "Dawid–Skene", TrainsNetwork = false,
    Summary = "Replaces labels by what annotators, rules and teachers say, each weighed by a confusion matrix that is learned with the labels.",
    Citation = "Dawid, Skene: Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm (Applied Statistics 28, 1979)")]
[Version(1)]
public sealed class DawidSkene(DawidSkene.Options options) : IImprove<PredictionProblem>, IGives<Labels>, INeeds<AnnotatorLabels>, INeeds<RuleVotes>, INeeds<TeacherLogits>
{
    /// <summary>The options of Dawid–Skene.</summary>
    public sealed record Options : LabelModelOptions
    {
        /// <summary>α.</summary>
        [Description("Votes α that every cell of a confusion matrix has before any vote is counted (a Laplace prior)")]
        [Range(0, 1000, MinimumIsExclusive = true), Source("Dawid and Skene 1979: 0, maximum likelihood")]
        public double Smoothing { get; set; } = 0.01;

        /// <summary>The most rounds of expectation maximisation.</summary>
        [Description("Rounds of expectation maximisation at most; it stops before where the likelihood no longer rises")]
        [Range(1, 100_000)]
        public int Rounds { get; set; } = 200;
    }

    /// <inheritdoc/>
    public PredictionProblem Improve(PredictionProblem problem, Run run) =>
        LabelModel.Improve("dawid-skene", typeof(DawidSkene), problem, run, options, votes => Estimate(votes, options).Classes);

    /// <summary>Expectation maximisation.</summary>
    /// <param name="votes">The votes.</param>
    /// <param name="options">Prior and rounds.</param>
    /// <returns>T [(N + K) × C], π [S × C (true) × C (said)], p [C], and what every round made of the posterior's logarithm, which never falls.</returns>
    internal static (double[] Classes, double[] Confusions, double[] Balance, List<double> Objective) Estimate(VoteMatrix votes, Options options)
    {
        var (sources, classes) = (votes.Sources.Count, votes.Classes);
        var of = votes.Shares();
        for (var row = votes.Rows; row < votes.AllRows; row++)
        {
            of.AsSpan(row * classes, classes).Clear();
            of[row * classes + votes.KnownClass(row)] = 1;
        }
        var logs = new double[sources * classes * classes]; // [S × C (said) × C (true)]: what a vote adds lies together
        var (totals, balance) = (new double[classes], new double[classes]);
        List<double> objective = [];
        for (var round = 0; round < options.Rounds; round++)
        {
            Maximise(votes, of, logs, totals, balance, options.Smoothing, from: round == 0 && votes.Known.Length > 0 ? votes.Rows : 0);
            objective.Add(Expect(votes, of, logs, balance) + Prior(logs, balance, options.Smoothing));
            if (round > 0 && objective[^1] - objective[^2] <= 1e-9 * Math.Abs(objective[^1])) break;
        }
        var confusions = new double[logs.Length];
        for (var s = 0; s < sources; s++)
            for (var said = 0; said < classes; said++)
                for (var truth = 0; truth < classes; truth++) confusions[(s * classes + truth) * classes + said] = Math.Exp(logs[(s * classes + said) * classes + truth]);
        return (of, confusions, [.. balance.Select(p => Math.Exp(p))], objective);
    }

    private static void Maximise(VoteMatrix votes, double[] of, double[] logs, double[] totals, double[] balance, double smoothing, int from)
    {
        var classes = votes.Classes;
        Array.Fill(logs, smoothing);
        Array.Fill(balance, smoothing);
        for (var row = from; row < votes.AllRows; row++)
        {
            if (votes.Starts[row] == votes.Starts[row + 1]) continue; // its classes are what p makes of them
            var mine = of.AsSpan(row * classes, classes);
            if (row < votes.Rows) LabelModel.Add(balance, mine);
            for (var v = votes.Starts[row]; v < votes.Starts[row + 1]; v++) LabelModel.Add(logs.AsSpan((votes.Voters[v] * classes + votes.Votes[v]) * classes, classes), mine);
        }
        for (var s = 0; s < votes.Sources.Count; s++)
        {
            var table = logs.AsSpan(s * classes * classes, classes * classes);
            Array.Clear(totals);
            for (var said = 0; said < classes; said++) LabelModel.Add(totals, table.Slice(said * classes, classes));
            for (var said = 0; said < classes; said++)
                for (var truth = 0; truth < classes; truth++) table[said * classes + truth] = Math.Log(table[said * classes + truth] / totals[truth]);
        }
        var all = balance.Sum();
        for (var c = 0; c < classes; c++) balance[c] = Math.Log(balance[c] / all);
    }

    private static double Expect(VoteMatrix votes, double[] of, double[] logs, double[] balance)
    {
        var (classes, likelihood) = (votes.Classes, 0.0);
        for (var row = 0; row < votes.AllRows; row++)
        {
            var known = votes.KnownClass(row);
            var mine = of.AsSpan(row * classes, classes);
            if (known >= 0)
            {
                for (var v = votes.Starts[row]; v < votes.Starts[row + 1]; v++) likelihood += logs[(votes.Voters[v] * classes + votes.Votes[v]) * classes + known];
                continue;
            }
            balance.CopyTo(mine);
            for (var v = votes.Starts[row]; v < votes.Starts[row + 1]; v++) LabelModel.Add(mine, logs.AsSpan((votes.Voters[v] * classes + votes.Votes[v]) * classes, classes));
            var mass = LabelModel.Normalise(mine);
            if (votes.Starts[row] < votes.Starts[row + 1]) likelihood += mass;
        }
        return likelihood;
    }

    private static double Prior(double[] logs, double[] balance, double smoothing) => smoothing * (logs.Sum() + balance.Sum());
}
