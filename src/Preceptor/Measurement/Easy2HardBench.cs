using System.ComponentModel;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>
/// Standardised difficulties of items from who solved them, comparable whoever tried which: item response theory (Rasch; 2PL; 3PL).
/// Use it to find out how hard the items of a test set, a leaderboard or a course are, and where a solver's accuracy falls off.
/// </summary>
[Method("easy2hard-bench", "Standardised difficulty", Paper = 15, TrainsNetwork = false,
    Summary = "Rates how hard each item is from who solved it, with uncertainty, and shows every solver's accuracy by difficulty.",
    Citation = "Ding, Deng, Choo, Wu, Agrawal, Schwarzschild, Zhou, Goldstein, Langford, Anandkumar, Huang: Easy2Hard-Bench: Standardized Difficulty Labels for Profiling LLM Performance and Generalization (2024)")]
[Version(1)]
public sealed class Easy2HardBench(Easy2HardBench.Options options) : IMeasure<MeasurementProblem, MeasurementReport>, INeeds<Responses>
{
    /// <summary>The options of standardised difficulty.</summary>
    public sealed record Options
    {
        /// <summary>The model of items.</summary>
        [Description("Parameters of an item: one-parameter (difficulty), two-parameter (and discrimination), three-parameter (and guessing)")]
        public ItemModel Model { get; set; }

        /// <summary>The priors.</summary>
        [Description("Priors of the parameters: spread, log-discrimination, guessing")]
        public ItemPriors Priors { get; set; } = new();
    }

    /// <inheritdoc/>
    public MeasurementReport Measure(MeasurementProblem subject, Run run)
    {
        var responses = subject.Require<Responses>();
        var model = ItemResponseFit.Fit(responses, options.Model, options.Priors, run.Cancellation);
        var errors = ItemResponseFit.StandardErrors(responses, model, options.Priors);
        var table = new Table("ratings", [new TextColumn("item", responses.Items), new NumberColumn("unnorm_rating", model.Difficulty), new NumberColumn("unnorm_rating_std", errors)]);
        return new($"{responses.Items.Length} items were rated from {responses.Count} answers of {responses.Solvers.Length} solvers.",
            [MeasuredValue.Of("log-likelihood", "mean log-likelihood of an answer, in nats", model.LogLikelihood(responses) / responses.Count)])
        { Tables = [table] };
    }
}
