using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Supervision;

namespace Preceptor.Baselines;

/// <summary>
/// Linear regression of a number on the encoded inputs (as those of logistic regression) with an L2 penalty: minimises
/// ‖y − Xw − b‖² + λ ‖w‖² by conjugate gradients on the normal equations of centred features, in double precision.
/// </summary>
/// <remarks>Uses neither <c>model</c> nor <c>training</c>. It has no null setting: the baseline beside it is the problem's network.</remarks>
[Method("ridge", "Ridge regression", Summary = "A linear model of a number on the inputs as they are: the first thing to try.", IsPlain = true, TrainsNetwork = false, Citation = "Hoerl & Kennard 1970, Technometrics")]
[Version(1)]
public sealed class RidgeRegression : IFit<PredictionProblem, Predictor>, INeeds<NumberTargets>
{
    private readonly Options options;

    /// <summary>The options of ridge regression.</summary>
    public sealed record Options
    {
        /// <summary>λ.</summary>
        [Description("Weight λ of the squared weights against the summed squared error of all rows; scikit-learn's alpha")]
        [Range(0, 1e12)]
        [Tried("0.1", "10")]
        public double L2 { get; set; } = 1;

        /// <summary>Most steps of the solver.</summary>
        [Description("Most steps of conjugate gradients")]
        [Range(1, 1_000_000)]
        public int Iterations { get; set; } = 1000;
    }

    /// <summary>Creates the method.</summary>
    public RidgeRegression(Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
    }

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(RidgeRegression));
        return run.Timed(problem, () =>
        {
            var rows = CentredRows.Of(problem);
            var weights = Solve(rows);
            return new LinearClassifier(problem.Train.Shape, SeenClasses.Apart(1), [.. weights.Select(w => (float)w)], [(float)(rows.MeanTarget - rows.MeanOutput(weights))]);
        });
    }

    /// <summary>w in (XᵀX + λI) w = Xᵀy, X and y centred (Hestenes &amp; Stiefel 1952).</summary>
    private double[] Solve(CentredRows rows)
    {
        var weights = new double[rows.Features];
        var residual = rows.Gradient(rows.Targets);        // Xᵀy − (XᵀX + λI) w, with w = 0
        var direction = (double[])residual.Clone();
        var squared = Dot(residual, residual);
        var enough = 1e-20 * squared;
        for (var iteration = 0; iteration < options.Iterations && squared > enough; iteration++)
        {
            var image = rows.Gradient(rows.Outputs(direction));
            for (var d = 0; d < image.Length; d++) image[d] += options.L2 * direction[d];
            var length = squared / Dot(direction, image);
            for (var d = 0; d < image.Length; d++)
            {
                weights[d] += length * direction[d];
                residual[d] -= length * image[d];
            }
            var before = squared;
            squared = Dot(residual, residual);
            for (var d = 0; d < image.Length; d++) direction[d] = residual[d] + squared / before * direction[d];
        }
        return weights;
    }

    private static double Dot(double[] left, double[] right)
    {
        double sum = 0;
        for (var d = 0; d < left.Length; d++) sum += left[d] * right[d];
        return sum;
    }

    /// <summary>The labelled rows, sparse, as if the mean of each feature were taken away.</summary>
    private sealed class CentredRows(int[][] indices, float[][] values, double[] means, double[] targets, double meanTarget)
    {
        public int Features => means.Length;

        /// <summary>y − ȳ.</summary>
        public double[] Targets => targets;

        public double MeanTarget => meanTarget;

        public static CentredRows Of(PredictionProblem problem)
        {
            var labelled = PlainTraining.Labelled(problem);
            var number = PlainTraining.NumberOf(problem);
            var features = new FeatureVector(problem.Train.Shape, LinearClassifier.Tokens);
            var (indices, values, means) = (new int[labelled.Length][], new float[labelled.Length][], new double[features.Length]);
            for (var i = 0; i < labelled.Length; i++)
            {
                features.Read(problem.Train, labelled[i]);
                (indices[i], values[i]) = ([.. features.Indices], [.. features.Values]);
                for (var f = 0; f < indices[i].Length; f++) means[indices[i][f]] += values[i][f] / (double)labelled.Length;
            }
            double[] targets = [.. labelled.Select(row => (double)number(row))];
            var mean = targets.Average();
            return new(indices, values, means, [.. targets.Select(t => t - mean)], mean);
        }

        /// <summary>x̄ᵀw.</summary>
        public double MeanOutput(double[] weights) => Dot(means, weights);

        /// <summary>(X − x̄) w [N].</summary>
        public double[] Outputs(double[] weights)
        {
            var outputs = new double[indices.Length];
            var mean = MeanOutput(weights);
            for (var i = 0; i < outputs.Length; i++)
            {
                double sum = -mean;
                for (var f = 0; f < indices[i].Length; f++) sum += values[i][f] * weights[indices[i][f]];
                outputs[i] = sum;
            }
            return outputs;
        }

        /// <summary>(X − x̄)ᵀ r [D].</summary>
        public double[] Gradient(double[] residuals)
        {
            var gradient = new double[means.Length];
            double sum = 0;
            for (var i = 0; i < residuals.Length; i++)
            {
                sum += residuals[i];
                for (var f = 0; f < indices[i].Length; f++) gradient[indices[i][f]] += values[i][f] * residuals[i];
            }
            for (var d = 0; d < gradient.Length; d++) gradient[d] -= means[d] * sum;
            return gradient;
        }
    }
}
