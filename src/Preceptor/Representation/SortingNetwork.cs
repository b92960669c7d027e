using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>
/// A differentiable sorting network (Petersen et al. 2021, 2022): n layers of neighbouring pairs, odd and even in turn; each pair is swapped to the degree ½ + atan(β (b − a)) / π to which it is in order, the Cauchy
/// distribution's. It gives the softly sorted values, ascending, and how much of each input came to each rank.
/// </summary>
[Version(1)]
internal static class SortingNetwork
{
    /// <summary>Sorts each row.</summary>
    /// <param name="values">[B, n].</param>
    /// <param name="steepness">β.</param>
    /// <returns>The values [B, n], and the relaxed permutation [B, n, n]: of input i at rank j.</returns>
    public static (Tensor Sorted, Tensor Permutation) Sort(Tensor values, double steepness)
    {
        var (count, n) = (values.shape[0], values.shape[1]);
        var permutation = eye(n, dtype: values.dtype).unsqueeze(0).expand(count, n, n);
        for (var layer = 0; layer < n; layer++)
        {
            var (first, pairs) = (layer % 2, (n - layer % 2) / 2);
            if (pairs == 0) continue;
            // The paired wires side by side [B, pairs, 2]; what has no partner passes through.
            var wires = values.narrow(1, first, 2 * pairs).view(count, pairs, 2);
            var (a, b) = (wires.select(2, 0), wires.select(2, 1));
            var order = ((b - a) * steepness).atan() / Math.PI + 0.5;
            values = Joined(values, Exchanged(a, b, order).view(count, 2 * pairs), 1, first, pairs);
            var columns = permutation.narrow(2, first, 2 * pairs).reshape(count, n, pairs, 2);
            permutation = Joined(permutation, Exchanged(columns.select(3, 0), columns.select(3, 1), order.unsqueeze(1)).view(count, n, 2 * pairs), 2, first, pairs);
        }
        return (values, permutation);
    }

    // Both wires after the exchange, side by side in a new last dimension.
    private static Tensor Exchanged(Tensor a, Tensor b, Tensor order) => stack([order * a + (1 - order) * b, (1 - order) * a + order * b], -1);

    private static Tensor Joined(Tensor whole, Tensor middle, int dimension, long first, long pairs)
    {
        var after = whole.shape[dimension] - first - 2 * pairs;
        Tensor[] parts = [.. first > 0 ? [whole.narrow(dimension, 0, first)] : Array.Empty<Tensor>(), middle, .. after > 0 ? [whole.narrow(dimension, first + 2 * pairs, after)] : Array.Empty<Tensor>()];
        return parts.Length == 1 ? parts[0] : cat(parts, dimension);
    }
}
