using CsCheck;
using Preceptor.Catalogue;
using Preceptor.Foundation;
using Preceptor.Measurement;

namespace Preceptor.Tests.Measurement;

public sealed class LabelBudgetTests
{
    private static Specification Specify(params string[] settings) => Specification.From(new MapSetting("test", "", [new("method", new ScalarSetting("test", "method", "label-budget"))]),
        ["problem.name=digits", "problem.size=small", "model.encoder=mlp", "model.hidden=[16]", "method.seeds=1", "method.steps=10", "method.budgets=[20]", .. settings]);

    private static (MeasurementReport Report, List<TrainingRequest> Asked) Measure(params string[] settings) => MeasureIn(null, settings);

    private static (MeasurementReport Report, List<TrainingRequest> Asked) MeasureIn(string? folder, params string[] settings)
    {
        var specification = Specify(settings);
        var problem = MeasurementRunner.Prepare(specification, 0, (_, _, _, _) => throw new InvalidOperationException());
        List<TrainingRequest> asked = [];
        var trainable = problem.Require<TrainableProblem>();
        var watched = trainable with
        {
            Train = (request, run) =>
            {
                asked.Add(request);
                return trainable.Train(request, run);
            },
        };
        using var run = new Run(new RunSettings { Folder = folder });
        return (MeasurementRunner.Run(specification, problem with { Supervision = [watched] }, run), asked);
    }

    [Fact]
    public void A_budget_buys_what_the_paper_says()
    {
        Assert.Equal((12, 520), (LabelPurchase.Of(64, 0.2, 1, 0.1).Clean, LabelPurchase.Of(64, 0.2, 1, 0.1).Weak));
        Assert.Equal((64, 0), (LabelPurchase.Of(64, 1, 1, 0.1).Clean, LabelPurchase.Of(64, 1, 1, 0.1).Weak));
        Assert.Equal((0, 640), (LabelPurchase.Of(64, 0, 1, 0.1).Clean, LabelPurchase.Of(64, 0, 1, 0.1).Weak));
        Assert.Equal(BudgetRegime.Quantity, LabelPurchase.Of(16, 0.05, 1, 0.1).Regime); // 0.8 of a clean label
        Gen.Select(Gen.Int[1, 5000], Gen.Double[0, 1], Gen.Double[0.01, 5], Gen.Double[0.01, 5]).Sample((budget, fraction, clean, weak) =>
        {
            var purchase = LabelPurchase.Of(budget, fraction, clean, weak);
            Assert.True(purchase.Cost(clean, weak) <= budget + 1e-6 * (clean + weak));
            Assert.True(fraction == 1 || purchase.Cost(clean, weak) > budget - weak - 1e-6); // no money is left for another weak label
        });
    }

    [Fact]
    public void The_least_confident_rows_are_those_of_highest_entropy()
    {
        Assert.Equal(1, LabelBudgetPlan.Entropy([0.5f, 0.5f]), 12);
        Assert.Equal(0, LabelBudgetPlan.Entropy([1, 0]));
        double[] entropies = [0.1, 0.9, 0.3, 1, 0.2];
        Assert.Equal([3, 1], LabelBudgetPlan.LeastConfident(entropies, 2, 0, _ => throw new InvalidOperationException()));
        Assert.Equal([0, 1, 2, 3, 4], LabelBudgetPlan.LeastConfident(entropies, 9, 0, _ => 0).Order());
        // At temperature 1 chances are proportional to the entropies.
        var stream = RandomStream.Of(0, "test");
        var first = Enumerable.Range(0, 20_000).Select(_ => LabelBudgetPlan.LeastConfident(entropies, 1, 1, _ => stream.NextDouble())[0]).CountBy(k => k).ToDictionary(c => c.Key, c => c.Value / 20_000.0);
        for (var k = 0; k < entropies.Length; k++) Assert.Equal(entropies[k] / entropies.Sum(), first[k], 0.015);
    }

    [Fact]
    public void The_confidence_loss_rises_over_200_steps_and_the_envelope_never_falls()
    {
        var request = new TrainingRequest("weak", [], []) { OwnWeight = 0.5 };
        Assert.Equal([0, 0.25, 0.5, 0.5], new[] { 0.0, 100, 200, 5000 }.Select(request.OwnWeightAt));
        Assert.Equal([0.5, 0.7, 0.7, 0.9], LabelBudgetPlan.Envelope([0.5, 0.7, 0.6, 0.9]));
        Gen.Double[0, 1].Array[1, 9].Sample(best => Assert.True(LabelBudgetPlan.Envelope(best).Zip(LabelBudgetPlan.Envelope(best).Skip(1)).All(p => p.First <= p.Second)));
    }

