using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using Preceptor.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Language;

/// <summary>
/// Direct preference optimisation (Rafailov et al. 2023), as Qwen2.5 uses it offline: −log σ(β · ((log π(y⁺) − log π_ref(y⁺)) − (log π(y⁻) − log π_ref(y⁻)))), where log π(y) is the sum over the response's tokens
/// and the reference is the model before, frozen. Where a problem has no pairs but something that checks answers, the reference is asked for several answers to each prompt, and a right one is
/// preferred to a wrong one.
/// </summary>
[Method("dpo", "Direct preference optimisation", Summary = "Prefers better responses to worse ones, held to the model before; makes the pairs itself where only a check of answers is offered.", Citation = "Qwen Team 2024 (Qwen2.5 Technical Report); Rafailov et al. 2023", Paper = 67)]
[Distributed]
[Version(1)]
public sealed class DirectPreference(DirectPreference.Options options) : IFit<LanguageProblem, LanguageModel>, INeeds<PreferencePairs>, INeeds<OutcomeCheck>
{
    /// <summary>How pairs are made and learned.</summary>
    public record Options
    {
        /// <summary>β.</summary>
        [Description("How strongly the model is held to the one before")]
        [Range(0, 100, MinimumIsExclusive = true)]
        [Source("Rafailov et al. 2023, eq. 7; the published run's β")]
        public double Beta { get; set; } = 0.1;

        /// <summary>Passes over the pairs.</summary>
        [Description("Passes over the pairs")]
        [Range(1, 10_000)]
        [Source("Qwen2.5 report, section 4.2")]
        public int Epochs { get; set; } = 1;

        /// <summary>The learning rate.</summary>
        [Description("The learning rate; left out: a tenth of training.rate, since the model has been trained before")]
        [Range(0, 100, MinimumIsExclusive = true)]
        public double? Rate { get; set; }

        /// <summary>Answers a prompt, where pairs are made.</summary>
        [Description("Answers that the reference gives to each prompt, where pairs are made by a check")]
        [Range(2, 1000)]
        public int Samples { get; set; } = 8;

        /// <summary>The temperature of those.</summary>
        [Description("The temperature at which it gives them")]
        [Range(0, 10, MinimumIsExclusive = true)]
        public double Temperature { get; set; } = 1;
    }

    /// <inheritdoc/>
    public LanguageModel Fit(LanguageProblem problem, Run run)
    {
        using var reference = run.Reference(problem);
        return Fit(problem, run, reference, options);
    }

    /// <summary>Prefers, from a reference on.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="run">The run.</param>
    /// <param name="reference">The model before.</param>
    /// <param name="options">How.</param>
    /// <param name="optimise">Makes the optimiser; null for the usual one.</param>
    internal static LanguageModel Fit(LanguageProblem problem, Run run, LanguageModel reference, Options options, Func<IReadOnlyList<(string Name, Parameter Parameter)>, Optimiser>? optimise = null)
    {
        run.Uses(typeof(PreferenceLoss));
        var pairs = problem.Preferences ?? VerifiedPairs.Make(problem, run, reference, options.Samples, options.Temperature);
        double[] Sums(TokenSequences of) => [.. reference.LogProbabilities(of, run.Cancellation).Select(l => l.Sum())];
        var before = Sums(pairs.Both);
        var network = run.Onward(problem, reference);
        Tensor Loss(LanguageBatch batch, double[] known)
        {
            var half = batch.Count / 2;
            var now = batch.SumOfEach(batch.LogProbabilities(network)); // [2B], the better ones first
            var then = InputBuffer.Tensor<float>([.. batch.Rows.ToArray().Select(r => (float)known[r])], float32, batch.Count);
            return PreferenceLoss.Direct(PreferenceLoss.Margin(now[..half], now[half..], then[..half], then[half..]), options.Beta);
        }
        var training = problem.Training.Onward(options.Epochs, options.Rate);
        var batches = new SequenceBatches(run, pairs.Both, Math.Max(1, training.Batch / 2), network.Options.Architecture, reference.Start) { Together = 2 };
        return run.Train(problem with { Training = training }, network, reference.Ends, batches, _ => batch => Loss(batch.Content, before), optimise: optimise);
    }
}
