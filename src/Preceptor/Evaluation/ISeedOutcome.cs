using Preceptor.Data;
using Preceptor.Models;

namespace Preceptor.Evaluation;

/// <summary>What the arms of one seed (floor, baseline, method, ceiling, where they exist) scored at the exam, whatever the kind of problem.</summary>
public interface ISeedOutcome
{
    /// <summary>The seed.</summary>
    ulong Seed { get; }

    /// <summary>The names of the arms.</summary>
    IEnumerable<string> ArmNames { get; }

    /// <summary>How many test items there are, T.</summary>
    int TestItems { get; }

    /// <summary>How many rows each test item stands for [T]; null where all count alike.</summary>
    double[]? Weights { get; }

    /// <summary>What the test items' answers are worth.</summary>
    ScoredOn ScoredOn { get; }

    /// <summary>How many training items there are.</summary>
    int TrainingItems { get; }

    /// <summary>How many of them have a label, or whatever the kind learns from.</summary>
    int LabelledItems { get; }

    /// <summary>The form of what was predicted; null where the kind is not prediction.</summary>
    TargetKind? Target { get; }

    /// <summary>The metrics of the scores, the one that a run is judged by first.</summary>
    IReadOnlyList<Metric> Metrics { get; }

    /// <summary>What a reader of the result should know about data and labels.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>An arm's scores.</summary>
    IScores Score(string arm);

    /// <summary>The course of an arm's training; null for what was not trained here.</summary>
    TrainingSummary? Training(string arm);

    /// <summary>Writes it into an existing, empty folder.</summary>
    void Save(string folder);
}
