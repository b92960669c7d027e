using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>
/// Whether labels of easy rows are enough for hard ones: rows are divided by how hard they are, the same network is trained on as many labels of each
/// stratum, and the share of the gain that hard labels would bring which easy ones bring already is the supervision gap recovered. Use it
/// before paying for labels of hard rows. Predictions of models trained elsewhere are measured likewise.
/// </summary>
/// <remarks>
/// Hase, Bansal, Clark and Wiegreffe (2024): SGR = (easy − unsupervised) / (hard − unsupervised), all on hard test rows; hardness is 1 less the mean
/// probability that small networks, trained on few rows of a division of their own, give to the true class (there "MDL"). Their learners are
/// language models, which know much before they see a label; a network trained from scratch does not, and recovers less.
/// Labels are those offered, so that a wrong label makes a row look hard.
/// </remarks>
[Method("easy-training-data", "Easy-to-hard generalisation", Paper = 11,
    Summary = "Are labels of easy rows enough for hard ones? Divides rows by hardness, trains on each stratum, and gives the supervision gap recovered.",
    Citation = "Hase, Bansal, Clark, Wiegreffe: The Unreasonable Effectiveness of Easy Training Data for Hard Tasks (ACL 2024)")]
[Version(1)]
public sealed class EasyToHardGeneralization(EasyToHardGeneralization.Options options) : IMeasure<MeasurementProblem, MeasurementReport>, INeeds<TrainableProblem>, INeeds<PredictionRows>
{
    /// <summary>What a network learns from.</summary>
    public enum Condition
    {
        /// <summary>Labels of the easiest stratum.</summary>
        Easy,

        /// <summary>Labels of the hardest stratum.</summary>
        Hard,

        /// <summary>None.</summary>
        Unsupervised,

        /// <summary>None again: a mark seven tenths of the way from no labels to hard ones, the least that the paper reports of easy ones.</summary>
        SevenTenths,
    }

    /// <summary>The options of easy-to-hard generalisation.</summary>
    public sealed record Options
    {
        /// <summary>The hardness column.</summary>
        [Description("The column of numbers that says how hard a row is, such as a grade; left out: measured by small networks, or of predictions all rows are hard")]
        public string? Hardness { get; set; }

        /// <summary>The cuts.</summary>
        [Description("Hardness up to which a row is in the first stratum, the second, …; left out: strata of equal size")]
        [Range(-1e300, 1e300)]
        public double[] Cuts { get; set; } = [];

        /// <summary>How many strata.</summary>
        [Description("How many strata of equal size")]
        [Range(2, 10), Source("section 3: easy, medium, hard")]
        public int Strata { get; set; } = 3;

        /// <summary>Whether classes are divided apart.</summary>
        [Description("Whether measured hardness is divided within each class, so that every stratum has the same mix of classes; a class too small for it is divided with all")]
        [Source("section 3: classes are balanced")]
        public bool WithinClasses { get; set; } = true;

        /// <summary>n.</summary>
        [Description("Labels n that every condition learns from, of each class as many as it has; fewer where a stratum is smaller")]
        [Range(2, 10_000_000), Source("section 4: 160")]
        public int Labels { get; set; } = 160;

        /// <summary>Draws.</summary>
        [Description("Draws of these labels, which give the intervals")]
        [Range(1, 100), Source("section 4: 5")]
        public int Draws { get; set; } = 5;

        /// <summary>Numbers of labels for hardness.</summary>
        [Description("Numbers of labels that the small networks of measured hardness learn from, smaller samples within larger ones")]
        [Range(1, 1_000_000), Source("appendix: 5, 10, 20, … up to the whole division")]
        public int[] HardnessLabels { get; set; } = [20, 40, 80, 160];

        /// <summary>Draws for hardness.</summary>
        [Description("Draws of each of these numbers")]
        [Range(1, 100), Source("released code: 5")]
        public int HardnessDraws { get; set; } = 3;

        /// <summary>The share of rows for hardness.</summary>
        [Description("Share of the training rows that measured hardness is learned from; the conditions learn from the others")]
        [Range(0.01, 0.9)]
        public double HardnessShare { get; set; } = 0.3;

        /// <summary>What stands for no supervision.</summary>
        [Description("The teacher whose answers are the unsupervised condition, such as a zero-shot model's; left out: always the most frequent class of the hard test rows")]
        public string? Unsupervised { get; set; }

        /// <summary>Noise of hard labels.</summary>
        [Description("Shares of hard labels that are made wrong; easy labels at method.easy-noise times as many. Left out: no study of noise")]
        [Range(0, 1)]
        public double[] Noise { get; set; } = [];

