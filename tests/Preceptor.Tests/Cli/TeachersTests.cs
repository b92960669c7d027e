using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Preceptor.Tests.Cli;

/// <summary>Teachers from outside through the command: every form, from its files to report and prediction.</summary>
public sealed class TeachersTests : IDisposable
{
    private readonly Workspace workspace = new();

    public TeachersTests() => workspace.Write("data.csv", Workspace.Csv());

    private void Specify(string teachers, string more = "") =>
        workspace.Write("spec.yaml", Workspace.Specification(more: $"  id: id\n{more}  teachers: {teachers}\n").Replace("epochs: 10", "epochs: 3", StringComparison.Ordinal));

    private static JsonNode Result() => JsonNode.Parse(File.ReadAllText("run/result.json"))!;

    private static double Score(string arm) => Result()["scores"]![arm]!["mean"]!.GetValue<double>();

    private static string Notes() => string.Join('\n', Result()["extra"]!["notes"]!.AsArray().Select(n => n!.GetValue<string>()));

    private static void Run(params string[] arguments) => Assert.Equal((0, ""), Workspace.Run(arguments));

    // Several trainings are processes of the command's, which the tests' own is not.
    private static string Child(params string[] arguments)
    {
        var (code, output, error) = Workspace.Child(arguments);
        Assert.True(code == 0, error);
        return output;
    }

    [Fact]
    public void Probabilities_teach_and_score_as_the_floor()
    {
        workspace.Write("vendor.tsv", string.Concat(Enumerable.Range(0, 200).Select(i => $"{i}\t{(i % 2 == 0 ? "0.9\t0.1" : i % 10 == 1 ? "0.8\t0.2" : "0.3\t0.7")}\n").Prepend("id\twarm\tcool\n")));
        Specify("{vendor: {probabilities: vendor.tsv, id: id}}");
        Child("run", "spec.yaml", "--method", "knowledge-distillation", "--seeds", "2", "--out", "run");
        Assert.Equal("teacher vendor: probabilities from vendor.tsv, matched by id", Notes());
        Assert.InRange(Score("floor"), 0.7, 0.99);
        Assert.Contains("Teacher vendor: probabilities from vendor.tsv", File.ReadAllText("run/report.html"), StringComparison.Ordinal);
        File.Delete("vendor.tsv");
        Run("predict", "run", "data.csv", "--out", "p.csv");
        Assert.Equal(201, File.ReadAllLines("p.csv").Length);
    }

