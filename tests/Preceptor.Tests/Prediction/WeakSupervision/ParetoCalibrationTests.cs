using Preceptor.Catalogue;
using Preceptor.Catalogue.Experiments;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Prediction.WeakSupervision;
using Preceptor.Supervision;
using TorchSharp;

namespace Preceptor.Tests.Prediction.WeakSupervision;

public sealed class ParetoCalibrationTests
{
    private const string File = "34-pareto-calibration.json";

    private static readonly (string Name, Scalariser Scalariser)[] Scalarisers = [("linear", Scalariser.Linear), ("square", Scalariser.Square), ("2-norm", Scalariser.TwoNorm), ("max", Scalariser.Maximum)];

    public static TheoryData<string> Losses => [.. Goldens.Names(File).Select(n => n.Data).Where(n => !n.StartsWith("harmonizer", StringComparison.Ordinal))];

    public static TheoryData<string> Harmonisers => [.. Goldens.Names(File).Select(n => n.Data).Where(n => !n.StartsWith("scalarise", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Losses))]
    public void The_scalarised_losses_and_their_gradients_equal_the_official_codes(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        var binary = golden.Setting("n_class").Integer == 2;
        var (votes, logits) = (golden.Input("weak_labels"), golden.Input("logits"));
        long rows = votes.Shape[0], sources = votes.Shape[1];
        // Examples on which nobody votes are dropped before; ours are left out of the training rows.
        long[] voted = [.. Enumerable.Range(0, (int)rows).Where(r => votes.Ints.Skip(r * (int)sources).Take((int)sources).Any(v => v >= 0)).Select(r => (long)r)];
        foreach (var (key, scalariser) in Scalarisers)
        {
            var given = torch.tensor(logits.Doubles, logits.Shape).requires_grad_();
            var both = binary ? torch.cat([torch.zeros_like(given), given], 1) : given;
            var loss = Harmoniser.Loss(both.index_select(0, torch.tensor(voted)), torch.tensor(votes.Ints.Select(v => (long)v).ToArray(), [rows, sources]).index_select(0, torch.tensor(voted)),
                torch.tensor(golden.Setting("weights").Doubles), scalariser);
            loss.backward();
            golden.AssertClose(key, [loss.item<double>()]);
            golden.AssertClose($"grad_logits_{key}", given.grad!.data<double>().ToArray());
        }
    }

    [Theory, MemberData(nameof(Harmonisers))]
    public void Scores_calibration_and_weights_equal_the_official_codes(string name)
    {
        var golden = Goldens.Case(File, name);
        var classes = golden.Setting("n_class").Integer;
        var given = golden.Input("probas").Doubles;
        double[] probabilities = golden.Input("probas").Shape.Length == 1 ? [.. given.SelectMany(p => new[] { 1 - p, p })] : given;
        int rows = (int)golden.Input("weak_labels").Shape[0], sources = (int)golden.Input("weak_labels").Shape[1];
        var (votes, gold) = (golden.Input("weak_labels").Ints, golden.Input("gold").Ints);
        int[] answers = [.. Enumerable.Range(0, rows).Select(r => votes[r * sources + sources - 1])]; // the last source is the chat model

        var scores = PolarScores.Of(probabilities, answers, classes, released: true);
        bool IsWrong(int row) => answers[row] != gold[row];
        golden.AssertClose("polar_scores", [.. scores.Ranked.Select(s => s.Value)]);
        golden.AssertClose("polar_example_index", [.. scores.Ranked.Select(s => (double)s.Row)]);
        golden.AssertClose("ece", [scores.ExpectedCalibrationError(IsWrong)]);
        golden.AssertClose("error_rate_bins", [.. scores.Bins(IsWrong).Select(b => b.ErrorRate)]);
        golden.AssertClose("mean_score_bins", [.. scores.Bins(IsWrong).Select(b => b.Score)]);
        golden.AssertClose("squared_pearson_of_bins", [scores.Determination(IsWrong)]);
        var bins = scores.Ranked.GroupBy(s => Math.Min((int)(s.Value * 10), 9)).OrderBy(b => b.Key).ToArray();
        golden.AssertClose("nonempty_bins", [.. bins.Select(b => (double)b.Key)]);
        golden.AssertClose("mean_error_per_nonempty_bin", [.. bins.Select(b => b.Average(s => IsWrong(s.Row) ? 1.0 : 0))]);

        var matrix = new VoteMatrix([.. Enumerable.Range(0, sources).Select(s => $"{s}")], classes, rows, [], (row, source) => votes[row * sources + source]);
        golden.AssertClose("losses", [.. Enumerable.Range(0, rows * sources).Select(i => votes[i] < 0 ? 0 : -Math.Log(probabilities[i / sources * classes + votes[i]]))]);
        golden.AssertClose("gradient_correlation", Harmoniser.Correlation(probabilities, matrix).ToRowMajorArray());
        golden.AssertClose("weights_max_eigenvalue", Harmoniser.Weights(probabilities, matrix, SourceWeighting.MaxEigenvalue, 0.5));
        golden.AssertClose("weights_min_variance", Harmoniser.Weights(probabilities, matrix, SourceWeighting.MinVariance, 0.5));
        var predictions = new Predictions([.. Enumerable.Range(0, classes).Select(c => $"{c}")], [.. probabilities.Select(p => (float)p)]);
        golden.AssertClose("prediction", [.. Enumerable.Range(0, rows).Select(r => (double)predictions.Best(r))]);
    }

