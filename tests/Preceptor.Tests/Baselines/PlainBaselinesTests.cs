using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;
using Preceptor.Baselines;
using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Tests.Prediction;

namespace Preceptor.Tests.Baselines;

public sealed class PlainBaselinesTests : IDisposable
{
    private static readonly Lazy<PredictionTask> Digits = new(() => DigitsProblem.Draft(new() { Size = ProblemSize.Small, Labels = 500 }, 1).Encode(new(), new()));
    private static readonly Lazy<PredictionTask> Tickets = new(() => TicketsProblem.Draft(new() { Size = ProblemSize.Small }, 1).Encode(new() { Vocabulary = 4096 }, new()));
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-test-").FullName;

    public static TheoryData<string> Slugs => ["logistic-regression", "lightgbm"];

    [Theory]
    [InlineData("logistic-regression", "iterations", "30", 0.5)]
    [InlineData("lightgbm", "trees", "5", 0.4)]
    public void Digits_are_learned_far_better_than_chance(string slug, string option, string value, double least)
    {
        using var model = Fit(slug, Digits.Value.Problem, (option, value));
        Assert.InRange(Accuracy(model, Digits.Value), least, 1);
    }

    [Theory]
    [InlineData("logistic-regression", "iterations", "30", 0.8)]
    [InlineData("lightgbm", "trees", "10", 0.7)]
    public void Tickets_are_learned_from_noisy_labels(string slug, string option, string value, double least)
    {
        using var model = Fit(slug, Tickets.Value.Problem, (option, value));
        Assert.InRange(Accuracy(model, Tickets.Value), least, 1);
    }

    [Theory, MemberData(nameof(Slugs))]
    public void A_table_of_numbers_and_categories_is_learned_and_reported_without_epochs(string slug)
    {
        var task = Mixed("a", "b", "c");
        var specification = Specification.From(new MapSetting("test", "", [new("problem", new ScalarSetting("test", "problem", "tickets")), new("method", new ScalarSetting("test", "method", slug))]), []);
        using var run = Problems.Memory();
        var (outcome, model) = PredictionEvaluation.Evaluate(task, PredictionRunner.Method(specification), run);
        using var _ = model;
        Assert.InRange(Accuracy(model, task), 0.9, 1);
        Assert.Empty(outcome.Arms["method"].Training!.Epochs);
        outcome.Save(folder);
        Assert.Equal(outcome.Arms["method"].Probabilities, SeedOutcome.Load(folder).Arms["method"].Probabilities);
        Assert.InRange(RunResult.Of(specification, [outcome], Preceptor.Evaluation.Metrics.Accuracy, 1, null, "").Scores["method"].Mean, 0.9, 1);
    }

    [Theory, MemberData(nameof(Slugs))]
    public void Two_classes_are_learned_with_probabilities_that_mean_what_they_say(string slug)
    {
        var task = Mixed("a", "b");
        using var model = Fit(slug, task.Problem);
        var predictions = model.Predict(task.Exam.Test);
        Assert.InRange(Accuracy(model, task), 0.9, 1);
        var mean = Enumerable.Range(0, predictions.Count).Average(row => predictions.Row(row)[0]);
        Assert.InRange(mean, 0.4, 0.6); // half of the rows are of either class
    }

    [Theory, MemberData(nameof(Slugs))]
    public void Classes_without_a_training_row_keep_their_place_and_a_tiny_probability(string slug)
    {
        var task = Mixed("a", "b", "c");
        var labels = task.Problem.Labels;
        var problem = task.Problem.With(labels with { Train = [.. labels.Train.Select(l => l == 1 ? -1 : l)] });
        using var model = Fit(slug, problem);
        var predictions = model.Predict(task.Exam.Test);
        for (var row = 0; row < predictions.Count; row++)
        {
            Assert.InRange(predictions.Row(row)[1], 1e-13, 1e-11);
            if (task.Exam.Labels[row] == 2) Assert.Equal(2, predictions.Best(row));
        }
    }

