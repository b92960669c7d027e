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
public sealed class Households : VectorEnvironment, IHindsightEnvironment
{
    private static readonly SceneForm Form = HouseholdNames.Form;

    private readonly DrawHousehold draw;
    private readonly byte[] states, starts, again = new byte[House.Cells];
    private readonly float[] histories, before = new float[2 * HouseholdNames.Remembered];
    private readonly HouseholdGoal[] goals;
    private readonly HouseholdPredicate[] changes;
    private readonly RandomStream random = RandomStream.Of(0, "household");

    /// <summary>Creates households.</summary>
    /// <param name="count">Households.</param>
    /// <param name="longest">Actions after which an episode is truncated.</param>
    /// <param name="draw">Draws a house and what is asked for; not true yet.</param>
    public Households(int count, int longest, DrawHousehold draw) : base(count, longest)
    {
        ArgumentNullException.ThrowIfNull(draw);
        this.draw = draw;
        (states, starts, histories) = (new byte[count * House.Cells], new byte[count * House.Cells], new float[count * 2 * HouseholdNames.Remembered]);
        (goals, changes) = (new HouseholdGoal[count], new HouseholdPredicate[count]);
    }

    /// <inheritdoc/>
    public override BoxSpace ObservationSpace { get; } = Form.Observations;

    /// <inheritdoc/>
    public override BoxSpace ActionSpace { get; } = Form.Actions;

    /// <inheritdoc/>
    public int GoalSize => Form.GoalWords;

    /// <inheritdoc/>
    public int MostAchieved => 2;

    /// <summary>The state of an environment, all of it.</summary>
    public House State(int environment) => new(states.AsSpan(environment * House.Cells, House.Cells));

    /// <summary>What is asked for in an environment.</summary>
    public HouseholdGoal Goal(int environment) => goals[environment];

    /// <inheritdoc/>
    protected override void Begin(int environment, ulong seed, int episode, Span<float> seen)
    {
        random.MoveTo(seed, "household", environment, episode);
        var house = State(environment);
        goals[environment] = draw(environment, random, house);
        states.AsSpan(environment * House.Cells, House.Cells).CopyTo(starts.AsSpan(environment * House.Cells));
        History(environment).Clear();
        changes[environment] = default;
        See(house, History(environment), goals[environment], seen);
    }

    /// <inheritdoc/>
    protected override ActionOutcome Act(int environment, ReadOnlySpan<float> action, Span<float> seen)
    {
        var house = State(environment);
        changes[environment] = Act(house, action, History(environment));
        See(house, History(environment), goals[environment], seen);
        var isThere = goals[environment].Holds(house);
        return new(isThere ? 1 : 0, 0, isThere);
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

    private static void See(House house, ReadOnlySpan<float> history, HouseholdGoal goal, Span<float> into)
    {
        house.See(into);
        history.CopyTo(into[(Form.Slots * Form.SlotSize)..]);
        goal.Write(into[(Form.Size - Form.GoalWords)..]);
    }
}