    [Fact]
    public void A_stage_sees_enough_examples_within_its_steps_and_holds_out_a_fifth()
    {
        Assert.Equal((2, 0, 4), (LabelBudgetPlan.HeldOut(12, 0.2), LabelBudgetPlan.HeldOut(3, 0.2), LabelBudgetPlan.HeldOut(20, 0.2)));
        Assert.Equal(300, LabelBudgetPlan.Epochs(10, 30_000, 300, 32));
        Assert.Equal(3, LabelBudgetPlan.Epochs(10_000, 30_000, int.MaxValue, 32));
        Assert.Equal(1, LabelBudgetPlan.Epochs(100_000, 30_000, 300, 32));
    }

    [Fact]
    public void Weak_labels_come_first_clean_ones_go_on_from_there_and_no_row_is_paid_for_twice()
    {
        var (report, asked) = Measure("method.fractions=[0, 0.5, 1]", "method.teacher-rows=50");
        Assert.Equal(["weak-teacher", "weak", "weak", "clean", "clean"], asked.Select(a => a.Stage));
        Assert.Equal([false, false, false, true, false], asked.Select(a => a.From is not null));
        Assert.Equal([160, 80, 8, 16], asked.Skip(1).Select(a => a.Rows.Length)); // four fifths of 200, 100, 10 and 20
        Assert.Equal([40, 20, 2, 4], asked.Skip(1).Select(a => a.Validation.Length));
        Assert.Empty(asked[2].Rows.Concat(asked[2].Validation).Intersect(asked[3].Rows.Concat(asked[3].Validation)));
        Assert.Empty(asked[0].Rows.Intersect(asked.Skip(1).SelectMany(a => a.Rows.Concat(a.Validation))));
        Assert.Equal(["surface", "frontier"], report.Tables.Select(t => t.Name));
        Assert.Equal(report["best-accuracy-20"], new[] { "weak-only-20", "clean-only-20" }.Max(n => report[n]) + Math.Max(0, report["mixture-gain-20"]), 12);
    }

    [Fact]
    public void Both_ends_are_plain_training_whatever_the_order()
    {
        double[] Ends(string order)
        {
            var report = Measure("method.fractions=[0, 1]", "method.weak=simulated", $"method.order={order}").Report;
            return [report["weak-only-20"], report["clean-only-20"]];
        }
        var sequential = Ends("sequential");
        Assert.Equal(sequential, Ends("reversed"));
        Assert.Equal(sequential, Ends("mixed"));
    }

    [Theory]
    [InlineData("method.active=true")]
    [InlineData("method.own-weight=0.5")]
    [InlineData("method.held-out=0")]
    [InlineData("method.second-rate=0.1")]
    [InlineData("method.order=mixed")]
    [InlineData("problem.noise=0.4")]
    public void Every_way_of_training_measures(string setting)
    {
        var (report, _) = Measure("method.fractions=[0.5]", setting == "problem.noise=0.4" ? "method.weak=auto" : "method.weak=simulated", setting);
        Assert.InRange(report["best-accuracy-20"], 0.05, 1);
        Assert.Equal(setting == "problem.noise=0.4" ? 0.6 : 0.8, report["weak-label-accuracy"], 0.06);
    }

    [Fact]
    public void Cells_that_were_measured_are_not_trained_again_and_no_network_stays_on_disk()
    {
        using var folder = new Readers.TemporaryFolder();
        var first = MeasureIn(folder.Path, "method.weak=simulated", "method.fractions=[1]");
        Assert.Single(first.Asked);
        var second = MeasureIn(folder.Path, "method.weak=simulated", "method.fractions=[0, 1]");
        Assert.Equal(["weak"], second.Asked.Select(a => a.Stage));
        Assert.Equal(first.Report["clean-only-20"], second.Report["clean-only-20"]);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "weights.safetensors", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("method.weak=teacher", "method.weak: teacher: the problem offers no teacher")]
    [InlineData("method.teacher=llm", "method.teacher: the problem offers no teacher 'llm'; it offers none")]
    [InlineData("method.budgets=[100000]", "method.budgets: every one of 100000 buys more labels than there are rows")]
    [InlineData("method.teacher-rows=1900", "method.teacher-rows: 1900 rows for a weak network leave too few")]
    public void What_cannot_be_bought_is_said(string setting, string message) =>
        Assert.StartsWith(message, Assert.Throws<RequestException>(() => Measure("method.fractions=[1]", setting)).Message, StringComparison.Ordinal);
}
