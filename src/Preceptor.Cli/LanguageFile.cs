using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Cli;

/// <summary>A language model's answers as CSV: row, answer, log-probability, ended, a line each prompt (and sample).</summary>
internal static class LanguageFile
{
    private const string Column = "prompt";

    /// <summary>Reads the prompts, from the column of that name or the only one there is, and gives the lines of the file.</summary>
    public static (IReadOnlyList<string> Header, IEnumerable<IReadOnlyList<string>> Rows) Of(LanguageModel model, string data, GenerationOptions options)
    {
        var table = DataFiles.Read(data, [Column], [], BadImages.Fail).Rows;
        var words = (table.Find(Column) ?? (table.Columns.Count == 1 ? table.Columns[0] : null))?.Words()
            ?? throw new RequestException($"{table.Name}: has no column '{Column}'; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");
        var prompts = Enumerable.Range(0, table.Rows).Select(r => words(r)).ToArray();
        var tokens = prompts.Select((p, r) => model.Form.Encode(model.Tokenizer, p) is { Length: > 0 } some ? some : throw new RequestException($"{table.Name}: {table.Place(r)}: the prompt is empty")).ToArray();
        var answers = model.Generate(tokens, options);
        return (["row", "sample", "answer", "log-probability", "ended"], answers.SelectMany((of, row) => of.Select((a, sample) => (IReadOnlyList<string>)
        [
            (row + 1).ToString(CultureInfo.InvariantCulture), (sample + 1).ToString(CultureInfo.InvariantCulture), model.Text(a, options),
            a.LogProbabilities.Sum().ToString("0.#####", CultureInfo.InvariantCulture), a.Ended ? "true" : "false",
        ])));
    }
}
