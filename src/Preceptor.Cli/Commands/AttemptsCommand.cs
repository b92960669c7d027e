using System.CommandLine;
using System.Globalization;
using Preceptor.Catalogue.Trials;

namespace Preceptor.Cli.Commands;

/// <summary>The hidden command of a child process: some attempts of a trial.</summary>
internal static class AttemptsCommand
{
    private const string Name = "attempts";

    public static Command Create(CancellationToken stop)
    {
        var folder = new Argument<string>("FOLDER");
        var attempts = new Argument<string[]>("ATTEMPTS");
        var command = new Command(Name, "Some attempts of a trial, for internal use") { folder, attempts };
        command.Hidden = true;
        command.SetAction(parsed => ChildWork.Do((progress, ends) => TrialWork.Do(parsed.GetValue(folder)!, [.. parsed.GetValue(attempts)!.Select(Read)], progress, ends), stop));
        return command;
    }

    /// <summary>The child that makes some attempts.</summary>
    public static ChildJob Child(string folder, IReadOnlyList<Attempt> attempts) => new("trial", [Name, folder, .. attempts.Select(Write)], 1);

    private static string Write(Attempt attempt) => string.Create(CultureInfo.InvariantCulture, $"{attempt.Candidate}:{attempt.Fold}");

    private static Attempt Read(string text) => text.Split(':') is [var candidate, var fold] ? new(int.Parse(candidate, CultureInfo.InvariantCulture), int.Parse(fold, CultureInfo.InvariantCulture)) : throw new FormatException(text);
}
