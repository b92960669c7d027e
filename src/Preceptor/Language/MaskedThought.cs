using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Language;

/// <summary>
/// Masked thought (Chen et al. 2024): next-token training on responses some of whose tokens are masked where the network reads them, and are still to be predicted as they were. Within a chain of reasoning the
/// words just before often give the next one away; without some of them the network has to look back to the question and to earlier steps. The share of masked tokens rises linearly over the first
/// steps; masks are drawn anew in each. Answers are given to clean prompts, as after any training.
/// </summary>
/// <remarks>The token of masks is a row of the network beyond the tokenizer's tokens, so that no text has it and it is never drawn.</remarks>
[Method("masked-thought", "Masked thought", Summary = "Masks some tokens of responses where they are read, not where they are to be predicted, so that a chain of reasoning is learned from the question and not from the words just before.", Citation = "Chen et al. 2024 (Masked Thought: Simply Masking Partial Reasoning Steps Can Improve Mathematical Reasoning Learning of Language Models)", Paper = 44)]
[Version(1)]
public sealed class MaskedThought(MaskedThought.Options options) : IFit<LanguageProblem, LanguageModel>, INeeds<Responses>
{
    /// <summary>Which tokens are masked.</summary>
    public enum MaskedPart
    {
        /// <summary>Those of responses.</summary>
        Response,

        /// <summary>Those of prompts.</summary>
        Prompt,

        /// <summary>All.</summary>
        Both,
    }

    /// <summary>Which tokens count in the loss.</summary>
    public enum CountedTokens
    {
        /// <summary>All of responses.</summary>
        All,

        /// <summary>Those that are masked.</summary>
        Masked,
    }

    /// <summary>How tokens are masked.</summary>
    public sealed record Options
    {
        /// <summary>The rate of masks.</summary>
        [Description("Probability that a token is masked, after warm-up; 0: next-token training")]
        [Range(0, 1)]
        [Source("run_llama2_7b_gsm8k_mft.sh; 0.2 for MetaMath and Mistral")]
        public double Rate { get; set; } = 0.4;

        /// <summary>Steps in which it rises.</summary>
        [Description("Share of all steps over which the rate first rises from zero")]
        [Range(0, 1)]
        [Source("run_llama2_7b_gsm8k_mft.sh")]
        public double Warmup { get; set; } = 0.66;

        /// <summary>Random tokens.</summary>
        [Description("Probability that a masked token is any of the tokenizer's instead of the token of masks; the published script has 1, the published description 0")]
        [Range(0, 1)]
        [Source("section 3")]
        public double Random { get; set; }

        /// <summary>Tokens masked together.</summary>
        [Description("Tokens of a response, one after the other, that are masked together or not at all")]
        [Range(1, 10_000)]
        public int Span { get; set; } = 1;

        /// <summary>Which tokens are masked.</summary>
        [Description("Which tokens are masked: response | prompt | both")]
        public MaskedPart Part { get; set; }

        /// <summary>Which tokens count.</summary>
        [Description("Which tokens of responses are to be predicted: all | masked, which are those masked themselves")]
        public CountedTokens Loss { get; set; }
    }

    /// <inheritdoc/>
    public LanguageModel Fit(LanguageProblem problem, Run run)
    {
        var (network, ends) = run.Begin(problem);
        var tokens = problem.Tokenizer.Size + problem.FurtherTokens; // the number of the token of masks as well
        if (options is { Rate: > 0, Random: < 1 } && network.Vocabulary == tokens)
            using (var narrow = network) network = run.New("token-of-masks", () => narrow.Widened(tokens + 1));
        network = run.WithAdapters(problem, network);
        var batches = new SequenceBatches(run, problem.Train, problem.Training.Batch, network.Options.Architecture, LanguageTraining.StartOf(ends));
        var steps = (long)problem.Training.Epochs * batches.PerEpoch;
        return run.Train(problem, network, ends, batches, _ => batch =>
        {
            var rate = RateAt((long)(batch.Epoch - 1) * batches.PerEpoch + batch.Number, steps, options);
            var random = run.Random("token-masks", batch.Epoch, batch.Number);
            int Replace() => Replacement(options.Random, tokens, random);
            var masked = Draw(batch.Content, options.Part == MaskedPart.Prompt ? 0 : rate, options.Span, random);
            Apply(batch.Content, masked, Replace);
            if (options.Part != MaskedPart.Response) MaskPrompts(batch.Content, rate, random, Replace);
            return Loss(batch.Content.Logits(network), batch.Content.Targets(), options.Loss == CountedTokens.All ? null : masked);
        });
    }

    /// <summary>The rate of masks before a step: it rises linearly over the warm-up's steps and one more.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="steps">How many there will be.</param>
    /// <param name="options">The options.</param>
    internal static double RateAt(long step, long steps, Options options) => options.Rate * Math.Min(1, step / (options.Warmup * steps + 1));

    /// <summary>Draws which tokens of responses are masked [N], as they stand among the batch's targets.</summary>
    internal static bool[] Draw(LanguageBatch read, double rate, int span, RandomStream random)
    {
        var masked = new bool[read.TargetCount];
        for (var (row, first) = (0, 0); row < read.Count; first += read.AnswerLengths[row], row++)
            for (var i = 0; i < read.AnswerLengths[row]; i++) masked[first + i] = i % span > 0 ? masked[first + i - 1] : random.NextDouble() < rate;
        return masked;
    }

    /// <summary>Replaces masked tokens where the network reads them; what is to be predicted stays.</summary>
    /// <param name="read">The batch.</param>
    /// <param name="masked">Which of its targets' tokens are masked [N].</param>
    /// <param name="replacement">What stands in a token's place.</param>
    internal static void Apply(LanguageBatch read, ReadOnlySpan<bool> masked, Func<int> replacement)
    {
        // A token is read where the one after it is predicted; the last of a response is not read.
        for (var (row, first) = (0, 0); row < read.Count; first += read.AnswerLengths[row], row++)
            for (var i = first; i + 1 < first + read.AnswerLengths[row]; i++)
                if (masked[i]) read.Inputs[(int)read.TargetPlaces[i + 1]] = replacement();
    }

    /// <summary>The mean cross entropy of all targets [N], or of those masked.</summary>
    internal static Tensor Loss(Tensor logits, Tensor targets, bool[]? masked)
    {
        if (masked is null) return nn.functional.cross_entropy(logits, targets);
        // Early steps may mask nothing; they then teach nothing.
        using Scalar count = Math.Max(1, masked.Count(m => m));
        var counted = InputBuffer.Tensor<float>([.. masked.Select(m => m ? 1f : 0)], float32, masked.Length);
        return (nn.functional.cross_entropy(logits, targets, reduction: nn.Reduction.None) * counted).sum() / count;
    }

    /// <summary>What a masked token becomes: the token of masks, whose number is that of all others, or with a probability any of those.</summary>
    internal static int Replacement(double share, int tokens, RandomStream random) => share > 0 && random.NextDouble() < share ? random.Next(tokens) : tokens;

    /// <summary>Masks the tokens of prompts where the network reads them.</summary>
    internal static void MaskPrompts(LanguageBatch read, double rate, RandomStream random, Func<int> replacement)
    {
        for (var row = 0; row < read.Count; row++)
            foreach (ref var token in read.PromptOf(row))
                if (random.NextDouble() < rate) token = replacement();
    }
}
