using System.Text.Json.Nodes;
using Preceptor.Foundation;

namespace Preceptor.Tests.Foundation;

public sealed class RunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-test-").FullName;

    private sealed record Number(int Value) : IArtifact<Number>
    {
        public void Save(string folder) => File.WriteAllText(Path.Combine(folder, "number"), $"{Value}");

        public static Number Load(string folder) => new(int.Parse(File.ReadAllText(Path.Combine(folder, "number"))));
    }

    private sealed class Counter : IKept
    {
        public int Value { get; set; }

        public void Save(State state) => state.Add("value", Value);

        public void Restore(State state) => Value = state.Read<int>("value");
    }

    [Version(3)]
    private sealed class Versioned;

    [Fact]
    public void A_stage_runs_once_for_the_same_inputs_and_seed()
    {
        var times = 0;
        Number Work()
        {
            times++;
            return new(41 + times);
        }
        for (var i = 0; i < 2; i++)
        {
            using var run = new Run(new RunSettings { Folder = folder });
            Assert.Equal(42, run.Stage("answer", new JsonObject { ["a"] = 1 }, Work).Value);
        }
        Assert.Equal(1, times);
        using var other = new Run(new RunSettings { Folder = folder, Seed = 5 });
        Assert.Equal(43, other.Stage("answer", new JsonObject { ["a"] = 1 }, Work).Value);
        Assert.Equal(44, other.Stage("answer", new JsonObject { ["a"] = 2 }, Work).Value);
    }

    [Fact]
    public async Task Runs_that_want_the_same_shared_stage_at_once_work_once()
    {
        var times = 0;
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var shared = Path.Combine(folder, "shared");
        Number Ask(string name)
        {
            using var run = new Run(new RunSettings { Folder = Path.Combine(folder, name), StageFolder = shared });
            return run.Stage("teacher", new JsonObject(), () =>
            {
                begun.Set();
                go.Wait(TestContext.Current.CancellationToken);
                return new Number(Interlocked.Increment(ref times));
            });
        }
        var first = Task.Run(() => Ask("a"), TestContext.Current.CancellationToken);
        begun.Wait(TestContext.Current.CancellationToken);
        var second = Task.Run(() => Ask("b"), TestContext.Current.CancellationToken);

        // A third that is stopped while it waits for its turn stops at once.
        using var stop = new CancellationTokenSource();
        using var impatient = new Run(new RunSettings { Folder = Path.Combine(folder, "c"), StageFolder = shared, Cancellation = stop.Token });
        await stop.CancelAsync();
        Assert.Throws<OperationCanceledException>(() => impatient.Stage("teacher", new JsonObject(), () => new Number(99)));

        go.Set();
        Assert.Equal([1, 1], (await Task.WhenAll(first, second)).Select(n => n.Value));
        Assert.Equal(1, times);
    }

    [Fact]
    public void A_run_knows_the_versions_of_what_it_used_and_of_what_finished_stages_used()
    {
        for (var i = 0; i < 2; i++)
        {
            using var run = new Run(new RunSettings { Folder = folder });
            Assert.Empty(run.Versions);
            run.Stage("answer", new JsonObject(), () =>
            {
                run.Uses(typeof(Versioned));
                return new Number(1);
            });
            Assert.Equal(new Dictionary<string, int> { [typeof(Versioned).FullName!] = 3 }, run.Versions);
        }
    }

    [Fact]
    public void A_stage_runs_again_when_a_type_it_used_has_another_version()
    {
        Number Work(Run run)
        {
            run.Uses(typeof(Versioned));
            return new(1);
        }
        using var run = new Run(new RunSettings { Folder = folder });
        run.Stage("answer", new JsonObject(), () => Work(run));
        var record = Assert.Single(Directory.GetFiles(Path.Combine(folder, "stages"), "stage.json", SearchOption.AllDirectories));
        File.WriteAllText(record, File.ReadAllText(record).Replace("Versioned\":3", "Versioned\":2", StringComparison.Ordinal));
        var again = false;
        run.Stage("answer", new JsonObject(), () =>
        {
            again = true;
            return Work(run);
        });
        Assert.True(again);
    }

    [Fact]
    public void Kept_state_is_restored_where_it_is_created_again()
    {
        using (var run = new Run(new RunSettings { Folder = folder }))
        {
            run.Keep("counter", new Counter()).Value = 7;
            run.Checkpoint();
        }
        using var resumed = new Run(new RunSettings { Folder = folder });
        Assert.Equal(7, resumed.Keep("counter", new Counter()).Value);
        resumed.FinishRestoring();
    }

    [Fact]
    public void A_checkpoint_with_a_missing_or_an_extra_name_is_an_error()
    {
        using (var run = new Run(new RunSettings { Folder = folder }))
        {
            run.Keep("counter", new Counter());
            run.Checkpoint();
        }
        using (var run = new Run(new RunSettings { Folder = folder }))
            Assert.Contains("'run/kept/other/value' is missing", Assert.Throws<WorkException>(() => run.Keep("other", new Counter())).Message, StringComparison.Ordinal);
        using (var run = new Run(new RunSettings { Folder = folder }))
            Assert.Contains("run/kept/counter/value", Assert.Throws<WorkException>(run.FinishRestoring).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_of_repeated_steps_are_recorded_once()
    {
        var path = Path.Combine(folder, "metrics.jsonl");
        using (var run = new Run(new RunSettings { Folder = folder }))
        {
            run.Record(new JsonObject { ["epoch"] = 1 });
            run.Checkpoint();
            run.Record(new JsonObject { ["epoch"] = 2 });
        }
        File.AppendAllText(path, "{\"epo"); // killed in the middle of a line
        using (var run = new Run(new RunSettings { Folder = folder }))
        {
            run.Record(new JsonObject { ["epoch"] = 2 });
            run.Record(new JsonObject { ["epoch"] = 3 });
        }
        Assert.Equal("{\"epoch\":1}\n{\"epoch\":2}\n{\"epoch\":3}\n", File.ReadAllText(path));
    }

    [Fact]
    public void A_folder_in_use_is_refused()
    {
        using var run = new Run(new RunSettings { Folder = folder });
        Assert.Contains("in use by another process", Assert.Throws<RequestException>(() => new Run(new RunSettings { Folder = folder })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused_with_its_name()
    {
        using (var run = new Run(new RunSettings { Folder = folder }))
        {
            run.Keep("counter", new Counter());
            run.Checkpoint();
        }
        var file = Path.Combine(folder, "checkpoint", "state.safetensors");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..20]);
        Assert.Contains("state.safetensors", Assert.Throws<RequestException>(() => new Run(new RunSettings { Folder = folder })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Streams_of_a_stage_differ_only_if_it_asks_for_its_own()
    {
        using var run = new Run(new RunSettings { Seed = 9 });
        var outside = run.TorchSeed("initialisation");
        long shared = 0, own = 0;
        run.Stage("method", new JsonObject(), () =>
        {
            shared = run.TorchSeed("initialisation");
            return run.Stage("teacher", new JsonObject(), () =>
            {
                own = run.TorchSeed("initialisation");
                return new Number(1);
            }, stream: "teacher");
        });
        Assert.Equal(outside, shared);
        Assert.NotEqual(outside, own);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
