using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>How many ways a player has.</summary>
public enum PlayerWays
{
    /// <summary>Past the obstacle on either side, fast or slowly, whatever comes to mind.</summary>
    Many,

    /// <summary>Always to the left of the obstacle, as seen on the way, and fast.</summary>
    One,
}

/// <summary>Plays with what is on a table: carries a disc to the other side, opens or shuts the drawer, switches a button, one after the other. On its way past the obstacle it takes one side or the other, fast or slowly: many ways lead to one goal.</summary>
/// <param name="noise">The standard deviation of what is added to each movement.</param>
/// <param name="ways">How many ways it has.</param>
public sealed class TabletopPlayer(double noise = 0.1, PlayerWays ways = PlayerWays.Many)
{
    private const float Near = 0.02f, Clearance = Tabletop.Obstacle + 0.05f, Detour = 0.27f;

    private readonly Queue<(float X, float Y, bool Closed)> way = [];
    private float speed = 1;

    /// <summary>Whether what was begun is done.</summary>
    public bool IsDone => way.Count == 0;

    /// <summary>Begins to change a thing.</summary>
    /// <param name="state">The table [12].</param>
    /// <param name="thing">Which thing.</param>
    /// <param name="random">Which way, how fast and where to.</param>
    public void Begin(ReadOnlySpan<float> state, TabletopThing thing, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        way.Clear();
        speed = random.Next(2) == 0 && ways == PlayerWays.Many ? 0.5f : 1;
        var place = Tabletop.Place(state, thing);
        Go((state[0], state[1]), place, closed: false, random);
        // Closing takes an action of its own, where the gripper is.
        way.Enqueue((place.X, place.Y, true));
        if (thing == TabletopThing.Drawer) way.Enqueue((state[9] < 0.5f ? 0.45f : 0.15f, place.Y, true));
        else if (thing < TabletopThing.Drawer)
            Go(place, ((float)random.NextDouble(0.1, 0.3) + (place.X < 0.5f ? 0.6f : 0), (float)random.NextDouble(0.15, 0.75)), closed: true, random);
        var end = way.Last();
        way.Enqueue((end.X, end.Y, false));
    }

    /// <summary>The next action [3]. Where nothing is begun, the gripper stays where it is, open.</summary>
    /// <param name="state">The table [12].</param>
    /// <param name="random">The noise.</param>
    /// <param name="into">Receives the action, within [−1, 1].</param>
    public void Act(ReadOnlySpan<float> state, RandomStream random, Span<float> into)
    {
        ArgumentNullException.ThrowIfNull(random);
        var isClosed = state[2] > 0.5f;
        while (way.TryPeek(out var next) && next.Closed == isClosed && Math.Abs(next.X - state[0]) < Near && Math.Abs(next.Y - state[1]) < Near) way.Dequeue();
        if (!way.TryPeek(out var target))
        {
            (into[0], into[1], into[2]) = (0, 0, -1);
            return;
        }
        var (x, y) = ((target.X - state[0]) / Tabletop.Stride, (target.Y - state[1]) / Tabletop.Stride);
        var longest = Math.Max(1, Math.Max(Math.Abs(x), Math.Abs(y)) / speed);
        // A hand that grasps holds still.
        var shake = target.Closed == isClosed && longest > 1 ? noise : 0;
        into[0] = (float)Math.Clamp(x / longest + shake * random.NextGaussian(), -1, 1);
        into[1] = (float)Math.Clamp(y / longest + shake * random.NextGaussian(), -1, 1);
        into[2] = target.Closed ? 1 : -1;
    }

    private void Go((float X, float Y) from, (float X, float Y) to, bool closed, RandomStream random)
    {
        var (x, y) = (to.X - from.X, to.Y - from.Y);
        var length = MathF.Sqrt(x * x + y * y);
        if (length > 1e-6f)
        {
            var along = Math.Clamp(((0.5f - from.X) * x + (0.5f - from.Y) * y) / (length * length), 0, 1);
            var (missX, missY) = (from.X + along * x - 0.5f, from.Y + along * y - 0.5f);
            if (MathF.Sqrt(missX * missX + missY * missY) < Clearance)
            {
                var side = random.Next(2) == 0 || ways == PlayerWays.One ? Detour : -Detour;
                way.Enqueue((0.5f - y / length * side, 0.5f + x / length * side, closed));
            }
        }
        way.Enqueue((to.X, to.Y, closed));
    }
}
