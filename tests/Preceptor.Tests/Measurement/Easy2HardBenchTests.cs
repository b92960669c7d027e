using CsCheck;
using Preceptor.Catalogue;
using Preceptor.Catalogue.Experiments;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Measurement;
using Preceptor.Measurement.BuiltIn;

namespace Preceptor.Tests.Measurement;

public sealed class Easy2HardBenchTests
{
    private const string File = "15-easy2hard-bench.json";

    private static MeasurementReport Measure(MeasurementProblem problem, Easy2HardBench.Options options)
    {
        using var run = new Run(new RunSettings());
        return new Easy2HardBench(options).Measure(problem, run);
    }

    private static MeasurementProblem Quiz(QuizProblem.Options options) => QuizProblem.Draw(options, 3);

    [Fact]
    public void Ratings_from_0_to_1_are_the_golden_and_quantiles_are_uniform()
    {
        var golden = Goldens.Case(File, "standardise");
        var ratings = new ItemRatings([.. golden.Input("x").Doubles.Select((_, i) => $"{i}")], golden.Input("x").Doubles, new double[7]);
        golden.AssertClose("rating01", ratings.Standardised);
        Assert.Equal([.. Enumerable.Range(1, 7).Select(k => k / 7.0)], ratings.Quantiles.Order().ToArray());
        Gen.Double[-9, 9].Array[1, 30].Sample(values =>
        {
            var quantiles = ItemRatings.Quantile(values);
            Assert.Equal((values.Length + 1) / 2.0 / values.Length, quantiles.Average(), 9);
            for (var i = 0; i < values.Length; i++)
                for (var j = 0; j < values.Length; j++) Assert.Equal(values[i].CompareTo(values[j]), quantiles[i].CompareTo(quantiles[j]));
        });
    }

    [Fact]
    public void The_joint_uncertainty_is_the_goldens_inverse_Hessian()
    {
        foreach (var golden in Goldens.Cases(File, "map_1pl"))
        {
            var responses = ItemResponseTests.Matrix(golden.Input("X").Ints, (int)golden.Input("X").Shape[0], (int)golden.Input("X").Shape[1]);
            var priors = new ItemPriors { Spread = golden.Setting("tau_b").Number };
            golden.AssertClose("b_std_full_inverse_hessian", JointUncertainty.Of(responses, ItemResponseFit.Fit(responses, ItemModel.OneParameter, priors), priors));
        }
    }

    [Fact]
    public void Tables_have_the_published_fields()
    {
        string[] Fields(RatingSystem system) => [.. Measure(Quiz(new() { Size = ProblemSize.Tiny }), new() { System = system }).Tables.Single(t => t.Name == "ratings").Columns.Select(c => c.Name)];
        string[] all = ["item", "rating", "rating_std", "rating_quantile", "unnorm_rating", "unnorm_rating_std", "model_avg_acc"];
        Assert.Equal(all, Fields(RatingSystem.Irt));
        Assert.Equal([.. all, "rating_volatility"], Fields(RatingSystem.Glicko));
    }

    [Fact]
    public void Where_solvers_try_what_suits_them_the_share_of_right_answers_misleads_and_models_do_not()
    {
        var quiz = Quiz(new() { Solvers = 100, Items = 300, Attempts = QuizAttempts.Matched });
        double Spearman(RatingSystem system) => Measure(quiz, new() { System = system })["spearman"];
        Assert.True(Spearman(RatingSystem.Irt) > 0.9);
        Assert.True(Spearman(RatingSystem.Irt) > Spearman(RatingSystem.PercentCorrect) + 0.1);
    }

    [Fact]
    public void Half_the_solvers_leave_root_two_times_the_uncertainty_and_two_errors_hold_the_truth()
    {
        double Std(int solvers) => Measure(Quiz(new() { Solvers = solvers, Items = 300 }), new() { HeldOut = 0 })["mean-std"];
        Assert.Equal(Math.Sqrt(2), Std(100) / Std(200), 0.1);
        Assert.InRange(Measure(Quiz(new() { Solvers = 200, Items = 300 }), new() { JointUncertainty = true })["coverage"], 0.9, 1);
    }

    [Fact]
    public void Random_ratings_make_the_profile_flat_and_true_ones_make_it_fall()
    {
        var quiz = Quiz(new() { Solvers = 100, Items = 300 });
        double Fall(bool random)
        {
            var report = Measure(quiz, new() { RandomRatings = random, HeldOut = 0 });
            return report["accuracy-easiest"] - report["accuracy-hardest"];
        }
        Assert.True(Fall(random: false) > 0.4);
        Assert.True(Math.Abs(Fall(random: true)) < 0.1);
    }

