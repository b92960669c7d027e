using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Language.BuiltIn;
using Preceptor.Models;

namespace Preceptor.Catalogue;

/// <summary>
/// The exam of missing words: gaps are made in texts, and a model is asked for them in every way that its tokens allow: to go on from what stands before a gap, or to fill gaps in; each announced by each denoiser's token, or by none. The way
/// that suits it best on the validation stories is that of the test. Counted are the missing words alone.
/// </summary>
internal static class MissingWordsExam
{
    private static readonly Probe[] Probes =
    [
        new("infill", "the words of short gaps", (length, random) => new Denoiser(DenoiserForm.Spans, 0.15, 3).Draw(length, random)),
        new("continuation", "the words of the last quarter", (length, _) => [(length - length / 4, length / 4)]),
        new("long-infill", "half of the words, in two gaps", (length, random) => new Denoiser(DenoiserForm.Spans, 0.5, Spans: 2).Draw(length, random)),
    ];

    /// <summary>What runs are judged by.</summary>
    internal static readonly Metric Missing = MeasuredScores.Metric("missing-loss", "nats a missing word, the mean over short gaps, the last quarter and long gaps", Better.Lower, 0, double.PositiveInfinity);

    /// <summary>The losses of short gaps, of the last quarter and of long gaps.</summary>
    internal static readonly Metric[] Losses = [.. Probes.Select(p => MeasuredScores.Metric($"{p.Name}-loss", $"nats a word: {p.Text}", Better.Lower, 0, double.PositiveInfinity))];

    /// <summary>The shares of those that are right word for word.</summary>
    internal static readonly Metric[] Exacts = [.. Probes.Select(p => MeasuredScores.Metric($"{p.Name}-exact", $"share of gaps whose likeliest words, one after the other, are all right: {p.Text}", Better.Higher, 0, 1))];

    // As many texts as the built-in stories have: each is asked in every way, six times over for its three probes.
    private const int Most = 200, Shortest = 8, Shown = 5;

    /// <summary>Puts the exam of missing words beside what is asked of plain text already.</summary>
    /// <param name="task">The problem, with its exam of what comes next.</param>
    /// <param name="validation">The texts by which a way to ask is chosen, as tokens.</param>
    /// <param name="test">Those of the exam.</param>
    /// <param name="seed">Draws the gaps.</param>
    /// <param name="asking">How a model is asked.</param>
    internal static ExamTask<LanguageProblem, LanguageModel> Of(ExamTask<LanguageProblem, LanguageModel> task, int[][] validation, int[][] test, ulong seed, StoriesProblem.Asking asking = StoriesProblem.Asking.Best)
    {
        Gaps[] Draw(int[][] texts, string what) => [.. Probes.Select((p, k) => new Gaps(texts, [.. texts.Select((t, i) => p.Draw(t.Length, RandomStream.Of(seed, "gaps-" + what, k, i)))]))];
        var (chosenBy, asked) = (Draw(validation, "validation"), Draw(test, "test"));
        return task with
        {
            Examine = model => Examine(model, chosenBy, asked, asking, task.Examine(model)),
            Validate = model => Examine(model, chosenBy, chosenBy, asking, task.Validate(model)),
            FurtherMetrics = [Missing, .. Losses, .. Exacts],
            Show = model => Show(model, chosenBy, asked, asking),
        };
    }

    /// <summary>The first of the texts that are long enough for gaps, without the tokens that end them.</summary>
    /// <exception cref="RequestException">There is none.</exception>
    internal static int[][] Texts(TokenSequences sequences, int? end, string what)
    {
        int[][] some = [.. Enumerable.Range(0, sequences.Count).Select(i => sequences.Of(i).ToArray()).Select(t => end is { } e && t.Length > 0 && t[^1] == e ? t[..^1] : t).Where(t => t.Length >= Shortest).Take(Most)];
        return some.Length > 0 ? some : throw new RequestException($"problem.exam: gaps: none of {sequences.Count} {what} texts has {Shortest} tokens or more");
    }

    private static MeasuredScores Examine(LanguageModel model, Gaps[] validation, Gaps[] asked, StoriesProblem.Asking asking, MeasuredScores plain)
    {
        // Texts that are asked for gaps may be fewer than those that are asked what comes next, which then counts as a whole.
        var items = plain.PerItem.Where(p => p.Value.Length == asked[0].Texts.Length).ToDictionary();
        for (var p = 0; p < Probes.Length; p++)
        {
            var way = Choose(model, validation[p], asking);
            items[Losses[p].Name] = Loss(model, asked[p], way);
            items[Exacts[p].Name] = [.. Answers(model, asked[p], way).Select((a, i) => a.Select((words, k) => words.SequenceEqual(asked[p].Words(i, k)) ? 1.0 : 0).Average())];
        }
        items[Missing.Name] = [.. Enumerable.Range(0, asked[0].Texts.Length).Select(i => Losses.Average(l => items[l.Name][i]))];
        return MeasuredScores.Of(items, plain.Values.Where(v => !items.ContainsKey(v.Key)).ToDictionary());
    }

