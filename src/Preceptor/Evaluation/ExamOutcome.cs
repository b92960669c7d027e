using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Evaluation;

/// <summary>One arm at the exam, for one seed.</summary>
/// <param name="Scores">Its scores.</param>
/// <param name="Training">The course of its training; null for what was not trained here.</param>
public sealed record ExamArm(MeasuredScores Scores, TrainingSummary? Training);

/// <summary>All arms of one seed, of a kind of problem whose exam gives named scores.</summary>
/// <param name="Arms">floor, baseline, method, ceiling, where they exist.</param>
public sealed record ExamOutcome(IReadOnlyDictionary<string, ExamArm> Arms) : ISeedOutcome, IArtifact<ExamOutcome>
{
    /// <inheritdoc/>
    public required ulong Seed { get; init; }

    /// <inheritdoc/>
    public required ScoredOn ScoredOn { get; init; }

    /// <inheritdoc/>
    public required int TestItems { get; init; }

    /// <inheritdoc/>
    public required int TrainingItems { get; init; }

    /// <inheritdoc/>
    public required int LabelledItems { get; init; }

    /// <inheritdoc/>
    public required IReadOnlyList<Metric> Metrics { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What the report shows of the method's model; empty for all seeds but 0.</summary>
    public ReportParts Shown { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<string> ArmNames => Arms.Keys;

    /// <inheritdoc/>
    public double[]? Weights => null;

    /// <inheritdoc/>
    public TargetKind? Target => null;

    /// <inheritdoc/>
    public IScores Score(string arm) => Arms[arm].Scores;

    /// <inheritdoc/>
    public TrainingSummary? Training(string arm) => Arms[arm].Training;

    /// <inheritdoc/>
    public void Save(string folder)
    {
        var state = new State();
        state.Add("seed", new Description(Seed, ScoredOn, TestItems, TrainingItems, LabelledItems, [.. Metrics.Select(m => new MetricForm(m.Name, m.Description, m.Better, m.Lowest, m.Highest))], Notes,
            Arms.ToDictionary(a => a.Key, a => new ArmForm(a.Value.Scores.Values, a.Value.Scores.PerItem, a.Value.Training))));
        Shown.Save(state.Within("shown"));
        state.Write(Path.Combine(folder, "exam.safetensors"));
    }

    /// <inheritdoc/>
    public static ExamOutcome Load(string folder)
    {
        var state = State.Load(Path.Combine(folder, "exam.safetensors"));
        var d = state.Read<Description>("seed");
        return new(d.Arms.ToDictionary(a => a.Key, a => new ExamArm(new(a.Value.Values) { PerItem = a.Value.PerItem }, a.Value.Training)))
        {
            Seed = d.Seed,
            ScoredOn = d.ScoredOn,
            TestItems = d.TestItems,
            TrainingItems = d.TrainingItems,
            LabelledItems = d.LabelledItems,
            Metrics = [.. d.Metrics.Select(m => MeasuredScores.Metric(m.Name, m.Description, m.Better, m.Lowest, m.Highest))],
            Notes = d.Notes,
            Shown = ReportParts.Load(state.Within("shown")),
        };
    }

    private sealed record MetricForm(string Name, string Description, Better Better, double Lowest, double Highest);

    private sealed record ArmForm(IReadOnlyDictionary<string, double> Values, IReadOnlyDictionary<string, double[]> PerItem, TrainingSummary? Training);

    private sealed record Description(ulong Seed, ScoredOn ScoredOn, int TestItems, int TrainingItems, int LabelledItems, MetricForm[] Metrics, IReadOnlyList<string> Notes, Dictionary<string, ArmForm> Arms);
}
