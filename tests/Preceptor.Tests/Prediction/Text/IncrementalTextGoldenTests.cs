using System.Text.Json;
using Preceptor.Prediction.Text;
using Options = Preceptor.Prediction.Text.IncrementalTextClassification.Options;

namespace Preceptor.Tests.Prediction.Text;

/// <summary>The released program's numbers (sergioburdisso/pyss3, f1af3008).</summary>
public sealed class IncrementalTextGoldenTests
{
    private const string File = "81-ss3.json";

    public static TheoryData<string> Trained => [.. Goldens.Names(File).Where(n => n.Data is not ("vanilla_two_stages" or "default_preprocessing" or "sigmoid_and_mad"))];

    [Theory, MemberData(nameof(Trained))]
    public void Counts_values_confidences_and_answers_are_the_released_programs(string name)
    {
        var golden = Goldens.Case(File, name);
        string[] classes = Strings(golden.Output("categories"));
        var classifier = new IncrementalTextClassifier(classes.Length, Settings(golden));
        string[] texts = Strings(new(golden.Input("classify_texts").Json.GetProperty("texts")));
        foreach (var (text, label) in Documents(golden))
        {
            classifier.Learn(text, Array.IndexOf(classes, label));
            if (golden.Setting("update_after_each").Flag) classifier.Confidences(text);
        }

        string[] words = Strings(golden.Output("words"));
        Assert.Equal(golden.Output("max_tf").Ints, classifier.Counts.Largest.ToArray());
        Assert.Equal(golden.Output("tf").Json.EnumerateArray().Select(row => new GoldenValue(row).Ints), words.Select(w => Counts(classifier, w)));
        AssertRows(golden, "lv", words.Select(w => classifier.ExplainWord(w)?.Local));
        AssertRows(golden, "sg", words.Select(w => classifier.ExplainWord(w)?.Significance));
        AssertRows(golden, "sn", words.Select(w => classifier.ExplainWord(w)?.Sanction));
        AssertRows(golden, "gv", words.Select(w => classifier.ExplainWord(w)?.Global));
        if (golden.HasOutput("cv")) AssertRows(golden, "cv", words.Select(w => (classifier.With(With(golden, alpha: false)).ExplainWord(w))?.Confidence));
        AssertRows(golden, "classify", texts.Select(t => (double[]?)classifier.Confidences(t)));
        Assert.Equal(Strings(golden.Output("labels")), texts.Select(t => classes[classifier.Classify(t)]));
        Assert.Equal(golden.Output("most_probable_category").Text, classes[classifier.MostFrequentClass]);
    }

    [Fact]
    public void Learning_on_under_other_options_gives_the_released_programs_values()
    {
        var golden = Goldens.Case(File, "vanilla_two_stages");
        string[] classes = Strings(new(golden.Output("after_all").Json.GetProperty("categories"))), words = Strings(golden.Output("words"));
        var documents = Documents(golden);
        var classifier = new IncrementalTextClassifier(classes.Length, new Options { StopWordFilter = false });
        void Check(string stage, IncrementalTextClassifier trained)
        {
            var expected = golden.Output(stage).Json;
            foreach (var (key, value) in new (string, Func<WordConfidence, double[]>)[] { ("lv", w => w.Local), ("sg", w => w.Significance), ("sn", w => w.Sanction), ("gv", w => w.Global) })
                AssertRows(golden, $"{stage} {key}", expected.GetProperty(key), words.Select(w => trained.ExplainWord(w) is { } known ? value(known) : null));
        }
        foreach (var (text, label) in documents[..15]) classifier.Learn(text, Array.IndexOf(classes, label));
        Check("after_first_15", classifier);
        foreach (var (text, label) in documents[15..]) classifier.Learn(text, Array.IndexOf(classes, label));
        Check("after_all", classifier.With(new Options { Smoothness = 0.7, Significance = 1.1, Sanction = 0.6, StopWordFilter = false }));
    }

    [Fact]
    public void Cleaned_text_is_the_released_programs()
    {
        var golden = Goldens.Case(File, "default_preprocessing");
        Assert.Equal(Strings(golden.Output("clean")), Strings(new(golden.Input("texts").Json.GetProperty("texts"))).Select(TextCleaning.Clean));
    }

    [Fact]
    public void Sigmoids_medians_and_deviations_are_the_released_programs()
    {
        var golden = Goldens.Case(File, "sigmoid_and_mad");
        double[][] Rows(JsonElement json) => [.. json.EnumerateArray().Select(row => new GoldenValue(row).Doubles)];
        golden.AssertClose("sigmoid", [.. Rows(golden.Input("sigmoid_v_l").Json.GetProperty("pairs")).Select(p => WordConfidences.Sigmoid(p[0], p[1]))]);
        AssertRows(golden, "median_and_mad", Rows(golden.Input("lv_lists").Json.GetProperty("lists")).Select(l => WordConfidences.Spread(l) is var (median, deviation) ? new double[] { median, deviation } : null));
    }

    private static Options Settings(GoldenCase golden) => With(golden, alpha: true);

    // The published cv is that of a word before the threshold of classification.
    private static Options With(GoldenCase golden, bool alpha) => new()
    {
        Smoothness = golden.Setting("sigma").Number,
        Significance = golden.Setting("lambda").Number,
        Sanction = golden.Setting("rho").Number,
        LeastConfidence = alpha ? golden.Setting("alpha").Number : 0,
        Normalised = golden.Setting("mode").Text is "norm" or "xai",
        StopWordFilter = golden.Setting("mode").Text == "xai",
    };

    private static (string Text, string Label)[] Documents(GoldenCase golden)
    {
        var documents = golden.Input("train").Json.GetProperty("docs");
        if (documents.ValueKind == JsonValueKind.String) documents = Goldens.Case(File, "vanilla_default").Input("train").Json.GetProperty("docs");
        return [.. documents.EnumerateArray().Select(d => (d[0].GetString()!, d[1].GetString()!))];
    }

    private static int[] Counts(IncrementalTextClassifier classifier, string word) =>
        classifier.Counts.Find(word) is >= 0 and var known ? classifier.Counts.Of(known).ToArray() : new int[classifier.Counts.Classes];

    private static string[] Strings(GoldenValue value) => [.. value.Json.EnumerateArray().Select(v => v.GetString()!)];

    private static void AssertRows(GoldenCase golden, string output, IEnumerable<double[]?> rows) => AssertRows(golden, output, golden.Output(output).Json, rows);

    // A word that the model never saw has zeros for everything.
    private static void AssertRows(GoldenCase golden, string output, JsonElement expected, IEnumerable<double[]?> rows)
    {
        double[][] wanted = [.. expected.EnumerateArray().Select(row => new GoldenValue(row).Doubles)];
        double[]?[] found = [.. rows];
        Assert.Equal(wanted.Length, found.Length);
        for (var i = 0; i < wanted.Length; i++)
        {
            var row = found[i] ?? new double[wanted[i].Length];
            Assert.Equal(wanted[i].Length, row.Length);
            for (var c = 0; c < row.Length; c++)
                Assert.True(Math.Abs(row[c] - wanted[i][c]) <= 1e-12 + 1e-9 * Math.Abs(wanted[i][c]), $"{golden}: {output}[{i}][{c}] is {row[c]:R}, expected {wanted[i][c]:R}");
        }
    }
}
