
namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Zheng et al. 2021: positives that are far and negatives that are near should weigh more. A perceptron on 2,000 generated digits and on 3,000 images of Fashion-MNIST, without labels, four views of each.
/// </summary>
internal static class AttractionRepulsionExperiment
{
    private static readonly string[] Training = ["model.encoder=mlp", "model.hidden=[256,64]", "training.epochs=8", "training.batch=128"];

    private static readonly string[] Grid = ["training.rate=0.001", "training.rate=0.003"];

    public static Experiment Create()
    {
        var digits = new Conditions("unlabelled-digits", ["problem.name=unlabelled-digits", "problem.size=small", .. Training], Grid);
        var fashion = new Conditions("fashion-mnist", ["problem.kind=representation", "problem.data=fashion-mnist", "problem.rows=3000", .. Training], Grid);
        Arm Full(Conditions conditions) => new(conditions, "cacr");
        Arm Uniform(Conditions conditions) => new(conditions, "cacr", "method.attraction=false", "method.repulsion=false");
        NullControl Anew(Conditions conditions) => new("the same method with initialisation and order drawn anew is worth nothing over itself", Uniform(conditions) with { DrawnAnew = true, TunedAs = Uniform(conditions) }, Uniform(conditions));
        Claim Weighted(Conditions conditions) => new("weighing positives and negatives within their groups gives better neighbours than counting all alike", Full(conditions), Uniform(conditions), RepresentationKind.Nearest, 0.01,
            "CIFAR-10, linear: uniform many points below (section 4.3, figures not checked)", Anew(conditions));
        return new("cacr", RepresentationKind.Nearest,
        [
            Weighted(fashion),
            Weighted(digits),
            new("attraction and repulsion give better neighbours than the contrast of two views", Full(digits), new Arm(digits, "simclr"), RepresentationKind.Nearest, 0.01, "CIFAR-10, linear, SmallAlexNet: about 2 to 3 points with four positives (table 1, figures not checked)", Anew(digits)),
            new("weighing negatives alone is worse than weighing both", Full(digits), new Arm(digits, "cacr", "method.attraction=false"), RepresentationKind.Nearest, 0.01, "ablation (section 4.3)", Anew(digits)) { Tier = Tier.All },
            new("weighing positives alone is worse than weighing both", Full(digits), new Arm(digits, "cacr", "method.repulsion=false"), RepresentationKind.Nearest, 0.01, "ablation (section 4.3)", Anew(digits)) { Tier = Tier.All },
        ])
        {
            Remark = "Four views of an image against the two of the plain contrast: twice the forward passes an epoch.",
        };
    }
}
