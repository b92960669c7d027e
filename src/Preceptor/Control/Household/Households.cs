using Preceptor.Foundation;

namespace Preceptor.Control.Household;

/// <summary>Draws a house and what is asked for in it.</summary>
/// <param name="environment">For which environment.</param>
/// <param name="random">The draw.</param>
/// <param name="house">Receives the house.</param>
public delegate HouseholdGoal DrawHousehold(int environment, RandomStream random, House house);

/// <summary>
/// Households in words (after VirtualHome; Puig et al. 2018): twelve things in or on six receptacles, three of them with doors, in four rooms. One sees the room one is in, what is not behind doors, and what one holds, and is asked to
/// put things somewhere. An action is a verb and a slot, rounded; what is not possible changes nothing. Observations read as <see cref="HouseholdNames.Form"/> says. An episode terminates with reward 1 where its goal is true.
/// </summary>
public sealed class Households : IHindsightEnvironment
{
    private static readonly SceneForm Form = HouseholdNames.Form;

    private readonly DrawHousehold draw;
    private readonly int longest;
    private readonly byte[] states, starts, again = new byte[House.Cells];
    private readonly float[] histories, before = new float[2 * HouseholdNames.Remembered];
    private readonly HouseholdGoal[] goals;
    private readonly HouseholdPredicate[] changes;
    private readonly int[] steps, episodes;
    private readonly bool[] isOver;
    private readonly RandomStream random = RandomStream.Of(0, "household");
    private ulong seed;

