using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>
/// Big self-supervised models as semi-supervised learners (SimCLR v2; Chen et al. 2020b), three steps: contrast of views with a deeper projection head; fine-tuning on few labels from the first layer inside of that head;
/// distillation of the fine-tuned network on all rows, −Σ_y P_T(y) log P_S(y) (eq. 2), into a network of the same or a smaller form, optionally with the labels (eq. 3).
/// </summary>
[Method("simclr-v2", "Contrast, fine-tuning and distillation", Paper = 70, Summary = "Contrasts views, fine-tunes on few labels from inside the projection head, and distils on all rows.", Citation = "Chen et al. 2020 (Big Self-Supervised Models are Strong Semi-Supervised Learners)")]
[Version(1)]
public sealed class SemiSupervisedContrast(SemiSupervisedContrast.Options options) : IFit<RepresentationProblem, TrainedEncoder>, INeeds<RawRows, Labels>
{
    /// <summary>The options. With <c>fine-tune-epochs: 0, distil-epochs: 0</c> and the head's settings of simclr it is simclr, to the bit.</summary>
    public sealed record Options
    {
        /// <summary>τ.</summary>
        [Description("τ, what similarities are divided by")]
        [Range(0, 100, MinimumIsExclusive = true)]
        [Source("section 3: 0.1; 0.5 on CIFAR-10 in the released code")]
        [Tried("0.2")]
        public double Temperature { get; set; } = 0.5;

        /// <summary>Layers of the head.</summary>
        [Description("Layers of the projection head")]
        [Range(1, 10)]
        [Source("section 2: 3")]
        public int HeadDepth { get; set; } = 3;

        /// <summary>Numbers a projection.</summary>
        [Description("Numbers a projection")]
        [Range(1, 65536)]
        [Source("section 2: 128")]
        public int HeadWidth { get; set; } = 64;

        /// <summary>Whether there is a first step.</summary>
        [Description("Whether the encoder learns by contrast first; false: it starts from random weights, the supervised control")]
        public bool Pretrained { get; set; } = true;

        /// <summary>Layers that are kept.</summary>
        [Description("Layers of the head that are kept for fine-tuning; 0 is the first version of the method")]
        [Range(0, 9)]
        [Source("section 2: 1")]
        public int KeptLayers { get; set; } = 1;

        /// <summary>Passes over the few labels.</summary>
        [Description("Passes over the few labels; 0: no fine-tuning")]
        [Range(0, 1_000_000)]
        [Source("section 3: 60 for 1 % of the labels")]
        public int FineTuneEpochs { get; set; } = 60;

        /// <summary>The rate of fine-tuning.</summary>
        [Description("The rate of fine-tuning, as a share of the training's")]
        [Range(0, 100, MinimumIsExclusive = true)]
        public double FineTuneRate { get; set; } = 0.3;

        /// <summary>Passes of the distillation.</summary>
        [Description("Passes over all rows of the distillation; 0: none")]
        [Range(0, 1_000_000)]
        [Source("section 3: as many as of pre-training")]
        public int DistilEpochs { get; set; } = 10;

        /// <summary>T.</summary>
        [Description("T of the distillation")]
        [Range(0, 100, MinimumIsExclusive = true)]
        [Source("released code: 1")]
        public double DistilTemperature { get; set; } = 1;

        /// <summary>1 − α.</summary>
        [Description("1 − α, the share of the labels' own loss in the distillation; 0: labels are not looked at again")]
        [Range(0, 1)]
        [Source("eq. 3: 0")]
        public double LabelShare { get; set; }

        /// <summary>The student.</summary>
        [Description("The student's encoder; left out: the teacher's form, from its pre-trained weights (self-distillation)")]
        public ModelOptions? Student { get; set; }
    }

