using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Reasoning;

namespace Preceptor.Cli;

/// <summary>A solver's answers as CSV: row, answer, score, tokens drawn, solution, a line a question.</summary>
internal static class SolverFile
{
    private const string Column = "question";

    /// <summary>Reads the questions, from the column of that name or the only one there is, and gives the lines of the file.</summary>
    public static (IReadOnlyList<string> Header, IEnumerable<IReadOnlyList<string>> Rows) Of(Solver solver, string data)
    {
        var table = DataFiles.Read(data, [Column], [], BadImages.Fail).Rows;
        var words = (table.Find(Column) ?? (table.Columns.Count == 1 ? table.Columns[0] : null))?.Words()
            ?? throw new RequestException($"{table.Name}: has no column '{Column}'; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");
        string[] questions = [.. Enumerable.Range(0, table.Rows).Select(r => words(r) is { Length: > 0 } text ? text : throw new RequestException($"{table.Name}: {table.Place(r)}: the question is empty"))];
        var solved = solver.Solve(questions, seed: 0);
        return (["row", "answer", "score", "tokens", "solution"], solved.Select((s, row) => (IReadOnlyList<string>)
        [
            (row + 1).ToString(CultureInfo.InvariantCulture), s.Chosen is { } chosen ? solver.Checker.AnswerOf(questions[row], chosen) ?? "" : "",
            s.Chosen?.Score.ToString("0.#####", CultureInfo.InvariantCulture) ?? "", s.Cost.Tokens.ToString(CultureInfo.InvariantCulture), s.Chosen?.Text ?? "",
        ]));
    }
}
