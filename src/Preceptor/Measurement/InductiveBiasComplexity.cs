using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>
/// How many bits of inductive bias a task asks for, so that supervised tasks, policies and few-shot learning can be compared before anything
/// is trained. Use it to see what makes a data set hard, its dimension or its resolution, and what more rows would help (little). The numbers are huge
/// and of the kind of an upper bound: only their order means something.
/// </summary>
/// <remarks>
/// Boopathy et al. (ICML 2023); <see cref="GeneralizationDifficulty"/> has the formulas, <see cref="DataGeometry"/> the estimates from rows.
/// The published figures round the estimated dimension, as is done here.
/// </remarks>
[Method("inductive-bias-complexity", "Inductive bias complexity", Paper = 36, TrainsNetwork = false,
    Summary = "How many bits of inductive bias rows, a policy or few-shot learning ask for, from dimension, resolution and size: no model is trained.",
    Citation = "Boopathy, Liu, Hwang, Ge, Mohammedsaleh, Fiete: Model-agnostic Measure of Generalization Difficulty (ICML 2023)")]
[Version(1)]
public sealed class InductiveBiasComplexity(InductiveBiasComplexity.Options options) : IMeasure<MeasurementProblem, MeasurementReport>, INeeds<DataRows>, INeeds<LearningTasks>
{
    /// <summary>How the resolution is estimated.</summary>
    public enum ResolutionEstimate
    {
        /// <summary>By extreme value theory: the least distance of all pairs of classes, most of which are not looked at.</summary>
        Extreme,

        /// <summary>The least distance of a sample's pairs of classes.</summary>
        Least,
    }

    /// <summary>The options of inductive bias complexity.</summary>
    public sealed record Options
    {
        /// <summary>ε.</summary>
        [Description("Error ε to reach, of rows; published tasks have their own")]
        [Range(0, 1, MinimumIsExclusive = true), Source("released code: 0.001 on MNIST, 0.01 on CIFAR-10, 0.1 on ImageNet")]
        public double Error { get; set; } = 0.01;

        /// <summary>The error a model reaches.</summary>
        [Description("Error that a model of yours reaches: the bits of bias that it supplies are given as well; left out: they are not")]
        [Range(0, 1, MinimumIsExclusive = true)]
        public double? Reached { get; set; }

        /// <summary>m.</summary>
        [Description("Intrinsic dimension m of rows; left out: estimated, and rounded")]
        [Range(1, 1e6)]
        public double? Dimension { get; set; }

        /// <summary>k.</summary>
        [Description("Neighbours k by which the dimension is estimated")]
        [Range(2, 1000), Source("released code: 5")]
        public int Neighbours { get; set; } = 5;

        /// <summary>δ.</summary>
        [Description("Resolution δ of rows; left out: estimated")]
        [Range(0, 1e300, MinimumIsExclusive = true)]
        public double? Resolution { get; set; }

        /// <summary>How it is estimated.</summary>
        [Description("How the resolution is estimated: by the tail of the distances between classes, or as the least one that a sample shows")]
        [Source("released code: extreme")]
        public ResolutionEstimate Estimate { get; set; }

        /// <summary>What the least distance ignores.</summary>
        [Description("Distances below it are duplicates to the least distance; 0: only equal rows are. The released code has 1, whatever the unit")]
        [Range(0, 1e300)]
        public double IgnoreBelow { get; set; }

        /// <summary>Pairs for the tail.</summary>
        [Description("Pairs of different classes that the tail is looked for in")]
        [Range(100, 100_000_000), Source("released code: 4,000,000")]
        public int Pairs { get; set; } = 4_000_000;

        /// <summary>The tail.</summary>
        [Description("Nearest pairs that make the tail; at most a tenth of the pairs is used")]
        [Range(2, 1_000_000), Source("released code: 2,000")]
        public int Tail { get; set; } = 2000;

