using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>
/// Episodes of the past, in Minari's form: an episode of T actions has T + 1 observations. As a table it has T + 1 rows an episode with the columns episode, step, observation-0 …, action-0 …, reward, cost, terminated and truncated;
/// the last row of an episode has an observation alone.
/// </summary>
/// <param name="Observation">Numbers an observation, S.</param>
/// <param name="Action">Numbers an action, A.</param>
/// <param name="Lengths">Actions of each episode, T, at least 1.</param>
/// <param name="Observations">All observations, an episode after the other [Σ(T + 1) × S].</param>
/// <param name="Actions">All actions [ΣT × A].</param>
/// <param name="Rewards">All rewards [ΣT].</param>
/// <param name="Costs">All costs [ΣT].</param>
/// <param name="Terminated">Whether each episode came to its own end; the others were cut off.</param>
public sealed record EpisodeLog(int Observation, int Action, int[] Lengths, float[] Observations, float[] Actions, float[] Rewards, float[] Costs, bool[] Terminated)
{
    /// <summary>Episodes.</summary>
    public int Count => Lengths.Length;

    /// <summary>Actions of all episodes.</summary>
    public int Steps => Rewards.Length;

    /// <summary>A hash of all that is in it.</summary>
    public string Fingerprint => Contents.Hash(Encoding.UTF8.GetBytes(string.Join('|', Contents.Hash(MemoryMarshal.AsBytes<int>(Lengths)), Contents.Hash(MemoryMarshal.AsBytes<float>(Observations)), Contents.Hash(MemoryMarshal.AsBytes<float>(Actions)),
        Contents.Hash(MemoryMarshal.AsBytes<float>(Rewards)), Contents.Hash(MemoryMarshal.AsBytes<float>(Costs)), string.Concat(Terminated.Select(t => t ? '1' : '0')))));

    /// <summary>An observation [S], by its place among all.</summary>
    public ReadOnlySpan<float> Seen(int place) => Observations.AsSpan(place * Observation, Observation);

    /// <summary>The place, among all observations, of what was seen before each action [ΣT].</summary>
    public int[] Places() => [.. Lengths.SelectMany((length, e) => Enumerable.Repeat(e, length)).Select((e, action) => action + e)];

