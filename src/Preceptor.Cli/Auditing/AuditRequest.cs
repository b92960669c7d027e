using System.Text.Json;
using System.Text.Json.Serialization;
using Preceptor.Catalogue;
using Preceptor.Cli.Commands;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Prediction.Audit;
using Preceptor.Readers;
using Preceptor.Supervision;
using Preceptor.Supervision.Trust;

namespace Preceptor.Cli.Auditing;

/// <summary>What one invocation of audit has to do, as its folder keeps it.</summary>
internal sealed record AuditRequest
{
    /// <summary>The file by which an audit's folder is known.</summary>
    public const string FileName = "audit.json";

    private const string SoftLabels = "soft-labels";

    public string? File { get; init; }
    public string? Problem { get; init; }
    public string? Method { get; init; }
    public string[] Set { get; init; } = [];
    public string? Probabilities { get; init; }
    public int Folds { get; init; } = 5;
    public PruneBy Prune { get; init; } = PruneBy.Both;
    public RankBy Rank { get; init; } = RankBy.NormalisedMargin;
    public bool Correct { get; init; }
    public ulong Seed { get; init; }
    public int? Memory { get; init; }
    public int Threads { get; init; } = 1;
    public required string Command { get; init; }

    /// <summary>Its options.</summary>
    [JsonIgnore]
    public AuditOptions Options => new() { Folds = Folds, Prune = Prune, Rank = Rank };

    /// <summary>Writes it into the audit's folder.</summary>
    public void Write(string folder) => RunFolder.WriteWhole(Path.Combine(folder, FileName), JsonSerializer.Serialize(this) + "\n");

