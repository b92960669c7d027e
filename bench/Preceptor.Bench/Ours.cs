using System.Diagnostics;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Prediction.Plain;
using Preceptor.Training;

namespace Preceptor.Bench;

/// <summary>Training steps through the library's own loop: batches, loss, gradients, optimiser, everything a run does.</summary>
internal static class Ours
{
    public static double MedianStep(string name, int steps)
    {
        var model = name == "mlp" ? new ModelOptions { Encoder = EncoderKind.Mlp, Hidden = [512, 512] } : new ModelOptions { Encoder = EncoderKind.Resnet, Width = 16 };
        var draft = DigitsProblem.Draft(new() { Size = ProblemSize.Small }, 1);
        draft = draft with { Validation = draft.Validation.Take([]), ValidationLabels = [], ValidationTruth = null };
        var task = draft.Encode(model, new TrainingOptions { Epochs = steps / 15 + 1, Batch = 128 });
        using var run = new Run(new RunSettings { Seed = 1 });
        var starts = new List<long>();
        run.Train(task.Problem, (network, epoch) =>
        {
            var objective = Supervised.Objective(network, epoch);
            return batch =>
            {
                starts.Add(Stopwatch.GetTimestamp());
                return objective(batch);
            };
        }).Dispose();
        var times = starts.Zip(starts.Skip(1), (a, b) => Stopwatch.GetElapsedTime(a, b).TotalMilliseconds).Skip(steps / 5).Order().ToArray();
        return times[times.Length / 2];
    }
}