    [Fact]
    public void Probabilities_in_Parquet_teach_as_those_in_text()
    {
        workspace.Write("vendor.csv", string.Concat(Enumerable.Range(0, 200).Select(i => $"{i},{(i % 2 == 0 ? "0.75,0.25" : "0.125,0.875")}\n").Prepend("id,warm,cool\n")));
        using (var connection = new DuckDB.NET.Data.DuckDBConnection("DataSource=:memory:;threads=1"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "COPY (SELECT * FROM read_csv('vendor.csv')) TO 'vendor.parquet' (FORMAT parquet)";
            command.ExecuteNonQuery();
        }
        double[] Scores(string file)
        {
            Specify($"{{vendor: {{probabilities: {file}, id: id}}}}");
            Run("run", "spec.yaml", "--method", "knowledge-distillation", "--out", file + "-run");
            return [.. JsonNode.Parse(File.ReadAllText(file + "-run/result.json"))!["scores"]!.AsObject().Select(s => s.Value!["mean"]!.GetValue<double>())];
        }
        Assert.Equal(Scores("vendor.csv"), Scores("vendor.parquet"));
    }

    [Fact]
    public void Advice_and_comparison_know_the_teacher()
    {
        workspace.Write("vendor.jsonl", string.Concat(Enumerable.Range(0, 200).Select(i => $"{{\"cool\": {(i % 2 == 0 ? "0.1" : "0.9")}, \"warm\": {(i % 2 == 0 ? "0.9" : "0.1")}}}\n")));
        Specify("{vendor: {probabilities: vendor.jsonl}}");
        Assert.Contains("teacher-logits: vendor agrees with 100.0 % of the labels", Child("advise", "spec.yaml"), StringComparison.Ordinal);
        Child("compare", "spec.yaml", "--methods", "knowledge-distillation", "--seeds", "1", "--out", "compared");
        Assert.True(File.Exists("compared/knowledge-distillation/answers/seed.json"));
    }

    [Fact]
    public void A_model_of_ours_teaches_from_the_raw_rows()
    {
        workspace.Write("first.yaml", Workspace.Specification(more: "  id: id\n"));
        Run("run", "first.yaml", "--method", "supervised", "--out", "first");
        // The second specification takes other inputs, and its classes have other names.
        workspace.Write("other.csv", Workspace.Csv().Replace("warm", "HOT", StringComparison.Ordinal).Replace("cool", "COLD", StringComparison.Ordinal));
        workspace.Write("spec.yaml", "problem:\n  data: other.csv\n  numbers: [n]\n  label: label\n  teachers: {first: {model: first, classes: {warm: HOT, cool: COLD}}}\nmodel: {hidden: [4]}\ntraining: {epochs: 2}\n");
        Run("run", "spec.yaml", "--method", "knowledge-distillation", "--out", "run");
        Assert.Equal("teacher first: the model in first", Notes());
        Assert.True(Score("floor") > 0.95);
        Assert.Contains("problem.teachers.first.model: has the classes 'cool', 'warm', none of which is one of 'COLD', 'HOT'",
            Workspace.Run("run", "spec.yaml", "--set", "problem.teachers.first.classes=", "--out", "no").Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("no"));
        workspace.Write("third.yaml", "problem:\n  data: data.csv\n  numbers: [n]\n  label: text\n  labels: many\nmodel: {hidden: [4]}\ntraining: {epochs: 1}\n");
        Run("run", "third.yaml", "--method", "supervised", "--out", "third");
        Assert.Contains("problem.teachers.first.model: third: predicts any number of labels, not one class a row",
            Workspace.Run("run", "spec.yaml", "--set", "problem.teachers.first.model=third", "--out", "no").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_onnx_model_reads_texts_by_its_tokenizer()
    {
        workspace.Write("first.yaml", Workspace.Specification().Replace("  numbers: [n]\n", "", StringComparison.Ordinal));
        Run("run", "first.yaml", "--set", "model.encoder=bag", "--method", "supervised", "--out", "first");
        Run("export", "first", "--onnx", "first.onnx");
        // The pieces have the ids of the network's words; the two that tell nothing become the marks of a text's ends.
        workspace.Write("data.csv", Regex.Replace(Workspace.Csv(), @" thing number \d+", ""));
        using var model = Preceptor.Models.Predictor.Load("first");
        string[] pieces = ["[PAD]", "[UNK]", .. model.Encoding.Text!.Vocabulary.Select(w => w switch { "thing" => "[CLS]", "number" => "[SEP]", _ => w }), "[MASK]"];
        workspace.Write("vocab.txt", string.Join('\n', pieces) + "\n");
        workspace.Write("classes.txt", "cool\nwarm\n");
        const string source = "onnx: first.onnx, inputs: {tokens: ids}, output: logits, classes: classes.txt";
        Specify($"{{first: {{{source}, tokenizer: vocab.txt}}}}");
        Child("run", "spec.yaml", "--method", "knowledge-distillation", "--seeds", "2", "--out", "run");
        Assert.Equal("teacher first: the ONNX model first.onnx", Notes());
        Assert.Equal(1, Score("floor"));
        Assert.Single(Directory.GetFiles("run/onnx"));

        string Refusal(string keys)
        {
            Specify($"{{first: {keys}}}");
            var (code, error) = Workspace.Run("run", "spec.yaml", "--out", "no");
            Assert.Equal(2, code);
            Assert.False(Directory.Exists("no"));
            return error;
        }
        Assert.Contains("spec.yaml line 7: problem.teachers.first.onnx: first.onnx: tokenizer: is missing", Refusal($"{{{source}}}"), StringComparison.Ordinal);
        Assert.Contains("first.onnx: the model has no input 'ids'; its inputs: tokens (int64 [batch, length])", Refusal($"{{{source.Replace("tokens:", "ids:", StringComparison.Ordinal)}, tokenizer: vocab.txt}}"), StringComparison.Ordinal);
        Assert.Contains("first.onnx: the model's input 'tokens' is given nothing; its inputs: tokens (int64 [batch, length])", Refusal("{onnx: first.onnx, classes: [cool, warm]}"), StringComparison.Ordinal);
        Assert.Contains("first.onnx: the model has no output 'logit' (did you mean 'logits'?); its outputs: logits (float [batch, 2])", Refusal($"{{{source.Replace("logits", "logit", StringComparison.Ordinal)}, tokenizer: vocab.txt}}"), StringComparison.Ordinal);
        Assert.Contains("an input is to be given image, and the problem has no image column", Refusal("{onnx: first.onnx, inputs: {tokens: image}, classes: [cool, warm]}"), StringComparison.Ordinal);
        Assert.Contains("problem.teachers.first.onnx: nothing.onnx: there is no such file", Refusal("{onnx: nothing.onnx, inputs: {tokens: numbers}, classes: [cool, warm]}").Replace("no file nothing.onnx", "nothing.onnx: there is no such file", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("problem.teachers.first.classes: first.onnx gives 2 values a row, and there are 3 classes: cool, warm, hot", Refusal("{onnx: first.onnx, inputs: {tokens: ids}, tokenizer: vocab.txt, classes: [cool, warm, hot]}"), StringComparison.Ordinal);
    }

    public void Dispose() => workspace.Dispose();
}
