using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>Some rows, and what they are seen as. Views are valid until the next batch is asked for.</summary>
public sealed class ViewBatch : IBatch, IDisposable
{
    internal readonly InputBuffer Buffer = new();
    internal int[] RowBuffer = [];

    /// <inheritdoc/>
    public int Count => Buffer.Count;

    /// <inheritdoc/>
    public ReadOnlySpan<int> Rows => RowBuffer.AsSpan(0, Count);

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; internal set; }

    /// <summary>The share of the training's steps that is done before this one, in [0, 1).</summary>
    public double ShareDone { get; internal set; }

    /// <summary>The rows as each view shows them.</summary>
    public IReadOnlyList<Inputs> Views { get; private set; } = [];

    /// <summary>The rows as they are, in tensors of the present dispose scope.</summary>
    public Inputs Plain() => Buffer.ToTensors();

    // The tensors outlive the scope of the background thread that makes them, and are freed when the buffer is filled again.
    internal void See(Func<ViewBatch, Inputs[]> make)
    {
        Dispose();
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Views = [.. make(this).Select(v => new Inputs(v.Image?.DetachFromDisposeScope(), v.Numbers?.DetachFromDisposeScope(), null))];
    }

    /// <summary>Frees the views.</summary>
    public void Dispose()
    {
        foreach (var view in Views)
        {
            view.Image?.Dispose();
            view.Numbers?.Dispose();
        }
        Views = [];
    }
}

/// <summary>Whole batches of rows in a new random order each epoch, gathered and seen ahead on a background thread; what is left over waits for another epoch's order.</summary>
/// <param name="run">The run.</param>
/// <param name="problem">The problem.</param>
/// <param name="make">What a batch is seen as; called on the background thread alone.</param>
internal sealed class ViewBatches(Run run, RepresentationProblem problem, Func<ViewBatch, Inputs[]> make) : IBatches<ViewBatch>
{
    private readonly int size = Math.Min(problem.Training.Batch, problem.Train.Count);

    /// <summary>Batches in random views.</summary>
    /// <param name="run">The run.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="views">Views of each row; 0 for those who look at rows as they are.</param>
    public ViewBatches(Run run, RepresentationProblem problem, int views) : this(run, problem, new RandomViews(problem, (ulong)run.TorchSeed("variation"), views).Of) { }

    public int PerEpoch => problem.Train.Count / size;

    public int Examples => PerEpoch * size;

    public IEnumerable<ViewBatch> Epoch(int epoch, int first)
    {
        var order = run.Random("order", epoch).Permutation(problem.Train.Count);
        return Prefetch.Run(first, PerEpoch, () => new ViewBatch(), (index, batch) =>
        {
            batch.ShareDone = (epoch - 1 + (double)index / PerEpoch) / problem.Training.Epochs;
            batch.RowBuffer = order[(index * size)..((index + 1) * size)];
            batch.Epoch = epoch;
            problem.Train.Gather(batch.RowBuffer, batch.Buffer);
            batch.See(make);
        });
    }
}
