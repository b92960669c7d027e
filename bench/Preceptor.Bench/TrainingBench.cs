using System.Globalization;

namespace Preceptor.Bench;

/// <summary>Training steps of every kind of network, beside the same in eager PyTorch.</summary>
internal static class TrainingBench
{
    private static readonly (string Name, int Steps, string About)[] Networks =
    [
        ("mlp", 400, "perceptron 784–512–512–10"),
        ("distill-kept", 200, "the same as student of a teacher four times as wide, whose answers were kept"),
        ("distill-live", 60, "the same, its teacher asked at each step"),
        ("bilevel", 100, "bilevel step of `tgeo-kd`, the same perceptron"),
        ("resnet", 40, "residual network, width 16, 28×28"),
        ("contrast", 40, "contrast of two views (`simclr`) with augmentation; PyTorch's views are there already"),
        ("vit", 40, "vision transformer, patches of 4, 28×28"),
        ("conv", 60, "text convolution, 64 words"),
        ("transformer", 60, "text transformer, 2 blocks of width 64, 64 words"),
        ("language", 30, "decoder, 4 layers of width 128, 128 tokens, batch 32"),
        ("diffusion-policy", 200, "diffusion policy with both values (`fisor`), batch 256"),
        ("field", 60, "physics-informed network, Burgers' equation on 64 × 21 places, batch 8"),
    ];

    /// <summary>Prints a table, a row a network.</summary>
    /// <param name="rounds">How often each is measured.</param>
    /// <param name="names">Which; empty: all.</param>
    public static int Run(int rounds, IEnumerable<string> names)
    {
        string[] asked = [.. names];
        if (asked.FirstOrDefault(n => Networks.All(k => k.Name != n)) is { } unknown) throw new ArgumentException($"there is no step '{unknown}'; known: {string.Join(", ", Networks.Select(n => n.Name))}");
        var versions = new HashSet<string>();
        Console.WriteLine("| step, Adam, batch 128 if not said | ours | PyTorch | ratio | waiting for batches | managed bytes a step |\n|---|---|---|---|---|---|");
        foreach (var (name, steps, about) in Networks.Where(n => asked.Length == 0 || asked.Contains(n.Name)))
        {
            var line = "";
            var ratio = Twins.Compare(rounds, () => Twins.Number(line = Twins.Ours("training-ours", name, $"{steps}"), "step"), () =>
            {
                var theirs = Twins.PyTorch("training.py", name, $"{steps}");
                versions.Add(theirs[..theirs.LastIndexOf(')')] + ")");
                return double.Parse(theirs[(theirs.LastIndexOf(')') + 1)..], CultureInfo.InvariantCulture);
            });
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| `{name}`: {about} | {ratio.Ours:0.00} ms | {ratio.Theirs:0.00} ms | {ratio.Text} | {100 * Twins.Number(line, "waiting"):0.0} % | {Twins.Number(line, "bytes"):#,0} |"));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nOne thread, {rounds} rounds, TorchSharp {typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3)}, {string.Join(", ", versions)}."));
        return 0;
    }

    /// <summary>One measurement of ours.</summary>
    public static string Ours(string name, int steps)
    {
        var (milliseconds, waiting, bytes) = OurSteps.MedianStep(name, steps);
        return string.Create(CultureInfo.InvariantCulture, $"step {milliseconds} waiting {waiting} bytes {bytes}");
    }
}
