using System.Globalization;
using System.Text.Json.Nodes;

namespace Preceptor.Bench;

/// <summary>
/// How good the advice of <c>advise --try</c> is: on each setting the way to train that it recommends and the best plain one that it found are trained with three
/// seeds and scored on the test rows, beside all methods at their defaults.
/// </summary>
internal static class AdviseTrials
{
    private static readonly (string Name, string[] Set)[] Settings =
    [
        ("news, a fifth wrong", ["problem.data=ag-news", "problem.text=[text]", "problem.label=label", "problem.rows=2000", "problem.noise.kind=symmetric", "problem.noise.rate=0.2"]),
        ("news, 200 rows", ["problem.data=ag-news", "problem.text=[text]", "problem.label=label", "problem.rows=200"]),
        ("questions", ["problem.data=trec-question", "problem.text=[text]", "problem.label=label", "problem.rows=2000"]),
        ("sentiment, a third wrong", ["problem.data=sst2", "problem.text=[text]", "problem.label=label", "problem.rows=2000", "problem.noise.kind=symmetric", "problem.noise.rate=0.3"]),
        ("digits, 40 % wrong", ["problem.data=mnist", "problem.image=image", "problem.label=label", "problem.rows=2000", "problem.noise.kind=symmetric", "problem.noise.rate=0.4", "model.encoder=mlp", "model.hidden=[256]"]),
        ("clothes, 1,000 rows", ["problem.data=fashion-mnist", "problem.image=image", "problem.label=label", "problem.rows=1000", "model.encoder=mlp", "model.hidden=[256]"]),
        ("people's worst labels", ["problem.data=cifar10n-human-labels", "problem.image=image", "problem.label=worse", "problem.truth=clean", "problem.rows=2000", "model.encoder=mlp", "model.hidden=[256]"]),
        ("incomes", ["problem.data=uci-adult", "problem.label=income", "problem.rows=2000"]),
        ("letters, pairs confused", ["problem.data=uci-letter", "problem.label=label", "problem.rows=2000", "problem.noise.kind=pair", "problem.noise.rate=0.2"]),
        ("regions, a teacher half right", ["problem.name=regions", "problem.size=small"]),
    ];

    public static void Run(string preceptor, string time, ReadOnlySpan<string> names)
    {
        var folder = Directory.CreateTempSubdirectory("preceptor-advise-").FullName;
        var (near, below, count) = (0, 0, 0);
        foreach (var (name, set) in Settings)
        {
            if (names.Length > 0 && !names.Contains(name)) continue;
            string[] assignments = [.. set.SelectMany(s => new[] { "--set", s })];
            var trial = PreceptorCommand.Call(preceptor, ["advise", .. assignments, "--try", time, "--json", "--out", Path.Combine(folder, $"{count}-trial")])["trial"]!;
            var compared = PreceptorCommand.Call(preceptor, ["compare", .. assignments, "--methods", "auto", "--seeds", "3", "--json", "--out", Path.Combine(folder, $"{count}-compare")]);
            var scores = compared["methods"]!.AsArray().ToDictionary(m => m!["method"]!.GetValue<string>(), m => Mean(m!));
            double Score(string candidate, string part)
            {
                if (scores.TryGetValue(candidate, out var known)) return known;
                string[] words = candidate.Split(' ', 2);
                return scores[candidate] = Mean(PreceptorCommand.Call(preceptor, ["run", .. assignments, "--method", words[0], "--set", words[1], "--seeds", "3", "--json", "--out", Path.Combine(folder, $"{count}-{part}")]));
            }
            var (chosen, plain) = (trial["chosen"]!.GetValue<string>(), trial["bestPlain"]!.GetValue<string>());
            var (chosenScore, plainScore) = (Score(chosen, "chosen"), Score(plain, "plain"));
            var best = scores.MaxBy(s => s.Value);
            if (chosenScore >= best.Value - 0.01) near++;
            if (chosenScore < plainScore - 0.005) below++;
            count++;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {chosen} | {100 * chosenScore:0.0} | {plain} | {100 * plainScore:0.0} | {best.Key} | {100 * best.Value:0.0} | {trial["seconds"]!.GetValue<double>():0} s |"));
        }
        Console.WriteLine($"recommended within a point of the best: {near} of {count}; more than half a point below the tuned plain one: {below} of {count}");
        Directory.Delete(folder, recursive: true);
    }

    private static double Mean(JsonNode result) => result["scores"]!["method"]!["mean"]!.GetValue<double>();
}
