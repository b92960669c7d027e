using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>Some observations, each with a goal and the action that was taken. Its tensors belong to the step's dispose scope.</summary>
public sealed class GoalBatch : IBatch
{
    private readonly int[] rows;
    private readonly float[] inputs, actions;

    internal GoalBatch(int count, int inputs, int actions) => (rows, this.inputs, this.actions) = (new int[count], new float[count * inputs], new float[count * actions]);

    /// <inheritdoc/>
    public int Count => rows.Length;

    /// <summary>The observations' places in the log.</summary>
    public ReadOnlySpan<int> Rows => rows;

    /// <inheritdoc/>
    public bool IsSpare { get; internal init; }

    /// <summary>States and goals [B, S + G].</summary>
    public Tensor Inputs() => InputBuffer.Tensor<float>(inputs, float32, Count, inputs.Length / Count);

    /// <summary>The actions taken [B, A].</summary>
    public Tensor Actions() => InputBuffer.Tensor<float>(actions, float32, Count, actions.Length / Count);

    internal Span<float> InputsOf(int row) => inputs.AsSpan(row * (inputs.Length / Count), inputs.Length / Count);

    internal Span<float> ActionsOf(int row) => actions.AsSpan(row * (actions.Length / Count), actions.Length / Count);

    internal void Set(int row, int place) => rows[row] = place;
}

/// <summary>Batches drawn from a log, as many an epoch as make up its actions.</summary>
/// <param name="run">The run.</param>
/// <param name="problem">The problem.</param>
/// <param name="draws">Draws observations and goals.</param>
/// <param name="stitched">How often a goal is exchanged for one of another trajectory.</param>
internal sealed class GoalBatches(Run run, ControlProblem problem, GoalDraws draws, double stitched) : IBatches<GoalBatch>
{
    private readonly Demonstrations demonstrations = problem.Demonstrations;
    private readonly int size = Math.Min(problem.Training.Batch, problem.Demonstrations.Log.Steps);
    private readonly int[] actionAt = ActionAt(problem.Demonstrations.Log), placeOf = problem.Demonstrations.Log.Places();

    public int PerEpoch => Examples / size;

    public int Examples => demonstrations.Log.Steps;

    public IEnumerable<GoalBatch> Epoch(int epoch, int first)
    {
        var log = demonstrations.Log;
        var share = run.Ranks.ShareOfBatch(size);
        var batch = new GoalBatch(share.Count, demonstrations.State.Count + demonstrations.Goal.Count, log.Action) { IsSpare = share.IsSpare };
        for (var number = first; number < PerEpoch; number++)
        {
            // Two streams, so that what is drawn without stitches does not depend on their probability.
            var (random, chance) = (run.Random("order", epoch, number), run.Random("stitches", epoch, number));
            Func<int, int> below = random.Next, belowStitched = chance.Next;
            for (var row = 0; row < size; row++)
            {
                // Without goals every action counts alike, however long its episode is.
                var (place, goal) = demonstrations.Goal.Count > 0 ? draws.DrawPlaces(below) : (placeOf[random.Next(log.Steps)], 0);
                if (stitched > 0 && chance.NextDouble() < stitched) goal = draws.Stitch(goal, belowStitched);
                if (!share.Holds(row)) continue;
                batch.Set(row - share.First, place);
                demonstrations.See(log.Seen(place), log.Seen(goal), batch.InputsOf(row - share.First));
                log.Actions.AsSpan(actionAt[place] * log.Action, log.Action).CopyTo(batch.ActionsOf(row - share.First));
            }
            yield return batch;
        }
    }

    /// <summary>The action taken at each place of a log, by its number among all actions; an episode has one observation more than it has actions.</summary>
    internal static int[] ActionAt(EpisodeLog log) => [.. log.Lengths.SelectMany((length, e) => Enumerable.Repeat(e, length + 1)).Select((e, place) => place - e)];
}
