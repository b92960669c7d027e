using Preceptor.Catalogue;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Supervision;
using Preceptor.Tests.Data;

namespace Preceptor.Tests.Prediction;

/// <summary>Annotators, soft labels, confidences, truth and planted noise, from a specification to what a method may see.</summary>
public sealed class OfferedLabelsTests
{
    private static PredictionTask Prepare(string csv, string keys, ulong seed = 0) =>
        PredictionRunner.Prepare(Specification.From(SpecificationReader.Parse($"problem:\n  data: data.csv\n  numbers: [x]\n  validation: 0.2\n{keys}\nmodel: {{hidden: [4]}}\n", "spec.yaml"), []), seed,
            (path, text, numbers, _) => (Tables.Csv(path, csv, text, numbers), null));

    private static string Refusal(string csv, string keys) => Assert.Throws<RequestException>(() => Prepare(csv, keys)).Message;

    private static string Csv(string columns, Func<int, string> cells, int rows = 60) =>
        string.Concat(Enumerable.Range(0, rows).Select(r => $"{r}.5,{cells(r)}\n").Prepend($"x,{columns}\n"));

    /// <summary>Where the training rows stand in the file.</summary>
    private static int[] Places(PredictionTask task) => [.. Enumerable.Range(0, task.TrainRows.Rows).Select(task.TrainRows.Origin)];

    // a and b agree in even rows; c is blank in every third row and says "z" in row 1.
    private static string Votes(int r) => $"{(r % 4 < 2 ? "p" : "q")},{(r % 2 == 0 ? r % 4 < 2 ? "p" : "q" : "q")},{(r % 3 == 0 ? "" : r == 1 ? "z" : r % 4 < 2 ? "p" : "q")}";

