using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Training;

namespace Preceptor.Fields;

/// <summary>An equation as supervision: no solution is given, only what must hold of one.</summary>
/// <param name="Equation">The equation.</param>
/// <param name="Grid">Where it must hold.</param>
/// <param name="ConditionWeight">How much the mean square of the conditions, initial state and ends, counts beside that of the equation.</param>
public sealed record EquationResidual(FieldEquation Equation, FieldGrid Grid, double ConditionWeight) : ISupervision
{
    /// <inheritdoc/>
    public string Name => Equation.Name;

    /// <inheritdoc/>
    public string Fingerprint => Contents.Hash(System.Text.Encoding.UTF8.GetBytes($"{Equation.Describe().ToJsonString()}|{Grid}|{ConditionWeight:R}"));
}

/// <summary>A problem of solving an equation for many initial states with one network: what a method may see.</summary>
/// <param name="Residual">The equation and where it must hold.</param>
/// <param name="Train">The initial states to train on [N × X].</param>
/// <param name="Validation">Others [M × X].</param>
public sealed record FieldsProblem(EquationResidual Residual, double[] Train, double[] Validation) : ITrainingProblem
{
    /// <inheritdoc/>
    public string Name => Residual.Equation.Name;

    /// <inheritdoc/>
    public IReadOnlyList<ISupervision> Supervision => [Residual];

    /// <summary>The network.</summary>
    public FieldModelOptions Model { get; init; } = new();

    /// <summary>How to train it.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public JsonObject Describe(JsonNode? method = null)
    {
        var description = new JsonObject
        {
            ["residual"] = Residual.Fingerprint,
            ["train"] = Contents.Hash(MemoryMarshal.AsBytes<double>(Train)),
            ["validation"] = Contents.Hash(MemoryMarshal.AsBytes<double>(Validation)),
            ["model"] = Options.Resolve(Model),
            ["training"] = Options.Resolve(Training),
        };
        if (method is not null) description["method"] = method;
        return description;
    }
}
