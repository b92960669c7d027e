using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Preceptor.Tests.Cli;

/// <summary>Several ranks train what one does, and end together.</summary>
public sealed class RanksTests
{
    private const double Rounding = 1e-5;

    // 200 rows of which 160 train, 5 batches of 30 and one of 10 an epoch: shares of three ranks are 10, 10, 10 and 3, 3, 4.
    private static string Tabular(int epochs = 17, int batch = 30) =>
        $"problem:\n  data: data.csv\n  text: [text]\n  numbers: [n]\n  label: label\nmodel: {{hidden: [8], embedding: 4, vocabulary: 256}}\ntraining: {{epochs: {epochs}, batch: {batch}, rate: 0.001}}\n";

    /// <summary>About a hundred steps each, with batches that ranks cannot share evenly.</summary>
    public static TheoryData<string> Trainings => new()
    {
        "--problem digits --method knowledge-distillation --set model.encoder=mlp --set model.hidden=[32] --set problem.size=tiny --set training.batch=13 --set training.epochs=24 --set training.rate=0.0005",
        "--problem deliveries --method supervised --set problem.size=tiny --set training.batch=9 --set training.epochs=15",
        "--problem sums --method dpo --set problem.examples=60 --set problem.largest=40 --set model.width=16 --set model.layers=1 --set training.batch=9 --set training.epochs=25 --set method.epochs=10",
    };

