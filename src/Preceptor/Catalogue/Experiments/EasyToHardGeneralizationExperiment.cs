using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Hase et al. 2024: labels of easy rows recover most of what labels of hard rows bring, and beat them where hard labels are twice as often
/// wrong. Here networks are trained from scratch, on Fashion-MNIST and on rendered digits, and know nothing before, unlike the paper's language
/// models; hardness is measured by small networks on rows of their own. "Most" is put as seven tenths, the least the paper reports.
/// </summary>
internal static class EasyToHardGeneralizationExperiment
{
    private static readonly Metric Accuracy = MeasuredScores.Metric("hard-accuracy", "accuracy on hard test rows", Better.Higher, 0, 1);

    private static readonly string[] Training = ["model.encoder=mlp", "model.hidden=[64]", "training.epochs=30", "training.batch=32", "training.rate=0.003", "method.draws=2", "method.hardness-labels=[40,160]", "method.hardness-draws=2"];

    public static Experiment Create()
    {
        var fashion = new Conditions("fashion-mnist", ["problem.data=fashion-mnist", "problem.image=image", "problem.label=label", "problem.rows=3000", "problem.validation=0.01", .. Training], [""]);
        var digits = new Conditions("digits", ["problem.name=digits", "problem.size=small", "problem.noise=0", .. Training], [""]);
        Arm After(Conditions conditions, string condition, params string[] options) => new(conditions, "easy-training-data", [$"method.condition={condition}", .. options]);
        NullControl Chance(Conditions conditions) => new("initialisation, order and draws of labels drawn anew bring nothing", After(conditions, "hard") with { DrawnAnew = true }, After(conditions, "hard"));
        return new("easy-training-data", Accuracy,
        [
            new("easy labels recover more than seven tenths of what hard labels bring", After(fashion, "easy"), After(fashion, "seven-tenths"), Accuracy, 0.01, "70 to 100 % (abstract, figure 1)", Chance(fashion)),
            new("easy labels recover more than seven tenths of what hard labels bring", After(digits, "easy"), After(digits, "seven-tenths"), Accuracy, 0.01, "70 to 100 % (abstract, figure 1)", Chance(digits)),
            new("easy labels, a fifth wrong, beat hard labels, two fifths wrong", After(fashion, "easy", "method.condition-noise=0.2"), After(fashion, "hard", "method.condition-noise=0.4"), Accuracy, 0.01, "easy data are better where hard labels are twice as noisy (section 5.3)", Chance(fashion)),
            new("easy labels are better than none", After(fashion, "easy"), After(fashion, "unsupervised"), Accuracy, 0.05, "figure 1", Chance(fashion)) { Tier = Tier.All },
        ]);
    }
}
