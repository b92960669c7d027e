using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Readers;
using Preceptor.Reports;

namespace Preceptor.Cli;

/// <summary>What one invocation of run has to do, as its folder keeps it: spec.yaml, request.json, environment.json.</summary>
internal sealed record RunRequest(Specification Specification, int Seeds, int Threads, string Folder, string Command, double SecondsBefore)
{
    private const string RequestFile = "request.json";

    /// <summary>Whether this process began the run.</summary>
    public bool IsNew => Output is not null;

    /// <summary>Where stages are stored, from the run's folder, such as <c>../stages</c>; null where each seed keeps its own.</summary>
    public string? Stages { get; init; }

    private OutputFolder? Output { get; init; }

    /// <summary>Where stages are stored; null where each seed keeps its own.</summary>
    public string? StageFolder => Stages is null ? null : Path.Combine(Folder, Stages);

    /// <summary>Where the answers of ONNX models are kept: in the run's folder, or beside the stages that several runs share.</summary>
    public string OnnxFolder => Path.GetFullPath(Path.Combine(Folder, Stages is null ? "onnx" : Path.Combine(Stages, "..", "onnx")));

    /// <summary>Where checkpoint, stages and answers of a seed are: the run's folder itself where there is only one.</summary>
    public string SeedFolder(int seed) => Seeds == 1 ? Folder : Path.Combine(Folder, "seeds", $"{seed}");

    /// <summary>Where a seed's answers are once it is done.</summary>
    public string AnswersFolder(int seed) => SeedWork.Answers(SeedFolder(seed));

    /// <summary>Creates the folder of a new run.</summary>
    public static RunRequest Create(Specification specification, int seeds, int threads, string? output, string command)
    {
        var folder = OutputFolder.Choose(output, specification.MethodName, "run", RequestFile);
        // Nothing is written before data and method are known to fit: a wrong request leaves nothing behind.
        var onnx = new OnnxRows();
        ProblemKinds.Of(specification).Prepare(specification, 0, DataFiles.Read, onnx.Run);
        folder.Create();
        var request = new RunRequest(specification, seeds, threads, folder.Path, command, 0) { Output = folder };
        onnx.KeepIn(request.OnnxFolder);
        request.Write();
        return request;
    }

    /// <summary>Reads the folder of a run to continue.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="others">Options given beside --resume, which may not change what the run does.</param>
    public static RunRequest Resume(string folder, IEnumerable<string> others)
    {
        if (others.FirstOrDefault() is { } other) throw new RequestException($"--resume continues the run as it was begun; leave out {other}");
        var path = Path.Combine(folder, RequestFile);
        if (!File.Exists(path)) throw new RequestException($"--resume {folder}: holds no run{OutputFolder.Hint(folder)}");
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!;
            return new(Specification.From(SpecificationReader.Read(Path.Combine(folder, "spec.yaml")), []), json["seeds"]!.GetValue<int>(), json["threads"]!.GetValue<int>(), folder, json["command"]!.GetValue<string>(), json["seconds"]!.GetValue<double>())
            {
                Stages = json["stages"]?.GetValue<string>(),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new RequestException($"{path}: damaged ({e.Message})", e);
        }
    }

    /// <summary>Writes what a later process needs to know about the run into its folder.</summary>
    public void Write()
    {
        Directory.CreateDirectory(Folder);
        RunFolder.WriteWhole(Path.Combine(Folder, "spec.yaml"), Specification.ToYaml());
        RunFolder.WriteWhole(Path.Combine(Folder, "environment.json"), Environment().ToJsonString());
        WriteRequest(0);
    }

    /// <summary>Removes what a run that turned out to be a wrong request has written.</summary>
    public void Withdraw() => Output!.Withdraw();

    /// <summary>Sums the run up, in result.json and report.html.</summary>
    /// <param name="outcomes">The outcomes of its finished seeds.</param>
    /// <param name="seconds">The time that this process spent on it, added to that of earlier ones.</param>
    public RunResult Finish(IReadOnlyList<ISeedOutcome> outcomes, double seconds)
    {
        WriteRequest(SecondsBefore + seconds);
        var result = RunResult.Of(Specification, outcomes, outcomes[0].Metrics[0], SecondsBefore + seconds, Folder, Command);
        RunFolder.WriteWhole(Path.Combine(Folder, "result.json"), result.ToJson().ToJsonString() + "\n");
        RunFolder.WriteWhole(Path.Combine(Folder, "report.html"), HtmlReport.Render(result, outcomes, Specification.ToYaml()));
        return result;
    }

    private void WriteRequest(double seconds)
    {
        var json = new JsonObject { ["seeds"] = Seeds, ["threads"] = Threads, ["command"] = Command, ["seconds"] = seconds };
        if (Stages is not null) json["stages"] = Stages;
        RunFolder.WriteWhole(Path.Combine(Folder, RequestFile), json.ToJsonString());
    }

    internal static JsonObject Environment() => new()
    {
        ["preceptor"] = typeof(Run).Assembly.GetName().Version!.ToString(3),
        ["torchsharp"] = typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3),
        ["dotnet"] = RuntimeInformation.FrameworkDescription,
        ["system"] = RuntimeInformation.OSDescription,
        ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
        ["processors"] = System.Environment.ProcessorCount,
    };
}
