using System.Text;
using System.Text.RegularExpressions;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers.Chat;

/// <summary>
/// What a chat model is asked of a row: a text with <c>{classes}</c> and <c>{text}</c> (all input columns) or <c>{column}</c> of any name in braces; braces that mean themselves are doubled.
/// What matches a pattern of <c>redact</c> is not sent.
/// </summary>
public sealed partial class ChatPrompt
{
    private const string Default = "Which one of these classes does the text belong to?\n\n{classes}\n\nThe text:\n\n{text}";
    private const string Hidden = "[redacted]";

    private readonly List<(string? Literal, Func<int, string>? Cell)> parts = [];
    private readonly Regex[] redact;

    /// <summary>Prepares a prompt for the rows of a table.</summary>
    /// <param name="template">The text; null for a plain one.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="inputs">The columns that <c>{text}</c> stands for.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="redact">Patterns of what is not sent.</param>
    /// <exception cref="RequestException">A name in braces is no column, or none is.</exception>
    public ChatPrompt(string? template, string name, Table rows, IReadOnlyList<string> inputs, IReadOnlyList<string> classes, IReadOnlyList<Regex> redact)
    {
        this.redact = [.. redact];
        template = (template ?? Default).ReplaceLineEndings("\n").Trim();
        var asks = false;
        var at = 0;
        foreach (Match mark in Mark().Matches(template))
        {
            Add(template[at..mark.Index]);
            at = mark.Index + mark.Length;
            var word = mark.Groups["name"].Value;
            if (mark.Value is "{{" or "}}") Add(mark.Value[..1]);
            else if (word == "classes") Add(string.Join('\n', classes.Select(c => "- " + c)));
            else if (rows.Find(word) is { } column) AddCell(column.Words());
            else if (word == "text") AddCell(All(rows, inputs));
            else throw new RequestException($"{name} line {template[..mark.Index].Count(c => c == '\n') + 1}: {{{word}}} is no column{Spelling.Hint(word, rows.Columns.Select(c => c.Name))}; allowed: {{classes}}, {{text}}, {string.Join(", ", rows.Columns.Select(c => $"{{{c.Name}}}"))}; a brace that means itself is doubled");
        }
        Add(template[at..]);
        if (!asks) throw new RequestException($"{name}: shows the model nothing of a row; write {{text}}, or a column's name in braces");

        void Add(string literal) => parts.Add((literal, null));
        void AddCell(Func<int, string> cell)
        {
            asks = true;
            parts.Add((null, cell));
        }
    }

    /// <summary>What every row is asked besides.</summary>
    public static string System(IReadOnlyList<string> classes) =>
        $"You label texts. Answer with JSON alone: {{\"label\": one of {string.Join(", ", classes.Select(c => $"\"{c}\""))}}}, written exactly so. If none can be told, answer {{\"label\": null}}.";

    /// <summary>The question about a row.</summary>
    public string Ask(int row)
    {
        var text = new StringBuilder();
        foreach (var (literal, cell) in parts) text.Append(literal ?? Redact(cell!(row)));
        return text.ToString();
    }

    private string Redact(string cell) => redact.Aggregate(cell, (text, pattern) => pattern.Replace(text, Hidden));

    private static Func<int, string> All(Table rows, IReadOnlyList<string> inputs)
    {
        var columns = inputs.Select(name => (Name: name, Words: rows.Find(name)!.Words())).ToArray();
        return columns.Length == 1 ? columns[0].Words : row => string.Join('\n', columns.Select(c => $"{c.Name}: {c.Words(row)}"));
    }

    [GeneratedRegex(@"\{\{|\}\}|\{(?<name>[^{}\n]+)\}")]
    private static partial Regex Mark();
}
