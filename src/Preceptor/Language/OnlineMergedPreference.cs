using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using Preceptor.Training;

namespace Preceptor.Language;

/// <summary>
/// Direct preference optimisation with an optimiser that merges each step with what fine-tuning changed in the base model (Lu et al. 2024, as Qwen2.5 trains its preferences): less is forgotten of what the model could before.
/// With α = 0 and everything kept it is <c>dpo</c> but for where ε stands in Adam.
/// </summary>
[Method("online-merging", "Preference optimisation with online merging", Summary = "dpo whose steps are merged with the difference that fine-tuning made to the base model, so that less is forgotten.", Citation = "Qwen Team 2024 (Qwen2.5 Technical Report); Lu et al. 2024 (Online Merging Optimizers)", Paper = 67)]
[Version(1)]
public sealed class OnlineMergedPreference(OnlineMergedPreference.Options options) : IFit<LanguageProblem, LanguageModel>, INeeds<PreferencePairs>, INeeds<OutcomeCheck>
{
    /// <summary>How steps are merged.</summary>
    public sealed record Options : DirectPreference.Options
    {
        /// <summary>α.</summary>
        [Description("How much of the fine-tuning's difference is added at every step; tiny, since it is added at every step")]
        [Range(0, 1)]
        [Source("the published run's α")]
        public double Alpha { get; set; } = 1e-7;

        /// <summary>The share of entries kept.</summary>
        [Description("Share of the entries of each step, and of that difference, that is kept, multiplied by one over it")]
        [Range(0, 1, MinimumIsExclusive = true)]
        [Source("the published run's reserve_p")]
        public double Kept { get; set; } = 0.01;

        /// <summary>The base model.</summary>
        [Description("The folder of the model before fine-tuning; left out: the weights that next-token training began with")]
        public string? Pretrained { get; set; }
    }

    /// <inheritdoc/>
    public LanguageModel Fit(LanguageProblem problem, Run run)
    {
        if (problem.Model.AdapterRank > 0) throw new RequestException("model.adapter-rank: online-merging merges whole weights; leave it out for this method");
        run.Uses(typeof(OnlineMerging));
        using var reference = run.Reference(problem);
        var weights = Before(problem, run, reference);
        return DirectPreference.Fit(problem, run, reference, options, parameters => new OnlineMerging(new() { Kind = OptimiserKind.AdamW, WeightDecay = problem.Training.WeightDecay, Epsilon = 1e-6 }, parameters,
            name => weights[name], options.Alpha, options.Kept, (ulong)run.TorchSeed("merging")));
    }

    private IReadOnlyDictionary<string, float[]> Before(LanguageProblem problem, Run run, LanguageModel reference)
    {
        if (options.Pretrained is null && problem.Model.Base is not null) throw new RequestException("method.pretrained: expected the folder of the model before fine-tuning, since model.base is fine-tuned");
        using var network = options.Pretrained is { } folder ? LanguageModel.Load(LanguageModel.Find(folder) ?? throw new RequestException($"method.pretrained: {folder} has no language model")).Network : run.Begin(problem).Network;
        if (network.Options.Plain() != reference.Network.Options.Plain() || network.Vocabulary != reference.Network.Vocabulary) throw new RequestException($"method.pretrained: {options.Pretrained} is not of the sizes of the model that was fine-tuned");
        return network.Weights();
    }
}
