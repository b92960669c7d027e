using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>Some steps of a log: what was seen, done and got, and what was seen next. Its tensors belong to the step's dispose scope.</summary>
public sealed class TransitionBatch : IBatch
{
    private readonly int[] rows;
    private readonly float[] states, actions, next, rewards, costs, goesOn;

    internal TransitionBatch(int count, int state, int action)
    {
        (rows, rewards, costs, goesOn) = (new int[count], new float[count], new float[count], new float[count]);
        (states, actions, next) = (new float[count * state], new float[count * action], new float[count * state]);
    }

    /// <inheritdoc/>
    public int Count => rows.Length;

    /// <summary>The steps, by their places among all actions of the log.</summary>
    public ReadOnlySpan<int> Rows => rows;

    /// <inheritdoc/>
    public bool IsSpare { get; internal init; }

    /// <summary>Standardised states [B, S].</summary>
    public Tensor States() => InputBuffer.Tensor<float>(states, float32, Count, states.Length / Count);

    /// <summary>Actions, from −1 to 1 [B, A].</summary>
    public Tensor Actions() => InputBuffer.Tensor<float>(actions, float32, Count, actions.Length / Count);

    /// <summary>The states that followed [B, S].</summary>
    public Tensor Next() => InputBuffer.Tensor<float>(next, float32, Count, next.Length / Count);

    /// <summary>Rewards [B].</summary>
    public Tensor Rewards() => InputBuffer.Tensor<float>(rewards, float32, Count);

    /// <summary>Costs [B].</summary>
    public Tensor Costs() => InputBuffer.Tensor<float>(costs, float32, Count);

    /// <summary>1 where something follows, 0 at an episode's last action [B].</summary>
    public Tensor GoesOn() => InputBuffer.Tensor<float>(goesOn, float32, Count);

    internal void Set(int row, int step, LoggedSteps from)
    {
        (rows[row], rewards[row], costs[row], goesOn[row]) = (step, from.Rewards[step], from.Costs[step], from.GoesOn[step]);
        Copy(row, step, from);
    }

    /// <summary>Sets a step that is asked for a goal: each costs 1 until the goal is reached, after which nothing follows.</summary>
    internal void Set(int row, int step, LoggedSteps from, int goal)
    {
        var (width, size) = (states.Length / Count, from.Goals.Length / (from.States.Length / from.State));
        var asked = from.Goals.AsSpan(goal * size, size);
        var isReached = asked.SequenceEqual(from.Goals.AsSpan((from.Places[step] + 1) * size, size));
        (rows[row], rewards[row], costs[row], goesOn[row]) = (step, isReached ? 0 : -1, from.Costs[step], isReached ? 0 : 1);
        Copy(row, step, from);
        asked.CopyTo(states.AsSpan(row * width + from.State));
        asked.CopyTo(next.AsSpan(row * width + from.State));
    }

    private void Copy(int row, int step, LoggedSteps from)
    {
        var (width, action) = (states.Length / Count, actions.Length / Count);
        from.States.AsSpan(from.Places[step] * from.State, from.State).CopyTo(states.AsSpan(row * width));
        from.States.AsSpan((from.Places[step] + 1) * from.State, from.State).CopyTo(next.AsSpan(row * width));
        from.Actions.AsSpan(step * action, action).CopyTo(actions.AsSpan(row * action));
    }
}

/// <summary>A log's steps as networks see them: states and goals standardised, actions from −1 to 1.</summary>
/// <param name="State">Numbers a state, S.</param>
/// <param name="States">States, one more an episode than actions [Σ(T + 1) × S].</param>
/// <param name="Goals">What goals ask for at each of them [Σ(T + 1) × G].</param>
/// <param name="Actions">Actions [ΣT × A].</param>
/// <param name="Rewards">Rewards [ΣT].</param>
/// <param name="Costs">Costs [ΣT].</param>
/// <param name="GoesOn">1, but 0 at each episode's last action [ΣT].</param>
/// <param name="Places">The place of the state before each action [ΣT].</param>
internal sealed record LoggedSteps(int State, float[] States, float[] Goals, float[] Actions, float[] Rewards, float[] Costs, float[] GoesOn, int[] Places)
{
    // An action on its bound would have no noise on one side.
    private const float Inner = 1 - 1e-5f;

    /// <summary>Reads a log.</summary>
    /// <param name="demonstrations">The log.</param>
    /// <param name="standard">The mean and the standard deviation of each number of a state, then of a goal.</param>
    public static LoggedSteps Of(Demonstrations demonstrations, (float[] Means, float[] Deviations) standard)
    {
        var (log, bounds, state, goal) = demonstrations;
        var (actions, places) = (new float[log.Actions.Length], log.Places());
        float[] Standardised(IReadOnlyList<int> numbers, int first) => [.. Enumerable.Range(0, log.Steps + log.Count).SelectMany(place => numbers.Select((number, n) => (log.Seen(place)[number] - standard.Means[first + n]) / standard.Deviations[first + n]))];
        for (var i = 0; i < actions.Length; i++)
        {
            var (low, high) = (bounds.Low[i % log.Action], bounds.High[i % log.Action]);
            actions[i] = high > low ? Math.Clamp(2 * (log.Actions[i] - low) / (high - low) - 1, -Inner, Inner) : 0;
        }
        var goesOn = Enumerable.Repeat(1f, log.Steps).ToArray();
        for (var (e, last) = (0, -1); e < log.Count; e++) goesOn[last += log.Lengths[e]] = 0;
        return new(state.Count, Standardised(state, 0), Standardised(goal, state.Count), actions, log.Rewards, log.Costs, goesOn, places);
    }
}

/// <summary>Batches of steps, drawn evenly from all of a log. Where goals are asked for, a fifth of them is reached by the step, half are places that its episode reached later, and the others any places.</summary>
internal sealed class TransitionBatches(Run run, LoggedSteps steps, EpisodeLog log, int batch) : IBatches<TransitionBatch>
{
    private readonly int[] ends = LastPlaces(log);
    private readonly int size = Math.Min(batch, steps.Rewards.Length);

    public int PerEpoch => Examples / size;

    public int Examples => steps.Rewards.Length;

    public IEnumerable<TransitionBatch> Epoch(int epoch, int first)
    {
        var goals = steps.Goals.Length / (log.Steps + log.Count);
        var share = run.Ranks.ShareOfBatch(size);
        var batch = new TransitionBatch(share.Count, steps.State + goals, log.Action) { IsSpare = share.IsSpare };
        for (var number = first; number < PerEpoch; number++)
        {
            var random = run.Random("order", epoch, number);
            for (var row = 0; row < size; row++)
            {
                var step = random.Next(Examples);
                int? goal = goals == 0 ? null : Goal(step, random);
                if (!share.Holds(row)) continue;
                if (goal is null) batch.Set(row - share.First, step, steps);
                else batch.Set(row - share.First, step, steps, goal.Value);
            }
            yield return batch;
        }
    }

    private int Goal(int step, RandomStream random)
    {
        var (share, next) = (random.NextDouble(), steps.Places[step] + 1);
        return share < 0.2 ? next : share < 0.7 ? next + random.Next(ends[step] - next + 1) : random.Next(log.Steps + log.Count);
    }

    // The place of the last observation of each action's episode.
    private static int[] LastPlaces(EpisodeLog log)
    {
        var last = -1;
        return [.. log.Lengths.SelectMany(length => Enumerable.Repeat(last += length + 1, length))];
    }
}