    [Fact]
    public void Its_experiment_is_complete_before_it_is_run()
    {
        var experiment = ParetoCalibrationExperiment.Create();
        Assert.Equal("pareto-calibration", experiment.Slug);
        Assert.Equal(3, experiment.Of(Tier.Full).Count);
        foreach (var arm in experiment.Arms(Tier.All))
        {
            Assert.InRange(arm.Conditions.Grid.Count, 1, 4);
            foreach (var setting in arm.Conditions.Grid)
            {
                var specification = arm.Specify(setting, 1);
                Assert.Equal("pareto-calibration", specification.MethodName);
                Assert.Equal(specification.BuiltIn is null ? 8 : null, (specification.Problem as PredictionData)?.Rules?.Count);
            }
        }
        Assert.All(experiment.Claims, c => Assert.NotEmpty(c.Controls));
        if (Preceptor.Data.DataFolder.Find("ag-news") is null) Assert.Skip("needs the data set ag-news");
        var task = PredictionRunner.Prepare(experiment.Claims[0].Method.Specify("", 1), 1, Preceptor.Cli.DataFiles.Read);
        Assert.Equal(8, task.Problem.Find<RuleVotes>()!.Rules.Count);
    }

    [Fact]
    public void Hand_computed_scalars()
    {
        // ℓ = (1, 3), w = ½ each: 2, 4, √2.5, 1.5. Two classes with log-probabilities −1 and −3 need the rest in a third.
        using var scope = torch.NewDisposeScope();
        var logits = torch.tensor(new[,] { { -1.0, -3.0, Math.Log(1 - Math.Exp(-1) - Math.Exp(-3)) } });
        double Of(Scalariser s) => Harmoniser.Loss(logits, torch.tensor(new[,] { { 0L, 1L } }), torch.tensor(new[] { 0.5, 0.5 }), s).item<double>();
        Assert.Equal(2, Of(Scalariser.Linear), 9);
        Assert.Equal(4, Of(Scalariser.Square), 9);
        Assert.Equal(Math.Sqrt(2.5), Of(Scalariser.TwoNorm), 9);
        Assert.Equal(1.5, Of(Scalariser.Maximum), 9);
    }