    [Fact]
    public void One_solver_cannot_answer_one_item_both_ways_unless_attempts_are_in_time()
    {
        var table = new Table("log.csv", [new TextColumn("solver", ["a", "a", "b", "a"]), new TextColumn("item", ["x", "y", "x", "x"]), new NumberColumn("correct", [0, 1, 1, 1])]);
        Responses Read() => Responses.Of(table, table.Columns[0], table.Columns[1], table.Columns[2], null);
        var message = Assert.Throws<RequestException>(() => Measure(new("log", [Read()]), new())).Message;
        Assert.StartsWith("log.csv row 4: solver 'a' answered item 'x' before, log.csv row 1, and not alike", message, StringComparison.Ordinal);
        Assert.Equal(2, Measure(new("log", [Read()]), new() { System = RatingSystem.Glicko }).Tables[0].Rows);
        var unknown = Assert.Throws<RequestException>(() => Measure(new("log", [Read()]), new() { System = RatingSystem.Glicko, Profile = ["c"] })).Message;
        Assert.StartsWith("method.profile: there is no solver 'c'", unknown, StringComparison.Ordinal);
    }

    [Fact]
    public void Attempts_are_put_in_the_order_of_time_those_of_one_time_in_the_files()
    {
        var table = new Table("log.csv", [new TextColumn("solver", ["a", "b", "c", "d"]), new TextColumn("item", ["x", "x", "x", "x"]), new NumberColumn("correct", [1, 0, double.NaN, 1]), new NumberColumn("time", [3, 1, 0, 1])]);
        var responses = Responses.Of(table, table.Columns[0], table.Columns[1], table.Columns[2], table.Columns[3]);
        Assert.Equal(["b", "d", "a"], responses.Solver.Select(s => responses.Solvers[s]));
        Assert.Equal("log.csv row 1", responses.Place(2));
    }

    [Fact]
    public void A_report_is_read_back_as_it_was_saved()
    {
        var report = Measure(Quiz(new() { Size = ProblemSize.Tiny }), new());
        using var folder = new Readers.TemporaryFolder();
        report.Save(folder.Path);
        var read = MeasurementReport.Load(folder.Path);
        Assert.Equal(report.Sentence, read.Sentence);
        Assert.Equal(report.Values.Select(v => (v.Name, v.Value.Mean, v.Value.High, v.IsShare)), read.Values.Select(v => (v.Name, v.Value.Mean, v.Value.High, v.IsShare)));
        Assert.Equal(report.Charts.Select(c => c.Title), read.Charts.Select(c => c.Title));
        Assert.Equal(report.Tables.SelectMany(t => t.Columns.OfType<NumberColumn>()).SelectMany(c => c.Values), read.Tables.SelectMany(t => t.Columns.OfType<NumberColumn>()).SelectMany(c => c.Values));
        Assert.Equal(report.Tables.Select(t => ((TextColumn)t.Columns.First(c => c is TextColumn))[0].ToString()), read.Tables.Select(t => ((TextColumn)t.Columns.First(c => c is TextColumn))[0].ToString()));
    }

    [Fact]
    public void Networks_rate_the_rows_of_a_prediction_problem_and_show_what_each_bin_teaches()
    {
        var specification = Specification.From(new MapSetting("test", "", [new("method", new ScalarSetting("test", "method", "easy2hard-bench"))]),
            ["problem.name=digits", "problem.size=tiny", "model.encoder=mlp", "model.hidden=[8]", "training.epochs=2", "training.batch=16", "method.solvers=4", "method.bins=2"]);
        var problem = MeasurementRunner.Prepare(specification, 0, (_, _, _, _) => throw new InvalidOperationException());
        using var run = new Run(new RunSettings());
        var report = MeasurementRunner.Run(specification, problem, run);
        Assert.Equal(4, report.Tables.Single(t => t.Name == "generalisation").Rows);
        Assert.Contains(report.Charts, c => c is GridChart);
        var arm = new Arm(new("digits", ["problem.name=digits", "problem.size=tiny", "model.encoder=mlp", "model.hidden=[8]", "training.epochs=2", "training.batch=16"], [""]), "easy2hard-bench", "method.solvers=4", "method.bins=2");
        using var again = new Run(new RunSettings());
        var answers = new ArmJob(arm, "", 0, false).Answer((_, _, _, _) => throw new InvalidOperationException(), again);
        Assert.Equal(report["easy-to-hard"], answers.Measured!["easy-to-hard"]);
        using var folder = new Readers.TemporaryFolder();
        answers.Save(folder.Path);
        Assert.Equal(answers.Measured, ArmAnswers.Load(folder.Path).Measured);
        Assert.Contains(answers.Versions, v => v.Key.EndsWith("Easy2HardBench", StringComparison.Ordinal));
    }
}
