using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Measurement;

/// <summary>
/// A prediction problem of classes on which a measure may train networks. The catalogue makes it, so that measures know neither problems
/// nor methods of that kind: a measure says which rows, which targets and how long, and <see cref="Train"/> does the rest.
/// </summary>
public sealed record TrainableProblem : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public required string Fingerprint { get; init; }

    /// <summary>The classes, C.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The training rows' inputs [N].</summary>
    public required Examples Rows { get; init; }

    /// <summary>The training rows' labels as they are given, right or wrong; −1 for none [N].</summary>
    public required int[] Labels { get; init; }

    /// <summary>The training rows' right classes [N]; null where nobody knows them.</summary>
    public int[]? Truth { get; init; }

    /// <summary>What teachers say of the training rows, logits [N × C] by the teacher's name.</summary>
    public IReadOnlyDictionary<string, float[]> Teachers { get; init; } = new Dictionary<string, float[]>();

    /// <summary>What teachers say of the test rows, logits [T × C], where they say something.</summary>
    public IReadOnlyDictionary<string, float[]> TestTeachers { get; init; } = new Dictionary<string, float[]>();

    /// <summary>The training rows as they were read [N].</summary>
    public required Table TrainTable { get; init; }

    /// <summary>The test rows as they were read [T].</summary>
    public required Table TestTable { get; init; }

    /// <summary>The test rows' inputs [T].</summary>
    public required Examples Test { get; init; }

    /// <summary>The test rows' classes [T].</summary>
    public required int[] TestLabels { get; init; }

    /// <summary>Trains a network, a stage of its own.</summary>
    public required Func<TrainingRequest, Run, Predictor> Train { get; init; }
}

/// <summary>One training that a measure asks for.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Rows">The training rows to learn from, as indices.</param>
/// <param name="Targets">Their targets, distributions over the classes [rows × C].</param>
public sealed record TrainingRequest(string Stage, int[] Rows, float[] Targets)
{
    /// <summary>Training rows on which the epoch to keep is chosen, by accuracy; none to keep the last epoch.</summary>
    public int[] Validation { get; init; } = [];

    /// <summary>The classes of <see cref="Validation"/>.</summary>
    public int[] ValidationLabels { get; init; } = [];

    /// <summary>Passes over the rows; null for the specification's.</summary>
    public int? Epochs { get; init; }

    /// <summary>Rows a step; null for the specification's.</summary>
    public int? Batch { get; init; }

    /// <summary>The learning rate as a share of the specification's.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>A network to go on with instead of a new one; it is trained in place.</summary>
    public Predictor? From { get; init; }

    /// <summary>Whether a smaller network is trained than the specification names.</summary>
    public bool IsWeak { get; init; }

    /// <summary>The highest weight of the network's own hardened answers beside the targets (the confidence loss of weak-to-strong generalisation); 0 for none.</summary>
    public double OwnWeight { get; init; }

    /// <summary>Steps over which that weight rises from 0.</summary>
    public int OwnSteps { get; init; } = 200;

    /// <summary>The weight at a step, from 0: OwnWeight · min(1, step/OwnSteps).</summary>
    public double OwnWeightAt(double step) => OwnWeight * Math.Min(1, step / OwnSteps);

    /// <summary>Whether the network is of use to this measure alone, which stores what it found: nothing of it is kept on disk.</summary>
    public bool IsPassing { get; init; }

    /// <summary>A name that gives the training random streams of its own; empty for those that all trainings of the run share.</summary>
    public string Stream { get; init; } = "";

    /// <summary>What went before and decides the result too, such as how <see cref="From"/> came about.</summary>
    public JsonNode? Before { get; init; }
}
