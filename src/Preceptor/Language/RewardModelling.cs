using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Language;

/// <summary>
/// A model of rewards (Ouyang et al. 2022; Qwen2.5 report, section 4.3): a number for prompt and response, from the features of the last token, trained so that better responses get more than worse ones: −log σ(r⁺ − r⁻).
/// The layers are those of a language model, which goes on learning.
/// </summary>
[Method("reward-model", "Reward model", Summary = "A number that says how good a response is, learned from better and worse ones; grpo can be rewarded by it.", Citation = "Qwen Team 2024 (Qwen2.5 Technical Report); Ouyang et al. 2022", Paper = 67)]
[Distributed]
[Version(1)]
public sealed class RewardModelling(RewardModelling.Options options) : IFit<LanguageProblem, LanguageModel>, INeeds<PreferencePairs>, INeeds<OutcomeCheck>
{
    /// <summary>How it is trained.</summary>
    public sealed record Options
    {
        /// <summary>Passes over the pairs.</summary>
        [Description("Passes over the pairs")]
        [Range(1, 10_000)]
        public int Epochs { get; set; } = 2;

        /// <summary>The learning rate.</summary>
        [Description("The learning rate; left out: half of training.rate, since the layers have been trained before")]
        [Range(0, 100, MinimumIsExclusive = true)]
        public double? Rate { get; set; }

        /// <summary>Answers a prompt, where pairs are made.</summary>
        [Description("Answers that the language model gives to each prompt, where pairs are made by a check")]
        [Range(2, 1000)]
        public int Samples { get; set; } = 8;
    }

    /// <inheritdoc/>
    public LanguageModel Fit(LanguageProblem problem, Run run)
    {
        run.Uses(typeof(PreferenceLoss));
        run.Uses(typeof(RewardHead));
        using var before = run.Reference(problem);
        var pairs = problem.Preferences ?? VerifiedPairs.Make(problem, run, before, options.Samples, 1);
        var network = run.Onward(problem, before);
        var head = run.New("reward-head", () => new RewardHead(network.Options));
        var both = new ModuleGroup(network, head);
        Tensor Loss(LanguageBatch batch)
        {
            var rewards = head.forward(batch.Features(network));
            return PreferenceLoss.BradleyTerry(rewards[..(batch.Count / 2)], rewards[(batch.Count / 2)..]);
        }
        ValidationScores Validate()
        {
            var rewards = new LanguageModel(problem.Tokenizer, network, before.Ends, new([], 0, 0, 0), run.Threads) { Head = head }.Rewards(problem.ValidationPreferences!.Both);
            var half = rewards.Length / 2;
            return new(rewards[..half].Zip(rewards[half..], (c, r) => c > r ? 1.0 : 0).Average(), rewards[..half].Zip(rewards[half..], (c, r) => Math.Log(1 + Math.Exp(r - c))).Average(), "preference-accuracy");
        }
        var training = problem.Training with { Epochs = options.Epochs, Rate = options.Rate ?? 0.5 * problem.Training.Rate };
        var batches = new SequenceBatches(run, pairs.Both.Whole(), Math.Max(1, training.Batch / 2), network.Options.Architecture, before.Start) { Together = 2 };
        run.Uses(typeof(LanguageNetwork));
        var summary = TrainingLoop.Fit(run, both, batches, training, _ => batch => Loss(batch.Content), problem.ValidationPreferences is { Count: > 0 } ? Validate : null);
        return new(problem.Tokenizer, network.Options.AdapterRank == 0 ? network : network.Copy(), before.Ends, summary, run.Threads) { Form = problem.Form, Head = head };
    }
}
