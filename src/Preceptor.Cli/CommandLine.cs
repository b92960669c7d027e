using System.CommandLine;
using Preceptor.Cli.Commands;
using Preceptor.Foundation;

namespace Preceptor.Cli;

/// <summary>All commands.</summary>
internal static class CommandLine
{
    public static RootCommand Create(CancellationToken stop) => new("Trains the best model that your supervision can buy, and proves by measurement what each method is worth.")
    {
        InitCommand.Create(),
        AuditCommand.Create(stop),
        ReviewCommand.Create(stop),
        RunCommand.Create(stop),
        CompareCommand.Create(stop),
        SeedCommand.Create(stop),
        AdviseCommand.Create(stop),
        MeasureCommand.Create(stop),
        ReproduceCommand.Create(stop),
        ArmCommand.Create(stop),
        AttemptsCommand.Create(stop),
        LabelCommand.Create(stop),
        PredictCommand.Create(),
        GenerateCommand.Create(stop),
        ServeCommand.Create(),
        EvaluateCommand.Create(),
        ExportCommand.Create(),
        CatalogueCommands.Methods(),
        CatalogueCommands.Problems(),
        CatalogueCommands.Show(),
        CatalogueCommands.Search(),
        EmbedCommand.Create(),
        IndexCommands.Index(stop),
        IndexCommands.Find(),
        PapersCommand.Create(stop),
        DataCommand.Create(stop),
        DoctorCommand.Create(),
    };

    /// <summary>One message for what could not be parsed, with the nearest spelling of an unknown word.</summary>
    public static string Explain(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        return parsed.UnmatchedTokens is [var word, ..] && Unknown(command, word) is { } unknown ? unknown
            : string.Join("; ", parsed.Errors.Select(e => e.Message.TrimEnd('.')));
    }

    /// <summary>What a word that looks like an option or a command should have been; null where the command has none of the kind.</summary>
    public static string? Unknown(Command command, string word)
    {
        string[] known = word.StartsWith('-')
            ? [.. command.Options.Select(o => o.Name)]
            : [.. command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)];
        return known.Length == 0 ? null
            : $"there is no {(word.StartsWith('-') ? "option" : "command")} '{word}'{Spelling.Hint(word, known)}; {(command is RootCommand ? "" : command.Name + " ")}knows {string.Join(", ", known)}";
    }
}
