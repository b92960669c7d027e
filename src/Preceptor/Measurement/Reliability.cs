using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Measurement;

/// <summary>
/// How far a classifier's confidence can be relied on: whether it is calibrated, on which side it errs and in which classes; whether it is low where
/// the answer is wrong; whether it is low on rows of another kind; and what becomes of both as the rows get noisier. Use it before a
/// model's probabilities decide anything: who checks an answer, what is left to a person.
/// </summary>
/// <remarks>
/// Ao (ECIR 2023) is a plan for safe and reliable systems; measured here is what her component papers define for classifiers: the signed level of
/// calibration, class-wise temperatures (Two Sides of Miscalibration, UAI 2023), E-AUoptRC and the Trust Index (Empirical Optimal Risk, 2023), of which only
/// abstracts were at hand. Nothing is claimed about captions or answers to questions about images, which the plan names as well.
/// Temperatures are fitted on rows that are not scored.
/// </remarks>
[Method("safe-reliable", "Reliability of a classifier's confidence", Paper = 49,
    Summary = "Is confidence calibrated, low where answers are wrong, low on rows of another kind, and still so under noise? Mends it by a temperature.",
    Citation = "Ao: Building Safe and Reliable AI Systems for Safety Critical Tasks with Vision-Language Processing (ECIR 2023)")]
[Version(1)]
public sealed class Reliability(Reliability.Options options) : IMeasure<MeasurementProblem, MeasurementReport>, INeeds<PredictionRows>, INeeds<ModelRows>, INeeds<TrainableProblem>
{
    /// <summary>How confidence is mended before it is measured.</summary>
    public enum Scaling
    {
        /// <summary>Not at all.</summary>
        None,

        /// <summary>One temperature for all classes; no decision changes.</summary>
        Temperature,

        /// <summary>A temperature a class (MSC-TS).</summary>
        Classes,
    }

    /// <summary>The options of reliability.</summary>
    public sealed record Options
    {
        /// <summary>The columns of numbers.</summary>
        [Description("Columns with a number a class; left out: those named probability:CLASS or logit:CLASS, or after a class")]
        public string[] Columns { get; set; } = [];

        /// <summary>What the numbers are.</summary>
        [Description("What the columns hold; auto takes them for logits where most rows leave [0, 1]")]
        public PredictionForm Form { get; set; }

        /// <summary>Labels of no class.</summary>
        [Description("Labels of rows that belong to no class, on which confidence should be low; blank ones are such too. Of a problem with a trainer: classes that are held out of training")]
        public string[] Outside { get; set; } = [];

        /// <summary>The level column.</summary>
        [Description("The column that divides predictions, such as by strength of noise; accuracy and calibration are given for each")]
        public string? Level { get; set; }

        /// <summary>How confidence is mended.</summary>
        [Description("How confidence is mended before it is measured: none, one temperature, or a temperature for each class")]
        public Scaling Scaling { get; set; } = Scaling.Temperature;

        /// <summary>What a temperature is chosen by.</summary>
        [Description("What the temperature is chosen by: ece, or nll as is usual elsewhere")]
        [Source("released code of MSC-TS: ece")]
        public TemperatureCriterion Criterion { get; set; }

        /// <summary>The least temperature.</summary>
        [Description("The least temperature that is tried")]
        [Range(0.01, 100), Source("released code of MSC-TS: 0.5")]
        public double LeastTemperature { get; set; } = 0.5;

        /// <summary>The largest temperature.</summary>
        [Description("Temperatures below this one are tried, in steps of 0.01")]
        [Range(0.02, 100), Source("released code of MSC-TS: 2")]
        public double LargestTemperature { get; set; } = 2;

        /// <summary>What is done to class levels.</summary>
        [Description("What is done to the classes' levels before they move temperatures")]
        [Source("released code of MSC-TS: one of the three by data set")]
        public LevelScaling Levels { get; set; }

        /// <summary>Whether logits are centred.</summary>
        [Description("Whether each row's logits are centred, so that a constant in them does not matter to temperatures for each class; the released code does not")]
        public bool Centre { get; set; } = true;

        /// <summary>The share of rows to fit on.</summary>
        [Description("Share of the rows that temperatures are fitted on; the others are scored. Of a problem with a trainer: of its training rows")]
        [Range(0, 0.9)]
        public double FitShare { get; set; } = 0.5;

