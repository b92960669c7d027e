using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>
/// T-JEPA (Thimonier et al. 2024): from some columns of a row, the context, predict how a slowly moving copy of the encoder, which sees the whole row, represents others, the targets; in latent space, by squared error,
/// without augmentation. Tokens that no column has are always in the context and never a target.
/// </summary>
[Method("t-jepa", "Joint embedding of columns", Paper = 48, Summary = "Predicts the representation of some columns of a table from that of others: no augmentation, no labels.", Citation = "Thimonier et al. 2024 (T-JEPA: Augmentation-Free Self-Supervised Learning for Tabular Data)")]
[Version(1)]
public sealed class TabularJointEmbedding(TabularJointEmbedding.Options options) : IFit<RepresentationProblem, TrainedEncoder>, INeeds<RawRows>
{
    /// <summary>The options. It has no null setting: a predictor of nothing has no loss. Its limit, predictions that are their targets, has the loss 0, which is tested.</summary>
    public sealed record Options
    {
        /// <summary>The encoder.</summary>
        [Description("The encoder: width, layers, heads, feed-forward, gelu, extra-tokens")]
        public ColumnEncoderOptions Encoder { get; set; } = new();

        /// <summary>The predictor's width.</summary>
        [Description("Numbers a token of the predictor")]
        [Range(2, 4096)]
        [Source("released scripts: 16")]
        public int PredictorWidth { get; set; } = 16;

        /// <summary>The predictor's layers.</summary>
        [Description("Layers of the predictor")]
        [Range(1, 64)]
        [Source("released scripts: 16")]
        public int PredictorLayers { get; set; } = 2;

        /// <summary>The predictor's heads.</summary>
        [Description("Heads of the predictor, a divisor of its width")]
        [Range(1, 64)]
        [Source("released scripts: 4")]
        public int PredictorHeads { get; set; } = 4;

        /// <summary>The least share of columns in a context.</summary>
        [Description("The least share of columns in a context")]
        [Range(0, 1)]
        [Source("released scripts: 0.136")]
        public double ContextLow { get; set; } = 0.15;

        /// <summary>The largest.</summary>
        [Description("The largest share of columns in a context")]
        [Range(0, 1)]
        [Source("released scripts: 0.368")]
        public double ContextHigh { get; set; } = 0.4;

        /// <summary>The least share of columns in a target.</summary>
        [Description("The least share of columns in a target")]
        [Range(0, 1)]
        [Source("released scripts: 0.156")]
        public double TargetLow { get; set; } = 0.15;

        /// <summary>The largest.</summary>
        [Description("The largest share of columns in a target")]
        [Range(0, 1)]
        [Source("released scripts: 0.622")]
        public double TargetHigh { get; set; } = 0.6;

        /// <summary>Targets.</summary>
        [Description("Sets of target columns for each row")]
        [Range(1, 64)]
        [Source("section 3: 4")]
        public int Targets { get; set; } = 4;

        /// <summary>μ at the beginning.</summary>
        [Description("μ, the share of the slow copy that a step keeps at the beginning; it grows to 1 in a line")]
        [Range(0, 1)]
        [Source("released scripts: 0.996; less for fewer steps")]
        public double Momentum { get; set; } = 0.99;

        /// <summary>The released code's masks.</summary>
        [Description("The released code's masks, whose target sets share their memory and are all the last one")]
        [Source("mask.py")]
        public bool Released { get; set; }
    }

    /// <inheritdoc/>
    /// <exception cref="RequestException">The rows are no table, or have too few columns for contexts and targets.</exception>
    public TrainedEncoder Fit(RepresentationProblem problem, Run run)
    {
        var layout = ColumnLayout.Of(problem.Encoding);
        if (layout.Count < 2 || problem.Train.Shape is { Pixels: > 0 } or { Tokens: > 0 }) throw new RequestException($"t-jepa predicts columns from columns, and {problem.Name} has {string.Join(", ", problem.Train.Shape.Parts)} in {layout.Count} columns of numbers and categories");
        var bounds = ColumnBounds.Of(layout.Count, options.ContextLow, options.ContextHigh, options.TargetLow, options.TargetHigh);
        bounds = bounds with { ContextLow = Math.Max(1, bounds.ContextLow), ContextHigh = Math.Max(1, bounds.ContextHigh), TargetLow = Math.Max(1, bounds.TargetLow), TargetHigh = Math.Max(1, bounds.TargetHigh) };
        if (bounds.ContextLow + bounds.TargetLow > layout.Count) throw new RequestException($"method.context-low, method.target-low: {bounds.ContextLow} columns of context and {bounds.TargetLow} of target are not in {layout.Count} columns");
        var (encoder, target, predictor) = run.NewColumns(layout, options);
        var slow = run.Keep("slow", new MovingAverage(encoder, options.Momentum));
        return run.TrainColumns(problem, encoder, predictor, batch =>
        {
            slow.Update(Kept(options.Momentum, batch.ShareDone));
            slow.CopyTo(target);
            var rows = batch.Plain().Numbers!;
            // Rows come once an epoch, so that the first one names the step.
            var random = run.Random("masks", (long)Math.Round(batch.ShareDone * 1e9), batch.Rows[0]);
            var (context, targets) = ColumnMasks.Of(batch.Count, layout.Count, bounds, options.Targets, random, options.Released);
            return Loss(encoder, target, predictor, rows, context, targets);
        }, () => slow.CopyTo(encoder));
    }

    /// <summary>μ when a share of the steps is done: in a line from the first one to 1.</summary>
    internal static double Kept(double first, double shareDone) => first + (1 - first) * shareDone;

    /// <summary>The mean squared error of the predicted representations of target columns.</summary>
    /// <param name="encoder">Reads the context.</param>
    /// <param name="target">Reads whole rows; it gets no gradient.</param>
    /// <param name="predictor">Predicts.</param>
    /// <param name="rows">Encoded rows [B, N].</param>
    /// <param name="context">Columns [B, C].</param>
    /// <param name="targets">Columns [S, B, T].</param>
    internal Tensor Loss(ColumnEncoder encoder, ColumnEncoder target, ColumnPredictor predictor, Tensor rows, Tensor context, Tensor targets)
    {
        var extra = options.Encoder.ExtraTokens;
        Tensor wanted;
        using (no_grad())
        {
            var seen = target.Encode(rows, null);
            wanted = ColumnEncoder.Gather(seen.narrow(1, extra, seen.shape[1] - extra), targets);
        }
        var always = arange(extra, dtype: int64).unsqueeze(0).expand(context.shape[0], extra);
        var known = encoder.Encode(rows, cat([always, context + extra], 1)).narrow(1, extra, context.shape[1]);
        return (predictor.forward(known, context, targets) - wanted).square().mean();
    }
}