        /// <summary>Rows to look at.</summary>
        [Description("Rows whose neighbours, or distances to each other, are looked at; on MNIST and CIFAR-10 2,000 give the dimension to 0.1")]
        [Range(10, 1_000_000), Source("released code: 10,000 for the dimension, 30,000 for the least distance")]
        public int Rows { get; set; } = 2000;

        /// <summary>Whether columns are standardised.</summary>
        [Description("Whether number columns are brought to deviation 1 first, as columns of different units need; pixels never are")]
        public bool Standardise { get; set; }

        /// <summary>The input columns.</summary>
        [Description("Input columns: numbers, or one of images; left out: the images, or all numbers but the label")]
        public string[] Inputs { get; set; } = [];
    }

    /// <inheritdoc/>
    public MeasurementReport Measure(MeasurementProblem subject, Run run)
    {
        List<string> notes = ["only the order of such numbers means something: they are of the kind of an upper bound"];
        var tasks = subject.Find<LearningTasks>()?.Tasks ?? [Estimated(subject.Name, subject.Require<DataRows>(), run, notes)];
        List<MeasuredValue> values = [];
        if (tasks is [var task])
        {
            var difficulty = task.Difficulty();
            values.Add(MeasuredValue.Of("log10-bits", "logarithm to base 10 of the bits of inductive bias that the task asks for", Finite(difficulty)));
            values.Add(MeasuredValue.Of("bits-per-dimension", "bits that each dimension of the hypotheses must be pinned down to", difficulty.BitsPerDimension));
            values.Add(MeasuredValue.Of("log10-free-dimensions", "logarithm to base 10 of the dimensions that the samples leave free", difficulty.FreeDimensions > 0 ? Log10(difficulty) : double.NaN));
            values.Add(MeasuredValue.Of("dimension", "m, intrinsic dimension, or numbers observed", task.Dimension));
            values.Add(MeasuredValue.Of("resolution", "δ, least distance of rows that differ in their answer", task.Resolution));
            if (task.Kind != LearningTaskKind.Policy) values.Add(MeasuredValue.Of("radius", "R, largest norm of a row", task.Radius));
            values.Add(MeasuredValue.Of("samples", "n, training samples", task.Samples));
            if (options.Reached is { } reached) values.Add(MeasuredValue.Of("log10-bits-supplied", "logarithm to base 10 of the bits that a model with the error method.reached supplies", Finite(task.Difficulty(reached))));
            if (difficulty.IsDetermined) notes.Add(difficulty.BitsPerDimension <= 0 ? "any hypothesis reaches this error: no inductive bias is needed" : "the samples pin down every dimension of the hypotheses: no inductive bias is needed");
        }
        else values.AddRange(tasks.Select(t => MeasuredValue.Of($"log10-bits-{t.Name}", $"logarithm to base 10 of the bits of inductive bias that {t.Name} asks for", Finite(t.Difficulty()))));
        return new(Sentence(tasks), values) { Tables = [Table(tasks)], Charts = tasks is [var only] ? Curves(only) : [], Notes = notes };
    }

