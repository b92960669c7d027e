using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Objectives;
using Preceptor.Supervision;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Language;

/// <summary>
/// Distillation from a smaller language model in the first steps only (Rawat et al. 2024, SALT): the loss of a token is (1 − ω) · CE + ω · KD up to step n_KD, with KD = −Σ_v softmax(z_small / ρ)_v log p(v), and next-token training from then on, with the
/// same optimiser and the same schedule of the rate. A small model's soft labels say of a token what a single sample of it cannot, so that steps vary less, as long as it is right; where it is not, it must not teach for long.
/// With selection the first steps are on the sequences that the small model, early in its own training, finds hard and yet learnable. Nothing to distil is next-token training, bit for bit; distilling in all steps is plain distillation.
/// </summary>
/// <remarks>The temperature is the teacher's alone and below 1 it makes targets sharper, so that no factor ρ² stands anywhere. The seconds of a model's training do not count its teacher's.</remarks>
[Method("salt", "Early distillation from a smaller model", Summary = "A smaller language model teaches a larger one in the first steps, and may choose what is worth them; then the larger one learns from the texts alone.", Citation = "Rawat et al. 2024 (A Little Help Goes a Long Way: Efficient LLM Training by Leveraging Small LMs)", Paper = 8)]
[Version(1)]
public sealed class EarlyDistillation(EarlyDistillation.Options options) : IFit<LanguageProblem, LanguageModel>, INeeds<RawText>, INeeds<Responses>
{
    /// <summary>How distillation ends.</summary>
    public enum Decline
    {
        /// <summary>At once.</summary>
        Step,

        /// <summary>Along a line, across some steps before and after.</summary>
        Window,

        /// <summary>Along a line from the first step on.</summary>
        Line,
    }

    /// <summary>The teacher, and how long it teaches.</summary>
    public sealed record Options
    {
        /// <summary>A model to learn from.</summary>
        [Description("A folder with the small model: a run's, or one in Hugging Face's layout, of the same tokenizer; left out: one is trained first, by the sizes below")]
        public string? Teacher { get; set; }

        /// <summary>The small model's layers.</summary>
        [Description("Layers of the small model; 0: half of model.layers")]
        [Range(0, 200)]
        [Source("experiments: 1.5 billion weights teach 2.8 billion")]
        public int TeacherLayers { get; set; }

        /// <summary>The small model's width.</summary>
        [Description("Numbers a token of the small model; 0: half of model.width")]
        [Range(0, 65_536)]
        [Source("experiments: 1.5 billion weights teach 2.8 billion")]
        public int TeacherWidth { get; set; }

        /// <summary>The small model's epochs.</summary>
        [Description("Passes that the small model is trained for; 0: as many as training.epochs")]
        [Range(0, 1_000_000)]
        public int TeacherEpochs { get; set; }

        /// <summary>The share of steps with a teacher.</summary>
        [Description("Share of all steps in which there is a teacher, n_KD / n; 0: next-token training; 1: distillation to the end")]
        [Range(0, 1)]
        [Source("experiments: 36,000 of 208,000 steps; from 20,000 to 60,000 work alike")]
        public double Distilled { get; set; } = 0.173;

        /// <summary>The weight of distillation.</summary>
        [Description("Weight of the teacher's soft labels beside the text, ω")]
        [Range(0, 1)]
        [Source("experiments")]
        public double Weight { get; set; } = 0.667;

        /// <summary>The temperature.</summary>
        [Description("Temperature of the teacher's soft labels, ρ; below 1 they are sharper than it thinks")]
        [Range(0, 1000, MinimumIsExclusive = true)]
        [Source("experiments")]
        public double Temperature { get; set; } = 0.25;

        /// <summary>How distillation ends.</summary>
        [Description("How distillation ends: step: at once; window: along a line, around the same step; line: along a line from the first step on")]
        [Source("ablation of the transition; a step is the paper's choice")]
        public Decline Schedule { get; set; }

        /// <summary>The window's length.</summary>
        [Description("Share of all steps over which schedule window declines")]
        [Range(0, 1, MinimumIsExclusive = true)]
        public double Window { get; set; } = 0.05;

        /// <summary>How many logits are kept.</summary>
        [Description("How many of the teacher's largest logits are kept of each token; the others share what is left as the student thinks")]
        [Range(1, 65_536)]
        public int Kept { get; set; } = TeacherCache.DefaultKept;

        /// <summary>Whether sequences are chosen.</summary>
        [Description("Whether the steps with a teacher are on the sequences that are hard and yet learnable to a small model early in its training (SALT-DS)")]
        [Source("SALT-DS")]
        public bool Selects { get; set; }

