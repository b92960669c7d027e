using System.Globalization;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Measurement;

/// <summary>The trainings of <see cref="EasyToHardGeneralization"/> and what came of them.</summary>
/// <param name="name">What is measured.</param>
/// <param name="options">How.</param>
/// <param name="problem">The rows, and what trains on them.</param>
/// <param name="run">The run; every training is a stage.</param>
internal sealed class EasyToHardTrainings(string name, EasyToHardGeneralization.Options options, TrainableProblem problem, Run run)
{
    private const string Everything = "all";

    private readonly List<string> notes = [];
    private readonly int classes = problem.Classes.Count;
    private HardnessStrata strata = new([]);
    private HardnessStrata?[] ofClasses = []; // null: the class is divided with all
    private int[][] testParts = [];

    public MeasurementReport Report()
    {
        int[] labelled = [.. Enumerable.Range(0, problem.Labels.Length).Where(row => problem.Labels[row] >= 0)];
        var (pool, ofRows, ofTest) = Hardness(labelled);
        double[] ofPool = [.. pool.Select(row => ofRows[row])];
        strata = EasyToHardGeneralization.StrataOf(options, ofPool, options.Hardness is null ? $"{name}, measured hardness" : $"{name}, column '{options.Hardness}'");
        ofClasses = [.. Enumerable.Range(0, classes).Select(c => options.Hardness is null && options.Cuts.Length == 0 && options.WithinClasses ? HardnessStrata.Find([.. pool.Where(row => problem.Labels[row] == c).Select(row => ofRows[row])], options.Strata) : null)];
        testParts = Divide([.. Enumerable.Range(0, ofTest.Length)], ofTest, problem.TestLabels);
        if (testParts[0].Length == 0 || testParts[^1].Length == 0) throw new RequestException($"{name}: no test row is as {(testParts[0].Length == 0 ? "easy" : "hard")} as training rows are");
        var parts = Divide(pool, ofRows, problem.Labels);
        string[] conditions = [.. strata.Names, Everything];
        int[][] rows = [.. parts, pool];
        var size = Math.Min(options.Labels, parts.Where(p => p.Length > 0).Min(p => p.Length));
        if (size < options.Labels) notes.Add($"every condition learns from {size} labels, as many as the smallest stratum has");
        if (problem.Truth is { } truth && labelled.Any(row => truth[row] != problem.Labels[row])) notes.Add("some of the offered labels are wrong; such rows look hard, and hard labels are wrong more often");

        // [condition, draw, test stratum]
        var scores = conditions.Select((condition, c) => rows[c].Length == 0 ? [] : Draws(draw => Score(Train($"{condition}-{draw}", rows[c], size, 0, draw)))).ToArray();
        var hardest = strata.Count - 1;
        TestScore[] On(int condition) => [.. scores[condition].Select(s => s[hardest]!)];
        var unsupervised = Unsupervised();
        List<MeasuredValue> values = [.. EasyToHardGeneralization.Values(On(0), [.. Enumerable.Repeat(unsupervised, options.Draws)], On(hardest), options.SmallestGap, notes)];
        values.Add(new(Everything, "accuracy on hard test rows after training on rows of all strata", Intervals.Of(On(conditions.Length - 1))) { IsShare = true });
        values.Add(OfCondition(On(0), On(hardest), unsupervised, parts, size));
        double[] grid = [.. scores.SelectMany(s => Enumerable.Range(0, strata.Count).Select(t => s.Length == 0 || s[0][t] is null ? double.NaN : s.Average(draw => draw[t]!.Value)))];
        List<Table> tables = [new("transfer", [new TextColumn("train", conditions), new NumberColumn("labels", [.. rows.Select(r => (double)Math.Min(size, r.Length))]), .. strata.Names.Select((test, t) => new NumberColumn($"test_{test}", [.. conditions.Select((_, c) => grid[c * strata.Count + t])]))])];
        List<Chart> charts = [new GridChart("Accuracy by training and test rows", "Each row is a network trained on one stratum, each column a stratum of the test rows.", "trained on", "test rows", conditions, strata.Names, grid) { IsShare = true }];
        AddNoise(parts, size, values, tables, charts);
        AddCosts(parts, values, tables, charts);
        tables.Add(new("hardness", [new NumberColumn("row", [.. pool.Select(row => problem.TrainTable.Origin(row) + 1.0)]), new NumberColumn("hardness", ofPool), new TextColumn("stratum", [.. pool.Select(row => strata.Names[StratumOf(ofRows[row], problem.Labels[row])])])]));
        return new(EasyToHardGeneralization.Sentence(name, values), values) { Tables = tables, Charts = charts, Notes = notes };
    }

    private int StratumOf(double hardness, int label) => (label < 0 ? strata : ofClasses[label] ?? strata).Of(hardness);

