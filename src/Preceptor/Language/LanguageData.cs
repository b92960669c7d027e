using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;

namespace Preceptor.Language;

/// <summary>What texts are cut into.</summary>
public enum TokenKind
{
    /// <summary>Characters.</summary>
    Character,

    /// <summary>Words and signs between blanks.</summary>
    Word,
}

/// <summary>What the exam asks of a model.</summary>
public enum LanguageExam
{
    /// <summary>What comes next.</summary>
    NextToken,

    /// <summary>Which tokens of a text are not the original ones.</summary>
    Detection,

    /// <summary>What is missing in a text.</summary>
    Gaps,
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

    /// <summary>Better responses.</summary>
    [Description("The column of better responses, of pairs; the wanted ones, where no other column is")]
    public string? Chosen { get; set; }

    /// <summary>Worse responses.</summary>
    [Description("The column of worse responses, of pairs")]
    public string? Rejected { get; set; }

    /// <summary>What checks answers.</summary>
    [Description("What says whether an answer is right, for methods that learn from outcomes: none | exact: it is the response wanted | number: its last number is that of the response wanted")]
    public CheckRule Check { get; set; }

    /// <summary>What stands between.</summary>
    [Description("What stands between a prompt and its response, such as a blank or a line's end; left out: nothing between characters, a blank between words")]
    public string? Between { get; set; }

    /// <summary>Whether prompts are messages.</summary>
    [Description("Whether a prompt is a user's message and the response the assistant's, put into the tokenizer's chat template; left out: as the model to go on from has it")]
    public bool? Chat { get; set; }

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

    /// <summary>How many rows train.</summary>
    [Description("At most so many rows to train from, drawn by problem.split-seed; 0: all")]
    [Range(0, int.MaxValue)]
    public int Rows { get; set; }

    /// <summary>How many rows test.</summary>
    [Description("At most so many rows to test by; 0: all")]
    [Range(0, int.MaxValue)]
    public int TestRows { get; set; }

    /// <summary>What the exam asks.</summary>
    [Description("What the exam asks of a model of plain text: next-token: what comes next | detection: which tokens were replaced, so that models that read in both directions can be trained as well | gaps: what comes next, and which words are missing in gaps, asked in each way that the model knows")]
    public LanguageExam Exam { get; set; }

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
        if (Prompt is not null && Response is null && Chosen is null) throw At("response").Wrong("expected the column of responses, or problem.chosen and problem.rejected, since there are prompts");
        if (Prompt is not null && Exam != LanguageExam.NextToken) throw At("exam").Wrong("is for plain text; expected next-token, since there are prompts");
        if (Chosen is null != (Rejected is null)) throw At(Chosen is null ? "chosen" : "rejected").Wrong("expected both problem.chosen and problem.rejected, or neither");
        if (Chosen is not null && Prompt is null) throw At("prompt").Wrong("expected the column of prompts, since there are better and worse responses");
        string[] names = Text is not null ? [Text] : Rejected is not null ? [Prompt!, Response ?? Chosen!, Chosen!, Rejected] : [Prompt!, Response!];
        var (table, test) = read(Data, [.. names.Distinct()], [], BadImages.Fail);
        TextRow[] Texts(Table rows)
        {
            string Key(string name) => name == Text ? "text" : name == Prompt ? "prompt" : name == Response ? "response" : name == Chosen ? "chosen" : "rejected";
            Func<int, string>[] columns = [.. names.Select(n => (rows.Find(n) ?? throw At(Key(n)).Wrong($"{rows.Name} has no column '{n}'{Spelling.Hint(n, rows.Columns.Select(c => c.Name))}; it has {string.Join(", ", rows.Columns.Select(c => c.Name))}")).Words())];
            return [.. Enumerable.Range(0, rows.Rows).Select(r => Text is not null ? new TextRow("", columns[0](r)) : new(columns[0](r), columns[1](r)) { Chosen = Rejected is null ? null : columns[2](r), Rejected = Rejected is null ? null : columns[3](r) })
                .Where(p => p.Response.Length > 0 && p.Chosen is not "" && p.Rejected is not "")];
        }
        var pairs = Texts(table);
        if (pairs.Length < 5) throw At("data").Wrong($"{table.Name} has {pairs.Length} rows that are not empty, expected at least 5, to train, validate and test");
        var notes = new List<string>();
        if (pairs.Length < table.Rows) notes.Add($"{table.Rows - pairs.Length} of {table.Rows} rows are empty and left out");
        if (table.Note is { } note) notes.Add(note);
        var order = RandomStream.Of(SplitSeed, "text-division").Permutation(pairs.Length);
        var held = Math.Max(1, pairs.Length / 10);
        TextRow[] Of(int[] rows, int most) => [.. rows.Take(most == 0 ? rows.Length : most).Order().Select(i => pairs[i])];
        var (train, validation) = (order[(test is null ? 2 * held : held)..], Of(order[..held], TestRows));
        if (test is null) return new(Of(train, Rows), validation, Of(order[held..(2 * held)], TestRows)) { Notes = notes };
        var given = Texts(test);
        return new(Of(train, Rows), validation, [.. RandomStream.Of(SplitSeed, "text-test").Permutation(given.Length).Take(TestRows == 0 ? given.Length : TestRows).Order().Select(i => given[i])]) { Notes = notes };
    }
}

