using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Tests.Data;

namespace Preceptor.Tests.Prediction;

/// <summary>From the files of a specification to divided rows.</summary>
public sealed class PredictionAssemblyTests
{
    private readonly Dictionary<string, string> files = [];

    /// <summary>A hundred rows: the whole part of x counts them, every fourth row has class b and every tenth no label.</summary>
    private static string Csv(int rows = 100, Func<int, string>? label = null, string columns = "", Func<int, string>? cells = null) =>
        string.Concat(Enumerable.Range(0, rows).Select(r => $"{r}.{r % 10},{(label ?? Label)(r)}{cells?.Invoke(r)}\n").Prepend($"x,label{columns}\n"));

    private static string Label(int row) => row % 10 == 9 ? "" : row % 4 == 0 ? "b" : "a";

    private PredictionDraft Draft(PredictionData data)
    {
        data = data with { Data = data.Data ?? "data.csv", Label = data.Label ?? "label" };
        var settings = new MapSetting("spec.yaml line 1", "problem", [.. Options.Resolve(data).Select(o => KeyValuePair.Create(o.Key, (Setting)new ScalarSetting($"spec.yaml, {o.Key}", $"problem.{o.Key}", "")))]);
        return data.Draft(settings, (path, text, numbers, _) => files.TryGetValue(path, out var content) ? (Tables.Csv(path, content, text, numbers), null) : throw new RequestException($"no file {path}"));
    }

    private string Refusal(PredictionData data) => Assert.Throws<RequestException>(() => Draft(data)).Message;

    private static int[] Rows(Table table) => [.. ((NumberColumn)table.Find("x")!).Values.Select(v => (int)v)];

    private static int[] LabelsOf(PredictionDraft draft, Table table) => [.. Rows(table).Select(r => draft.Classes.ToList().IndexOf(Label(r)))];

    [Fact]
    public void Fewer_training_rows_are_drawn_by_the_split_seed_and_nothing_else_changes()
    {
        files["data.csv"] = Csv();
        var (all, few, other) = (Draft(new()), Draft(new() { Rows = 20 }), Draft(new() { Rows = 20, SplitSeed = 1 }));
        Assert.Equal(20, few.Train.Rows);
        Assert.Subset(Rows(all.Train).ToHashSet(), Rows(few.Train).ToHashSet());
        Assert.Equal(LabelsOf(few, few.Train), few.TrainLabels);
        Assert.Equal(Rows(all.Test), Rows(few.Test));
        Assert.Equal(Rows(all.Validation), Rows(few.Validation));
        Assert.Equal(Rows(few.Train), Rows(Draft(new() { Rows = 20 }).Train));
        Assert.NotEqual(Rows(few.Train), Rows(other.Train));
        Assert.Equal(all.Train.Rows, Draft(new() { Rows = 1000 }).Train.Rows);
    }

    [Fact]
    public void Rows_without_a_label_train_and_never_score()
    {
        files["data.csv"] = Csv();
        var draft = Draft(new());
        Assert.Equal(["a", "b"], draft.Classes);
        Assert.Equal((18, 7, 75), (draft.Test.Rows, draft.Validation.Rows, draft.Train.Rows));
        Assert.Equal(Enumerable.Range(0, 100), Rows(draft.Train).Concat(Rows(draft.Validation)).Concat(Rows(draft.Test)).Order());
        Assert.Equal(10, draft.TrainLabels.Count(l => l == -1));
        Assert.Equal(LabelsOf(draft, draft.Train), draft.TrainLabels);
        Assert.Equal(LabelsOf(draft, draft.Validation), draft.ValidationLabels);
        Assert.Equal(LabelsOf(draft, draft.Test), draft.TestLabels);
        Assert.DoesNotContain(-1, draft.TestLabels.Concat(draft.ValidationLabels));
        Assert.Equal(5, draft.TestLabels.Count(l => l == 1));
        Assert.Equal((ScoredOn.Unverified, false), (draft.ScoredOn, draft.ValidationIsTrusted));
    }

    [Fact]
    public void The_division_repeats_itself_and_the_split_seed_changes_it()
    {
        files["data.csv"] = Csv();
        Assert.Equal(Rows(Draft(new()).Test), Rows(Draft(new()).Test));
        Assert.NotEqual(Rows(Draft(new()).Test), Rows(Draft(new() { SplitSeed = 1 }).Test));
    }

    [Fact]
    public void A_group_lies_on_one_side_with_and_without_labels()
    {
        files["data.csv"] = Csv(columns: ",customer", cells: r => $",{r / 5:00}");
        var draft = Draft(new() { Group = "customer" });
        string[] Groups(Table table) => [.. Enumerable.Range(0, table.Rows).Select(table.Find("customer")!.Words()).Distinct()];
        var (train, validation, test) = (Groups(draft.Train), Groups(draft.Validation), Groups(draft.Test));
        Assert.True(train.Length > 0 && validation.Length > 0 && test.Length > 0);
        Assert.Equal(train.Length + validation.Length + test.Length, train.Concat(validation).Concat(test).Distinct().Count());
        Assert.Contains(-1, draft.TrainLabels);
        Assert.Equal(["x"], draft.Inputs.All);
    }

