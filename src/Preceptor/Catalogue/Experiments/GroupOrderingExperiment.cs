
namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Shvetsova et al. 2023: sorting positives before the hardest negatives gives better neighbours than contrasting with all of them. A perceptron on 2,000 generated digits and on 3,000 images of Fashion-MNIST, without labels.
/// </summary>
internal static class GroupOrderingExperiment
{
    private static readonly string[] Training = ["model.encoder=mlp", "model.hidden=[256,64]", "training.epochs=8", "training.batch=128"];

    private static readonly string[] Grid = ["training.rate=0.001", "training.rate=0.003"];

    public static Experiment Create()
    {
        var digits = new Conditions("unlabelled-digits", ["problem.name=unlabelled-digits", "problem.size=small", .. Training], Grid);
        var fashion = new Conditions("fashion-mnist", ["problem.kind=representation", "problem.data=fashion-mnist", "problem.rows=3000", .. Training], Grid);
        Arm Sorted(Conditions conditions, params string[] options) => new(conditions, "groco", options);
        Arm Contrast(Conditions conditions) => new(conditions, "simclr", "method.head-depth=3");
        NullControl Unordered(Conditions conditions) => new("without ordering each group before, the network has nothing to start from, and the gain is gone", Sorted(conditions, "method.presorted=false"), Contrast(conditions));
        Claim Better(Conditions conditions) => new("sorting gives better neighbours than contrast", Sorted(conditions), Contrast(conditions), RepresentationKind.Nearest, 0.01, "ImageNet, ResNet-50, 2 views, 100 epochs: k-NN 60.5 % (table 1); SimCLR below it", Unordered(conditions));
        return new("groco", RepresentationKind.Nearest,
        [
            Better(fashion),
            Better(digits),
            new("sorting the hardest negatives gives better neighbours than contrasting with the hardest", Sorted(digits), new Arm(digits, "simclr", "method.head-depth=3", "method.hardest=10"), RepresentationKind.Nearest, 0.01, "SimCLR with the same ten negatives is below (section 4.4)", Unordered(digits)),
            new("four views are better than two", Sorted(digits, "method.views=4"), Sorted(digits), RepresentationKind.Nearest, 0.01, "100 epochs: k-NN 61.8 against 60.5 % (table 1)", Unordered(digits)) { Tier = Tier.All },
        ]);
    }
}
