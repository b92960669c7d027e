using System.Diagnostics;
using System.Runtime.InteropServices;
using Preceptor.Cli;

namespace Preceptor.Tests.Cli;

/// <summary>An empty folder in which the command runs, in this process or as a child.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly string before = Directory.GetCurrentDirectory();

    public Workspace()
    {
        Folder = Directory.CreateTempSubdirectory("preceptor-cli-").FullName;
        Directory.SetCurrentDirectory(Folder);
    }

    public string Folder { get; }

    public static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, "Preceptor.Cli.dll");

    /// <summary>Two hundred short texts of two classes, learnt at once.</summary>
    public static string Csv(int rows = 200)
    {
        string[][] words = [["red", "fire", "hot"], ["blue", "ice", "cold"]];
        var lines = Enumerable.Range(0, rows).Select(i => $"{i},{words[i % 2][i % 3]} thing number {i},{i % 7},{(i % 2 == 0 ? "warm" : "cool")}");
        return string.Join('\n', lines.Prepend("id,text,n,label")) + "\n";
    }

    public static string Specification(string data = "data.csv", string more = "") =>
        $"problem:\n  data: {data}\n  text: [text]\n  numbers: [n]\n  label: label\n{more}model: {{hidden: [8], embedding: 4, vocabulary: 256}}\ntraining: {{epochs: 10, batch: 16, rate: 0.05}}\n";

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    /// <summary>Runs a command that is wrong: it ends with 2, says why, and leaves nothing behind.</summary>
    public void Refuses(string words, string message)
    {
        var (code, error) = Run(words.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    public string[] Names() => [.. Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>Runs the command in this process.</summary>
    public static (int Code, string Error) Run(params string[] arguments) => Run(CancellationToken.None, arguments);

    /// <summary>Runs the command in this process until somebody stops it.</summary>
    public static (int Code, string Error) Run(CancellationToken stop, params string[] arguments)
    {
        var (output, error) = (Console.Out, Console.Error);
        using var captured = new StringWriter();
        try
        {
            Console.SetOut(TextWriter.Null);
            Console.SetError(captured);
            return (Application.Run(arguments, stop), captured.ToString().Trim());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }

    /// <summary>Starts the command as a child process.</summary>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments.Prepend(Assembly)) start.ArgumentList.Add(argument);
        start.Environment["PRECEPTOR_CHECKPOINT_SECONDS"] = "0";
        start.Environment["PRECEPTOR_COMMAND"] = "preceptor";
        return Process.Start(start)!;
    }

    /// <summary>Interrupts a child process as Ctrl-C does: at once, for starting another process to do so may take longer than the child.</summary>
    public static void Interrupt(Process child)
    {
        const int interrupt = 2;
        if (Kill(child.Id, interrupt) != 0) throw new InvalidOperationException($"process {child.Id} cannot be interrupted");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    /// <summary>Runs the command as a child process to its end.</summary>
    public static (int Code, string Output, string Error) Child(string[] arguments, string? input = null)
    {
        using var child = Start(arguments);
        var error = child.StandardError.ReadToEndAsync();
        if (input is not null) child.StandardInput.Write(input);
        child.StandardInput.Close();
        var output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return (child.ExitCode, output, error.Result);
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(before);
        Directory.Delete(Folder, recursive: true);
    }
}
