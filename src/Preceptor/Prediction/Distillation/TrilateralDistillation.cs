using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Objectives;
using Preceptor.Supervision;
using Preceptor.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Prediction.Distillation;

/// <summary>
/// Distillation with a weight of its own for each example: a small network looks at how student, teacher, label and the teacher's
/// mean for the label's class lie to each other, and decides whether to trust the teacher or the label. It is trained so that the
/// student does well on validation rows after a step with its weights. Use it where teacher and labels err in different places.
/// </summary>
/// <remarks>
/// Hu et al. (ICLR 2024): α_i τ² KL(P^τ ‖ S^τ) + (1 − α_i) CE(S, y), α_i = f(Δ_i) with Δ_i of <see cref="TrilateralGeometry"/>. The
/// bilevel problem is solved by one unrolled step of gradient descent (<see cref="BilevelStep"/>). The released code computes the state
/// and the weights without gradients, so that its network never learns: that is here <see cref="LossWeighting.Untrained"/>, a control.
/// With constant weight 0 it is supervised training, bit for bit.
/// </remarks>
[Method("tgeo-kd", "Trilateral geometry distillation", Paper = 1, Floor = typeof(TeacherLogits),
    Summary = "Learns for each example whether to trust the teacher or the label, from how student, teacher and label differ; steered by validation rows.",
    Citation = "Hu, Wang, Liu, Zhang, Wang, Sun: Less or More From Teacher: Exploiting Trilateral Geometry For Knowledge Distillation (ICLR 2024)")]
[Version(1)]
public sealed class TrilateralDistillation(TrilateralDistillation.Options options) : IFit<PredictionProblem, Predictor>, INeeds<Labels>, INeeds<Labels, TeacherLogits>
{
    /// <summary>How an example's weight α between teacher and label comes about.</summary>
    public enum LossWeighting
    {
        /// <summary>From the geometry, learned.</summary>
        Geometry,

        /// <summary>From the geometry by a network that never learns: the released code, a control.</summary>
        Untrained,

        /// <summary>The same for all.</summary>
        Constant,

        /// <summary>The same for all, falling from 1 to 0 over the epochs (Jafari et al. 2021).</summary>
        Annealed,

        /// <summary>The teacher's probability of the label less the mean of the others' (Lukasik et al. 2021).</summary>
        TeacherMargin,

        /// <summary>1 − exp(−student's loss / teacher's loss) (Zhou et al. 2021).</summary>
        LossRatio,

        /// <summary>One free weight a row, learned (Lu et al. 2021).</summary>
        Free,
    }

    /// <summary>The options of trilateral geometry distillation.</summary>
    public sealed record Options
    {
        /// <summary>How weights come about.</summary>
        [Description("How an example's weight between teacher and label comes about: geometry is the method; the others are its baselines and a control")]
        public LossWeighting Weighting { get; set; } = LossWeighting.Geometry;

        /// <summary>What the weighing network sees.</summary>
        [Description("What the weighing network sees: all, or (ablations) without the teacher's class means, or without the difference of student and teacher")]
        [Source("section 3.2: all")]
        public GeometryParts Parts { get; set; } = GeometryParts.All;

        /// <summary>α of all examples.</summary>
        [Description("The teacher's weight for weighting constant; 0 is supervised training")]
        [Range(0, 1)]
        public double Weight { get; set; } = 0.5;

        /// <summary>τ.</summary>
        [Description("Temperature τ of the distillation loss; the geometry is always seen at 1")]
        [Range(0, 1000, MinimumIsExclusive = true), Source("released code: 1.5 for tables; 4 is usual for images")]
        public double Temperature { get; set; } = 4;

        /// <summary>Learning rate of the weighing network.</summary>
        [Description("Learning rate (Adam) of the weighing network, or of the free weights")]
        [Range(0, 10, MinimumIsExclusive = true), Source("released code: 0.1, without effect there")]
        public double WeightingRate { get; set; } = 0.005;

        /// <summary>η.</summary>
        [Description("Length η of the unrolled step, in multiples of the gradient; left out: training.rate")]
        [Range(0, 100, MinimumIsExclusive = true)]
        public double? VirtualRate { get; set; }

        /// <summary>The teacher's name.</summary>
        [Description("Which offered teacher to learn from; left out: the only one offered, or one trained here")]
        public string? Teacher { get; set; }