        /// <summary>The place up to which a token is learnable.</summary>
        [Description("A token counts in choosing sequences where it is among so many that the small model finds likeliest, k")]
        [Range(1, 1_000_000)]
        [Source("experiments")]
        public int Learnable { get; set; } = 10;

        /// <summary>Passes over what is chosen.</summary>
        [Description("Passes over the chosen sequences in the steps with a teacher; so many are chosen as these steps then read")]
        [Range(1, 1000)]
        [Source("SALT-DS: one pass")]
        public int Passes { get; set; } = 1;

        /// <summary>An early small model.</summary>
        [Description("A folder with an early checkpoint of the small model, which chooses; left out: a small model is trained for a share of the teacher's steps")]
        public string? EarlyTeacher { get; set; }

        /// <summary>How early it is.</summary>
        [Description("The share of the teacher's passes after which the small model chooses; less than one pass is a pass over a part of the sequences")]
        [Range(0, 1, MinimumIsExclusive = true)]
        [Source("experiments: about 26,000 of 208,000 steps")]
        public double Early { get; set; } = 0.125;
    }

    /// <inheritdoc/>
    public LanguageModel Fit(LanguageProblem problem, Run run)
    {
        var plain = new SequenceBatches(run, problem.Train, problem.Training.Batch, LanguageArchitecture.Decoder, 0);
        var steps = (long)problem.Training.Epochs * plain.PerEpoch;
        var taught = LastTaught(steps, options); // steps at whose end the teacher is discarded
        if (taught == 0) return run.Train(problem, LanguageTraining.NextToken);

        var chosen = options.Selects ? Choose(problem, run, taught) : null;
        var (network, ends) = run.Begin(problem);
        network = run.WithAdapters(problem, network);
        var (architecture, start) = (network.Options.Architecture, LanguageTraining.StartOf(ends));
        using var teacher = Answers(problem, run, network, chosen ?? FirstOf(problem, run, taught, plain.PerEpoch));
        IBatches<SequenceBatch> batches = chosen is null ? new SequenceBatches(run, problem.Train, problem.Training.Batch, architecture, start)
            : new CurriculumBatches(run, problem.Train, problem.Training.Batch, architecture, start, new ChosenFirst(chosen, taught, problem.Train.Count), 0, 0, problem.Training.Epochs);
        return run.Train(problem, network, ends, batches, _ => batch =>
        {
            var (logits, targets) = (batch.Content.Logits(network), batch.Content.Targets());
            var weight = WeightAt((long)(batch.Epoch - 1) * batches.PerEpoch + batch.Number, steps, options);
            return weight == 0 ? nn.functional.cross_entropy(logits, targets) : Mixed(logits, targets, teacher.Distributions(batch.Content, logits, options.Temperature), weight);
        });
    }

    /// <summary>ω of a step.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="steps">How many there will be.</param>
    /// <param name="options">The options.</param>
    internal static double WeightAt(long step, long steps, Options options)
    {
        var (distilled, window) = (Math.Round(options.Distilled * steps), options.Window * steps);
        if (distilled == 0) return 0;
        return options.Weight * options.Schedule switch
        {
            Decline.Step => step < distilled ? 1 : 0,
            Decline.Window => Math.Clamp((distilled + window / 2 - step) / window, 0, 1),
            _ => Math.Max(0, 1 - step / distilled),
        };
    }

    /// <summary>The loss (1 − ω) · CE + ω · KD, the mean over tokens; a weight of 0 or 1 leaves a term out.</summary>
    /// <param name="logits">The student's [N, V].</param>
    /// <param name="targets">The tokens [N].</param>
    /// <param name="soft">The teacher's distributions [N, V].</param>
    /// <param name="weight">ω, above 0.</param>
    internal static Tensor Mixed(Tensor logits, Tensor targets, Tensor soft, double weight)
    {
        var distilled = Loss.SoftCrossEntropy(logits, soft);
        if (weight == 1) return distilled;
        using TorchSharp.Scalar own = 1 - weight, taught = weight;
        return nn.functional.cross_entropy(logits, targets) * own + distilled * taught;
    }

    private static long LastTaught(long steps, Options options)
    {
        var distilled = (long)Math.Round(options.Distilled * steps);
        return options.Weight == 0 || distilled == 0 ? 0 : Math.Min(steps, options.Schedule == Decline.Window ? distilled + (long)Math.Ceiling(options.Window * steps / 2) : distilled);
    }

    // Of more than an epoch all sequences, otherwise those alone that its first batches have.
    private static int[] FirstOf(LanguageProblem problem, Run run, long taught, int perEpoch)
    {
        var size = problem.Training.Batch;
        if (taught >= perEpoch) return [.. Enumerable.Range(0, problem.Train.Count)];
        var (order, numbers) = SequenceOrder.Draw(run, 1, problem.Train.Lengths, problem.Train.Count, size);
        return [.. numbers.Take((int)taught).SelectMany(b => order[(b * size)..Math.Min(order.Length, (b + 1) * size)]).Order()];
    }

