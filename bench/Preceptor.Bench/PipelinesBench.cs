using System.Globalization;
using Preceptor.Evaluation;

namespace Preceptor.Bench;

/// <summary>
/// How much of the gap between noisy and true labels pipelines recover on real sets, beside filtering by confident learning and training again. Two seeds choose the
/// pipeline, among those that take no longer than filter and retrain; five others say what it is worth.
/// </summary>
internal static class PipelinesBench
{
    private const string Filter = "confident-learning+supervised";
    private const int ChoosingSeeds = 2, Seeds = 7;

    private static readonly string[] Networks = ["confident-learning+ssld", "confident-learning+ps-kd", "confident-learning+nested-dropout", "nested-dropout", "ps-kd", "confident-learning+logistic-regression", "logistic-regression"];
    private static readonly string[] Words = ["naive-bayes", "ss3", "confident-learning+naive-bayes", "confident-learning+ss3"];
    private static readonly string[] Perceptron = ["model.encoder=mlp", "model.hidden=[256,128]", "training.epochs=15", "training.batch=64"];

    private static readonly (string Name, string[] Set, string[] Methods)[] Settings =
    [
        ("AG News, 40 % symmetric", ["problem.data=ag-news", "problem.text=[text]", "problem.label=label", "problem.rows=2000", "problem.noise.kind=symmetric", "problem.noise.rate=0.4"], [.. Networks, .. Words]),
        ("TREC questions, 30 % symmetric", ["problem.data=trec-question", "problem.text=[text]", "problem.label=label", "problem.rows=2000", "problem.noise.kind=symmetric", "problem.noise.rate=0.3"], [.. Networks, .. Words]),
        ("MNIST, 40 % symmetric", ["problem.data=mnist", "problem.image=image", "problem.label=label", "problem.rows=2000", "problem.noise.kind=symmetric", "problem.noise.rate=0.4", .. Perceptron], Networks),
        ("Fashion-MNIST, 30 % pairs", ["problem.data=fashion-mnist", "problem.image=image", "problem.label=label", "problem.rows=2000", "problem.noise.kind=pair", "problem.noise.rate=0.3", .. Perceptron], Networks),
        ("UCI letters, 30 % symmetric", ["problem.data=uci-letter", "problem.label=label", "problem.rows=4000", "problem.noise.kind=symmetric", "problem.noise.rate=0.3", .. Perceptron], Networks),
        ("CIFAR-10N, people's worst (40 %)", ["problem.data=cifar10n-human-labels", "problem.image=image", "problem.label=worse", "problem.truth=clean", "problem.rows=2000", .. Perceptron], Networks),
    ];

    public static void Run(string preceptor, ReadOnlySpan<string> names)
    {
        foreach (var (name, set, methods) in Settings)
        {
            if (names.Length > 0 && !names.Contains(name)) continue;
            var folder = Directory.CreateTempSubdirectory("preceptor-pipelines-").FullName;
            var compared = PreceptorCommand.Call(preceptor, ["compare", .. set.SelectMany(s => new[] { "--set", s }), "--methods", string.Join(',', methods.Prepend(Filter)), "--seeds", $"{Seeds}", "--json", "--out", Path.Combine(folder, "compare")]);
            var results = compared["methods"]!.AsArray().ToDictionary(m => m!["method"]!.GetValue<string>(), m => m!);
            double[] Values(string method, string arm) => [.. results[method]["scores"]![arm]!["values"]!.AsArray().Select(v => v!.GetValue<double>())];
            double Seconds(string method) => results[method]["trainSeconds"]?.GetValue<double>() ?? double.PositiveInfinity;
            var (noisy, clean) = (Values("supervised", "baseline"), Values("supervised", "ceiling"));
            var affordable = methods.Where(m => results.ContainsKey(m) && Seconds(m) <= Seconds(Filter) * 1.05).ToArray();
            var chosen = affordable.MaxBy(m => Values(m, "method").Take(ChoosingSeeds).Average())!;
            string Gap(string method) => Text(Intervals.OverSeeds([.. Values(method, "method").Zip(noisy, clean).Skip(ChoosingSeeds).Select(v => (v.First - v.Second) / (v.Third - v.Second))]));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {100 * Late(noisy):0.0} | {100 * Late(clean):0.0} | {100 * Late(Values(Filter, "method")):0.0}, {Gap(Filter)} | {Seconds(Filter):0.0} | {chosen} | {100 * Late(Values(chosen, "method")):0.0}, {Gap(chosen)} | {Seconds(chosen):0.0} |"));
            Console.WriteLine("  " + string.Join("; ", methods.Where(results.ContainsKey).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m} {100 * Late(Values(m, "method")):0.0} ({Seconds(m):0.0} s)"))));
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Late(double[] values) => values.Skip(ChoosingSeeds).Average();

    private static string Text(Interval interval) => string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Mean:0} % [{100 * interval.Low:0}, {100 * interval.High:0}]");
}
