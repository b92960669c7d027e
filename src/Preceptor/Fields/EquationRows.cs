using static TorchSharp.torch;

namespace Preceptor.Fields;

/// <summary>
/// What a basis b is at the places where the equation is to hold, and in the conditions: everything a residual needs is linear in b, so that the residual of u = b ω and its derivatives follow for any ω.
/// All tensors have a batch of least-squares problems in front, E, and N basis functions at the end.
/// </summary>
/// <param name="Value">u at each of M places [E, M, N].</param>
/// <param name="Time">u_t there [E, M, N].</param>
/// <param name="Slope">u_x there [E, M, N].</param>
/// <param name="Curvature">u_xx there [E, M, N].</param>
/// <param name="Condition">The left sides of the conditions, of initial state and ends, weighted [E, C, N].</param>
/// <param name="Target">Their right sides, weighted [E, C].</param>
public sealed record EquationRows(Tensor Value, Tensor Time, Tensor Slope, Tensor Curvature, Tensor Condition, Tensor Target)
{
    /// <summary>A known source s on the left side, u_t + f(u) u_x − κ(u) u_xx + s [E, M]; null for none.</summary>
    public Tensor? Source { get; init; }

    /// <summary>The weight of each place [E, M], whose square counts in the sum of squares; null where all weigh alike.</summary>
    public Tensor? Weight { get; init; }

    /// <summary>The same numbers without their graph.</summary>
    public EquationRows Detached() => new(Value.detach(), Time.detach(), Slope.detach(), Curvature.detach(), Condition.detach(), Target.detach()) { Source = Source?.detach(), Weight = Weight?.detach() };

    /// <summary>The residual r(ω): of the equation, then of the conditions [E, M + C].</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="omega">The coefficients [E, N].</param>
    public Tensor Residual(FieldEquation equation, Tensor omega)
    {
        var at = new FieldState(this, omega);
        var inside = at.Time - equation.Diffusion(at.Value).Value * at.Curvature;
        if (equation.Advection(at.Value).Value is { } speed) inside = inside + speed * at.Slope;
        if (Source is not null) inside = inside + Source;
        return cat([Weighted(inside), Times(Condition, omega) - Target], 1);
    }

    /// <summary>The directional derivative of the residual, J(ω) v [E, M + C].</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="omega">Where [E, N].</param>
    /// <param name="direction">v [E, N].</param>
    public Tensor Derivative(FieldEquation equation, Tensor omega, Tensor direction)
    {
        var (at, along) = (new FieldState(this, omega), new FieldState(this, direction));
        var (diffusion, diffusion1, _) = equation.Diffusion(at.Value);
        var (speed, speed1, _) = equation.Advection(at.Value);
        var inside = along.Time - diffusion * along.Curvature;
        if (diffusion1 is not null) inside = inside - diffusion1 * along.Value * at.Curvature;
        if (speed is not null) inside = inside + speed * along.Slope;
        if (speed1 is not null) inside = inside + speed1 * along.Value * at.Slope;
        return cat([Weighted(inside), Times(Condition, direction)], 1);
    }

    internal static Tensor Times(Tensor matrix, Tensor vector) => matmul(matrix, vector.unsqueeze(2)).squeeze(2);

    private Tensor Weighted(Tensor inside) => Weight is null ? inside : inside * Weight;

    /// <summary>u = b ω and its derivatives at the places [E, M].</summary>
    private sealed class FieldState(EquationRows rows, Tensor omega)
    {
        public Tensor Value { get; } = Times(rows.Value, omega);

        public Tensor Time { get; } = Times(rows.Time, omega);

        public Tensor Slope { get; } = Times(rows.Slope, omega);

        public Tensor Curvature { get; } = Times(rows.Curvature, omega);
    }
}
