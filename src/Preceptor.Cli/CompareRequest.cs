using System.Text.Json;
using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Foundation;

namespace Preceptor.Cli;

/// <summary>
/// What one invocation of compare has to do, as its folder keeps it: compare.json, a run's folder a method, and the stages that
/// all of those share.
/// </summary>
/// <param name="Folder">The comparison's folder.</param>
/// <param name="Runs">A run a method, the baseline's first.</param>
/// <param name="LeftOut">The methods that do not fit the problem.</param>
/// <param name="IsAutomatic">Whether nobody named the methods: one that turns out not to fit is left out then, and is no mistake.</param>
/// <param name="Budget">After how long no seed of a method is begun any more, in this process; null for no limit.</param>
/// <param name="Command">The command that repeats it.</param>
internal sealed record CompareRequest(string Folder, IReadOnlyList<RunRequest> Runs, IReadOnlyList<LeftOut> LeftOut, bool IsAutomatic, TimeSpan? Budget, string Command)
{
    /// <summary>The report in the comparison's folder.</summary>
    public const string ReportFile = "compare.html";

    private const string RequestFile = "compare.json", SharedStages = "stages";

    /// <summary>Whether this process began the comparison.</summary>
    public bool IsNew => Output is not null;

    private OutputFolder? Output { get; init; }

    /// <summary>How many seeds each method has.</summary>
    public int Seeds => Runs[0].Seeds;

    /// <summary>The baseline's run, whose stages the others reuse.</summary>
    public RunRequest Baseline => Runs[0];

    /// <summary>Creates the folder of a new comparison.</summary>
    /// <param name="choose">Chooses the methods; called before anything is written.</param>
    /// <param name="isAutomatic">Whether nobody named the methods.</param>
    /// <param name="seeds">Seeds of each method.</param>
    /// <param name="threads">Threads of a seed.</param>
    /// <param name="budget">The limit, or null.</param>
    /// <param name="output">The value of --out.</param>
    /// <param name="command">The command that repeats it.</param>
    /// <param name="runCommand">The command that repeats the run of one of the methods.</param>
    public static CompareRequest Create(Func<ComparedMethods> choose, bool isAutomatic, int seeds, int threads, TimeSpan? budget, string? output, string command, Func<Specification, string> runCommand)
    {
        var folder = OutputFolder.Choose(output, "compare", "comparison", RequestFile);
        var methods = choose();
        folder.Create();
        var runs = methods.Specifications.Select(s => new RunRequest(s, seeds, threads, Path.Combine(folder.Path, s.MethodName), runCommand(s), 0) { Stages = $"../{SharedStages}" });
        var request = new CompareRequest(folder.Path, [.. runs], methods.LeftOut, isAutomatic, budget, command) { Output = folder };
        foreach (var run in request.Runs) run.Write();
        RunFolder.WriteWhole(Path.Combine(folder.Path, RequestFile), request.ToJson().ToJsonString() + "\n");
        return request;
    }

    /// <summary>Reads the folder of a comparison to continue.</summary>
    /// <param name="folder">The comparison's folder.</param>
    /// <param name="others">Options given beside --resume, which may not change what the comparison does.</param>
    public static CompareRequest Resume(string folder, IEnumerable<string> others)
    {
        if (others.FirstOrDefault() is { } other) throw new RequestException($"--resume continues the comparison as it was begun; leave out {other}");
        var path = Path.Combine(folder, RequestFile);
        if (!File.Exists(path)) throw new RequestException($"--resume {folder}: holds no comparison{OutputFolder.Hint(folder)}");
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!;
            return new(folder, [.. json["methods"]!.AsArray().Select(m => RunRequest.Resume(Path.Combine(folder, m!.GetValue<string>()), []))],
                [.. json["leftOut"]!.AsArray().Select(l => new LeftOut(l!["method"]!.GetValue<string>(), l["reason"]!.GetValue<string>()))],
                json["automatic"]!.GetValue<bool>(), json["budget"] is { } budget ? TimeSpan.FromSeconds(budget.GetValue<double>()) : null, json["command"]!.GetValue<string>());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new RequestException($"{path}: damaged ({e.Message})", e);
        }
    }

    /// <summary>Removes what a comparison that turned out to be a wrong request has written.</summary>
    public void Withdraw() => Output!.Withdraw();

    private JsonObject ToJson() => new()
    {
        ["methods"] = new JsonArray([.. Runs.Select(r => JsonValue.Create(Path.GetFileName(r.Folder)))]),
        ["leftOut"] = new JsonArray([.. LeftOut.Select(l => new JsonObject { ["method"] = l.Method, ["reason"] = l.Reason })]),
        ["automatic"] = IsAutomatic,
        ["seeds"] = Seeds,
        ["threads"] = Baseline.Threads,
        ["budget"] = Budget?.TotalSeconds,
        ["command"] = Command,
    };
}
