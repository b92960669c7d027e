using System.Globalization;
using System.Text.Json.Nodes;

namespace Preceptor.Tests.Cli;

/// <summary>What a model of words can do besides predicting: explain its answers, and decide on streams.</summary>
public sealed class TextModelTests : IDisposable
{
    private readonly Workspace workspace = new();

    public TextModelTests()
    {
        workspace.Write("data.csv", Workspace.Csv());
        workspace.Write("spec.yaml", Workspace.Specification().Replace("  numbers: [n]\n", "", StringComparison.Ordinal) + "method: ss3\n");
        Assert.Equal((0, ""), Workspace.Run("run", "spec.yaml", "--set", "training.epochs=1", "--out", "run"));
    }

    private static string[] Lines(string path) => File.ReadAllText(path).TrimEnd('\n').Split('\n');

    [Fact]
    public void Explained_predictions_name_the_words_that_decided_and_are_otherwise_the_same()
    {
        workspace.Write("new.csv", "text\nA red <b>fire</b>: red\nunheard of\n");
        Assert.Equal((0, ""), Workspace.Run("predict", "run", "new.csv", "--explain", "--out", "explained.csv"));
        Assert.Equal((0, ""), Workspace.Run("predict", "run", "new.csv", "--out", "plain.csv"));
        string[] explained = Lines("explained.csv"), plain = Lines("plain.csv");
        Assert.Equal(plain[0] + ",words", explained[0]);
        Assert.StartsWith("1,,warm,", explained[1], StringComparison.Ordinal);
        Assert.Matches("^\"red [01]\\.[0-9]+ ×2; fire [01]\\.[0-9]+\"$", explained[1][(plain[1].Length + 1)..]);
        Assert.Equal(plain[2] + ",", explained[2]);
        // The report of the run shows the same.
        var report = File.ReadAllText("run/report.html");
        Assert.Contains("<h2 id=\"right\">Right answers, word by word</h2>", report, StringComparison.Ordinal);
        Assert.Matches("<mark class=\"hue[01] shade4\" title=\"(red|fire|hot|blue|ice|cold): (warm|cool) ", report);
    }

    [Fact]
    public void Streams_are_decided_on_in_the_order_of_their_rows()
    {
        workspace.Write("posts.csv", "user,text,label\n01,ice,warm\nb,red,cool\n01,hot fire,\nb,cold ice,cool\n01,ice ice ice,warm\nc,nothing,cool\nd,fire,\n");
        Assert.Equal((0, ""), Workspace.Run("predict", "run", "posts.csv", "--stream", "user", "--positive", "warm", "--out", "decided.csv"));
        string[][] decided = [.. Lines("decided.csv").Select(l => l.Split(','))];
        Assert.Equal(["stream", "positive", "after", "rows", "confidence", "highest-other"], decided[0]);
        Assert.Equal([["01", "yes", "2", "3"], ["b", "yes", "1", "2"], ["c", "no", "", "1"], ["d", "yes", "1", "1"]], decided.Skip(1).Select(d => d[..4]));
        Assert.True(double.Parse(decided[1][4], CultureInfo.InvariantCulture) > double.Parse(decided[1][5], CultureInfo.InvariantCulture));
        Assert.Equal((0, ""), Workspace.Run("predict", "run", "posts.csv", "--stream", "user", "--positive", "warm", "--margin", "100", "--out", "never.csv"));
        Assert.All(Lines("never.csv").Skip(1), l => Assert.Equal("no", l.Split(',')[1]));

        // One right alarm after two rows, one false alarm, one rightly without; d has no label.
        var (code, output, error) = Workspace.Child(["evaluate", "run", "posts.csv", "--stream", "user", "--positive", "warm", "--json"]);
        Assert.Equal((0, ""), (code, error));
        var result = JsonNode.Parse(output)!;
        Assert.Equal((3, 1, 0.5, 1.0, 2.0), (result["streams"]!.GetValue<int>(), result["positive"]!.GetValue<int>(), result["precision"]!.GetValue<double>(), result["recall"]!.GetValue<double>(), result["median-rows"]!.GetValue<double>()));
        Assert.Equal((1 / (1 + Math.Exp(3)) + 1 / 3.0) / 3, result["erde-5"]!.GetValue<double>(), 1e-12);
        Assert.Contains("erde-50", Workspace.Child(["evaluate", "run", "posts.csv", "--stream", "user", "--positive", "warm"]).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("predict run data.csv --positive warm", "--positive goes with --stream COLUMN")]
    [InlineData("predict run data.csv --margin 1", "--margin goes with --stream COLUMN")]
    [InlineData("predict run data.csv --stream id", "--stream needs --positive CLASS, the class to recognise early")]
    [InlineData("predict run data.csv --stream id --positive warn", "--positive warn: the model has no such class (did you mean 'warm'?); it has cool, warm")]
    [InlineData("predict run data.csv --stream ids --positive warm", "--stream: data.csv has no column 'ids' (did you mean 'id'?); it has id, text, n, label")]
    [InlineData("predict run data.csv --stream id --positive warm --margin -1", "--margin -1: allowed: 0 and more")]
    [InlineData("predict run data.csv --stream id --positive warm --explain", "--explain explains rows, not the streams of --stream; give one of them")]
    [InlineData("evaluate run blank.csv --stream user --positive warm", "blank.csv: row 2 has nothing in column 'user', which names its stream")]
    [InlineData("evaluate run torn.csv --stream user --positive warm", "torn.csv: row 2 says 'cool' of the stream 'a', an earlier row 'warm'; a stream has one label")]
    [InlineData("evaluate run wrong.csv --stream user --positive warm", "wrong.csv: row 1 has the class 'wram', which the model does not know (did you mean 'warm'?); it knows cool, warm")]
    public void A_wrong_request_gets_one_clear_message(string arguments, string message)
    {
        workspace.Write("blank.csv", "user,text,label\na,ice,cool\n,ice,cool\n");
        workspace.Write("torn.csv", "user,text,label\na,ice,warm\na,ice,cool\n");
        workspace.Write("wrong.csv", "user,text,label\na,ice,wram\n");
        var (code, error) = Workspace.Run(arguments.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_models_say_that_they_cannot()
    {
        Assert.Equal((0, ""), Workspace.Run("run", "spec.yaml", "--method", "supervised", "--set", "training.epochs=1", "--out", "network"));
        Assert.Contains("--explain: a model of the format 'network' cannot say which words decided; one of ss3 can", Workspace.Run("predict", "network", "data.csv", "--explain").Error, StringComparison.Ordinal);
        Assert.Contains("--stream: a model of the format 'network' cannot read on text by text; one of ss3 can", Workspace.Run("predict", "network", "data.csv", "--stream", "id", "--positive", "warm").Error, StringComparison.Ordinal);
    }

    public void Dispose() => workspace.Dispose();
}
