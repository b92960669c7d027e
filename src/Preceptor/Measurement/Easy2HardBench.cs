using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Measurement.BuiltIn;

namespace Preceptor.Measurement;

/// <summary>
/// Standardised difficulties of items from who solved them, comparable whoever tried which: item response theory or Glicko-2. Use it to find
/// out how hard the items of a test set, a leaderboard or a course are, where a solver's accuracy falls off, and whether learning from easy
/// items carries over to hard ones.
/// </summary>
/// <remarks>
/// Ding et al. (2024). Responses are rated as they are. On a prediction problem networks are the solvers
/// (<see cref="SolverCommittee"/>), training rows and test rows the items, and a network is trained on each bin of difficulty.
/// </remarks>
[Method("easy2hard-bench", "Standardised difficulty", Paper = 15,
    Summary = "Rates how hard each item is from who solved it, with uncertainty, and shows accuracy by difficulty and what easy items teach of hard ones.",
    Citation = "Ding, Deng, Choo, Wu, Agrawal, Schwarzschild, Zhou, Goldstein, Langford, Anandkumar, Huang: Easy2Hard-Bench: Standardized Difficulty Labels for Profiling LLM Performance and Generalization (2024)")]
[Version(1)]
public sealed class Easy2HardBench(Easy2HardBench.Options options) : IMeasure<MeasurementProblem, MeasurementReport>, INeeds<Responses>, INeeds<TrainableProblem>
{
    /// <summary>The options of standardised difficulty.</summary>
    public sealed record Options
    {
        /// <summary>By what items are rated.</summary>
        [Description("irt where most solvers answered most items, in any order; glicko for attempts in the order of time; percent-correct is the naive reference")]
        [Source("irt for leaderboards and exams, glicko for contests")]
        public RatingSystem System { get; set; }

        /// <summary>The model of items.</summary>
        [Description("Parameters of an item in irt: one-parameter (difficulty), two-parameter (and discrimination), three-parameter (and guessing)")]
        public ItemModel Model { get; set; }

        /// <summary>The priors.</summary>
        [Description("Priors of irt: spread, log-discrimination, guessing")]
        public ItemPriors Priors { get; set; } = new();

        /// <summary>Whether abilities are uncertain too.</summary>
        [Description("Whether irt's uncertainty of difficulties knows that abilities are estimated too; false holds them, as is usual")]
        public bool JointUncertainty { get; set; }

        /// <summary>The constants of Glicko-2.</summary>
        [Description("Constants of glicko: rating, deviation, volatility, tau, period")]
        public Glicko2Options Glicko { get; set; } = new();

        /// <summary>Bins of difficulty.</summary>
        [Description("How many bins of difficulty profiles have, each with as many items")]
        [Range(2, 50)]
        public int Bins { get; set; } = 5;

        /// <summary>Solvers to show.</summary>
        [Description("Solvers whose profile the chart shows; left out: a few from the weakest to the strongest")]
        public string[] Profile { get; set; } = [];

        /// <summary>The share of answers held out.</summary>
        [Description("Share of the answers that is held out to see how well ratings foretell answers; 0: not seen")]
        [Range(0, 0.5)]
        public double HeldOut { get; set; } = 0.1;

        /// <summary>Networks as solvers.</summary>
        [Description("On a prediction problem: how many networks are the solvers")]
        [Range(4, 1000)]
        public int Solvers { get; set; } = 12;

        /// <summary>Whether ratings are drawn at random.</summary>
        [Description("Whether profiles use random ratings instead, so that they must be flat (a control)")]
        public bool RandomRatings { get; set; }
    }

    private int bins; // at most as many as there are items

