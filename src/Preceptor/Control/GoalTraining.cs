using Preceptor.Foundation;
using Preceptor.Models;
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
    /// <exception cref="RequestException">The network's sizes do not fit each other, or no episode.</exception>
    public static Policy Train(this Run run, ControlProblem problem, IReadOnlyList<int> clusters, double stitched)
    {
        set_num_threads(run.Threads);
        run.Uses(typeof(GoalDraws));
        var (log, actions, state, goal) = problem.Demonstrations;
        var (standard, draws) = (Standard(log, [.. state, .. goal]), new GoalDraws([.. log.Lengths.Select(length => length + 1)], clusters));
        if (problem.Model.Reader == PolicyReader.Transformer)
        {
            run.Uses(typeof(SequencePolicyNetwork));
            var sizes = problem.Model.Sequence;
            if (sizes.Context > log.Lengths.Max()) throw new RequestException($"model.sequence.context: {sizes.Context}: no episode of {problem.Name} has as many actions; expected at most {log.Lengths.Max()}");
            var reader = run.New(() => new SequencePolicyNetwork(sizes, standard, state.Count, actions));
            return run.Train(problem, reader, new GoalSequenceBatches(run, problem, draws, sizes.Context, stitched), batch => nn.functional.mse_loss(reader.Forward(batch.Inputs(), batch.Actions()), batch.Actions()), summary => new SequencePolicy(sizes, reader, state, goal, actions, summary, run.Threads));
        }
        run.Uses(typeof(GoalPolicyNetwork));
        var network = run.New(() => new GoalPolicyNetwork(problem.Model, standard, actions));
        return run.Train(problem, network, new GoalBatches(run, problem, draws, stitched), batch => nn.functional.mse_loss(network.forward(batch.Inputs()), batch.Actions()));
    }

    /// <summary>Trains a perceptron by a loss, and validates by the difference to what was done.</summary>
    internal static Policy Train<TBatch>(this Run run, ControlProblem problem, GoalPolicyNetwork network, IBatches<TBatch> batches, Func<TBatch, Tensor> loss) where TBatch : IBatch =>
        run.Train(problem, network, batches, loss, summary => new GoalPolicy(problem.Model, network, problem.Demonstrations.State, problem.Demonstrations.Goal, problem.Demonstrations.Actions, summary, run.Threads));

    private static Policy Train<TBatch>(this Run run, ControlProblem problem, nn.Module network, IBatches<TBatch> batches, Func<TBatch, Tensor> loss, Func<TrainingSummary, Policy> trained) where TBatch : IBatch
    {
        ValidationScores Validate()
        {
            var error = trained(new([], 0, 0, 0)).ActionErrors(problem.Validation).Average();
            return new(-error, error, "negative-action-error");
        }
        return trained(TrainingLoop.Fit(run, network, batches, problem.Training, _ => loss, problem.Validation.Count == 0 ? null : Validate));
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
