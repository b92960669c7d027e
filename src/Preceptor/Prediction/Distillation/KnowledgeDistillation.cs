using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Objectives;
using Preceptor.Supervision;
using TorchSharp;

namespace Preceptor.Prediction.Distillation;

/// <summary>
/// Knowledge distillation: the student learns the labels and, softened by a temperature, a teacher's distribution, whose
/// small probabilities say which classes resemble each other. Use it when a better or a different model has an opinion on
/// your rows; without one, a larger network is first trained on the same labels and becomes the teacher.
/// </summary>
/// <remarks>
/// Hinton, Vinyals and Dean (2015), section 2: (1 − w) H(y, softmax z) + w T² H(softmax(v/T), softmax(z/T)), with student
/// logits z [B, C], teacher logits v [B, C], labels y. T² keeps the size of the soft gradients independent of T. Rows
/// without a label learn from the teacher alone. With weight 0 it is supervised training, bit for bit.
/// </remarks>
[Method("knowledge-distillation", "Knowledge distillation", Floor = typeof(TeacherLogits),
    Summary = "Learns from labels and from a teacher's softened probabilities; trains a larger teacher itself if none is offered.",
    Citation = "Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network (2015)")]
[Distributed]
[Version(1)]
public sealed class KnowledgeDistillation(KnowledgeDistillation.Options options) : IFit<PredictionProblem, Predictor>, INeeds<Labels>, INeeds<Labels, TeacherLogits>
{
    /// <summary>The options of knowledge distillation.</summary>
    public sealed record Options
    {
        /// <summary>w.</summary>
        [Description("Weight w of the teacher; the labels have 1 − w. 0 is supervised training")]
        [Range(0, 1), Source("section 2: 'a considerably lower weight' on the labels")]
        public double Weight { get; set; } = 0.9;

        /// <summary>T.</summary>
        [Description("Temperature T that softens teacher and student")]
        [Range(0, 1000, MinimumIsExclusive = true), Source("section 3: 20 for large layers, 2.5 to 4 for small ones")]
        public double Temperature { get; set; } = 4;

        /// <summary>The teacher's name.</summary>
        [Description("Which offered teacher to learn from; left out: the only one offered, or one trained here")]
        public string? Teacher { get; set; }

        /// <summary>The network of a teacher trained here.</summary>
        [Description("The network of a teacher trained here on the same labels; left out: the student's, four times as wide")]
        public ModelOptions? TeacherModel { get; set; }

        /// <summary>How a teacher trained here answers.</summary>
        [Description("How a teacher trained here answers: exact keeps all its logits, compressed the largest of each row and the weight of the rest, live asks it at every step; left out: exact, or live where every epoch shows new images")]
        public TeacherSignal? Signal { get; set; }

        /// <summary>How many logits a compressed teacher keeps.</summary>
        [Description("How many logits of each row signal compressed keeps")]
        [Range(1, 65536)]
        public int Kept { get; set; } = TeacherCache.DefaultKept;
    }

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(KnowledgeDistillation));
        if (options.Weight == 0) return run.Train(problem, Plain.Supervised.Objective);
        using var teacher = TeacherRows.Of(problem, run, options.Teacher, options.TeacherModel, options.Signal, options.Kept);
        return run.Train(problem, (network, _) => batch =>
        {
            var logits = network.forward(batch.Inputs);                                        // [B, C]
            var soft = Softened(logits, teacher.Answer(batch, logits, options.Temperature), options.Temperature);
            if (options.Weight == 1) return soft;
            using Scalar softWeight = options.Weight, hardWeight = 1 - options.Weight;
            return Loss.SoftCrossEntropy(logits, batch.OneHot) * hardWeight + soft * softWeight;
        }, [.. Enumerable.Range(0, problem.Train.Count)]);
    }

    /// <summary>T² H(softmax(v/T), softmax(z/T)), the mean over the batch.</summary>
    internal static torch.Tensor Softened(torch.Tensor logits, torch.Tensor teacher, double temperature)
    {
        using Scalar divisor = temperature, squared = temperature * temperature;
        return Loss.SoftCrossEntropy(logits / divisor, torch.nn.functional.softmax(teacher / divisor, 1)) * squared;
    }
}
