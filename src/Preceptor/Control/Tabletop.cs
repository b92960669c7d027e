using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>What on a tabletop can be changed.</summary>
public enum TabletopThing
{
    /// <summary>A disc that can be carried.</summary>
    FirstDisc,

    /// <summary>Another.</summary>
    SecondDisc,

    /// <summary>Another.</summary>
    ThirdDisc,

    /// <summary>A drawer with a handle, from 0, shut, to 1, open.</summary>
    Drawer,

    /// <summary>A button that is on or off.</summary>
    FirstButton,

    /// <summary>Another.</summary>
    SecondButton,
}

/// <summary>A start, and the state that one thing is to be brought into.</summary>
/// <param name="Start">The state at the beginning [12].</param>
/// <param name="Goal">A state in which the thing is where it should be [12].</param>
/// <param name="Thing">Which thing.</param>
public sealed record TabletopTask(float[] Start, float[] Goal, TabletopThing Thing);

/// <summary>
/// A gripper over a square table with three discs, a drawer, two buttons and an obstacle in the middle (after Lynch et al. 2020, in two dimensions). An action moves the gripper and closes it, each number in [−1, 1]. Closed on a disc or on
/// the handle it takes it along; closing over a button switches it. Seen are the gripper (x, y, closed), the discs (x, y each), the drawer and the buttons, and with tasks the goal's twelve numbers besides. With tasks an episode
/// terminates with reward 1 where its thing is as the goal has it; without, it is only truncated: play.
/// </summary>
public sealed class Tabletop : VectorEnvironment
{
    /// <summary>Numbers of a state.</summary>
    public const int State = 12;

    /// <summary>The radius of the obstacle, whose middle is that of the table.</summary>
    public const float Obstacle = 0.15f;

    /// <summary>How far an action moves the gripper at most, in each direction.</summary>
    public const float Stride = 0.1f;

    private const float Reach = 0.1f, HandleFirst = 0.15f, HandleRange = 0.3f, BackRow = 0.92f;

    private readonly Func<int, RandomStream, TabletopTask>? task;
    private readonly float[] states, goals;
    private readonly TabletopThing[] things;

    /// <summary>Creates tables.</summary>
    /// <param name="count">Tables.</param>
    /// <param name="longest">Actions after which an episode is truncated.</param>
    /// <param name="task">What is asked for; null for play.</param>
    public Tabletop(int count, int longest, Func<int, RandomStream, TabletopTask>? task = null) : base(count, longest)
    {
        this.task = task;
        (states, goals, things) = (new float[count * State], new float[count * State], new TabletopThing[count]);
        ObservationSpace = BoxSpace.Of(task is null ? State : 2 * State, 0, 1);
    }

    /// <inheritdoc/>
    public override BoxSpace ObservationSpace { get; }

    /// <inheritdoc/>
    public override BoxSpace ActionSpace { get; } = BoxSpace.Of(3, -1, 1);

    /// <summary>Where the gripper is when demonstrations and tasks begin: before the obstacle.</summary>
    public static (float X, float Y) Home => (0.5f, 0.2f);

    /// <summary>Any state: discs left or right of the obstacle, the drawer open or shut, buttons on or off, the gripper open.</summary>
    public static float[] AnyState(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        float Side() => (float)(random.NextDouble(0.1, 0.3) + (random.Next(2) == 0 ? 0 : 0.6));
        float Depth() => (float)random.NextDouble(0.15, 0.75);
        return [Side(), Depth(), 0, Side(), Depth(), Side(), Depth(), Side(), Depth(), random.Next(2), random.Next(2), random.Next(2)];
    }

    /// <summary>Any state, with the gripper at home.</summary>
    public static float[] AnyStateAtHome(RandomStream random)
    {
        var state = AnyState(random);
        (state[0], state[1]) = Home;
        return state;
    }

    /// <summary>Where a thing can be taken or switched.</summary>
    public static (float X, float Y) Place(ReadOnlySpan<float> state, TabletopThing thing) => thing switch
    {
        TabletopThing.Drawer => (HandleFirst + HandleRange * state[9], BackRow),
        TabletopThing.FirstButton => (0.65f, BackRow),
        TabletopThing.SecondButton => (0.9f, BackRow),
        _ => (state[3 + 2 * (int)thing], state[4 + 2 * (int)thing]),
    };