    /// <summary>Reads the request of an audit's folder.</summary>
    public static AuditRequest Read(string option, string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!System.IO.File.Exists(path)) throw new RequestException($"{option} {folder}: holds no audit{OutputFolder.Hint(folder)}");
        try
        {
            return JsonSerializer.Deserialize<AuditRequest>(System.IO.File.ReadAllText(path))!;
        }
        catch (JsonException e)
        {
            throw new RequestException($"{path}: damaged ({e.Message})", e);
        }
    }

    /// <summary>The specification that is audited.</summary>
    [JsonIgnore]
    public Specification Specification => RunCommand.Specify(File, Problem, null, Set);

    /// <summary>Reads the rows.</summary>
    /// <param name="folder">The audit's folder, where features of a large file go meanwhile.</param>
    /// <param name="stop">Stops the reading.</param>
    /// <exception cref="RequestException">The data do not fit the specification, or the request does not fit the data.</exception>
    public AuditData Open(string folder, CancellationToken stop)
    {
        if (Method is not null && Probabilities is not null) throw new RequestException("--method and --probabilities both say who judges; give one of them");
        if (Folds is < 2 or > 50) throw new RequestException($"--folds {Folds}: expected a whole number in [2, 50]");
        if (Memory is < 1) throw new RequestException($"--memory {Memory}: expected megabytes, at least 1");
        var specification = Specification;
        var settings = specification.ProblemSettings;
        if (specification.Problem is not PredictionData data) return Keep(specification, PredictionRunner.Prepare(specification with { Methods = [] }, Seed, DataFiles.Read));
        if (data.Labels is not (null or TargetKind.One)) throw (settings.Find("labels") ?? settings).Wrong("an audit checks one class a row; label sets and numbers have no classes to confuse");
        var available = Memory is { } megabytes ? (long)megabytes << 20 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (IsLarge(data, available) is { } large)
        {
            if (Method is not null || Probabilities is not null) throw new RequestException($"{large} may need more than the {available >> 20:#,0} MB there are and is read in parts, by logistic regression alone: leave out {(Method is not null ? "--method" : "--probabilities")}, or set --memory to what may be used");
            return new StreamedAuditData(large, data, settings, available, folder, stop) { Name = specification.ProblemName, Notes = [$"the file was read in parts, because it may need more than the {available >> 20:#,0} MB there are"] };
        }
        var given = Given(data, settings);
        var draft = data.Whole(given, DataFiles.Read, new OnnxRows().Run);
        var task = draft.Encode(specification.Model, specification.Training, new OnnxRows().Run);
        return Keep(specification, data.Noise is { } noise ? noise.Plant(task, Seed) : task, data, draft.Noise);
    }

    private KeptAuditData Keep(Specification specification, PredictionTask task, PredictionData? data = null, NoiseEstimate? reviewed = null)
    {
        if (task.Problem.Target.Kind != TargetKind.One) throw new RequestException($"{task.Problem.Name}: an audit checks one class a row; label sets and numbers have no classes to confuse");
        var choice = Choice(specification);
        if (choice?.Info.Unmet(task.Problem) is { } unmet) throw new RequestException($"--method {Method}: {unmet}");
        if (choice is null && Probabilities is null && task.Problem.Train.Shape.Pixels > 0) choice = new(MethodCatalogue.Find(new ScalarSetting("audit", "", ProblemKinds.Prediction.Baseline)), new Prediction.Plain.Supervised.Options());
        var path = data?.Data is { } name && System.IO.File.Exists(name) && IsDelimited(name) ? name : null;
        return new KeptAuditData(task, choice, Probabilities is null ? null : problem => OwnProbabilities(problem), path)
        {
            Name = specification.ProblemName,
            Notes = task.Notes,
            Truth = task.Exam.TrainTruth,
            Reviewed = reviewed,
            Label = data?.Label,
        };
    }

    private MethodChoice? Choice(Specification specification)
    {
        if (Method is null) return null;
        var info = MethodCatalogue.Find(new ScalarSetting($"--method {Method}", "method", Method));
        if (!info.IsFit) throw new RequestException($"--method {Method}: betters the supervision and trains no model; name a method that trains");
        return specification.Methods.FirstOrDefault(m => m.Info == info) ?? new(info, Foundation.Options.Bind(info.OptionsType, new MapSetting("defaults", "method", [])));
    }

    // Probabilities from a file are a teacher's answers, checked as those are.
    private MapSetting Given(PredictionData data, MapSetting settings)
    {
        if (Probabilities is null) return settings;
        if (Probabilities == SoftLabels) return data.SoftLabels is not null ? settings : throw new RequestException($"--probabilities {SoftLabels}: the problem has no soft-labels:, which name a column of probabilities for each class");
        if (data.Teachers is not null) throw new RequestException("--probabilities: is for a problem without teachers:; leave those out");
        var place = $"--probabilities {Probabilities}";
        KeyValuePair<string, Setting>[] keys = [new("probabilities", new ScalarSetting(place, "problem.teachers.audit.probabilities", Probabilities)), .. data.Id is null ? [] : new[] { KeyValuePair.Create("id", (Setting)new ScalarSetting(place, "problem.teachers.audit.id", data.Id)) }];
        var teachers = new MapSetting(place, "problem.teachers", [new("audit", new MapSetting(place, "problem.teachers.audit", keys))]);
        var with = settings.With("teachers", teachers);
        data.Teachers = Foundation.Options.Bind<PredictionData>(with).Teachers;
        return with;
    }

    private float[] OwnProbabilities(PredictionProblem problem)
    {
        if (Probabilities != SoftLabels) return Predictions.FromLogits(problem.Classes, problem.Find<TeacherLogits>()!.Train).Probabilities;
        var soft = problem.Find<Supervision.SoftLabels>()!;
        for (var row = 0; row < problem.Train.Count; row++)
            if (problem.Labels.Train[row] >= 0 && !soft.Train.AsSpan(row * soft.Classes, soft.Classes).ContainsAnyExcept(0f)) throw new RequestException($"--probabilities {SoftLabels}: row {row + 1} has a label and no soft label; every labelled row needs one");
        return soft.Train;
    }

    private static string? IsLarge(PredictionData data, long available)
    {
        var isPlain = data is { Label: not null, Noise: null, Truth: null, SoftLabels: null, Confidence: null, Trusted: null, Teachers: null, Annotators.Length: 0, Rows: null };
        return isPlain && data.Data is { } path && System.IO.File.Exists(path) && IsDelimited(path) && new FileInfo(path).Length * TimesInMemory > available ? path : null;
    }

    // The rows' texts, their tokens and counts of them.
    private const int TimesInMemory = 5;

    private static bool IsDelimited(string path) => Path.GetExtension(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path).ToLowerInvariant() is ".csv" or ".tsv" or ".tab" or ".txt" or ".data";
}
