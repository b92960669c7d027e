using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Hu et al. 2024: whether to trust the teacher or the label differs from example to example, and can be read from how student, teacher,
/// label and class mean lie to each other. A mixture of Gaussians in which labels err in one half of the space and the
/// teacher in the other; and Fashion-MNIST with labels made wrong, of which the teacher learned too.
/// </summary>
internal static class TrilateralDistillationExperiment
{
    private static readonly string[] Training = ["model.encoder=mlp", "model.hidden=[64,32]", "training.epochs=60", "training.batch=128", "training.schedule=constant"];

    private static readonly string[] Grid = ["training.rate=0.003", "training.rate=0.01", "training.rate=0.003 training.weight-decay=0.001", "training.rate=0.01 training.weight-decay=0.001"];

    public static Experiment Create()
    {
        var halves = new Conditions("regions", ["problem.name=regions", "problem.size=small", .. Training], Grid);
        var clean = new Conditions("regions, nobody errs", ["problem.name=regions", "problem.size=small", "problem.noise=0", "problem.teacher=right", .. Training], Grid);
        var fashion = new Conditions("fashion-mnist, 40 % of the labels wrong",
            ["problem.data=fashion-mnist", "problem.image=image", "problem.label=label", "problem.rows=2000", "problem.validation=0.01", "problem.noise.kind=symmetric", "problem.noise.rate=0.4", "model.encoder=mlp", "model.hidden=[128,64]", "training.epochs=20", "training.batch=64"],
            ["training.rate=0.001", "training.rate=0.003", "training.rate=0.001 training.weight-decay=0.001", "training.rate=0.003 training.weight-decay=0.001"]);
        Arm Weighted(Conditions conditions, params string[] options) => new(conditions, "tgeo-kd", ["method.temperature=1.5", .. options]);
        var (geometry, constant) = (Weighted(halves), Weighted(halves, "method.weighting=constant"));
        var nothing = new NullControl("with constant weight the method is plain distillation, and initialisation and order drawn anew are worth nothing", constant with { TunedAs = constant, DrawnAnew = true }, constant);
        var same = new NullControl("where neither labels nor teacher err there is nothing to weigh, and a learned weight is worth no more than an untrained one",
            Weighted(clean, "method.weighting=untrained") with { TunedAs = Weighted(clean, "method.weighting=constant") }, Weighted(clean, "method.weighting=constant"));
        var ofFashion = Weighted(fashion, "method.weighting=constant");
        var chance = new NullControl("with constant weight the method is plain distillation, and initialisation and order drawn anew are worth nothing", ofFashion with { TunedAs = ofFashion, DrawnAnew = true }, ofFashion);
        const string published = "CIFAR-100: better than all baselines in all pairs (table 1)";
        return new("tgeo-kd", Metrics.Accuracy,
        [
            new("weights learned from the geometry are more accurate than one weight for all", geometry, constant, Metrics.Accuracy, 0.01, "CIFAR-100, one pair: 74.07 → 76.83 % (table 5)", nothing, same),
            new("weights learned from the geometry are more accurate than one weight for all", Weighted(fashion), ofFashion, Metrics.Accuracy, 0.01, "CIFAR-100, one pair: 74.07 → 76.83 % (table 5)", chance),
            new("they are more accurate than labels alone", geometry, new Arm(halves, "supervised"), Metrics.Accuracy, 0.01, published, nothing),
            new("they are more accurate than weights by the ratio of losses", geometry, Weighted(halves, "method.weighting=loss-ratio"), Metrics.Accuracy, 0.01, published, nothing) { Tier = Tier.All },
            new("the teacher's class means make them more accurate", geometry, Weighted(halves, "method.parts=without-class-means"), Metrics.Accuracy, 0.01, "CIFAR-100, one pair: 75.28 → 76.83 % (table 5)", nothing) { Tier = Tier.All },
            new("the difference of student and teacher makes them more accurate", geometry, Weighted(halves, "method.parts=without-student-teacher"), Metrics.Accuracy, 0.01, "CIFAR-100, one pair: 73.92 → 75.28 % (table 5)", nothing) { Tier = Tier.All },
            new("they are more accurate than weights by the teacher's margin", geometry, Weighted(halves, "method.weighting=teacher-margin"), Metrics.Accuracy, 0.01, published, nothing) { Tier = Tier.All },
            new("they are more accurate than one free weight a row", geometry, Weighted(halves, "method.weighting=free"), Metrics.Accuracy, 0.01, published, nothing) { Tier = Tier.All },
            new("they are more accurate than weights of a network that never learns, as in the released code", geometry, Weighted(halves, "method.weighting=untrained"), Metrics.Accuracy, 0.01, "not in the paper", nothing) { Tier = Tier.All },
        ]);
    }
}