        /// <summary>The network of a teacher trained here.</summary>
        [Description("The network of a teacher trained here on the same labels; left out: the student's, four times as wide")]
        public ModelOptions? TeacherModel { get; set; }
    }

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(TrilateralDistillation));
        if (options is { Weighting: LossWeighting.Constant, Weight: 0 }) return run.Train(problem, Plain.Supervised.Objective);
        using var teacher = TeacherRows.Of(problem, run, options.Teacher, options.TeacherModel);
        if (options.Weighting is LossWeighting.Geometry or LossWeighting.Untrained or LossWeighting.Free) return Learned(problem, run, teacher);
        return run.Train(problem, (network, epoch) => batch =>
        {
            var student = network.forward(batch.Inputs);
            var ofTeacher = teacher.Answer(batch, student, options.Temperature);
            var alpha = options.Weighting switch
            {
                LossWeighting.TeacherMargin => TeacherMargin(ofTeacher, batch.OneHot),
                LossWeighting.LossRatio => LossRatio(Loss.SoftCrossEntropyOfEach(student.detach(), batch.OneHot), Loss.SoftCrossEntropyOfEach(ofTeacher, batch.OneHot)),
                LossWeighting.Annealed => tensor((float)Annealed(epoch.Number, epoch.Total)),
                _ => tensor((float)options.Weight),
            };
            return Mixture.Of(Distillation(student, ofTeacher, options.Temperature), Loss.SoftCrossEntropyOfEach(student, batch.OneHot), alpha);
        });
    }

    private Predictor Learned(PredictionProblem problem, Run run, TeacherRows teacher)
    {
        var classes = problem.Classes.Count;
        var validation = new ValidationRows(problem, problem.Training.Batch, "tgeo-kd");
        using var classMeans = ClassMeans(problem, teacher);
        using var weights = new LearnedWeights(new(run, "weights",
            () => options.Weighting == LossWeighting.Free ? new RowWeights(problem.Train.Count) : new GeometryWeight(TrilateralGeometry.Size(options.Parts, classes)),
            new OptimiserOptions { Kind = OptimiserKind.Adam }, options.WeightingRate), options.VirtualRate ?? problem.Training.Rate);
        return run.Train(problem, (network, _) => batch =>
        {
            var student = network.forward(batch.Inputs);
            var ofTeacher = teacher.Answer(batch, student, options.Temperature);
            var (distillation, label) = (Distillation(student, ofTeacher, options.Temperature), Loss.SoftCrossEntropyOfEach(student, batch.OneHot));
            var seen = options.Weighting == LossWeighting.Free ? batch.Ids : TrilateralGeometry.Describe(student, ofTeacher, batch.OneHot, classMeans, options.Parts);
            if (options.Weighting == LossWeighting.Untrained) return Mixture.Of(distillation, label, weights.Weigh(seen));
            var (inputs, oneHot) = validation.Draw();
            var alpha = weights.Learn(network, seen, (distillation, label), Differences, () => Loss.SoftCrossEntropy(network.forward(inputs), oneHot));
            return Mixture.Of(distillation, label, alpha);

            Tensor Differences()
            {
                var logits = network.forward(batch.Inputs);
                return Distillation(logits, ofTeacher, options.Temperature) - Loss.SoftCrossEntropyOfEach(logits, batch.OneHot);
            }
        });
    }

    /// <summary>τ² KL(softmax(p/τ) ‖ softmax(s/τ)) of each example [B].</summary>
    internal static Tensor Distillation(Tensor student, Tensor teacher, double temperature)
    {
        using Scalar divisor = temperature, squared = temperature * temperature;
        return Divergence.KullbackLeibler(teacher / divisor, student / divisor) * squared;
    }

    /// <summary>max(0, P_y − mean of the other classes' probabilities) [B].</summary>
    internal static Tensor TeacherMargin(Tensor teacher, Tensor labels)
    {
        var ofLabel = (nn.functional.softmax(teacher, 1) * labels).sum(1);
        return (ofLabel - (1 - ofLabel) / Math.Max(1, labels.shape[1] - 1)).clamp_min(0);
    }

    /// <summary>1 − exp(−student's loss / teacher's loss) [B].</summary>
    internal static Tensor LossRatio(Tensor student, Tensor teacher) => 1 - (-student / teacher.clamp_min(1e-12)).exp();

    /// <summary>α of an epoch: 1 in the first, falling linearly to 0 in the last.</summary>
    internal static double Annealed(int epoch, int epochs) => epochs == 1 ? 1 : 1 - (epoch - 1.0) / (epochs - 1);

    private static Tensor ClassMeans(PredictionProblem problem, TeacherRows teacher)
    {
        var (rows, classes) = (problem.Labels.Labelled, problem.Classes.Count);
        var oneHot = new float[rows.Length * classes];
        for (var i = 0; i < rows.Length; i++) oneHot[i * classes + problem.Labels.Train[rows[i]]] = 1;
        return TrilateralGeometry.ClassMeans(TeacherRows.Gather(teacher.Logits, rows, classes), InputBuffer.Tensor<float>(oneHot, float32, rows.Length, classes));
    }
}
