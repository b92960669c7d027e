using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Mallen and Belrose 2024: for some budgets a mixture of few clean and many weak labels, used one after the other, is better than either kind
/// alone; for small budgets weak labels win, for large ones clean ones. The weak labels are those of a linear model of the pixels of 200
/// digits, generated or of MNIST, at a tenth of the price.
/// </summary>
internal static class LabelBudgetExperiment
{
    private const int Middle = 256;

    private static readonly string[] Shared = ["model.encoder=mlp", "model.hidden=[256,128]", "training.epochs=20", "training.batch=32", "method.weak=trained", "method.teacher-rows=200", "method.seeds=1"];

    private static readonly string[] Grid = ["training.rate=0.001", "training.rate=0.003", "training.rate=0.001 method.second-rate=0.1", "training.rate=0.003 method.second-rate=0.1"];

    public static Experiment Create()
    {
        var digits = new Conditions("digits", ["problem.name=digits", "problem.size=full", .. Shared], Grid);
        var mnist = new Conditions("mnist", ["problem.data=mnist", "problem.image=image", "problem.label=label", "problem.rows=4000", "problem.validation=0.01", .. Shared], Grid);
        Metric Accuracy(int budget) => MeasuredScores.Metric($"best-accuracy-{budget}", $"test accuracy of a budget of {budget} clean labels", Better.Higher, 0, 1);
        Arm Spent(Conditions conditions, double fraction, int budget = Middle, params string[] options) => new(conditions, "label-budget", [$"method.budgets=[{budget}]", System.FormattableString.Invariant($"method.fractions=[{fraction}]"), .. options]);
        NullControl Nothing(Conditions conditions) => new("rows, initialisation and order drawn anew are worth nothing", Spent(conditions, 0.4) with { TunedAs = Spent(conditions, 0.4), DrawnAnew = true }, Spent(conditions, 0.4));
        Claim OverWeak(Conditions conditions) => new("a mixture is more accurate than weak labels alone at a middle budget", Spent(conditions, 0.4), Spent(conditions, 0), Accuracy(Middle), 0.01, "abstract: a mixture is best at some budgets (figures)", Nothing(conditions));
        return new("label-budget", Accuracy(Middle),
        [
            OverWeak(mnist),
            OverWeak(digits),
            new("a mixture is more accurate than clean labels alone at a middle budget", Spent(digits, 0.4), Spent(digits, 1), Accuracy(Middle), 0.01, "abstract: a mixture is best at some budgets (figures)", Nothing(digits)),
            new("first weak, then clean is better than the reverse", Spent(digits, 0.4), Spent(digits, 0.4, Middle, "method.order=reversed"), Accuracy(Middle), 0.01, "sequential training, no figure", Nothing(digits)) { Tier = Tier.All },
        ])
        {
            Remark = "A measure has no validation rows beside those of its stages: both arms choose their rate by the test accuracy of the tuning seed, which no verdict uses. Networks start from nothing, so that there is little to elicit, and quantity wins longer than in the paper; few-shot prompts are not part of it.",
        };
    }
}