    [Fact]
    public void The_score_is_calibrated_where_the_network_is()
    {
        var random = RandomStream.Of(3, "calibrated");
        double[] h = [.. Enumerable.Range(0, 20_000).Select(_ => random.NextDouble()).SelectMany(p => new[] { 1 - p, p })];
        int[] answers = [.. Enumerable.Range(0, 20_000).Select(i => i % 5 == 0 ? -1 : i % 2)];
        bool[] wrong = [.. answers.Select((a, row) => a >= 0 && random.NextDouble() < 1 - h[2 * row + a])];
        var scores = PolarScores.Of(h, answers, 2);
        Assert.Equal(16_000, scores.Ranked.Count); // no score where nothing was answered
        Assert.True(scores.ExpectedCalibrationError(row => wrong[row]) < 0.02);
        Assert.True(scores.Determination(row => wrong[row]) > 0.9);
        Assert.Equal(0, PolarScores.Of([1, 0], [0], 2).Ranked[0].Value);
        Assert.Empty(PolarScores.Of([1, 0], [0], 2, released: true).Ranked);
    }

    [Fact]
    public void Copies_of_a_rule_share_its_weight_under_min_variance()
    {
        var random = RandomStream.Of(4, "copies");
        var votes = new int[600, 5]; // 0, 1 and 2 are copies
        for (var row = 0; row < 600; row++)
        {
            var truth = random.Next(2);
            int Noisy() => random.NextDouble() < 0.75 ? truth : 1 - truth;
            votes[row, 0] = votes[row, 1] = Noisy();
            votes[row, 2] = random.NextDouble() < 0.02 ? 1 - votes[row, 0] : votes[row, 0];
            if (row % 50 == 0) votes[row, 1] = 1 - votes[row, 0];
            (votes[row, 3], votes[row, 4]) = (Noisy(), Noisy());
        }
        var matrix = new VoteMatrix(["a", "b", "c", "d", "e"], 2, 600, [], (row, s) => votes[row, s]);
        double[] even = [.. Enumerable.Repeat(0.5, 1200)];
        var weights = Harmoniser.Weights(even, matrix, SourceWeighting.MinVariance, 0.5);
        Assert.Equal(1, weights.Sum(), 9);
        Assert.True(weights[0] < weights[3] && weights[2] < weights[4]);
        Assert.True(Harmoniser.Weights(even, matrix, SourceWeighting.MaxEigenvalue, 0.5) is var first && first[0] > first[3]);
    }

    [Fact]
    public void Risky_answers_of_a_teacher_are_corrected_and_the_threshold_1_touches_none()
    {
        var task = TicketsProblem.Draft(new() { Size = ProblemSize.Small, Rules = true }, 1).Encode(new ModelOptions { Encoder = EncoderKind.Bag, Hidden = [32], Embedding = 32, Vocabulary = 2048 }, new() { Epochs = 6, Batch = 64, Rate = 0.01 });
        using var folder = new Readers.TemporaryFolder();
        using var run = new Run(new RunSettings { Folder = folder.Path });
        int[] Relabel(params (string, string)[] options)
        {
            var info = MethodCatalogue.All.Single(m => m.Slug == "pareto-relabel");
            var settings = new MapSetting("test", "method", [.. options.Select(o => KeyValuePair.Create(o.Item1, (Setting)new ScalarSetting("test", o.Item1, o.Item2)))]);
            var improved = ((IImprove<PredictionProblem>)info.Create(Options.Bind(info.OptionsType, settings))).Improve(task.Problem, run);
            Assert.Equal(task.Problem.Labels.Validation, improved.Labels.Validation);
            return improved.Labels.Train;
        }
        double Right(int[] labels) => labels.Where((label, row) => label == task.Exam.TrainTruth![row]).Count() / (double)labels.Count(l => l >= 0);
        var answers = VoteMatrix.HardAnswers(task.Problem.Find<TeacherLogits>()!, task.Problem.Classes);
        Assert.Equal(answers, Relabel(("threshold", "1")));
        var corrected = Relabel();
        Assert.True(Right(corrected) > Right(answers) + 0.02, $"{Right(answers)} became {Right(corrected)}");
        var blanked = Relabel(("correct", "blank"));
        Assert.True(Right(blanked) > Right(answers) + 0.03 && blanked.Count(l => l < 0) is > 100 and < 2000);
        Assert.Empty(corrected.Where((label, row) => blanked[row] >= 0 && label != blanked[row]));
    }
}
