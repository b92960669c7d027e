using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>Some rows, each in several random views. Its tensors belong to the step's dispose scope.</summary>
public sealed class ViewBatch : IBatch
{
    internal readonly InputBuffer Buffer = new();
    internal int[] RowBuffer = [];
    private const double CorruptedShare = 0.3;
    private readonly ImageAugmentation augmentation;
    private readonly ColumnLayout layout;
    private readonly ulong seed;
    private readonly int views;
    internal int Epoch;

    internal ViewBatch(ImageAugmentation augmentation, ColumnLayout layout, ulong seed, int views)
    {
        (this.augmentation, this.layout, this.seed, this.views) = (augmentation, layout, seed, views);
    }

    /// <inheritdoc/>
    public int Count => Buffer.Count;

    /// <inheritdoc/>
    public ReadOnlySpan<int> Rows => RowBuffer.AsSpan(0, Count);

    /// <summary>The share of the training's steps that is done before this one, in [0, 1).</summary>
    public double ShareDone { get; internal set; }

    /// <summary>The rows as they are.</summary>
    public Inputs Plain() => Buffer.ToTensors();

    /// <summary>The rows as each view shows them; every view of every epoch is another one.</summary>
    public Inputs[] Views()
    {
        var plain = Buffer.ToTensors();
        return [.. Enumerable.Range(0, views).Select(v => plain.Image is null ? new(null, Corrupted(Epoch * views + v), null) : plain with { Image = augmentation.Augment(plain.Image, Rows, Epoch * views + v) })];
    }

    // Some columns of each row are those of another row of the batch (Bahri et al. 2022, SCARF).
    private Tensor Corrupted(int view)
    {
        var width = Buffer.Shape.Numbers;
        var rows = Rows;
        var own = Buffer.Numbers.AsSpan(0, Count * width);
        var values = own.ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            var random = RandomStream.Of(seed, "corruption", view, rows[i]);
            for (var column = 0; column < layout.Count; column++)
            {
                if (random.NextDouble() >= CorruptedShare) continue;
                var (start, length) = layout.Place(column);
                own.Slice(random.Next(rows.Length) * width + start, length).CopyTo(values.AsSpan(i * width + start));
            }
        }
        return tensor(values, [Count, width]);
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
        var layout = ColumnLayout.Of(problem.Encoding);
        return Prefetch.Run(first, PerEpoch, () => new ViewBatch(augmentation, layout, seed, views), (index, batch) =>
        {
            batch.ShareDone = (epoch - 1 + (double)index / PerEpoch) / problem.Training.Epochs;
            batch.RowBuffer = order[(index * size)..((index + 1) * size)];
            batch.Epoch = epoch;
            problem.Train.Gather(batch.RowBuffer, batch.Buffer);
        });
    }
}
