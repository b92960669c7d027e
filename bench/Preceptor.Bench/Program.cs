using System.Diagnostics;
using System.Globalization;
using Preceptor.Bench;
using Preceptor.Evaluation;
using Preceptor.Models;

// training [ROUNDS [NAME…]]: one process of ours and one of PyTorch in turn, a thread each; the mean ratio of their median steps and its 95 % interval over the rounds.
// training-ours NAME STEPS: one process of ours.
// confident ROWS CLASSES: confident learning on probabilities in memory.
// ratings [GAMES]: item response theory and Glicko-2, in this process, with all its threads.
// review ROWS DRAWS: how often the interval of that many reviewed rows of ag-news holds the truth.
// words [MB]: how fast ss3 learns text, on one thread.
// tokenizers [MB]: how fast the published tokenizers of GPT-2 and Qwen2 encode and decode English, on one thread.
// mazes [STEPS]: steps of a thousand points in a maze, on one thread.
// generation [THREADS [half | eightbit | fourbit]]: tokens a second of language models with a cache, ten million weights or the shape of half a billion; generation.py beside it is the same in PyTorch.
// reasoning [THREADS [ROUNDS]]: solutions drawn and searched for, a policy of a million weights, 64 questions together and one after another.
// retrieval [DOCUMENTS [QUERIES]]: indexing and searching by BM25, importing and searching papers.
// allreduce [MILLISECONDS [PARAMETERS]]: under mpirun, how fast ranks sum, and how far a training of that step and size scales (docs/scale.md).
if (args is ["allreduce", ..])
    return AllReduceBench.Run(args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 100, args.Length > 2 ? long.Parse(args[2], CultureInfo.InvariantCulture) : 1_000_000);
if (args is ["generation", ..])
{
    GenerationBench.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1, args.Length > 2 ? Enum.Parse<WeightPrecision>(args[2], ignoreCase: true) : null);
    return 0;
}
if (args is ["reasoning", ..])
{
    ReasoningBench.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2, args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 3);
    return 0;
}
if (args is ["retrieval", ..])
{
    RetrievalBench.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100_000, args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 1000);
    return 0;
}
if (args is ["mazes", ..])
{
    MazeBench.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000);
    return 0;
}
if (args is ["tokenizers", ..])
{
    TokenizersBench.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20);
    return 0;
}
if (args is ["words", ..])
{
    WordsBench.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 200);
    return 0;
}
if (args is ["training-ours", var name, var steps])
{
    var (milliseconds, waiting) = Ours.MedianStep(name, int.Parse(steps, CultureInfo.InvariantCulture));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"TorchSharp {typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3)} ({100 * waiting:0.0} % of the time waiting for batches) {milliseconds}"));
    return 0;
}
// advise PRECEPTOR [TIME [NAME…]]: how good the advice of advise --try is, on ten settings of at most 2,000 rows; PRECEPTOR is the command or its Preceptor.Cli.dll.
if (args is ["advise", var preceptor, ..])
{
    AdviseTrials.Run(preceptor, args.Length > 2 ? args[2] : "2m", args.Length > 3 ? args.AsSpan(3) : default);
    return 0;
}
// pipelines PRECEPTOR [NAME…]: what pipelines recover of the gap that wrong labels leave, on six real sets, beside filtering and training again.
if (args is ["pipelines", var command, ..])
{
    PipelinesBench.Run(command, args.AsSpan(2));
    return 0;
}
if (args is ["confident", var confidentRows, var confidentClasses])
{
    ConfidentBench.Run(int.Parse(confidentRows, CultureInfo.InvariantCulture), int.Parse(confidentClasses, CultureInfo.InvariantCulture));
    return 0;
}
if (args is ["ratings", ..])
{
    Ratings.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10_000_000);
    return 0;
}
if (args is ["review", var reviewRows, var draws])
{
    ReviewBench.Run(int.Parse(reviewRows, CultureInfo.InvariantCulture), int.Parse(draws, CultureInfo.InvariantCulture));
    return 0;
}
if (args is not ["training", ..])
    return Fail("usage: training [ROUNDS [NAME…]] | advise PRECEPTOR [TIME [NAME…]] | pipelines PRECEPTOR [NAME…] | confident ROWS CLASSES | ratings [GAMES] | review ROWS DRAWS | words [MB] | mazes [STEPS] | retrieval [DOCUMENTS [QUERIES]] | reasoning [THREADS [ROUNDS]] | generation [THREADS [half | eightbit | fourbit]] | allreduce [MILLISECONDS [PARAMETERS]]");
var rounds = args.Length > 1 ? Math.Max(2, int.Parse(args[1], CultureInfo.InvariantCulture)) : 5;
var python = Environment.GetEnvironmentVariable("PRECEPTOR_PYTHON") is { Length: > 0 } named ? named : "python3";
var script = Path.Combine(Path.GetTempPath(), $"preceptor-bench-{Environment.ProcessId}.py");
using (var resource = typeof(Ours).Assembly.GetManifestResourceStream("Preceptor.Bench.training.py")!)
using (var file = File.Create(script)) resource.CopyTo(file);
try
{
    foreach (var (network, count) in new[] { ("mlp", 400), ("resnet", 40), ("contrast", 40), ("vit", 40), ("conv", 60), ("transformer", 60), ("bilevel", 100), ("diffusion-policy", 200), ("language", 30) }.Where(n => args.Length < 3 || args.AsSpan(2).Contains(n.Item1)))
    {
        var ratios = new List<double>();
        var (ours, theirs) = (new List<double>(), new List<double>());
        var versions = "";
        for (var round = 0; round < rounds; round++)
        {
            var mine = Run(Environment.ProcessPath!, "training-ours", network, $"{count}");
            var other = Run(python, script, network, $"{count}");
            versions = $"{mine.Version}, {other.Version}";
            ours.Add(mine.Milliseconds);
            theirs.Add(other.Milliseconds);
            ratios.Add(mine.Milliseconds / other.Milliseconds);
        }
        // Ratios multiply, so the interval is Student's t of their logarithms over the rounds.
        var interval = Intervals.OverSeeds([.. ratios.Select(r => Math.Log(r))]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{network}, Adam, batch {(network == "diffusion-policy" ? 256 : 128)}, 1 thread, {rounds} rounds ({versions}): ours {Median(ours):0.00} ms, PyTorch {Median(theirs):0.00} ms, ratio {Math.Exp(interval.Mean):0.00} [{Math.Exp(interval.Low):0.00}, {Math.Exp(interval.High):0.00}]"));
    }
    return 0;
}
catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
{
    return Fail($"{e.Message}; PRECEPTOR_PYTHON names a python with PyTorch 2");
}
finally
{
    File.Delete(script);
}

static double Median(IEnumerable<double> values)
{
    var sorted = values.Order().ToArray();
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}

static (string Version, double Milliseconds) Run(string program, params string[] arguments)
{
    var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
    foreach (var argument in arguments) start.ArgumentList.Add(argument);
    start.Environment["OMP_NUM_THREADS"] = "1";
    start.Environment["OPENBLAS_NUM_THREADS"] = "1";
    using var process = Process.Start(start)!;
    var lines = process.StandardOutput.ReadToEnd().Trim().Split('\n');
    process.WaitForExit();
    if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with code {process.ExitCode}");
    // Libraries may write to standard output too; the script's own line is the last.
    var words = lines[^1].Split(' ');
    return (string.Join(' ', words[..^1]), double.Parse(words[^1], CultureInfo.InvariantCulture));
}

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}
