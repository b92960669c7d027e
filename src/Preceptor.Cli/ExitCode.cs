namespace Preceptor.Cli;

/// <summary>What the command's exit code means.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongRequest = 2;
    public const int Interrupted = 130;
}
