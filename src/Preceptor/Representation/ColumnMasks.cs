using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>How many columns are context, and how many a target, between bounds.</summary>
/// <param name="ContextLow">Least columns of a context.</param>
/// <param name="ContextHigh">Most.</param>
/// <param name="TargetLow">Least columns of a target.</param>
/// <param name="TargetHigh">Most.</param>
internal readonly record struct ColumnBounds(int ContextLow, int ContextHigh, int TargetLow, int TargetHigh)
{
    /// <summary>The bounds of shares of D columns, rounded half to even.</summary>
    public static ColumnBounds Of(int columns, double contextLow, double contextHigh, double targetLow, double targetHigh)
    {
        int At(double share) => (int)Math.Round(columns * share, MidpointRounding.ToEven);
        return new(At(contextLow), At(contextHigh), At(targetLow), At(targetHigh));
    }

    /// <summary>Draws both sizes until they fit: contexts and a target together are at most all columns.</summary>
    /// <param name="columns">D.</param>
    /// <param name="contexts">How many contexts there are.</param>
    /// <param name="uniform">Gives numbers in [0, 1).</param>
    public (int Context, int Target) Draw(int columns, int contexts, Func<double> uniform)
    {
        while (true)
        {
            var context = ContextLow + (int)MathF.Round((ContextHigh - ContextLow) * (float)uniform(), MidpointRounding.ToEven);
            var target = TargetLow + (int)MathF.Round((TargetHigh - TargetLow) * (float)uniform(), MidpointRounding.ToEven);
            if (contexts * context + target <= columns) return (context, target);
        }
    }
}

/// <summary>Which columns of a row are context, and which sets of the others are targets.</summary>
internal static class ColumnMasks
{
    /// <summary>Draws the sets of one row. Targets never overlap the context, and may overlap each other.</summary>
    /// <param name="columns">D.</param>
    /// <param name="context">Columns of the context.</param>
    /// <param name="target">Columns of a target.</param>
    /// <param name="sets">How many targets.</param>
    /// <param name="shuffle">Puts columns into a random order, in place.</param>
    /// <param name="aliased">Whether all targets are the last one, as in the released code, whose sets share their memory.</param>
    public static (int[] Context, int[][] Targets) Draw(int columns, int context, int target, int sets, Action<int[]> shuffle, bool aliased = false)
    {
        var all = Enumerable.Range(0, columns).ToArray();
        shuffle(all);
        var chosen = all[..context];
        var rest = all[context..].Order().ToArray();
        var targets = new int[sets][];
        for (var s = 0; s < sets; s++)
        {
            shuffle(rest);
            targets[s] = rest[..target];
        }
        return (chosen, aliased ? [.. targets.Select(_ => targets[^1])] : targets);
    }

    /// <summary>Draws the sets of some rows, all of one size, which is drawn first.</summary>
    /// <returns>Context columns [B, C] and target columns [S, B, T].</returns>
    public static (Tensor Context, Tensor Targets) Of(int rows, int columns, ColumnBounds bounds, int sets, RandomStream random, bool aliased)
    {
        var (context, target) = bounds.Draw(columns, 1, random.NextDouble);
        var (contexts, targets) = (new long[rows * context], new long[sets * rows * target]);
        for (var i = 0; i < rows; i++)
        {
            var (chosen, drawn) = Draw(columns, context, target, sets, all => random.Shuffle<int>(all), aliased);
            for (var k = 0; k < context; k++) contexts[i * context + k] = chosen[k];
            for (var s = 0; s < sets; s++)
                for (var k = 0; k < target; k++) targets[(s * rows + i) * target + k] = drawn[s][k];
        }
        return (tensor(contexts, [rows, context]), tensor(targets, [sets, rows, target]));
    }
}
