using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Readers.Chat;

namespace Preceptor.Cli;

/// <summary>What a language model said, here or elsewhere, and its form as CSV: row, sample, answer, log-probability, ended, a line each prompt and sample.</summary>
internal static class LanguageFile
{
    private const string Column = "prompt";

    /// <summary>An answer.</summary>
    /// <param name="Text">Its text.</param>
    /// <param name="LogProbability">Its log-probability; null where that is not known.</param>
    /// <param name="IsEnded">Whether it ended by itself.</param>
    public sealed record Answer(string Text, double? LogProbability, bool IsEnded);

    /// <summary>The columns of the file.</summary>
    public static IReadOnlyList<string> Header { get; } = ["row", "sample", "answer", "log-probability", "ended"];

    /// <summary>Reads prompts, from the column of that name or the only one there is.</summary>
    public static string[] Prompts(string data)
    {
        var table = DataFiles.Read(data, [Column], [], BadImages.Fail).Rows;
        var words = (table.Find(Column) ?? (table.Columns.Count == 1 ? table.Columns[0] : null))?.Words()
            ?? throw new RequestException($"{table.Name}: has no column '{Column}'; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");
        return [.. Enumerable.Range(0, table.Rows).Select(r => words(r).Trim().Length > 0 ? words(r) : throw new RequestException($"{table.Name}: {table.Place(r)}: the prompt is empty"))];
    }

    /// <summary>A model's answers to prompts [prompts][samples].</summary>
    public static Answer[][] Of(LanguageModel model, IReadOnlyList<string> prompts, GenerationOptions options)
    {
        var tokens = prompts.Select((p, i) => model.Form.Encode(model.Tokenizer, p) is { Length: > 0 } some ? some : throw new RequestException($"prompt {i + 1} has no token of the model")).ToArray();
        return [.. model.Generate(tokens, options).Select(of => of.Select(a => new Answer(model.Text(a, options), a.LogProbabilities.Sum(), a.Ended)).ToArray())];
    }

    /// <summary>The answers of a model elsewhere.</summary>
    public static Answer[][] Of(GeneratedText[][] texts) => [.. texts.Select(of => of.Select(t => new Answer(t.Text, t.LogProbability, t.IsEnded)).ToArray())];

    /// <summary>The lines of the file.</summary>
    public static IEnumerable<IReadOnlyList<string>> Rows(Answer[][] said) => said.SelectMany((of, row) => of.Select((answer, sample) => (IReadOnlyList<string>)
    [
        (row + 1).ToString(CultureInfo.InvariantCulture), (sample + 1).ToString(CultureInfo.InvariantCulture), answer.Text,
        answer.LogProbability?.ToString("0.#####", CultureInfo.InvariantCulture) ?? "", answer.IsEnded ? "true" : "false",
    ]));
}
