using Preceptor.Foundation;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Fields;

/// <summary>Which expert has which places.</summary>
public enum ExpertPlaces
{
    /// <summary>Each has a slab of space.</summary>
    Slabs,

    /// <summary>Each has as many places, drawn at random: a control, in which nothing is local.</summary>
    Random,
}

/// <summary>
/// Asks an equation and its conditions of a basis on a grid. Space is discretised by central differences; time by the mean of two moments on a ring (Crank and Nicolson's scheme) and, between ends, by the later one (Euler's, backwards). All are linear in the basis.
/// Every expert's problem has the equation at the places that are its own, and all conditions.
/// </summary>
/// <param name="residual">The equation, the grid, the weight of the conditions.</param>
/// <param name="experts">How many, K; the inner points of space must divide by it.</param>
/// <param name="places">Which expert has which.</param>
/// <param name="conditionWeight">How much the mean square of the conditions counts beside that of the equation; null: as the problem says.</param>
[Version(2)]
public sealed class FieldConstraint(EquationResidual residual, int experts = 1, ExpertPlaces places = ExpertPlaces.Slabs, double? conditionWeight = null)
{
    private readonly FieldGrid grid = residual.Grid;
    private readonly int[] order = Order(residual.Grid, experts, places);

    /// <summary>How many experts, K.</summary>
    public int Experts => experts;

    /// <summary>The rows of every expert's least-squares problem, the K of an initial state one after the other.</summary>
    /// <param name="basis">b [B, X, T + 1, N].</param>
    /// <param name="initial">The initial states [B, X].</param>
    public EquationRows Rows(Tensor basis, Tensor initial)
    {
        var (batch, n) = (basis.shape[0], basis.shape[3]);
        return Rows(basis, initial,
            field => (experts == 1 ? field : field.index_select(1, tensor(order, dtype: int64))).reshape(batch * experts, -1, n),
            conditions => experts == 1 ? conditions : conditions.repeat_interleave(experts, 0));
    }

    /// <summary>The rows of the fields b v, some for each expert: what <see cref="Rows(Tensor, Tensor)"/> gives, times v. A gradient in b passes through P columns instead of N.</summary>
    /// <param name="basis">b [B, X, T + 1, N].</param>
    /// <param name="initial">The initial states [B, X].</param>
    /// <param name="vectors">v of every expert's problem [B K, N, P].</param>
    public EquationRows Rows(Tensor basis, Tensor initial, Tensor vectors)
    {
        var (batch, n, columns) = (basis.shape[0], basis.shape[3], vectors.shape[2]);
        var along = matmul(basis.flatten(1, 2), vectors.reshape(batch, experts, n, columns).transpose(1, 2).reshape(batch, n, -1)).reshape(batch, grid.Points, grid.Moments, -1);
        if (experts == 1) return Rows(along, initial);
        // Of an expert's places and conditions, the columns that are its own.
        return Rows(along, initial,
            field => field.index_select(1, tensor(order, dtype: int64)).reshape(batch, experts, -1, experts, columns).diagonal(0, 1, 3).permute(0, 3, 1, 2).reshape(batch * experts, -1, columns),
            conditions => conditions.dim() == 2 ? conditions.repeat_interleave(experts, 0) : conditions.reshape(batch, -1, experts, columns).transpose(1, 2).reshape(batch * experts, -1, columns));
    }

    private EquationRows Rows(Tensor basis, Tensor initial, Func<Tensor, Tensor> own, Func<Tensor, Tensor> each)
    {
        var (now, next) = (basis.narrow(2, 0, grid.Steps), basis.narrow(2, 1, grid.Steps));
        using Scalar half = 0.5, rate = 1 / grid.TimeStep, twice = 2, inverse = 1 / (2 * grid.Spacing), square = 1 / (grid.Spacing * grid.Spacing);
        // Between two ends the initial state meets them with a jump, after which the mean of two moments would swing: there the later moment stands alone (Euler, backwards).
        var middle = grid.IsPeriodic ? (now + next) * half : next;
        var (left, here, right) = grid.IsPeriodic
            ? (middle.roll([1], [1]), middle, middle.roll([-1], [1]))
            : (middle.narrow(1, 0, grid.Inner), middle.narrow(1, 1, grid.Inner), middle.narrow(1, 2, grid.Inner));
        var change = (next - now) * rate;
        if (!grid.IsPeriodic) change = change.narrow(1, 1, grid.Inner);
        var (condition, target) = Conditions(basis, initial);
        // The mean square, whatever the number of places.
        var rows = grid.Inner / experts * grid.Steps;
        return new(own(here), own(change), own((right - left) * inverse), own((right - here * twice + left) * square), each(condition), each(target))
        {
            Weight = full([basis.shape[0] * experts, rows], 1 / Math.Sqrt(rows), dtype: basis.dtype),
        };
    }

