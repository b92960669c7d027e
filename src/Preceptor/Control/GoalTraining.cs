using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>Trains a policy to do what was done, given a goal that it led to.</summary>
internal static class GoalTraining
{
    /// <summary>Creates the policy and trains it by the mean square of the actions' difference.</summary>
    /// <param name="run">The run; only one training fits into a stage.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="clusters">The cluster of each observation; by it goals are exchanged.</param>
    /// <param name="stitched">How often a goal is exchanged.</param>
    public static GoalPolicy Train(this Run run, ControlProblem problem, IReadOnlyList<int> clusters, double stitched)
    {
        set_num_threads(run.Threads);
        run.Uses(typeof(GoalPolicyNetwork));
        run.Uses(typeof(GoalDraws));
        var (log, actions, state, goal) = problem.Demonstrations;
        var network = run.New(() => new GoalPolicyNetwork(problem.Model, Standard(log, [.. state, .. goal]), actions));
        var batches = new GoalBatches(run, problem, new([.. log.Lengths.Select(length => length + 1)], clusters), stitched);
        return run.Train(problem, network, batches, batch => nn.functional.mse_loss(network.forward(batch.Inputs()), batch.Actions()));
    }

    /// <summary>Trains a policy's network by a loss, and validates by the difference to what was done.</summary>
    internal static GoalPolicy Train<TBatch>(this Run run, ControlProblem problem, GoalPolicyNetwork network, IBatches<TBatch> batches, Func<TBatch, Tensor> loss) where TBatch : IBatch
    {
        var (_, actions, state, goal) = problem.Demonstrations;
        ValidationScores Validate()
        {
            var error = new GoalPolicy(problem.Model, network, state, goal, actions, new([], 0, 0, 0), run.Threads).ActionErrors(problem.Validation).Average();
            return new(-error, error, "negative-action-error");
        }
        var summary = TrainingLoop.Fit(run, network, batches, problem.Training, _ => loss, problem.Validation.Count == 0 ? null : Validate);
        return new(problem.Model, network, state, goal, actions, summary, run.Threads);
    }

    /// <summary>Creates a network by the run's seed.</summary>
    internal static T New<T>(this Run run, Func<T> create)
    {
        manual_seed(run.TorchSeed("initialisation"));
        return create();
    }

    /// <summary>Mean and standard deviation of some numbers of all observations; a number that never changes has deviation 1.</summary>
    internal static (float[] Means, float[] Deviations) Standard(EpisodeLog log, int[] numbers)
    {
        var (means, deviations, rows) = (new float[numbers.Length], new float[numbers.Length], log.Steps + log.Count);
        for (var i = 0; i < numbers.Length; i++)
        {
            var (sum, squares) = (0.0, 0.0);
            for (var row = 0; row < rows; row++) sum += log.Seen(row)[numbers[i]];
            for (var row = 0; row < rows; row++) squares += Math.Pow(log.Seen(row)[numbers[i]] - sum / rows, 2);
            (means[i], deviations[i]) = ((float)(sum / rows), (float)Math.Sqrt(squares / rows));
            if (deviations[i] < 1e-6f) deviations[i] = 1;
        }
        return (means, deviations);
    }
}
