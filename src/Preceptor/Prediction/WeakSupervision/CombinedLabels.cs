using System.Text;
using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;

namespace Preceptor.Prediction.WeakSupervision;

/// <summary>What a step makes of the labels, and what it made it from: kept in the run's folder.</summary>
public sealed class CombinedLabels : IArtifact<CombinedLabels>
{
    /// <summary>The new labels of the training rows [N]; −1 for none.</summary>
    public required int[] Labels { get; init; }

    /// <summary>Their distributions [N × C]; zeros where nothing is known of a row.</summary>
    public required float[] Probabilities { get; init; }

    /// <summary>The labels that they replaced [N].</summary>
    public required int[] Replaced { get; init; }

    /// <summary>The classes, C.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>What the step found out about each source: name, votes, and how often they are thought to be right.</summary>
    public required IReadOnlyList<SourceQuality> Sources { get; init; }

    /// <summary>How risky each examined answer was thought to be [N], in [0, 1]; null where answers were not examined.</summary>
    public float[]? Doubts { get; init; }

    /// <summary>How many training rows have another label than before.</summary>
    public int Changed => Labels.Where((label, row) => label != Replaced[row]).Count();

    /// <summary>The problem with these labels; the validation rows keep theirs.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="soft">Whether the distributions are learned rather than their likeliest classes.</param>
    /// <exception cref="RequestException">No training row has a label.</exception>
    public PredictionProblem Apply(PredictionProblem problem, bool soft)
    {
        if (Labels.All(label => label < 0)) throw new RequestException($"{problem.Name}: no training row got a label; lower method.least-confidence, or offer sources that vote");
        return problem.With(new Labels(Labels, problem.Labels.Validation) { Soft = soft ? Probabilities : null });
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        var state = new State();
        state.Add<int>("labels", Labels);
        state.Add<int>("replaced", Replaced);
        state.Add<float>("probabilities", Probabilities, Labels.Length, Classes.Count);
        if (Doubts is not null) state.Add<float>("doubts", Doubts);
        state.Write(Path.Combine(folder, "labels.safetensors"));
        ModelFiles.WriteJson(Path.Combine(folder, "sources.json"), new Description(Classes, Sources, Doubts is not null));
        // For people: a line a label that changed.
        string? Word(int label) => label < 0 ? null : Classes[label];
        var lines = new StringBuilder();
        for (var row = 0; row < Labels.Length; row++)
        {
            if (Labels[row] == Replaced[row]) continue;
            var line = new JsonObject { ["row"] = row + 1, ["was"] = Word(Replaced[row]), ["is"] = Word(Labels[row]), ["probability"] = Labels[row] < 0 ? null : Math.Round(Probabilities[row * Classes.Count + Labels[row]], 4) };
            lines.Append(line.ToJsonString()).Append('\n');
        }
        File.WriteAllText(Path.Combine(folder, "changed.jsonl"), lines.ToString());
    }

    /// <inheritdoc/>
    public static CombinedLabels Load(string folder)
    {
        var state = State.Load(Path.Combine(folder, "labels.safetensors"));
        var description = ModelFiles.ReadJson<Description>(Path.Combine(folder, "sources.json"));
        return new()
        {
            Labels = state.ReadArray<int>("labels"),
            Replaced = state.ReadArray<int>("replaced"),
            Probabilities = state.ReadArray<float>("probabilities"),
            Classes = description.Classes,
            Sources = description.Sources,
            Doubts = description.Examined ? state.ReadArray<float>("doubts") : null,
        };
    }

    private sealed record Description(IReadOnlyList<string> Classes, IReadOnlyList<SourceQuality> Sources, bool Examined);
}

/// <summary>What is thought of a source.</summary>
/// <param name="Name">The source.</param>
/// <param name="Votes">How many training rows it voted on.</param>
/// <param name="Accuracy">How often it is thought to be right where it votes, in [0, 1].</param>
public sealed record SourceQuality(string Name, int Votes, double Accuracy);
