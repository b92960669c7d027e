using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Ding et al. 2024: item response models rate items right where the share of right answers does not, because who tries an item depends on how
/// hard it is; their uncertainty falls as solvers grow; and on real data, networks that answer images of MNIST, they foretell answers better.
/// </summary>
internal static class StandardisedDifficultyExperiment
{
    private static readonly string[] Once = [""];

    public static Experiment Create()
    {
        var spearman = MeasuredScores.Metric("spearman", "rank correlation of ratings with the true difficulties", Better.Higher, -1, 1);
        var uncertainty = MeasuredScores.Metric("log2-mean-std", "mean standard error of a rating, as a logarithm to base 2", Better.Lower, double.NegativeInfinity, double.PositiveInfinity);
        var foretold = MeasuredScores.Metric("held-out-log-likelihood", "mean log-likelihood of answers held out, in nats", Better.Higher, double.NegativeInfinity, 0);
        var transfer = MeasuredScores.Metric("hard-transfer-loss", "what training on the easiest bin loses on the hardest against training on it", Better.Higher, -1, 1);

        // 60 solvers for 500 items; every pair or what suits the solver.
        var matched = new Conditions("quiz, matched", ["problem.name=quiz", "problem.solvers=60", "problem.items=500", "problem.attempts=matched"], Once);
        var complete = new Conditions("quiz, all answer all", ["problem.name=quiz", "problem.solvers=60", "problem.items=500", "problem.missing=0"], Once);
        var random = new Conditions("quiz", ["problem.name=quiz", "problem.missing=0.2"], Once);
        var mnist = new Conditions("mnist", ["problem.data=mnist", "problem.image=image", "problem.label=label", "problem.rows=2000", "problem.validation=0.01", "model.encoder=mlp", "model.hidden=[64]", "training.epochs=8", "training.batch=32", "training.rate=0.002", "method.solvers=16"], Once);

        Arm Rated(Conditions conditions, string system, params string[] options) => new(conditions, "easy2hard-bench", [$"method.system={system}", .. options]);
        Arm Sized(int solvers, int items) => new(random, "easy2hard-bench", $"problem.solvers={solvers}", $"problem.items={items}");

        return new("easy2hard-bench", spearman,
        [
            new("an item response model ranks items better than the share of right answers where solvers try what suits them", Rated(matched, "irt"), Rated(matched, "percent-correct"), spearman, 0.1, "section 3: the reason for ratings, no figure",
                new NullControl("where all answer all, the number of right answers says all that a Rasch model knows", Rated(complete, "irt"), Rated(complete, "percent-correct"))),
            new("twice as many solvers halve a rating's variance: √2 less uncertainty, half a unit of the logarithm", Sized(80, 500), Sized(40, 500), uncertainty, 0.4, "statistics of the estimator, no figure",
                new NullControl("more items make no rating surer", Sized(40, 1000), Sized(40, 500))),
            new("an item response model foretells a network's answers better than the share of right answers", Rated(mnist, "irt"), Rated(mnist, "percent-correct"), foretold, 0.02, "ratings agree with models' accuracies (figure 2), no figure of this",
                new NullControl("networks drawn anew are worth nothing", Rated(mnist, "irt") with { DrawnAnew = true }, Rated(mnist, "irt"))),
            new("Glicko-2 ranks items better than the share of right answers where solvers try what suits them", Rated(matched, "glicko"), Rated(matched, "percent-correct"), spearman, 0.1, "section 3: ratings of contests, no figure",
                new NullControl("where all answer all, the share of right answers ranks as well", Rated(complete, "glicko"), Rated(complete, "percent-correct"))) { Tier = Tier.All },
            new("learning from easy rows alone costs accuracy on hard ones, which random difficulties do not", Rated(mnist, "irt"), Rated(mnist, "irt", "method.random-ratings=true"), transfer, 0.02, "section 4: transfer is best near the training difficulty (figures)",
                new NullControl("networks drawn anew are worth nothing", Rated(mnist, "irt") with { DrawnAnew = true }, Rated(mnist, "irt"))) { Tier = Tier.All },
        ])
        {
            Remark = "Nothing is tuned: priors are the defaults. On mnist sixteen perceptrons are the solvers; the language models of the paper, and its rankings of them, are not measured.",
        };
    }
}
