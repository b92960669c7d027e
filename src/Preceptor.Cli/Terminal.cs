using Spectre.Console;

namespace Preceptor.Cli;

/// <summary>Words for people: standard output, or standard error where standard output carries JSON.</summary>
internal static class Terminal
{
    private static readonly Lazy<IAnsiConsole> Errors = new(() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }));

    /// <summary>The command as the user typed it, for commands to paste.</summary>
    public static string Command => Environment.GetEnvironmentVariable("PRECEPTOR_COMMAND") is { Length: > 0 } typed ? typed : "preceptor";

    /// <summary>The console that people read.</summary>
    public static IAnsiConsole Words(bool json) => json ? Errors.Value : AnsiConsole.Console;

    /// <summary>Prints one error message and returns the exit code.</summary>
    public static int Fail(int code, string message)
    {
        Console.Error.WriteLine($"error: {message}");
        return code;
    }
}
