using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Prediction.Text;

namespace Preceptor.Tests.Prediction.Text;

public sealed class IncrementalTextClassificationTests : IDisposable
{
    private static readonly Lazy<PredictionTask> Tickets = new(() => TicketsProblem.Draft(new() { Size = ProblemSize.Small }, 1).Encode(new() { Vocabulary = 1024 }, new()));
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-test-").FullName;

    private static Predictor Fit(PredictionProblem problem, params (string Key, string Value)[] options)
    {
        using var run = Problems.Memory();
        return Problems.Create("ss3", options).Fit(problem, run);
    }

    private static double Accuracy(params (string, string)[] options)
    {
        using var model = Fit(Tickets.Value.Problem, options);
        var predictions = model.Predict(Tickets.Value.Exam.Test);
        return Tickets.Value.Exam.Labels.Where((label, row) => predictions.Best(row) == label).Count() / (double)predictions.Count;
    }

    [Fact]
    public void The_papers_formula_alone_learns_but_common_words_drown_most_of_nine_classes() => Assert.InRange(Accuracy(), 0.2, 0.6);

    [Theory]
    [InlineData("sanction", "1")]
    [InlineData("normalised", "true")]
    [InlineData("cleaned", "true")]
    public void Tickets_are_learned_from_noisy_labels(string key, string value)
    {
        Assert.InRange(Accuracy((key, value), ("stop-word-filter", "true")), 0.7, 1); // chance is 1/9
    }

    [Fact]
    public void The_answers_do_not_depend_on_how_the_networks_would_cut_the_text()
    {
        var draft = TicketsProblem.Draft(new() { Size = ProblemSize.Tiny }, 1);
        PredictionTask bag = draft.Encode(new() { Encoder = EncoderKind.Bag }, new()), ngrams = draft.Encode(new() { Vocabulary = 16 }, new());
        using var first = Fit(bag.Problem);
        using var second = Fit(ngrams.Problem);
        Assert.Equal(first.Predict(bag.Exam.Test).Probabilities, second.Predict(ngrams.Exam.TestRows).Probabilities);
    }

    [Fact]
    public void A_saved_model_predicts_the_same_bits_and_learns_on()
    {
        var task = Problems.Tickets();
        using var model = Fit(task.Problem, ("least-count", "1"), ("normalised", "true"), ("sentences", "maximum"));
        var before = model.Predict(task.Exam.TestRows).Probabilities;
        Assert.True(before.Distinct().Count() > 10, "the model answers the same for every row");
        model.Save(folder);
        using var loaded = Predictor.Load(folder);
        Assert.Equal(before, loaded.Predict(task.Exam.TestRows).Probabilities);
        Assert.Equal(before[..task.Problem.Classes.Count], loaded.Predict(task.Exam.TestRows.Take([0])).Probabilities);

        foreach (var classifier in new[] { model, loaded }.Select(m => (IncrementalTextClassifier)m.Classifier)) classifier.Learn("an entirely new entirely new word", 3);
        Assert.Equal(model.Predict(task.Exam.TestRows).Probabilities, loaded.Predict(task.Exam.TestRows).Probabilities);
        Assert.Equal(3, ((IncrementalTextClassifier)loaded.Classifier).Classify("Entirely new?"));
    }