    [Theory]
    [InlineData("numbers")]
    [InlineData("dates")]
    public void The_latest_labelled_rows_are_the_test_rows(string form)
    {
        // Later rows have smaller x. As letters, 9 would come after 10.
        files["data.csv"] = Csv(columns: ",at", cells: r => form == "numbers" ? $",{98 - r}" : $",2026-{4 - r / 30:00}-{30 - r % 30:00}");
        var draft = Draft(new() { Time = "at", Test = "0.1", Validation = 0 });
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8], Rows(draft.Test));
        Assert.Equal(Enumerable.Range(9, 91), Rows(draft.Train));
    }

    [Fact]
    public void Dates_that_do_not_sort_are_refused()
    {
        files["data.csv"] = Csv(columns: ",at", cells: r => $",{r % 12 + 1}/{r % 28 + 1}/2026");
        Assert.Equal("spec.yaml, time: problem.time: data.csv: row 1 of column 'at' is '1/1/2026', which does not sort by its letters; write dates as 2026-11-23", Refusal(new() { Time = "at" }));
    }

    [Fact]
    public void A_split_column_is_followed_to_the_row()
    {
        files["data.csv"] = Csv(columns: ",side", cells: r => r < 60 ? ",train" : r < 80 ? ",Validation" : ",TEST");
        var draft = Draft(new() { Split = "side" });
        Assert.Equal(Enumerable.Range(0, 60), Rows(draft.Train));
        Assert.Equal(Enumerable.Range(60, 20).Where(r => r % 10 != 9), Rows(draft.Validation));
        Assert.Equal(Enumerable.Range(80, 20).Where(r => r % 10 != 9), Rows(draft.Test));
        files["data.csv"] = files["data.csv"].Replace("TEST", "tset", StringComparison.Ordinal);
        Assert.Equal("spec.yaml, split: problem.split: data.csv: column 'side' says 'tset' in row 81; allowed: train, validation, test", Refusal(new() { Split = "side" }));
    }

    [Fact]
    public void A_given_test_file_needs_only_inputs_and_label_and_its_blank_rows_do_not_count()
    {
        files["data.csv"] = Csv(columns: ",customer,code", cells: r => $",{r / 5},{(r % 2 == 0 ? "k" : "7")}");
        files["test.csv"] = Csv(20, columns: ",code", cells: _ => ",7");
        var draft = Draft(new() { Group = "customer", Test = "test.csv", Id = null });
        Assert.Equal([.. Enumerable.Range(0, 20).Where(r => r % 10 != 9)], Rows(draft.Test));
        Assert.Equal(LabelsOf(draft, draft.Test), draft.TestLabels);
        Assert.Equal(100, draft.Train.Rows + draft.Validation.Rows + Enumerable.Range(0, 100).Count(r => r % 10 == 9 && !Rows(draft.Train).Contains(r)));
        Assert.IsType<TextColumn>(draft.Test.Find("code"));
    }

    [Fact]
    public void Rows_of_a_trusted_column_validate_and_test()
    {
        files["data.csv"] = Csv(columns: ",checked", cells: r => r >= 60 ? ",yes" : ",");
        var draft = Draft(new() { Trusted = "checked" });
        Assert.Equal(18, draft.Validation.Rows);
        Assert.Equal(18, draft.Test.Rows);
        Assert.All(Rows(draft.Validation).Concat(Rows(draft.Test)), r => Assert.True(r >= 60 && r % 10 != 9));
        Assert.Equal([.. Enumerable.Range(0, 60), 69, 79, 89, 99], Rows(draft.Train));
        Assert.Equal((ScoredOn.Trusted, true), (draft.ScoredOn, draft.ValidationIsTrusted));
        Assert.Equal(["x"], draft.Inputs.All);
        files["data.csv"] = Csv(columns: ",checked", cells: r => r > 97 ? ",1" : ",0");
        Assert.Equal("spec.yaml, trusted: problem.trusted: data.csv: column 'checked' marks 1 labelled rows as trusted (1, true or yes); at least 4 are needed", Refusal(new() { Trusted = "checked" }));
    }

    [Fact]
    public void Rows_of_a_trusted_file_validate_and_test_and_all_others_train()
    {
        files["data.csv"] = Csv();
        files["gold.csv"] = Csv(40);
        var draft = Draft(new() { Trusted = "gold.csv" });
        Assert.Equal(100, draft.Train.Rows);
        Assert.Equal((18, 18), (draft.Validation.Rows, draft.Test.Rows));
        Assert.Equal((ScoredOn.Trusted, true), (draft.ScoredOn, draft.ValidationIsTrusted));

        // Nobody checked the labels of a test file.
        files["test.csv"] = Csv(20);
        draft = Draft(new() { Trusted = "gold.csv", Test = "test.csv" });
        Assert.Equal((36, 18), (draft.Validation.Rows, draft.Test.Rows));
        Assert.Equal((ScoredOn.Unverified, true), (draft.ScoredOn, draft.ValidationIsTrusted));
        Assert.Equal("spec.yaml, trusted: problem.trusted: no file checkd; nor has data.csv a column of that name", Refusal(new() { Trusted = "checkd" }));
    }

    [Fact]
    public void Trusted_rows_beside_a_split_column_make_a_side_trusted_only_if_all_of_it_is()
    {
        files["data.csv"] = Csv(columns: ",side,checked", cells: r => r < 60 ? ",train,no" : r < 80 ? ",validation,no" : ",test,yes");
        var draft = Draft(new() { Split = "side", Trusted = "checked" });
        Assert.Equal((ScoredOn.Trusted, false), (draft.ScoredOn, draft.ValidationIsTrusted));
    }

    [Fact]
    public void Windows_line_ends_a_byte_order_mark_and_quotes_change_nothing()
    {
        files["data.csv"] = Csv(label: r => r % 2 == 0 ? "late delivery" : "lost");
        var expected = Draft(new());
        files["data.csv"] = "\uFEFF" + Csv(label: r => r % 2 == 0 ? "\" late delivery \"" : "\"lost\"").Replace("\n", "\r\n", StringComparison.Ordinal);
        var draft = Draft(new());
        Assert.Equal(["late delivery", "lost"], draft.Classes);
        Assert.Equal(expected.TrainLabels, draft.TrainLabels);
        Assert.Equal(Rows(expected.Test), Rows(draft.Test));
    }

    [Fact]
    public void Classes_that_are_numbers_keep_their_spelling_and_sort_by_value()
    {
        files["data.csv"] = Csv(label: r => new[] { "10", "1", "0", "007", "-2" }[r % 5]);
        Assert.Equal(["-2", "0", "1", "007", "10"], Draft(new()).Classes);
        files["data.csv"] = Csv(label: r => new[] { "10", "1", "b" }[r % 3]);
        Assert.Equal(["1", "10", "b"], Draft(new()).Classes);
    }

    [Theory]
    [InlineData(3, "spec.yaml, test: problem.test: only 1 of the 3 rows in data.csv are labelled test rows; at least 2 are needed")]
    [InlineData(1, "spec.yaml, label: problem.label: data.csv: column 'label' has only one value, 'b', in 1 training rows; there is nothing to learn")]
    public void A_file_of_a_few_rows_is_refused(int rows, string message)
    {
        files["data.csv"] = Csv(rows);
        Assert.Equal(message, Refusal(new()));
    }

    [Fact]
    public void A_label_that_says_nothing_is_refused()
    {
        files["data.csv"] = Csv(label: _ => "");
        Assert.EndsWith("problem.label: data.csv: column 'label' is blank in every training row", Refusal(new()));
        files["data.csv"] = Csv(label: r => $"case {r}");
        Assert.Contains("has 100 different values in 100 labelled training rows; a class column repeats its values", Refusal(new()));
    }

    [Fact]
    public void A_class_seen_only_in_test_rows_is_named_with_its_nearest()
    {
        files["data.csv"] = Csv();
        files["test.csv"] = Csv(20) + "1,A\n";
        Assert.EndsWith("problem.label: test.csv: class 'A' is seen only in test rows, never in a labelled training row (did you mean 'a'?); known: a, b", Refusal(new() { Test = "test.csv" }));
    }

    [Fact]
    public void Columns_that_are_not_there_are_named_at_their_key()
    {
        files["data.csv"] = Csv(columns: ",customer", cells: r => $",{r / 5}");
        Assert.StartsWith("spec.yaml, label: problem.label: data.csv has no column 'lable' (did you mean 'label'?); it has x, label, customer", Refusal(new() { Label = "lable" }));
        Assert.StartsWith("spec.yaml, id: problem.id: data.csv has no column 'idd'", Refusal(new() { Id = "idd" }));
        Assert.StartsWith("spec.yaml, group: problem.group: data.csv has no column 'custommer' (did you mean 'customer'?)", Refusal(new() { Group = "custommer", Validation = 0, Split = "label" }));
        Assert.StartsWith("spec.yaml, numbers: problem.numbers: data.csv has no column 'y'", Refusal(new() { Numbers = ["y"] }));
        Assert.StartsWith("spec.yaml, text: problem.text: 'label' is the label; it can't be an input", Refusal(new() { Text = ["label"] }));
        Assert.Equal("spec.yaml line 1: problem: no column of data.csv looks like an input; name some under text:, numbers: or categories: (columns: x, label, customer)", Refusal(new() { Id = "x", Group = "customer" }));
    }
}
