using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>How a point moves, and when its episodes end.</summary>
public sealed record PointMazeOptions
{
    /// <summary>Seconds a step.</summary>
    [Description("Seconds a step")]
    [Range(0.001, 0.2)]
    public double TimeStep { get; set; } = 0.1;

    /// <summary>The acceleration.</summary>
    [Description("Acceleration by an action of 1")]
    [Range(0, 100)]
    public double Force { get; set; } = 10;

    /// <summary>The drag.</summary>
    [Description("The share of its speed that a point loses in a second")]
    [Range(0, 10)]
    public double Drag { get; set; } = 1;

    /// <summary>The largest speed.</summary>
    [Description("The largest speed in each direction, in cells a second; less than a cell a step, so that no wall is passed")]
    [Range(0.01, 5)]
    public double LargestSpeed { get; set; } = 4;

    /// <summary>How near is there.</summary>
    [Description("How near to a goal is there")]
    [Range(0.01, 1)]
    public double GoalDistance { get; set; } = 0.3;

    /// <summary>Most steps.</summary>
    [Description("Steps after which an episode is truncated")]
    [Range(1, 1_000_000)]
    public int Steps { get; set; } = 200;
}

/// <summary>
/// Points with momentum in a maze, each with a goal. An action is a force in two directions, each in [−1, 1]; seen are place, velocity and goal: x, y, vx, vy, goal x, goal y. An episode terminates with reward 1 where the goal is
/// reached, and is truncated after a number of steps. Walls stop a point: its place is kept and its speed across the wall is lost.
/// </summary>
[Version(1)]
public sealed class PointMazes : VectorEnvironment
{
    /// <summary>Numbers an observation.</summary>
    public const int Seen = 6;

    private const float Gap = 1e-4f; // a point that touches a wall still lies in its free cell
    private readonly Maze maze;
    private readonly Func<int, RandomStream, (int Start, int Goal)> task;
    private readonly float[] states;
    private readonly float time, force, keep, largest, near;

    /// <param name="maze">The maze.</param>
    /// <param name="count">How many points.</param>
    /// <param name="options">How they move.</param>
    /// <param name="task">Draws the cells of start and goal of an episode of a point; null for any two.</param>
    public PointMazes(Maze maze, int count, PointMazeOptions? options = null, Func<int, RandomStream, (int Start, int Goal)>? task = null) : base(count, options?.Steps ?? new PointMazeOptions().Steps)
    {
        ArgumentNullException.ThrowIfNull(maze);
        options ??= new();
        this.maze = maze;
        this.task = task ?? ((_, random) => (maze.Free[random.Next(maze.Free.Count)], maze.Free[random.Next(maze.Free.Count)]));
        states = new float[count * Seen];
        (time, force, keep, largest, near) = ((float)options.TimeStep, (float)options.Force, 1 - (float)(options.Drag * options.TimeStep), (float)options.LargestSpeed, (float)(options.GoalDistance * options.GoalDistance));
        ObservationSpace = new([0, 0, -largest, -largest, 0, 0], [maze.Width, maze.Height, largest, largest, maze.Width, maze.Height]);
    }

    /// <inheritdoc/>
    public override BoxSpace ObservationSpace { get; }

    /// <inheritdoc/>
    public override BoxSpace ActionSpace { get; } = BoxSpace.Of(2, -1, 1);

    /// <inheritdoc/>
    protected override void Begin(int environment, ulong seed, int episode, Span<float> seen)
    {
        var random = RandomStream.Of(seed, "point-maze", environment, episode);
        var (start, goal) = task(environment, random);
        var ((x, y), (goalX, goalY)) = (maze.Middle(start), maze.Middle(goal));
        float Beside(float middle) => middle + (float)random.NextDouble(-0.2, 0.2);
        float[] state = [Beside(x), Beside(y), 0, 0, Beside(goalX), Beside(goalY)];
        state.CopyTo(states, environment * Seen);
        state.CopyTo(seen);
    }

    /// <inheritdoc/>
    protected override ActionOutcome Act(int environment, ReadOnlySpan<float> action, Span<float> seen)
    {
        var state = states.AsSpan(environment * Seen, Seen);
        for (var axis = 0; axis < 2; axis++)
            state[2 + axis] = Math.Clamp(keep * state[2 + axis] + time * force * Math.Clamp(action[axis], -1, 1), -largest, largest);
        // One direction after the other, less than a cell each, so that the first wall in the way is the only one.
        var x = state[0] + time * state[2];
        if (IsWall(x, state[1])) (x, state[2]) = (Border(state[0], state[2]), 0);
        state[0] = x;
        var y = state[1] + time * state[3];
        if (IsWall(x, y)) (y, state[3]) = (Border(state[1], state[3]), 0);
        state[1] = y;
        state.CopyTo(seen);
        var (toX, toY) = (state[4] - x, state[5] - y);
        var isThere = toX * toX + toY * toY <= near;
        return new(isThere ? 1 : 0, 0, isThere);
    }

    private bool IsWall(float x, float y) => maze.IsWall((int)y, (int)x);

    private static float Border(float from, float speed) => speed > 0 ? MathF.Floor(from) + 1 - Gap : MathF.Floor(from) + Gap;
}