        /// <summary>Strengths of noise.</summary>
        [Description("Strengths of noise on the inputs of a model's rows (InputNoise); 0, the rows as they are, is always measured")]
        [Range(0, 1)]
        public double[] Noise { get; set; } = [];

        /// <summary>The error to stay below.</summary>
        [Description("Error that selective prediction has to stay at or below")]
        [Range(0, 1)]
        public double TargetError { get; set; } = 0.05;

        /// <summary>Label smoothing of a network trained here.</summary>
        [Description("Of a problem with a trainer: label smoothing of the network")]
        [Range(0, 1)]
        public double Smoothing { get; set; }
    }

    /// <inheritdoc/>
    public MeasurementReport Measure(MeasurementProblem subject, Run run)
    {
        if (options.LargestTemperature <= options.LeastTemperature) throw new RequestException($"method.largest-temperature: {options.LargestTemperature} is not above method.least-temperature, {options.LeastTemperature}");
        var (fit, scored) = subject.Find<PredictionRows>() is { } file ? Split(ClassPredictions.Of(file.Rows, file.Label, options.Columns, options.Form, options.Outside, options.Level), run)
            : subject.Find<ModelRows>() is { } model ? OfModel(model, run) : OfTrained(subject.Require<TrainableProblem>(), run);
        var classes = scored.Classes.Count;
        int[] known = [.. Enumerable.Range(0, scored.Labels.Length).Where(i => scored.Labels[i] >= 0)];
        if (known.Length == 0) throw new RequestException($"{subject.Name}: no row with a class is left to score; lower method.fit-share");
        var inside = scored.Take(known);
        var (temperatures, notes) = Temperatures(fit, classes, run.Cancellation);
        int[] first = scored.Levels.Length == 0 ? [.. Enumerable.Range(0, known.Length)] : [.. Enumerable.Range(0, known.Length).Where(i => inside.Levels[i] == inside.Levels[0])];
        // Where rows come with noise of several strengths, the numbers are of the first level.
        var isNoisy = options.Level is null && scored.Levels.Length > 0;
        var main = isNoisy ? inside.Take(first) : inside;
        var (before, after) = (Score(main, [1.0]), Score(main, temperatures));
        return new ReliabilityReport(subject.Name, options, scored, inside, main, before, after, temperatures, p => Score(p, temperatures), notes).Create();
    }

    private ClassificationScores Score(ClassPredictions predictions, double[] temperatures) =>
        ClassificationScores.Of(new LogitColumns(predictions.Logits, predictions.Labels, predictions.Classes.Count, options.Centre).Probabilities(temperatures), predictions.Labels);

    private (double[] Temperatures, List<string> Notes) Temperatures(ClassPredictions fit, int classes, CancellationToken cancellation)
    {
        List<string> notes = [];
        if (options.Scaling == Scaling.None) return ([1], notes);
        int[] known = [.. Enumerable.Range(0, fit.Labels.Length).Where(i => fit.Labels[i] >= 0)];
        if (known.Length == 0) throw new RequestException("method.fit-share: no row with a class is left to fit a temperature on; raise it, or set method.scaling: none");
        if (known.Length < 100) notes.Add($"temperatures were fitted on {known.Length} rows only");
        var rows = fit.Take(known);
        var items = new LogitColumns(rows.Logits, rows.Labels, classes, options.Centre);
        var temperature = TemperatureScaling.Fit(items, options.LeastTemperature, options.LargestTemperature, options.Criterion, cancellation);
        if (temperature < options.LeastTemperature + 0.011 || temperature > options.LargestTemperature - 0.021)
            notes.Add(FormattableString.Invariant($"the best temperature, {temperature:0.00}, lies at the end of those that were tried: widen method.least-temperature and method.largest-temperature"));
        return (options.Scaling == Scaling.Temperature ? [temperature] : TemperatureScaling.FitClasses(items, temperature, options.Levels, cancellation).Temperatures, notes);
    }

    private (ClassPredictions Fit, ClassPredictions Scored) Split(ClassPredictions all, Run run)
    {
        int[] rows = [.. Enumerable.Range(0, all.Labels.Length)];
        if (options.Scaling == Scaling.None) return (all.Take([]), all);
        var (kept, taken) = Splits.Stratified(rows, row => all.Labels[row], options.FitShare, run.Random("fit-rows"));
        return (all.Take(taken), all.Take(kept));
    }

