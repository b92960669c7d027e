using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>Where a point robot is, how fast, and where it heads.</summary>
/// <param name="X">Its place.</param>
/// <param name="Y">Its place.</param>
/// <param name="Speed">Its speed, from 0 to 2.</param>
/// <param name="Heading">Its direction, in radians.</param>
public readonly record struct RobotState(double X, double Y, double Speed, double Heading);

/// <summary>
/// Robots with momentum among two round hazards (Zheng et al. 2024, appendix): an action accelerates and turns, each in [−1, 1]; seen are place, speed, direction, and how far and in which direction the hazards lie. The reward of a
/// step is how much nearer the goal is, and 1 more where it is reached, which ends the episode, as leaving the field does. The cost is h, above 0 within a hazard: the radius less the distance. Since a robot cannot stop or turn at once,
/// it can be on its way into a hazard long before it is there. Speeds end at 0 and 2, so that no hazard is passed within a step. A step takes 0.2 s, four times the paper's, so that what an action brings can be told after thousands of steps of training in place of a hundred thousand.
/// </summary>
public sealed class PointRobots : VectorEnvironment
{
    /// <summary>Numbers that are seen.</summary>
    public const int Seen = 11;

    /// <summary>The radius of a hazard.</summary>
    public const double HazardRadius = 0.8;

    private const double TimeStep = 0.2, Border = 3, GoalDistance = 0.3, LargestSpeed = 2;
    private const int LongestEpisode = 75;

    private readonly Func<int, RandomStream, RobotState> start;
    private readonly RobotState[] states;

    /// <summary>Creates robots.</summary>
    /// <param name="count">Robots.</param>
    /// <param name="start">Where a robot starts; null for <see cref="AnyStart"/>.</param>
    public PointRobots(int count, Func<int, RandomStream, RobotState>? start = null) : base(count, LongestEpisode) =>
        (this.start, states) = (start ?? ((_, random) => AnyStart(random)), new RobotState[count]);

    /// <summary>The middles of the hazards.</summary>
    public static IReadOnlyList<(double X, double Y)> Hazards { get; } = [(0.4, -1.2), (-0.4, 1.2)];

    /// <summary>The goal.</summary>
    public static (double X, double Y) Goal { get; } = (2.2, 2.2);

    /// <inheritdoc/>
    public override BoxSpace ObservationSpace { get; } = new([-4, -4, 0, -1, -1, 0, -1, -1, 0, -1, -1], [4, 4, 2, 1, 1, 10, 1, 1, 10, 1, 1]);

    /// <inheritdoc/>
    public override BoxSpace ActionSpace { get; } = BoxSpace.Of(2, -1, 1);

    /// <summary>A start anywhere in the field, heading up to 45° left or right of upwards.</summary>
    public static RobotState AnyStart(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new(random.NextDouble(-3, 3), random.NextDouble(-3, 3), random.NextDouble(0.5, 2), random.NextDouble(Math.PI / 4, 3 * Math.PI / 4));
    }

    /// <summary>h: the radius of a hazard less the distance to the nearest one's middle; above 0 within it.</summary>
    public static double Violation(RobotState state) => HazardRadius - Hazards.Min(h => Distance(h, state));

    /// <summary>Whether hazards can still be avoided: by braking and turning away from each that lies ahead.</summary>
    public static bool IsAvoidable(RobotState state)
    {
        if (Violation(state) >= 0) return false;
        foreach (var hazard in Hazards)
        {
            var (x, y) = (hazard.X - state.X, hazard.Y - state.Y);
            var (along, across) = (x * Math.Cos(state.Heading) + y * Math.Sin(state.Heading), y * Math.Cos(state.Heading) - x * Math.Sin(state.Heading));
            if (along <= 0 || Math.Abs(across) > HazardRadius) continue;
            for (var s = state; s.Speed > 0;)
            {
                s = Move(s, -1, across >= 0 ? -1 : 1);
                if (Distance(hazard, s) <= HazardRadius) return false;
            }
        }
        return true;
    }

    /// <summary>What is seen of a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="into">Receives it [11].</param>
    public static void See(RobotState state, Span<float> into)
    {
        var (cos, sin) = (Math.Cos(state.Heading), Math.Sin(state.Heading));
        (into[0], into[1], into[2], into[3], into[4]) = ((float)state.X, (float)state.Y, (float)state.Speed, (float)cos, (float)sin);
        for (var i = 0; i < Hazards.Count; i++)
        {
            var (x, y, distance) = (Hazards[i].X - state.X, Hazards[i].Y - state.Y, Math.Max(Distance(Hazards[i], state), 1e-9));
            (into[5 + 3 * i], into[6 + 3 * i], into[7 + 3 * i]) = ((float)distance, (float)((x * cos + y * sin) / distance), (float)((y * cos - x * sin) / distance));
        }
    }

    /// <summary>The state that something was seen of.</summary>
    public static RobotState StateOf(ReadOnlySpan<float> seen) => new(seen[0], seen[1], seen[2], Math.Atan2(seen[4], seen[3]));

    /// <inheritdoc/>
    protected override void Begin(int environment, ulong seed, int episode, Span<float> seen)
    {
        states[environment] = start(environment, RandomStream.Of(seed, "point-robot", environment, episode));
        See(states[environment], seen);
    }

    /// <inheritdoc/>
    protected override ActionOutcome Act(int environment, ReadOnlySpan<float> action, Span<float> seen)
    {
        var before = Distance(Goal, states[environment]);
        var state = states[environment] = Move(states[environment], Math.Clamp(action[0], -1, 1), Math.Clamp(action[1], -1, 1));
        See(state, seen);
        var distance = Distance(Goal, state);
        var isThere = distance <= GoalDistance;
        return new((float)(before - distance + (isThere ? 1 : 0)), (float)Violation(state), isThere || Math.Abs(state.X) > Border || Math.Abs(state.Y) > Border);
    }

    private static RobotState Move(RobotState s, double acceleration, double turn) =>
        new(s.X + TimeStep * s.Speed * Math.Cos(s.Heading), s.Y + TimeStep * s.Speed * Math.Sin(s.Heading), Math.Clamp(s.Speed + TimeStep * acceleration, 0, LargestSpeed), s.Heading + TimeStep * turn);

    private static double Distance((double X, double Y) place, RobotState state) => Math.Sqrt((place.X - state.X) * (place.X - state.X) + (place.Y - state.Y) * (place.Y - state.Y));
}
