using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>Trains an encoder of columns with its predictor.</summary>
internal static class ColumnTraining
{
    /// <summary>Creates an encoder, a copy of it whose weights follow, and a predictor.</summary>
    public static (ColumnEncoder Encoder, ColumnEncoder Target, ColumnPredictor Predictor) NewColumns(this Run run, ColumnLayout layout, TabularJointEmbedding.Options options)
    {
        set_num_threads(run.Threads);
        manual_seed(run.TorchSeed("initialisation"));
        run.Uses(typeof(ColumnEncoder));
        run.Uses(typeof(ColumnPredictor));
        var encoder = new ColumnEncoder(layout, options.Encoder);
        var predictor = new ColumnPredictor(layout.Count, options.Encoder.Width, options.PredictorWidth, options.PredictorLayers, options.PredictorHeads, options.Encoder.FeedForward, options.Encoder.Gelu, 1e-5);
        return (encoder, new(layout, options.Encoder), predictor);
    }

    /// <summary>Trains encoder and predictor together.</summary>
    /// <param name="run">The run; only one training fits into a stage.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="predictor">The predictor, dropped afterwards.</param>
    /// <param name="loss">The loss of a batch.</param>
    /// <param name="finish">Called at the end: the encoder's last weights may be others than the trained ones.</param>
    public static TrainedEncoder TrainColumns(this Run run, RepresentationProblem problem, ColumnEncoder encoder, ColumnPredictor predictor, Func<ViewBatch, Tensor> loss, Action finish)
    {
        var both = new ModuleGroup(encoder, predictor);
        var summary = TrainingLoop.Fit(run, both, new ViewBatches(run, problem, 0), problem.Training, _ => loss, null);
        finish();
        return new(problem.Encoding, problem.Model, new FeatureNetwork(encoder), summary, run.Threads);
    }
}
