using System.Text;
using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Readers;

namespace Preceptor.Tests.Cli;

/// <summary>What people's files look like, from training to prediction.</summary>
public sealed class OwnDataTests : IDisposable
{
    private readonly Workspace workspace = new();

    [Fact]
    public void Predictions_need_the_inputs_alone_in_any_order_and_form_of_file()
    {
        workspace.Write("data.csv", Workspace.Csv());
        workspace.Write("spec.yaml", Workspace.Specification(more: "  id: id\n"));
        Run("run", "spec.yaml", "--out", "run");
        var own = File.ReadAllLines("run/predictions.csv");

        File.WriteAllText("windows.csv", Workspace.Csv().Replace("\n", "\r\n", StringComparison.Ordinal), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Run("predict", "run", "windows.csv", "--out", "p.csv");
        Assert.Equal(own, File.ReadAllLines("p.csv"));

        var rows = File.ReadAllLines("data.csv").Select(line => line.Split(',')).ToArray();
        File.WriteAllLines("inputs.tsv", rows.Select(cells => $"{cells[2]}\t{cells[1]}"));
        Run("predict", "run", "inputs.tsv", "--out", "p.csv");
        Assert.Equal(own.Skip(1).Select(line => WithoutId(line.Split(','))), File.ReadAllLines("p.csv").Skip(1));

        static string WithoutId(string[] cells) => string.Join(',', [cells[0], "", .. cells[2..]]);
    }

    [Fact]
    public void Labels_keep_their_spelling_and_blank_test_rows_do_not_count()
    {
        static string Csv(int rows) => Workspace.Csv(rows).Replace("warm", "01", StringComparison.Ordinal).Replace("cool", "2", StringComparison.Ordinal);
        workspace.Write("data.csv", Csv(200));
        workspace.Write("test.csv", Csv(40).Replace("id,", "key,", StringComparison.Ordinal) + "41,red thing number 41,1,\n");
        workspace.Write("spec.yaml", Workspace.Specification(more: "  id: id\n  test: test.csv\n"));
        Run("run", "spec.yaml", "--out", "run");
        var result = JsonNode.Parse(File.ReadAllText("run/result.json"))!;
        Assert.Equal(40, result["testItems"]!.GetValue<int>());
        Assert.Equal("01", File.ReadAllLines("run/predictions.csv")[1].Split(',')[2]);
        Run("evaluate", "run", "test.csv", "--label", "label");
    }

    [Fact]
    public void An_example_is_written_with_its_specification_and_never_over_a_file()
    {
        Run("init", "--example", "tickets");
        Assert.Equal([Path.Combine(workspace.Folder, "tickets.csv"), Path.Combine(workspace.Folder, "tickets.yaml")], workspace.Names());
        Assert.Equal(20_000, TableReader.Read("tickets.csv").Rows);
        Assert.Contains("text: [subject, body]", File.ReadAllText("tickets.yaml"), StringComparison.Ordinal);
        Assert.Equal((2, "error: tickets.csv: exists already; name another file, or leave out --example"), Workspace.Run("init", "--example", "tickets"));
    }

    [Theory]
    [InlineData("conv")]
    [InlineData("transformer")]
    public void A_text_encoder_is_trained_and_answers_from_its_folder(string encoder)
    {
        workspace.Write("data.csv", Workspace.Csv());
        workspace.Write("spec.yaml", Workspace.Specification());
        Run("run", "spec.yaml", "--set", $"model.encoder={encoder}", "--set", "model.embedding=16", "--set", "training.rate=0.003", "--method", "supervised", "--out", "run");
        Assert.True(JsonNode.Parse(File.ReadAllText("run/result.json"))!["scores"]!["method"]!["mean"]!.GetValue<double>() > 0.9);
        Run("predict", "run", "data.csv", "--out", "p.csv");
        Assert.Equal(File.ReadAllLines("run/predictions.csv"), File.ReadAllLines("p.csv"));
        Assert.StartsWith("error: no/model.onnx: cannot be written", Workspace.Run("export", "run", "--onnx", "no/model.onnx").Error, StringComparison.Ordinal);
        Run("export", "run", "--onnx", "model.onnx");
        using var onnx = new OnnxModel("model.onnx", new Dictionary<string, OnnxInput> { ["tokens"] = OnnxInput.Ids, ["numbers"] = OnnxInput.Numbers }, "logits");
        Assert.Equal("""["cool","warm"]""", onnx.Metadata["classes"]);
        using var model = Preceptor.Models.Predictor.Load("run");
        var examples = model.Encoding.Encode(TableReader.Read("data.csv").Take([3]));
        var (logits, _) = onnx.Run(new OnnxBatch(1) { Ids = [.. examples.Tokens(0).ToArray().Select(id => (long)id)], Numbers = examples.Numbers(0).ToArray() });
        Assert.All(model.Classifier.Logits(examples).Zip(logits), p => Assert.Equal(p.First, p.Second, 1e-4f));
    }

    [Fact]
    public void Only_networks_are_exported_and_only_to_where_a_file_can_be()
    {
        workspace.Write("data.csv", Workspace.Csv());
        workspace.Write("spec.yaml", Workspace.Specification());
        Run("run", "spec.yaml", "--method", "logistic-regression", "--out", "run");
        Assert.Equal((2, "error: only networks are exported to ONNX; this model is of the format 'logistic-regression'"), Workspace.Run("export", "run", "--onnx", "model.onnx"));
        Assert.False(File.Exists("model.onnx"));
        Assert.Equal((2, "error: Option '--onnx' is required"), Workspace.Run("export", "run"));
    }

    [Fact]
    public void A_vision_transformer_is_trained_on_images()
    {
        Run("run", "--problem", "digits", "--set", "problem.size=tiny", "--set", "model.encoder=vit", "--set", "model.patch=7", "--set", "training.epochs=2", "--seeds", "1", "--out", "run");
        Assert.Contains("encoder: \"vit\"", File.ReadAllText("run/spec.yaml"), StringComparison.Ordinal);
        Assert.Equal((2, "error: model.patch: 3 does not divide images of 28×28; allowed: 1, 2, 4, 7, 14, 28"), Workspace.Run("run", "--problem", "digits", "--set", "problem.size=tiny", "--set", "model.encoder=vit", "--set", "model.patch=3", "--seeds", "1", "--out", "other"));
    }

    public void Dispose() => workspace.Dispose();

    private static void Run(params string[] arguments) => Assert.Equal((0, ""), Workspace.Run(arguments));
}
