using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Supervision;
using Preceptor.Training;

namespace Preceptor.Tests.Prediction;

/// <summary>Generated problems whose targets are label sets or numbers.</summary>
internal static class TargetProblems
{
    public static readonly string[] Names = ["high", "loud", "round"];

    /// <summary>Rows (x, y, z) of independent Gaussian numbers; a row has label c if its c-th number is above 0. Every tenth training row's labels are not known.</summary>
    public static PredictionTask Sets(int rows = 300, TrainingOptions? training = null)
    {
        var (table, numbers) = Rows(rows + 200);
        int[]?[] sets = [.. numbers.Select(n => Enumerable.Range(0, 3).Where(c => n[c] > 0).ToArray())];
        return Draft(table, rows, Names, training, new ManyLabels([.. sets.Take(rows).Select((s, row) => row % 10 == 9 ? null : s)], sets[rows..(rows + 100)]), new TestLabelSets(sets[(rows + 100)..]!, 3));
    }

    /// <summary>The same rows; the number is 5000 + 300 x − 300 y² and a little noise.</summary>
    public static PredictionTask Numbers(int rows = 300, TrainingOptions? training = null)
    {
        var (table, numbers) = Rows(rows + 200);
        double[] values = [.. numbers.Select(n => 5000 + 300 * n[0] - 300 * n[1] * n[1] + 5 * n[3])];
        return Draft(table, rows, [], training, new NumberTargets([.. values.Take(rows).Select((v, row) => row % 10 == 9 ? double.NaN : v)], values[rows..(rows + 100)]), new TestNumbers(values[(rows + 100)..]));
    }

    private static (Table Table, double[][] Numbers) Rows(int count)
    {
        var random = RandomStream.Of(1, "targets");
        double[][] numbers = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 4).Select(_ => random.NextGaussian()).ToArray())];
        return (new("rows", [.. new[] { "x", "y", "z" }.Select((name, c) => new NumberColumn(name, [.. numbers.Select(n => n[c])]))]), numbers);
    }

    private static PredictionTask Draft(Table table, int train, string[] classes, TrainingOptions? training, ITargets targets, TestTargets test) => new PredictionDraft
    {
        Name = "rows",
        Train = table.Take([.. Enumerable.Range(0, train)]),
        Validation = table.Take([.. Enumerable.Range(train, 100)]),
        Test = table.Take([.. Enumerable.Range(train + 100, 100)]),
        Inputs = new InputRoles { Numbers = ["x", "y", "z"] },
        Classes = classes,
        TrainLabels = [],
        ValidationLabels = [],
        TestLabels = [],
        Targets = targets,
        TestTargets = test,
        ScoredOn = ScoredOn.Unverified,
    }.Encode(new ModelOptions { Hidden = [32] }, training ?? new TrainingOptions { Epochs = 30, Batch = 32, Rate = 0.01 });
}