    private static string Majority(int r)
    {
        var votes = Votes(r).Split(',').Where(v => v.Length > 0).GroupBy(v => v).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal);
        return votes.First().Key;
    }

    [Fact]
    public void Annotators_are_offered_and_vote_where_no_label_is_named()
    {
        var task = Prepare(Csv("a,b,c", Votes), "  annotators: [a, b, c]");
        Assert.Equal(["p", "q"], task.Problem.Classes.Take(2));
        var places = Places(task);
        Assert.Equal(places.Select(Majority), task.Problem.Labels.Train.Select(l => task.Problem.Classes[l]));
        var annotators = task.Problem.Find<AnnotatorLabels>()!;
        Assert.Equal(["a", "b", "c"], annotators.Annotators);
        for (var i = 0; i < places.Length; i++)
            Assert.Equal(Votes(places[i]).Split(','), Enumerable.Range(0, 3).Select(a => annotators.Train[i, a] is >= 0 and var c ? task.Problem.Classes[c] : ""));
        Assert.Empty(task.Problem.Encoding.Categories);
        Assert.Contains("majority", Assert.Single(task.Notes));
        Assert.Contains(Advice.Of(ProblemKinds.Prediction, task, []).Offered, line => line.StartsWith("annotator-labels: 3 annotators (a, b, c)", StringComparison.Ordinal));
    }

    [Fact]
    public void Annotators_stand_beside_a_label_and_may_know_more_classes()
    {
        var task = Prepare(Csv("label,a,b", r => $"{(r % 2 == 0 ? "p" : "q")},r,{(r % 5 == 0 ? "p" : "")}"), "  label: label\n  annotators: [a, b]");
        Assert.Equal(["p", "q", "r"], task.Problem.Classes);
        Assert.Equal(Places(task).Select(r => r % 2), task.Problem.Labels.Train);
        Assert.DoesNotContain("majority", task.Notes[0]);
    }

    [Fact]
    public void Soft_labels_are_offered_and_their_likeliest_class_is_the_label()
    {
        string Cells(int r) => r % 10 == 9 ? "," : r % 3 == 0 ? "0.7,0.3" : r % 3 == 1 ? "0.2,0.8004" : "0.5,0.5";
        var task = Prepare(Csv("cat,dog", Cells), "  soft-labels: {dog: dog, cat: cat}");
        Assert.Equal(["cat", "dog"], task.Problem.Classes);
        var soft = task.Problem.Find<SoftLabels>()!;
        foreach (var (place, i) in Places(task).Select((p, i) => (p, i)))
        {
            float[] expected = place % 10 == 9 ? [0, 0] : place % 3 == 0 ? [0.7f, 0.3f] : place % 3 == 1 ? [0.2f / 1.0004f, 0.8004f / 1.0004f] : [0.5f, 0.5f];
            Assert.Equal(expected[0], soft.Train[2 * i], 1e-6f);
            Assert.Equal(expected[1], soft.Train[2 * i + 1], 1e-6f);
            Assert.Equal(place % 10 == 9 ? -1 : place % 3 == 1 ? 1 : 0, task.Problem.Labels.Train[i]); // of equals the first class
        }
        Assert.Contains("soft labels:", Assert.Single(task.Notes));
    }

    [Theory]
    [InlineData("0.7,0.4", "spec.yaml line 5: problem.soft-labels: data.csv row 8: cat 0.7, dog 0.4 add up to 1.1; expected numbers of at least 0 that add up to 1 (± 0.001), or none at all")]
    [InlineData("1.5,-0.5", "spec.yaml line 5: problem.soft-labels: data.csv row 8: cat 1.5, dog -0.5 add up to 1; expected numbers of at least 0 that add up to 1 (± 0.001), or none at all")]
    [InlineData("0.7,", "spec.yaml line 5: problem.soft-labels: data.csv row 8: cat 0.7, dog blank; expected numbers of at least 0 that add up to 1 (± 0.001), or none at all")]
    [InlineData("0.7,much", "much")]
    public void Soft_labels_that_are_no_distribution_are_named(string cells, string expected) =>
        Assert.Contains(expected, Refusal(Csv("cat,dog", r => r == 7 ? cells : "0.6,0.4"), "  soft-labels: {cat: cat, dog: dog}"));

    [Fact]
    public void A_label_that_soft_labels_lack_is_named() =>
        Assert.Contains("problem.soft-labels: data.csv: column 'label' has the class 'dgo', which soft-labels lack (did you mean 'dog'?); they have cat, dog",
            Refusal(Csv("label,cat,dog", r => $"{(r % 2 == 0 ? "cat" : "dgo")},0.6,0.4"), "  label: label\n  soft-labels: {cat: cat, dog: dog}"));

    [Fact]
    public void Confidences_stand_beside_the_label_and_must_be_shares()
    {
        string Cells(int r, string odd) => $"{(r % 2 == 0 ? "p" : "q")},{(r == 7 ? odd : r % 4 == 0 ? "0.25" : "1")}";
        var task = Prepare(Csv("label,sure", r => Cells(r, "")), "  label: label\n  confidence: sure");
        Assert.Equal(Places(task).Select(r => r % 4 == 0 ? 0.25f : 1f), task.Problem.Find<LabelConfidence>()!.Train);
        Assert.Empty(task.Problem.Find<AnnotatorLabels>()?.Annotators ?? []);
        Assert.Contains("spec.yaml line 6: problem.confidence: data.csv row 8: column 'sure' has 1.2, expected 0 to 1, or a blank cell for 1", Refusal(Csv("label,sure", r => Cells(r, "1.2")), "  label: label\n  confidence: sure"));
        Assert.Contains("no column 'sur' (did you mean 'sure'?)", Refusal(Csv("label,sure", r => Cells(r, "1")), "  label: label\n  confidence: sur"));
    }

    [Fact]
    public void Truth_gives_the_ceiling_and_scores_the_test_rows()
    {
        string Cells(int r) => $"{(r % 2 == 0 || r % 7 == 0 ? "p" : "q")},{(r % 2 == 0 ? "p" : "q")}";
        var task = Prepare(Csv("label,right", Cells), "  label: label\n  truth: right");
        var places = Places(task);
        Assert.Equal(places.Select(r => r % 2 == 0 || r % 7 == 0 ? 0 : 1), task.Problem.Labels.Train);
        Assert.Equal(places.Select(r => r % 2), task.Exam.TrainTruth);
        Assert.Equal(Enumerable.Range(0, task.Exam.TestRows.Rows).Select(r => task.Exam.TestRows.Origin(r) % 2), task.Exam.Labels);
        Assert.Equal(ScoredOn.Trusted, task.Exam.ScoredOn);
        Assert.Contains("problem.truth: data.csv: column 'right' is blank in row", Refusal(Csv("label,right", r => $"{(r % 2 == 0 ? "p" : "q")},"), "  label: label\n  truth: right"));
    }

    [Theory]
    [InlineData("{rate: 0.3}", 0.3)]
    [InlineData("{kind: pair, rate: 0.3}", 0.3)]
    [InlineData("{kind: by-class, transitions: {a: {b: 0.4, c: 0.2}}}", 0.2)]
    [InlineData("{kind: by-instance, rate: 0.3}", 0.3)]
    public void Planted_noise_keeps_the_truth_for_the_evaluator(string noise, double expected)
    {
        string[] classes = ["a", "b", "c"];
        var csv = Csv("label", r => r % 10 == 9 ? "" : classes[r % 3], 3000);
        var (plain, task, again, other) = (Prepare(csv, "  label: label"), Prepare(csv, $"  label: label\n  noise: {noise}"), Prepare(csv, $"  label: label\n  noise: {noise}"), Prepare(csv, $"  label: label\n  noise: {noise}", 1));
        var (before, after) = (plain.Problem.Labels, task.Problem.Labels);
        Assert.Equal(before.Train, task.Exam.TrainTruth);
        Assert.Equal(before.Validation, task.Exam.ValidationTruth);
        Assert.Equal(plain.Exam.Labels, task.Exam.Labels);
        Assert.Equal(before.Labelled, after.Labelled);
        var wrong = before.Labelled.Count(r => before.Train[r] != after.Train[r]) / (double)before.Labelled.Length;
        Assert.Equal(expected, wrong, 0.03);
        Assert.NotEqual(before.Validation, after.Validation);
        Assert.Equal(after.Train, again.Problem.Labels.Train);
        Assert.NotEqual(after.Train, other.Problem.Labels.Train);
        Assert.Single(task.Problem.Supervision.OfType<Labels>());
        Assert.Contains("wrong labels were planted into training and validation labels", Assert.Single(task.Notes));
        if (noise.Contains("pair", StringComparison.Ordinal)) Assert.All(before.Labelled, r => Assert.Contains(after.Train[r], new[] { before.Train[r], (before.Train[r] + 1) % 3 }));
        if (noise.Contains("by-class", StringComparison.Ordinal)) Assert.All(before.Labelled.Where(r => before.Train[r] > 0), r => Assert.Equal(before.Train[r], after.Train[r]));
    }

    [Fact]
    public void At_rate_0_nothing_is_wrong_and_the_labels_are_their_own_ceiling()
    {
        var csv = Csv("label", r => r % 2 == 0 ? "p" : "q");
        var task = Prepare(csv, "  label: label\n  noise: {rate: 0}");
        Assert.Equal(Prepare(csv, "  label: label").Problem.Labels.Fingerprint, task.Problem.Labels.Fingerprint);
        Assert.Equal(task.Exam.TrainTruth, task.Problem.Labels.Train);
    }

    [Fact]
    public void Noise_that_depends_on_the_row_needs_no_certain_class()
    {
        var task = Problems.Tickets();
        var inputs = PlantedNoise.Standardised(task.Problem.Train);
        var width = inputs.Length / task.Problem.Train.Count;
        var lengths = Enumerable.Range(0, task.Problem.Train.Count).Select(row => inputs.AsSpan(row * width, width).ToArray().Sum(v => (double)v * v)).ToArray();
        Assert.InRange(lengths.Average(), 0.3, 1.01); // dimensions that never vary are 0
        Assert.Equal(0, inputs.Take(inputs.Length / width * width).Where((_, i) => i % width == 3).Average(), 1e-5);
    }

    [Theory]
    [InlineData("", "label: is missing; name the column to predict, or several annotators:, soft-labels: or rules:")]
    [InlineData("  annotators: [a]", "spec.yaml line 5: problem.annotators: names one column, expected at least two")]
    [InlineData("  annotators: [a, a]", "problem.annotators: names 'a' twice")]
    [InlineData("  annotators: [a, d]", "problem.annotators: data.csv has no column 'd'")]
    [InlineData("  soft-labels: {p: a}", "problem.soft-labels: has 1 classes, expected at least two")]
    [InlineData("  soft-labels: {p: a, q: a}", "problem.soft-labels: names the column 'a' for two classes")]
    [InlineData("  soft-labels: a", "problem.soft-labels: expected keys and values")]
    [InlineData("  annotators: [a, b]\n  noise: {rate: 0.1}", "problem.noise: plants wrong labels in a label: column; here labels come from annotators")]
    [InlineData("  label: a\n  annotators: [b, c]\n  noise: {rate: 0.1}", "problem.noise: would plant wrong labels beside annotators: or soft-labels: that give them away")]
    [InlineData("  label: a\n  noise: {rate: 1.1}", "problem.noise.rate: 1.1 is not a number in [0, 1]")]
    [InlineData("  label: a\n  noise: {kind: by-clas}", "problem.noise.kind: 'by-clas' is not allowed (did you mean 'by-class'?)")]
    [InlineData("  label: a\n  noise: {kind: by-class}", "problem.noise.transitions: are missing")]
    [InlineData("  label: a\n  noise: {transitions: {p: {q: 0.1}}}", "problem.noise.transitions: are of kind by-class alone")]
    [InlineData("  label: a\n  noise: {kind: by-class, transitions: {p: {r: 0.1}}}", "problem.noise.transitions: there is no class 'r'")]
    [InlineData("  label: a\n  noise: {kind: by-class, transitions: {p: {q: 1.1}}}", "problem.noise.transitions.p: shares q 1.1, expected numbers of at least 0 that add up to at most 1")]
    [InlineData("  label: a\n  truth: nowhere", "problem.truth: data.csv has no column 'nowhere'")]
    [InlineData("  label: a\n  confidence: a", "is declared both as text and as numbers")]
    public void What_does_not_fit_is_said(string keys, string expected) => Assert.Contains(expected, Refusal(Csv("a,b,c", Votes), keys));

    [Fact]
    public void The_complete_specification_reads_back_to_the_same()
    {
        var text = "problem:\n  data: data.csv\n  label: label\n  soft-labels: {'a: b': pa, 'c \"d\"': pc}\n  noise: {kind: by-class, transitions: {'a: b': {'c \"d\"': 0.5}}}\n  bad-images: skip\n";
        var specification = Specification.From(SpecificationReader.Parse(text, "spec.yaml"), ["problem.noise.rate=0.4"]);
        var yaml = specification.ToYaml();
        var again = Specification.From(SpecificationReader.Parse(yaml, "again.yaml"), []);
        Assert.Equal(yaml, again.ToYaml());
        Assert.Equal("pa", ((PredictionData)again.Problem).SoftLabels!["a: b"]);
        Assert.Equal(0.5, ((PredictionData)again.Problem).Noise!.Transitions!["a: b"]["c \"d\""]);
    }

    [Fact]
    public void Keys_that_are_not_set_leave_specifications_as_they_were()
    {
        var yaml = Specification.From(SpecificationReader.Parse("problem: {data: data.csv, label: label}", "spec.yaml"), []).ToYaml();
        foreach (var key in new[] { "annotators", "soft-labels", "confidence", "truth", "noise", "bad-images", "augment", "strength", "mixup", "cutmix" }) Assert.DoesNotContain($"  {key}:", yaml);
    }
}
