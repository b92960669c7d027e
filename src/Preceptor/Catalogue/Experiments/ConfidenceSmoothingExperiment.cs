using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// The components of Ao 2023 that change training: labels smoothed by class confidence, and a curriculum by confidence. Fashion-MNIST and rendered
/// digits with a fifth of the labels wrong.
/// </summary>
internal static class ConfidenceSmoothingExperiment
{
    private static readonly string[] Training = ["model.encoder=mlp", "model.hidden=[128,64]", "training.epochs=20", "training.batch=64"];

    private static readonly string[] Grid = ["training.rate=0.001", "training.rate=0.003"];

    private static readonly Conditions Fashion = new("fashion-mnist, 20 % of the labels wrong",
        ["problem.data=fashion-mnist", "problem.image=image", "problem.label=label", "problem.rows=2000", "problem.validation=0.1", "problem.noise.kind=pair", "problem.noise.rate=0.2", .. Training], Grid);

    private static readonly Conditions Digits = new("digits, 20 % of the labels wrong", ["problem.name=digits", "problem.size=small", "problem.noise=0.2", .. Training], Grid);

    /// <summary>The claims about smoothing.</summary>
    public static Experiment OfSmoothing() => new("confidence-smoothing", Metrics.NegativeLogLikelihood,
    [
        new("labels smoothed by class confidence are calibrated better than hard ones", new Arm(Fashion, "confidence-smoothing"), Supervised(Fashion), Metrics.ExpectedCalibrationError, 0.02, "CIFAR-10H: lower (abstract)", Chance(Fashion)),
        new("labels smoothed by class confidence are calibrated better than hard ones", new Arm(Digits, "confidence-smoothing"), Supervised(Digits), Metrics.ExpectedCalibrationError, 0.02, "CIFAR-10H: lower (abstract)", Chance(Digits)),
        new("they are calibrated better than labels smoothed alike", new Arm(Fashion, "confidence-smoothing"), new Arm(Fashion, "confidence-smoothing", "method.weight=0"), Metrics.ExpectedCalibrationError, 0.005, "CIFAR-10H: lower (abstract)", Chance(Fashion)),
    ]);

    /// <summary>The claims about the curriculum.</summary>
    public static Experiment OfCurriculum() => new("confidence-curriculum", Metrics.NegativeLogLikelihood,
    [
        new("a curriculum by confidence is more accurate than none", new Arm(Fashion, "confidence-curriculum"), Supervised(Fashion), Metrics.Accuracy, 0.01, "CIFAR-10H: more accurate (abstract)", Chance(Fashion)),
        new("a curriculum by confidence is more accurate than none", new Arm(Digits, "confidence-curriculum"), Supervised(Digits), Metrics.Accuracy, 0.01, "CIFAR-10H: more accurate (abstract)", Chance(Digits)),
    ]);

    private static Arm Supervised(Conditions conditions) => new(conditions, "supervised");

    private static NullControl Chance(Conditions conditions) => new("initialisation and order drawn anew are worth nothing", Supervised(conditions) with { TunedAs = Supervised(conditions), DrawnAnew = true }, Supervised(conditions));
}
