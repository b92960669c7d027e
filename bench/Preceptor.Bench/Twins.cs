using System.Diagnostics;
using System.Globalization;
using Preceptor.Evaluation;

namespace Preceptor.Bench;

/// <summary>A process of ours and one of PyTorch, in turn, a thread each.</summary>
internal static class Twins
{
    /// <summary>Measures both as often as there are rounds.</summary>
    /// <param name="rounds">How often, at least twice.</param>
    /// <param name="ours">One measurement of ours.</param>
    /// <param name="theirs">One of PyTorch's.</param>
    public static Ratio Compare(int rounds, Func<double> ours, Func<double> theirs) => Compare(rounds, () => [ours()], () => [theirs()])[0];

    /// <summary>Measures several things at once in both.</summary>
    /// <param name="rounds">How often, at least twice.</param>
    /// <param name="ours">One measurement of ours, a number each.</param>
    /// <param name="theirs">One of PyTorch's.</param>
    public static Ratio[] Compare(int rounds, Func<double[]> ours, Func<double[]> theirs)
    {
        var measured = Enumerable.Range(0, Math.Max(2, rounds)).Select(_ => (Ours: ours(), Theirs: theirs())).ToArray();
        return [.. Enumerable.Range(0, measured[0].Ours.Length).Select(i =>
        {
            // Ratios multiply, so the interval is Student's t of their logarithms over the rounds.
            var interval = Intervals.OverSeeds([.. measured.Select(m => Math.Log(m.Ours[i] / m.Theirs[i]))]);
            return new Ratio(Median(measured.Select(m => m.Ours[i])), Median(measured.Select(m => m.Theirs[i])), Math.Exp(interval.Mean), Math.Exp(interval.Low), Math.Exp(interval.High));
        })];
    }

    /// <summary>What a process of ours prints last: libraries may write to standard output, too.</summary>
    public static string Ours(params string[] arguments) => Output(Environment.ProcessPath!, arguments).Split('\n')[^1];

    /// <summary>What a script of ours prints in PyTorch.</summary>
    /// <param name="script">The file's name among the resources.</param>
    /// <param name="arguments">Its arguments.</param>
    public static string PyTorch(string script, params string[] arguments)
    {
        var path = Path.Combine(Path.GetTempPath(), $"preceptor-bench-{Environment.ProcessId}-{script}");
        using (var resource = typeof(Twins).Assembly.GetManifestResourceStream($"Preceptor.Bench.{script}")!)
        using (var file = File.Create(path)) resource.CopyTo(file);
        try
        {
            return Output(Environment.GetEnvironmentVariable("PRECEPTOR_PYTHON") is { Length: > 0 } named ? named : "python3", [path, .. arguments]);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException($"{e.Message}; PRECEPTOR_PYTHON names a python with PyTorch 2");
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Everything that a process prints.</summary>
    public static string Output(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var printed = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? printed : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}");
    }

    /// <summary>The middle one.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The number behind a word of a line.</summary>
    public static double Number(string line, string name)
    {
        var words = line.Split(' ');
        return double.Parse(words[Array.IndexOf(words, name) + 1], CultureInfo.InvariantCulture);
    }
}

/// <summary>How ours compares.</summary>
/// <param name="Ours">The median of ours.</param>
/// <param name="Theirs">The median of PyTorch's.</param>
/// <param name="Mean">The mean ratio of ours to theirs.</param>
/// <param name="Low">The lower end of its 95 % interval.</param>
/// <param name="High">The upper end.</param>
internal sealed record Ratio(double Ours, double Theirs, double Mean, double Low, double High)
{
    /// <summary>The ratio and its interval.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Mean:0.00} [{Low:0.00}, {High:0.00}]");
}
