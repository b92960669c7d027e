using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Supervision;
using Preceptor.Tests.Data;

namespace Preceptor.Tests.Prediction;

/// <summary>Label columns of sets and of numbers, from a file to divided rows.</summary>
public sealed class TargetColumnTests
{
    private readonly Dictionary<string, string> files = [];

    private PredictionDraft Draft(TargetKind kind, PredictionData? data = null)
    {
        data = (data ?? new()) with { Data = "data.csv", Label = "label", Labels = kind, Numbers = ["x"] };
        var settings = new MapSetting("spec.yaml line 1", "problem", [.. Options.Resolve(data).Select(o => KeyValuePair.Create(o.Key, (Setting)new ScalarSetting($"spec.yaml, {o.Key}", $"problem.{o.Key}", "")))]);
        return data.Draft(settings, (path, text, numbers, _) => (Tables.Csv(path, files[path], text, numbers), null));
    }

    private string Refusal(TargetKind kind, string csv, PredictionData? data = null)
    {
        files["data.csv"] = csv;
        return Assert.Throws<RequestException>(() => Draft(kind, data)).Message;
    }

    private static string Csv(Func<int, string> label, int rows = 100) => string.Concat(Enumerable.Range(0, rows).Select(r => $"{r},{label(r)}\n").Prepend("x,label\n"));

    private static int[] Rows(Table table) => [.. ((NumberColumn)table.Find("x")!).Values.Select(v => (int)v)];

    [Fact]
    public void Cells_of_labels_are_parted_and_blank_is_not_none()
    {
        files["data.csv"] = Csv(r => (r % 5) switch { 0 => "b|a", 1 => "-", 2 => "", 3 => " c | a |", _ => "a|a" });
        var draft = Draft(TargetKind.Many);
        Assert.Equal(["a", "b", "c"], draft.Classes);
        int[]? Expected(int row) => (row % 5) switch { 0 => [0, 1], 1 => [], 2 => null, 3 => [0, 2], _ => [0] };
        var targets = (ManyLabels)draft.Targets!;
        Assert.Equal(Rows(draft.Train).Select(Expected), targets.Train);
        Assert.Equal(Rows(draft.Validation).Select(Expected), targets.Validation);
        Assert.Equal(Rows(draft.Test).Select(Expected), ((TestLabelSets)draft.TestTargets!).Sets);
        Assert.DoesNotContain(Rows(draft.Test).Concat(Rows(draft.Validation)), r => r % 5 == 2);
        Assert.Equal((16, 6), (draft.Test.Rows, draft.Validation.Rows));
    }

    [Fact]
    public void A_label_of_test_rows_alone_is_known_all_the_same_unless_another_file_has_it()
    {
        files["data.csv"] = string.Concat(Enumerable.Range(0, 20).Select(r => $"{r},{(r >= 15 ? "rare" : r % 2 == 0 ? "a" : "b")},{(r < 15 ? "train" : "test")}\n").Prepend("x,label,side\n"));
        var draft = Draft(TargetKind.Many, new() { Split = "side", Validation = 0 });
        Assert.Equal(["a", "b", "rare"], draft.Classes);
        Assert.All(((TestLabelSets)draft.TestTargets!).Sets, set => Assert.Equal([2], set));
        files["test.csv"] = "x,label\n1,a\n2,a|rar\n";
        Assert.Equal("spec.yaml, label: problem.label: test.csv: row 2 has the label 'rar', which is not known (did you mean 'rare'?); known: a, b, rare",
            Assert.Throws<RequestException>(() => Draft(TargetKind.Many, new() { Test = "test.csv" })).Message);
    }

    [Fact]
    public void Numbers_are_read_from_their_column_and_from_text()
    {
        files["data.csv"] = Csv(r => r % 10 == 9 ? "" : $"{r * 0.5}");
        var draft = Draft(TargetKind.Number);
        Assert.Empty(draft.Classes);
        double Expected(int row) => row % 10 == 9 ? double.NaN : row * 0.5;
        Assert.Equal(Rows(draft.Train).Select(Expected), ((NumberTargets)draft.Targets!).Train);
        Assert.Equal(Rows(draft.Test).Select(Expected), ((TestNumbers)draft.TestTargets!).Values);
        Assert.Equal(18, draft.Test.Rows);
        var text = new Table("known", [new TextColumn("label", ["1.5", "", "-2e3"])]);
        Assert.Equal([1.5, double.NaN, -2000], new TargetColumn("label", new ScalarSetting("here", "label", "")).Numbers(text));
    }

    [Fact]
    public void What_is_no_target_is_named_with_its_place()
    {
        Assert.Equal("spec.yaml, data: problem.data: data.csv line 4, column 'label': 'much' is not a number", Refusal(TargetKind.Number, Csv(r => r == 2 ? "much" : $"{r}")));
        Assert.Equal("here: label: known: row 2, column 'label': 'nan' is not a finite number, as labels: number wants it",
            Assert.Throws<RequestException>(() => new TargetColumn("label", new ScalarSetting("here", "label", "")).Numbers(new Table("known", [new TextColumn("label", ["1.5", "nan"])]))).Message);
        Assert.Equal("spec.yaml, label: problem.label: data.csv: column 'label' is 7 in every labelled training row; there is nothing to learn", Refusal(TargetKind.Number, Csv(_ => "7")));
        Assert.Equal("spec.yaml, label: problem.label: data.csv: column 'label' says the same, 'a|b', in every labelled training row; there is nothing to learn", Refusal(TargetKind.Many, Csv(r => r % 2 == 0 ? "a|b" : "b|a")));
        Assert.Equal("spec.yaml, label: problem.label: data.csv: column 'label' says the same, '-', in every labelled training row; there is nothing to learn", Refusal(TargetKind.Many, Csv(_ => "-")));
        Assert.Equal("spec.yaml, abstain-below: problem.abstain-below: is for one class a row, and labels: is many", Refusal(TargetKind.Many, Csv(_ => "a"), new() { AbstainBelow = 0.5 }));
        Assert.EndsWith("a class column repeats its values; a number to predict wants labels: number, label sets such as a|b want labels: many", Refusal(TargetKind.One, Csv(r => $"{r}")), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_many_a_cell_with_a_bar_is_one_class()
    {
        files["data.csv"] = Csv(r => r % 2 == 0 ? "a|b" : "a");
        Assert.Equal(["a", "a|b"], Draft(TargetKind.One).Classes);
    }

    [Fact]
    public void Standard_units_are_those_of_the_training_rows()
    {
        var targets = new NumberTargets([1, double.NaN, 3], [100]);
        Assert.Equal(new TargetEncoding(TargetKind.Number, 2, 1), targets.Encoding);
        Assert.Equal(5, new TargetEncoding(TargetKind.Number, 2, 3).Number(1));
        Assert.Equal(1, TargetEncoding.OfNumbers([7, 7]).Deviation);
        var written = new float[3];
        new ManyLabels([[0, 2], null], []).Write(0, written);
        Assert.Equal([1, 0, 1], written);
        Assert.NotEqual(new ManyLabels([[0], [1]], []).Fingerprint, new ManyLabels([[0, 1], []], []).Fingerprint);
        Assert.NotEqual(new ManyLabels([[]], []).Fingerprint, new ManyLabels([null], []).Fingerprint);
    }
}
