using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Language;

/// <summary>
/// Group-relative policy optimisation (Shao et al. 2024), as Qwen2.5 uses it online: to each prompt the model itself gives g answers; an answer's advantage is its reward less the group's mean, over the deviation; tokens of better
/// answers become likelier, within a clip, and the model is held to the one before by the divergence eᵘ − u − 1. Prompts whose answers differ most in reward come first, since equal rewards teach nothing.
/// Rewards come from a check of outcomes or from a model of rewards.
/// </summary>
[Method("grpo", "Group-relative policy optimisation", Summary = "The model answers each prompt several times and learns from which answers a check, or a reward model, liked better.", Citation = "Qwen Team 2024 (Qwen2.5 Technical Report); Shao et al. 2024 (DeepSeekMath)", Paper = 67)]
[Version(1)]
public sealed class GroupRelativePolicy(GroupRelativePolicy.Options options) : IFit<LanguageProblem, LanguageModel>, INeeds<OutcomeCheck>
{
    /// <summary>In which order prompts come.</summary>
    public enum PromptOrder
    {
        /// <summary>Those whose answers differ most in reward first.</summary>
        Variance,

        /// <summary>At random, anew each epoch.</summary>
        Random,
    }

    /// <summary>How answers are drawn and learned from.</summary>
    public sealed record Options
    {
        /// <summary>g.</summary>
        [Description("Answers to each prompt")]
        [Range(2, 1000)]
        [Source("Qwen2.5 report, section 4.3")]
        public int Group { get; set; } = 8;

        /// <summary>ε.</summary>
        [Description("How far a token's probability may move from the one it was drawn with before it stops counting")]
        [Range(0, 1, MinimumIsExclusive = true)]
        [Source("Shao et al. 2024")]
        public double Clip { get; set; } = 0.2;

        /// <summary>β.</summary>
        [Description("Weight of the divergence from the model before")]
        [Range(0, 100)]
        [Source("Shao et al. 2024, section 4.2")]
        public double Divergence { get; set; } = 0.04;

        /// <summary>Passes over the prompts.</summary>
        [Description("Passes over the prompts")]
        [Range(1, 10_000)]
        public int Epochs { get; set; } = 1;

        /// <summary>The learning rate.</summary>
        [Description("The learning rate; left out: a tenth of training.rate, since the model has been trained before")]
        [Range(0, 100, MinimumIsExclusive = true)]
        public double? Rate { get; set; }

        /// <summary>The temperature.</summary>
        [Description("The temperature at which answers are drawn")]
        [Range(0, 10, MinimumIsExclusive = true)]
        public double Temperature { get; set; } = 1;

        /// <summary>The order of prompts.</summary>
        [Description("Which prompts come first")]
        [Source("Qwen2.5 report, section 4.3")]
        public PromptOrder Order { get; set; }

        /// <summary>The reward model.</summary>
        [Description("The folder of a reward model that rewards answers in place of the problem's check; left out: the check rewards")]
        public string? RewardModel { get; set; }
    }

    /// <inheritdoc/>
    public LanguageModel Fit(LanguageProblem problem, Run run)
    {
        run.Uses(typeof(GroupRelativeLoss));
        using var reference = run.Reference(problem);
        using var judge = options.RewardModel is { } folder ? Judge(problem, folder) : null;
        var (train, network) = (problem.Train, run.Onward(problem, reference));
        var drawing = new GenerationOptions { Samples = options.Group, Temperature = options.Temperature, MaxTokens = Answers.Most(train) };
        var (generator, answered) = (new TextGenerator(network, reference.Ends, problem.Tokenizer.Size, reference.Start), new LanguageBatch(network.Options.Architecture, reference.Start));
        var training = problem.Training.Onward(options.Epochs, options.Rate);
        var batches = new SequenceBatches(run, train, Math.Max(1, training.Batch / options.Group), network.Options.Architecture, reference.Start) { Order = options.Order == PromptOrder.Variance ? ByVariance(problem, run, reference, judge, drawing) : null };

        return run.Train(problem with { Training = training }, network, reference.Ends, batches, _ => batch =>
        {
            int[] asked = batch.Rows.ToArray();
            network.eval();
            var made = generator.Generate(train.PromptsOf(asked), drawing with { Seed = (ulong)run.TorchSeed("answers", batch.Epoch, batch.Number) }, cancellation: run.Cancellation);
            network.train();
            double[] rewards = [.. asked.SelectMany((i, k) => Rewards(problem, judge, i, made[k], reference.Ends))];
            var advantages = GroupRelativeLoss.Advantages(rewards, options.Group);
            var sequences = TokenSequences.Of([.. asked.SelectMany((i, k) => made[k].Select(a => (train.PromptOf(i).ToArray(), Answers.Whole(a, reference.Ends))))]);
            answered.Fill(sequences, [.. Enumerable.Range(0, sequences.Count)]);
            var log = answered.LogProbabilities(network);
            Tensor? before = null;
            if (options.Divergence > 0)
            {
                using var noGradient = no_grad();
                before = answered.LogProbabilities(reference.Network);
            }
            Tensor OfTokens(Func<int, double> of)
            {
                var numbers = new float[answered.TargetCount];
                for (var (row, at) = (0, 0); row < answered.Count; row++)
                    for (var k = 0; k < answered.AnswerLengths[row]; k++) numbers[at++] = (float)of(row);
                return InputBuffer.Tensor<float>(numbers, float32, numbers.Length);
            }
            // Each batch is learned from once, so that what drew the answers is the network itself.
            return GroupRelativeLoss.Of(log, log.detach(), before, OfTokens(row => advantages[row]), OfTokens(row => 1.0 / answered.Count / answered.AnswerLengths[row]), options.Clip, options.Divergence);
        });
    }

    // The prompts from the one whose answers differ most in reward, ties in their order.
    private static int[] ByVariance(LanguageProblem problem, Run run, LanguageModel reference, LanguageModel? judge, GenerationOptions drawing)
    {
        var train = problem.Train;
        var made = reference.Generate(train.PromptsOf(Enumerable.Range(0, train.Count)), drawing with { Seed = (ulong)run.TorchSeed("first-answers") }, run.Cancellation);
        double[] variances = [.. made.Select((m, i) =>
        {
            var rewards = Rewards(problem, judge, i, m, reference.Ends);
            return rewards.Average(r => (r - rewards.Average()) * (r - rewards.Average()));
        })];
        return [.. Enumerable.Range(0, train.Count).OrderByDescending(i => variances[i])];
    }

    private static double[] Rewards(LanguageProblem problem, LanguageModel? judge, int prompt, Generation[] answers, IReadOnlyList<int> ends) => judge is null ? Answers.Rewards(problem, prompt, answers)
        : judge.Rewards(TokenSequences.Of([.. answers.Select(a => (problem.Train.PromptOf(prompt).ToArray(), Answers.Whole(a, ends)))]));

    private static LanguageModel Judge(LanguageProblem problem, string folder)
    {
        var model = LanguageModel.Load(LanguageModel.Find(folder) ?? throw new RequestException($"method.reward-model: {folder} has no model"));
        if (model is { Head: not null, IsBidirectional: false } && model.Tokenizer.Fingerprint == problem.Tokenizer.Fingerprint) return model;
        var why = model.Head is null || model.IsBidirectional ? "is no reward model; expected one that reward-model trained" : "has another tokenizer than the problem";
        model.Dispose();
        throw new RequestException($"method.reward-model: {folder} {why}");
    }
}