    private static string Sentence(IReadOnlyList<LearningTask> tasks)
    {
        if (tasks is [var task])
            return task.Difficulty() is { IsDetermined: true } ? $"{task.Name} asks for no inductive bias beyond its samples."
                : string.Create(CultureInfo.InvariantCulture, $"{task.Name} asks for 10^{task.Difficulty().Log10Bits:0.0} bits of inductive bias: dimension {task.Dimension:0.#}, resolution {task.Resolution:0.###}, {(task.Samples < 1e9 ? task.Samples.ToString("#,0", CultureInfo.InvariantCulture) : task.Samples.ToString("0.0e0", CultureInfo.InvariantCulture))} samples, error {task.Error:G3}.");
        var ordered = tasks.OrderBy(t => t.Difficulty().Log10Bits).ToArray();
        return $"In order of the inductive bias they ask for: {string.Join(" < ", ordered.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Name} (10^{Finite(t.Difficulty()):0.0} bits)")))}.";
    }

    private static Table Table(IReadOnlyList<LearningTask> tasks) => new("difficulty",
    [
        new TextColumn("task", [.. tasks.Select(t => t.Name)]), new TextColumn("kind", [.. tasks.Select(t => Foundation.Options.Key($"{t.Kind}"))]), new NumberColumn("samples", [.. tasks.Select(t => t.Samples)]),
        new NumberColumn("dimension", [.. tasks.Select(t => t.Dimension)]), new NumberColumn("radius", [.. tasks.Select(t => t.Radius)]), new NumberColumn("outputs", [.. tasks.Select(t => (double)t.Outputs)]), new NumberColumn("resolution", [.. tasks.Select(t => t.Resolution)]),
        new NumberColumn("error", [.. tasks.Select(t => t.Error)]), new NumberColumn("highest_degree", [.. tasks.Select(t => t.Difficulty().HighestDegree)]), new NumberColumn("bits_per_dimension", [.. tasks.Select(t => t.Difficulty().BitsPerDimension)]), new NumberColumn("log10_bits", [.. tasks.Select(t => Finite(t.Difficulty()))]),
    ]);

    private static Chart[] Curves(LearningTask task)
    {
        double[] factors = [.. Enumerable.Range(-8, 17).Select(i => Math.Pow(2, i / 2.0))];
        ChartSeries Vary(string name, Func<double, LearningTask> change) => new(name, factors, [.. factors.Select(f => change(f).Difficulty() is { IsDetermined: false } d ? d.Log10Bits : double.NaN)]);
        return
        [
            new CurveChart("What the difficulty depends on", "Each curve changes one number of the task and leaves the others.", "the number, as a multiple of what it is", "log₁₀ bits",
                [Vary("samples", f => task with { Samples = task.Samples * f }), Vary("resolution", f => task with { Resolution = task.Resolution * f }), Vary("dimension", f => task with { Dimension = Math.Max(1, task.Dimension * f) }), Vary("error", f => task with { Error = Math.Min(1, task.Error * f) })]) { IsLogarithmic = true },
        ];
    }

    private LearningTask Estimated(string name, DataRows data, Run run, List<string> notes)
    {
        var (points, labels, classes) = Points(data);
        int[] sample = points.Count <= options.Rows ? [.. Enumerable.Range(0, points.Count)] : Splits.Sample([.. Enumerable.Range(0, points.Count)], options.Rows, run.Random("sample"));
        var dimension = options.Dimension;
        if (dimension is null)
        {
            if (points.Count <= options.Neighbours) throw new RequestException($"{data.Rows.Name}: {points.Count} rows are too few for method.neighbours: {options.Neighbours}");
            var (estimate, duplicates) = points.IntrinsicDimension(options.Neighbours, sample, run.Cancellation);
            if (double.IsNaN(estimate)) throw new RequestException($"{data.Rows.Name}: the inputs are constant, and have no dimension");
            if (duplicates > 0) notes.Add($"{duplicates} pairs of equal rows were left out of the dimension");
            dimension = Math.Max(1, Math.Round(estimate));
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"the intrinsic dimension was estimated as {estimate:0.00} from {sample.Length:#,0} rows and {options.Neighbours} neighbours; above 8 or so such estimates are too low"));
        }
        return new(name, LearningTaskKind.Classification, points.Count, dimension.Value, points.Radius(), classes, options.Resolution ?? Resolution(data.Rows.Name, points, labels, classes, sample, run, notes), options.Error);
    }

    private double Resolution(string name, DataGeometry points, int[] labels, int classes, int[] sample, Run run, List<string> notes)
    {
        if (options.Estimate == ResolutionEstimate.Extreme)
        {
            var random = run.Random("pairs");
            // Small data have fewer pairs than would be drawn, so that drawing more would only repeat them.
            var count = (int)Math.Min(options.Pairs, Math.Max(100, (long)points.Count * points.Count / 2));
            var pairs = Enumerable.Range(0, 50).SelectMany(_ => Enumerable.Range(0, count)).Select(_ => (random.Next(points.Count), random.Next(points.Count)));
            return points.ExtremeClassDistance(labels, classes, pairs, count, Math.Max(2, Math.Min(options.Tail, count / 10)));
        }
        var (least, ignored) = points.LeastClassDistance(labels, sample, options.IgnoreBelow, run.Cancellation);
        if (double.IsNaN(least)) throw new RequestException($"{name}: no two rows of different classes differ by more than method.ignore-below, {options.IgnoreBelow}");
        if (ignored > 0) notes.Add($"{ignored} pairs of classes nearer than {options.IgnoreBelow} were taken for duplicates");
        return least;
    }

    private (DataGeometry Points, int[] Labels, int Classes) Points(DataRows data)
    {
        var words = ClassPredictions.Require(data.Rows, data.Label, "problem.label").Words();
        int[] rows = [.. Enumerable.Range(0, data.Rows.Rows).Where(row => words(row).Length > 0)];
        string[] classes = [.. rows.Select(words).Distinct()];
        if (classes.Length < 2) throw new RequestException($"{data.Rows.Name}: column '{data.Label}' has {(classes.Length == 0 ? "no class" : $"one class alone, '{classes[0]}'")}; expected two or more");
        var numbers = classes.Select((name, c) => (name, c)).ToDictionary(p => p.name, p => p.c);
        var columns = Columns(data);
        var widths = columns.Select(c => c is ImageColumn image ? image.Channels * image.Height * image.Width : 1).ToArray();
        var dimensions = widths.Sum();
        var values = new float[(long)rows.Length * dimensions];
        var at = 0;
        for (var c = 0; c < columns.Length; at += widths[c++])
        {
            if (columns[c] is ImageColumn image)
            {
                for (var i = 0; i < rows.Length; i++)
                    for (var p = 0; p < widths[c]; p++) values[(long)i * dimensions + at + p] = image.Pixels[(long)rows[i] * widths[c] + p] / 255f;
                continue;
            }
            var column = ((NumberColumn)columns[c]).Values;
            if (Array.Find(rows, row => double.IsNaN(column[row])) is var blank && rows.Any(row => double.IsNaN(column[row])))
                throw new RequestException($"{data.Rows.Name} {data.Rows.Place(blank)}, column '{columns[c].Name}': is blank, expected a number");
            var mean = rows.Average(row => column[row]);
            var deviation = Math.Sqrt(rows.Average(row => (column[row] - mean) * (column[row] - mean)));
            for (var i = 0; i < rows.Length; i++) values[(long)i * dimensions + at] = (float)(options.Standardise && deviation > 0 ? (column[rows[i]] - mean) / deviation : column[rows[i]]);
        }
        return (new(values, dimensions), [.. rows.Select(row => numbers[words(row)])], classes.Length);
    }

    private Column[] Columns(DataRows data)
    {
        Column[] columns = options.Inputs.Length > 0 ? [.. options.Inputs.Select(name => ClassPredictions.Require(data.Rows, name, "method.inputs"))]
            : data.Rows.Columns.FirstOrDefault(c => c is ImageColumn) is { } image ? [image] : [.. data.Rows.Columns.Where(c => c is NumberColumn && c.Name != data.Label)];
        if (columns.FirstOrDefault(c => c is TextColumn) is { } text) throw new RequestException($"method.inputs: column '{text.Name}' holds text, expected numbers or images");
        return columns.Length > 0 ? columns : throw new RequestException($"{data.Rows.Name} has no column of numbers or images beside '{data.Label}'; it has {string.Join(", ", data.Rows.Columns.Select(c => c.Name))}");
    }

    // Nothing needed is shown as 10^0, which is less than any task that needs something.
    private static double Finite(GeneralizationDifficulty difficulty) => difficulty.IsDetermined ? 0 : difficulty.Log10Bits;

    private static double Log10(GeneralizationDifficulty difficulty) => difficulty.Log10Bits - Math.Log10(difficulty.BitsPerDimension);
}
