using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Fields;

/// <summary>How a <see cref="LeastSquaresLayer"/> solves.</summary>
/// <param name="Iterations">Steps at most.</param>
/// <param name="Tolerance">It ends where a step changes no coefficient by more than this share of the largest.</param>
public sealed record LeastSquaresOptions(int Iterations = 50, double Tolerance = 1e-4)
{
    /// <summary>Damping λ of the first step, as a share of the mean of JᵀJ's diagonal.</summary>
    public double Damping { get; init; } = 1e-3;

    /// <summary>It also ends where a step lowers the sum of squares by no more than this share: nearly collinear bases have directions in which coefficients move long after the field has come to rest. 0: not.</summary>
    public double CostTolerance { get; init; } = 1e-6;
}

/// <summary>
/// The hard constraint (Chalapathi, Du and Krishnapriyan 2024, section 3): the coefficients ω of a basis that make an equation's residual least, ω = argmin ½|r(b ω)|², found by the Levenberg–Marquardt method for a
/// batch of problems at once, in double precision; and the gradient through the solution by the implicit function theorem, with the full Hessian, second-order terms of the residual included, so that it is exact where the
/// residual does not vanish.
/// </summary>
[Version(1)]
public static class LeastSquaresLayer
{
    private const double Grow = 10, Shrink = 0.2, LeastDamping = 1e-12, MostDamping = 1e12, Ridge = 1e-10, Rounding = 1e-13;

    /// <summary>Solves for ω, without a graph.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="rows">What the bases are [E, …, N].</param>
    /// <param name="start">Where to begin [E, N].</param>
    /// <param name="options">How.</param>
    /// <returns>ω [E, N], and how many steps were taken until the last problem ended.</returns>
    public static (Tensor Omega, int Iterations) Solve(FieldEquation equation, EquationRows rows, Tensor start, LeastSquaresOptions options)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        rows = rows.Detached();
        var omega = start.clone();
        var residual = rows.Residual(equation, omega);
        var cost = Cost(residual);
        var jacobian = rows.Jacobian(equation, omega);
        var damping = ((jacobian * jacobian).sum(1, keepdim: false).mean([1]) * options.Damping).clamp(LeastDamping, MostDamping);
        var taken = 0;
        while (taken < options.Iterations)
        {
            using var step = NewDisposeScope();
            var change = Step(rows.Jacobian(equation, omega), residual, damping);
            var next = omega + change;
            var nextResidual = rows.Residual(equation, next);
            var nextCost = Cost(nextResidual);
            var better = nextCost.le(cost * (1 + Rounding)); // NaN is not
            taken++;
            var kept = better.to_type(omega.dtype).unsqueeze(1);
            var settled = change.abs().amax([1]).le(next.abs().amax([1]) * options.Tolerance + 1e-14);
            if (options.CostTolerance > 0) settled = settled.logical_or(better.logical_and((cost - nextCost).le(cost * options.CostTolerance)));
            omega = where(better.unsqueeze(1), next, omega).MoveToOuterDisposeScope();
            residual = where(better.unsqueeze(1), nextResidual, residual).MoveToOuterDisposeScope();
            cost = where(better, nextCost, cost).MoveToOuterDisposeScope();
            damping = where(better, damping * Shrink, damping * Grow).clamp(LeastDamping, MostDamping).MoveToOuterDisposeScope();
            // The cost says nothing of steps below the root of its rounding: those are taken as they come, and a problem has ended when its step is small.
            if (settled.all().item<bool>()) break;
        }
        return (omega.MoveToOuterDisposeScope(), taken);
    }

    /// <summary>One damped Gauss–Newton step d: (JᵀJ + λ I) d = −Jᵀ r.</summary>
    /// <param name="jacobian">J [E, M, N].</param>
    /// <param name="residual">r [E, M].</param>
    /// <param name="damping">λ [E].</param>
    public static Tensor Step(Tensor jacobian, Tensor residual, Tensor damping)
    {
        var transposed = jacobian.transpose(1, 2);
        var gradient = EquationRows.Times(transposed, residual);
        var matrix = matmul(transposed, jacobian) + damping.reshape(-1, 1, 1) * eye(jacobian.shape[2], dtype: jacobian.dtype);
        return -linalg.solve(matrix, gradient.unsqueeze(2)).squeeze(2);
    }

    /// <summary>A loss of the solution, whose gradient in the bases is the whole one: the direct part, and that through ω by the implicit function theorem.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="rows">What the bases are, with their graph.</param>
    /// <param name="omega">The solution, a leaf that asks for gradients [E, N].</param>
    /// <param name="loss">L, computed with it [scalar].</param>
    /// <param name="isGaussNewton">Leaves the second-order terms out of the Hessian.</param>
    /// <returns>L, to differentiate.</returns>
    public static Tensor Through(FieldEquation equation, EquationRows rows, Tensor omega, Tensor loss, bool isGaussNewton = false)
    {
        var gradient = autograd.grad([loss], [omega], retain_graph: true)[0]; // dL/dω
        var term = ImplicitTerm(equation, rows, omega.detach(), gradient, isGaussNewton);
        return loss - (term - term.detach());
    }

    /// <summary>
    /// What to subtract from a loss in which ω stands as a constant, so that its gradient is that of the whole: S = vᵀ J(b, ω)ᵀ r(b, ω) with H v = dL/dω and v, ω held fixed, H the Hessian of ½|r|² in ω. Where ω is
    /// stationary, dL/db through ω is −dS/db.
    /// </summary>
    /// <param name="equation">The equation.</param>
    /// <param name="rows">What the bases are, with their graph.</param>
    /// <param name="omega">The solution [E, N].</param>
    /// <param name="gradient">dL/dω [E, N].</param>
    /// <param name="isGaussNewton">Leaves the second-order terms out of H: exact only for linear equations and vanishing residuals.</param>
    public static Tensor ImplicitTerm(FieldEquation equation, EquationRows rows, Tensor omega, Tensor gradient, bool isGaussNewton = false)
    {
        Tensor direction;
        using (no_grad())
        {
            var plain = rows.Detached();
            var hessian = Hessian(equation, plain, omega, isGaussNewton);
            // Nearly collinear bases leave H nearly singular; a ridge far below its size changes nothing else.
            var ridge = hessian.diagonal(0, 1, 2).abs().mean([1]) * Ridge;
            direction = linalg.solve(hessian + ridge.reshape(-1, 1, 1) * eye(omega.shape[1], dtype: omega.dtype), gradient.unsqueeze(2)).squeeze(2);
        }
        return (rows.Residual(equation, omega) * rows.Derivative(equation, omega, direction)).sum();
    }

    /// <summary>The Hessian of ½|r|² in ω [E, N, N].</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="rows">What the bases are.</param>
    /// <param name="omega">Where [E, N].</param>
    /// <param name="isGaussNewton">Leaves out the second-order terms.</param>
    public static Tensor Hessian(FieldEquation equation, EquationRows rows, Tensor omega, bool isGaussNewton = false)
    {
        var jacobian = rows.Jacobian(equation, omega);
        var gaussNewton = matmul(jacobian.transpose(1, 2), jacobian);
        return isGaussNewton ? gaussNewton : gaussNewton + rows.SecondOrder(equation, omega, rows.Residual(equation, omega));
    }

    private static Tensor Cost(Tensor residual) => (residual * residual).sum(1, keepdim: false);
}
