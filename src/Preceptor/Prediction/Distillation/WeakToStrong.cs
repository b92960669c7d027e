using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Objectives;
using Preceptor.Supervision;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Prediction.Distillation;

/// <summary>
/// A strong student learns from a weak teacher, and is to become better than it: it already represents the inputs well, and needs
/// the teacher only to be told what is asked. The auxiliary confidence loss lets it disagree with the teacher where it is sure.
/// Use it when the only supervision comes from something weaker than your network.
/// </summary>
/// <remarks>
/// Burns et al. (2023). Targets: the teacher's distribution f_w (soft) or its class (hard); (1 − α) f_w + α f̂ with the student's own
/// hardened answers f̂, α rising from 0 (confidence); or q ∝ f^β f_w^α (product); none lets a gradient through its target. The head
/// starts at zero and has no bias. Without an offered teacher, a weak one is trained on a share of the labelled rows, and the
/// student learns from what it says of the others, whose labels are not used. An offered teacher should not have seen the training rows.
/// Stopping early by right validation labels would be an oracle; leave <c>training.patience</c> at 0 for a fair figure.
/// </remarks>
[Method("weak-to-strong", "Weak-to-strong generalisation", Paper = 13, Floor = typeof(TeacherLogits),
    Summary = "Makes a strong student better than the weak teacher it learns from, by letting it trust itself where it is sure.",
    Citation = "Burns, Izmailov, Kirchner, Baker, Gao, Aschenbrenner, Chen, Ecoffet, Joglekar, Leike, Sutskever, Wu: Weak-to-Strong Generalization: Eliciting Strong Capabilities With Weak Supervision (2023)")]
[Version(1)]
public sealed class WeakToStrong(WeakToStrong.Options options) : IFit<PredictionProblem, Predictor>, ITrainsTeacher<PredictionProblem, Predictor>, INeeds<TeacherLogits>, INeeds<Labels>
{
    /// <summary>What the student is to match.</summary>
    public enum StudentTarget
    {
        /// <summary>The teacher's distribution.</summary>
        Soft,

        /// <summary>The teacher's most probable class.</summary>
        Hard,

        /// <summary>The teacher's distribution and, more and more, the student's own hardened answers.</summary>
        Confidence,

        /// <summary>The normalised product of the teacher's and the student's distributions.</summary>
        Product,
    }

    /// <summary>What the student knows before it is taught.</summary>
    public enum StudentBody
    {
        /// <summary>It was trained to restore masked inputs, on all training rows, without labels.</summary>
        Denoised,

        /// <summary>Nothing: weights drawn at random.</summary>
        Random,
    }

    /// <summary>The options of weak-to-strong generalisation.</summary>
    public sealed record Options
    {
        /// <summary>What the student is to match.</summary>
        [Description("What the student is to match: the teacher's probabilities (soft) or class (hard), these and its own answers (confidence), or their product")]
        public StudentTarget Target { get; set; } = StudentTarget.Confidence;

        /// <summary>α_max.</summary>
        [Description("Highest weight α of the student's own answers in target confidence; 0 is target soft")]
        [Range(0, 1), Source("released code: 0.5; appendix A: 0.75 for the largest students")]
        public double OwnWeight { get; set; } = 0.5;

        /// <summary>Share of the steps over which α rises.</summary>
        [Description("Share of all steps over which α rises linearly")]
        [Range(0, 1), Source("appendix A: 0.2; released code: 0.1")]
        public double Warmup { get; set; } = 0.2;

        /// <summary>The released code's form of the rise.</summary>
        [Description("Whether α follows the released code instead: a share of α_max equal to the share of steps done, and all of it after the warm-up")]
        public bool ReleasedWarmup { get; set; }

        /// <summary>α of the product.</summary>
        [Description("Power of the teacher's probabilities in target product")]
        [Range(0, 100), Source("released code: 1")]
        public double TeacherPower { get; set; } = 1;

        /// <summary>β of the product.</summary>
        [Description("Power of the student's probabilities in target product")]
        [Range(0, 100), Source("released code: 1")]
        public double StudentPower { get; set; } = 1;

        /// <summary>What the student knows before.</summary>
        [Description("What the student knows before it is taught: denoised restored masked inputs of all training rows; random knows nothing (a control)")]
        public StudentBody Body { get; set; } = StudentBody.Denoised;

