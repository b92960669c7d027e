using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Boopathy et al. 2023: MNIST &lt; CIFAR-10 &lt; ImageNet, few-shot learning above all of them, policies that must remember above policies that need not;
/// exponential in the dimension, polynomial in the resolution. The first is estimated from rows; the others are the paper's own numbers put
/// into its formulas, so that nothing about them is drawn and their intervals are points.
/// </summary>
internal static class InductiveBiasComplexityExperiment
{
    private static readonly Metric Bits = MeasuredScores.Metric("log10-bits", "logarithm to base 10 of the bits of inductive bias that a task asks for", Better.Higher, 0, double.PositiveInfinity);

    public static Experiment Create()
    {
        var rows = new Conditions("rows", ["problem.kind=measurement", "method.rows=500", "method.pairs=200000", "method.tail=500"], [""]);
        var published = new Conditions("published numbers", ["problem.name=tasks"], [""]);
        Arm Rows(string data) => new(rows, "inductive-bias-complexity", $"problem.data={data}");
        Arm Task(string name, params string[] settings) => new(published, "inductive-bias-complexity", [$"problem.task={name}", .. settings.Select(s => $"problem.{s}")]);
        var digits = Rows("mnist");
        var drawn = new NullControl("of the same rows other samples are looked at, and what they ask for is the same", digits with { DrawnAnew = true }, digits);
        var same = new NullControl("a task asks for as much as itself", Task("mnist"), Task("mnist"));
        return new("inductive-bias-complexity", Bits,
        [
            new("CIFAR-10 asks for more inductive bias than MNIST, dimension and resolution estimated from rows", Rows("cifar10-subset"), digits, Bits, 3, "MNIST 10^16 bits, CIFAR-10 10^32 (figure 3)", drawn),
            new("a policy that must remember three observations asks for more than one that sees the state", Task("cartpole-3"), Task("cartpole"), Bits, 1, "CartPole, figure 4", same),
            new("few-shot learning of simple images asks for more than classifying complex ones", Task("omniglot"), Task("imagenet"), Bits, 1, "Omniglot above ImageNet (figure 3)", same),
            new("ImageNet asks for more than CIFAR-10", Task("imagenet"), Task("cifar10"), Bits, 1, "CIFAR-10 10^32 bits, ImageNet 10^41 (figure 3)", same) { Tier = Tier.All },
            new("Fashion-MNIST asks for more than MNIST", Rows("fashion-mnist"), digits, Bits, 1, "not in the paper", drawn) { Tier = Tier.All },
            new("twice the dimension asks for more than half the distance of classes", Task("mnist", "dimension=28"), Task("mnist", "resolution=1.1993542412"), Bits, 0.5, "exponential in the dimension, polynomial in the resolution (abstract)", same) { Tier = Tier.All },
        ]);
    }
}
