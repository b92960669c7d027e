using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Language;

/// <summary>What texts are cut into.</summary>
public enum TokenKind
{
    /// <summary>Characters.</summary>
    Character,

    /// <summary>Words and signs between blanks.</summary>
    Word,
}

/// <summary>The keys of a language problem: texts, or prompts with their responses.</summary>
public sealed record LanguageData : IProblemData
{
    /// <summary>The name of the kind.</summary>
    public const string KindName = "language";

    string IProblemData.Name => Path.GetFileNameWithoutExtension(Data);

    /// <summary>The kind.</summary>
    [Description("The kind of problem"), AllowedValues(KindName)]
    public string Kind { get; set; } = KindName;

    /// <summary>The data.</summary>
    [Description("A file of rows (CSV, TSV, Parquet, JSON Lines), a plain text file (a row a line), or a data set by name")]
    public string Data { get; set; } = "";

    /// <summary>The text.</summary>
    [Description("The column of texts to learn from, where there are no prompts")]
    public string? Text { get; set; }

    /// <summary>The prompt.</summary>
    [Description("The column of prompts")]
    public string? Prompt { get; set; }

    /// <summary>The response.</summary>
    [Description("The column of the responses that are wanted")]
    public string? Response { get; set; }

    /// <summary>What stands between.</summary>
    [Description("What stands between a prompt and its response, such as a blank or a line's end; left out: nothing between characters, a blank between words")]
    public string? Between { get; set; }

    /// <summary>What texts are cut into.</summary>
    [Description("What texts are cut into where there is no tokenizer to use: character | word")]
    public TokenKind Tokens { get; set; }

    /// <summary>A tokenizer's folder.</summary>
    [Description("A folder with a tokenizer.json, such as a model's; left out: that of model.base, or one is made from the training texts")]
    public string? Tokenizer { get; set; }

    /// <summary>Longest new text in the exam.</summary>
    [Description("Most tokens that the exam lets a model answer with; 0: a quarter more than the longest response wanted")]
    [Range(0, 100_000)]
    public int AnswerTokens { get; set; }

    /// <summary>How rows are divided.</summary>
    [Description("Decides which rows train, validate and test")]
    public ulong SplitSeed { get; set; }

    /// <summary>Reads the rows as texts: pairs of prompt and response, or of nothing and a text.</summary>
    /// <param name="settings">The settings these options were bound from, for messages that point at a line; null where there are none.</param>
    /// <param name="read">Reads a file.</param>
    /// <exception cref="RequestException">The file lacks a column, or no key says which to learn from.</exception>
    public LanguageTexts Read(MapSetting? settings, ReadTable read)
    {
        ArgumentNullException.ThrowIfNull(read);
        Setting At(string key) => settings?.Find(key) ?? new ScalarSetting(settings?.Place ?? "specification", $"problem.{key}", "");
        if (Data.Length == 0) throw At("data").Wrong("expected a file or the name of a data set");
        if (Text is not null == (Prompt is not null)) throw At(Text is null ? "text" : "prompt").Wrong(Text is null ? "expected problem.text, or problem.prompt and problem.response" : "expected either problem.text or problem.prompt, not both");
        if (Prompt is not null && Response is null) throw At("response").Wrong("expected the column of responses, since there are prompts");
        string[] names = Text is not null ? [Text] : [Prompt!, Response!];
        var (table, test) = read(Data, names, [], BadImages.Fail);
        (string, string)[] Pairs(Table rows)
        {
            Func<int, string>[] columns = [.. names.Select(n => (rows.Find(n) ?? throw At(n == Text ? "text" : n == Prompt ? "prompt" : "response").Wrong($"{rows.Name} has no column '{n}'{Spelling.Hint(n, rows.Columns.Select(c => c.Name))}; it has {string.Join(", ", rows.Columns.Select(c => c.Name))}")).Words())];
            return [.. Enumerable.Range(0, rows.Rows).Select(r => Text is not null ? ("", columns[0](r)) : (columns[0](r), columns[1](r))).Where(p => p.Item2.Length > 0)];
        }
        var pairs = Pairs(table);
        if (pairs.Length < 5) throw At("data").Wrong($"{table.Name} has {pairs.Length} rows that are not empty, expected at least 5, to train, validate and test");
        var notes = new List<string>();
        if (pairs.Length < table.Rows) notes.Add($"{table.Rows - pairs.Length} of {table.Rows} rows are empty and left out");
        if (table.Note is { } note) notes.Add(note);
        var order = RandomStream.Of(SplitSeed, "text-division").Permutation(pairs.Length);
        var held = Math.Max(1, pairs.Length / 10);
        (string, string)[] Of(int[] rows) => [.. rows.Order().Select(i => pairs[i])];
        return test is null ? new(Of(order[(2 * held)..]), Of(order[..held]), Of(order[held..(2 * held)])) { Notes = notes } : new(Of(order[held..]), Of(order[..held]), Pairs(test)) { Notes = notes };
    }
}

/// <summary>Texts, divided: pairs of a prompt and its response; the prompts of plain texts are empty.</summary>
/// <param name="Train">Those to learn from.</param>
/// <param name="Validation">Those to validate by.</param>
/// <param name="Test">Those of the exam.</param>
public sealed record LanguageTexts((string Prompt, string Response)[] Train, (string Prompt, string Response)[] Validation, (string Prompt, string Response)[] Test)
{
    /// <summary>What to know about them.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether there are prompts.</summary>
    public bool HasPrompts => Train.Any(p => p.Prompt.Length > 0);

    /// <summary>A tokenizer made from the training texts.</summary>
    /// <param name="kind">What they are cut into.</param>
    public Tokenizer Learn(TokenKind kind)
    {
        var texts = Train.SelectMany(p => new[] { p.Prompt, p.Response });
        return kind == TokenKind.Word ? WordTokenizer.Learn(texts) : CharacterTokenizer.Learn(texts);
    }

    /// <summary>Texts as tokens: prompt and response with the end behind it, or packed into sequences of a length where there are no prompts.</summary>
    /// <param name="pairs">The texts.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="form">How prompts are put before their responses.</param>
    /// <param name="length">Most tokens a sequence; longer pairs are left out.</param>
    /// <returns>The sequences, and how many pairs were left out.</returns>
    public static (TokenSequences Sequences, int TooLong) Encode((string Prompt, string Response)[] pairs, Tokenizer tokenizer, PromptForm form, int length)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(form);
        int[] end = tokenizer.End is { } token ? [token] : [];
        if (pairs.All(p => p.Prompt.Length == 0)) return (TokenSequences.Pack(pairs.Select(p => (int[])[.. tokenizer.Encode(p.Response), .. end]), length), 0);
        var all = pairs.Select(p => (Prompt: tokenizer.Encode(form.Render(p.Prompt)), Answer: (int[])[.. tokenizer.Encode(p.Response), .. end])).ToArray();
        (int[], int[])[] kept = [.. all.Where(p => p.Prompt.Length + p.Answer.Length <= length && p.Answer.Length > 0)];
        return (TokenSequences.Of(kept), all.Length - kept.Length);
    }
}
