using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Chen et al. 2022: a network that may use only the first few of ordered features memorises fewer wrong labels, and two of them choose
/// good examples for each other. A perceptron on 2,000 generated digits and on 2,000
/// images of Fashion-MNIST, half of whose labels are wrong, trained long enough to memorise them.
/// </summary>
internal static class NestedDropoutExperiment
{
    private static readonly string[] Training = ["model.encoder=mlp", "model.hidden=[256,128]", "training.epochs=30", "training.batch=64"];

    private static readonly string[] Grid = ["training.rate=0.001", "training.rate=0.003", "training.rate=0.001 training.weight-decay=0.001", "training.rate=0.003 training.weight-decay=0.001"];

    public static Experiment Create()
    {
        var digits = new Conditions("digits, half of the labels wrong", ["problem.name=digits", "problem.size=small", "problem.noise=0.5", .. Training], Grid);
        var fashion = new Conditions("fashion-mnist, half of the labels wrong",
            ["problem.data=fashion-mnist", "problem.image=image", "problem.label=label", "problem.rows=2000", "problem.validation=0.01", "problem.noise.kind=symmetric", "problem.noise.rate=0.5", .. Training], Grid);
        Arm Supervised(Conditions conditions) => new(conditions, "supervised");
        Arm Both(Conditions conditions) => new(conditions, "nested-dropout", "method.forget-rate=0.5");
        NullControl Nothing(Conditions conditions) => new("without compression and co-teaching the method is supervised training, and initialisation and order drawn anew are worth nothing",
            new Arm(conditions, "nested-dropout", "method.compression=none", "method.co-teaching=off") { TunedAs = Supervised(conditions), DrawnAnew = true }, Supervised(conditions));
        Claim Better(Conditions conditions) => new("nested dropout with co-teaching is more accurate than plain training on wrong labels", Both(conditions), Supervised(conditions), Metrics.Accuracy, 0.02, "Clothing1M: 67.2 → 74.9 % (table V)", Nothing(conditions));
        var (both, supervised, nothing) = (Both(digits), Supervised(digits), Nothing(digits));
        var nested = new Arm(digits, "nested-dropout", "method.co-teaching=off");
        var dropout = new Arm(digits, "nested-dropout", "method.co-teaching=off", "method.compression=dropout");
        return new("nested-dropout", Metrics.Accuracy,
        [
            Better(fashion),
            Better(digits),
            new("nested dropout alone is more accurate than plain training on wrong labels", nested, supervised, Metrics.Accuracy, 0.02, "Clothing1M: 67.2 → 73.1 % (table V)", nothing),
            new("ordered features are more accurate than randomly dropped ones", nested, dropout, Metrics.Accuracy, 0.01, "CIFAR-10, symmetric noise: better; CIFAR-100: worse (released checkpoints)", nothing) { Tier = Tier.All },
            new("co-teaching with nested dropout beats plain training that stops early", both, new Arm(digits, "supervised", "training.patience=5"), Metrics.Accuracy, 0.01, "not in the paper: the cheapest remedy against memorising", nothing) { Tier = Tier.All },
            new("co-teaching after nested dropout beats co-teaching alone", both, new Arm(digits, "nested-dropout", "method.compression=none", "method.co-teaching=from-scratch", "method.forget-rate=0.5"), Metrics.Accuracy, 0.01, "ANIMAL-10N: Co-teaching 80.2, both 84.1 % (table VI)", nothing) { Tier = Tier.All },
        ])
        {
            Remark = "The forget rate is the true share of wrong labels, as in the literature on co-teaching; validation labels, by which arms are tuned and the number of features is chosen, are as noisy as the others.",
        };
    }
}
