using System.Diagnostics;
using System.Runtime.InteropServices;
using Preceptor.Foundation;

namespace Preceptor.Tests.Cli;

/// <summary>The command under mpirun, as several processes.</summary>
internal static class RankedJob
{
    /// <summary>How long a job may take before it counts as hanging, on a machine that does other things as well.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static readonly string? Launcher = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(d => d.Length > 0).Select(d => Path.Combine(d, "mpirun")).FirstOrDefault(File.Exists);

    /// <summary>Starts the command as so many ranks; the test skips where there is no mpirun.</summary>
    public static Process Start(int ranks, params string[] arguments) => Start(["-n", $"{ranks}", .. Command, .. arguments]);

    /// <summary>The program and its first argument.</summary>
    public static string[] Command { get; } = ["dotnet", Workspace.Assembly];

    /// <summary>Starts mpirun with any arguments.</summary>
    public static Process Start(string[] words)
    {
        if (Launcher is null) Assert.Skip("needs mpirun (Open MPI) in the path");
        var start = new ProcessStartInfo(Launcher) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // More ranks than processors are what tests have; root must say that it means it.
        string[] allowed = Environment.UserName == "root" ? ["--allow-run-as-root"] : [];
        foreach (var word in (string[])[.. allowed, "--oversubscribe", .. words]) start.ArgumentList.Add(word);
        start.Environment["PRECEPTOR_CHECKPOINT_SECONDS"] = "0";
        start.Environment["PRECEPTOR_COMMAND"] = "preceptor";
        return Process.Start(start)!;
    }

    /// <summary>Runs the command as so many ranks to its end.</summary>
    public static (int Code, string Output, string Error) Run(int ranks, params string[] arguments)
    {
        using var job = Start(ranks, arguments);
        return End(job);
    }

    /// <summary>Waits for a job's end.</summary>
    public static (int Code, string Output, string Error) End(Process job)
    {
        job.StandardInput.Close();
        var (output, error) = (job.StandardOutput.ReadToEndAsync(), job.StandardError.ReadToEndAsync());
        if (!job.WaitForExit(Patience))
        {
            job.Kill(entireProcessTree: true);
            throw new TimeoutException($"the job hangs; it said: {output.Result} {error.Result}");
        }
        return (job.ExitCode, output.Result, error.Result);
    }

    /// <summary>The largest difference between two runs' models, a number of one beside the same number of the other.</summary>
    public static double Difference(string first, string second)
    {
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(first, "model"), "*.safetensors", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(first, f))];
        Assert.NotEmpty(files);
        var most = 0.0;
        foreach (var file in files)
        {
            var (a, b) = (Safetensors.Read(Path.Combine(first, file)).Arrays, Safetensors.Read(Path.Combine(second, file)).Arrays);
            Assert.Equal(a.Keys.Order(StringComparer.Ordinal), b.Keys.Order(StringComparer.Ordinal));
            foreach (var (name, array) in a)
                foreach (var (x, y) in Numbers(array).Zip(Numbers(b[name]))) most = Math.Max(most, Math.Abs((double)x - y));
        }
        return most;
    }

    private static float[] Numbers(StoredArray array) => MemoryMarshal.Cast<byte, float>(array.Data.Span).ToArray();
}
