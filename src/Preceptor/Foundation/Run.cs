using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Preceptor.Foundation;

/// <summary>What a run may use.</summary>
public sealed record RunSettings
{
    /// <summary>The seed of every random stream.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads of tensor operations; results are bit-equal only for the same number.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The folder for checkpoint, stages and metrics; null keeps everything in memory.</summary>
    public string? Folder { get; init; }

    /// <summary>Where finished stages are stored; null for <c>stages/</c> in the folder. Runs that share it reuse each other's stages.</summary>
    public string? StageFolder { get; init; }

    /// <summary>Least time between two checkpoints; zero writes one before every step.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Stops the run at its next safe point, after a checkpoint.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Told about training progress a few times a second.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Told what happens.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;

    /// <summary>Called at every safe point, so that tests can stop a run at any step.</summary>
    internal Action? AtSafePoint { get; init; }
}

/// <summary>
/// One piece of work from seed to result: its random streams, the state that outlives a step (<see cref="Keep"/>), its
/// phases (<see cref="Stage"/>), checkpoints, cancellation and progress. All tensor work of a run happens on one thread.
/// </summary>
/// <remarks>
/// A resumed run executes the same code from the top: finished stages are read from their folder, and whatever the open
/// stages keep is restored from the checkpoint at the moment it is created again. State must therefore be filled in its
/// constructor and changed only inside the training loop's steps.
/// </remarks>
public sealed class Run : IDisposable
{
    private readonly RunSettings settings;
    private readonly string? stageFolder;
    private readonly RunFolder? folder; // the first rank's alone: no other one writes
    private bool isToldToStop;
    private readonly Stack<Scope> scopes = new();
    private readonly Stopwatch sinceCheckpoint = Stopwatch.StartNew();
    private State? resumed;

    /// <summary>Starts a run, or continues the one whose checkpoint lies in the folder.</summary>
    /// <exception cref="RequestException">Another process uses the folder, or its checkpoint is damaged.</exception>
    public Run(RunSettings settings)
    {
        this.settings = settings;
        scopes.Push(new Scope("", ""));
        if (settings.Folder is null) return;
        if (Ranks.IsFirst) folder = new RunFolder(settings.Folder);
        Ranks.Barrier(); // now the folder is there, and nobody else's
        stageFolder = settings.StageFolder ?? RunFolder.StagesOf(settings.Folder);
        resumed = RunFolder.LoadCheckpoint(settings.Folder);
        Ranks.Barrier(); // the first one may write the next checkpoint now that all have read this one
    }

    /// <summary>The processes that share this run's work. All of them run the same code; the first one alone writes.</summary>
    public Ranks Ranks { get; } = Ranks.Current;

    /// <summary>The seed of every random stream.</summary>
    public ulong Seed => settings.Seed;

    /// <summary>Threads of tensor operations.</summary>
    public int Threads => settings.Threads;

    /// <summary>Stops the run at its next safe point.</summary>
    public CancellationToken Cancellation => settings.Cancellation;

    /// <summary>Told about training progress.</summary>
    public IProgress<TrainingProgress>? Progress => settings.Progress;

    /// <summary>Told what happens.</summary>
    public ILogger Log => settings.Log;

    /// <summary>The open stages, joined by slashes; empty outside any.</summary>
    public string StagePath => string.Join('/', scopes.Reverse().Skip(1).Select(s => s.Name));

    /// <summary>The seed of this stage's streams. Stages given a stream of their own differ; all others share the run's, so that arms share initialisation and order.</summary>
    private ulong StageSeed => scopes.Reverse().Where(s => s.Stream.Length > 0).Aggregate(Seed, (seed, s) => RandomStream.Key(seed, s.Stream));

    /// <summary>A random stream of a role, such as order or augmentation, at given counters.</summary>
    public RandomStream Random(string role, params ReadOnlySpan<long> counters) => RandomStream.Of(StageSeed, role, counters);

    /// <summary>A seed for torch's generator, for a role at given counters.</summary>
    public long TorchSeed(string role, params ReadOnlySpan<long> counters) => (long)(RandomStream.Key(StageSeed, role, counters) >> 1);

    /// <summary>
    /// Registers state that outlives a step under a name of its own in the open stage; restores it at once if the run is
    /// being resumed inside this stage.
    /// </summary>
    /// <returns>The same object.</returns>
    public T Keep<T>(string name, T state) where T : IKept
    {
        Uses(typeof(T));
        var scope = scopes.Peek();
        if (!scope.Kept.TryAdd(name, state)) throw new InvalidOperationException($"'{name}' is kept twice in stage '{StagePath}'; give every phase a stage of its own");
        if (resumed?.Within(scope.KeptPath) is { IsEmpty: false } saved) state.Restore(saved.Within(name));
        return state;
    }

    /// <summary>Records that the open stage's result depends on the version of a type.</summary>
    public void Uses(Type type)
    {
        if (VersionAttribute.Of(type) > 0) scopes.Peek().Types.Add(type);
    }

    /// <summary>The types used so far outside any open stage, finished stages included, with their versions.</summary>
    public IReadOnlyDictionary<string, int> Versions => scopes.Last().Types.OrderBy(t => t.FullName, StringComparer.Ordinal).ToDictionary(t => t.FullName!, VersionAttribute.Of);

