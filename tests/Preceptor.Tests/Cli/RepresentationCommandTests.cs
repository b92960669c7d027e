using System.Text.Json.Nodes;

namespace Preceptor.Tests.Cli;

public sealed class RepresentationCommandTests
{
    [Fact]
    public void An_encoder_is_trained_without_labels_and_embeds()
    {
        using var workspace = new Workspace();
        string[] small = ["--set", "problem.size=tiny", "--set", "model.encoder=mlp", "--set", "model.hidden=[8]", "--set", "training.epochs=2", "--set", "training.batch=20"];
        var (code, output, error) = Workspace.Child(["run", "--problem", "unlabelled-digits", "--method", "cacr", .. small, "--out", "r", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal(("knn", "cacr"), ((string)result["metric"]!, (string)result["method"]!));
        var report = File.ReadAllText("r/report.html");
        Assert.Contains("Test rows by their features", report, StringComparison.Ordinal);
        Assert.Contains("Test images and the training images nearest to them", report, StringComparison.Ordinal);
        Assert.Equal(8 * 7, System.Text.RegularExpressions.Regex.Count(report, "<li><img src=\"data:image/png;base64,[^\"]+\" alt=\"class \\d\""));
        var (_, repeated, _) = Workspace.Child(["run", "--resume", "r", "--json"]);
        Assert.Equal(result["scores"]!.ToJsonString(), JsonNode.Parse(repeated.Trim().Split('\n')[^1])!["scores"]!.ToJsonString());
        foreach (var kind in new[] { "cats", "dogs" })
        {
            Directory.CreateDirectory($"pictures/{kind}");
            for (var i = 0; i < 3; i++) WritePng($"pictures/{kind}/{i}.png", (byte)(i * 40 + (kind == "cats" ? 0 : 100)));
        }
        (code, output, error) = Workspace.Child(["embed", "pictures", "--encoder", "r", "--out", "f.csv"]);
        Assert.True(code == 0, error);
        Assert.Contains("6 rows, 8 features each → f.csv", output, StringComparison.Ordinal);
        var lines = File.ReadAllLines("f.csv");
        Assert.Equal((7, "row,f0,f1,f2,f3,f4,f5,f6,f7"), (lines.Length, lines[0]));
        (code, _, error) = Workspace.Child(["embed", "pictures", "--encoder", "r", "--out", "f.parquet"]);
        Assert.True(code == 0, error);
        Assert.Equal("PAR1"u8.ToArray(), File.ReadAllBytes("f.parquet")[..4]);
    }

    [Fact]
    public void One_image_that_cannot_be_read_among_many_is_named_or_left_out_and_counted()
    {
        using var workspace = new Workspace();
        foreach (var kind in new[] { "cats", "dogs" })
        {
            Directory.CreateDirectory($"pictures/{kind}");
            for (var i = 0; i < 40; i++) WritePng($"pictures/{kind}/{i}.png", (byte)(i * 3 + (kind == "cats" ? 0 : 100)));
        }
        File.WriteAllText("pictures/dogs/7.png", "no image");
        string[] run = ["run", "--method", "random-encoder", "--set", "problem.kind=representation", "--set", "problem.data=pictures", "--set", "model.encoder=mlp", "--set", "training.epochs=1", "--out", "r"];
        var (code, _, error) = Workspace.Child(run);
        Assert.Equal(2, code);
        Assert.Contains("7.png", error, StringComparison.Ordinal);
        Assert.Contains("bad-images: skip", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("r"));
        (code, _, error) = Workspace.Child([.. run, "--set", "problem.bad-images=skip"]);
        Assert.True(code == 0, error);
        Assert.Contains("1 of 80 images were left out", File.ReadAllText("r/report.html"), StringComparison.Ordinal);
        (code, _, error) = Workspace.Child(["embed", "pictures", "--encoder", "r", "--out", "f.csv"]);
        Assert.Equal(2, code);
        Assert.Contains("7.png", error, StringComparison.Ordinal);
        (code, var output, error) = Workspace.Child(["embed", "pictures", "--encoder", "r", "--out", "f.csv", "--bad-images", "skip"]);
        Assert.Equal(0, code);
        Assert.Contains("79 rows", output, StringComparison.Ordinal);
        Assert.Contains("1 of 80 images were left out", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_a_table_are_embedded_by_the_columns_that_the_encoder_learned()
    {
        using var workspace = new Workspace();
        // Codes that look like numbers are categories, as in training: 01 is not 1.
        string Row(int i) => FormattableString.Invariant($"{i % 7 * 0.5},0{i % 3},{(i % 3 == 0 ? "a" : "b")}");
        workspace.Write("rows.csv", "size,code,label\n" + string.Join('\n', Enumerable.Range(0, 90).Select(Row)) + "\n");
        var (code, _, error) = Workspace.Child(["run", "--method", "random-encoder", "--set", "problem.kind=representation", "--set", "problem.data=rows.csv", "--set", "problem.numbers=[size]", "--set", "problem.categories=[code]",
            "--set", "model.encoder=mlp", "--set", "model.hidden=[8]", "--set", "training.epochs=1", "--out", "r"]);
        Assert.True(code == 0, error);
        workspace.Write("new.csv", "code,size\n00,0.5\n01,0.5\n00,0.5\n");
        (code, var output, error) = Workspace.Child(["embed", "new.csv", "--encoder", "r", "--out", "f.csv"]);
        Assert.True(code == 0, error);
        Assert.Contains("3 rows, 8 features each → f.csv", output, StringComparison.Ordinal);
        string[] features = [.. File.ReadAllLines("f.csv").Skip(1).Select(l => l[(l.IndexOf(',', StringComparison.Ordinal) + 1)..])];
        Assert.Equal(features[0], features[2]);
        Assert.NotEqual(features[0], features[1]);
        workspace.Write("bad.csv", "size\n0.5\n");
        (code, _, error) = Workspace.Child(["embed", "bad.csv", "--encoder", "r", "--out", "f.csv"]);
        Assert.Equal(2, code);
        Assert.Contains("code", error, StringComparison.Ordinal);
        Assert.Contains("a table (CSV", string.Join(' ', Workspace.Child(["embed", "--help"]).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("embed x --encoder nowhere --out f.csv", "--encoder nowhere: holds no encoder; a run of kind representation leaves one")]
    [InlineData("run --problem unlabelled-digits --method ps-kd", "ps-kd is for problems of kind prediction, and unlabelled-digits is of kind representation; methods of kind representation: cacr, groco, masked-reconstruction, mugs, random-encoder, simclr, simclr-v2, supervised-encoder, t-jepa")]
    [InlineData("run --problem unlabelled-digits --method groco --set problem.size=tiny --set method.negatives=50", "method.negatives: 50 other images are not in a batch of 40")]
    public void A_wrong_request_says_what_is_allowed(string words, string message)
    {
        using var workspace = new Workspace();
        var (code, error) = Workspace.Run(words.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private static void WritePng(string path, byte grey)
    {
        using var bitmap = new SkiaSharp.SKBitmap(28, 28, SkiaSharp.SKColorType.Gray8, SkiaSharp.SKAlphaType.Opaque);
        bitmap.Erase(new SkiaSharp.SKColor(grey, grey, grey));
        using var file = File.Create(path);
        bitmap.Encode(file, SkiaSharp.SKEncodedImageFormat.Png, 100);
    }
}
