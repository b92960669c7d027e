using System.Text.Json;
using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Foundation;
using Preceptor.Measurement;
using Preceptor.Readers;
using Preceptor.Reports;

namespace Preceptor.Cli;

/// <summary>What one invocation of measure has to do, as its folder keeps it: spec.yaml, measure.json, environment.json.</summary>
internal sealed record MeasureRequest(Specification Specification, int Threads, string Folder, string Command, double SecondsBefore)
{
    private const string RequestFile = "measure.json";

    /// <summary>Whether this process began the measurement.</summary>
    public bool IsNew => Output is not null;

    private OutputFolder? Output { get; init; }

    private string OnnxFolder => Path.GetFullPath(Path.Combine(Folder, "onnx"));

    private string Answers => Path.Combine(Folder, "answers");

    /// <summary>Creates the folder of a new measurement.</summary>
    public static MeasureRequest Create(Specification specification, int threads, string? output, string command)
    {
        var folder = OutputFolder.Choose(output, specification.MethodName, "measurement", RequestFile);
        folder.Create();
        var request = new MeasureRequest(specification, threads, folder.Path, command, 0) { Output = folder };
        request.Write(0);
        return request;
    }

    /// <summary>Reads the folder of a measurement to continue.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="others">Options given beside --resume, which may not change what is done.</param>
    public static MeasureRequest Resume(string folder, IEnumerable<string> others)
    {
        if (others.FirstOrDefault() is { } other) throw new RequestException($"--resume continues the measurement as it was begun; leave out {other}");
        var path = Path.Combine(folder, RequestFile);
        if (!File.Exists(path)) throw new RequestException($"--resume {folder}: holds no measurement{OutputFolder.Hint(folder)}");
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!;
            return new(Specification.From(SpecificationReader.Read(Path.Combine(folder, "spec.yaml")), []), json["threads"]!.GetValue<int>(), folder, json["command"]!.GetValue<string>(), json["seconds"]!.GetValue<double>());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new RequestException($"{path}: damaged ({e.Message})", e);
        }
    }

    /// <summary>Measures, or reads what was measured before.</summary>
    public MeasurementReport Measure(IProgress<TrainingProgress> progress, CancellationToken stop)
    {
        using var run = new Run(new RunSettings { Threads = Threads, Folder = Folder, Cancellation = stop, Progress = progress });
        if (Directory.Exists(Answers)) return MeasurementReport.Load(Answers);
        var problem = MeasurementRunner.Prepare(Specification, run.Seed, DataFiles.Read, new OnnxRows(OnnxFolder).Run);
        var report = MeasurementRunner.Run(Specification, problem, run);
        RunFolder.ReplaceWhole(Answers, report.Save);
        return report;
    }

    /// <summary>Writes tables and report.</summary>
    public MeasurementResult Finish(MeasurementReport report, double seconds)
    {
        var result = new MeasurementResult(Specification.ProblemName, Specification.MethodName, report, SecondsBefore + seconds, Folder, Command);
        Write(result.Seconds);
        foreach (var table in report.Tables) DelimitedWriter.Write(table, result.TableFile(table.Name));
        RunFolder.WriteWhole(Path.Combine(Folder, "report.html"), MeasurementHtml.Render(result, Specification.Fit.Info, Specification.ToYaml()));
        return result;
    }

    /// <summary>Removes what a measurement that turned out to be a wrong request has written.</summary>
    public void Withdraw() => Output!.Withdraw();

    private void Write(double seconds)
    {
        RunFolder.WriteWhole(Path.Combine(Folder, "spec.yaml"), Specification.ToYaml());
        RunFolder.WriteWhole(Path.Combine(Folder, "environment.json"), RunRequest.Environment().ToJsonString());
        RunFolder.WriteWhole(Path.Combine(Folder, RequestFile), new JsonObject { ["threads"] = Threads, ["command"] = Command, ["seconds"] = seconds }.ToJsonString());
    }
}
