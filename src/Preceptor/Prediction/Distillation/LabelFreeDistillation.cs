using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using static TorchSharp.torch;

namespace Preceptor.Prediction.Distillation;

/// <summary>
/// Distillation without labels: the student matches the teacher's distribution by a symmetric divergence, on the training rows and
/// on those rows of an unlabelled pool that the teacher finds most typical of each class; then it is fine-tuned on the training
/// rows alone. Use it when a teacher and many rows without labels are at hand.
/// </summary>
/// <remarks>
/// Cui et al. (2021), SSLD. The rows with a label are the training rows, whose labels are not looked at; those without are the
/// pool. What the authors call the JS divergence is, in their code, half of Jeffreys' divergence; the textbook's is an option. The
/// paper first removes images from the pool that resemble the evaluation images: the exam is not visible here, so that must be done
/// before. KL(P ‖ Q) has the gradients of cross entropy against the teacher's distribution.
/// </remarks>
[Method("ssld", "Label-free distillation with a selected pool", Paper = 5, Floor = typeof(TeacherLogits),
    Summary = "Learns from a teacher alone, on your rows and on the most typical ones of an unlabelled pool; the labels are not used.",
    Citation = "Cui, Guo, Du, He, Li, Wu, Liu, Wen, Hu, Yu, Ma: Beyond Self-Supervision: A Simple Yet Effective Network Distillation Alternative to Improve Backbones (2021)")]
[Distributed]
[Version(1)]
public sealed class LabelFreeDistillation(LabelFreeDistillation.Options options) : IFit<PredictionProblem, Predictor>, INeeds<TeacherLogits>, INeeds<Labels>
{
    /// <summary>How far the student is from the teacher.</summary>
    public enum DivergenceKind
    {
        /// <summary>½ [KL(P ‖ Q) + KL(Q ‖ P)].</summary>
        Jeffreys,

        /// <summary>The textbook's Jensen–Shannon divergence.</summary>
        JensenShannon,

        /// <summary>KL(P ‖ Q), P the teacher's.</summary>
        Forward,

        /// <summary>KL(Q ‖ P).</summary>
        Reverse,
    }

    /// <summary>Which rows of the pool are learned from.</summary>
    public enum PoolSelection
    {
        /// <summary>For each class, those to which the teacher gives it the highest probability.</summary>
        TopPerClass,

        /// <summary>As many, drawn at random.</summary>
        Random,

        /// <summary>All.</summary>
        All,

        /// <summary>None.</summary>
        None,
    }

    /// <summary>The options of label-free distillation.</summary>
    public sealed record Options
    {
        /// <summary>The divergence.</summary>
        [Description("Divergence of student Q from teacher P: jeffreys is ½ [KL(P‖Q) + KL(Q‖P)], jensen-shannon the textbook's, forward KL(P‖Q), reverse KL(Q‖P)")]
        [Source("released code: jeffreys, there called JS")]
        public DivergenceKind Divergence { get; set; } = DivergenceKind.Jeffreys;

        /// <summary>Which rows of the pool.</summary>
        [Description("Which rows without a label are learned from: top-per-class by the teacher's probability, as many at random, all, or none")]
        [Source("section 3.2: the top k of each class")]
        public PoolSelection Pool { get; set; } = PoolSelection.TopPerClass;

        /// <summary>k.</summary>
        [Description("How many rows k of the pool are taken for each class; 0: half of the pool, shared equally")]
        [Range(0, 10_000_000), Source("section 3.2: 4,000,000 images for 1,000 classes")]
        public int PerClass { get; set; }

        /// <summary>Epochs of fine-tuning.</summary>
        [Description("Epochs of fine-tuning on the training rows alone; 0 for none, left out: a twelfth of training.epochs")]
        [Range(0, 1_000_000), Source("section 3.3: 30 after 360")]
        public int? FineTuningEpochs { get; set; }

        /// <summary>Rate of fine-tuning.</summary>
        [Description("Learning rate of fine-tuning, as a share of training.rate")]
        [Range(0, 1, MinimumIsExclusive = true), Source("section 3.3: 0.004 after 0.4")]
        public double FineTuningRate { get; set; } = 0.01;

        /// <summary>The teacher's name.</summary>
        [Description("Which offered teacher to learn from; left out: the only one offered, or one trained here")]
        public string? Teacher { get; set; }

