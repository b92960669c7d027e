using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Prediction;

/// <summary>Some training rows. Its tensors are made at first use and belong to the step's dispose scope.</summary>
public sealed class PredictionBatch : IBatch
{
    internal readonly InputBuffer Buffer = new();
    internal int[] RowBuffer = [];
    internal float[] OneHotBuffer = [];
    internal long[] IdBuffer = [];
    internal int Classes;
    internal Func<PredictionBatch, Inputs, Inputs>? Change;
    internal BatchMixture? Mixture;
    private Inputs? inputs;
    private Tensor? oneHot, ids;

    /// <inheritdoc/>
    public int Count => Buffer.Count;

    /// <inheritdoc/>
    public ReadOnlySpan<int> Rows => RowBuffer.AsSpan(0, Count);

    /// <inheritdoc/>
    public bool IsSpare { get; internal set; }

    /// <summary>The share of the training's steps that is done before this one, in [0, 1).</summary>
    public double ShareDone { get; internal set; }

    /// <summary>The inputs, changed and mixed with each other as the training says.</summary>
    public Inputs Inputs => inputs ??= Change is null ? Buffer.ToTensors() : Change(this, Buffer.ToTensors());

    /// <summary>The labels as distributions [B, C], mixed as the inputs are; rows of zeros have none.</summary>
    public Tensor OneHot => Targets;

    /// <summary>What is to be predicted, as a network's outputs [B, C], mixed as the inputs are: distributions over classes, ones for labels, or a number in standard units; rows of zeros have none.</summary>
    public Tensor Targets => oneHot ??= InputBuffer.Tensor<float>(OneHotBuffer.AsSpan(0, Count * Classes), float32, Count, Classes);

    /// <summary>The rows' places in the training set [B], 64-bit.</summary>
    public Tensor Ids => ids ??= InputBuffer.Tensor<long>(IdBuffer.AsSpan(0, Count), int64, Count);

    /// <summary>Which of the views of <c>training.views</c> its images are; 0 without.</summary>
    internal int View { get; set; }

    internal void Forget() => (inputs, oneHot, ids) = (null, null, null);
}

/// <summary>Batches of chosen training rows in a new random order each epoch, prepared ahead on a background thread.</summary>
internal sealed class PredictionBatches(Run run, PredictionProblem problem, int[] rows) : IBatches<PredictionBatch>
{
    private readonly PredictionVariation? variation = PredictionVariation.Of(problem, run);
    private readonly int size = problem.Training.Batch;
    private readonly Supervision.ITargets? targets = problem.Find<Supervision.ITargets>();

    public int PerEpoch => (rows.Length + size - 1) / size;

    public int Examples => rows.Length;

    public IEnumerable<PredictionBatch> Epoch(int epoch, int first)
    {
        var order = run.Random("order", epoch).Permutation(rows.Length);
        foreach (var batch in Prefetch.Run(first, PerEpoch, () => new PredictionBatch(), (index, batch) => Fill(batch, order, epoch, index)))
        {
            batch.Forget();
            batch.View = problem.Training.Views == 0 ? 0 : problem.Training.ViewOf(epoch);
            batch.ShareDone = (epoch - 1 + (double)first++ / PerEpoch) / problem.Training.Epochs;
            yield return batch;
        }
    }

    private void Fill(PredictionBatch batch, int[] order, int epoch, int index)
    {
        var share = run.Ranks.ShareOfBatch(Math.Min(size, order.Length - index * size));
        var (start, count) = (index * size + share.First, share.Count);
        batch.IsSpare = share.IsSpare;
        var classes = problem.Outputs;
        if (batch.RowBuffer.Length < count) (batch.RowBuffer, batch.IdBuffer, batch.OneHotBuffer) = (new int[count], new long[count], new float[count * classes]);
        batch.Classes = classes;
        Array.Clear(batch.OneHotBuffer);
        for (var i = 0; i < count; i++)
        {
            var row = rows[order[start + i]];
            batch.RowBuffer[i] = row;
            batch.IdBuffer[i] = row;
            targets?.Write(row, batch.OneHotBuffer.AsSpan(i * classes, classes));
        }
        problem.Train.Gather(batch.RowBuffer.AsSpan(0, count), batch.Buffer);
        variation?.Prepare(batch, epoch, index);
    }
}
