using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Supervision;

namespace Preceptor.Baselines;

/// <summary>
/// Multinomial logistic regression on the encoded inputs: pixels scaled to [0, 1], standardised numbers, one-hot categories,
/// and token counts as log(1 + count) at unit length. Minimises the summed cross entropy of the labelled rows plus half the
/// squared weights times <c>l2</c>, by L-BFGS (Microsoft.ML), to convergence. Where a row may have many labels, a binary one for each.
/// </summary>
/// <remarks>Uses neither <c>model</c> nor <c>training</c>. It has no null setting: the baseline beside it is the problem's network.</remarks>
[Method(LinearClassifier.FormatName, "Multinomial logistic regression", Summary = "A linear model on the inputs as they are: the first thing to try, and hard to beat on text.", IsPlain = true, TrainsNetwork = false, Citation = "Nigam, Lafferty & McCallum 1999")]
[Version(1)]
public sealed class LogisticRegression : IFit<PredictionProblem, Predictor>, INeeds<Labels>, INeeds<ManyLabels>
{
    private readonly Options options;

    /// <summary>The options of logistic regression.</summary>
    public sealed record Options
    {
        /// <summary>The weight of the L2 penalty.</summary>
        [Description("Weight of half the squared weights against the summed loss of all rows; the inverse of scikit-learn's C")]
        [Range(0, 1e9)]
        [Tried("0.1", "10", "30")]
        public double L2 { get; set; } = 1;

        /// <summary>Most steps of the optimiser.</summary>
        [Description("Most steps of L-BFGS")]
        [Range(1, 1_000_000)]
        public int Iterations { get; set; } = 500;
    }

    /// <summary>Creates the method.</summary>
    public LogisticRegression(Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
    }

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(LogisticRegression));
        if (problem.Target.Kind == TargetKind.Many) return FitLabels(problem, run);
        return run.TrainPlain(problem, LinearClassifier.Tokens, data =>
        {
            var trainer = data.Context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
            {
                L1Regularization = 0,
                L2Regularization = (float)options.L2,
                MaximumNumberOfIterations = options.Iterations,
                OptimizationTolerance = 1e-6f,
                NumberOfThreads = run.Threads,
                DenseOptimizer = true,
            });
            return Classifier(trainer.Fit(data.Rows).Model, data);
        });
    }

    private Predictor FitLabels(PredictionProblem problem, Run run)
    {
        var (shape, labels) = (problem.Train.Shape, problem.Classes.Count);
        var weights = new float[FeatureVector.LengthOf(shape) * labels];
        var biases = new float[labels];
        return run.TrainPlainLabels(problem, LinearClassifier.Tokens, (label, data) =>
        {
            var trainer = data.Context.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
            {
                L1Regularization = 0,
                L2Regularization = (float)options.L2,
                MaximumNumberOfIterations = options.Iterations,
                OptimizationTolerance = 1e-6f,
                NumberOfThreads = run.Threads,
                DenseOptimizer = true,
            });
            var model = trainer.Fit(data.Rows).Model.SubModel;
            for (var feature = 0; feature < model.Weights.Count; feature++) weights[feature * labels + label] = model.Weights[feature];
            biases[label] = model.Bias;
        }, (label, logOdds) => biases[label] = (float)logOdds, () => new LinearClassifier(shape, SeenClasses.Apart(labels), weights, biases));
    }

    private static LinearClassifier Classifier(MaximumEntropyModelParameters model, PlainRows data)
    {
        VBuffer<float>[] ofClasses = [];
        model.GetWeights(ref ofClasses, out var classes);
        var weights = new float[FeatureVector.LengthOf(data.Shape) * classes];
        for (var c = 0; c < classes; c++)
            foreach (var (feature, weight) in ofClasses[c].Items()) weights[feature * classes + c] = weight;
        return new(data.Shape, data.Classes, weights, [.. model.GetBiases()]);
    }
}
