using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Training;

namespace Preceptor.Control;

/// <summary>The network of a policy.</summary>
public sealed record PolicyModelOptions
{
    /// <summary>Units a layer.</summary>
    [Description("Units of each hidden layer")]
    [Range(1, 8192)]
    public int Width { get; set; } = 256;

    /// <summary>Hidden layers.</summary>
    [Description("Hidden layers, each followed by ReLU")]
    [Range(1, 20)]
    public int Layers { get; set; } = 2;

    /// <summary>What of an episode it acts by.</summary>
    [Description("perceptron: acts by the present state; transformer: by the last states and actions, with behaviour-cloning and temporal-stitching")]
    public PolicyReader Reader { get; set; }

    /// <summary>The transformer.</summary>
    [Description("With reader: transformer: sizes of the transformer (layers, width, heads, dropout, …), and context, how many moments it reads; width and layers of model itself are the perceptron's")]
    public SequenceModelOptions Sequence { get; set; } = new();

    /// <summary>What reads scenes in words.</summary>
    [Description("What reads scenes, where a problem has those: sizes of a transformer (layers, width, heads, …), reader, names and acting")]
    public SceneModelOptions Scene { get; set; } = new();

    /// <summary>Throws where a transformer over moments is asked for.</summary>
    /// <param name="why">What is read instead.</param>
    /// <exception cref="RequestException">It is.</exception>
    internal void RequirePerceptron(string why)
    {
        if (Reader == PolicyReader.Transformer) throw new RequestException($"model.reader: transformer: {why}; expected perceptron");
    }
}

/// <summary>Environments to gather episodes in, with nobody to show how.</summary>
/// <param name="Fingerprint">What they are.</param>
/// <param name="Create">Creates some, each of which begins with a task of its own.</param>
public sealed record PracticeEnvironments(string Fingerprint, Func<int, IHindsightEnvironment> Create) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";
}

/// <summary>A problem of acting, learned from a log of episodes: what a method may see.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Demonstrations">The episodes to learn from.</param>
/// <param name="Validation">Others.</param>
public sealed record ControlProblem(string Name, Demonstrations Demonstrations, EpisodeLog Validation) : ITrainingProblem
{
    /// <inheritdoc/>
    public IReadOnlyList<ISupervision> Supervision =>
    [
        Demonstrations,
        // Words and slots are no amounts, which methods that learn from goals reached or from rewards take the numbers of an observation for.
        .. Scene is not null ? [Scene, .. Texts is null ? [] : new[] { Texts }, .. Practice is null ? [] : new[] { Practice }] : amounts,
    ];

    /// <summary>How observations read as words; null where they are plain numbers.</summary>
    public SceneForm? Scene { get; init; }

    /// <summary>Texts about what the scenes show; null where none are offered.</summary>
    public RelatedTexts? Texts { get; init; }

    /// <summary>Where episodes can be gathered; null where nothing can be tried.</summary>
    public PracticeEnvironments? Practice { get; init; }

    private readonly ISupervision[] amounts =
    [
        .. Demonstrations.Goal.Count > 0 ? [new ReachedGoals(Demonstrations.Goal)] : Array.Empty<ISupervision>(),
        .. Demonstrations.Log.Rewards.Any(r => r != Demonstrations.Log.Rewards[0]) ? [new LoggedRewards(Demonstrations.Log)] : Array.Empty<ISupervision>(),
        .. Demonstrations.Log.Costs.Any(c => c > 0) ? [new LoggedCosts(Demonstrations.Log)] : Array.Empty<ISupervision>(),
    ];

    /// <summary>The network.</summary>
    public PolicyModelOptions Model { get; init; } = new();

    /// <summary>How to train it.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public JsonObject Describe(JsonNode? method = null)
    {
        var description = new JsonObject
        {
            ["demonstrations"] = Demonstrations.Fingerprint,
            ["validation"] = Validation.Fingerprint,
            ["model"] = Options.Resolve(Model),
            ["training"] = Options.Resolve(Training),
        };
        foreach (var offered in new ISupervision?[] { Scene, Texts, Practice })
            if (offered is not null) description[offered.GetType().Name] = offered.Fingerprint;
        if (method is not null) description["method"] = method;
        return description;
    }
}
