using System.Globalization;
using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Measurement;

/// <summary>
/// How to split a label budget between a few clean labels and many weak ones: accuracy over budgets and splits, the best split of each
/// budget, and where quantity, a mixture or quality wins. Use it before you buy labels.
/// </summary>
/// <remarks>
/// Mallen and Belrose (2024). For every budget B and share f: n_o = ⌊f B / c_o⌋ clean and n_w = ⌊(B − n_o c_o)/c_w⌋ weak labels of other
/// rows; sequential training on the weak ones and then, with a fresh optimiser, on the clean ones, each with a fifth of its own labels
/// for the choice of the epoch. A stage without labels is left out, so that f = 0 and f = 1 are plain training. Few-shot prompts, which need a
/// language model, are not part of it.
/// </remarks>
[Method("label-budget", "Label quantity against quality", Paper = 63,
    Summary = "Measures how to split a budget between few clean labels and many weak ones, for your prices and your weak labels.",
    Citation = "Mallen, Belrose: Balancing Label Quantity and Quality for Scalable Elicitation (2024)")]
[Version(1)]
public sealed class LabelBudget(LabelBudgetOptions options) : IMeasure<MeasurementProblem, MeasurementReport>, INeeds<TrainableProblem>
{
    /// <inheritdoc/>
    public MeasurementReport Measure(MeasurementProblem subject, Run run)
    {
        var problem = subject.Require<TrainableProblem>();
        if (options.Budgets.Length == 0 || options.Fractions.Length == 0) throw new RequestException("method.budgets, method.fractions: at least one of each is needed");
        var (budgets, fractions) = (options.Budgets.Distinct().Order().ToArray(), options.Fractions.Distinct().Order().ToArray());
        LabelPurchase[] cells = [.. budgets.SelectMany(b => fractions.Select(f => LabelPurchase.Of(b, f, options.CleanPrice, options.WeakPrice)))];
        var accuracies = new double[cells.Length][];
        for (var k = 0; k < cells.Length; k++) accuracies[k] = new double[options.Seeds];
        var (weakAccuracy, teacherAccuracy, rows) = (0.0, 0.0, 0);
        for (var seed = 0; seed < options.Seeds; seed++)
        {
            var pools = LabelPools.Draw(problem, options, seed, run);
            weakAccuracy += pools.WeakAccuracy(problem.Classes.Count) / options.Seeds;
            teacherAccuracy += pools.TestAccuracy / options.Seeds;
            rows = pools.Rows.Length;
            for (var k = 0; k < cells.Length; k++) accuracies[k][seed] = Accuracy(problem, pools, cells[k], seed, run);
        }
        var surface = new LabelBudgetSurface(options, budgets, fractions, cells, accuracies);
        return surface.Report(weakAccuracy, teacherAccuracy, [.. Notes(problem, surface, rows)]);
    }

