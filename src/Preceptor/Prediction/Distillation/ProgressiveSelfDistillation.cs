using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Objectives;
using Preceptor.Supervision;
using TorchSharp;

namespace Preceptor.Prediction.Distillation;

/// <summary>
/// Self-knowledge distillation with progressive refinement of targets: each row's target is its label mixed with what the
/// same network said of it one epoch ago, and the mixture's weight grows linearly. Use it for better calibrated
/// probabilities, and where some labels are wrong; it costs a table of N × C probabilities.
/// </summary>
/// <remarks>
/// Kim, Ji, Yoon and Hwang (ICCV 2021): q = (1 − α_t) y + α_t p_(t−1), α_t = α_T t/T, and cross entropy against q (eq. 3–6
/// of the paper). The past prediction is the softmax of the training forward pass itself, before the step, so that nothing
/// is computed twice. With final weight 0 it is supervised training, bit for bit.
/// </remarks>
[Method("ps-kd", "Progressive self-knowledge distillation", Paper = 28,
    Summary = "Softens labels by the network's own predictions of the epoch before, more and more: better calibrated, harder to fool by wrong labels.",
    Citation = "Kim, Ji, Yoon, Hwang: Self-Knowledge Distillation with Progressive Refinement of Targets (ICCV 2021)")]
[Version(1)]
public sealed class ProgressiveSelfDistillation(ProgressiveSelfDistillation.Options options) : IFit<PredictionProblem, Predictor>, INeeds<Labels>
{
    /// <summary>The options of progressive self-knowledge distillation.</summary>
    public sealed record Options
    {
        /// <summary>α_T.</summary>
        [Description("Weight α_T of the past predictions in the last epoch; 0 is supervised training")]
        [Range(0, 1), Source("section 4.1: 0.8 on CIFAR-100")]
        public double FinalWeight { get; set; } = 0.8;

        /// <summary>How α moves.</summary>
        [Description("How the weight moves: linear rises to the final weight in the last epoch, constant has it from the second epoch on (an ablation)")]
        [Source("eq. 6: linear")]
        public WeightSchedule Schedule { get; set; } = WeightSchedule.Linear;

        /// <summary>Whether past predictions follow the network.</summary>
        [Description("Whether past predictions are those of the epoch before; false keeps the first epoch's (an ablation)")]
        [Source("eq. 5: the epoch before")]
        public bool Refined { get; set; } = true;
    }

    /// <summary>How the weight of the past predictions moves over the epochs.</summary>
    public enum WeightSchedule
    {
        /// <summary>α_t = α_T t/T.</summary>
        Linear,

        /// <summary>α_T from the second epoch on.</summary>
        Constant,
    }

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(ProgressiveSelfDistillation));
        if (options.FinalWeight > 0) problem.Training.RequireUnmixed("past predictions belong to single examples");
        using var past = run.Keep("past", new PastPredictions(problem.Train.Count, problem.Classes.Count)); // [N, C]
        return run.Train(problem, (network, epoch) =>
        {
            var weight = options.Schedule == WeightSchedule.Constant ? options.FinalWeight : Weight(options.FinalWeight, epoch.Number, epoch.Total);
            return batch =>
            {
                var logits = network.forward(batch.Inputs);                                            // [B, C]
                var targets = epoch.IsFirst ? batch.OneHot : Mix(batch.OneHot, past.Of(batch.Ids), weight);
                if (options.Refined || epoch.IsFirst) past.Update(batch.Ids, logits);
                return Loss.SoftCrossEntropy(logits, targets);
            };
        });
    }

    /// <summary>α_t = α_T t / T: linear, and α_T in the last epoch.</summary>
    internal static double Weight(double final, int epoch, int epochs) => final * epoch / epochs;

    /// <summary>q = (1 − α) y + α p; y itself for α = 0.</summary>
    internal static torch.Tensor Mix(torch.Tensor labels, torch.Tensor past, double weight)
    {
        if (weight == 0) return labels;
        using Scalar ofPast = weight, ofLabels = 1 - weight;
        return labels * ofLabels + past * ofPast;
    }

    /// <summary>The network's last prediction of every training row.</summary>
    internal sealed class PastPredictions(int rows, int classes) : IKept, IDisposable
    {
        private readonly torch.Tensor table = torch.zeros(rows, classes).DetachFromDisposeScope(); // [N, C]

        /// <summary>The predictions of some rows [B, C].</summary>
        public torch.Tensor Of(torch.Tensor ids) => table.index_select(0, ids);

        /// <summary>Stores the softmax of these logits; no gradient passes.</summary>
        public void Update(torch.Tensor ids, torch.Tensor logits)
        {
            using var noGradient = torch.no_grad();
            table.index_copy_(0, ids, torch.nn.functional.softmax(logits.detach(), 1));
        }

        /// <inheritdoc/>
        public void Save(State state) => state.Add("table", table);

        /// <inheritdoc/>
        public void Restore(State state) => state.Read("table", table);

        /// <inheritdoc/>
        public void Dispose() => table.Dispose();
    }
}