    private int[][] Divide(int[] rows, double[] hardness, int[] labels) => [.. Enumerable.Range(0, strata.Count).Select(stratum => rows.Where(row => StratumOf(hardness[row], labels[row]) == stratum).ToArray())];

    /// <summary>The rows that conditions may learn from, and how hard training and test rows are.</summary>
    private (int[] Pool, double[] OfRows, double[] OfTest) Hardness(int[] labelled)
    {
        if (options.Hardness is { } column) return (labelled, EasyToHardGeneralization.HardnessOf(problem.TrainTable, column), EasyToHardGeneralization.HardnessOf(problem.TestTable, column));
        var (pool, judges) = Splits.Stratified(labelled, row => problem.Labels[row], options.HardnessShare, run.Random("hardness-rows"));
        int[] sizes = [.. options.HardnessLabels.Select(n => Math.Min(n, judges.Length)).Distinct().Order()];
        if (judges.Length == 0) throw new RequestException($"{name}: no row is left to learn hardness from; raise method.hardness-share");
        var (ofRows, ofTest) = (new double[problem.Labels.Length], new double[problem.TestLabels.Length]);
        var count = sizes.Length * options.HardnessDraws;
        for (var draw = 1; draw <= options.HardnessDraws; draw++)
        {
            var order = HardnessStrata.BalancedOrder(judges, problem.Labels, run.Random("hardness-order", draw));
            foreach (var size in sizes)
            {
                var chosen = order[..size].Order().ToArray();
                var stage = $"hardness-{size}-{draw}";
                using var judge = problem.Train(new(stage, chosen, OneHot(chosen, problem.Labels)) { IsWeak = true, Stream = stage }, run);
                Take(ofRows, judge.Predict(problem.Rows), problem.Labels, count);
                Take(ofTest, judge.Predict(problem.Test), problem.TestLabels, count);
            }
        }
        notes.Add($"hardness is 1 less the mean probability of the given label, by {count} small networks that learned from {judges.Length} rows of their own");
        return (pool, ofRows, ofTest);
    }

    // 1 − mean p(label), taken in one network at a time.
    private static void Take(double[] hardness, Predictions predictions, int[] labels, int networks)
    {
        for (var row = 0; row < hardness.Length; row++)
            if (labels[row] >= 0) hardness[row] += (1 - predictions.Row(row)[labels[row]]) / networks;
    }

    private T[] Draws<T>(Func<int, T> draw) => [.. Enumerable.Range(1, options.Draws).Select(draw)];

    private Predictor Train(string stage, int[] rows, int size, double noise, int draw)
    {
        var chosen = HardnessStrata.BalancedOrder(rows, problem.Labels, run.Random("condition-rows", draw))[..size].Order().ToArray();
        var labels = noise == 0 ? problem.Labels : LabelNoise.Symmetric(problem.Labels, classes, noise, run.Random("condition-noise", draw));
        // Conditions of one draw share initialisation and order.
        return problem.Train(new(stage, chosen, OneHot(chosen, labels)) { Stream = $"draw-{draw}" }, run);
    }

    /// <summary>The accuracy on each stratum of the test rows; null for one without rows.</summary>
    private TestScore?[] Score(Predictor model)
    {
        using (model)
        {
            var predictions = model.Predict(problem.Test);
            return [.. testParts.Select(part => part.Length == 0 ? null : TestScore.Mean([.. part.Select(row => predictions.Best(row) == problem.TestLabels[row] ? 1.0 : 0.0)]))];
        }
    }

    private TestScore Unsupervised()
    {
        var hard = testParts[^1];
        if (options.Unsupervised is { } teacher)
        {
            var logits = problem.TestTeachers.TryGetValue(teacher, out var found) ? found : throw new RequestException(
                $"method.unsupervised: no teacher '{teacher}'{Spelling.Hint(teacher, problem.TestTeachers.Keys)} answers to test rows; {(problem.TestTeachers.Count == 0 ? "none does" : $"{string.Join(", ", problem.TestTeachers.Keys)} do")}");
            var predictions = Predictions.FromLogits(problem.Classes, logits);
            return TestScore.Mean([.. hard.Select(row => predictions.Best(row) == problem.TestLabels[row] ? 1.0 : 0.0)]);
        }
        var frequent = hard.GroupBy(row => problem.TestLabels[row]).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;
        notes.Add($"the unsupervised condition answers '{problem.Classes[frequent]}' always, the most frequent class of the hard test rows: nothing was trained without labels");
        return TestScore.Mean([.. hard.Select(row => problem.TestLabels[row] == frequent ? 1.0 : 0.0)]);
    }

