using MathNet.Numerics.LinearAlgebra;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>
/// Standard errors of difficulties that know that abilities are estimated too: the difficulties' block of the inverse Hessian of the
/// posterior of all θ and b, (D_b − Wᵀ D_θ⁻¹ W)⁻¹, with discriminations and guessing rates held.
/// </summary>
internal static class JointUncertainty
{
    /// <summary>The most items for which the block, items × items, is inverted.</summary>
    public const int MostItems = 4000;

    /// <summary>The standard errors [I].</summary>
    public static double[] Of(Responses responses, ItemResponseModel model, ItemPriors priors)
    {
        var (solvers, items) = (responses.Solvers.Length, responses.Items.Length);
        if (items > MostItems) throw new RequestException($"method.joint-uncertainty: inverts a matrix of items × items, and {items} items are more than {MostItems}; leave it out");
        var (ofSolver, schur) = (new double[solvers], new double[items, items]);
        var bySolver = SparseAnswers.Of(responses.Solver, responses.Item, responses.Correct, solvers);
        Array.Fill(ofSolver, 1);
        for (var i = 0; i < items; i++) schur[i, i] = 1 / (priors.Spread * priors.Spread);
        for (var n = 0; n < responses.Count; n++)
        {
            var curvature = ItemResponseFit.Curvature(model, responses.Solver[n], responses.Item[n]);
            ofSolver[responses.Solver[n]] += curvature;
            schur[responses.Item[n], responses.Item[n]] += curvature;
        }
        for (var s = 0; s < solvers; s++)
        {
            var (other, curvature) = (new int[bySolver.Count(s)], new double[bySolver.Count(s)]);
            var k = 0;
            foreach (var (item, _) in bySolver.Of(s)) (other[k], curvature[k++]) = (item, ItemResponseFit.Curvature(model, s, item));
            var share = 1 / ofSolver[s];
            Parallel.For(0, k, i =>
            {
                var weight = curvature[i] * share;
                for (var j = 0; j < k; j++) schur[other[i], other[j]] -= weight * curvature[j];
            });
        }
        return [.. Matrix<double>.Build.DenseOfArray(schur).Cholesky().Solve(Matrix<double>.Build.DenseIdentity(items)).Diagonal().Select(Math.Sqrt)];
    }
}