    private (ClassPredictions Fit, ClassPredictions Scored) OfModel(ModelRows model, Run run)
    {
        var words = ClassPredictions.Require(model.Rows, model.Label, "problem.label").Words();
        var classes = model.Predictor.Classes;
        var labels = new int[model.Rows.Rows];
        for (var row = 0; row < labels.Length; row++)
        {
            var word = words(row);
            labels[row] = word.Length == 0 || options.Outside.Contains(word) ? -1 : classes.ToList().IndexOf(word) is >= 0 and var c ? c : throw new RequestException(
                $"{model.Rows.Name} {model.Rows.Place(row)}, column '{model.Label}': found '{word}'{Spelling.Hint(word, classes)}, which the model does not know; it knows {string.Join(", ", classes)}; rows of no class are blank, or named in method.outside");
        }
        int[] rows = [.. Enumerable.Range(0, labels.Length)];
        var (kept, taken) = options.Scaling == Scaling.None ? (rows, Array.Empty<int>()) : Splits.Stratified(rows, row => labels[row], options.FitShare, run.Random("fit-rows"));
        return (Ask(model.Predictor, model.Rows.Take(taken), [.. taken.Select(r => labels[r])]), Noisy(model.Predictor, model.Rows.Take(kept), [.. kept.Select(r => labels[r])], run));
    }

    private (ClassPredictions Fit, ClassPredictions Scored) OfTrained(TrainableProblem problem, Run run)
    {
        var outside = options.Outside.Select(name => problem.Classes.ToList().IndexOf(name) is >= 0 and var c ? c : throw new RequestException(
            $"method.outside: there is no class '{name}'{Spelling.Hint(name, problem.Classes)}; the problem has {string.Join(", ", problem.Classes)}")).ToHashSet();
        int[] labelled = [.. Enumerable.Range(0, problem.Labels.Length).Where(row => problem.Labels[row] >= 0 && !outside.Contains(problem.Labels[row]))];
        // The same rows are learned from whatever the scaling, so that arms differ in nothing else.
        var (learned, fitted) = Splits.Stratified(labelled, row => problem.Labels[row], options.FitShare, run.Random("fit-rows"));
        var classes = problem.Classes.Count;
        var targets = new float[learned.Length * classes];
        Array.Fill(targets, (float)(options.Smoothing / classes));
        for (var i = 0; i < learned.Length; i++) targets[i * classes + problem.Labels[learned[i]]] += (float)(1 - options.Smoothing);
        using var model = problem.Train(new("measured", learned, targets), run);
        return (Ask(model, problem.TrainTable.Take(fitted), [.. fitted.Select(r => problem.Labels[r])]), Noisy(model, problem.TestTable, [.. problem.TestLabels.Select(l => outside.Contains(l) ? -1 : l)], run));
    }

    private static ClassPredictions Ask(Predictor model, Table rows, int[] labels) =>
        rows.Rows == 0 ? new(model.Classes, [], [], true) : new(model.Classes, labels, model.Classifier.Logits(model.Encoding.Encode(rows)), true);

    private ClassPredictions Noisy(Predictor model, Table rows, int[] labels, Run run)
    {
        double[] strengths = [0, .. options.Noise.Where(s => s > 0).Distinct().Order()];
        if (strengths.Length == 1) return Ask(model, rows, labels);
        var columns = InputsOf(model.Encoding);
        var asked = strengths.Select(s => Ask(model, InputNoise.Add(rows, columns, s, run.Seed), labels)).ToArray();
        return asked[0] with
        {
            Labels = [.. asked.SelectMany(a => a.Labels)],
            Logits = [.. asked.SelectMany(a => a.Logits)],
            Levels = [.. strengths.SelectMany(s => Enumerable.Repeat(FormattableString.Invariant($"{s:0.###}"), labels.Length))],
        };
    }

    private static HashSet<string> InputsOf(InputEncoding encoding)
    {
        string?[] names = [.. encoding.Numbers.Select(n => n.Column), .. encoding.Categories.Select(c => c.Column), .. encoding.TextColumns, encoding.ImageColumn];
        return [.. names.OfType<string>()];
    }
}
