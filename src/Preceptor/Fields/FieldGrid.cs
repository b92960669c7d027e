namespace Preceptor.Fields;

/// <summary>A grid over one dimension of space and time: X points by T + 1 moments, of which the first is the initial state.</summary>
/// <param name="Points">Points in space, X.</param>
/// <param name="Steps">Steps in time, T.</param>
/// <param name="Length">The extent of space.</param>
/// <param name="Duration">The extent of time.</param>
/// <param name="IsPeriodic">Whether the last point's neighbour is the first; else both ends belong to the grid.</param>
public sealed record FieldGrid(int Points, int Steps, double Length, double Duration, bool IsPeriodic)
{
    /// <summary>The distance of neighbouring points.</summary>
    public double Spacing => Length / (IsPeriodic ? Points : Points - 1);

    /// <summary>The distance of neighbouring moments.</summary>
    public double TimeStep => Duration / Steps;

    /// <summary>Moments, T + 1.</summary>
    public int Moments => Steps + 1;

    /// <summary>Points with a neighbour on either side, at which the equation is asked to hold.</summary>
    public int Inner => IsPeriodic ? Points : Points - 2;

    /// <summary>The place of a point.</summary>
    public double Place(int point) => point * Spacing;
}