    /// <inheritdoc/>
    public MeasurementReport Measure(MeasurementProblem subject, Run run)
    {
        var networks = subject.Find<TrainableProblem>();
        var responses = networks is null ? subject.Require<Responses>() : SolverCommittee.Ask(networks, options.Solvers, run);
        var named = Named(responses);
        bins = Math.Min(options.Bins, responses.Items.Length);
        var given = responses.Count;
        if (options.System != RatingSystem.Glicko) responses = responses.Distinct();
        var rated = ItemRater.Rate(responses, options, run.Cancellation);
        var items = rated.Items;
        var tried = Tried(responses);
        var quantiles = options.RandomRatings ? [.. tried.Select((_, i) => RandomStream.At(run.Seed, "random-ratings", i))] : items.Quantiles;
        var profile = new DifficultyProfile(responses, ItemRatings.Bins(quantiles, bins), bins);
        var means = profile.Mean;

        List<MeasuredValue> values =
        [
            Share("accuracy-easiest", "mean accuracy of the solvers on the easiest bin of items", means[0]),
            Share("accuracy-hardest", "mean accuracy of the solvers on the hardest bin of items", means[^1]),
            MeasuredValue.Of("mean-std", "mean standard error of an item's rating, on the scale of its model", items.Errors.Average()),
            MeasuredValue.Of("log2-mean-std", "the same, as a logarithm to base 2", Math.Log2(items.Errors.Average())),
        ];
        if (Foretold(responses, run) is { } foretold) values.Add(foretold);
        if (subject.Find<TrueDifficulties>() is { } truth) values.AddRange(Recovery(items, truth, tried));
        List<Table> tables = [items.ToTable(), Solvers(responses, rated), profile.ToTable()];
        List<Chart> charts = [profile.ToChart(named, rated.Abilities), Certainty(items)];
        if (networks is not null)
        {
            var accuracies = SolverCommittee.Generalise(networks, [.. quantiles.Select((q, i) => tried[i] ? q : double.NaN)], bins, run);
            values.AddRange(Generalisation(accuracies));
            tables.Add(Matrix(accuracies));
            charts.Add(Grid(accuracies));
        }
        return new(Sentence(responses, means), values) { Tables = tables, Charts = charts, Notes = [.. Notes(given, responses, networks)] };
    }

    private static IEnumerable<string> Notes(int given, Responses responses, TrainableProblem? networks)
    {
        if (responses.Count < given) yield return $"{given - responses.Count} answers that repeat another of the same solver to the same item were left out";
        if (responses.Solvers.Length < 10) yield return $"{responses.Solvers.Length} solvers say little of an item; ratings lean on their prior";
        if (networks is { Truth: null }) yield return "labels may be wrong, and a row whose label is wrong looks hard";
    }

    private string Sentence(Responses responses, double[] means) => string.Create(CultureInfo.InvariantCulture,
        $"From {responses.Count:#,0} answers of {responses.Solvers.Length:#,0} solvers to {responses.Items.Length:#,0} items: solvers are right on {means[0]:0 %} of the easiest and {means[^1]:0 %} of the hardest of {bins} bins of items.");

    private int[] Named(Responses responses) => [.. options.Profile.Select(name => Array.IndexOf(responses.Solvers, name) is >= 0 and var s ? s
        : throw new RequestException($"method.profile: there is no solver '{name}'{Spelling.Hint(name, responses.Solvers)} among the {responses.Solvers.Length} solvers"))];

    private static bool[] Tried(Responses responses)
    {
        var tried = new bool[responses.Items.Length];
        foreach (var item in responses.Item) tried[item] = true;
        return tried;
    }

    /// <summary>How well ratings fitted to the other answers foretell those held out; null where too few are.</summary>
    private MeasuredValue? Foretold(Responses responses, Run run)
    {
        bool IsHeldOut(int n) => RandomStream.At(run.Seed, "held-out", n) < options.HeldOut;
        int[] all = [.. Enumerable.Range(0, responses.Count)];
        var (fitted, held) = (responses.Take([.. all.Where(n => !IsHeldOut(n))]), all.Where(IsHeldOut).ToArray());
        const string meaning = "mean log-likelihood of answers held out, in nats; the interval takes them as independent";
        if (held.Length < 2 || fitted.Count == 0) return null;
        var rated = ItemRater.Rate(fitted, options, run.Cancellation);
        double[] logs = [.. held.Select(n =>
        {
            var p = Math.Clamp(rated.Probability(responses.Solver[n], responses.Item[n]), 1e-6, 1 - 1e-6);
            return Math.Log(responses.Correct[n] == 1 ? p : 1 - p);
        })];
        var mean = logs.Average();
        var half = 1.96 * Math.Sqrt(logs.Sum(l => (l - mean) * (l - mean)) / (logs.Length - 1) / logs.Length);
        return new("held-out-log-likelihood", meaning, new Interval(mean, mean - half, mean + half, [mean]));
    }