    /// <summary>Whether a thing is as a goal has it.</summary>
    public static bool IsReached(ReadOnlySpan<float> state, ReadOnlySpan<float> goal, TabletopThing thing) => thing switch
    {
        TabletopThing.Drawer => Math.Abs(state[9] - goal[9]) < 0.15f,
        TabletopThing.FirstButton => state[10] == goal[10],
        TabletopThing.SecondButton => state[11] == goal[11],
        _ => Distance(Place(state, thing), Place(goal, thing)) < 0.15f,
    };

    /// <summary>Acts on a state.</summary>
    /// <param name="state">The state, which changes [12].</param>
    /// <param name="action">The action [3].</param>
    public static void Move(Span<float> state, ReadOnlySpan<float> action)
    {
        var (before, wasClosed, closes) = ((X: state[0], Y: state[1]), state[2] > 0.5f, action[2] > 0);
        var (x, y) = (Math.Clamp(before.X + Stride * Math.Clamp(action[0], -1, 1), 0, 1), Math.Clamp(before.Y + Stride * Math.Clamp(action[1], -1, 1), 0, 1));
        var fromMiddle = Distance((x, y), (0.5f, 0.5f));
        if (fromMiddle < Obstacle)
        {
            // Along the border, as a finger slides along a post.
            var scale = Obstacle / Math.Max(fromMiddle, 1e-6f);
            (x, y) = (0.5f + (x - 0.5f) * scale, 0.5f + (y - 0.5f) * scale);
        }
        if (wasClosed && closes && Nearest(state, before) is { } held)
        {
            if (held == TabletopThing.Drawer) state[9] = Math.Clamp(state[9] + (x - before.X) / HandleRange, 0, 1);
            else
            {
                var at = 3 + 2 * (int)held;
                (state[at], state[at + 1]) = (Math.Clamp(state[at] + x - before.X, 0, 1), Math.Clamp(state[at + 1] + y - before.Y, 0, 1));
            }
        }
        (state[0], state[1], state[2]) = (x, y, closes ? 1 : 0);
        if (wasClosed || !closes) return;
        foreach (var button in new[] { TabletopThing.FirstButton, TabletopThing.SecondButton })
            if (Distance((x, y), Place(state, button)) < Reach) state[6 + (int)button] = 1 - state[6 + (int)button];
    }

    /// <inheritdoc/>
    protected override void Begin(int environment, ulong seed, int episode, Span<float> seen)
    {
        var random = RandomStream.Of(seed, "tabletop", environment, episode);
        if (task is null) AnyState(random).CopyTo(states, environment * State);
        else
        {
            var asked = task(environment, random);
            asked.Start.CopyTo(states, environment * State);
            asked.Goal.CopyTo(goals, environment * State);
            things[environment] = asked.Thing;
        }
        See(environment, seen);
    }

    /// <inheritdoc/>
    protected override ActionOutcome Act(int environment, ReadOnlySpan<float> action, Span<float> seen)
    {
        var state = states.AsSpan(environment * State, State);
        Move(state, action);
        See(environment, seen);
        var isThere = task is not null && IsReached(state, goals.AsSpan(environment * State, State), things[environment]);
        return new(isThere ? 1 : 0, 0, isThere);
    }

    private static TabletopThing? Nearest(ReadOnlySpan<float> state, (float X, float Y) gripper)
    {
        var (nearest, distance) = ((TabletopThing?)null, Reach);
        for (var thing = TabletopThing.FirstDisc; thing <= TabletopThing.Drawer; thing++)
            if (Distance(gripper, Place(state, thing)) is var d && d < distance) (nearest, distance) = (thing, d);
        return nearest;
    }

    private static float Distance((float X, float Y) a, (float X, float Y) b) => MathF.Sqrt((a.X - b.X) * (a.X - b.X) + (a.Y - b.Y) * (a.Y - b.Y));

    private void See(int table, Span<float> seen)
    {
        states.AsSpan(table * State, State).CopyTo(seen);
        if (task is not null) goals.AsSpan(table * State, State).CopyTo(seen[State..]);
    }
}
