using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Reasoning;

/// <summary>Trains a copy of a policy, with a head, to say how good solutions and their beginnings are.</summary>
internal static class VerifierTraining
{
    /// <summary>Trains network and head on rated solutions.</summary>
    /// <param name="run">The run; only one training fits into a stage.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="policy">What drew the solutions.</param>
    /// <param name="network">The policy's copy.</param>
    /// <param name="head">The head, as it is to begin.</param>
    /// <param name="rated">The solutions.</param>
    /// <param name="epochs">Passes over them.</param>
    /// <param name="rate">The learning rate; null for the policy's.</param>
    /// <param name="loss">The loss of a batch, given the solutions of its rows.</param>
    /// <param name="range">What the head's numbers become.</param>
    /// <param name="whole">How a whole solution is scored.</param>
    public static SolutionVerifier TrainVerifier(this Run run, ReasoningProblem problem, LanguageModel policy, LanguageNetwork network, ValueHead head, RatedSolutions rated, int epochs, double? rate, Func<LanguageBatch, RatedSolution[], Tensor> loss,
        ValueRange range = ValueRange.Unbounded, SolutionScore whole = SolutionScore.Last)
    {
        run.Uses(typeof(ValueHead));
        run.Uses(typeof(LanguageNetwork));
        var training = problem.Policy.Training with { Epochs = epochs, Rate = rate ?? problem.Policy.Training.Rate };
        var batches = new SequenceBatches(run, rated.ToSequences(problem), training.Batch, network.Options.Architecture, policy.Start);
        var summary = TrainingLoop.Fit(run, new ModuleGroup(network, head), batches, training, _ => batch => loss(batch.Content, [.. batch.Rows.ToArray().Select(row => rated.All[row])]), null);
        return new(new(problem.Policy.Tokenizer, network.Options.AdapterRank == 0 ? network : network.Copy(), policy.Ends, summary, run.Threads) { Form = policy.Form }, head) { Range = range, Whole = whole };
    }
}
