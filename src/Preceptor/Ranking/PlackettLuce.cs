using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Ranking;

/// <summary>The Plackett–Luce distribution over orders of candidates: one after another is drawn in proportion to exp(score) among those that are left.</summary>
internal static class PlackettLuce
{
    /// <summary>Draws orders: candidates sorted by score plus Gumbel noise.</summary>
    /// <param name="scores">Scores of the candidates [n].</param>
    /// <param name="random">The stream.</param>
    public static int[] Draw(ReadOnlySpan<double> scores, RandomStream random)
    {
        var (keys, order) = (new double[scores.Length], new int[scores.Length]);
        for (var i = 0; i < scores.Length; i++) (keys[i], order[i]) = (Math.Log(-Math.Log(1 - random.NextDouble())) - scores[i], i);
        Array.Sort(keys, order);
        return order;
    }

    /// <summary>The logarithm of the probability of orders [B, N]; of their first places alone where a prefix is given.</summary>
    /// <param name="scores">Scores [B, n].</param>
    /// <param name="orders">Orders [B, N, n] of candidates; those that fill a list up stand at its end.</param>
    /// <param name="mask">[B, n]: 0 for candidates that fill a list up.</param>
    /// <param name="prefix">How many places count.</param>
    public static Tensor LogProbability(Tensor scores, Tensor orders, Tensor mask, int prefix)
    {
        var samples = orders.shape[1];
        Tensor Sorted(Tensor values) => values.unsqueeze(1).expand(-1, samples, -1).gather(2, orders);
        var real = Sorted(mask);
        var sorted = Sorted(scores) + (real - 1) * 1e9;
        // The logarithms of the sums of what is left, from the end: a running log-sum-exp of the reversed list.
        var left = sorted.flip(2).logcumsumexp(2).flip(2);
        return ((sorted - left) * real).narrow(2, 0, Math.Min(prefix, (int)orders.shape[2])).sum(2);
    }
}
