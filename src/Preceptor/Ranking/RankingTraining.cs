using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Ranking;

/// <summary>The loss of a batch of samples, called with their scores [B, n].</summary>
public delegate Tensor RankingLoss(Tensor scores, RankingBatch batch);

/// <summary>Trains a ranker's network on a problem's lists.</summary>
internal static class RankingTraining
{
    private const int ValidationCutoff = 10;

    /// <summary>Creates the network and trains it.</summary>
    /// <param name="run">The run; only one training fits into a stage.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="sampler">Which candidates are looked at together.</param>
    /// <param name="loss">The loss, by epoch.</param>
    /// <exception cref="RequestException">No list has anything to learn from.</exception>
    public static Ranker Train(this Run run, RankingProblem problem, RankingSampler sampler, Func<Epoch, RankingLoss> loss)
    {
        set_num_threads(run.Threads);
        manual_seed(run.TorchSeed("initialisation"));
        var encoding = RankingEncoding.Learn(problem);
        var network = RankingNetwork.Create(problem.Model, problem.FeatureCount, encoding.Ids);
        run.Uses(network.GetType());
        var batches = new RankingBatches(run, problem, sampler);
        if (batches.Examples == 0) throw new RequestException($"{problem.Name}: none of the {problem.Train.Length} training queries has both a relevant candidate and one that is not, so there is nothing to learn from");
        var validated = new Ranker(problem.Model, encoding, network, null, run.Threads); // the network stays the training's own
        var documents = new ReadDocuments(encoding, problem.Documents, problem.Model.DocumentLength);
        ValidationScores Validate()
        {
            var scores = RankingScores.Of(problem.Validation, problem.Relevance.Validation, l => validated.Score(l, problem.Documents));
            var mean = scores.Mean(s => s.Gain(ValidationCutoff));
            return new(mean, 1 - mean, "ndcg@10");
        }
        var summary = TrainingLoop.Fit(run, network, batches, problem.Training, epoch =>
        {
            var of = loss(epoch);
            return batch => of(network.forward(Ranker.Inputs([.. batch.Samples.Select((s, b) => (batch.ListOf(b), s.Candidates))], batch.Width, problem.Model, encoding, documents)), batch);
        }, problem.Relevance.Validation.Any(g => g.Any(v => v > 0)) ? Validate : null);
        return new(problem.Model, encoding, network, summary, run.Threads);
    }
}
