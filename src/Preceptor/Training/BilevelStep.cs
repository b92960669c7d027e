using Preceptor.Foundation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Training;

/// <summary>
/// Looks at where a network would be after a step, and undoes it bit for bit: the means of bilevel optimisation, in which
/// something outer (weights of losses, a teacher, a mixture) is judged by how well the network does after learning with it.
/// </summary>
/// <remarks>
/// The moved numbers are written past autograd's version counter, so that a graph built before can still be walked back once
/// they are restored. Batch statistics and the random generator are restored too: all looks see the same dropout masks, and the
/// real step sees none of them. One-step unrolling and its finite difference follow Liu, Simonyan and Yang (DARTS, 2019), eq. 6–8.
/// </remarks>
public sealed class BilevelStep
{
    private const double LengthOfADifference = 0.01;

    private readonly Parameter[] parameters;
    private readonly Tensor[] buffers;
    private readonly float[][] weights;
    private readonly byte[][] statistics;

    /// <summary>Looks ahead of a module whose numbers are 32-bit and on the CPU.</summary>
    /// <exception cref="WorkException">They are not.</exception>
    public BilevelStep(nn.Module module)
    {
        parameters = [.. module.parameters().Where(p => p.requires_grad)];
        buffers = [.. module.buffers()];
        if (!parameters.All(TensorSpans.IsFloats) || !buffers.All(b => b.device_type == DeviceType.CPU && b.is_contiguous()))
            throw new WorkException("a bilevel step needs a network of 32-bit numbers on the CPU");
        weights = [.. parameters.Select(p => new float[p.NumberOfElements])];
        statistics = [.. buffers.Select(b => new byte[b.bytes.Length])];
    }

    /// <summary>The gradients of a loss by the module's parameters; zeros where it does not depend on one.</summary>
    /// <param name="loss">A scalar.</param>
    /// <param name="keepGraph">Whether the graph is walked back again later.</param>
    public Tensor[] Gradients(Tensor loss, bool keepGraph = false)
    {
        var gradients = autograd.grad([loss], parameters, retain_graph: keepGraph, allow_unused: true);
        return [.. gradients.Select((g, i) => g is null || g.IsInvalid ? zeros_like(parameters[i]) : g)];
    }

    /// <summary>Moves all parameters by a multiple of a direction, works there, and returns to the bit.</summary>
    public T At<T>(IReadOnlyList<Tensor> direction, double scale, Func<T> work)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            var numbers = TensorSpans.Floats(parameters[i]);
            numbers.CopyTo(weights[i]);
            using var dense = direction[i].contiguous();
            var toward = TensorSpans.Floats(dense);
            for (var j = 0; j < numbers.Length; j++) numbers[j] += (float)scale * toward[j];
        }
        for (var i = 0; i < buffers.Length; i++) buffers[i].bytes.CopyTo(statistics[i]);
        using var generator = random.get_rng_state();
        try
        {
            return work();
        }
        finally
        {
            for (var i = 0; i < parameters.Length; i++) weights[i].CopyTo(TensorSpans.Floats(parameters[i]));
            for (var i = 0; i < buffers.Length; i++) statistics[i].CopyTo(buffers[i].bytes);
            random.set_rng_state(generator);
        }
    }

    /// <summary>
    /// How the validation loss after one step of gradient descent depends on each training example's weight α_i between two
    /// losses a_i and b_i, of which the step minimises the mean of α_i a_i + (1 − α_i) b_i:
    /// dV(θ′)/dα_i = −(η/B) ⟨∇V(θ′), ∇(a_i − b_i)⟩, θ′ = θ − η ∇L. All B inner products at once are the derivative of the
    /// differences a_i − b_i along ∇V(θ′), here a central finite difference of two forward passes.
    /// </summary>
    /// <param name="loss">L at the present weights; its graph is kept.</param>
    /// <param name="rate">η.</param>
    /// <param name="validationLoss">V; called where the parameters are θ′.</param>
    /// <param name="differences">a_i − b_i [B]; called twice, without gradients.</param>
    /// <returns>dV/dα [B].</returns>
    public Tensor WeightGradients(Tensor loss, double rate, Func<Tensor> validationLoss, Func<Tensor> differences)
    {
        var ahead = At(Gradients(loss, keepGraph: true), -rate, () => Gradients(validationLoss()));
        var norm = Math.Sqrt(ahead.Sum(g => TensorSpans.SumOfSquares(TensorSpans.Floats(g))));
        using var noGradient = no_grad();
        var epsilon = LengthOfADifference / Math.Max(norm, 1e-12);
        var forward = At(ahead, epsilon, differences);
        var back = At(ahead, -epsilon, differences);
        using Scalar scale = -rate / (2 * epsilon * forward.shape[0]);
        return (forward - back) * scale;
    }
}