    [Theory]
    [InlineData("words.json", "\"smoothness\": 0.45", "\"smoothness\": 2", "outside its range")]
    [InlineData("words.json", "\"words\": \"sum\"", "\"words\": \"product\"", "words.json")]
    [InlineData("words.json", "\"classes\": 2", "\"classes\": 3", "do not fit")]
    [InlineData("words.json", "\"classes\": 2", "\"classes\": 0", "no word counts")]
    [InlineData("words.json", "\"goal\"", "\"soup\"", "do not fit")]
    [InlineData("words.json", "\"goal\",", "", "do not fit")]
    [InlineData("model.json", "\"format\": \"ss3\"", "\"format\": \"ss4\"", "known: ")]
    public void A_damaged_model_is_refused(string file, string written, string damaged, string message)
    {
        using (var model = Fit(Task(["goal goal", "soup soup", "goal"], [0, 1, 0]).Problem)) model.Save(folder);
        var path = Path.Combine(folder, file);
        var text = File.ReadAllText(path);
        Assert.Contains(written, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(written, damaged, StringComparison.Ordinal));
        Assert.Contains(message, Assert.Throws<RequestException>(() => Predictor.Load(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Negative_counts_are_refused()
    {
        using (var model = Fit(Task(["goal goal", "soup soup"], [0, 1]).Problem)) model.Save(folder);
        var state = new State();
        state.Add<int>("counts", [2, 0, 0, -2], 2, 2);
        state.Write(Path.Combine(folder, "counts.safetensors"));
        Assert.Contains("counts.safetensors", Assert.Throws<RequestException>(() => Predictor.Load(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Probabilities_are_shares_of_confidence_and_shares_of_words_where_there_is_none()
    {
        var task = Task(["goal goal match match a", "soup soup a", "a b c"], [0, 1, -1]);
        using var model = Fit(task.Problem);
        float[] Of(string text) => model.Predict(new Table("rows", [new TextColumn("text", [text])])).Probabilities;
        Assert.Equal(0.999 / 3 + 0.0005, Of("goal soup soup")[0], 1e-6);
        Assert.Equal(0.999 + 0.0005, Of("goal")[0], 1e-6);
        Assert.Equal(0.999 * 5 / 8 + 0.0005, Of("never seen")[0], 1e-6); // five of the eight words were of class 0
        Assert.Equal(0.999 * 5 / 8 + 0.0005, Of("")[0], 1e-6);
    }

    [Fact]
    public void Unlabelled_rows_change_nothing_and_the_exams_answers_are_never_seen()
    {
        using var first = Fit(Task(["goal goal", "soup soup", "soup goal"], [0, 1, -1]).Problem);
        using var second = Fit(Task(["goal goal", "soup soup", "else"], [0, 1, -1]).Problem);
        Assert.Equal(first.Predict(Rows("goal soup")).Probabilities, second.Predict(Rows("goal soup")).Probabilities);
        Assert.DoesNotContain("else", ((IncrementalTextClassifier)second.Classifier).Counts.Words);
    }

    [Fact]
    public void Texts_that_differ_beyond_what_networks_read_are_other_examples()
    {
        string Fingerprint(string last) => Task([string.Join(' ', Enumerable.Repeat("word", 500)) + last, "b b"], [0, 1]).Problem.Train.Fingerprint;
        Assert.Equal(Fingerprint(" x"), Fingerprint(" x"));
        Assert.NotEqual(Fingerprint(" x"), Fingerprint(" y"));
    }

    [Fact]
    public void Inputs_without_text_do_not_fit_and_are_refused()
    {
        var task = Problems.Digits();
        Assert.Contains("no input is text", Assert.Throws<RequestException>(() => Fit(task.Problem)).Message, StringComparison.Ordinal);
        Specification With(string problem, string method) => Specification.From(new MapSetting("test", "", [new("problem", new ScalarSetting("test", "problem", problem)), new("method", new ScalarSetting("test", "method", method))]), ["problem.size=tiny"]);
        Assert.Equal("ss3 needs text, and no input of digits is text; digits offers labels", ProblemKind.Unmet(With("digits", "ss3"), task.Problem));
        Assert.Contains(ComparedMethods.Choose(With("digits", "supervised"), "auto", (_, _, _, _) => throw new InvalidOperationException()).LeftOut, l => l.Method == "ss3");
        Assert.DoesNotContain(ComparedMethods.Choose(With("tickets", "supervised"), "auto", (_, _, _, _) => throw new InvalidOperationException()).LeftOut, l => l.Method == "ss3");
    }

    [Fact]
    public void No_label_at_all_is_a_wrong_request() =>
        Assert.Contains("no training row has a label", Assert.Throws<RequestException>(() => Fit(Task(["a", "b"], [-1, -1]).Problem)).Message, StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static Table Rows(params string[] texts) => new("rows", [new TextColumn("text", texts)]);

    private static PredictionTask Task(string[] texts, int[] labels) => new PredictionDraft
    {
        Name = "own",
        Train = Rows(texts),
        Validation = Rows(),
        Test = Rows("goal"),
        Inputs = new InputRoles { Text = ["text"] },
        Classes = ["a", "b"],
        TrainLabels = labels,
        ValidationLabels = [],
        TestLabels = [0],
        ScoredOn = ScoredOn.Truth,
    }.Encode(new(), new());
}