        /// <summary>Noise of easy labels, relative.</summary>
        [Description("Noise of easy labels as a share of that of hard ones")]
        [Range(0, 1), Source("section 5.3: half as noisy")]
        public double EasyNoise { get; set; } = 0.5;

        /// <summary>Sizes of the cost study.</summary>
        [Description("Numbers of labels for the study of costs, ascending. Left out: no study of costs")]
        [Range(2, 10_000_000)]
        public int[] Costs { get; set; } = [];

        /// <summary>The condition of the value hard-accuracy.</summary>
        [Description("The condition whose accuracy on hard test rows is given as hard-accuracy, for contrasts of two measurements")]
        public Condition Condition { get; set; }

        /// <summary>Noise of its labels.</summary>
        [Description("Share of the labels of method.condition that are made wrong")]
        [Range(0, 1)]
        public double ConditionNoise { get; set; }

        /// <summary>The column of the easy condition.</summary>
        [Description("Of predictions: the column of classes that the model trained on easy rows predicts")]
        public string Easy { get; set; } = "easy";

        /// <summary>The column of the hard condition.</summary>
        [Description("Of predictions: the column of the model trained on hard rows")]
        public string Hard { get; set; } = "hard";

        /// <summary>The column of the unsupervised condition.</summary>
        [Description("Of predictions: the column of the unsupervised model, such as zero-shot answers")]
        public string Zero { get; set; } = "unsupervised";

        /// <summary>The least gap.</summary>
        [Description("The least gain of hard labels for which the share recovered is given: over less it is noise")]
        [Range(0, 1, MinimumIsExclusive = true)]
        public double SmallestGap { get; set; } = 0.02;
    }

    /// <inheritdoc/>
    public MeasurementReport Measure(MeasurementProblem subject, Run run)
    {
        if (!options.Cuts.SequenceEqual(options.Cuts.Order())) throw new RequestException("method.cuts: expected ascending numbers");
        if (options is { ConditionNoise: > 0, Condition: Condition.Unsupervised or Condition.SevenTenths }) throw new RequestException($"method.condition-noise: {Foundation.Options.Key($"{options.Condition}")} learns from no labels, of which some could be wrong");
        if (!options.Costs.SequenceEqual(options.Costs.Order().Distinct())) throw new RequestException("method.costs: expected ascending numbers");
        return subject.Find<PredictionRows>() is { } predictions ? OfPredictions(subject.Name, predictions) : new EasyToHardTrainings(subject.Name, options, subject.Require<TrainableProblem>(), run).Report();
    }

    /// <summary>SGR of scores on the same hard items, one a draw; null where hard labels bring less than the smallest gap.</summary>
    internal static Interval? Recovered(IReadOnlyList<TestScore> easy, IReadOnlyList<TestScore> unsupervised, IReadOnlyList<TestScore> hard, double smallestGap) =>
        RecoveredGap.Of(easy, unsupervised, hard, smallestGap: smallestGap);

    /// <summary>The strata of a column's numbers, or of measured ones.</summary>
    internal static HardnessStrata StrataOf(Options options, IReadOnlyList<double> hardness, string name)
    {
        if (options.Cuts.Length == 0) return HardnessStrata.Equal(hardness, options.Strata, name);
        var strata = new HardnessStrata(options.Cuts);
        var sizes = strata.Divide(hardness).Select(s => s.Length).ToArray();
        return sizes[0] > 0 && sizes[^1] > 0 ? strata : throw new RequestException($"method.cuts: of {name}, {string.Join(", ", sizes)} rows lie between them; expected some in the first and in the last stratum");
    }

    /// <summary>A column's numbers.</summary>
    /// <exception cref="RequestException">There is no such column, or it is blank or no number somewhere.</exception>
    internal static double[] HardnessOf(Table table, string column)
    {
        if (ClassPredictions.Require(table, column, "method.hardness") is not NumberColumn numbers) throw new RequestException($"method.hardness: {table.Name}: column '{column}' does not hold numbers");
        var blank = Array.FindIndex(numbers.Values, double.IsNaN);
        return blank < 0 ? numbers.Values : throw new RequestException($"{table.Name} {table.Place(blank)}, column '{column}': is blank, expected how hard the row is");
    }