    /// <summary>
    /// Runs a phase whose result is stored under the hash of its inputs and the seed, and reused if it is there already and
    /// no type it used has another version now.
    /// </summary>
    /// <param name="name">The phase's name, such as <c>teacher</c>.</param>
    /// <param name="inputs">Everything that decides the result besides the seed and the code: resolved options and fingerprints.</param>
    /// <param name="work">Computes the result.</param>
    /// <param name="stream">A name that gives the phase random streams of its own; empty to share those of the enclosing stage.</param>
    public T Stage<T>(string name, JsonNode inputs, Func<T> work, string stream = "") where T : IArtifact<T>
    {
        var description = new JsonObject { ["stage"] = name, ["seed"] = StageSeed, ["stream"] = stream, ["threads"] = Threads, ["inputs"] = inputs.DeepClone() };
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(description.ToJsonString())))[..16];
        var place = stageFolder is null ? null : Path.Combine(stageFolder, $"{name}-{key}");
        RequireSameStage(name, key);
        // Runs that share the folder, such as the arms of one seed, may want the same stage at once: one works, the others wait.
        using var turn = place is null || !Ranks.IsFirst ? null : StageTurn.Take(place, Cancellation);
        if (place is not null && FindStage(place) is { } types)
        {
            foreach (var type in types) scopes.Peek().Types.Add(type);
            Log.LogInformation("stage {Stage}: reused from {Place}", name, place);
            return T.Load(place);
        }
        var outer = scopes.Peek();
        var scope = new Scope(name, stream) { Path = (outer.Path.Length > 0 ? outer.Path + "/" : "") + $"{name}-{key}" };
        scopes.Push(scope);
        T result;
        try
        {
            result = work();
        }
        finally
        {
            scopes.Pop();
        }
        outer.Types.UnionWith(scope.Types);
        if (place is not null && Ranks.IsFirst) StageRecord.Write(place, description, scope.Types, result.Save);
        return result;
    }

    // Ranks whose data or options differ would train different things and average them.
    private void RequireSameStage(string name, string key)
    {
        if (Ranks.AreMany && Ranks.Agree(key) is var first && first != key)
            throw new WorkException($"stage {name}: this rank would do {key} and the first one {first}; all ranks need the same data and the same program");
    }

    /// <summary>The types that made a finished stage; null if it never finished, or was made by other versions. The first rank looks, and the others believe it.</summary>
    private List<Type>? FindStage(string place)
    {
        List<Type> types = [];
        var isThere = Ranks.Agree(Ranks.IsFirst && StageRecord.Read(place)?.IsCurrent(out types) == true);
        if (!isThere || Ranks.IsFirst) return isThere ? types : null;
        return StageRecord.Read(place)?.IsCurrent(out types) == true ? types : throw new WorkException($"{place}: the first rank sees this finished stage, and this one does not; all ranks need the same run folder");
    }

    /// <summary>Does work of which only the outcome counts, with the same streams: it leaves neither stages nor checkpoints, and what it used counts as used here.</summary>
    public T Pass<T>(Func<Run, T> work)
    {
        using var passing = new Run(settings with { Seed = StageSeed, Folder = null, StageFolder = null });
        var result = work(passing);
        scopes.Peek().Types.UnionWith(passing.scopes.Last().Types);
        return result;
    }

    /// <summary>
    /// A moment between two steps at which everything kept is consistent: checkpoints if the interval has passed or the run
    /// is cancelled, and then stops. Several ranks stop where all know of it (<see cref="StopTogether"/>).
    /// </summary>
    /// <exception cref="OperationCanceledException">The run was cancelled; the checkpoint is written.</exception>
    public void SafePoint()
    {
        settings.AtSafePoint?.Invoke();
        if (Ranks.AreMany ? isToldToStop : Cancellation.IsCancellationRequested)
        {
            Checkpoint();
            throw new OperationCanceledException(Cancellation);
        }
        if (folder is not null && sinceCheckpoint.Elapsed >= settings.CheckpointInterval) Checkpoint();
    }

    /// <summary>Stops all ranks at their next safe point, which must be the same one.</summary>
    internal void StopTogether() => isToldToStop = true;

    /// <summary>Checks, before the first step of a resumed stage, that the checkpoint holds neither more nor less than is kept.</summary>
    public void FinishRestoring() => resumed?.Within(scopes.Peek().KeptPath).RequireAllRead();

    /// <summary>Appends a line to metrics.jsonl.</summary>
    public void Record(JsonObject metrics) => folder?.AppendMetrics(metrics);

    /// <summary>Leaves a file for people in the run's folder, whole or not at all; nowhere where the run has none. A resumed run writes it again.</summary>
    /// <param name="name">The file's name, such as <c>replaced.csv</c>.</param>
    /// <param name="text">What it says.</param>
    public void Leave(string name, string text) => folder?.WriteFile(name, text);

    /// <summary>Writes the checkpoint of all open stages.</summary>
    public void Checkpoint()
    {
        if (folder is null) return;
        var state = new State();
        foreach (var scope in scopes)
            foreach (var (name, kept) in scope.Kept) kept.Save(state.Within(scope.KeptPath).Within(name));
        folder.SaveCheckpoint(state);
        sinceCheckpoint.Restart();
        resumed = null; // what it held is either restored or of no use any more
    }

    /// <summary>Ends the use of the folder.</summary>
    public void Dispose() => folder?.Dispose();

    private sealed record Scope(string Name, string Stream)
    {
        public string Path { get; init; } = "run";

        /// <summary>Apart from the paths of inner stages, so that a checkpoint of those says nothing about this one.</summary>
        public string KeptPath => Path + "/kept";

        public Dictionary<string, IKept> Kept { get; } = new(StringComparer.Ordinal);

        public HashSet<Type> Types { get; } = [];
    }
}