    /// <summary>The way that suits a model best, or what is asked for in its place.</summary>
    private static Way Choose(LanguageModel model, Gaps validation, StoriesProblem.Asking asking)
    {
        var tokens = new DenoisingTokens(model.Tokenizer);
        string?[] modes = [null, .. MixtureOfDenoisers.Modes.Values.Where(m => tokens.Mode(m) is not null)];
        bool[] forms = tokens.Sentinels.Count >= validation.Spans.Max(s => s.Length) ? [false, true] : [false];
        var ways = forms.SelectMany(f => modes.Select(m => new Way(f, m))).Select(w => (Way: w, Loss: Loss(model, validation, w).Average())).ToArray();
        var best = ways.MinBy(w => w.Loss).Way;
        return asking switch
        {
            StoriesProblem.Asking.Unannounced => best with { Mode = null },
            StoriesProblem.Asking.Misannounced when ways.Where(w => w.Way.Fills == best.Fills && w.Way.Mode is not null && w.Way.Mode != best.Mode).ToArray() is { Length: > 0 } others => others.MaxBy(w => w.Loss).Way,
            _ => best,
        };
    }

    /// <summary>The sequences that a model is asked with: one for all gaps of a text where it fills in, one for each where it goes on.</summary>
    private static (int[] Prompt, int[] Answer)[][] Sequences(LanguageModel model, Gaps gaps, Way way)
    {
        var tokens = new DenoisingTokens(model.Tokenizer);
        int[] before = way.Mode is { } mode ? [tokens.Mode(mode)!.Value] : [];
        return [.. gaps.Texts.Select((text, i) =>
        {
            if (!way.Fills) return gaps.Spans[i].Select((s, k) => ((int[])[.. before, .. text[..s.Start]], gaps.Words(i, k))).ToArray();
            var (inputs, targets) = Denoiser.Cut(text, gaps.Spans[i], tokens.Sentinels);
            return [((int[])[.. before, .. inputs], targets)];
        })];
    }

    /// <summary>Nats a missing word, of each text.</summary>
    private static double[] Loss(LanguageModel model, Gaps gaps, Way way)
    {
        var sentinels = new DenoisingTokens(model.Tokenizer).Sentinels.ToHashSet();
        var asked = Sequences(model, gaps, way);
        var logs = new Queue<double[]>(model.LogProbabilities(TokenSequences.Of([.. asked.SelectMany(a => a)])));
        return [.. asked.Select(of => -of.SelectMany(a => logs.Dequeue().Where((_, t) => !sentinels.Contains(a.Answer[t]))).Average())];
    }

    /// <summary>The likeliest words of each text's gaps.</summary>
    private static int[][][] Answers(LanguageModel model, Gaps gaps, Way way)
    {
        var sentinels = new DenoisingTokens(model.Tokenizer).Sentinels;
        var asked = Sequences(model, gaps, way);
        var most = asked.Max(of => of.Max(a => a.Answer.Length)) + 1;
        var made = new Queue<Generation[]>(model.Generate([.. asked.SelectMany(of => of.Select(a => a.Prompt))], new() { MaxTokens = most }));
        return [.. gaps.Spans.Select(spans =>
        {
            if (!way.Fills) return spans.Select(s => made.Dequeue()[0].Tokens.Take(s.Length).ToArray()).ToArray();
            return Denoiser.Told([.. made.Dequeue()[0].Tokens], sentinels)[..spans.Length];
        })];
    }

    private static ReportParts Show(LanguageModel model, Gaps[] validation, Gaps[] test, StoriesProblem.Asking asking)
    {
        string Text(IEnumerable<int> words) => model.Tokenizer.Decode([.. words]);
        Table Of(int p)
        {
            var way = Choose(model, validation[p], asking);
            var some = new Gaps([.. test[p].Texts.Take(Shown)], [.. test[p].Spans.Take(Shown)]);
            return new($"{Probes[p].Text}, asked {(way.Fills ? "to fill in" : "to go on")}{(way.Mode is { } mode ? $" by {mode}" : "")}",
            [
                new TextColumn("text", [.. some.Texts.Select((t, i) => Text(t.Where((_, at) => some.Spans[i].All(s => at < s.Start || at >= s.Start + s.Length))))]),
                new TextColumn("missing", [.. some.Spans.Select((s, i) => string.Join(" / ", s.Select((_, k) => Text(some.Words(i, k)))))]),
                new TextColumn("answered", [.. Answers(model, some, way).Select(a => string.Join(" / ", a.Select(Text)))]),
            ]);
        }
        return new() { Tables = [.. Enumerable.Range(0, Probes.Length).Select(Of)] };
    }

    private sealed record Probe(string Name, string Text, Func<int, RandomStream, (int Start, int Length)[]> Draw);

    /// <summary>A way to ask.</summary>
    /// <param name="Fills">Whether gaps are to be filled in, and not gone on to from what stands before.</param>
    /// <param name="Mode">What announces it.</param>
    private sealed record Way(bool Fills, string? Mode);

    private sealed record Gaps(int[][] Texts, (int Start, int Length)[][] Spans)
    {
        public int[] Words(int text, int span) => Texts[text].AsSpan(Spans[text][span].Start, Spans[text][span].Length).ToArray();
    }
}
