using System.Numerics;
using Preceptor.Foundation;
using TorchSharp;
using static Preceptor.Training.TensorSpans;

namespace Preceptor.Training;

/// <summary>
/// An exponential moving average of a module's parameters and buffers: average ← decay · average + (1 − decay) · value.
/// It starts as a copy. Buffers of integers, such as counts, are copied at each update.
/// </summary>
/// <remarks>Make it after the module lies on its device.</remarks>
public sealed class MovingAverage : IKept, IDisposable
{
    private readonly torch.nn.Module module;
    private readonly double decay;
    private readonly Scalar keep, take; // made once: each is a native object
    private readonly Dictionary<string, torch.Tensor> averages;

    /// <summary>Copies the module's values.</summary>
    /// <param name="module">The module to follow; it stays the caller's.</param>
    /// <param name="decay">The share of the average that an update keeps, in [0, 1]; 0 copies.</param>
    public MovingAverage(torch.nn.Module module, double decay)
    {
        if (decay is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(decay), decay, "expected from 0 to 1");
        using var scope = torch.NewDisposeScope();
        (this.module, this.decay, keep, take) = (module, decay, decay, 1 - decay);
        averages = Tensors(module).ToDictionary(t => t.Name, t => t.Tensor.detach().clone().DetachFromDisposeScope(), StringComparer.Ordinal);
    }

    /// <summary>Moves the average towards the module's present values.</summary>
    public void Update() => Update(decay, keep, take);

    /// <summary>Moves the average, keeping another share of it than usual, for those whose share grows with the steps.</summary>
    /// <param name="share">The share that is kept, in [0, 1].</param>
    public void Update(double share)
    {
        using Scalar kept = share, taken = 1 - share;
        Update(share, kept, taken);
    }

    private void Update(double share, Scalar kept, Scalar taken)
    {
        using var noGradient = torch.no_grad();
        foreach (var (name, value) in Tensors(module))
        {
            var average = averages[name];
            if (IsFloats(average) && IsFloats(value)) Average(Floats(average), Floats(value), (float)share, (float)(1 - share));
            else if (torch.is_floating_point(average.dtype)) average.mul_(kept).add_(value, taken);
            else average.copy_(value);
        }
    }

    /// <summary>Copies the averages into a module with the same parameters and buffers, as the one followed has.</summary>
    /// <exception cref="WorkException">A name is missing on either side, or a shape or type differs.</exception>
    public void CopyTo(torch.nn.Module into)
    {
        using var noGradient = torch.no_grad();
        var tensors = Tensors(into).ToList();
        var missing = averages.Keys.Except(tensors.Select(t => t.Name)).ToArray();
        if (missing.Length > 0) throw new WorkException($"moving average: the module has no {string.Join(", ", missing.Select(n => $"'{n}'"))}");
        foreach (var (name, tensor) in tensors)
        {
            if (!averages.TryGetValue(name, out var average)) throw new WorkException($"moving average: nothing is kept for '{name}'");
            if (tensor.dtype != average.dtype || !tensor.shape.SequenceEqual(average.shape))
                throw new WorkException($"moving average: '{name}' is {tensor.dtype} [{string.Join(", ", tensor.shape)}], expected {average.dtype} [{string.Join(", ", average.shape)}]");
            tensor.copy_(average);
        }
    }

    /// <inheritdoc/>
    public void Save(State state)
    {
        foreach (var (name, average) in averages) state.Add(name, average);
    }

    /// <inheritdoc/>
    public void Restore(State state)
    {
        foreach (var (name, average) in averages) state.Read(name, average);
    }

    /// <summary>Frees the averages.</summary>
    public void Dispose()
    {
        keep.Dispose();
        take.Dispose();
        foreach (var average in averages.Values) average.Dispose();
    }

    private static IEnumerable<(string Name, torch.Tensor Tensor)> Tensors(torch.nn.Module module) =>
        module.named_parameters().Select(p => (p.name, (torch.Tensor)p.parameter)).Concat(module.named_buffers());

    private static void Average(Span<float> averages, ReadOnlySpan<float> values, float keep, float take)
    {
        var a = Vectors(averages);
        var v = Vectors(values);
        for (var i = 0; i < a.Length; i++) a[i] = keep * a[i] + take * v[i];
        for (var i = a.Length * Vector<float>.Count; i < averages.Length; i++) averages[i] = keep * averages[i] + take * values[i];
    }
}