    private IEnumerable<string> Notes(TrainableProblem problem, LabelBudgetSurface surface, int rows)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"weak labels: {Options.Key(LabelPools.Source(problem, options).ToString())}; a clean one costs {options.CleanPrice:G4}, a weak one {options.WeakPrice:G4}");
        if (problem.Truth is null) yield return "clean labels are the problem's labels as they are given";
        if (surface.LeftOut > 0) yield return $"{surface.LeftOut} of {surface.Cells} cells buy more labels than there are rows ({rows}), or none, and are left out";
    }

    /// <summary>The test accuracy of one cell; NaN where there are not as many rows, or no label.</summary>
    private double Accuracy(TrainableProblem problem, LabelPools pools, LabelPurchase cell, int seed, Run run)
    {
        if (cell.Clean + cell.Weak > pools.Rows.Length || cell.Clean + cell.Weak == 0) return double.NaN;
        // What decides a cell besides what it buys; budgets and prices do not.
        var how = Options.Resolve(options with { Budgets = [], Fractions = [], CleanPrice = 1, WeakPrice = 1, Seeds = 1 });
        var inputs = new JsonObject { ["problem"] = problem.Fingerprint, ["how"] = how, ["clean"] = cell.Clean, ["weak"] = cell.Weak, ["seed"] = seed };
        return run.Stage("cell", inputs, () => new CellAccuracy(Score(problem, pools, cell, seed, run))).Value;
    }

    private double Score(TrainableProblem problem, LabelPools pools, LabelPurchase cell, int seed, Run run)
    {
        var classes = problem.Classes.Count;
        var (clean, weak) = (pools.Rows[..cell.Clean], pools.Rows[(pools.Rows.Length - cell.Weak)..]);
        var right = LabelPools.OneHot(pools.Clean, classes);
        Stage ofWeak = new("weak", weak, pools.Weak, row => pools.Best(row, classes), options.OwnWeight), ofClean = new("clean", clean, right, row => pools.Clean[row], 0);
        using var model = options.Order switch
        {
            BudgetTraining.Mixed => Train(problem, [Both(ofWeak, ofClean, classes)], seed, run),
            BudgetTraining.Reversed => Train(problem, [ofClean, ofWeak], seed, run),
            _ when options.Active && cell is { Clean: > 0, Weak: > 0 } => TrainActively(problem, pools, ofWeak, ofClean, seed, run),
            _ => Train(problem, [ofWeak, ofClean], seed, run),
        };
        return LabelPools.Accuracy(model.Predict(problem.Test), problem.TestLabels);
    }

    /// <summary>Buys the clean labels of those rows, of all without a weak one, of which the model is least sure after the weak stage.</summary>
    private Predictor TrainActively(TrainableProblem problem, LabelPools pools, Stage weak, Stage clean, int seed, Run run)
    {
        double[] entropies;
        var candidates = pools.Rows[..^weak.Rows.Length];
        using (var unsure = Train(problem, [weak], seed, run))
        {
            var answers = unsure.Predict(problem.Rows);
            entropies = [.. candidates.Select(row => LabelBudgetPlan.Entropy(answers.Row(row)))];
        }
        var chosen = LabelBudgetPlan.LeastConfident(entropies, clean.Rows.Length, options.Temperature, k => RandomStream.At(run.Seed, "least-confident", seed, candidates[k]));
        return Train(problem, [weak, clean with { Rows = [.. chosen.Select(k => candidates[k])] }], seed, run);
    }

    /// <summary>Trains one stage after the other, each with a fresh optimiser; stages without rows are left out.</summary>
    private Predictor Train(TrainableProblem problem, IEnumerable<Stage> stages, int seed, Run run)
    {
        Predictor? model = null;
        JsonArray before = [];
        foreach (var stage in stages.Where(s => s.Rows.Length > 0))
        {
            var classes = problem.Classes.Count;
            var held = LabelBudgetPlan.HeldOut(stage.Rows.Length, options.HeldOut);
            var (validation, rows) = (stage.Rows[..held], stage.Rows[held..]);
            var request = new TrainingRequest(stage.Name, rows, [.. rows.SelectMany(row => stage.Targets.Skip(row * classes).Take(classes))])
            {
                Validation = validation,
                ValidationLabels = [.. validation.Select(stage.Label)],
                Epochs = LabelBudgetPlan.Epochs(rows.Length, options.Examples, options.Steps, options.Batch),
                Batch = options.Batch,
                From = model,
                Rate = model is null ? 1 : options.SecondRate,
                OwnWeight = stage.OwnWeight,
                IsPassing = true, // a surface has hundreds of networks
                Stream = $"budget-{seed}",
                Before = before.DeepClone(),
            };
            model = problem.Train(request, run);
            before.Add($"{stage.Name}:{string.Join(',', stage.Rows)}");
        }
        return model!;
    }

    private static Stage Both(Stage weak, Stage clean, int classes)
    {
        var targets = (float[])weak.Targets.Clone();
        foreach (var row in clean.Rows) clean.Targets.AsSpan(row * classes, classes).CopyTo(targets.AsSpan(row * classes));
        var bought = clean.Rows.ToHashSet();
        // In turn, so that what validates is of both kinds in their proportion.
        int[] rows = [.. weak.Rows.Select((row, k) => (row, place: (k + 0.5) / weak.Rows.Length)).Concat(clean.Rows.Select((row, k) => (row, place: (k + 0.5) / clean.Rows.Length))).OrderBy(p => p.place).Select(p => p.row)];
        return new("mixed", rows, targets, row => bought.Contains(row) ? clean.Label(row) : weak.Label(row), weak.OwnWeight);
    }

    private sealed record CellAccuracy(double Value) : IArtifact<CellAccuracy>
    {
        public void Save(string folder) => ModelFiles.WriteJson(Path.Combine(folder, "accuracy.json"), Value);

        public static CellAccuracy Load(string folder) => new(ModelFiles.ReadJson<double>(Path.Combine(folder, "accuracy.json")));
    }

    private sealed record Stage(string Name, int[] Rows, float[] Targets, Func<int, int> Label, double OwnWeight);
}