    /// <summary>Creates households.</summary>
    /// <param name="count">Households.</param>
    /// <param name="longest">Actions after which an episode is truncated.</param>
    /// <param name="draw">Draws a house and what is asked for; not true yet.</param>
    public Households(int count, int longest, DrawHousehold draw)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, 1);
        ArgumentNullException.ThrowIfNull(draw);
        (Count, this.longest, this.draw) = (count, longest, draw);
        (states, starts, histories) = (new byte[count * House.Cells], new byte[count * House.Cells], new float[count * 2 * HouseholdNames.Remembered]);
        (goals, changes, steps, episodes, isOver) = (new HouseholdGoal[count], new HouseholdPredicate[count], new int[count], new int[count], new bool[count]);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public BoxSpace ObservationSpace { get; } = Form.Observations;

    /// <inheritdoc/>
    public BoxSpace ActionSpace { get; } = Form.Actions;

    /// <inheritdoc/>
    public int GoalSize => Form.GoalWords;

    /// <inheritdoc/>
    public int MostAchieved => 2;

    /// <summary>The state of an environment, all of it.</summary>
    public House State(int environment) => new(states.AsSpan(environment * House.Cells, House.Cells));

    /// <summary>What is asked for in an environment.</summary>
    public HouseholdGoal Goal(int environment) => goals[environment];

    /// <inheritdoc/>
    public void Reset(ulong seed, EnvironmentStep into)
    {
        ArgumentNullException.ThrowIfNull(into);
        this.seed = seed;
        Array.Clear(episodes);
        for (var i = 0; i < Count; i++) Begin(i, into);
    }

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<float> actions, EnvironmentStep into)
    {
        ArgumentNullException.ThrowIfNull(into);
        if (actions.Length != 2 * Count) throw new ArgumentException($"expected {2 * Count} numbers, a verb and a slot for each of {Count} households; found {actions.Length}", nameof(actions));
        for (var i = 0; i < actions.Length; i++)
            if (!float.IsFinite(actions[i])) throw new ArgumentException($"the action of environment {i / 2} is {actions[i]}", nameof(actions));
        for (var i = 0; i < Count; i++)
        {
            (into.Rewards[i], into.Costs[i], into.Terminated[i], into.Truncated[i]) = (0, 0, false, false);
            if (isOver[i])
            {
                episodes[i]++;
                Begin(i, into);
                continue;
            }
            var house = State(i);
            changes[i] = Act(house, actions.Slice(2 * i, 2), History(i));
            into.Terminated[i] = goals[i].Holds(house);
            into.Truncated[i] = !into.Terminated[i] && ++steps[i] >= longest;
            into.Rewards[i] = into.Terminated[i] ? 1 : 0;
            isOver[i] = into.IsOver(i);
            See(house, History(i), goals[i], Observation(i, into));
        }
    }

    /// <inheritdoc/>
    public int Achieved(int environment, Span<float> goals)
    {
        var changed = changes[environment];
        House now = State(environment), start = new(starts.AsSpan(environment * House.Cells, House.Cells));
        if (changed.Count is 0 or > 2 || start.CountOf(changed.Kind, changed.Receptacle) >= changed.Count) return 0;
        new HouseholdGoal(changed).Write(goals);
        // Together with something else that has become true and still is.
        for (byte kind = 0; kind < HouseholdNames.Kinds; kind++)
        {
            if (kind == changed.Kind) continue;
            for (byte receptacle = 0; receptacle < HouseholdNames.Receptacles; receptacle++)
            {
                var count = (byte)now.CountOf(kind, receptacle);
                if (count is 0 or > 2 || count <= start.CountOf(kind, receptacle)) continue;
                new HouseholdGoal(new(kind, receptacle, count), changed).Write(goals[GoalSize..]);
                return 2;
            }
        }
        return 1;
    }

    /// <inheritdoc/>
    public bool Replay(int environment, ReadOnlySpan<float> actions, ReadOnlySpan<float> goal, Span<float> observations)
    {
        starts.AsSpan(environment * House.Cells, House.Cells).CopyTo(again);
        Array.Clear(before);
        var house = new House(again);
        var (asked, size) = (HouseholdGoal.Read(goal), Form.Size);
        if (observations.Length > 0) See(house, before, asked, observations[..size]);
        for (var at = 0; at < actions.Length; at += 2)
        {
            var action = actions.Slice(at, 2);
            if (asked.Holds(house) || !house.IsPossible((HouseholdVerb)(int)action[0], (int)action[1])) return false;
            Act(house, action, before);
            if (observations.Length > 0) See(house, before, asked, observations.Slice((at / 2 + 1) * size, size));
        }
        return asked.Holds(house);
    }

    private Span<float> History(int environment) => histories.AsSpan(environment * 2 * HouseholdNames.Remembered, 2 * HouseholdNames.Remembered);

    private static Span<float> Observation(int environment, EnvironmentStep of) => of.Observations.AsSpan(environment * Form.Size, Form.Size);

    /// <summary>Acts, and says what putting something made true.</summary>
    private static HouseholdPredicate Act(House house, ReadOnlySpan<float> action, Span<float> history)
    {
        var (verb, slot) = ((HouseholdVerb)(int)MathF.Round(Math.Clamp(action[0], 0, (float)HouseholdVerb.Put)), (int)MathF.Round(Math.Clamp(action[1], 0, HouseholdNames.Slots - 1)));
        var held = house.Held;
        if (!house.Do(verb, slot)) return default;
        history[2..].CopyTo(history);
        history[^2] = HouseholdNames.FirstVerbWord + (int)verb;
        history[^1] = slot < HouseholdNames.FirstThing ? slot + 1 : HouseholdNames.FirstKindWord + house.Kinds[slot - HouseholdNames.FirstThing];
        if (verb != HouseholdVerb.Put) return default;
        var (kind, receptacle) = (house.Kinds[held], (byte)(slot - HouseholdNames.FirstReceptacle));
        return new(kind, receptacle, (byte)house.CountOf(kind, receptacle));
    }

    private void Begin(int environment, EnvironmentStep into)
    {
        random.MoveTo(seed, "household", environment, episodes[environment]);
        var house = State(environment);
        goals[environment] = draw(environment, random, house);
        states.AsSpan(environment * House.Cells, House.Cells).CopyTo(starts.AsSpan(environment * House.Cells));
        History(environment).Clear();
        (steps[environment], isOver[environment], changes[environment]) = (0, false, default);
        See(house, History(environment), goals[environment], Observation(environment, into));
    }

    private static void See(House house, ReadOnlySpan<float> history, HouseholdGoal goal, Span<float> into)
    {
        house.See(into);
        history.CopyTo(into[(Form.Slots * Form.SlotSize)..]);
        goal.Write(into[(Form.Size - Form.GoalWords)..]);
    }
}
