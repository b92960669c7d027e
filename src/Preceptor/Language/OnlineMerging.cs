using Preceptor.Foundation;
using Preceptor.Training;
using TorchSharp.Modules;

namespace Preceptor.Language;

/// <summary>
/// AdamW whose steps are merged with what fine-tuning changed (Lu et al. 2024, OnDARE): w ← w + α·τ + (1 − α)·Δ, then w ← w − rate · decay · w, where Δ is Adam's step and τ the difference that fine-tuning
/// made to the base model, at most 1 each way. Both are thinned at random, what is kept being divided by the share kept. ε is added to √v before its correction, as the published code has it.
/// </summary>
public sealed class OnlineMerging : Optimiser
{
    private readonly OptimiserOptions options;
    private readonly double alpha, kept;
    private readonly ulong seed;
    private readonly float[][] first, second, towards;
    private readonly long[] steps;

    /// <summary>Creates it at the fine-tuned weights.</summary>
    /// <param name="options">Adam's constants and the weight decay.</param>
    /// <param name="parameters">The parameters, at the fine-tuned weights.</param>
    /// <param name="baseWeights">The base model's weights, by the parameters' names.</param>
    /// <param name="alpha">α, in [0, 1]; 0 is AdamW but for where ε stands.</param>
    /// <param name="kept">The share of entries that is kept of Δ and of τ, in (0, 1]; 1 keeps all.</param>
    /// <param name="seed">Decides which.</param>
    public OnlineMerging(OptimiserOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters, Func<string, float[]> baseWeights, double alpha, double kept, ulong seed) : base(parameters)
    {
        ArgumentNullException.ThrowIfNull(baseWeights);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kept);
        (this.options, this.alpha, this.kept, this.seed) = (options, alpha, kept, seed);
        (first, second, towards, steps) = (Zeros(), Zeros(), Zeros(), new long[parameters.Count]);
        for (var i = 0; i < parameters.Count; i++)
        {
            var weights = TensorSpans.Floats(parameters[i].Parameter);
            var (from, thinning) = (baseWeights(parameters[i].Name), Thinning(i, 0));
            for (var k = 0; k < weights.Length; k++) towards[i][k] = (float)(Math.Clamp(weights[k] - from[k], -1, 1) * Thinned(thinning));
        }
        float[][] Zeros() => [.. Parameters.Select(p => new float[p.Parameter.NumberOfElements])];
    }

    /// <inheritdoc/>
    public override void Step(double rate)
    {
        for (var i = 0; i < Parameters.Count; i++)
        {
            using var gradient = Parameters[i].Parameter.grad; // a new handle at every call
            if (gradient is null) continue;
            using var copy = gradient.is_contiguous() ? null : gradient.contiguous();
            Update(i, TensorSpans.Floats(Parameters[i].Parameter), TensorSpans.Floats(copy ?? gradient), rate);
        }
    }

    private void Update(int index, Span<float> weights, ReadOnlySpan<float> gradients, double rate)
    {
        var step = ++steps[index];
        var (mean, square, direction, thinning) = (first[index], second[index], towards[index], Thinning(index, step));
        var scale = rate * Math.Sqrt(1 - Math.Pow(options.Beta2, step)) / (1 - Math.Pow(options.Beta1, step));
        for (var k = 0; k < weights.Length; k++)
        {
            mean[k] = (float)(options.Beta1 * mean[k] + (1 - options.Beta1) * gradients[k]);
            square[k] = (float)(options.Beta2 * square[k] + (1 - options.Beta2) * gradients[k] * gradients[k]);
            var change = -scale * mean[k] / (Math.Sqrt(square[k]) + options.Epsilon) * Thinned(thinning);
            var merged = weights[k] + alpha * direction[k] + (1 - alpha) * change;
            weights[k] = (float)(merged - rate * options.WeightDecay * merged);
        }
    }

    private RandomStream? Thinning(int index, long step) => kept >= 1 ? null : RandomStream.Of(seed, "merging", index, step);

    // What an entry is multiplied by: 0, or one over the share that is kept.
    private double Thinned(RandomStream? thinning) => thinning is null ? 1 : thinning.NextDouble() < kept ? 1 / kept : 0;

    /// <inheritdoc/>
    public override void Save(State state)
    {
        ArgumentNullException.ThrowIfNull(state);
        for (var i = 0; i < Parameters.Count; i++)
        {
            var own = state.Within(Parameters[i].Name);
            own.Add("step", steps[i]);
            own.Add<float>("first-moment", first[i], Parameters[i].Parameter.shape);
            own.Add<float>("second-moment", second[i], Parameters[i].Parameter.shape);
        }
    }

    /// <inheritdoc/>
    public override void Restore(State state)
    {
        ArgumentNullException.ThrowIfNull(state);
        for (var i = 0; i < Parameters.Count; i++)
        {
            var own = state.Within(Parameters[i].Name);
            steps[i] = own.Read<long>("step");
            own.Read<float>("first-moment", first[i]);
            own.Read<float>("second-moment", second[i]);
        }
    }
}
