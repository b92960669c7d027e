using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Ao 2023 is a plan; what can be tested are its component papers' claims about classifiers: one temperature calibrates a network that is trained
/// for long, temperatures for each class calibrate it further, and smoothed labels leave little to mend. Fashion-MNIST and rendered digits, half
/// of the rows for training and half for the temperature. Nothing is claimed about captions.
/// </summary>
internal static class ReliabilityExperiment
{
    private static readonly Metric Error = MeasuredScores.Metric("ece", "expected calibration error: mean distance of confidence from accuracy over fifteen bins", Better.Lower, 0, 1);

    private static readonly string[] Training = ["model.encoder=mlp", "model.hidden=[128,64]", "training.epochs=30", "training.batch=64", "training.rate=0.001", "method.largest-temperature=5"];

    public static Experiment Create()
    {
        var fashion = new Conditions("fashion-mnist", ["problem.data=fashion-mnist", "problem.image=image", "problem.label=label", "problem.rows=4000", "problem.validation=0.01", .. Training], [""]);
        var digits = new Conditions("digits", ["problem.name=digits", "problem.size=small", "problem.noise=0", .. Training], [""]);
        Arm Scaled(Conditions conditions, string scaling, params string[] options) => new(conditions, "safe-reliable", [$"method.scaling={scaling}", .. options]);
        NullControl Chance(Conditions conditions, string scaling) => new("initialisation, order and the rows to fit on drawn anew calibrate nothing", Scaled(conditions, scaling) with { DrawnAnew = true }, Scaled(conditions, scaling));
        return new("safe-reliable", Error,
        [
            new("one temperature brings the calibration error down", Scaled(fashion, "temperature"), Scaled(fashion, "none"), Error, 0.02, "a plan without figures; usual since Guo et al. 2017", Chance(fashion, "none")),
            new("one temperature brings the calibration error down", Scaled(digits, "temperature"), Scaled(digits, "none"), Error, 0.02, "a plan without figures; usual since Guo et al. 2017", Chance(digits, "none")),
            new("temperatures for each class bring it below that of one", Scaled(fashion, "classes"), Scaled(fashion, "temperature"), Error, 0.002, "Two Sides of Miscalibration: lower on CIFAR and ImageNet (abstract)", Chance(fashion, "temperature")),
            new("smoothed labels are calibrated better than hard ones before any temperature", Scaled(fashion, "none", "method.smoothing=0.1"), Scaled(fashion, "none"), Error, 0.02, "component papers: lower on CIFAR-10H", Chance(fashion, "none")) { Tier = Tier.All },
        ]);
    }
}