    /// <inheritdoc/>
    public TrainedEncoder Fit(RepresentationProblem problem, Run run)
    {
        if (options.KeptLayers >= options.HeadDepth) throw new RequestException($"method.kept-layers: {options.KeptLayers} hidden layers are not in a head of {options.HeadDepth} layers");
        JsonObject Inputs() => problem.Describe(Foundation.Options.Resolve(options));
        var pretrained = run.Stage("pretraining", Inputs(), () =>
        {
            if (!options.Pretrained) return new TrainedEncoder(problem.Encoding, problem.Model, new(run.NewEncoder(problem), options.KeptLayers, problem.Classes), null, run.Threads);
            var (projected, summary) = run.TrainProjected(problem, 2, new(options.HeadDepth, options.HeadWidth), views => ContrastiveLoss.NtXent(views[0], views[1], options.Temperature));
            var kept = new FeatureNetwork(projected.Encoder, options.FineTuneEpochs == 0 ? 0 : options.KeptLayers, options.FineTuneEpochs == 0 ? 0 : problem.Classes);
            kept.TakeFrom(projected.Head);
            return new TrainedEncoder(problem.Encoding, problem.Model, kept, summary, run.Threads);
        });
        if (options.FineTuneEpochs == 0) return pretrained;
        var teacher = run.Stage("fine-tuning", Inputs(), () => FineTuned(problem, pretrained, run));
        return options.DistilEpochs == 0 ? teacher : run.Stage("distillation", Inputs(), () => Distilled(problem, teacher, run));
    }

    private TrainedEncoder FineTuned(RepresentationProblem problem, TrainedEncoder pretrained, Run run)
    {
        var (labels, network) = (problem.Few!, pretrained.Network);
        var rows = labels.Labelled;
        var few = Weakly(problem, options.FineTuneEpochs, options.FineTuneRate) with { Train = problem.Train.Take(rows) };
        var summary = TrainingLoop.Fit(run, network, new ViewBatches(run, few, 1), few.Training, _ =>
        {
            network.KeepStatistics();
            return batch => nn.functional.cross_entropy(network.Classify(batch.Views()[0]), batch.Targets(r => labels.Train[rows[r]]));
        }, null);
        return new(problem.Encoding, problem.Model, network, pretrained.Training?.Then(summary) ?? summary, run.Threads);
    }

    private TrainedEncoder Distilled(RepresentationProblem problem, TrainedEncoder teacher, Run run)
    {
        var form = options.Student ?? problem.Model;
        var student = new FeatureNetwork(run.NewEncoder(problem with { Model = form }), teacher.Network.HeadLayers, problem.Classes);
        if (options.Student is null) Copy(teacher.Network, student);
        var (labels, weak) = (problem.Few!, Weakly(problem, options.DistilEpochs, 1));
        var summary = TrainingLoop.Fit(run, student, new ViewBatches(run, weak, 1), weak.Training, _ => batch =>
        {
            var view = batch.Views()[0];
            Tensor told;
            teacher.Network.eval();
            using (no_grad()) told = teacher.Network.Classify(view);
            var logits = student.Classify(view);
            return DistillationLoss(logits, told, [.. batch.Rows.ToArray().Select(r => labels.Train[r])], options);
        }, null);
        return new(problem.Encoding, form, student, teacher.Training!.Then(summary), run.Threads);
    }

    /// <summary>What the student learns from (eq. 3): the teacher's answers and, where they have a share, the labels.</summary>
    /// <param name="logits">The student's [B, C].</param>
    /// <param name="told">The teacher's [B, C].</param>
    /// <param name="labels">Classes [B]; −1 for none.</param>
    /// <param name="options">The options.</param>
    internal static Tensor DistillationLoss(Tensor logits, Tensor told, int[] labels, Options options)
    {
        var loss = ContrastiveLoss.Distillation(logits, told, options.DistilTemperature);
        if (options.LabelShare == 0) return loss;
        var own = nn.functional.cross_entropy(logits, tensor(labels.Select(l => (long)l).ToArray(), dtype: int64), ignore_index: -1, reduction: nn.Reduction.Sum) / Math.Max(1, labels.Count(l => l >= 0));
        return loss * (1 - options.LabelShare) + own * options.LabelShare;
    }

    // Crops and small turns alone, no decay: what fine-tuning and distillation see (section 3).
    private static RepresentationProblem Weakly(RepresentationProblem problem, int epochs, double rate) => problem with
    {
        Training = problem.Training with { Epochs = epochs, Rate = problem.Training.Rate * rate, WeightDecay = 0, Augment = [Augmentation.Crop, Augmentation.Rotate], Strength = new() { Crop = 0.2, Rotate = 10 } },
    };

    private static void Copy(FeatureNetwork from, FeatureNetwork into)
    {
        var state = new State();
        new KeptModule(from).Save(state);
        new KeptModule(into).Restore(state);
    }
}