    [Theory, MemberData(nameof(Trainings))]
    public void Two_ranks_come_to_the_weights_of_one(string words)
    {
        using var workspace = new Workspace();
        string[] run = ["run", .. words.Split(' '), "--seeds", "1"];
        var (code, output, error) = RankedJob.Run(2, [.. run, "--out", "two"]);
        Assert.True(code == 0, error);
        Assert.StartsWith("2 ranks, each with its share of every batch; if one is lost, continue with: mpirun -n 2 preceptor run --resume two", output.Replace("\e[?1h\e=", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(1, Occurrences(output, "report: "));
        var (alone, _, aloneError) = Workspace.Child([.. run, "--out", "one"]);
        Assert.True(alone == 0, aloneError);
        Assert.InRange(RankedJob.Difference("one", "two"), 0, Rounding);
        foreach (var (one, two) in File.ReadLines("one/metrics.jsonl").Zip(File.ReadLines("two/metrics.jsonl"), (a, b) => (JsonNode.Parse(a)!.AsObject(), JsonNode.Parse(b)!.AsObject())))
            foreach (var (name, value) in one)
                if (value?.GetValueKind() == JsonValueKind.Number) Assert.Equal((double)value, (double)two[name]!, 1e-4);
                else Assert.Equal(value?.ToJsonString(), two[name]?.ToJsonString());
    }

    [Fact]
    public void Three_ranks_share_batches_of_fewer_rows_than_ranks()
    {
        using var workspace = new Workspace();
        workspace.Write("data.csv", Workspace.Csv(53));
        workspace.Write("spec.yaml", Tabular(epochs: 8, batch: 3));
        var (code, _, error) = RankedJob.Run(3, "run", "spec.yaml", "--out", "three");
        Assert.True(code == 0, error);
        Assert.Equal(0, Workspace.Child(["run", "spec.yaml", "--out", "one"]).Code);
        Assert.InRange(RankedJob.Difference("one", "three"), 0, Rounding);
    }

    [Fact]
    public void A_lost_rank_ends_the_job_and_any_number_of_ranks_goes_on()
    {
        using var workspace = new Workspace();
        workspace.Write("data.csv", Workspace.Csv());
        workspace.Write("spec.yaml", Tabular());
        var (code, _, error) = RankedJob.Run(2, "run", "spec.yaml", "--out", "unbroken");
        Assert.True(code == 0, error);
        using (var job = RankedJob.Start(2, "run", "spec.yaml", "--out", "broken"))
        {
            var lost = Until(() => File.Exists("broken/checkpoint/state.safetensors") ? SecondRank(job.Id) : null);
            lost.Kill();
            var watch = Stopwatch.StartNew();
            var (broken, _, said) = RankedJob.End(job);
            Assert.NotEqual(0, broken);
            Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
            Assert.Contains("rank 0 of 2: told to stop", said, StringComparison.Ordinal);
            Assert.Contains("mpirun -n 2 preceptor run --resume broken", said, StringComparison.Ordinal);
        }
        Until(() => IsFree("broken/lock") ? "free" : null); // mpirun ends before the last rank has
        Copy("broken", "alone");
        Assert.Equal(0, RankedJob.Run(2, "run", "--resume", "broken").Code);
        Assert.Equal(0, RankedJob.Difference("unbroken", "broken"));
        Assert.Equal(0, Workspace.Child(["run", "--resume", "alone"]).Code);
        Assert.InRange(RankedJob.Difference("unbroken", "alone"), 0, Rounding);
    }

    [Fact]
    public void A_rank_that_fails_says_why_and_ends_all()
    {
        using var workspace = new Workspace();
        workspace.Write("data.csv", Workspace.Csv());
        workspace.Write("spec.yaml", Tabular());
        Directory.CreateDirectory("elsewhere");
        workspace.Write("elsewhere/data.csv", Workspace.Csv(190));
        string[] run = [.. RankedJob.Command, "run", Path.GetFullPath("spec.yaml"), "--out", Path.GetFullPath("r")];
        using var job = RankedJob.Start(["-n", "1", .. run, ":", "-n", "1", "-wdir", Path.GetFullPath("elsewhere"), .. run]);
        var (code, _, error) = RankedJob.End(job);
        Assert.Equal(1, code);
        Assert.Matches("error: rank 1 of 2, on .*: stage supervised: this rank would do [0-9a-f]+ and the first one [0-9a-f]+; all ranks need the same data", error);
        Assert.Contains("to continue: mpirun -n 2 preceptor run --resume", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_whose_examples_see_each_other_is_refused()
    {
        using var workspace = new Workspace();
        var (code, _, error) = RankedJob.Run(2, "run", "--problem", "unlabelled-digits", "--method", "groco", "--set", "problem.size=tiny", "--out", "r");
        Assert.Equal(2, code);
        Assert.Contains("several ranks would not train it as one does", error, StringComparison.Ordinal);
        Assert.Empty(workspace.Names());
    }

    [Theory]
    [InlineData("run --problem tickets", "one of 2 processes of a launcher, and libabsent.so cannot be loaded; install Open MPI")]
    [InlineData("methods", "methods was started as 2 processes; only run divides its work among them")]
    public void What_several_processes_cannot_do_is_refused(string words, string message)
    {
        using var workspace = new Workspace();
        foreach (var rank in new[] { 0, 1 })
        {
            var start = new ProcessStartInfo("dotnet", [Workspace.Assembly, .. words.Split(' ')]) { RedirectStandardError = true, RedirectStandardOutput = true };
            foreach (var (name, value) in new[] { ("OMPI_COMM_WORLD_SIZE", "2"), ("OMPI_COMM_WORLD_RANK", $"{rank}"), ("PRECEPTOR_MPI", "libabsent.so") }) start.Environment[name] = value;
            using var child = Process.Start(start)!;
            var said = child.StandardError.ReadToEnd();
            child.WaitForExit();
            Assert.Equal(2, child.ExitCode);
            if (rank == 0) Assert.Contains(message, said, StringComparison.Ordinal);
            else Assert.Equal("", said);
        }
        Assert.Empty(workspace.Names());
    }

    private static int Occurrences(string text, string of) => text.Split(of).Length - 1;

    private static Process? SecondRank(int launcher)
    {
        var id = Directory.EnumerateDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0).FirstOrDefault(id => id > 0 && IsSecondRank(id, launcher));
        return id > 0 ? Process.GetProcessById(id) : null;
    }

    private static bool IsSecondRank(int id, int launcher)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{launcher}" && File.ReadAllText($"/proc/{id}/environ").Contains("OMPI_COMM_WORLD_RANK=1\0", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended
        }
    }

    private static T Until<T>(Func<T?> look) where T : class
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < RankedJob.Patience)
        {
            if (look() is { } seen) return seen;
            Thread.Sleep(20);
        }
        throw new TimeoutException("it never came");
    }

    private static bool IsFree(string path)
    {
        try
        {
            using var file = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from)) Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories)) File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }
}
