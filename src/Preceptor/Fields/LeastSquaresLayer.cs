using System.Runtime.InteropServices;
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

    /// <summary>ρ: the problem has rows ρ ω besides, which keep coefficients small where a nearly collinear basis leaves them open. 0: none.</summary>
    public double Ridge { get; init; }
}

/// <summary>
/// The hard constraint (Chalapathi, Du and Krishnapriyan 2024, section 3): the coefficients ω of a basis that make an equation's residual least, ω = argmin ½|r(b ω)|², found by the Levenberg–Marquardt method
/// in double precision; and the gradient through the solution by the implicit function theorem, with the full Hessian, second-order terms of the residual included, so that it is exact where the
/// residual does not vanish.
/// </summary>
[Version(2)]
public static class LeastSquaresLayer
{
    private const double LeastRidge = 1e-10;

    /// <summary>Solves for ω, without a graph.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="rows">What the bases are [E, …, N].</param>
    /// <param name="start">Where to begin [E, N].</param>
    /// <param name="options">How.</param>
    /// <returns>ω [E, N], and the steps that a problem took, the mean over them.</returns>
    public static (Tensor Omega, double Iterations) Solve(FieldEquation equation, EquationRows rows, Tensor start, LeastSquaresOptions options)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var solver = new LevenbergMarquardt(equation, rows.Detached(), options.Ridge);
        var omega = start.contiguous().clone();
        var numbers = MemoryMarshal.Cast<byte, double>(omega.bytes);
        var (problems, size, taken) = ((int)omega.shape[0], (int)omega.shape[1], 0);
        for (var problem = 0; problem < problems; problem++)
        {
            using var tensors = NewDisposeScope(); // an equation of one's own gives its coefficients as tensors
            taken += solver.Solve(problem, numbers.Slice(problem * size, size), options);
        }
        return (omega.MoveToOuterDisposeScope(), (double)taken / problems);
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
    /// <param name="rows">What the bases are [E, …, N]; needs no graph.</param>
    /// <param name="along">What they are along vectors [E, N, 2], rows of two columns, with their graph.</param>
    /// <param name="omega">The solution, a leaf that asks for gradients [E, N].</param>
    /// <param name="loss">L, computed with it [scalar].</param>
    /// <param name="ridge">ρ of <see cref="LeastSquaresOptions.Ridge"/>.</param>
    /// <param name="isGaussNewton">Leaves the second-order terms out of the Hessian.</param>
    /// <returns>L, to differentiate.</returns>
    public static Tensor Through(FieldEquation equation, EquationRows rows, Func<Tensor, EquationRows> along, Tensor omega, Tensor loss, double ridge, bool isGaussNewton = false)
    {
        var gradient = autograd.grad([loss], [omega], retain_graph: true)[0]; // dL/dω
        var solution = omega.detach();
        var term = ImplicitTerm(equation, along(stack([solution, Direction(equation, rows, solution, gradient, ridge, isGaussNewton)], 2)));
        return loss - (term - term.detach());
    }

    /// <summary>
    /// What to subtract from a loss in which ω stands as a constant, so that its gradient is that of the whole: S = vᵀ J(b, ω)ᵀ r(b, ω), v and ω held fixed. Where ω is
    /// stationary, dL/db through ω is −dS/db.
    /// </summary>
    /// <param name="equation">The equation.</param>
    /// <param name="along">What the bases are along ω and along the <see cref="Direction"/> v, two columns, with their graph [E, …, 2].</param>
    public static Tensor ImplicitTerm(FieldEquation equation, EquationRows along)
    {
        var columns = eye(2, dtype: along.Value.dtype).unsqueeze(1).expand(2, along.Value.shape[0], 2);
        return (along.Residual(equation, columns[0]) * along.Derivative(equation, columns[0], columns[1])).sum();
    }

    /// <summary>v with H v = dL/dω, H the Hessian of what ω makes least [E, N].</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="rows">What the bases are.</param>
    /// <param name="omega">The solution [E, N].</param>
    /// <param name="gradient">dL/dω [E, N].</param>
    /// <param name="ridge">ρ of <see cref="LeastSquaresOptions.Ridge"/>.</param>
    /// <param name="isGaussNewton">Leaves the second-order terms out of H: exact only for linear equations and vanishing residuals.</param>
    public static Tensor Direction(FieldEquation equation, EquationRows rows, Tensor omega, Tensor gradient, double ridge = 0, bool isGaussNewton = false)
    {
        using var noGradient = no_grad();
        var hessian = Hessian(equation, rows, omega, ridge, isGaussNewton);
        // Nearly collinear bases leave H nearly singular; a ridge far below its size changes nothing else.
        var least = hessian.diagonal(0, 1, 2).abs().mean([1]) * LeastRidge;
        return linalg.solve(hessian + least.reshape(-1, 1, 1) * eye(omega.shape[1], dtype: omega.dtype), gradient.unsqueeze(2)).squeeze(2);
    }

    /// <summary>The Hessian of ½|r|² + ½ρ²|ω|² in ω [E, N, N].</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="rows">What the bases are.</param>
    /// <param name="omega">Where [E, N].</param>
    /// <param name="ridge">ρ of <see cref="LeastSquaresOptions.Ridge"/>.</param>
    /// <param name="isGaussNewton">Leaves out the second-order terms.</param>
    public static Tensor Hessian(FieldEquation equation, EquationRows rows, Tensor omega, double ridge = 0, bool isGaussNewton = false)
    {
        using var noGradient = no_grad();
        var (problems, size) = (omega.shape[0], (int)omega.shape[1]);
        var hessian = zeros(problems, size, size, dtype: float64);
        using var scope = NewDisposeScope();
        var solver = new LevenbergMarquardt(equation, rows.Detached(), ridge);
        var numbers = omega.detach().contiguous();
        for (var problem = 0; problem < problems; problem++)
            solver.Hessian(problem, MemoryMarshal.Cast<byte, double>(numbers.bytes).Slice(problem * size, size), MemoryMarshal.Cast<byte, double>(hessian.bytes).Slice(problem * size * size, size * size), isGaussNewton);
        return hessian;
    }
}
