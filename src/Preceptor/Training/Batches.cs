using System.Collections.Concurrent;
using Preceptor.Foundation;

namespace Preceptor.Training;

/// <summary>A batch that the training loop can count and name.</summary>
public interface IBatch
{
    /// <summary>Rows in the batch.</summary>
    int Count { get; }

    /// <summary>Which rows of the training set they are.</summary>
    ReadOnlySpan<int> Rows { get; }

    /// <summary>How many terms the mean is over that is the batch's loss, where that is not its rows: what its gradient weighs beside those of other ranks.</summary>
    int Terms => Count;

    /// <summary>Whether the rows are another rank's as well and do not count here, since there are fewer rows than ranks.</summary>
    bool IsSpare => false;
}

/// <summary>Gives the batches of any epoch, from any batch on. Where a run has several ranks, each is given its share of every batch (<see cref="Ranks.ShareOfBatch"/>).</summary>
public interface IBatches<out TBatch> where TBatch : IBatch
{
    /// <summary>Batches an epoch.</summary>
    int PerEpoch { get; }

    /// <summary>Examples an epoch.</summary>
    int Examples { get; }

    /// <summary>The batches of an epoch (from 1) in their order, from batch <paramref name="first"/> on. A batch is valid until the next one is asked for.</summary>
    IEnumerable<TBatch> Epoch(int epoch, int first);
}

/// <summary>Fills buffers on a background thread while the caller works on the one before.</summary>
public static class Prefetch
{
    /// <summary>Fills items <paramref name="first"/> … <paramref name="count"/> − 1 ahead of their use, in order. A buffer is valid until the next one is asked for.</summary>
    /// <param name="first">The first item.</param>
    /// <param name="count">One past the last.</param>
    /// <param name="create">Makes a buffer; three are in use.</param>
    /// <param name="fill">Fills a buffer with an item; must call no torch function.</param>
    public static IEnumerable<TBuffer> Run<TBuffer>(int first, int count, Func<TBuffer> create, Action<int, TBuffer> fill)
    {
        const int buffers = 3;
        using var free = new BlockingCollection<TBuffer>();
        using var full = new BlockingCollection<TBuffer>();
        using var stop = new CancellationTokenSource();
        for (var i = 0; i < buffers; i++) free.Add(create());
        var worker = Task.Run(() =>
        {
            try
            {
                for (var i = first; i < count; i++)
                {
                    var buffer = free.Take(stop.Token);
                    fill(i, buffer);
                    full.Add(buffer, stop.Token);
                }
            }
            finally
            {
                full.CompleteAdding();
            }
        });
        try
        {
            foreach (var buffer in full.GetConsumingEnumerable())
            {
                yield return buffer;
                free.Add(buffer);
            }
            worker.GetAwaiter().GetResult(); // a fault of filling surfaces here
        }
        finally
        {
            stop.Cancel();
            ((IAsyncResult)worker).AsyncWaitHandle.WaitOne();
        }
    }
}
