using TorchSharp.Modules;

namespace Preceptor.Training;

/// <summary>
/// An optimiser over 32-bit parameters in the processor's memory. A step makes no torch operation, so it leaves nothing
/// to finalizers; products and sums are rounded one by one, so its numbers are the same on every processor.
/// </summary>
internal abstract class FusedOptimiser(IReadOnlyList<(string Name, Parameter Parameter)> parameters) : Optimiser(parameters)
{
    /// <inheritdoc/>
    public sealed override void Step(double rate)
    {
        for (var i = 0; i < Parameters.Count; i++)
        {
            using var gradient = Parameters[i].Parameter.grad; // a new handle at every call
            if (gradient is null) continue;
            using var copy = gradient.is_contiguous() ? null : gradient.contiguous();
            Update(i, TensorSpans.Floats(Parameters[i].Parameter), TensorSpans.Floats(copy ?? gradient), rate);
        }
    }

    /// <summary>Updates a parameter's weights and its state.</summary>
    private protected abstract void Update(int index, Span<float> weights, ReadOnlySpan<float> gradients, double rate);

    /// <summary>An array of zeros for each parameter.</summary>
    private protected float[][] Zeros() => [.. Parameters.Select(p => new float[p.Parameter.NumberOfElements])];
}