    [Theory, MemberData(nameof(Slugs))]
    public void Unlabelled_rows_change_nothing(string slug)
    {
        var task = Mixed("a", "b", "c");
        var labels = task.Problem.Labels;
        int[] some = [.. labels.Train.Select((l, row) => row % 3 == 0 ? -1 : l)];
        using var first = Fit(slug, task.Problem.With(labels with { Train = some }));
        var encoded = task.Problem.Encoding.Encode(Rows(400, 3, 1, turnEvery: 3));
        using var second = Fit(slug, task.Problem.With(labels with { Train = some }) with { Train = encoded });
        Assert.NotEqual(task.Problem.Train.Fingerprint, encoded.Fingerprint);
        Assert.Equal(first.Predict(task.Exam.Test).Probabilities, second.Predict(task.Exam.Test).Probabilities);
    }

    [Theory]
    [InlineData("logistic-regression", "l2", "0.1")]
    [InlineData("lightgbm", "leaf-rows", "2")] // a tiny problem has too few rows for the default
    public void The_same_seed_gives_the_same_bits_and_so_does_the_saved_model(string slug, string option, string value)
    {
        var task = TicketsProblem.Draft(new() { Size = ProblemSize.Tiny }, 1).Encode(new() { Vocabulary = 1024 }, new());
        using var model = Fit(slug, task.Problem, (option, value));
        using var again = Fit(slug, task.Problem, (option, value));
        var predictions = model.Predict(task.Exam.TestRows).Probabilities;
        Assert.True(predictions.Distinct().Count() > 10, "the model answers the same for every row");
        Assert.Equal(predictions, again.Predict(task.Exam.TestRows).Probabilities);
        model.Save(folder);
        using var loaded = Predictor.Load(folder);
        Assert.Equal(slug, loaded.Classifier.Format);
        Assert.Equal(predictions, loaded.Predict(task.Exam.TestRows).Probabilities);
        Assert.Equal(predictions[..task.Problem.Classes.Count], loaded.Predict(task.Exam.TestRows.Take([0])).Probabilities);
    }

