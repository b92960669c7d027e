namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Zhou et al. 2022: telling images, local groups and groups apart at once gives features that serve fine and coarse classes alike. A small residual network on 3,000 images of textured shapes and of Fashion-MNIST, without labels; fine classes are
/// shapes with their textures, coarse ones shapes.
/// </summary>
internal static class MultiGranularityExperiment
{
    private static readonly string[] Grid = ["training.rate=0.001", "training.rate=0.003"];

    public static Experiment Create()
    {
        var shapes = new Conditions("textured-shapes", ["problem.name=textured-shapes", "problem.size=small", "training.epochs=6", "training.batch=64", "training.optimiser=adam-w", "training.clip=3"], Grid);
        var fashion = new Conditions("fashion-mnist", ["problem.kind=representation", "problem.data=fashion-mnist", "problem.rows=3000", "model.encoder=resnet", "model.width=16", "model.depth=1", "training.augment=[shift,flip,crop,colour,rotate,noise]", "training.strength.colour=0.8",
            "training.epochs=6", "training.batch=64", "training.optimiser=adam-w", "training.clip=3"], Grid);
        Arm On(Conditions conditions, params string[] options) => new(conditions, "mugs", ["method.momentum=0.97", "method.neighbours=4", .. options]);
        Arm Mugs(params string[] options) => On(shapes, options);
        var (all, random) = (Mugs(), Mugs("method.neighbourhood=random"));
        var (instances, groups, both) = (Mugs("method.local-group-weight=0", "method.group-weight=0"), Mugs("method.instance-weight=0", "method.local-group-weight=0"), Mugs("method.local-group-weight=0"));
        var strangers = new NullControl("among images drawn at random, local groups are worth nothing", random, both);
        var anew = new NullControl("groups alone, with initialisation and order drawn anew, are worth nothing over themselves", groups with { DrawnAnew = true, TunedAs = groups }, groups);
        return new("mugs", RepresentationKind.Nearest,
        [
            new("three granularities have better neighbours than groups alone (DINO)", On(fashion), On(fashion, "method.instance-weight=0", "method.local-group-weight=0"), RepresentationKind.Nearest, 0.01, "ImageNet, ViT-S/16, 100 epochs: k-NN 72.3 %; DINO below it (table 1, figures not checked)",
                new NullControl("with random neighbours alone there is nothing to gain over them drawn anew", On(fashion, "method.neighbourhood=random") with { DrawnAnew = true, TunedAs = On(fashion, "method.neighbourhood=random") }, On(fashion, "method.neighbourhood=random"))),
            new("three granularities are better than groups alone (DINO) over fine and coarse classes", all, groups, RepresentationKind.MeanNearest, 0.01, "ImageNet, ViT-S/16, 100 epochs: each alone is below pairs, pairs below all three, by 1 to 3 points in all (ablation, figures not checked)", anew) { Tier = Tier.All },
            new("three granularities are better than instances alone over fine and coarse classes", all, instances, RepresentationKind.MeanNearest, 0.01, "the same ablation", anew),
            new("local groups add to instances and groups", all, both, RepresentationKind.MeanNearest, 0.01, "pairs are below all three (ablation, figures not checked)", strangers) { Tier = Tier.All },
            new("the nearest neighbours are better than neighbours drawn at random", all, random, RepresentationKind.MeanNearest, 0.01, "a local group is an image among its nearest neighbours (section 3.3)", anew),
            new("instances alone are better than groups alone over fine classes", instances, groups, RepresentationKind.Nearest, 0.01, "instance discrimination learns fine features (section 3)", anew) { Tier = Tier.All },
            new("groups alone are better than instances alone over coarse classes", groups, instances, RepresentationKind.CoarseNearest, 0.01, "group discrimination learns coarse features (section 3)", anew) { Tier = Tier.All },
        ])
        {
            Remark = "Momentum, crops and how long to train were settled with all three granularities on the first seed alone, before these claims were written.",
        };
    }
}
