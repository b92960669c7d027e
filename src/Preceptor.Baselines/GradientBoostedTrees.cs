using System.Collections.Immutable;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.LightGbm;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Supervision;

namespace Preceptor.Baselines;

/// <summary>
/// Gradient-boosted decision trees on the encoded inputs, one tree a class and round, with the softmax loss; where a row may have many
/// labels, trees for each with the logistic loss; where a number is predicted, with squared error. LightGBM through Microsoft.ML, and
/// LightGBM's own defaults.
/// </summary>
/// <remarks>
/// Uses neither <c>model</c> nor <c>training</c>, and has no null setting: the baseline beside it is the problem's network.
/// Training needs LightGBM's native library, which exists for 64-bit x86 alone; a trained model needs none.
/// </remarks>
[Method(TreeClassifier.FormatName, "Gradient-boosted trees (LightGBM)", Summary = "Boosted decision trees: the usual choice for tables of numbers and categories.", IsPlain = true, TrainsNetwork = false, Citation = "Ke et al. 2017, NeurIPS")]
[Version(1)]
public sealed class GradientBoostedTrees : IFit<PredictionProblem, Predictor>, INeeds<Labels>, INeeds<ManyLabels>, INeeds<NumberTargets>
{
    private readonly Options options;

    /// <summary>The options of gradient-boosted trees.</summary>
    public sealed record Options
    {
        /// <summary>Boosting rounds.</summary>
        [Description("Boosting rounds: trees a class or label, or in all for a number")]
        [Range(1, 100_000)]
        public int Trees { get; set; } = 100;

        /// <summary>Most leaves a tree.</summary>
        [Description("Most leaves a tree")]
        [Range(2, 100_000)]
        [Tried("7")]
        public int Leaves { get; set; } = 31;

        /// <summary>What each tree's values are multiplied by.</summary>
        [Description("Learning rate: what each tree's values are multiplied by")]
        [Range(0, 1, MinimumIsExclusive = true)]
        public double Rate { get; set; } = 0.1;

        /// <summary>Fewest training rows a leaf.</summary>
        [Description("Fewest training rows a leaf; less for a few hundred rows or rare classes")]
        [Range(1, 1_000_000)]
        [Tried("5")]
        public int LeafRows { get; set; } = 20;
    }

    /// <summary>Creates the method.</summary>
    public GradientBoostedTrees(Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
    }

    /// <inheritdoc/>
    /// <exception cref="WorkException">LightGBM's native library does not load.</exception>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(GradientBoostedTrees));
        var seed = run.Random("lightgbm").Next(int.MaxValue);
        return problem.Target.Kind switch
        {
            TargetKind.Many => FitLabels(problem, run, seed),
            TargetKind.Number => run.TrainPlainNumber(problem, TreeClassifier.Tokens, data =>
            {
                var trees = new TreeBuilder();
                var trainer = data.Context.Regression.Trainers.LightGbm(new LightGbmRegressionTrainer.Options
                {
                    NumberOfIterations = options.Trees,
                    NumberOfLeaves = options.Leaves,
                    LearningRate = options.Rate,
                    MinimumExampleCountPerLeaf = options.LeafRows,
                    UseCategoricalSplit = false,
                    HandleMissingValue = false,
                    NumberOfThreads = run.Threads,
                    Seed = seed,
                });
                trees.Add(0, Native(() => trainer.Fit(data.Rows)).Model.TrainedTreeEnsemble);
                return new TreeClassifier(data.Shape, data.Classes, trees.Build());
            }),
            _ => FitClasses(problem, run, seed),
        };
    }

    private Predictor FitClasses(PredictionProblem problem, Run run, int seed) => run.TrainPlain(problem, TreeClassifier.Tokens, data =>
    {
        var trainer = data.Context.MulticlassClassification.Trainers.LightGbm(new LightGbmMulticlassTrainer.Options
        {
            NumberOfIterations = options.Trees,
            NumberOfLeaves = options.Leaves,
            LearningRate = options.Rate,
            MinimumExampleCountPerLeaf = options.LeafRows,
            UseSoftmax = true,
            UseCategoricalSplit = false,
            HandleMissingValue = false,
            NumberOfThreads = run.Threads,
            Seed = seed,
        });
        var trees = new TreeBuilder();
        var ofClasses = SubModels(Native(() => trainer.Fit(data.Rows)).Model);
        for (var c = 0; c < ofClasses.Length; c++) trees.Add(c, ((CalibratedModelParametersBase<LightGbmBinaryModelParameters, PlattCalibrator>)ofClasses[c]).SubModel.TrainedTreeEnsemble);
        return new TreeClassifier(data.Shape, data.Classes, trees.Build());
    });

    private Predictor FitLabels(PredictionProblem problem, Run run, int seed)
    {
        var trees = new TreeBuilder();
        return run.TrainPlainLabels(problem, TreeClassifier.Tokens, (label, data) =>
        {
            var trainer = data.Context.BinaryClassification.Trainers.LightGbm(new LightGbmBinaryTrainer.Options
            {
                NumberOfIterations = options.Trees,
                NumberOfLeaves = options.Leaves,
                LearningRate = options.Rate,
                MinimumExampleCountPerLeaf = options.LeafRows,
                UseCategoricalSplit = false,
                HandleMissingValue = false,
                NumberOfThreads = run.Threads,
                Seed = seed,
            });
            var model = Native(() => trainer.Fit(data.Rows)).Model;
            // p = 1 / (1 + exp(slope · score + offset)), so that these are the log-odds.
            trees.Add(label, model.SubModel.TrainedTreeEnsemble, -model.Calibrator.Slope);
            if (model.Calibrator.Offset != 0) trees.AddConstant(label, -model.Calibrator.Offset);
        }, trees.AddConstant, () => new TreeClassifier(problem.Train.Shape, SeenClasses.Apart(problem.Classes.Count), trees.Build()));
    }

    private static T Native<T>(Func<T> train)
    {
        try
        {
            return train();
        }
        catch (Exception e) when (e.GetBaseException() is DllNotFoundException or BadImageFormatException)
        {
            throw new WorkException($"lightgbm: LightGBM's native library does not load on this machine ({e.GetBaseException().Message}); it exists for 64-bit x86 on Linux, Windows and macOS", e);
        }
    }

    // Microsoft.ML shows the trees of two classes but not of more. Its own model files would not do instead of them: they name
    // the assemblies and types that read them, so that opening a stranger's could load anything installed.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_SubModelParameters")]
    private static extern ImmutableArray<object> SubModels(OneVersusAllModelParameters model);
}