    private MeasuredValue OfCondition(TestScore[] easy, TestScore[] hard, TestScore unsupervised, int[][] parts, int size)
    {
        var isHard = options.Condition == EasyToHardGeneralization.Condition.Hard;
        var noise = options.ConditionNoise;
        var accuracy = options.Condition switch
        {
            EasyToHardGeneralization.Condition.Unsupervised => Intervals.OverItems([unsupervised]),
            EasyToHardGeneralization.Condition.SevenTenths => Point(unsupervised.Value + 0.7 * (hard.Average(h => h.Value) - unsupervised.Value)),
            _ when noise > 0 => Intervals.Of(Draws(draw => Score(Train(string.Create(CultureInfo.InvariantCulture, $"noise-{(isHard ? "hard" : "easy")}-{noise:0.###}-{draw}"), parts[isHard ? ^1 : 0], size, noise, draw))[^1]!)),
            _ => Intervals.Of(isHard ? hard : easy),
        };
        static Interval Point(double value) => new(value, value, value, [value]);
        return new("hard-accuracy", $"accuracy on hard test rows of the condition {Foundation.Options.Key($"{options.Condition}")}{(noise > 0 ? string.Create(CultureInfo.InvariantCulture, $", {100 * noise:0.#} % of its labels wrong") : "")}", accuracy) { IsShare = true };
    }

    private void AddNoise(int[][] parts, int size, List<MeasuredValue> values, List<Table> tables, List<Chart> charts)
    {
        double[] rates = [.. options.Noise.Distinct().Order()];
        if (rates.Length == 0) return;
        TestScore[][] Arm(int part, string arm, double share) => [.. rates.Select(rate => Draws(draw => Score(Train(string.Create(CultureInfo.InvariantCulture, $"noise-{arm}-{rate:0.###}-{draw}"), parts[part], size, share * rate, draw))[^1]!))];
        var (easy, hard) = (Arm(0, "easy", options.EasyNoise), Arm(parts.Length - 1, "hard", 1));
        double[] Up(TestScore[][] arm) => [.. arm.Select(draws => draws.Average(d => d.Value))];
        for (var r = 0; r < rates.Length; r++)
            values.Add(new(string.Create(CultureInfo.InvariantCulture, $"easy-over-hard-noise-{rates[r]:0.###}"), string.Create(CultureInfo.InvariantCulture, $"easy less hard, in accuracy on hard test rows, with {100 * rates[r]:0.#} % of the hard and {100 * options.EasyNoise * rates[r]:0.#} % of the easy labels wrong"), Intervals.Difference(easy[r], hard[r])) { IsShare = true });
        tables.Add(new("noise", [new NumberColumn("wrong_hard_labels", rates), new NumberColumn("wrong_easy_labels", [.. rates.Select(r => r * options.EasyNoise)]), new NumberColumn("easy", Up(easy)), new NumberColumn("hard", Up(hard))]));
        charts.Add(new CurveChart("Noise of labels", $"Easy labels are wrong {options.EasyNoise.ToString("0.##", CultureInfo.InvariantCulture)} times as often as hard ones.", "share of hard labels that are wrong", "accuracy on hard test rows", [new("easy labels", rates, Up(easy)), new("hard labels", rates, Up(hard))]) { IsShare = true });
    }

    private void AddCosts(int[][] parts, List<MeasuredValue> values, List<Table> tables, List<Chart> charts)
    {
        var largest = Math.Min(parts[0].Length, parts[^1].Length);
        int[] sizes = [.. options.Costs.Where(n => n <= largest)];
        if (sizes.Length < options.Costs.Length) notes.Add($"the study of costs leaves out numbers of labels above {largest}, as many as the smaller stratum has");
        if (sizes.Length < 2) return;
        double[] Curve(int part, string arm) => [.. sizes.Select(n => Draws(draw => Score(Train($"cost-{arm}-{n}-{draw}", parts[part], n, 0, draw))[^1]!.Value).Average())];
        var (easy, hard) = (Curve(0, "easy"), Curve(parts.Length - 1, "hard"));
        values.Add(MeasuredValue.Of("cost-ratio", $"how many times dearer hard labels must be for {sizes[^1]} easy labels' price to be better spent on easy ones", LabelCosts.Breakeven(sizes, easy, hard, sizes[^1])));
        double[] across = [.. sizes.Select(n => (double)n)];
        tables.Add(new("costs", [new NumberColumn("labels", across), new NumberColumn("easy", easy), new NumberColumn("hard", hard)]));
        charts.Add(new CurveChart("Accuracy by number of labels", "Where hard labels cost more, the same money buys fewer of them.", "labels", "accuracy on hard test rows", [new("easy labels", across, easy), new("hard labels", across, hard)]) { IsLogarithmic = true, IsShare = true });
    }

    private float[] OneHot(int[] rows, int[] labels)
    {
        var targets = new float[rows.Length * classes];
        for (var i = 0; i < rows.Length; i++) targets[i * classes + labels[rows[i]]] = 1;
        return targets;
    }
}
