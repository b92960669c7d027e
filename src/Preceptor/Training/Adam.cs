using System.Numerics;
using Preceptor.Foundation;
using TorchSharp.Modules;
using static Preceptor.Training.TensorSpans;

namespace Preceptor.Training;

/// <summary>
/// Adam and AdamW as torch's: m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²;
/// w ← w − rate / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε), where t counts the parameter's own steps. Adam first adds decay·w to g;
/// AdamW first multiplies w by 1 − rate · decay.
/// </summary>
internal sealed class Adam : FusedOptimiser
{
    private readonly OptimiserOptions options;
    private readonly float[][] first, second;
    private readonly long[] steps;

    internal Adam(OptimiserOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters) : base(parameters) =>
        (this.options, first, second, steps) = (options, Zeros(), Zeros(), new long[parameters.Count]);

    /// <inheritdoc/>
    public override void Save(State state)
    {
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
        for (var i = 0; i < Parameters.Count; i++)
        {
            var own = state.Within(Parameters[i].Name);
            steps[i] = own.Read<long>("step");
            own.Read<float>("first-moment", first[i]);
            own.Read<float>("second-moment", second[i]);
        }
    }

    private protected override void Update(int index, Span<float> weights, ReadOnlySpan<float> gradients, double rate)
    {
        var step = ++steps[index];
        var decoupled = options.Kind == OptimiserKind.AdamW;
        var rule = new Rule
        {
            Beta1 = (float)options.Beta1,
            Beta2 = (float)options.Beta2,
            Fresh1 = (float)(1 - options.Beta1),
            Fresh2 = (float)(1 - options.Beta2),
            Epsilon = (float)options.Epsilon,
            Rate = (float)(rate / (1 - Math.Pow(options.Beta1, step))),
            RootScale = (float)(1 / Math.Sqrt(1 - Math.Pow(options.Beta2, step))),
            Decay = decoupled ? 0 : (float)options.WeightDecay,
            Shrink = decoupled ? (float)(1 - rate * options.WeightDecay) : 1,
        };
        Descend(weights, gradients, first[index], second[index], rule);
    }

    private static void Descend(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, in Rule rule)
    {
        var w = Vectors(weights);
        var g = Vectors(gradients);
        var m = Vectors(first);
        var v = Vectors(second);
        for (var i = 0; i < w.Length; i++) rule.Apply(ref w[i], g[i], ref m[i], ref v[i]);
        for (var i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            var (weight, mean, square) = (new Vector<float>(weights[i]), new Vector<float>(first[i]), new Vector<float>(second[i]));
            rule.Apply(ref weight, new(gradients[i]), ref mean, ref square);
            (weights[i], first[i], second[i]) = (weight[0], mean[0], square[0]);
        }
    }

    private readonly struct Rule
    {
        internal float Beta1 { get; init; }
        internal float Beta2 { get; init; }
        internal float Fresh1 { get; init; }
        internal float Fresh2 { get; init; }
        internal float Epsilon { get; init; }
        internal float Rate { get; init; }
        internal float RootScale { get; init; }
        internal float Decay { get; init; }
        internal float Shrink { get; init; }

        internal void Apply(ref Vector<float> weight, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
        {
            if (Decay != 0) gradient += Decay * weight;
            first = Beta1 * first + Fresh1 * gradient;
            second = Beta2 * second + Fresh2 * (gradient * gradient);
            weight = Shrink * weight - Rate * first / (RootScale * Vector.SquareRoot(second) + new Vector<float>(Epsilon));
        }
    }
}