    internal static MeasuredValue[] Values(TestScore[] easy, TestScore[] unsupervised, TestScore[] hard, double smallestGap, List<string> notes)
    {
        MeasuredValue Accuracy(string name, string meaning, TestScore[] scores) => new(name, meaning, Intervals.Of(scores)) { IsShare = true };
        List<MeasuredValue> values = [];
        if (Recovered(easy, unsupervised, hard, smallestGap) is { } recovered) values.Add(new("sgr", "supervision gap recovered: the share of the gain of hard labels that easy ones bring", recovered) { IsShare = true });
        else
        {
            values.Add(MeasuredValue.Of("sgr", "supervision gap recovered: the share of the gain of hard labels that easy ones bring", double.NaN) with { IsShare = true });
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"hard labels bring less than {100 * smallestGap:0.#} points over no supervision, or too unsurely: no share of that is given"));
        }
        values.Add(Accuracy("easy", "accuracy on hard test rows after training on easy ones", easy));
        values.Add(Accuracy("hard", "accuracy on hard test rows after training on hard ones", hard));
        values.Add(Accuracy("unsupervised", "accuracy on hard test rows without labels", unsupervised));
        values.Add(new("easy-over-hard", "easy less hard, in accuracy on hard test rows", Intervals.Difference(easy, hard)) { IsShare = true });
        return [.. values];
    }

    internal static string Sentence(string name, IReadOnlyList<MeasuredValue> values)
    {
        double Of(string value) => values.First(v => v.Name == value).Value.Mean;
        var share = values.First(v => v.Name == "sgr").Value;
        var accuracies = string.Create(CultureInfo.InvariantCulture, $"on hard test rows {100 * Of("easy"):0.0} % are right after easy labels, {100 * Of("hard"):0.0} % after hard ones, {100 * Of("unsupervised"):0.0} % without");
        return double.IsNaN(share.Mean) ? $"{name}: {accuracies}." : string.Create(CultureInfo.InvariantCulture, $"{name}: easy labels recover {100 * share.Mean:0} % [{100 * share.Low:0}, {100 * share.High:0}] of what hard labels bring; {accuracies}.");
    }

    private MeasurementReport OfPredictions(string name, PredictionRows predictions)
    {
        var table = predictions.Rows;
        var truth = ClassPredictions.Require(table, predictions.Label, "problem.label").Words();
        int[] rows = [.. Enumerable.Range(0, table.Rows).Where(row => truth(row).Length > 0)];
        if (rows.Length == 0) throw new RequestException($"{table.Name}: column '{predictions.Label}' is blank in every row");
        List<string> notes = [];
        double[] hardness = options.Hardness is null ? new double[table.Rows] : HardnessOf(table, options.Hardness);
        double[] ofRows = [.. rows.Select(row => hardness[row])];
        if (options.Hardness is null) notes.Add("without method.hardness all rows are taken for hard ones");
        var strata = options.Hardness is null ? new HardnessStrata([]) : StrataOf(options, ofRows, $"{table.Name}, column '{options.Hardness}'");
        var classes = rows.Select(truth).ToHashSet(StringComparer.Ordinal);
        var arms = new[] { ("easy", options.Easy, "method.easy"), ("hard", options.Hard, "method.hard"), ("unsupervised", options.Zero, "method.zero") }.Select(arm => (arm.Item1, Right: Right(arm.Item2, arm.Item3))).ToArray();
        var parts = strata.Divide(ofRows);
        TestScore[] Score(int arm, int stratum) => [TestScore.Mean([.. parts[stratum].Select(i => arms[arm].Right[i])])];
        var last = strata.Count - 1;
        var values = Values(Score(0, last), Score(2, last), Score(1, last), options.SmallestGap, notes);
        double[] grid = [.. arms.SelectMany((_, arm) => parts.Select((part, stratum) => part.Length == 0 ? double.NaN : Score(arm, stratum)[0].Value))];
        return new(Sentence(name, values), values)
        {
            Notes = notes,
            Tables = [new("strata", [new TextColumn("test", strata.Names), new NumberColumn("rows", [.. parts.Select(p => (double)p.Length)]), .. arms.Select((arm, a) => new NumberColumn(arm.Item1, grid[(a * parts.Length)..((a + 1) * parts.Length)]))])],
            Charts = [new GridChart("Accuracy by training and test rows", "Each row of the table is a model, each column a stratum of the test rows.", "model", "test rows", [.. arms.Select(a => a.Item1)], strata.Names, grid) { IsShare = true }],
        };

        double[] Right(string column, string key)
        {
            var words = ClassPredictions.Require(table, column, key).Words();
            return [.. rows.Select(row => words(row) is { Length: > 0 } word
                ? classes.Contains(word) ? word == truth(row) ? 1.0 : 0.0 : throw new RequestException($"{table.Name} {table.Place(row)}, column '{column}': found '{word}'{Spelling.Hint(word, classes)}, expected one of the classes {string.Join(", ", classes.Order(StringComparer.Ordinal))}")
                : throw new RequestException($"{table.Name} {table.Place(row)}, column '{column}': is blank, expected the predicted class"))];
        }
    }
}