        /// <summary>Whether only the head learns.</summary>
        [Description("Whether only the linear head learns from the teacher (a probe), and the body stays as it is")]
        public bool Probe { get; set; }

        /// <summary>Networks between teacher and student.</summary>
        [Description("Networks between teacher and student, of growing size: each learns softly from the one before and teaches the next (bootstrapping)")]
        public ModelOptions[] Bootstrapping { get; set; } = [];

        /// <summary>The teacher's name.</summary>
        [Description("Which offered teacher to learn from; left out: the only one offered, or a weak one trained here")]
        public string? Teacher { get; set; }

        /// <summary>The network of a teacher trained here.</summary>
        [Description("The network of a weak teacher trained here; left out: linear, or for text the student's with a tenth of its widths")]
        public ModelOptions? TeacherModel { get; set; }

        /// <summary>The weak teacher's share of the labelled rows.</summary>
        [Description("The share of the labelled rows on which a weak teacher is trained here; the student learns from the others and the unlabelled")]
        [Range(0, 1, MinimumIsExclusive = true, MaximumIsExclusive = true), Source("section 3: a half")]
        public double TeacherShare { get; set; } = 0.5;
    }

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(WeakToStrong));
        problem.Training.RequireUnmixed("a teacher's answers belong to single examples");
        var (teacher, rows) = Teacher(problem, run);
        for (var i = 0; i < options.Bootstrapping.Length; i++)
        {
            var (between, signal) = (problem with { Model = options.Bootstrapping[i] }, teacher);
            using var taught = run.Stage($"between-{i + 1}", between.Describe(Foundation.Options.Resolve(options)), () => Student(between, run, signal, rows, StudentTarget.Soft), stream: $"between-{i + 1}");
            teacher = new(taught.Classifier.Logits(problem.Train), problem.Classes.Count);
        }
        return Student(problem, run, teacher, rows, options.Target);
    }

    /// <inheritdoc/>
    public Predictor? TrainTeacher(PredictionProblem problem, Run run)
    {
        if (TeacherRows.Offered(problem, options.Teacher) is not null) return null;
        var weak = problem with { Model = options.TeacherModel ?? Weaker(problem.Model) };
        return run.Stage("weak-teacher", weak.Describe(Foundation.Options.Resolve(options)), () => run.Train(weak, Plain.Supervised.Objective, Halves(problem, run).OfTeacher), stream: "teacher");
    }

    private (TeacherRows Teacher, int[] Rows) Teacher(PredictionProblem problem, Run run)
    {
        int[] all = [.. Enumerable.Range(0, problem.Train.Count)];
        if (TeacherRows.Offered(problem, options.Teacher) is { } offered) return (new(offered.Train, problem.Classes.Count), all);
        using var trained = TrainTeacher(problem, run)!;
        return (new(trained.Classifier.Logits(problem.Train), problem.Classes.Count), Halves(problem, run).OfStudent);
    }

    /// <summary>Disjoint rows: a teacher's words on rows it was trained on would be nearly the labels.</summary>
    private (int[] OfTeacher, int[] OfStudent) Halves(PredictionProblem problem, Run run)
    {
        var labelled = problem.Labels.Labelled;
        if (labelled.Length < 2) throw new RequestException($"{problem.Name}: weak-to-strong trains a weak teacher on a share of the labelled rows, and there are {labelled.Length}; offer a teacher, or label more rows");
        var count = Math.Clamp((int)(options.TeacherShare * labelled.Length), 1, labelled.Length - 1);
        var ofTeacher = Splits.Sample(labelled, count, RandomStream.Of(run.Seed, "weak-teacher"));
        return (ofTeacher, [.. Enumerable.Range(0, problem.Train.Count).Except(ofTeacher)]);
    }

    private Predictor Student(PredictionProblem problem, Run run, TeacherRows teacher, int[] rows, StudentTarget target)
    {
        problem = problem with { Model = problem.Model with { HeadBias = false } };
        var student = Body(problem, run);
        using (no_grad()) student.Network.Head.weight.zero_();
        return run.Train(problem, student, (network, _) =>
        {
            if (options.Probe) network.Encoder.eval();
            return batch =>
            {
                var features = network.Encoder.forward(batch.Inputs);
                var logits = network.Head.forward(options.Probe ? features.detach() : features);
                return Loss.SoftCrossEntropy(logits, Target(logits.detach(), teacher.Answer(batch, logits), batch.ShareDone, target));
            };
        }, rows);
    }

    private NetworkClassifier Body(PredictionProblem problem, Run run) => options.Body == StudentBody.Random
        ? run.NewNetwork(problem)
        : (NetworkClassifier)run.Stage("body", problem.Describe(), () => DenoisingPretraining.Pretrain(problem, run, 0.3)).Classifier;

    private Tensor Target(Tensor student, Tensor teacher, double progress, StudentTarget target) => target switch
    {
        StudentTarget.Hard => nn.functional.one_hot(teacher.argmax(1), teacher.shape[1]).to(float32),
        StudentTarget.Product => Product(student, nn.functional.log_softmax(teacher, 1), options.TeacherPower, options.StudentPower),
        StudentTarget.Confidence => Confident(student, nn.functional.softmax(teacher, 1), OwnWeight(options.OwnWeight, options.Warmup, progress, options.ReleasedWarmup)),
        _ => nn.functional.softmax(teacher, 1),
    };

    /// <summary>q ∝ f^β f_w^α [B, C].</summary>
    /// <param name="student">Logits of f [B, C].</param>
    /// <param name="teacher">log f_w [B, C].</param>
    /// <param name="teacherPower">α.</param>
    /// <param name="studentPower">β.</param>
    internal static Tensor Product(Tensor student, Tensor teacher, double teacherPower, double studentPower)
    {
        using Scalar alpha = teacherPower, beta = studentPower;
        return nn.functional.softmax(nn.functional.log_softmax(student, 1) * beta + teacher * alpha, 1);
    }

    /// <summary>q = (1 − α) f_w + α f̂ [B, C].</summary>
    /// <param name="student">Logits of f [B, C].</param>
    /// <param name="teacher">f_w [B, C].</param>
    /// <param name="weight">α.</param>
    internal static Tensor Confident(Tensor student, Tensor teacher, double weight)
    {
        if (weight == 0) return teacher;
        using Scalar own = weight, others = 1 - weight;
        return teacher * others + Hardened(nn.functional.softmax(student, 1), teacher) * own;
    }

    /// <summary>α at a share of the steps: linear up to its maximum, or as released, where it jumps after the warm-up.</summary>
    internal static double OwnWeight(double maximum, double warmup, double progress, bool released) =>
        maximum * (released ? progress > warmup ? 1 : progress : warmup == 0 ? 1 : Math.Min(1, progress / warmup));

    /// <summary>
    /// f̂: the student's answers, hardened [B, C]. For two classes so that the batch keeps the teacher's balance: class 0 where f₀ is at
    /// least its quantile at the teacher's mean probability of class 1, interpolated linearly. For more classes, which the paper does
    /// not have, the most probable class.
    /// </summary>
    /// <param name="student">f [B, C].</param>
    /// <param name="teacher">f_w [B, C].</param>
    internal static Tensor Hardened(Tensor student, Tensor teacher)
    {
        if (student.shape[1] != 2) return nn.functional.one_hot(student.argmax(1), student.shape[1]).to(float32);
        var isFirst = (student.select(1, 0).to(float64) >= Threshold(student, teacher)).to(float32);
        return stack([isFirst, 1 - isFirst], 1);
    }

    /// <summary>The quantile of the student's probabilities of class 0 at the teacher's mean probability of class 1.</summary>
    internal static double Threshold(Tensor student, Tensor teacher)
    {
        var sorted = student.select(1, 0).to(float64).sort(0).Values;
        var place = teacher.select(1, 1).to(float64).mean().item<double>() * (sorted.shape[0] - 1);
        var below = sorted[(long)Math.Floor(place)].item<double>();
        var share = place - Math.Floor(place);
        return share == 0 ? below : below + share * (sorted[(long)Math.Floor(place) + 1].item<double>() - below);
    }

    /// <summary>A network for a weak teacher: linear, or for text with a tenth of the widths.</summary>
    internal static ModelOptions Weaker(ModelOptions model) => model.Encoder is EncoderKind.Bag or EncoderKind.Ngrams
        ? model with { Hidden = [.. model.Hidden.Select(h => Math.Max(1, h / 10))], Embedding = Math.Max(1, model.Embedding / 10) }
        : model with { Encoder = EncoderKind.Linear };
}
