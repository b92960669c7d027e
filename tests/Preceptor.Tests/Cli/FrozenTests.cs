using System.Text.Json.Nodes;
using Preceptor.Models;
using Preceptor.Models.Onnx;
using Preceptor.Readers;
using static TorchSharp.torch;

namespace Preceptor.Tests.Cli;

/// <summary>Models on a frozen ONNX network: features of texts and images, from a specification to a folder that predicts anywhere.</summary>
public sealed class FrozenTests : IDisposable
{
    private readonly Workspace workspace = new();

    private static readonly string[] Words = ["red", "fire", "hot", "blue", "ice", "cold"];

    /// <summary>A network of tokens to features [batch, length, 6]: which of six words each is.</summary>
    private void Embeddings()
    {
        workspace.Write("vocab.txt", string.Join('\n', new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" }.Concat(Words)) + "\n");
        using var scope = NewDisposeScope();
        var graph = new OnnxGraph(new(0, 0, 0, 0, 11));
        var table = zeros(11, 6);
        for (var w = 0; w < 6; w++) table[5 + w, w] = 1f;
        graph.Output("states", graph.Add("Gather", [graph.Weight("words", table), graph.Tokens!.Value]), 6);
        File.WriteAllBytes("words.onnx", graph.ToBytes("words", new Dictionary<string, string>()));
    }

    private static string Model(string more) => $"model: {{encoder: {{onnx: words.onnx, tokenizer: vocab.txt, inputs: {{tokens: ids}}{more}}}, hidden: [8]}}";

    private static void Run(params string[] arguments) => Assert.Equal((0, ""), Workspace.Run(arguments));

    [Theory]
    [InlineData("mean")]
    [InlineData("max")]
    public void Texts_become_features_and_the_models_folder_holds_all_it_needs(string pool)
    {
        Embeddings();
        workspace.Write("data.csv", Workspace.Csv());
        workspace.Write("spec.yaml", $"problem:\n  data: data.csv\n  text: [text]\n  numbers: [n]\n  label: label\n{Model($", pool: {pool}")}\ntraining: {{epochs: 20, batch: 16, rate: 0.05}}\n");
        Run("run", "spec.yaml", "--method", "ps-kd", "--out", "run");
        Assert.True(JsonNode.Parse(File.ReadAllText("run/result.json"))!["scores"]!["method"]!["mean"]!.GetValue<double>() > 0.95);
        Assert.Single(Directory.GetFiles("run/onnx"));
        Assert.Contains("frozen:\n    pool:", File.ReadAllText("run/spec.yaml").Replace($" \"{pool}\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
        using (var model = Predictor.Load("run", new OnnxRows().Run))
        {
            Assert.Equal(7, model.Encoding.Shape.Numbers);
            Assert.Equal(0, model.Encoding.Shape.Tokens);
            var examples = model.Encoding.Encode(TableReader.Read("data.csv"));
            Assert.Equal(0, Enumerable.Range(0, 200).Average(r => examples.Numbers(r)[1]), 0.2);
        }

        // Elsewhere, without the network and the vocabulary that it was trained with.
        var own = File.ReadAllLines("run/predictions.csv");
        Directory.Move("run/model", "moved");
        foreach (var file in new[] { "words.onnx", "vocab.txt" }) File.Delete(file);
        Directory.Delete("run", recursive: true);
        Run("predict", "moved", "data.csv", "--out", "p.csv");
        Assert.Equal(own, File.ReadAllLines("p.csv"));
        Run("evaluate", "moved", "data.csv");
        Assert.Equal((2, "error: the model stands on a frozen network, and export writes no networks but ours; predict uses both"), Workspace.Run("export", "moved", "--onnx", "no.onnx"));
        using var silent = Predictor.Load("moved");
        Assert.Contains("this program does not run ONNX models", Assert.Throws<Preceptor.Foundation.RequestException>(() => silent.Predict(TableReader.Read("data.csv"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_resumed_run_and_several_seeds_find_the_features_again()
    {
        Embeddings();
        workspace.Write("data.csv", Workspace.Csv());
        workspace.Write("spec.yaml", $"problem: {{data: data.csv, text: [text], label: label}}\n{Model("")}\ntraining: {{epochs: 2}}\n");
        var (code, _, error) = Workspace.Child(["run", "spec.yaml", "--method", "supervised", "--seeds", "2", "--out", "run"]);
        Assert.True(code == 0, error);
        var result = File.ReadAllText("run/predictions.csv");
        var changed = File.GetLastWriteTimeUtc(Assert.Single(Directory.GetFiles("run/onnx")));
        Directory.Delete("run/seeds/0/answers", recursive: true);
        (code, _, error) = Workspace.Child(["run", "--resume", "run"]);
        Assert.True(code == 0, error);
        Assert.Equal(result, File.ReadAllText("run/predictions.csv"));
        Assert.Equal(changed, File.GetLastWriteTimeUtc(Directory.GetFiles("run/onnx")[0]));
    }

    [Fact]
    public void Images_become_features()
    {
        using (NewDisposeScope())
        {
            var graph = new OnnxGraph(new(1, 28, 28, 0, 0));
            graph.Output("features", graph.Add("MatMul", [graph.Reshape(graph.Image!.Value, 0, 784), graph.Weight("w", eye(784, 784))]), 784);
            File.WriteAllBytes("flat.onnx", graph.ToBytes("flat", new Dictionary<string, string>()));
        }
        Run("run", "--problem", "digits", "--set", "problem.size=tiny", "--set", "model.encoder.onnx=flat.onnx", "--set", "model.encoder.inputs.image=image", "--set", "training.epochs=2", "--seeds", "1", "--out", "run");
        using var model = Predictor.Load("run", new OnnxRows().Run);
        Assert.Equal(784, model.Encoding.Shape.Numbers);
        Assert.Equal(0, model.Encoding.Shape.Pixels);
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_leaves_nothing()
    {
        Embeddings();
        workspace.Write("data.csv", Workspace.Csv());
        string Refusal(string model)
        {
            workspace.Write("spec.yaml", $"problem: {{data: data.csv, text: [text], label: label}}\n{model}\n");
            var (code, error) = Workspace.Run("run", "spec.yaml", "--method", "supervised", "--out", "no");
            Assert.Equal(2, code);
            Assert.False(Directory.Exists("no"));
            return error.Replace(workspace.Folder + "/", "", StringComparison.Ordinal);
        }
        Assert.Contains("model.encoder: bag does not fit these inputs (6 numbers); linear and mlp read numbers", Refusal(Model("").Replace("encoder:", "frozen:", StringComparison.Ordinal).Replace("hidden:", "encoder: bag, hidden:", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("spec.yaml line 2: model.frozen: is named by encoder: already", Refusal(Model("").Replace("hidden: [8]", "frozen: {onnx: x}", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("model.frozen: onnx: is missing; name the network's file", Refusal("model: {frozen: {pool: mean}}"), StringComparison.Ordinal);
        Assert.Contains("model.frozen: nothing.onnx: there is no such file", Refusal("model: {frozen: {onnx: nothing.onnx}}"), StringComparison.Ordinal);
        Assert.Contains("model.frozen: words.onnx: the model's input 'tokens' is given nothing; its inputs: tokens (int64 [batch, length])", Refusal("model: {frozen: {onnx: words.onnx}}"), StringComparison.Ordinal);
        Assert.Contains("model.frozen: words.onnx: tokenizer: is missing", Refusal("model: {frozen: {onnx: words.onnx, inputs: {tokens: ids}}}"), StringComparison.Ordinal);
        Assert.Contains("model.encoder.pool: 'middle' is not allowed; allowed: mean | first | max", Refusal(Model(", pool: middle")), StringComparison.Ordinal);
        Assert.Contains("model.frozen: words.onnx: the model has no output 'state' (did you mean 'states'?); its outputs: states (float [batch, length, 6])", Refusal(Model(", output: state")), StringComparison.Ordinal);
    }

    public void Dispose() => workspace.Dispose();
}
