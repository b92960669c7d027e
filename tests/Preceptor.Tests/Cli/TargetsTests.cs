using System.Globalization;
using System.Text.Json.Nodes;
using Preceptor.Data;

namespace Preceptor.Tests.Cli;

/// <summary>Label sets and numbers by the command, from a file to predictions and report.</summary>
public sealed class TargetsTests : IDisposable
{
    private readonly Workspace workspace = new();

    private static string SetsCsv(int rows = 240)
    {
        string[] words = ["fire", "ice", "wind"], labels = ["hot", "cold", "windy"];
        var lines = Enumerable.Range(0, rows).Select(i =>
        {
            int[] has = [.. Enumerable.Range(0, 3).Where(c => (i % 8 >> c & 1) == 1)];
            return $"k{i},a thing {string.Join(' ', has.Select(c => words[c]))} of number {i % 5},{(i % 30 == 29 ? "" : has.Length == 0 ? "-" : string.Join('|', has.Select(c => labels[c])))}";
        });
        return string.Join('\n', lines.Prepend("id,text,tags")) + "\n";
    }

    private static string NumbersCsv(int rows = 240) =>
        string.Join('\n', Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"k{i},{i * 37 % 100},{i * 53 % 41},{1000 + 20.5 * (i * 37 % 100) - 3 * (i * 53 % 41)}")).Prepend("id,a,b,price")) + "\n";

    [Fact]
    public void Label_sets_go_from_a_file_to_predictions_that_can_be_evaluated()
    {
        workspace.Write("data.csv", SetsCsv());
        workspace.Write("spec.yaml", "problem: {data: data.csv, text: [text], label: tags, labels: many, id: id}\nmodel: {hidden: [16], embedding: 8, vocabulary: 256}\nmethod: logistic-regression\ntraining: {epochs: 20, batch: 16, rate: 0.02}\n");
        Run("run", "spec.yaml", "--out", "run");
        var result = JsonNode.Parse(File.ReadAllText("run/result.json"))!;
        Assert.Equal(("many", "micro-f1", "higher", 46), ((string)result["extra"]!["target"]!, (string)result["metric"]!, (string)result["better"]!, (int)result["testItems"]!));
        Assert.Equal(["floor", "baseline", "method"], result["scores"]!.AsObject().Select(s => s.Key));
        Assert.InRange((double)result["scores"]!["method"]!["mean"]!, 0.95, 1);
        Assert.Equal(["micro-f1", "macro-f1", "subset-accuracy", "hamming-loss", "lrap"], result["extra"]!["metrics"]!["method"]!.AsObject().Select(m => m.Key));

        var lines = File.ReadAllLines("run/predictions.csv");
        Assert.Equal("row,id,label,probability:cold,probability:hot,probability:windy", lines[0]);
        Assert.Equal(241, lines.Length);
        Assert.Equal(["1", "k0", "-"], lines[1].Split(',')[..3]);
        Assert.Equal(["4", "k3", "\"cold|hot\""], lines[4].Split(',')[..3]);
        foreach (var cells in lines.Skip(1).Select(l => l.Split(',')))
        {
            string[] sure = [.. cells[3..].Zip(["cold", "hot", "windy"]).Where(p => double.Parse(p.First, CultureInfo.InvariantCulture) >= 0.5).Select(p => p.Second)];
            Assert.Equal(cells[2].Trim('"'), sure.Length == 0 ? "-" : string.Join('|', sure));
        }

        // The answers are in the form of the labels: put beside the rows, they are judged as perfect.
        workspace.Write("again.csv", "text,tags\n" + string.Concat(File.ReadAllLines("data.csv").Skip(1).Zip(lines.Skip(1), (row, answer) => $"{row.Split(',')[1]},{answer.Split(',')[2]}\n")));
        var evaluated = JsonNode.Parse(Output("evaluate", "run", "again.csv", "--label", "tags", "--json"))!;
        Assert.Equal((240, 1.0, 0.0), ((int)evaluated["testItems"]!, (double)evaluated["subset-accuracy"]!["mean"]!, (double)evaluated["hamming-loss"]!["mean"]!));
        Assert.Contains("windy", Output("evaluate", "run", "data.csv", "--label", "tags"), StringComparison.Ordinal);

        var report = File.ReadAllText("run/report.html");
        Assert.Contains("<h2 id=\"labels\">Labels</h2>", report, StringComparison.Ordinal);
        Assert.Contains("Validation micro F1, %", report, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"calibration\"", report, StringComparison.Ordinal);
        Assert.Contains("\"validation-micro-f1\":", File.ReadAllText("run/metrics.jsonl"), StringComparison.Ordinal);

        var (code, error) = Workspace.Run("run", "spec.yaml", "--method", "ps-kd", "--out", "other");
        Assert.Equal((2, "error: ps-kd needs one class a row, and a row of data has a set of labels; data offers many-labels"), (code, error));
        workspace.Write("wrong.csv", "text,tags\nfire,hott\n");
        Assert.Equal((2, "error: --label tags: wrong.csv: row 1 has the label 'hott', which is not known (did you mean 'hot'?); known: cold, hot, windy"), Workspace.Run("evaluate", "run", "wrong.csv", "--label", "tags"));
    }

    [Fact]
    public void Numbers_go_from_a_file_to_predictions_that_can_be_evaluated()
    {
        workspace.Write("data.csv", NumbersCsv());
        workspace.Write("spec.yaml", "problem: {data: data.csv, numbers: [a, b], label: price, labels: number, id: id}\nmodel: {hidden: [16]}\nmethod: ridge\ntraining: {epochs: 40, batch: 16, rate: 0.02}\n");
        Run("run", "spec.yaml", "--out", "run");
        var result = JsonNode.Parse(File.ReadAllText("run/result.json"))!;
        Assert.Equal(("number", "r2", "higher", 48), ((string)result["extra"]!["target"]!, (string)result["metric"]!, (string)result["better"]!, (int)result["testItems"]!));
        Assert.InRange((double)result["scores"]!["floor"]!["mean"]!, -0.3, 0);
        Assert.InRange((double)result["scores"]!["baseline"]!["mean"]!, 0.9, 1);
        Assert.InRange((double)result["scores"]!["method"]!["mean"]!, 0.999, 1);
        Assert.InRange((double)result["difference"]!["low"]!, 0, 0.1);

        var lines = File.ReadAllLines("run/predictions.csv");
        Assert.Equal("row,id,value", lines[0]);
        foreach (var (row, answer) in File.ReadAllLines("data.csv").Skip(1).Zip(lines.Skip(1)))
        {
            Assert.Equal(row.Split(',')[0], answer.Split(',')[1]);
            Assert.Equal(double.Parse(row.Split(',')[3], CultureInfo.InvariantCulture), double.Parse(answer.Split(',')[2], CultureInfo.InvariantCulture), 20.0);
        }
        var evaluated = JsonNode.Parse(Output("evaluate", "run", "data.csv", "--label", "price", "--json"))!;
        Assert.InRange((double)evaluated["rmse"]!["mean"]!, 0, 20);
        Assert.True((double)evaluated["mae"]!["low"]! <= (double)evaluated["mae"]!["mean"]!);

        var report = File.ReadAllText("run/report.html");
        Assert.Contains("Predicted and true numbers", report, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"Predicted against true numbers of ridge: R² ", report, StringComparison.Ordinal);
        Assert.Contains("row 1", report, StringComparison.Ordinal);
        Assert.Contains("the mean of the training rows, whatever the row", report, StringComparison.Ordinal);

        workspace.Write("wrong.csv", "a,b,price\n1,2,3\n4,5,dear\n");
        Assert.Equal((2, "error: wrong.csv line 3, column 'price': 'dear' is not a number"), Workspace.Run("evaluate", "run", "wrong.csv", "--label", "price"));
    }

    [Fact]
    public void A_comparison_takes_the_methods_that_fit_and_says_why_others_do_not()
    {
        workspace.Write("data.csv", NumbersCsv());
        workspace.Write("spec.yaml", "problem: {data: data.csv, numbers: [a, b], label: price, labels: number}\nmodel: {hidden: [8]}\nmethod: supervised\ntraining: {epochs: 3, batch: 32}\n");
        Assert.Equal(0, Workspace.Child(["compare", "spec.yaml", "--seeds", "2", "--out", "cmp"]).Code); // its children are not this process
        var result = JsonNode.Parse(File.ReadAllText("cmp/result.json"))!;
        Assert.Equal("r2", (string)result["metric"]!);
        Assert.Equal(["lightgbm", "ridge", "supervised"], result["methods"]!.AsArray().Select(m => (string)m!["method"]!).Order(StringComparer.Ordinal));
        Assert.Equal("ridge", (string)result["methods"]![0]!["method"]!);
        Assert.Contains("ps-kd needs one class a row, and a row of data has a number", result["left_out"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Init_sees_what_a_label_is()
    {
        workspace.Write("sets.csv", SetsCsv());
        workspace.Write("numbers.csv", NumbersCsv());
        workspace.Write("classes.csv", Workspace.Csv());
        Assert.Contains("label tags: 3 labels (", Output("init", "sets.csv", "--label", "tags"), StringComparison.Ordinal);
        Assert.Contains("label price: numbers from ", Output("init", "numbers.csv", "--label", "price"), StringComparison.Ordinal);
        Assert.Contains("label label: 2 classes (", Output("init", "classes.csv"), StringComparison.Ordinal);
        Assert.Contains("labels: many ", File.ReadAllText("sets.yaml"), StringComparison.Ordinal);
        Assert.Contains("labels: number ", File.ReadAllText("numbers.yaml"), StringComparison.Ordinal);
        Assert.Contains("method: supervised", File.ReadAllText("numbers.yaml"), StringComparison.Ordinal);
        Assert.DoesNotContain("labels:", File.ReadAllText("classes.yaml"), StringComparison.Ordinal);
        Run("run", "numbers.yaml", "--set", "training.epochs=1", "--out", "run");
    }

    [Fact]
    public void House_prices_are_predicted_better_than_by_a_straight_line()
    {
        if (DataFolder.Find("california-housing") is null) Assert.Skip("the data set california-housing is not on this machine");
        workspace.Write("spec.yaml", "problem: {data: california-housing, label: median_house_value, labels: number, rows: 4000}\nmodel: {hidden: [64]}\nmethod: ridge\ntraining: {epochs: 12, batch: 64, rate: 0.005}\n");
        Run("run", "spec.yaml", "--out", "run");
        var result = JsonNode.Parse(File.ReadAllText("run/result.json"))!;
        Assert.Equal(4128, (int)result["testItems"]!);
        Assert.InRange((double)result["scores"]!["method"]!["mean"]!, 0.6, 0.7); // scikit-learn's Ridge on the same inputs: about 0.65
        Assert.True((double)result["difference"]!["high"]! < 0);
        Assert.InRange((double)result["extra"]!["metrics"]!["baseline"]!["rmse"]!, 50_000, 66_000);
    }

    public void Dispose() => workspace.Dispose();

    private static void Run(params string[] arguments) => Assert.Equal((0, ""), Workspace.Run(arguments));

    private static string Output(params string[] arguments)
    {
        var (code, output, error) = Workspace.Child(arguments);
        Assert.Equal((0, ""), (code, error));
        return output;
    }
}