    /// <summary>Some episodes, in the order given.</summary>
    public EpisodeLog Take(IReadOnlyList<int> episodes)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        var starts = new int[Count];
        for (var e = 1; e < Count; e++) starts[e] = starts[e - 1] + Lengths[e - 1];
        float[] Of(float[] all, int width, int further) => [.. episodes.SelectMany(e => new ArraySegment<float>(all, (starts[e] + further * e) * width, (Lengths[e] + further) * width))];
        return new(Observation, Action, [.. episodes.Select(e => Lengths[e])], Of(Observations, Observation, 1), Of(Actions, Action, 0), Of(Rewards, 1, 0), Of(Costs, 1, 0), [.. episodes.Select(e => Terminated[e])]);
    }

    /// <summary>The episodes of several logs, one log after the other.</summary>
    /// <exception cref="ArgumentException">Their observations or actions differ in size, or there is none.</exception>
    public static EpisodeLog Join(IReadOnlyList<EpisodeLog> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        if (logs.Count == 0 || logs.Any(l => l.Observation != logs[0].Observation || l.Action != logs[0].Action)) throw new ArgumentException("expected logs with observations and actions of one size", nameof(logs));
        return new(logs[0].Observation, logs[0].Action, [.. logs.SelectMany(l => l.Lengths)], [.. logs.SelectMany(l => l.Observations)], [.. logs.SelectMany(l => l.Actions)], [.. logs.SelectMany(l => l.Rewards)], [.. logs.SelectMany(l => l.Costs)], [.. logs.SelectMany(l => l.Terminated)]);
    }

    /// <summary>The numbers of a column.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="name">The column.</param>
    /// <param name="wrong">Makes the exception of a message; null for one without a place.</param>
    /// <exception cref="RequestException">There is no such column, or it has words.</exception>
    public static double[] Numbers(Table table, string name, Func<string, RequestException>? wrong = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.Find(name) is NumberColumn numbers ? numbers.Values
            : throw (wrong ?? (what => new RequestException($"{table.Name}: {what}")))(table.Find(name) is null ? $"has no column '{name}'; it has {string.Join(", ", table.Columns.Select(c => c.Name))}" : $"column '{name}' has words; expected numbers");
    }

    /// <summary>Reads a table's rows.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="setting">Where the file was named, for messages; null for none.</param>
    /// <param name="actions">What actions may be; null for anything finite.</param>
    /// <exception cref="RequestException">A column is missing, a number is none, steps do not follow each other, an episode has no end, or an action is out of bounds; the message names the row.</exception>
    public static EpisodeLog Of(Table table, Setting? setting = null, BoxSpace? actions = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        RequestException Wrong(string what) => setting?.Wrong($"{table.Name}: {what}") ?? new($"{table.Name}: {what}");
        double[] Numbers(string name) => EpisodeLog.Numbers(table, name, Wrong);
        double[][] Several(string name)
        {
            double[][] found = [.. Enumerable.Range(0, table.Columns.Count).TakeWhile(i => table.Find($"{name}-{i}") is not null).Select(i => Numbers($"{name}-{i}"))];
            return found.Length > 0 ? found : throw Wrong($"has no column '{name}-0'; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");
        }
        var (episode, step, seen, done, reward, terminated, truncated) = (Numbers("episode"), Numbers("step"), Several("observation"), Several("action"), Numbers("reward"), Numbers("terminated"), Numbers("truncated"));
        var cost = table.Find("cost") is null ? null : Numbers("cost");
        if (actions is not null && actions.Size != done.Length) throw Wrong($"has {done.Length} numbers an action, expected {actions.Size}");

        var (lengths, ends) = (new List<int>(), new List<bool>());
        var (observationValues, actionValues, rewards, costs) = (new List<float>(table.Rows * seen.Length), new List<float>(table.Rows * done.Length), new List<float>(), new List<float>());
        for (var row = 0; row < table.Rows;)
        {
            for (var first = row; ; row++)
            {
                var place = table.Place(row);
                if (step[row] != row - first) throw Wrong($"{place}: step {Write(step[row])} of episode {Write(episode[row])}, expected {row - first}");
                Add(observationValues, seen, row, "observation");
                if (row + 1 == table.Rows || episode[row + 1] != episode[row])
                {
                    if (row == first) throw Wrong($"{place}: episode {Write(episode[row])} has no action");
                    if (!IsSet(terminated, row - 1) && !IsSet(truncated, row - 1)) throw Wrong($"{table.Place(row - 1)}: episode {Write(episode[row])} has no end; its last action is neither terminated nor truncated");
                    lengths.Add(row - first);
                    ends.Add(IsSet(terminated, row - 1));
                    row++;
                    break;
                }
                if (row > first && (IsSet(terminated, row - 1) || IsSet(truncated, row - 1))) throw Wrong($"{place}: episode {Write(episode[row])} goes on after its end");
                Add(actionValues, done, row, "action");
                if (actions is not null)
                    for (var i = 0; i < done.Length; i++)
                        if (done[i][row] < actions.Low[i] || done[i][row] > actions.High[i]) throw Wrong($"{place}: action-{i} is {Write(done[i][row])}, out of [{Write(actions.Low[i])}, {Write(actions.High[i])}]");
                rewards.Add(Finite(reward[row], "reward", row));
                costs.Add(cost is null ? 0 : Finite(cost[row], "cost", row));
            }
        }
        return new(seen.Length, done.Length, [.. lengths], [.. observationValues], [.. actionValues], [.. rewards], [.. costs], [.. ends]);

        float Finite(double value, string column, int row) => double.IsFinite(value) ? (float)value : throw Wrong($"{table.Place(row)}: {column} is not a number");
        void Add(List<float> values, double[][] columns, int row, string name)
        {
            for (var i = 0; i < columns.Length; i++) values.Add(Finite(columns[i][row], $"{name}-{i}", row));
        }
    }

    /// <summary>The table, whose last row of each episode has an observation alone.</summary>
    public Table ToTable()
    {
        var rows = Steps + Count;
        double[] Empty() => [.. Enumerable.Repeat(double.NaN, rows)];
        var (episode, step, reward, cost, terminated, truncated) = (Empty(), Empty(), Empty(), Empty(), Empty(), Empty());
        double[][] seen = [.. Enumerable.Range(0, Observation).Select(_ => Empty())], done = [.. Enumerable.Range(0, Action).Select(_ => Empty())];
        var (row, at) = (0, 0);
        for (var e = 0; e < Count; e++)
            for (var t = 0; t <= Lengths[e]; t++, row++)
            {
                (episode[row], step[row]) = (e, t);
                for (var i = 0; i < Observation; i++) seen[i][row] = Observations[row * Observation + i];
                if (t == Lengths[e]) continue;
                for (var i = 0; i < Action; i++) done[i][row] = Actions[at * Action + i];
                var isLast = t + 1 == Lengths[e];
                (reward[row], cost[row], terminated[row], truncated[row]) = (Rewards[at], Costs[at], isLast && Terminated[e] ? 1 : 0, isLast && !Terminated[e] ? 1 : 0);
                at++;
            }
        return new("episodes", [new NumberColumn("episode", episode), new NumberColumn("step", step), .. seen.Select((v, i) => new NumberColumn($"observation-{i}", v)), .. done.Select((v, i) => new NumberColumn($"action-{i}", v)),
            new NumberColumn("reward", reward), new NumberColumn("cost", cost), new NumberColumn("terminated", terminated), new NumberColumn("truncated", truncated)]);
    }

    /// <summary>Plays episodes in environments side by side, and keeps those that come to their own end.</summary>
    /// <param name="environments">The environments.</param>
    /// <param name="seed">The seed of the episodes.</param>
    /// <param name="count">Episodes to keep; of those that end at once, the earlier environments' first.</param>
    /// <param name="act">Chooses the actions [N × A] by what is seen [N × S].</param>
    /// <param name="keepsTruncated">Whether episodes that were cut off are kept too.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static EpisodeLog Play(IVectorEnvironment environments, ulong seed, int count, Action<float[], float[]> act, bool keepsTruncated = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(environments);
        ArgumentNullException.ThrowIfNull(act);
        var (n, size, width) = (environments.Count, environments.ObservationSpace.Size, environments.ActionSpace.Size);
        var (now, actions, open) = (new EnvironmentStep(n, size), new float[n * width], Enumerable.Range(0, n).Select(_ => new EpisodeRecorder()).ToArray());
        var kept = new List<EpisodeRecorder>();
        environments.Reset(seed, now);
        for (var i = 0; i < n; i++) open[i].Begin(now.Observations.AsSpan(i * size, size));
        while (kept.Count < count)
        {
            cancellation.ThrowIfCancellationRequested();
            act(now.Observations, actions);
            environments.Step(actions, now);
            for (var i = 0; i < n && kept.Count < count; i++)
            {
                if (open[i].IsOver) (open[i] = new()).Begin(now.Observations.AsSpan(i * size, size)); // this step began another
                else open[i].Add(actions.AsSpan(i * width, width), now, i);
                if (open[i].IsOver && (open[i].Terminated || keepsTruncated)) kept.Add(open[i]);
            }
        }
        return EpisodeRecorder.Log(size, width, kept);
    }

    private static bool IsSet(double[] column, int row) => column[row] == 1;

    private static string Write(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
