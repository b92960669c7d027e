using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Cui et al. 2021: a student that only matches a teacher, by a symmetric divergence, needs no labels, and so gains from unlabelled rows.
/// 3,600 of the generated tickets, a tenth of them labelled, with a teacher that is right about 86 times in 100, where all arms take about as many
/// steps; and 1,000 images of MNIST, with a teacher trained on their labels.
/// </summary>
internal static class LabelFreeDistillationExperiment
{
    private static readonly string[] Grid = ["training.rate=0.001", "training.rate=0.003", "training.rate=0.006", "training.rate=0.012"];

    public static Experiment Create()
    {
        var conditions = new Conditions("tickets, a tenth labelled", ["problem.name=tickets", "problem.size=small", "problem.labelled=0.1", "problem.teacher=strong", "training.batch=64"], Grid);
        // The labelled rows alone are a tenth of all, the selected pool and they a half.
        Arm Arm(string method, int epochs, params string[] options) => new(conditions, method, [$"training.epochs={epochs}", .. options]);
        var (pool, rows) = (Arm("ssld", 12), Arm("ssld", 60, "method.pool=none"));
        // Real images: the teacher, a residual network, is trained on the same labels, and there is no pool.
        var mnist = new Conditions("mnist", ["problem.data=mnist", "problem.image=image", "problem.label=label", "problem.rows=1000", "problem.validation=0.02", "model.encoder=mlp", "model.hidden=[256,256]", "training.epochs=20", "training.batch=64"], Grid);
        var labels = new Arm(mnist, "supervised");
        var chance = new NullControl("the same arm, with initialisation and order drawn anew, is worth nothing", labels with { TunedAs = labels, DrawnAnew = true }, labels);
        var nothing = new NullControl("the same arm, with initialisation and order drawn anew, is worth nothing", rows with { TunedAs = rows, DrawnAnew = true }, rows);
        return new("ssld", Metrics.Accuracy,
        [
            new("a student taught without labels on a selected pool is more accurate than one trained on the labels", pool, Arm("supervised", 60), Metrics.Accuracy, 0.02, "ImageNet, MobileNetV3: 75.2 → 78.9 % (table 2)", nothing),
            new("the selected pool makes it more accurate", pool, rows, Metrics.Accuracy, 0.01, "ImageNet, MobileNetV3: 77.1 → 78.5 % with 4,000,000 images (table 2)", nothing),
            new("a student taught without labels is more accurate than one trained on the labels", new Arm(mnist, "ssld", "method.teacher-model.encoder=resnet"), labels, Metrics.Accuracy, 0.01, "ImageNet, MobileNetV3: 75.2 → 76.2 % (table 2)", chance),
            new("the symmetric divergence is better than the one-sided", rows, Arm("ssld", 60, "method.pool=none", "method.divergence=forward"), Metrics.Accuracy, 0.005, "ImageNet, MobileNetV3: 76.0 → 76.2 % (table 2)", nothing) { Tier = Tier.All },
            new("on all rows it is better than distillation that also uses the labels", Arm("ssld", 6, "method.pool=all"), Arm("knowledge-distillation", 6, "method.weight=0.5"), Metrics.Accuracy, 0.01, "no figure: the labels are left out from the start", nothing) { Tier = Tier.All },
            new("rows that the teacher finds typical are better than rows at random", pool, Arm("ssld", 12, "method.pool=random"), Metrics.Accuracy, 0.005, "the selection is motivated, not ablated", nothing) { Tier = Tier.All },
        ])
        {
            Remark = "The pool is as clean as the training rows, so that the selection has little to keep out; the paper draws its pool from the 14,000,000 images of all of ImageNet. A quarter of the labels is wrong.",
        };
    }
}
