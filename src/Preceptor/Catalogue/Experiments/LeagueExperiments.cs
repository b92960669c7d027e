using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Leagues: all methods that fit, beside plain training, on one set of data whose labels are wrong, each tuned on the same number of
/// settings by validation rows whose labels are as wrong. No paper claims any of these figures.
/// </summary>
internal static class LeagueExperiments
{
    private static readonly string[] NetworkGrid = ["training.rate=0.0003", "training.rate=0.001", "training.rate=0.001 training.weight-decay=0.001", "training.rate=0.003"];

    private static readonly string[] SmoothingGrid = ["method.smoothing=0.1", "method.smoothing=0.3", "method.smoothing=1", "method.smoothing=3"];

    private static readonly string[] PenaltyGrid = ["method.l2=1", "method.l2=3", "method.l2=10", "method.l2=30"];

    private static readonly string[] WordGrid = ["method.significance=0.5", "method.significance=1.5", "method.smoothness=0.3", "method.smoothness=0.7"];

    /// <summary>People's worst labels of CIFAR-10 (Wei et al. 2022): 40 in 100 are wrong. A perceptron on 3,000 images.</summary>
    public static Experiment HumanNoise() => League("league-cifar10n-worst", "CIFAR-10N, worst labels",
        ["problem.data=cifar10n-human-labels", "problem.image=image", "problem.label=worse", "problem.truth=clean", "problem.rows=3000", "model.encoder=mlp", "model.hidden=[256,128]", "training.epochs=15", "training.batch=64"],
        "People's own mistakes: for each image the wrong one of three answers, where there is one. A perceptron, for the sake of time: a convolutional network knows far more of images, whoever labels them. "
        + "6,000 of the training images and all test images come from JPEG copies.",
        ("logistic-regression", PenaltyGrid, []));

    /// <summary>News in four topics (Zhang et al. 2015), 40 in 100 of whose labels were made wrong at random.</summary>
    public static Experiment NoisyText() => League("league-ag-news-noisy", "AG News, 40 % of the labels wrong",
        ["problem.data=ag-news", "problem.text=[text]", "problem.label=label", "problem.noise.kind=symmetric", "problem.noise.rate=0.4", "training.epochs=8", "training.batch=64"],
        "The wrong labels are planted, each of the other three topics as often. Training and validation labels are wrong, test labels are not.",
        ("logistic-regression", PenaltyGrid, []), ("naive-bayes", SmoothingGrid, []), ("ss3", WordGrid, ["method.stop-word-filter=true"]));

    private static Experiment League(string slug, string name, string[] settings, string remark, params (string Method, string[] Grid, string[] Options)[] others)
    {
        var networks = new Conditions(name, settings, NetworkGrid);
        var supervised = new Arm(networks, "supervised");
        var nothing = new NullControl("plain training with initialisation and order drawn anew is worth nothing", supervised with { TunedAs = supervised, DrawnAnew = true }, supervised);
        Arm[] arms =
        [
            .. new[] { "knowledge-distillation", "ps-kd", "ssld", "tgeo-kd" }.Select(method => new Arm(networks, method)),
            new(networks, "nested-dropout", "method.forget-rate=0.4"),
            new(networks, "weak-to-strong"),
            new(networks, "supervised", "method.smoothing=0.2"),
            new(networks, "supervised", "training.patience=3"),
            .. others.Select(o => new Arm(new(name, settings, o.Grid), o.Method, o.Options)),
        ];
        return new(slug, Metrics.Accuracy, [.. arms.Select(arm => new Claim($"{arm.Name[(name.Length + 2)..]} is more accurate than plain training", arm, supervised, Metrics.Accuracy, 0.01, "none: a league, not a paper's claim", nothing))]) { Remark = remark };
    }
}
