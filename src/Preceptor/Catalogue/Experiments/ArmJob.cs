using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Catalogue.Experiments;

/// <summary>One training of an experiment.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="Setting">The setting of its grid.</param>
/// <param name="Seed">The seed.</param>
/// <param name="IsTuning">Whether it answers the validation rows, to choose a setting, instead of sitting the exam.</param>
public sealed record ArmJob(Arm Arm, string Setting, ulong Seed, bool IsTuning)
{
    /// <summary>A hash of all that decides its answers besides code and data.</summary>
    public string Key => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Arm.Specify(Setting, Seed).ToYaml()}|{Seed}|{Arm.RunSeed(Seed)}|{IsTuning}")))[..16];

    /// <summary>What to call it.</summary>
    public string Name => $"{Arm.Name} · {(IsTuning ? $"tuning {Setting}" : $"seed {Seed}")}";

    /// <summary>Trains and answers.</summary>
    /// <param name="read">Reads files.</param>
    /// <param name="run">A run of the arm's <see cref="Arm.RunSeed"/>.</param>
    public ArmAnswers Answer(ReadTable read, Run run)
    {
        var specification = Arm.Specify(Setting, Seed);
        if (specification.Fit.Info.IsMeasure) return Measure(specification, read, run);
        return ProblemKinds.Of(specification).Answer(specification, Seed, IsTuning, read, run);
    }

    // A measure says the same whether its arm is tuned or judged: its seed is another.
    private ArmAnswers Measure(Specification specification, ReadTable read, Run run)
    {
        var watch = Stopwatch.StartNew();
        var problem = MeasurementRunner.Prepare(specification, Seed, read);
        var report = MeasurementRunner.Run(specification, problem, run);
        return new([], [], 0, watch.Elapsed.TotalSeconds, run.Versions, Contents.Hash(Encoding.UTF8.GetBytes(problem.Fingerprint)))
        {
            Notes = report.Notes,
            Measured = report.Values.Where(v => double.IsFinite(v.Value.Mean)).ToDictionary(v => v.Name, v => v.Value.Mean),
        };
    }

    // Validation rows may lack a label where training rows do.
    internal static (float[] Probabilities, int[] Labels) Labelled(float[] probabilities, int[] labels, int classes)
    {
        int[] rows = [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] >= 0)];
        return rows.Length == labels.Length ? (probabilities, labels)
            : ([.. rows.SelectMany(row => probabilities.Skip(row * classes).Take(classes))], [.. rows.Select(row => labels[row])]);
    }
}

/// <summary>The answers of one <see cref="ArmJob"/>.</summary>
/// <param name="Probabilities">Class probabilities [T × C]; empty where something was measured.</param>
/// <param name="Labels">The classes they are scored against [T].</param>
/// <param name="Classes">C.</param>
/// <param name="TrainSeconds">Time its training took.</param>
/// <param name="Versions">The versions of the types that made them.</param>
/// <param name="Data">A hash of training and test rows.</param>
public sealed record ArmAnswers(float[] Probabilities, int[] Labels, int Classes, double TrainSeconds, IReadOnlyDictionary<string, int> Versions, string Data) : IArtifact<ArmAnswers>
{
    /// <summary>What a reader of the result should know about data and labels.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The named numbers of a measure, or of a model of a kind whose exam gives such; null for class probabilities.</summary>
    public IReadOnlyDictionary<string, double>? Measured { get; init; }

    /// <summary>The values of the test items whose means are among <see cref="Measured"/>.</summary>
    public IReadOnlyDictionary<string, double[]> MeasuredItems { get; init; } = new Dictionary<string, double[]>();

    /// <summary>What metrics read.</summary>
    internal IScores Scores => Measured is null ? ClassificationScores.Of(Probabilities, Labels) : new MeasuredScores(Measured) { PerItem = MeasuredItems };

    /// <summary>Whether every type that made them still has the same version.</summary>
    public bool IsCurrent => Versions.All(v => VersionAttribute.Current(v.Key, v.Value) is not null);

    /// <inheritdoc/>
    public void Save(string folder)
    {
        ModelFiles.WriteJson(Path.Combine(folder, "arm.json"), new Description(Classes, TrainSeconds, Versions, Data, Notes, Measured));
        var answers = new State();
        answers.Add<int>("labels", Labels);
        answers.Add<float>("probabilities", Probabilities, Labels.Length, Classes);
        foreach (var (name, values) in MeasuredItems) answers.Add<double>($"items/{name}", values);
        answers.Write(Path.Combine(folder, "answers.safetensors"));
    }

    /// <inheritdoc/>
    public static ArmAnswers Load(string folder)
    {
        var (classes, seconds, versions, data, notes, measured) = ModelFiles.ReadJson<Description>(Path.Combine(folder, "arm.json"));
        var answers = State.Load(Path.Combine(folder, "answers.safetensors"));
        return new(answers.ReadArray<float>("probabilities"), answers.ReadArray<int>("labels"), classes, seconds, versions, data)
        {
            Notes = notes ?? [],
            Measured = measured,
            MeasuredItems = measured is null ? new Dictionary<string, double[]>() : measured.Keys.Where(name => answers.Holds($"items/{name}")).ToDictionary(name => name, name => answers.ReadArray<double>($"items/{name}")),
        };
    }

    private sealed record Description(int Classes, double TrainSeconds, IReadOnlyDictionary<string, int> Versions, string Data, IReadOnlyList<string>? Notes, IReadOnlyDictionary<string, double>? Measured = null);
}
