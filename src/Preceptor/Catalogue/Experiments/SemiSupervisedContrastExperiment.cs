
namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Chen et al. 2020b: with few labels, contrast first, fine-tuning from inside the head and distillation beat training on the labels alone. A perceptron on 3,000 images of MNIST and of Fashion-MNIST and on 2,000
/// generated digits, of which ten a class have a label; 1, 3 and 100 in the tier all.
/// </summary>
internal static class SemiSupervisedContrastExperiment
{
    private static readonly string[] Training = ["model.encoder=mlp", "model.hidden=[256,64]", "training.epochs=8", "training.batch=128"];

    private static readonly string[] Grid = ["training.rate=0.001", "training.rate=0.003"];

    public static Experiment Create()
    {
        Conditions Images(string data, int labels) => new($"{data}, {labels} labels a class", ["problem.kind=representation", $"problem.data={data}", "problem.rows=3000", $"problem.labels={labels}", .. Training], Grid);
        var (mnist, fashion) = (Images("mnist", 10), Images("fashion-mnist", 10));
        var digits = new Conditions("unlabelled-digits, 10 labels a class", ["problem.name=unlabelled-digits", "problem.size=small", "problem.labels=10", .. Training], Grid);
        Arm Full(Conditions conditions) => new(conditions, "simclr-v2");
        Arm Told(Conditions conditions) => new(conditions, "simclr-v2", "method.distil-epochs=0");
        Arm Scratch(Conditions conditions) => new(conditions, "simclr-v2", "method.pretrained=false", "method.distil-epochs=0");
        NullControl Random(Conditions conditions) => new("from random weights, initialisation and order drawn anew are worth nothing", Scratch(conditions) with { DrawnAnew = true, TunedAs = Scratch(conditions) }, Scratch(conditions));
        Claim Better(Conditions conditions, Tier tier = Tier.Full) => new("contrast, fine-tuning and distillation beat training on the few labels", Full(conditions), Scratch(conditions), RepresentationKind.Few, 0.02,
            "ImageNet, ResNet-50, 1 % of the labels: 25.4 → 73.9 % (abstract and table 1; the first figure not checked)", Random(conditions))
        { Tier = tier };
        return new("simclr-v2", RepresentationKind.Few,
        [
            Better(mnist),
            Better(digits),
            new("distillation on all images adds to fine-tuning", Full(mnist), Told(mnist), RepresentationKind.Few, 0.01, "ImageNet, ResNet-50, 1 %: 57.9 → 73.9 % with a bigger teacher (tables 1 and 2)", Random(mnist)),
            Better(fashion, Tier.All),
            Better(Images("mnist", 1), Tier.All),
            Better(Images("mnist", 3), Tier.All),
            Better(Images("mnist", 100), Tier.All),
            Better(Images("fashion-mnist", 1), Tier.All),
            Better(Images("fashion-mnist", 3), Tier.All),
            Better(Images("fashion-mnist", 100), Tier.All),
            new("fine-tuning from inside the head beats fine-tuning from below it", Told(mnist), new Arm(mnist, "simclr-v2", "method.distil-epochs=0", "method.kept-layers=0"), RepresentationKind.Few, 0.01, "wider gap the fewer the labels (figure 5)", Random(mnist)) { Tier = Tier.All },
        ])
        {
            Remark = "Teacher and student have one form: self-distillation.",
        };
    }
}
