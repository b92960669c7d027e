using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>Some windows of a log: what was seen and done, and the goal, which is what each window ends at. Its tensors belong to the step's dispose scope.</summary>
public sealed class WindowBatch : IBatch
{
    private readonly int[] rows;
    private readonly int length;
    private readonly float[] states, goals, actions;

    internal WindowBatch(int count, int length, int state, int goal, int action) =>
        (this.length, rows, states, goals, actions) = (length, new int[count], new float[count * length * state], new float[count * goal], new float[count * length * action]);

    /// <inheritdoc/>
    public int Count => rows.Length;

    /// <summary>The windows' first actions, by their places among all of the log.</summary>
    public ReadOnlySpan<int> Rows => rows;

    /// <inheritdoc/>
    public bool IsSpare { get; internal init; }

    /// <summary>Standardised states [B, T, S].</summary>
    public Tensor States() => InputBuffer.Tensor<float>(states, float32, Count, length, states.Length / Count / length);

    /// <summary>Standardised goals [B, G].</summary>
    public Tensor Goals() => InputBuffer.Tensor<float>(goals, float32, Count, goals.Length / Count);

    /// <summary>Actions, from −1 to 1 [B, T, A].</summary>
    public Tensor Actions() => InputBuffer.Tensor<float>(actions, float32, Count, length, actions.Length / Count / length);

    internal void Set(int row, int step, LoggedSteps from)
    {
        rows[row] = step;
        var (state, goal, action) = (states.Length / Count, goals.Length / Count, actions.Length / Count);
        from.States.AsSpan(from.Places[step] * from.State, state).CopyTo(states.AsSpan(row * state));
        from.Goals.AsSpan((from.Places[step] + length) * goal, goal).CopyTo(goals.AsSpan(row * goal));
        from.Actions.AsSpan(step * (action / length), action).CopyTo(actions.AsSpan(row * action));
    }
}

/// <summary>Batches of windows, drawn evenly from all that lie within an episode.</summary>
internal sealed class WindowBatches : IBatches<WindowBatch>
{
    private readonly Run run;
    private readonly LoggedSteps steps;
    private readonly (int Length, int Goal, int Action) sizes;
    private readonly int[] firsts;
    private readonly int size;

    public WindowBatches(Run run, LoggedSteps steps, Demonstrations demonstrations, int length, int batch)
    {
        var log = demonstrations.Log;
        (this.run, this.steps, sizes) = (run, steps, (length, demonstrations.Goal.Count, log.Action));
        var at = 0;
        firsts = [.. log.Lengths.SelectMany(actions =>
        {
            at += actions;
            return Enumerable.Range(at - actions, Math.Max(0, actions - length + 1));
        })];
        size = Math.Min(batch, firsts.Length);
        // As many windows as make up the log's actions, since they overlap.
        PerEpoch = Math.Max(1, log.Steps / (size * length));
    }

    public int PerEpoch { get; }

    public int Examples => PerEpoch * size;

    public IEnumerable<WindowBatch> Epoch(int epoch, int first)
    {
        var share = run.Ranks.ShareOfBatch(size);
        var batch = new WindowBatch(share.Count, sizes.Length, steps.State, sizes.Goal, sizes.Action) { IsSpare = share.IsSpare };
        for (var number = first; number < PerEpoch; number++)
        {
            var random = run.Random("order", epoch, number);
            for (var row = 0; row < size; row++)
            {
                var window = firsts[random.Next(firsts.Length)];
                if (share.Holds(row)) batch.Set(row - share.First, window, steps);
            }
            yield return batch;
        }
    }
}
