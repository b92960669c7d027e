using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Preceptor.Bench;

/// <summary>Runs the command that is measured.</summary>
internal static class PreceptorCommand
{
    /// <summary>Runs it with arguments that ask for JSON, and gives the last object that it prints.</summary>
    /// <param name="preceptor">The command, or its Preceptor.Cli.dll.</param>
    /// <param name="arguments">Its arguments.</param>
    public static JsonNode Call(string preceptor, string[] arguments)
    {
        var start = new ProcessStartInfo(preceptor) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (preceptor.EndsWith(".dll", StringComparison.Ordinal)) (start.FileName, arguments) = ("dotnet", [preceptor, .. arguments]);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Trim().Split('\n');
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonNode.Parse(lines[^1])! : throw new InvalidOperationException($"preceptor {string.Join(' ', arguments)}: {errors.Result.Trim()}");
    }
}