/// <summary>A text: a prompt, empty for plain text, and the response that is wanted.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Response">The response.</param>
public sealed record TextRow(string Prompt, string Response)
{
    /// <summary>The right outcome, where a check knows it and the response may be wrong; null where it is the response.</summary>
    public string? Wanted { get; init; }

    /// <summary>A better response; null where there are no pairs.</summary>
    public string? Chosen { get; init; }

    /// <summary>A worse one; null where there are no pairs.</summary>
    public string? Rejected { get; init; }
}

/// <summary>Texts, divided.</summary>
/// <param name="Train">Those to learn from.</param>
/// <param name="Validation">Those to validate by.</param>
/// <param name="Test">Those of the exam.</param>
public sealed record LanguageTexts(TextRow[] Train, TextRow[] Validation, TextRow[] Test)
{
    /// <summary>What to know about them.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether texts without prompts are joined, and cut into sequences of a length; otherwise each is a sequence of its own.</summary>
    public bool IsPacked { get; init; } = true;

    /// <summary>Whether there are prompts.</summary>
    public bool HasPrompts => Train.Any(p => p.Prompt.Length > 0);

    /// <summary>Writes the texts as JSON Lines, an object with prompt and response a line: train.jsonl, validation.jsonl and test.jsonl.</summary>
    /// <param name="folder">Where to; it is made if it is not there.</param>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, rows) in ((string, TextRow[])[])[("train", Train), ("validation", Validation), ("test", Test)])
            File.WriteAllLines(Path.Combine(folder, $"{name}.jsonl"), rows.Select(r => new JsonObject { ["prompt"] = r.Prompt, ["response"] = r.Response }.ToJsonString()));
    }

    /// <summary>A tokenizer made from the training texts.</summary>
    /// <param name="kind">What they are cut into.</param>
    public Tokenizer Learn(TokenKind kind)
    {
        var texts = Train.SelectMany(p => new[] { p.Prompt, p.Response, p.Chosen, p.Rejected }.OfType<string>());
        return kind == TokenKind.Word ? WordTokenizer.Learn(texts) : CharacterTokenizer.Learn(texts);
    }

    /// <summary>Texts as tokens: prompt and response with the end behind it, or packed into sequences of a length where there are no prompts.</summary>
    /// <param name="rows">The texts.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="form">How prompts are put before their responses.</param>
    /// <param name="length">Most tokens a sequence; longer rows are left out.</param>
    /// <param name="isPacked">Whether texts without prompts are joined.</param>
    /// <returns>The sequences, and of which row each is; none of a row where texts are packed.</returns>
    public static (TokenSequences Sequences, int[] Rows) Encode(TextRow[] rows, Tokenizer tokenizer, PromptForm form, int length, bool isPacked = true)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var isText = rows.All(p => p.Prompt.Length == 0);
        if (isText && isPacked) return (TokenSequences.Pack(rows.Select(r => Ended(tokenizer, r.Response)), length), []);
        var kept = rows.Select((r, i) => (Row: i, Pair: isText ? ([], Ended(tokenizer, r.Response)) : Pair(r.Prompt, r.Response, tokenizer, form))).Where(p => Fits(p.Pair, length)).ToArray();
        return (TokenSequences.Of([.. kept.Select(p => p.Pair)]), [.. kept.Select(p => p.Row)]);
    }

    /// <summary>Better and worse responses as tokens; null where there are none.</summary>
    /// <returns>The pairs, and how many rows were left out since a response is too long or both are alike.</returns>
    public static (PreferencePairs? Pairs, int LeftOut) EncodePairs(TextRow[] rows, Tokenizer tokenizer, PromptForm form, int length)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (rows.All(r => r.Chosen is null)) return (null, 0);
        var both = rows.Where(r => r.Chosen is not null && r.Rejected is not null && r.Chosen != r.Rejected)
            .Select(r => (Chosen: Pair(r.Prompt, r.Chosen!, tokenizer, form), Rejected: Pair(r.Prompt, r.Rejected!, tokenizer, form))).Where(p => Fits(p.Chosen, length) && Fits(p.Rejected, length)).ToArray();
        return (both.Length == 0 ? null : new(TokenSequences.Of([.. both.Select(p => p.Chosen)]), TokenSequences.Of([.. both.Select(p => p.Rejected)])), rows.Length - both.Length);
    }

    private static bool Fits((int[] Prompt, int[] Answer) pair, int length) => pair.Answer.Length > 0 && pair.Prompt.Length + pair.Answer.Length <= length;

    private static (int[] Prompt, int[] Answer) Pair(string prompt, string response, Tokenizer tokenizer, PromptForm form) => (form.Encode(tokenizer, prompt), Ended(tokenizer, response));

    private static int[] Ended(Tokenizer tokenizer, string text) => tokenizer.End is { } end ? [.. tokenizer.Encode(text), end] : tokenizer.Encode(text);
}
