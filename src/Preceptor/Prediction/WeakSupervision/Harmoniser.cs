using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MathNet.Numerics.LinearAlgebra;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Prediction.WeakSupervision;

/// <summary>How a row's losses against several sources become one.</summary>
public enum Scalariser
{
    /// <summary>Σ w ℓ: as if the votes were one soft label.</summary>
    Linear,

    /// <summary>(Σ w ℓ)².</summary>
    Square,

    /// <summary>√Σ (w ℓ)².</summary>
    TwoNorm,

    /// <summary>max w ℓ (Chebyshev).</summary>
    Maximum,
}

/// <summary>How much each source weighs.</summary>
public enum SourceWeighting
{
    /// <summary>All alike.</summary>
    Equal,

    /// <summary>By the first eigenvector of the correlation of their gradients: those that go with the others count for more.</summary>
    MaxEigenvalue,

    /// <summary>So that the variance of the summed gradients is least: copies of one source share its weight.</summary>
    MinVariance,
}

/// <summary>What the parts of Pareto calibration share.</summary>
public abstract record HarmoniserOptions
{
    /// <summary>The scalariser.</summary>
    [Description("How a row's losses against its sources become one: linear, square, two-norm or maximum; all but linear weigh rows more on which sources conflict")]
    [Source("section 3: quadratic; released code: searched")]
    public Scalariser Scalariser { get; set; } = Scalariser.Square;

    /// <summary>Whose votes are read.</summary>
    [Description("Whose votes the network is to agree with: annotators, rules, teachers, labels; left out: those offered of the first three, and labels where there is nothing else to examine")]
    public VoteSource[] Sources { get; set; } = [];

    /// <summary>How much each source weighs.</summary>
    [Description("How much each source weighs; other than equal, a network trained with equal weights says so first")]
    public SourceWeighting Weighting { get; set; }

    /// <summary>ρ.</summary>
    [Description("The share ρ of all weight that is spread evenly over the sources whatever the weighting finds")]
    [Range(0, 1, MinimumIsExclusive = true, MaximumIsExclusive = true), Source("released code: 0.5")]
    public double EvenShare { get; set; } = 0.5;
}

/// <summary>The harmoniser: the problem's network, trained to agree with all sources at once, in Pareto's sense.</summary>
internal static class Harmoniser
{
    private const double Tiny = 1e-24; // the root has no derivative at 0

    /// <summary>Trains it on the rows on which somebody votes.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="run">The run; only one training fits into a stage.</param>
    /// <param name="options">Scalariser and weights.</param>
    /// <param name="votes">The votes.</param>
    public static Predictor Fit(PredictionProblem problem, Run run, HarmoniserOptions options, VoteMatrix votes)
    {
        problem.Training.RequireUnmixed("votes belong to single examples");
        double[] weights = [.. Enumerable.Repeat(1.0 / votes.Sources.Count, votes.Sources.Count)];
        if (options.Weighting == SourceWeighting.Equal || votes.Sources.Count == 1) return Train(problem, run, options.Scalariser, votes, weights);
        var description = problem.Describe(Options.Resolve(options));
        using (var first = run.Stage("equal-weights", description, () => Train(problem, run, options.Scalariser, votes, weights)))
            weights = Weights(Probabilities(first, problem), votes, options.Weighting, options.EvenShare);
        return Train(problem, run, options.Scalariser, votes, weights);
    }

    /// <summary>Its probabilities of the training rows [N × C].</summary>
    public static double[] Probabilities(Predictor harmoniser, PredictionProblem problem) =>
        [.. Predictions.FromLogits(problem.Classes, harmoniser.Classifier.Logits(problem.Train)).Probabilities.Select(p => (double)p)];

    private static Predictor Train(PredictionProblem problem, Run run, Scalariser scalariser, VoteMatrix votes, double[] weights)
    {
        int[] rows = [.. Enumerable.Range(0, votes.Rows).Where(row => votes.Starts[row] < votes.Starts[row + 1])];
        if (rows.Length == 0) throw new RequestException($"{problem.Name}: no source votes on any training row");
        float[] shares = [.. weights.Select(w => (float)w)];
        var said = Array.Empty<long>();
        return run.Train(problem, (network, _) => batch =>
        {
            if (said.Length < batch.Count * shares.Length) said = new long[batch.Count * shares.Length];
            var votesOf = said.AsSpan(0, batch.Count * shares.Length);
            votes.Gather(batch.Rows, votesOf);
            return Loss(network.forward(batch.Inputs), InputBuffer.Tensor<long>(votesOf, int64, batch.Count, shares.Length), InputBuffer.Tensor<float>(shares, float32, shares.Length), scalariser);
        }, rows);
    }

