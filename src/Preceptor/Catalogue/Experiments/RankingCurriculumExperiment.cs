
namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// MacAvaney et al. 2020: a ranker that begins with what the first stage finds easy ranks better. K-NRM on generated questions whose judgements err as people's do, and on the Cranfield abstracts.
/// </summary>
internal static class RankingCurriculumExperiment
{
    private static readonly string[] Training = ["model.scorer=kernel", "model.embedding=64", "training.batch=16"];

    private static readonly string[] Grid = ["training.rate=0.001", "training.rate=0.003", "training.rate=0.01"];

    public static Experiment Create()
    {
        var answers = new Conditions("answers", ["problem.name=answers", "problem.size=small", "training.epochs=20", .. Training], Grid);
        var exact = new Conditions("answers, no judgement wrong", ["problem.name=answers", "problem.size=small", "problem.unjudged=0", "problem.wrong=0", "training.epochs=20", .. Training], Grid);
        var cranfield = new Conditions("cranfield", ["problem.kind=ranking", "problem.data=cranfield", "problem.candidates=50", "training.epochs=5", .. Training], ["training.rate=0.001", "training.rate=0.003"]);
        Arm Plain(Conditions conditions) => new(conditions, "pairwise-ranking", "method.samples=4");
        Arm Curriculum(Conditions conditions, params string[] options) => new(conditions, "ranking-curriculum", ["method.samples=4", .. options]);
        var noise = new NullControl("where no judgement is wrong, an easy beginning has nothing to protect from", Curriculum(exact, "method.end=10"), Plain(exact));
        var none = new NullControl("without a heuristic a curriculum is pairwise ranking, and initialisation and order drawn anew are worth nothing",
            Curriculum(cranfield, "method.heuristic=none") with { TunedAs = Plain(cranfield), DrawnAnew = true }, Plain(cranfield));
        return new("ranking-curriculum", RankingKind.ReciprocalRank,
        [
            new("a curriculum by reciprocal rank puts the first relevant answer higher than training without one", Curriculum(answers, "method.end=10"), Plain(answers), RankingKind.ReciprocalRank, 0.01, "TREC DL 2019, BERT: up to +4 % MRR, +9 % P@1 (abstract)", noise),
            new("a curriculum by reciprocal rank puts the first relevant answer higher than training without one", Curriculum(cranfield, "method.end=5"), Plain(cranfield), RankingKind.ReciprocalRank, 0.01, "TREC DL 2019, BERT: up to +4 % MRR, +9 % P@1 (abstract)", none),
            new("an anti-curriculum is worse than the curriculum", Curriculum(answers, "method.end=10"), Curriculum(answers, "method.end=10", "method.anti=true"), RankingKind.ReciprocalRank, 0.01, "difficult samples first: worse (section 5.3)", noise),
            new("a curriculum by the scores' density does as well", Curriculum(answers, "method.end=10", "method.heuristic=density"), Plain(answers), RankingKind.ReciprocalRank, 0.01, "the best heuristic differs by data set (table 2)", noise) { Tier = Tier.All },
            new("a curriculum that never ends is worse than one that does", Curriculum(answers, "method.end=10"), Curriculum(answers, "method.end=0"), RankingKind.ReciprocalRank, 0.01, "m → ∞: worse (section 5.3)", noise) { Tier = Tier.All },
        ])
        {
            Remark = "The networks of the paper read a hundred thousand questions and millions of passages; here a few hundred questions teach every word that the ranker knows.",
        };
    }
}
