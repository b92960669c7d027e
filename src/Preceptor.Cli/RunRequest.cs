using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Cli.Commands;
using Preceptor.Foundation;

namespace Preceptor.Cli;

/// <summary>What one invocation of run has to do, as its folder keeps it: spec.yaml, request.json, environment.json.</summary>
internal sealed record RunRequest(Specification Specification, int Seeds, int Threads, string Folder, string Command, double SecondsBefore)
{
    /// <summary>Whether this process began the run.</summary>
    public bool IsNew { get; private init; }

    /// <summary>Whether the folder, empty, was there before the run.</summary>
    private bool FolderWasThere { get; init; }

    private const string RequestFile = "request.json";

    /// <summary>Where checkpoint, stages and answers of a seed are: the run's folder itself where there is only one.</summary>
    public string SeedFolder(int seed) => Seeds == 1 ? Folder : Path.Combine(Folder, "seeds", $"{seed}");

    /// <summary>Where a seed's answers are once it is done.</summary>
    public string AnswersFolder(int seed) => SeedWork.Answers(SeedFolder(seed));

    /// <summary>Creates the folder of a new run.</summary>
    public static RunRequest Create(Specification specification, int seeds, int threads, string? output, string command)
    {
        var folder = output ?? FreeFolder(Path.Combine("runs", $"{DateTime.Now.ToString("yyyy-MM-ddTHH-mm-ss", CultureInfo.InvariantCulture)}-{specification.MethodName}"));
        if (File.Exists(folder)) throw new RequestException($"--out {folder}: is a file");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            if (!File.Exists(Path.Combine(folder, RequestFile))) throw new RequestException($"--out {folder}: the folder is not empty and holds no run");
            using (new RunFolder(folder)) { } // in use: says so
            throw new RequestException($"--out {folder}: holds a run already; continue it with --resume {RunCommand.Quote(folder)}, or choose another folder");
        }
        // Nothing is written before data and method are known to fit: a wrong request leaves nothing behind.
        PredictionRunner.Prepare(specification, 0, DataFiles.Read);
        var request = new RunRequest(specification, seeds, threads, folder, command, 0) { IsNew = true, FolderWasThere = Directory.Exists(folder) };
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"--out {folder}: cannot be created: {e.Message}", e);
        }
        RunFolder.WriteWhole(Path.Combine(folder, "spec.yaml"), specification.ToYaml());
        RunFolder.WriteWhole(Path.Combine(folder, "environment.json"), Environment().ToJsonString());
        request.WriteRequest(0);
        return request;
    }

    /// <summary>Reads the folder of a run to continue.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="others">Options given beside --resume, which may not change what the run does.</param>
    public static RunRequest Resume(string folder, IEnumerable<string> others)
    {
        if (others.FirstOrDefault() is { } other) throw new RequestException($"--resume continues the run as it was begun; leave out {other}");
        var path = Path.Combine(folder, RequestFile);
        if (!File.Exists(path)) throw new RequestException($"--resume {folder}: holds no run{(Directory.Exists("runs") ? Spelling.Hint(Path.GetFileName(folder), Directory.EnumerateDirectories("runs").Select(d => Path.GetFileName(d))) : "")}");
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!;
            return new(Specification.From(SpecificationReader.Read(Path.Combine(folder, "spec.yaml")), []), json["seeds"]!.GetValue<int>(), json["threads"]!.GetValue<int>(), folder, json["command"]!.GetValue<string>(), json["seconds"]!.GetValue<double>());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new RequestException($"{path}: damaged ({e.Message})", e);
        }
    }

    /// <summary>Removes what a run that turned out to be a wrong request has written: its folder, and the folder around it if that is empty then.</summary>
    public void Withdraw()
    {
        foreach (var folder in Directory.EnumerateDirectories(Folder)) Directory.Delete(folder, recursive: true);
        foreach (var file in Directory.EnumerateFiles(Folder)) File.Delete(file);
        if (FolderWasThere) return;
        Directory.Delete(Folder);
        var parent = Path.GetDirectoryName(Path.GetFullPath(Folder));
        if (Path.GetFileName(parent) == "runs" && !Directory.EnumerateFileSystemEntries(parent!).Any()) Directory.Delete(parent!);
    }

    /// <summary>Adds the time of this process to that of earlier ones.</summary>
    public double AddSeconds(double seconds)
    {
        WriteRequest(SecondsBefore + seconds);
        return SecondsBefore + seconds;
    }

    private void WriteRequest(double seconds) => RunFolder.WriteWhole(Path.Combine(Folder, RequestFile),
        new JsonObject { ["seeds"] = Seeds, ["threads"] = Threads, ["command"] = Command, ["seconds"] = seconds }.ToJsonString());

    private static string FreeFolder(string folder)
    {
        for (var i = 1; ; i++)
        {
            var candidate = i == 1 ? folder : $"{folder}-{i}";
            if (!Directory.Exists(candidate)) return candidate;
        }
    }

    private static JsonObject Environment() => new()
    {
        ["preceptor"] = typeof(Run).Assembly.GetName().Version!.ToString(3),
        ["torchsharp"] = typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3),
        ["dotnet"] = RuntimeInformation.FrameworkDescription,
        ["system"] = RuntimeInformation.OSDescription,
        ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
        ["processors"] = System.Environment.ProcessorCount,
    };
}
