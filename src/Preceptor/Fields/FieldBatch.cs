using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Fields;

/// <summary>Some initial states to train on. Its tensors belong to the step's dispose scope.</summary>
public sealed class FieldBatch : IBatch
{
    private readonly int[] rows;

    internal FieldBatch(double[] states, int[] rows, int points)
    {
        this.rows = rows;
        var values = new double[rows.Length * points];
        for (var i = 0; i < rows.Length; i++) states.AsSpan(rows[i] * points, points).CopyTo(values.AsSpan(i * points));
        Values = values;
        Points = points;
    }

    private double[] Values { get; }

    private int Points { get; }

    /// <inheritdoc/>
    public int Count => rows.Length;

    /// <inheritdoc/>
    public ReadOnlySpan<int> Rows => rows;

    /// <inheritdoc/>
    public bool IsSpare { get; internal init; }

    /// <summary>The initial states [B, X], in double precision.</summary>
    public Tensor Initial() => InputBuffer.Tensor<double>(Values, float64, Count, Points);
}

/// <summary>Batches of initial states in a new random order each epoch.</summary>
internal sealed class FieldBatches(Run run, FieldsProblem problem) : IBatches<FieldBatch>
{
    private readonly int points = problem.Residual.Grid.Points, size = problem.Training.Batch;

    public int PerEpoch => (Examples + size - 1) / size;

    public int Examples => problem.Train.Length / points;

    public IEnumerable<FieldBatch> Epoch(int epoch, int first)
    {
        var order = run.Random("order", epoch).Permutation(Examples);
        for (var batch = first; batch < PerEpoch; batch++)
        {
            var share = run.Ranks.ShareOfBatch(Math.Min(size, order.Length - batch * size));
            yield return new(problem.Train, order.AsSpan(batch * size + share.First, share.Count).ToArray(), points) { IsSpare = share.IsSpare };
        }
    }
}
