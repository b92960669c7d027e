
namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Gao et al. 2023: training on the measure itself, by policy gradients, ranks better by that measure than a surrogate loss. A linear scorer on generated grades that it cannot all tell apart, where it matters which
/// places a loss cares for; and on published learning-to-rank features.
/// </summary>
internal static class PolicyGradientRankingExperiment
{
    private static readonly string[] Training = ["model.scorer=linear", "training.batch=16"];

    private static readonly string[] Grid = ["training.rate=0.003", "training.rate=0.01", "training.rate=0.03"];

    public static Experiment Create()
    {
        var grades = new Conditions("grades", ["problem.name=grades", "problem.size=small", "training.epochs=20", .. Training], Grid);
        var agreeing = new Conditions("grades, linear in the features", ["problem.name=grades", "problem.size=small", "problem.rule=linear", "training.epochs=20", .. Training], Grid);
        var published = new Conditions("lightgbm-lambdarank", ["problem.kind=ranking", "problem.data=lightgbm-lambdarank", "training.epochs=15", .. Training], Grid);
        Arm Pairs(Conditions conditions) => new(conditions, "pairwise-ranking", "method.samples=16");
        Arm Policy(Conditions conditions, params string[] options) => new(conditions, "pg-rank", ["method.samples=16", .. options]);
        var wellSpecified = new NullControl("where grades are linear in the features, a linear scorer can fit every place, and any loss finds it", Policy(agreeing, "method.cutoff=5"), Pairs(agreeing));
        var anew = new NullControl("the same method with initialisation and order drawn anew is worth nothing over itself", Policy(published) with { DrawnAnew = true, TunedAs = Policy(published) }, Policy(published));
        return new("pg-rank", RankingKind.Gain,
        [
            new("policy gradients on nDCG@5 give a higher nDCG@5 than pairwise training", Policy(grades, "method.cutoff=5"), Pairs(grades), RankingKind.GainOfFive, 0.01, "MS MARCO, second stage: nDCG@10 .892 → .987 (table 1, figures not checked)", wellSpecified),
            new("policy gradients on nDCG@10 give a higher nDCG@10 than pairwise training", Policy(published), Pairs(published), RankingKind.Gain, 0.01, "MS MARCO, second stage: nDCG@10 .892 → .987 (table 1, figures not checked)", anew),
            new("the mean of the other samples as baseline beats none", Policy(grades, "method.cutoff=5"), Policy(grades, "method.cutoff=5", "method.baseline=none"), RankingKind.GainOfFive, 0.01, "variance reduction (section 3.3)", wellSpecified),
            new("trained for the first place it is better there than trained for nDCG@10", Policy(grades, "method.cutoff=1", "method.utility=reciprocal-rank"), Policy(grades), RankingKind.First, 0.01, "each utility wins by its own measure", wellSpecified) { Tier = Tier.All },
        ])
        {
            Remark = "The paper's scorers are language models; a linear one makes the trade-off visible that its argument rests on, for it cannot fit every place of a ranking. The first control, two directions that agree, was none: a linear scorer cannot fit those either, and policy gradients were ahead there too, so that all claims read confounded; the grades of the present one are linear.",
        };
    }
}