    /// <summary>The mean over rows of the scalarised losses ℓ_ij = −log softmax(z_i)[Λ_ij] of the sources that voted. Weights are of all sources, not shared out anew among those that voted.</summary>
    /// <param name="logits">z [B, C].</param>
    /// <param name="votes">Λ [B, S], 64-bit; −1 for none, but at least one vote a row.</param>
    /// <param name="weights">w [S].</param>
    /// <param name="scalariser">Which of the four.</param>
    internal static Tensor Loss(Tensor logits, Tensor votes, Tensor weights, Scalariser scalariser)
    {
        using Scalar zero = 0;
        var weightOf = votes.ge(zero).to(logits.dtype) * weights; // [B, S], 0 where there is no vote
        var places = votes.clamp_min(zero);
        if (scalariser == Scalariser.Linear) return Objectives.Loss.SoftCrossEntropy(logits, zeros_like(logits).scatter_add(1, places, weightOf));
        var losses = nn.functional.log_softmax(logits, 1).gather(1, places).neg() * weightOf;
        if (scalariser == Scalariser.Maximum) return losses.max(1).values.mean();
        if (scalariser == Scalariser.Square)
        {
            var sums = losses.sum(1);
            return (sums * sums).mean();
        }
        using Scalar tiny = Tiny;
        return ((losses * losses).sum(1) + tiny).sqrt().mean();
    }

    /// <summary>The sources' weights from how their gradients onehot(Λ_ij) − h(x_i) go together over the rows.</summary>
    /// <param name="probabilities">h [N × C].</param>
    /// <param name="votes">The votes.</param>
    /// <param name="weighting">How.</param>
    /// <param name="evenShare">ρ.</param>
    internal static double[] Weights(double[] probabilities, VoteMatrix votes, SourceWeighting weighting, double evenShare)
    {
        var correlation = Correlation(probabilities, votes);
        var sources = votes.Sources.Count;
        var weights = Vector<double>.Build.Dense(sources, 1);
        const int powers = 10;
        if (weighting == SourceWeighting.MinVariance) weights = correlation.Solve(weights);
        else
            for (var power = 0; power < powers; power++) weights = correlation * weights;
        weights /= weights.Sum();
        // What exceeds an even share of ρ is shared out by how much it does.
        var least = evenShare / sources;
        var excess = weights.Map(w => Math.Max(0, w - least));
        var all = excess.Sum();
        return all > 0 && weights.All(double.IsFinite) ? [.. excess.Select(e => e / all * (1 - evenShare) + least)] : [.. Enumerable.Repeat(1.0 / sources, sources)];
    }

    /// <summary>The correlation [S × S] of the sources' gradients over the training rows; a source that never votes goes with none.</summary>
    internal static Matrix<double> Correlation(double[] probabilities, VoteMatrix votes)
    {
        var (sources, classes, rows) = (votes.Sources.Count, votes.Classes, votes.Rows);
        var (means, products) = (Matrix<double>.Build.Dense(sources, classes), Matrix<double>.Build.Dense(sources, sources));
        double Gradient(int row, int v, int c) => (votes.Votes[v] == c ? 1 : 0) - probabilities[row * classes + c];
        for (var row = 0; row < rows; row++)
            for (var v = votes.Starts[row]; v < votes.Starts[row + 1]; v++)
                for (var c = 0; c < classes; c++)
                {
                    var mine = Gradient(row, v, c);
                    means[votes.Voters[v], c] += mine / rows;
                    for (var other = votes.Starts[row]; other <= v; other++)
                    {
                        var product = mine * Gradient(row, other, c) / rows;
                        products[votes.Voters[v], votes.Voters[other]] += product;
                        if (other != v) products[votes.Voters[other], votes.Voters[v]] += product;
                    }
                }
        var covariance = products - means * means.Transpose();
        return Matrix<double>.Build.Dense(sources, sources, (a, b) => a == b ? 1 : covariance[a, a] > 0 && covariance[b, b] > 0 ? covariance[a, b] / Math.Sqrt(covariance[a, a] * covariance[b, b]) : 0);
    }
}
