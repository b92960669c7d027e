using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>Keys and values of the tokens that a decoder has read, a layer each, so that the next token needs one pass of its own alone.</summary>
internal sealed class KeyValueCache : IDisposable
{
    private readonly Tensor?[] keys, values, memoryKeys, memoryValues;

    /// <summary>An empty cache.</summary>
    /// <param name="layers">Layers.</param>
    public KeyValueCache(int layers) => (keys, values, memoryKeys, memoryValues) = (new Tensor?[layers], new Tensor?[layers], new Tensor?[layers], new Tensor?[layers]);

    /// <summary>Tokens read.</summary>
    public long Length { get; private set; }

    /// <summary>Adds the keys and values [B, K, T, d] of the tokens being read and gives those of all tokens [B, K, S, d].</summary>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor key, Tensor value)
    {
        var read = layer == 0 ? Length : Length - key.shape[2]; // the first layer counts the tokens
        if (layer == 0) Length += key.shape[2];
        return (Append(ref keys[layer], key, read), Append(ref values[layer], value, read));
    }

    /// <summary>Keys and values of what an encoder read, computed once.</summary>
    public (Tensor Keys, Tensor Values) Memory(int layer, Func<(Tensor Keys, Tensor Values)> compute)
    {
        if (memoryKeys[layer] is null)
        {
            var (key, value) = compute();
            (memoryKeys[layer], memoryValues[layer]) = (key.DetachFromDisposeScope(), value.DetachFromDisposeScope());
        }
        return (memoryKeys[layer]!, memoryValues[layer]!);
    }

    /// <summary>Keeps some rows, each as often as it is named.</summary>
    /// <param name="rows">Their places [N], 64-bit.</param>
    public void Take(Tensor rows)
    {
        foreach (var all in new[] { keys, values, memoryKeys, memoryValues })
            for (var layer = 0; layer < all.Length; layer++)
            {
                if (all[layer] is not { } old) continue;
                all[layer] = old.index_select(0, rows).DetachFromDisposeScope();
                old.Dispose();
            }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var all in new[] { keys, values, memoryKeys, memoryValues })
            foreach (var tensor in all) tensor?.Dispose();
    }

    private static Tensor Append(ref Tensor? store, Tensor added, long read)
    {
        var (rows, heads, count, size) = (added.shape[0], added.shape[1], added.shape[2], added.shape[3]);
        if (store is null || store.shape[2] < read + count)
        {
            // Room for twice as many, so that a token costs no copy of all before it.
            var larger = empty([rows, heads, Math.Max(64, 2 * (read + count)), size], added.dtype).DetachFromDisposeScope();
            if (store is not null)
            {
                if (read > 0) larger.narrow(2, 0, read).copy_(store.narrow(2, 0, read));
                store.Dispose();
            }
            store = larger;
        }
        store.narrow(2, read, count).copy_(added);
        return store.narrow(2, 0, read + count);
    }
}