    /// <summary>The field that the experts' coefficients give, each in its own places [B, X, T + 1].</summary>
    /// <param name="basis">b [B, X, T + 1, N].</param>
    /// <param name="omega">The coefficients [B K, N].</param>
    public Tensor Glue(Tensor basis, Tensor omega)
    {
        if (experts == 1) return matmul(basis.flatten(1, 2), omega.unsqueeze(2)).reshape(basis.shape[0], grid.Points, grid.Moments);
        var owned = omega.reshape(basis.shape[0], experts, -1).index_select(1, tensor(Owners(), dtype: int64)); // [B, X, N]
        return matmul(basis, owned.unsqueeze(3)).squeeze(3);
    }

    /// <summary>The mean square of the equation's residual of a field, and of the conditions if they count too [scalar].</summary>
    /// <param name="field">u [B, X, T + 1].</param>
    /// <param name="initial">The initial states [B, X].</param>
    /// <param name="withConditions">Whether the conditions count, with their weight.</param>
    public Tensor Loss(Tensor field, Tensor initial, bool withConditions)
    {
        var rows = new FieldConstraint(residual).Rows(field.unsqueeze(3), initial);
        var all = rows.Residual(residual.Equation, ones(field.shape[0], 1, dtype: field.dtype));
        var counted = withConditions ? all : all.narrow(1, 0, rows.Value.shape[1]);
        return (counted * counted).sum(1, keepdim: false).mean();
    }

    /// <summary>Which expert each point of space belongs to [X]; ends that are no inner points go with their neighbours.</summary>
    internal int[] Owners()
    {
        var owners = new int[grid.Inner];
        for (var i = 0; i < order.Length; i++) owners[order[i]] = i / (grid.Inner / experts);
        return grid.IsPeriodic ? owners : [owners[0], .. owners, owners[^1]];
    }

    private (Tensor Condition, Tensor Target) Conditions(Tensor basis, Tensor initial)
    {
        var n = basis.shape[3];
        var start = basis.narrow(2, 0, 1).squeeze(2); // [B, X, N]
        if (!grid.IsPeriodic) (start, initial) = (start.narrow(1, 1, grid.Inner), initial.narrow(1, 1, grid.Inner)); // at the ends, their conditions hold
        var (conditions, targets) = (new List<Tensor> { start }, new List<Tensor> { initial });
        if (!grid.IsPeriodic)
            foreach (var isRight in new[] { false, true })
            {
                var (value, slope, target) = residual.Equation.End(isRight);
                var end = basis.narrow(1, isRight ? grid.Points - 1 : 0, 1).squeeze(1); // [B, T + 1, N]: from the first moment on, without which the scheme's first step has no end
                var inner = basis.narrow(1, isRight ? grid.Points - 2 : 1, 1).squeeze(1);
                using Scalar a = value - slope / grid.Spacing, b = slope / grid.Spacing;
                conditions.Add(end * a + inner * b);
                targets.Add(full([basis.shape[0], grid.Moments], target, dtype: basis.dtype));
            }
        var (condition, wanted) = (cat(conditions, 1), cat(targets, 1));
        using Scalar weight = Math.Sqrt((conditionWeight ?? residual.ConditionWeight) / condition.shape[1]);
        return (condition * weight, wanted * weight);
    }

    private static int[] Order(FieldGrid grid, int experts, ExpertPlaces places)
    {
        if (grid.Inner % experts != 0) throw new RequestException($"method.experts: {experts} experts do not share {grid.Inner} inner points of space alike; allowed: {string.Join(", ", Enumerable.Range(1, grid.Inner).Where(k => grid.Inner % k == 0))}");
        return places == ExpertPlaces.Slabs || experts == 1 ? [.. Enumerable.Range(0, grid.Inner)] : RandomStream.Of(0, "expert-places").Permutation(grid.Inner);
    }
}