    private TeacherTokens Answers(LanguageProblem problem, Run run, LanguageNetwork student, int[] asked)
    {
        if (student.Vocabulary > TeacherCache.MostClasses) throw new RequestException($"method: a teacher's answers are kept for at most {TeacherCache.MostClasses} tokens, and the model knows {student.Vocabulary}");
        var (teacher, inputs) = SmallModel(problem, run, options.Teacher, 1, "teacher");
        using var owned = teacher;
        if (teacher.Network.Options.Architecture != student.Options.Architecture) throw new RequestException($"method.teacher: the small model and the one that learns predict other tokens; expected model.architecture {student.Options.Architecture} of both");
        if (teacher.Network.Vocabulary < student.Vocabulary) throw new RequestException($"method.teacher: the small model knows {teacher.Network.Vocabulary} tokens, and the one that learns {student.Vocabulary}");
        (inputs["kept"], inputs["classes"], inputs["learned-from"]) = (options.Kept, student.Vocabulary, problem.Train.Fingerprint);
        inputs["asked"] = string.Join(' ', asked.Length == problem.Train.Count ? [] : asked);
        return TeacherTokens.Ask(run, inputs, teacher, problem.Train, asked, student.Vocabulary, options.Kept);
    }

    private int[] Choose(LanguageProblem problem, Run run, long taught)
    {
        var count = (int)Math.Min(problem.Train.Count, taught * problem.Training.Batch / options.Passes);
        if (count == problem.Train.Count) throw new RequestException($"method.selects: the {taught} steps with a teacher read all {problem.Train.Count} sequences, so that none are chosen; expected method.passes of at least {taught * problem.Training.Batch / problem.Train.Count + 1}, or a smaller method.distilled");
        var (early, _) = SmallModel(problem, run, options.EarlyTeacher, options.Early, "early-teacher");
        using var owned = early;
        var chosen = LearnableSequences.Hardest(LearnableSequences.Difficulties(early, problem.Train, options.Learnable, run.Cancellation), count);
        return chosen.Length > 0 ? chosen : throw new RequestException($"method.learnable: no training sequence has a token that is among the small model's {options.Learnable} likeliest");
    }

    // A small model of a folder, or one trained for a share of its passes, by random streams of its own: it must not be the student's likeness.
    private (LanguageModel Model, JsonObject Description) SmallModel(LanguageProblem problem, Run run, string? folder, double share, string name)
    {
        if (folder is not null)
        {
            var read = LanguageModel.Load(LanguageModel.Find(folder) ?? throw new RequestException($"method.{name}: {folder} has no language model"));
            read.RequireCausal();
            if (read.Tokenizer.Fingerprint == problem.Tokenizer.Fingerprint) return (read, new() { ["folder"] = Path.GetFullPath(folder) });
            read.Dispose();
            throw new RequestException($"method.{name}: {folder} has another tokenizer than the problem");
        }
        var passes = share * (options.TeacherEpochs > 0 ? options.TeacherEpochs : problem.Training.Epochs);
        var part = (int)Math.Ceiling(Math.Min(1, passes) * problem.Train.Count);
        var small = problem with
        {
            Model = Smaller(problem.Model, options.TeacherLayers, options.TeacherWidth),
            Training = problem.Training with { Epochs = Math.Max(1, (int)Math.Round(passes)) },
            Train = part == problem.Train.Count ? problem.Train : problem.Train.Take([.. Enumerable.Range(0, part)]),
        };
        var description = small.Describe(Foundation.Options.Resolve(new SupervisedFineTuning.Options()));
        return (run.Stage(name, description, () =>
        {
            run.Uses(typeof(SupervisedFineTuning));
            return new SupervisedFineTuning(new()).Fit(small, run);
        }, stream: "teacher"), description);
    }

    /// <summary>A smaller network of the same parts.</summary>
    internal static LanguageModelOptions Smaller(LanguageModelOptions model, int layers, int width)
    {
        width = width > 0 ? width : Math.Max(8, model.Width / 2 / 8 * 8);
        // As many heads as divide it, each of an even number.
        var heads = model.HeadWidth > 0 ? model.Heads : Enumerable.Range(1, model.Heads).Last(h => width % h == 0 && (width / h % 2 == 0 || h == 1));
        return model with { Base = null, AdapterRank = 0, Layers = layers > 0 ? layers : Math.Max(1, model.Layers / 2), Width = width, Heads = heads, KeyValueHeads = heads == model.Heads ? model.KeyValueHeads : 0, Hidden = (int)((long)model.Hidden * width / model.Width) };
    }
}
