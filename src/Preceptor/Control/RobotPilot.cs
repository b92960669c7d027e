using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>Steers a point robot to its goal: straight, or around hazards; with noise.</summary>
/// <param name="isCautious">Whether it sees hazards: it heads past them, and brakes where one lies ahead.</param>
/// <param name="noise">The standard deviation of what is added to each number of an action.</param>
public sealed class RobotPilot(bool isCautious, double noise)
{
    private const double Margin = 0.35;

    /// <summary>The action of a robot [2].</summary>
    /// <param name="observation">What is seen of it [11].</param>
    /// <param name="random">The noise.</param>
    /// <param name="into">Receives the action, within [−1, 1].</param>
    public void Act(ReadOnlySpan<float> observation, RandomStream random, Span<float> into)
    {
        ArgumentNullException.ThrowIfNull(random);
        var state = PointRobots.StateOf(observation);
        var (direction, speed) = (Math.Atan2(PointRobots.Goal.Y - state.Y, PointRobots.Goal.X - state.X), 2.0);
        if (isCautious)
        {
            speed = 1;
            foreach (var hazard in PointRobots.Hazards)
            {
                var (angle, distance) = (Math.Atan2(hazard.Y - state.Y, hazard.X - state.X), Math.Sqrt(Math.Pow(hazard.X - state.X, 2) + Math.Pow(hazard.Y - state.Y, 2)));
                var goal = Math.Sqrt(Math.Pow(PointRobots.Goal.Y - state.Y, 2) + Math.Pow(PointRobots.Goal.X - state.X, 2));
                var side = Math.Asin(Math.Min(1, (PointRobots.HazardRadius + Margin) / distance));
                if (distance < goal && Math.Abs(Between(direction, angle)) < side) direction = angle + (Between(angle, state.Heading) >= 0 ? side : -side);
                if (Math.Abs(Between(state.Heading, angle)) < side && distance - PointRobots.HazardRadius < state.Speed * state.Speed / 2 + 0.3) speed = 0.1;
            }
        }
        var turn = Between(state.Heading, direction);
        if (Math.Abs(turn) > 0.5) speed = Math.Min(speed, 0.4);
        into[0] = (float)Math.Clamp(3 * (speed - state.Speed) + noise * random.NextGaussian(), -1, 1);
        into[1] = (float)Math.Clamp(3 * turn + noise * random.NextGaussian(), -1, 1);
    }

    // From one direction to another, the shorter way round.
    private static double Between(double from, double to) => Math.IEEERemainder(to - from, 2 * Math.PI);
}