        /// <summary>The network of a teacher trained here.</summary>
        [Description("The network of a teacher trained here on the labels; left out: the student's, four times as wide")]
        public ModelOptions? TeacherModel { get; set; }
    }

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(LabelFreeDistillation));
        using var teacher = TeacherRows.Of(problem, run, options.Teacher, options.TeacherModel);
        int[] all = [.. Enumerable.Range(0, problem.Train.Count)];
        var training = problem.Find<Labels>()?.Labelled ?? [];
        int[] rows = [.. training, .. Selected([.. all.Except(training)], teacher.Logits, problem.Classes.Count, run)];
        if (rows.Length == 0) throw new RequestException($"{problem.Name}: ssld has no row to learn from: no training row has a label, and method.pool is none");

        PredictionObjective objective = (network, _) => batch =>
        {
            var student = network.forward(batch.Inputs);
            return Distance(student, teacher.Answer(batch, student), options.Divergence).mean();
        };
        var fineTuning = problem.FineTuning(options.FineTuningEpochs ?? Math.Max(1, problem.Training.Epochs / 12), options.FineTuningRate);
        if (options.FineTuningEpochs == 0 || training.Length == 0 || rows.Length == training.Length) return run.Train(problem, objective, rows);
        var broad = run.Stage("broad", problem.Describe(Foundation.Options.Resolve(options)), () => run.Train(problem, objective, rows));
        var model = run.Train(fineTuning, (NetworkClassifier)broad.Classifier, objective, training);
        return new(problem.Encoding, problem.Classes, model.Classifier, broad.Training.Then(model.Training));
    }

    /// <summary>The divergence of each example [B].</summary>
    /// <param name="student">Logits of Q [B, C].</param>
    /// <param name="teacher">Logits of P [B, C].</param>
    /// <param name="kind">Which.</param>
    internal static Tensor Distance(Tensor student, Tensor teacher, DivergenceKind kind) => kind switch
    {
        DivergenceKind.JensenShannon => JensenShannon(teacher, student),
        DivergenceKind.Forward => Objectives.Divergence.KullbackLeibler(teacher, student),
        DivergenceKind.Reverse => Objectives.Divergence.KullbackLeibler(student, teacher),
        _ => HalfJeffreys(teacher, student),
    };

    /// <summary>½ [KL(P ‖ Q) + KL(Q ‖ P)] = ½ Σ_k (P_k − Q_k)(log P_k − log Q_k) [B]: half of Jeffreys' divergence.</summary>
    /// <inheritdoc cref="Objectives.Divergence.KullbackLeibler"/>
    internal static Tensor HalfJeffreys(Tensor p, Tensor q)
    {
        var (logP, logQ) = (nn.functional.log_softmax(p, 1), nn.functional.log_softmax(q, 1));
        return ((logP.exp() - logQ.exp()) * (logP - logQ)).sum(1) / 2;
    }

    /// <summary>½ [KL(P ‖ M) + KL(Q ‖ M)] [B], M = ½ (P + Q): the Jensen–Shannon divergence, at most ln 2.</summary>
    /// <inheritdoc cref="Objectives.Divergence.KullbackLeibler"/>
    internal static Tensor JensenShannon(Tensor p, Tensor q)
    {
        var (logP, logQ) = (nn.functional.log_softmax(p, 1), nn.functional.log_softmax(q, 1));
        var logMean = logaddexp(logP, logQ) - Math.Log(2);
        return ((logP.exp() * (logP - logMean)).sum(1) + (logQ.exp() * (logQ - logMean)).sum(1)) / 2;
    }

    /// <summary>For each class the k rows with the highest probability of it; a row chosen for two classes is there once. In the rows' order.</summary>
    /// <param name="rows">The pool.</param>
    /// <param name="probabilities">All rows' class probabilities [N × C].</param>
    /// <param name="classes">C.</param>
    /// <param name="perClass">k.</param>
    internal static int[] TopPerClass(int[] rows, float[] probabilities, int classes, int perClass)
    {
        var chosen = new HashSet<int>();
        foreach (var column in Enumerable.Range(0, classes))
            chosen.UnionWith(rows.OrderByDescending(row => probabilities[row * classes + column]).Take(perClass)); // stable: the first of equals
        return [.. chosen.Order()];
    }

    private int[] Selected(int[] pool, float[] logits, int classes, Run run)
    {
        if (options.Pool == PoolSelection.All) return pool;
        if (options.Pool == PoolSelection.None) return [];
        var perClass = options.PerClass > 0 ? options.PerClass : Math.Max(1, pool.Length / (2 * classes));
        var best = TopPerClass(pool, Predictions.FromLogits(new string[classes], logits).Probabilities, classes, perClass);
        return options.Pool == PoolSelection.TopPerClass ? best : Data.Splits.Sample(pool, best.Length, run.Random("pool"));
    }
}
