using System.Diagnostics;
using System.Globalization;
using Preceptor.Control;
using Preceptor.Foundation;

namespace Preceptor.Bench;

/// <summary>Steps of points in a maze, side by side.</summary>
internal static class MazeBench
{
    private const int Points = 1000;

    public static void Run(int steps)
    {
        var points = new PointMazes(Maze.U, Points);
        var (now, random) = (new EnvironmentStep(Points, PointMazes.Seen), RandomStream.Of(1, "actions"));
        float[] actions = [.. Enumerable.Range(0, 2 * Points).Select(_ => (float)random.NextDouble(-1, 1))];
        points.Reset(1, now);
        var (start, memory, episodes) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread(), 0);
        for (var step = 0; step < steps / Points; step++)
        {
            points.Step(actions, now);
            for (var i = 0; i < Points; i++) episodes += now.IsOver(i) ? 1 : 0;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{steps:#,0} steps of {Points} points: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.000} s, {episodes} episodes, {(GC.GetAllocatedBytesForCurrentThread() - memory) / (double)steps:0.0} bytes allocated a step"));
    }
}
