using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>Some sequences of observations with the actions taken there, each with one goal for all of its moments. Its tensors belong to the step's dispose scope.</summary>
public sealed class GoalSequenceBatch : IBatch
{
    private readonly int[] rows;
    private readonly int length, width, action;
    private readonly float[] inputs, actions;

    internal GoalSequenceBatch(int count, int length, int width, int action) =>
        (this.length, this.width, this.action, rows, inputs, actions) = (length, width, action, new int[count], new float[count * length * width], new float[count * length * action]);

    /// <inheritdoc/>
    public int Count => rows.Length;

    /// <summary>The places in the log of the sequences' first observations.</summary>
    public ReadOnlySpan<int> Rows => rows;

    /// <inheritdoc/>
    public bool IsSpare { get; internal init; }

    /// <summary>States and goals [B, C, S + G].</summary>
    public Tensor Inputs() => InputBuffer.Tensor<float>(inputs, float32, Count, length, width);

    /// <summary>The actions taken [B, C, A].</summary>
    public Tensor Actions() => InputBuffer.Tensor<float>(actions, float32, Count, length, action);

    internal Span<float> InputsOf(int row, int moment) => inputs.AsSpan((row * length + moment) * width, width);

    internal Span<float> ActionsOf(int row, int moment) => actions.AsSpan((row * length + moment) * action, action);

    internal void Set(int row, GoalDraw draw, Demonstrations from, int[] actionAt)
    {
        rows[row] = draw.Observations[0];
        for (var moment = 0; moment < length; moment++)
        {
            var place = draw.Observations[moment];
            from.See(from.Log.Seen(place), from.Log.Seen(draw.Goal), InputsOf(row, moment));
            from.Log.Actions.AsSpan(actionAt[place] * action, action).CopyTo(ActionsOf(row, moment));
        }
    }
}

/// <summary>Batches of sequences drawn from a log, as many an epoch as make up its actions.</summary>
internal sealed class GoalSequenceBatches : IBatches<GoalSequenceBatch>
{
    private readonly Run run;
    private readonly Demonstrations demonstrations;
    private readonly GoalDraws draws;
    private readonly int context, size;
    private readonly double stitched;
    private readonly int[] actionAt, firsts;

    /// <param name="run">The run.</param>
    /// <param name="problem">The problem, an episode of which has at least as many actions as a sequence.</param>
    /// <param name="draws">Draws sequences and goals.</param>
    /// <param name="context">Moments of a sequence, C.</param>
    /// <param name="stitched">How often a sequence goes on in another trajectory, or has its goal there.</param>
    public GoalSequenceBatches(Run run, ControlProblem problem, GoalDraws draws, int context, double stitched)
    {
        (this.run, demonstrations, this.draws, this.context, this.stitched) = (run, problem.Demonstrations, draws, context, stitched);
        var (log, placeOf) = (demonstrations.Log, demonstrations.Log.Places());
        actionAt = GoalBatches.ActionAt(log);
        firsts = [.. Enumerable.Range(0, placeOf.Length - context + 1).Where(a => placeOf[a + context - 1] == placeOf[a] + context - 1).Select(a => placeOf[a])];
        size = Math.Min(problem.Training.Batch, placeOf.Length);
        PerEpoch = Math.Max(1, placeOf.Length / (size * context));
    }

    public int PerEpoch { get; }

    public int Examples => PerEpoch * size;

    public IEnumerable<GoalSequenceBatch> Epoch(int epoch, int first)
    {
        var share = run.Ranks.ShareOfBatch(size);
        var batch = new GoalSequenceBatch(share.Count, context, demonstrations.State.Count + demonstrations.Goal.Count, demonstrations.Log.Action) { IsSpare = share.IsSpare };
        for (var number = first; number < PerEpoch; number++)
        {
            // Two streams, so that what is drawn without stitches does not depend on their probability.
            var (random, chance) = (run.Random("order", epoch, number), run.Random("stitches", epoch, number));
            for (var row = 0; row < size; row++)
            {
                // Without goals every sequence counts alike, however long its episode is.
                var draw = demonstrations.Goal.Count > 0 ? draws.Draw(context, stitches: false, random.Next) : Without(firsts[random.Next(firsts.Length)]);
                if (stitched > 0 && chance.NextDouble() < stitched) draw = draws.Draw(context, stitches: true, chance.Next);
                if (share.Holds(row)) batch.Set(row - share.First, draw, demonstrations, actionAt);
            }
            yield return batch;
        }
    }

    private GoalDraw Without(int place) => new([.. Enumerable.Range(place, context)], place);
}
