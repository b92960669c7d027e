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
}

/// <summary>A problem of acting, learned from a log of episodes: what a method may see.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Demonstrations">The episodes to learn from.</param>
/// <param name="Validation">Others.</param>
public sealed record ControlProblem(string Name, Demonstrations Demonstrations, EpisodeLog Validation) : ITrainingProblem
{
    /// <inheritdoc/>
    public IReadOnlyList<ISupervision> Supervision { get; } =
    [
        Demonstrations,
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
        if (method is not null) description["method"] = method;
        return description;
    }
}
