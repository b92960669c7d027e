using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>Some rows, and what they are seen as.</summary>
public sealed class ViewBatch : IBatch
{
    internal readonly InputBuffer Buffer = new();
    internal int[] RowBuffer = [];
    private readonly List<(long[] Shape, float[] Values)> seen = [];
    private int views;

    /// <inheritdoc/>
    public int Count => Buffer.Count;

    /// <inheritdoc/>
    public ReadOnlySpan<int> Rows => RowBuffer.AsSpan(0, Count);

    /// <inheritdoc/>
    public bool IsSpare { get; internal set; }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; internal set; }

    /// <summary>The share of the training's steps that is done before this one, in [0, 1).</summary>
    public double ShareDone { get; internal set; }

    /// <summary>The rows as they are. The tensors belong to the step's dispose scope.</summary>
    public Inputs Plain() => Buffer.ToTensors();

    /// <summary>The rows as each view shows them. The tensors belong to the step's dispose scope.</summary>
    public Inputs[] Views() => [.. seen.Take(views).Select(view =>
    {
        var tensor = InputBuffer.Tensor<float>(view.Values.AsSpan(0, (int)view.Shape.Aggregate((a, b) => a * b)), float32, view.Shape);
        return view.Shape.Length == 2 ? new Inputs(null, tensor, null) : new Inputs(tensor, null, null);
    })];

    /// <summary>The classes of the rows [B]; −1 for none.</summary>
    internal Tensor Targets(Func<int, int> label) => tensor(Rows.ToArray().Select(r => (long)label(r)).ToArray(), dtype: int64);

    internal void Clear() => views = 0;

    /// <summary>Adds a view; gives the room for its values, a row after the other.</summary>
    /// <param name="shape">The shape of a row.</param>
    internal Span<float> Add(params ReadOnlySpan<int> shape)
    {
        var size = Count;
        foreach (var length in shape) size *= length;
        if (views == seen.Count) seen.Add(([], []));
        // The arrays are used again: a collection that this thread sets off while the other one is inside a native call may free a Scalar under it.
        var (whole, values) = seen[views];
        if (values.Length < size) values = new float[size];
        if (whole.Length != shape.Length + 1) whole = new long[shape.Length + 1];
        whole[0] = Count;
        for (var i = 0; i < shape.Length; i++) whole[i + 1] = shape[i];
        seen[views++] = (whole, values);
        return values.AsSpan(0, size);
    }

    /// <summary>Adds the images as a view shows them.</summary>
    internal void SeeImages(ImageAugmentation augmentation, int view) => SeeImages(_ => augmentation, view, null);

    /// <summary>Adds the images, or small parts of them, as a view shows them.</summary>
    /// <param name="augmentation">How each place of the batch is changed.</param>
    /// <param name="view">The view.</param>
    /// <param name="part">How large a part to cut out; null for whole images.</param>
    internal void SeeImages(Func<int, ImageAugmentation> augmentation, int view, ImageAugmentation.LocalCrop? part)
    {
        var shape = Buffer.Shape;
        var into = Add(shape.Channels, part?.Height ?? shape.Height, part?.Width ?? shape.Width);
        var size = into.Length / Count;
        for (var i = 0; i < Count; i++) augmentation(i).Augment(Buffer.Image.AsSpan(i * shape.Pixels, shape.Pixels), shape, RowBuffer[i], view, part, into.Slice(i * size, size));
    }
}

/// <summary>Whole batches of rows in a new random order each epoch, gathered and seen ahead on a background thread; what is left over waits for another epoch's order.</summary>
/// <param name="run">The run.</param>
/// <param name="problem">The problem.</param>
/// <param name="see">Adds what a batch is seen as; called on the background thread alone, and so must call no torch function.</param>
internal sealed class ViewBatches(Run run, RepresentationProblem problem, Action<ViewBatch> see) : IBatches<ViewBatch>
{
    private readonly int size = Math.Min(problem.Training.Batch, problem.Train.Count);

    /// <summary>Batches in random views.</summary>
    /// <param name="run">The run.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="views">Views of each row; 0 for those who look at rows as they are.</param>
    public ViewBatches(Run run, RepresentationProblem problem, int views) : this(run, problem, new RandomViews(problem, (ulong)run.TorchSeed("variation"), views).See) { }

    public int PerEpoch => problem.Train.Count / size;

    public int Examples => PerEpoch * size;

    public IEnumerable<ViewBatch> Epoch(int epoch, int first)
    {
        var (order, share) = (run.Random("order", epoch).Permutation(problem.Train.Count), run.Ranks.ShareOfBatch(size));
        return Prefetch.Run(first, PerEpoch, () => new ViewBatch(), (index, batch) =>
        {
            batch.ShareDone = (epoch - 1 + (double)index / PerEpoch) / problem.Training.Epochs;
            batch.RowBuffer = order[(index * size + share.First)..(index * size + share.First + share.Count)];
            batch.IsSpare = share.IsSpare;
            batch.Epoch = epoch;
            problem.Train.Gather(batch.RowBuffer, batch.Buffer);
            batch.Clear();
            see(batch);
        });
    }
}
