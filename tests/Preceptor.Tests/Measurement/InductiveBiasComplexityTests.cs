using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Measurement;
using Preceptor.Measurement.BuiltIn;
using Preceptor.Tests.Prediction;

namespace Preceptor.Tests.Measurement;

public sealed class InductiveBiasComplexityTests
{
    [Fact]
    public void The_published_tasks_come_in_the_published_order()
    {
        var report = Measure(TasksProblem.Draw(new()));
        double Of(string task) => report[$"log10-bits-{task}"];
        Assert.Equal(Math.Log10(1.48480374794e16), Of("mnist"), 1e-6);
        Assert.Equal(Math.Log10(3.5832527938e41), Of("imagenet"), 1e-6);
        // Figure 3: MNIST < SVHN < CIFAR-10 < ImageNet < few-shot Omniglot; a policy that must remember asks for more than one that need not.
        Assert.True(Of("mnist") < Of("svhn") && Of("svhn") < Of("cifar10") && Of("cifar10") < Of("imagenet") && Of("imagenet") < Of("omniglot"));
        Assert.True(Of("cartpole") < Of("cartpole-3") && Of("reacher") < Of("hopper") && Of("hopper") < Of("half-cheetah"));
        Assert.StartsWith("In order of the inductive bias they ask for: cartpole (10^9.6 bits) < mnist (10^16.2 bits)", report.Sentence, StringComparison.Ordinal);
        Assert.Equal(10, report.Tables.Single().Rows);
    }

    [Fact]
    public void One_task_may_be_changed_or_ones_own()
    {
        var fewer = Measure(TasksProblem.Draw(new() { Task = "mnist", Samples = 10 }));
        Assert.True(fewer["log10-bits"] > Measure(TasksProblem.Draw(new() { Task = "mnist" }))["log10-bits"]);
        var own = Measure(TasksProblem.Draw(new() { Task = "own", Kind = LearningTaskKind.Policy, Samples = 1e6, Dimension = 15, Outputs = 4, Resolution = 0.001, Error = 0.001 }));
        Assert.Equal(Math.Log10(7.61301122125e58), own["log10-bits"], 1e-8);
        var supplied = Measure(TasksProblem.Draw(new() { Task = "imagenet" }), o => o.Reached = 0.2142);
        Assert.True(supplied["log10-bits-supplied"] < supplied["log10-bits"]);
    }

    [Fact]
    public void Wrong_tasks_are_named_with_their_key()
    {
        Assert.StartsWith("problem.samples: belongs to one task", Assert.Throws<RequestException>(() => TasksProblem.Draw(new() { Samples = 3 })).Message, StringComparison.Ordinal);
        Assert.StartsWith("problem.dimension: an own task of kind policy needs it", Assert.Throws<RequestException>(() => TasksProblem.Draw(new() { Task = "own", Kind = LearningTaskKind.Policy, Samples = 3 })).Message, StringComparison.Ordinal);
        Assert.StartsWith("problem.outputs: 1 class cannot be told apart", Assert.Throws<RequestException>(() => TasksProblem.Draw(new() { Task = "mnist", Outputs = 1 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_measured_by_their_geometry()
    {
        var table = Sheet(2, 600);
        var report = Measure(Rows(table));
        Assert.Equal(2, report["dimension"]);
        Assert.Equal(600, report["samples"]);
        Assert.InRange(report["resolution"], 1e-6, 0.5);
        Assert.True(report["log10-bits"] > 0);
        var least = Measure(Rows(table), o => o.Estimate = InductiveBiasComplexity.ResolutionEstimate.Least);
        Assert.True(report["resolution"] <= least["resolution"] + 1e-9);
        // Noise in the inputs raises the dimension, and what is asked for; scaling changes nothing.
        Assert.True(Measure(Rows(Sheet(4, 600)), o => o.Resolution = 0.2)["log10-bits"] > Measure(Rows(table), o => o.Resolution = 0.2)["log10-bits"]);
        var scaled = new Table("t", [.. table.Columns.Select(c => c is NumberColumn n ? (Column)new NumberColumn(n.Name, [.. n.Values.Select(v => 8 * v)]) : c)]);
        Assert.Equal(report["log10-bits"], Measure(Rows(scaled))["log10-bits"], 1e-3);
    }

    [Fact]
    public void Images_are_measured_from_black_to_white()
    {
        var random = RandomStream.Of(1, "images");
        byte[] pixels = [.. Enumerable.Range(0, 60 * 16).Select(_ => (byte)random.Next(256))];
        var table = new Table("t", [new ImageColumn("image", pixels, 60, 1, 4, 4), new TextColumn("label", [.. Enumerable.Range(0, 60).Select(i => $"{i % 3}")])]);
        Assert.InRange(Measure(Rows(table))["radius"], 1, 4);
    }

    [Fact]
    public void Data_that_cannot_be_measured_are_a_wrong_request()
    {
        string Message(Table table, Action<InductiveBiasComplexity.Options>? change = null) => Assert.Throws<RequestException>(() => Measure(Rows(table), change)).Message;
        TextColumn labels = new("label", [.. Enumerable.Range(0, 20).Select(i => $"{i % 2}")]);
        Assert.StartsWith("t: the inputs are constant", Message(new("t", [new NumberColumn("x", new double[20]), labels])), StringComparison.Ordinal);
        Assert.StartsWith("t has no column of numbers or images beside 'label'", Message(new("t", [labels, new TextColumn("text", new string[20].Select(_ => "a").ToArray())])), StringComparison.Ordinal);
        Assert.StartsWith("t row 3, column 'x': is blank", Message(new("t", [new NumberColumn("x", [.. Enumerable.Range(0, 20).Select(i => i == 2 ? double.NaN : i)]), labels])), StringComparison.Ordinal);
        Assert.StartsWith("t: column 'label' has one class alone, 'a'", Message(new("t", [new NumberColumn("x", [1, 2]), new TextColumn("label", ["a", "a"])])), StringComparison.Ordinal);
        Assert.StartsWith("method.inputs: t has no column 'y'", Message(new("t", [new NumberColumn("x", new double[20]), labels]), o => o.Inputs = ["y"]), StringComparison.Ordinal);
    }

    private static MeasurementProblem Rows(Table table) => new("t", [new DataRows(table)]);

    private static MeasurementReport Measure(MeasurementProblem problem, Action<InductiveBiasComplexity.Options>? change = null)
    {
        var options = new InductiveBiasComplexity.Options();
        change?.Invoke(options);
        using var run = Problems.Memory();
        return new InductiveBiasComplexity(options).Measure(problem, run);
    }

    private static Table Sheet(int dimension, int rows)
    {
        var random = RandomStream.Of(2, "sheet", dimension);
        var values = Enumerable.Range(0, 6).Select(_ => new double[rows]).ToArray();
        var axes = Enumerable.Range(0, 6 * dimension).Select(_ => random.NextGaussian()).ToArray();
        var labels = new string[rows];
        for (var i = 0; i < rows; i++)
        {
            double[] place = [.. Enumerable.Range(0, dimension).Select(_ => random.NextDouble(-1, 1))];
            for (var d = 0; d < 6; d++) values[d][i] = place.Select((p, a) => p * axes[a * 6 + d]).Sum();
            labels[i] = place[0] > 0 ? "up" : "down";
        }
        return new("t", [.. values.Select((v, d) => new NumberColumn($"x{d}", v)), new TextColumn("label", labels)]);
    }
}