    [Theory]
    [InlineData("lightgbm", "trees.json", "trees.safetensors")]
    [InlineData("logistic-regression", "linear.json", "weights.safetensors")]
    public void A_damaged_model_is_refused(string slug, string form, string numbers)
    {
        using (var model = Fit(slug, Mixed("a", "b").Problem)) model.Save(folder);
        var path = Path.Combine(folder, form);
        var text = File.ReadAllText(path);
        File.WriteAllText(path, text.Replace("\"numbers\": 4", "\"numbers\": 1", StringComparison.Ordinal));
        Assert.Contains(numbers, Assert.Throws<RequestException>(() => Predictor.Load(folder)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace("\"total\": 2", "\"total\": 1", StringComparison.Ordinal));
        Assert.Contains(form, Assert.Throws<RequestException>(() => Predictor.Load(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_flattened_trees_answer_as_LightGBM_does()
    {
        var task = Mixed("a", "b", "c");
        using var model = Fit("lightgbm", task.Problem);
        var context = new MLContext(1);
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 4);
        schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), 3);
        IDataView View(Examples examples, int[] labels) => context.Data.LoadFromEnumerable(labels.Select((l, row) => new Row { Features = examples.Numbers(row).ToArray(), Label = (uint)l }).ToArray(), schema);
        var trainer = context.MulticlassClassification.Trainers.LightGbm(new LightGbmMulticlassTrainer.Options { NumberOfIterations = 100, NumberOfLeaves = 31, LearningRate = 0.1, MinimumExampleCountPerLeaf = 20, UseSoftmax = true, NumberOfThreads = 1, Seed = 1 });
        var expected = trainer.Fit(View(task.Problem.Train, task.Problem.Labels.Train)).Transform(View(task.Exam.Test, task.Exam.Labels)).GetColumn<float[]>("Score").SelectMany(scores => scores).ToArray();
        var found = model.Predict(task.Exam.Test).Probabilities;
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < found.Length; i++) Assert.Equal(expected[i], found[i], 1e-5f);
    }

    [Fact]
    public void A_strong_penalty_leaves_logistic_regression_the_classes_shares()
    {
        var task = Mixed("a", "b");
        using var model = Fit("logistic-regression", task.Problem, ("l2", "1e9"));
        Assert.All(model.Predict(task.Exam.Test).Probabilities, p => Assert.Equal(0.5, p, 0.01));
    }

    [Fact]
    public void Walks_through_trees_that_never_end_are_refused()
    {
        var trees = new TreeArrays { Classes = [0], Nodes = [0, 2], Leaves = [0, 3], Features = [0, 1], Thresholds = [0, 0], Left = [1, ~1], Right = [~0, ~2], Values = [1, 2, 3] };
        Assert.True(trees.AreValid(1, 2));
        Assert.Equal([2, 3, 1], new[] { trees.Value(0, [0, 0]), trees.Value(0, [0, 1]), trees.Value(0, [1, 0]) });
        Assert.False((trees with { Left = [1, 0] }).AreValid(1, 2));
        Assert.False((trees with { Left = [1, ~3] }).AreValid(1, 2));
        Assert.False((trees with { Features = [0, 2] }).AreValid(1, 2));
        Assert.False((trees with { Nodes = [0, 1] }).AreValid(1, 2));
    }

    [Fact]
    public void One_class_alone_is_a_wrong_request()
    {
        var problem = Mixed("a", "b").Problem;
        var labels = problem.Labels;
        var error = Assert.Throws<RequestException>(() => Fit("lightgbm", problem.With(labels with { Train = [.. labels.Train.Select(l => l == 1 ? 1 : -1)] })));
        Assert.Contains("are of class 'b'", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static Predictor Fit(string slug, PredictionProblem problem, params (string Key, string Value)[] options)
    {
        using var run = Problems.Memory();
        return Problems.Create(slug, options).Fit(problem, run);
    }

    private static double Accuracy(Predictor model, PredictionTask task)
    {
        var predictions = model.Predict(task.Exam.Test);
        return Enumerable.Range(0, predictions.Count).Average(row => predictions.Best(row) == task.Exam.Labels[row] ? 1.0 : 0);
    }

    private static PredictionTask Mixed(params string[] classes)
    {
        int[] Labels(int count) => [.. Enumerable.Range(0, count).Select(row => row % classes.Length)];
        return new PredictionDraft
        {
            Name = "mixed",
            Train = Rows(400, classes.Length, 1),
            Validation = Rows(0, classes.Length, 2),
            Test = Rows(200, classes.Length, 3),
            Inputs = new InputRoles { Numbers = ["size", "noise"], Categories = ["side"] },
            Classes = classes,
            TrainLabels = Labels(400),
            ValidationLabels = [],
            TestLabels = Labels(200),
            ScoredOn = ScoredOn.Truth,
        }.Encode(new(), new() { Epochs = 1 });
    }

    // Class r mod C; its size is about 5 (r mod C), the rest says nothing. Every so many rows, the noise may be turned round.
    private static Table Rows(int count, int classes, ulong seed, int turnEvery = 0)
    {
        var random = RandomStream.Of(seed, "mixed");
        double[] sizes = new double[count], noise = new double[count];
        var sides = new string[count];
        for (var row = 0; row < count; row++)
            (sizes[row], noise[row], sides[row]) = (5 * (row % classes) + random.NextGaussian(), random.NextGaussian(), random.Next(2) == 0 ? "left" : "right");
        for (var row = 0; turnEvery > 0 && row < count; row += turnEvery) noise[row] = -noise[row];
        return new("mixed", [new NumberColumn("size", sizes), new NumberColumn("noise", noise), new TextColumn("side", sides)]);
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public uint Label { get; set; }
    }
}
