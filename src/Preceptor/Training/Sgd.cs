using System.Numerics;
using Preceptor.Foundation;
using TorchSharp.Modules;
using static Preceptor.Training.TensorSpans;

namespace Preceptor.Training;

/// <summary>
/// Stochastic gradient descent as torch's, with dampening 0: d = g + decay·w; m ← momentum·m + d; the direction is m, or
/// d + momentum·m with Nesterov; w ← w − rate · direction.
/// </summary>
internal sealed class Sgd : FusedOptimiser
{
    private readonly OptimiserOptions options;
    private readonly float[][] momenta; // empty without momentum

    internal Sgd(OptimiserOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters) : base(parameters) =>
        (this.options, momenta) = (options, options.Momentum == 0 ? [] : Zeros());

    /// <inheritdoc/>
    public override void Save(State state)
    {
        for (var i = 0; i < momenta.Length; i++)
            state.Within(Parameters[i].Name).Add<float>("momentum", momenta[i], Parameters[i].Parameter.shape);
    }

    /// <inheritdoc/>
    public override void Restore(State state)
    {
        for (var i = 0; i < momenta.Length; i++) state.Within(Parameters[i].Name).Read<float>("momentum", momenta[i]);
    }

    private protected override void Update(int index, Span<float> weights, ReadOnlySpan<float> gradients, double rate)
    {
        var rule = new Rule((float)rate, (float)options.Momentum, (float)options.WeightDecay, options.Nesterov);
        if (momenta.Length == 0) Descend(weights, gradients, rule);
        else Descend(weights, gradients, momenta[index], rule);
    }

    private static void Descend(Span<float> weights, ReadOnlySpan<float> gradients, in Rule rule)
    {
        var w = Vectors(weights);
        var g = Vectors(gradients);
        for (var i = 0; i < w.Length; i++) rule.Apply(ref w[i], g[i]);
        for (var i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            var weight = new Vector<float>(weights[i]);
            rule.Apply(ref weight, new(gradients[i]));
            weights[i] = weight[0];
        }
    }

    private static void Descend(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> momentum, in Rule rule)
    {
        var w = Vectors(weights);
        var m = Vectors(momentum);
        var g = Vectors(gradients);
        for (var i = 0; i < w.Length; i++) rule.Apply(ref w[i], g[i], ref m[i]);
        for (var i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            var (weight, kept) = (new Vector<float>(weights[i]), new Vector<float>(momentum[i]));
            rule.Apply(ref weight, new(gradients[i]), ref kept);
            (weights[i], momentum[i]) = (weight[0], kept[0]);
        }
    }

    private readonly record struct Rule(float Rate, float Momentum, float Decay, bool Nesterov)
    {
        internal void Apply(ref Vector<float> weight, Vector<float> gradient) => weight -= Rate * Decayed(weight, gradient);

        internal void Apply(ref Vector<float> weight, Vector<float> gradient, ref Vector<float> momentum)
        {
            var decayed = Decayed(weight, gradient);
            momentum = Momentum * momentum + decayed;
            weight -= Rate * (Nesterov ? decayed + Momentum * momentum : momentum);
        }

        private Vector<float> Decayed(Vector<float> weight, Vector<float> gradient) => Decay == 0 ? gradient : gradient + Decay * weight;
    }
}
