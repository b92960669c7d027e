using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Burns et al. 2023: a strong student becomes better than the weak teacher that labels its data, because it already represents the
/// inputs well. The teacher is a linear model of the pixels of 100 digits, generated or of MNIST; the student a perceptron that learned, without labels, to
/// restore masked images.
/// </summary>
internal static class WeakToStrongExperiment
{
    private static readonly string[] Training = ["model.encoder=mlp", "model.hidden=[256,128]", "training.epochs=20", "training.batch=64"];

    private static readonly string[] Grid = ["training.rate=0.0003", "training.rate=0.001", "training.rate=0.003", "training.rate=0.01"];

    public static Experiment Create()
    {
        var digits = new Conditions("digits", ["problem.name=digits", "problem.size=small", .. Training], Grid);
        var mnist = new Conditions("mnist", ["problem.data=mnist", "problem.image=image", "problem.label=label", "problem.rows=2000", "problem.validation=0.01", .. Training], Grid);
        Arm Taught(Conditions conditions, params string[] options) => new(conditions, "weak-to-strong", ["method.teacher-share=0.05", .. options]);
        Arm Student(params string[] options) => Taught(digits, options);
        Arm Soft(Conditions conditions) => Taught(conditions, "method.target=soft");
        NullControl Nothing(Conditions conditions) => new("without a weight of its own the confidence loss is the naive one, and initialisation and order drawn anew are worth nothing",
            Taught(conditions, "method.own-weight=0") with { TunedAs = Soft(conditions), DrawnAnew = true }, Soft(conditions));
        Claim Better(Conditions conditions, string hundred) => new("a strong student is more accurate than a weak teacher of the kind it learns from", Soft(conditions), new Arm(conditions, "supervised", "model.encoder=linear", hundred),
            Metrics.Accuracy, 0.02, "NLP tasks: naive students always better than their supervisor (figure 3)", Nothing(conditions));
        var (soft, nothing) = (Soft(digits), Nothing(digits));
        return new("weak-to-strong", Metrics.Accuracy,
        [
            Better(mnist, "problem.rows=100"),
            Better(digits, "problem.labels=100"),
            new("the confidence loss is better than naive learning", Student(), soft, Metrics.Accuracy, 0.01, "NLP tasks, the largest gap: recovers 80 % instead of about 25 % of the gap (figure 5)", nothing),
            new("the student's body knows something: with a random one a probe learns less", Student("method.target=soft", "method.probe=true"), Student("method.target=soft", "method.probe=true", "method.body=random"), Metrics.Accuracy, 0.02, "section 6: the student elicits what it knows", nothing) { Tier = Tier.All },
            new("the product of the two distributions is better than naive learning", Student("method.target=product"), soft, Metrics.Accuracy, 0.01, "released code: an alternative, no figure", nothing) { Tier = Tier.All },
        ])
        {
            Remark = "Tuned on right validation labels, as all arms are: that is kinder to the students than the paper's own protocol, and equally kind to each.",
        };
    }
}
