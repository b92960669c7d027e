using System.Diagnostics;

namespace Preceptor.Tests.Packaging;

/// <summary>The checkout that these tests were built from, and its command run as a child process.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    /// <summary>The command as the solution's build leaves it.</summary>
    public static string Command => Path.Combine(Root, "src", "Preceptor.Cli", "bin", "Release", "net10.0", "Preceptor.Cli.dll");

    public static (int Exit, string Output) Run(string file, string[] arguments, string folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Preceptor.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is in no checkout");
        return folder;
    }
}
