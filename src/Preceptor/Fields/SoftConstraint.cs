using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Fields;

/// <summary>
/// A physics-informed network (Raissi, Perdikaris and Karniadakis 2019): it gives the field itself, and its loss is the mean square of the equation's residual and, with a weight, of the conditions. The equation holds
/// as far as training got, and no farther.
/// </summary>
[Method("soft-constraint", "Physics-informed network", Summary = "The network gives the field itself and is fined for what the equation and its conditions leave over: the baseline of fields.", Citation = "Raissi, Perdikaris & Karniadakis 2019", IsPlain = true)]
[Distributed]
[Version(1)]
public sealed class SoftConstraint(SoftConstraint.Options options) : IFit<FieldsProblem, Field>, INeeds<EquationResidual>
{
    /// <summary>No options: the weight of the conditions is the problem's.</summary>
    public sealed record Options;

    /// <inheritdoc/>
    public Field Fit(FieldsProblem problem, Run run)
    {
        _ = options;
        var constraint = new FieldConstraint(problem.Residual);
        return run.Train(problem, 1, new(0, ExpertPlaces.Slabs, new()), (network, batch) =>
        {
            var initial = batch.Initial();
            var field = network.forward(initial.to_type(float32)).to_type(float64).squeeze(3);
            return constraint.Loss(field, initial, withConditions: true).to_type(float32);
        });
    }
}
