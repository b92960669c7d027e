using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Hinton et al. 2015: a small network learns better from the labels and a better network's probabilities than from the labels alone. A
/// perceptron is taught by a residual network that was trained on the same labels: 1,000 of the
/// generated digits, 1,000 images of MNIST.
/// </summary>
internal static class KnowledgeDistillationExperiment
{
    private static readonly string[] Training = ["model.encoder=mlp", "model.hidden=[256,256]", "training.epochs=20", "training.batch=64"];

    private static readonly string[] Grid = ["training.rate=0.001", "training.rate=0.003", "training.rate=0.001 training.weight-decay=0.001", "training.rate=0.003 training.weight-decay=0.001"];

    private const string Teacher = "method.teacher-model.encoder=resnet";

    public static Experiment Create()
    {
        var digits = new Conditions("digits", ["problem.name=digits", "problem.size=small", "problem.labels=1000", .. Training], Grid);
        var random = new Conditions("digits, random labels", ["problem.name=digits", "problem.size=small", "problem.labels=1000", "problem.noise=0.9", .. Training], Grid);
        var mnist = new Conditions("mnist", ["problem.data=mnist", "problem.image=image", "problem.label=label", "problem.rows=1000", "problem.validation=0.02", .. Training], Grid);

        Arm Supervised(Conditions conditions) => new(conditions, "supervised");
        Arm Distilled(Conditions conditions) => new(conditions, "knowledge-distillation", Teacher);
        var nothing = new NullControl("a teacher trained on labels drawn at random knows nothing, so that both arms guess",
            Distilled(random) with { TunedAs = Distilled(digits) }, Supervised(random) with { TunedAs = Supervised(digits) });

        const string published = "MNIST, 60,000 images: 146 → 74 errors of 10,000 (section 3)";
        Claim Better(Conditions conditions) => new("a small network is more accurate with a better network's probabilities than on the labels alone", Distilled(conditions), Supervised(conditions), Metrics.Accuracy, 0.01, published, nothing);
        return new("knowledge-distillation", Metrics.Accuracy, [Better(mnist), Better(digits)]);
    }
}
