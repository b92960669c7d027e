using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;

namespace Preceptor.Representation;

/// <summary>Some rows, each in several random views. Its tensors belong to the step's dispose scope.</summary>
public sealed class ViewBatch : IBatch
{
    internal readonly InputBuffer Buffer = new();
    internal int[] RowBuffer = [];
    private readonly ImageAugmentation augmentation;
    private readonly int views;
    internal int Epoch;

    internal ViewBatch(ImageAugmentation augmentation, int views)
    {
        (this.augmentation, this.views) = (augmentation, views);
    }

    /// <inheritdoc/>
    public int Count => Buffer.Count;

    /// <inheritdoc/>
    public ReadOnlySpan<int> Rows => RowBuffer.AsSpan(0, Count);

    /// <summary>The rows as each view shows them; every view of every epoch is another one.</summary>
    public Inputs[] Views()
    {
        var plain = Buffer.ToTensors();
        return [.. Enumerable.Range(0, views).Select(v => plain with { Image = augmentation.Augment(plain.Image!, Rows, Epoch * views + v) })];
    }
}

/// <summary>Whole batches of rows in a new random order each epoch, gathered ahead on a background thread; what is left over waits for another epoch's order.</summary>
internal sealed class ViewBatches(Run run, RepresentationProblem problem, int views) : IBatches<ViewBatch>
{
    private readonly int size = Math.Min(problem.Training.Batch, problem.Train.Count);
    private readonly ulong seed = (ulong)run.TorchSeed("variation");

    public int PerEpoch => problem.Train.Count / size;

    public int Examples => PerEpoch * size;

    public IEnumerable<ViewBatch> Epoch(int epoch, int first)
    {
        var order = run.Random("order", epoch).Permutation(problem.Train.Count);
        var augmentation = new ImageAugmentation(problem.Training.Augment, problem.Training.Strength ?? new(), seed);
        return Prefetch.Run(first, PerEpoch, () => new ViewBatch(augmentation, views), (index, batch) =>
        {
            batch.RowBuffer = order[(index * size)..((index + 1) * size)];
            batch.Epoch = epoch;
            problem.Train.Gather(batch.RowBuffer, batch.Buffer);
        });
    }
}