    private static IEnumerable<MeasuredValue> Recovery(ItemRatings items, TrueDifficulties truth, bool[] tried)
    {
        int[] seen = [.. Enumerable.Range(0, tried.Length).Where(i => tried[i])];
        double[] estimated = [.. seen.Select(i => items.Unnormalised[i])], right = [.. seen.Select(i => truth.Difficulty[i])];
        yield return MeasuredValue.Of("spearman", "rank correlation of ratings with the true difficulties", ItemRatings.RankCorrelation(estimated, right));
        // A scale has no origin: both are compared around their means.
        var (a, b) = (estimated.Average(), right.Average());
        double[] distances = [.. seen.Select((_, k) => Math.Abs(estimated[k] - a - (right[k] - b)))];
        yield return MeasuredValue.Of("rmse", "root mean squared distance from the true difficulties, both around their means", Math.Sqrt(distances.Average(d => d * d)));
        yield return Share("coverage", "share of true difficulties within two standard errors", seen.Select((i, k) => distances[k] <= 2 * items.Errors[i] ? 1.0 : 0.0).Average());
    }

    private static Table Solvers(Responses responses, Rated rated) => new("solvers",
        [new TextColumn("solver", responses.Solvers), new NumberColumn("rating", rated.Abilities), new NumberColumn("accuracy", ItemRater.OfSolvers(responses))]);

    private static CurveChart Certainty(ItemRatings items)
    {
        int[] order = [.. Enumerable.Range(0, items.Items.Length).OrderBy(i => items.Unnormalised[i])];
        var quantiles = items.Quantiles;
        double[] places = [.. order.Select(i => quantiles[i])], ratings = [.. order.Select(i => items.Unnormalised[i])];
        return new("Ratings", "Items from the easiest to the hardest; the band is ± 2 standard errors.", "quantile", "rating",
            [new("rating", places, ratings) { Low = [.. order.Select(i => items.Unnormalised[i] - 2 * items.Errors[i])], High = [.. order.Select(i => items.Unnormalised[i] + 2 * items.Errors[i])] }]);
    }

    private IEnumerable<MeasuredValue> Generalisation(double[] accuracies)
    {
        var last = bins - 1;
        yield return Share("easy-to-hard", "accuracy on the hardest bin of a network trained on the easiest", accuracies[last]);
        yield return Share("hard-to-hard", "accuracy on the hardest bin of a network trained on it", accuracies[last * bins + last]);
        yield return Share("hard-to-easy", "accuracy on the easiest bin of a network trained on the hardest", accuracies[last * bins]);
        yield return MeasuredValue.Of("hard-transfer-loss", "what training on the easiest bin loses on the hardest against training on it, a difference of shares", accuracies[last * bins + last] - accuracies[last]);
        yield return Share("own-bin", "mean accuracy on the bin that a network was trained on", Enumerable.Range(0, bins).Average(b => accuracies[b * bins + b]));
    }

    private Table Matrix(double[] accuracies) => new("generalisation",
    [
        new NumberColumn("train_bin", [.. accuracies.Select((_, k) => k / bins + 1.0)]), new NumberColumn("test_bin", [.. accuracies.Select((_, k) => k % bins + 1.0)]), new NumberColumn("accuracy", accuracies),
    ]);

    private GridChart Grid(double[] accuracies)
    {
        string[] names = [.. Enumerable.Range(1, bins).Select(b => b == 1 ? "1 (easiest)" : b == bins ? $"{b} (hardest)" : $"{b}")];
        return new("Generalisation", "Accuracy of networks trained on as many rows of one bin of difficulty, on test rows of each bin.", "trained on", "tested on", names, names, accuracies) { IsShare = true };
    }

    private static MeasuredValue Share(string name, string meaning, double value) => MeasuredValue.Of(name, meaning, value) with { IsShare = true };
}
