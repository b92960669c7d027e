using System.Globalization;

namespace Preceptor.Bench;

/// <summary>One of the benches.</summary>
/// <param name="Name">The word that starts it.</param>
/// <param name="Arguments">What may follow that word.</param>
/// <param name="About">What it measures.</param>
/// <param name="Run">Measures and prints; gives the exit code.</param>
internal sealed record Bench(string Name, string Arguments, string About, Func<string[], int> Run)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Bench> All { get; } =
    [
        new("results", "[ROUNDS [FILE]]", "all that take minutes, one after another, into bench/RESULTS.md", a => ResultsBench.Run(Number(a, 0, 5), a.Length > 1 ? a[1] : null)),
        new("training", "[ROUNDS [NAME…]]", "training steps, a process of ours and one of PyTorch in turn, a thread each", a => TrainingBench.Run(Number(a, 0, 5), a.Skip(1))),
        new("start", "[ROUNDS]", "from the start of a process to its first finished step, ours and PyTorch's in turn", a => StartBench.Run(Number(a, 0, 5))),
        new("generation", "[ROUNDS]", "tokens a second of language models with a cache, ours and PyTorch's in turn, on one thread", a => GenerationBench.Compare(Number(a, 0, 5))),
        new("generation-ours", "[THREADS [half | eightbit | fourbit]]", "the same of ours alone: ten million weights, or the shape of half a billion; generation.py is the same in PyTorch", a => Done(() => GenerationBench.Run(Number(a, 0, 1), a.Length > 1 ? Enum.Parse<Models.WeightPrecision>(a[1], ignoreCase: true) : null))),
        new("large", "", "the shape of half a billion weights: steps of low-rank adapters, and a server; seconds and memory", _ => LargeBench.Run()),
        new("readers", "[ROWS]", "how fast CSV, Parquet, IDX and a folder of images are read", a => Done(() => ReadersBench.Run(Number(a, 0, 500_000)))),
        new("words", "[MB]", "how fast ss3 learns text, on one thread", a => Done(() => WordsBench.Run(Number(a, 0, 200)))),
        new("tokenizers", "[MB]", "how fast the published tokenizers of GPT-2 and Qwen2 encode and decode English, on one thread", a => Done(() => TokenizersBench.Run(Number(a, 0, 20)))),
        new("confident", "[ROWS [CLASSES]]", "confident learning on probabilities in memory", a => Done(() => ConfidentBench.Run(Number(a, 0, 1_000_000), Number(a, 1, 100)))),
        new("ratings", "[GAMES]", "item response theory and Glicko-2", a => Done(() => Ratings.Run(Number(a, 0, 10_000_000)))),
        new("retrieval", "[DOCUMENTS [QUERIES]]", "indexing and searching by BM25, importing and searching papers", a => Done(() => RetrievalBench.Run(Number(a, 0, 100_000), Number(a, 1, 1000)))),
        new("mazes", "[STEPS]", "steps of a thousand points in a maze, on one thread", a => Done(() => MazeBench.Run(Number(a, 0, 1_000_000)))),
        new("reasoning", "[THREADS [ROUNDS]]", "solutions drawn and searched for, by steps and by trees; 64 questions together and one after another", a => Done(() => ReasoningBench.Run(Number(a, 0, 2), Number(a, 1, 3)))),
        new("allreduce", "[MILLISECONDS [PARAMETERS]]", "under mpirun: how fast ranks sum, and how far a training of that step and size scales (docs/scale.md)", a => AllReduceBench.Run(Number(a, 0, 100), Number(a, 1, 1_000_000))),
        new("review", "ROWS DRAWS", "how often the interval of that many reviewed rows of ag-news holds the truth", a => Done(() => ReviewBench.Run(Number(a, 0, 300), Number(a, 1, 200)))),
        new("advise", "PRECEPTOR [TIME [NAME…]]", "how good the advice of advise --try is, on ten settings; PRECEPTOR is the command or its Preceptor.Cli.dll", a => Done(() => AdviseTrials.Run(Command(a), a.Length > 1 ? a[1] : "2m", a.AsSpan(Math.Min(2, a.Length))))),
        new("pipelines", "PRECEPTOR [NAME…]", "what pipelines recover of the gap that wrong labels leave, on six real sets", a => Done(() => PipelinesBench.Run(Command(a), a.AsSpan(1)))),
        // A process that others start.
        new("training-ours", "NAME STEPS", "training steps of ours alone", a => Done(() => Console.WriteLine(TrainingBench.Ours(a[0], Number(a, 1, 60))))),
        new("large-ours", "WORK FOLDER", "one piece of large", a => LargeBench.Run(a[0], a[1])),
        new("start-ours", "", "a process of ours that ends with its first step", _ => Done(() => Console.WriteLine(StartBench.Ours()))),
    ];

    private static string Command(string[] arguments) => arguments.Length > 0 ? arguments[0] : throw new ArgumentException("which preceptor?");

    private static int Number(string[] arguments, int place, int other) => arguments.Length > place ? int.Parse(arguments[place], CultureInfo.InvariantCulture) : other;

    private static int Done(Action work)
    {
        work();
        return 0;
    }
}
