using System.Text.Json.Nodes;

namespace Preceptor.Tests.Cli;

/// <summary>The commands on a kind whose exam gives named scores.</summary>
public sealed class FieldsCommandTests
{
    private static readonly string[] Quick = ["--set", "training.epochs=2", "--set", "training.batch=4"];

    [Fact]
    public void A_built_in_equation_runs_over_seeds_resumes_and_reports()
    {
        using var workspace = new Workspace();
        var (code, output, error) = Workspace.Child(["run", "--problem", "burgers", "--method", "pi-hc-moe", "--set", "problem.size=tiny", "--set", "method.basis=4", .. Quick, "--seeds", "2", "--out", "r", "--json"]);
        Assert.True(code == 0, error);
        var result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal(("burgers", "pi-hc-moe", "relative-error", "lower"), ((string)result["problem"]!, (string)result["method"]!, (string)result["metric"]!, (string)result["better"]!));
        Assert.Equal(["baseline", "method"], result["scores"]!.AsObject().Select(s => s.Key).Order());
        Assert.Equal(2, result["scores"]!["method"]!["values"]!.AsArray().Count);
        Assert.NotNull(result["extra"]!["metrics"]!["method"]!["border-jump"]);
        Assert.True(File.Exists("r/model/field.safetensors"));
        var report = File.ReadAllText("r/report.html");
        Assert.Contains("The first test state at time 0.5", report, StringComparison.Ordinal);
        Assert.Contains("mean square that the equation leaves over", report, StringComparison.Ordinal);
        var (again, repeated, _) = Workspace.Child(["run", "--resume", "r", "--json"]);
        Assert.Equal(0, again);
        Assert.Equal(result["scores"]!.ToJsonString(), JsonNode.Parse(repeated.Trim().Split('\n')[^1])!["scores"]!.ToJsonString());
    }

    [Fact]
    public void An_equation_with_initial_states_from_a_file_is_compared_and_advised_on()
    {
        using var workspace = new Workspace();
        workspace.Write("states.csv", "a,b,c,d,e\n" + string.Join('\n', Enumerable.Range(1, 12).Select(i => FormattableString.Invariant($"{0.01 * i},{0.01 * i},{0.01 * i},{0.01 * i},{0.01 * i}"))) + "\n");
        workspace.Write("spec.yaml", "problem: {kind: fields, equation: diffusion-sorption, initial: states.csv, points: 18, steps: 6}\nmethod: {name: pi-hc-moe, basis: 4}\ntraining: {epochs: 2, batch: 4}\n");
        var (code, output, error) = Workspace.Child(["compare", "spec.yaml", "--methods", "auto", "--seeds", "1", "--out", "c", "--json"]);
        Assert.True(code == 0, error);
        var methods = JsonNode.Parse(output.Trim().Split('\n')[^1])!["methods"]!.AsArray().Select(m => (string)m!["method"]!);
        Assert.Equal(["pi-hc-moe", "soft-constraint"], methods.Order());
        Assert.True(File.Exists("c/compare.html"));
        var (predicted, _, predictError) = Workspace.Child(["predict", "c/pi-hc-moe", "states.csv", "--out", "fields.csv"]);
        Assert.True(predicted == 0, predictError);
        var lines = File.ReadAllLines("fields.csv");
        Assert.Equal(1 + 12 * 18 * 7, lines.Length);
        Assert.Equal("state,place,time,u", lines[0]);
        Assert.StartsWith("12,1,1,", lines[^1], StringComparison.Ordinal);
        var (advised, advice, _) = Workspace.Child(["advise", "spec.yaml"]);
        Assert.Equal(0, advised);
        Assert.Contains("equation-residual", advice, StringComparison.Ordinal);
        Assert.Contains("pi-hc-moe", advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run --problem burgers --method ps-kd", "ps-kd is for problems of kind prediction, and burgers is of kind fields; methods of kind fields: pi-hc-moe, soft-constraint")]
    [InlineData("run --problem tickets --method pi-hc-moe --set problem.size=tiny", "pi-hc-moe is for problems of kind fields, and tickets is of kind prediction")]
    [InlineData("run --problem burgers --method pi-hc-moe --set problem.size=tiny --set training.epochs=1 --set method.experts=5", "method.experts: 5 experts do not share 16 inner points of space alike; allowed: 1, 2, 4, 8, 16")]
    [InlineData("run --problem burgers --method pi-hc-moe --set method.condition-weight=0", "method.condition-weight: 0 is not a number in [1E-06, 1000000000]")]
    [InlineData("run --problem burgers --method pi-hc-moe --set method.ridge=-1", "method.ridge: -1 is not a number in [0, 1000000]")]
    [InlineData("run --problem burgers --method pi-hc-moe --set method.places=slices", "method.places: 'slices' is not allowed; allowed: slabs | random")]
    [InlineData("run --problem burgers --set problem.viscosity=0", "problem.viscosity: 0 is not a number in [0.001, 10]")]
    [InlineData("run --set problem.data=x.csv --set problem.kind=feilds", "'feilds' is not allowed (did you mean 'fields'?)")]
    [InlineData("advise --problem burgers --try 10s", "--try is for problems of kind prediction, and burgers is of kind fields")]
    public void A_wrong_request_says_what_is_allowed(string words, string message)
    {
        using var workspace = new Workspace();
        workspace.Refuses(words, message);
    }
}
