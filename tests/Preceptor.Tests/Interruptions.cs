using Preceptor.Foundation;

namespace Preceptor.Tests;

/// <summary>Trainings that are stopped again and again, and continued from their checkpoints.</summary>
internal static class Interruptions
{
    /// <summary>Does work in a run that is stopped after every so many steps, until it comes to its end; it must be stopped at least once.</summary>
    /// <param name="steps">Steps after which it is stopped.</param>
    /// <param name="work">Trains in a stage of the run, and says what must be true at the end.</param>
    /// <param name="attempts">Most runs that it may take.</param>
    public static void Outlast(int steps, Action<Run> work, int attempts = 20)
    {
        var folder = Directory.CreateTempSubdirectory("preceptor-interruptions-").FullName;
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                Assert.True(attempt < attempts, "the run makes no progress across interruptions");
                using var stop = new CancellationTokenSource();
                var left = steps;
                using var run = new Run(new RunSettings { Folder = folder, Cancellation = stop.Token, AtSafePoint = () => { if (--left == 0) stop.Cancel(); } });
                try
                {
                    work(run);
                    Assert.True(attempt > 0, "it was never stopped");
                    return;
                }
                catch (OperationCanceledException)
                {
                    // continue from the checkpoint
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
