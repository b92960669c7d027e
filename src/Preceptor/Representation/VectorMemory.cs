using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>The newest vectors of a training, first in, first out: the keys of earlier batches, or the features of earlier images.</summary>
internal sealed class VectorMemory : IKept, IDisposable
{
    private readonly bool isReleased;
    private int next;
    private long seen;

    /// <param name="values">What it holds at the beginning [K, d]; they are copied.</param>
    /// <param name="isReleased">Whether places are skipped as the released code of Mugs does, which moves on twice a batch unless the end is passed, and so leaves every second batch's places as they are.</param>
    public VectorMemory(Tensor values, bool isReleased = false)
    {
        this.isReleased = isReleased;
        Values = values.detach().clone().DetachFromDisposeScope();
    }

    /// <summary>What it holds [K, d].</summary>
    public Tensor Values { get; }

    /// <summary>Where the next vector goes.</summary>
    public int Next { get => next; init => next = value; }

    /// <summary>Whether nothing is left of what it held at the beginning.</summary>
    public bool IsFull => seen >= Values.shape[0];

    /// <summary>Puts vectors [n, d] in the place of the oldest ones.</summary>
    public void Add(Tensor vectors)
    {
        using var noGradient = no_grad();
        var (places, count) = ((int)Values.shape[0], (int)vectors.shape[0]);
        seen += count;
        if (isReleased && next + count < places)
        {
            Values.narrow(0, next, count).copy_(vectors);
            next = (next + 2 * count) % places;
            return;
        }
        for (var done = 0; done < count;)
        {
            var take = Math.Min(count - done, places - next);
            Values.narrow(0, next, take).copy_(vectors.narrow(0, done, take));
            next = (next + take) % places;
            done += take;
        }
    }

    /// <summary>The places of the vectors with the largest cosine to each query [B, d], the nearest first [B, n].</summary>
    public Tensor Nearest(Tensor queries, int count)
    {
        using var noGradient = no_grad();
        return nn.functional.normalize(queries.detach(), 2, 1, 1e-12).matmul(nn.functional.normalize(Values, 2, 1, 1e-12).t()).topk(count, 1).indexes;
    }

    /// <summary>The vectors at places [B, n]: [B, n, d], without a gradient.</summary>
    public Tensor At(Tensor places) => Values.index_select(0, places.flatten()).view(places.shape[0], places.shape[1], Values.shape[1]);

    public void Save(State state)
    {
        state.Add("values", Values);
        state.Add("next", next);
        state.Add("seen", seen);
    }

    public void Restore(State state)
    {
        state.Read("values", Values);
        next = state.Read<int>("next");
        seen = state.Read<long>("seen");
    }

    public void Dispose() => Values.Dispose();
}
