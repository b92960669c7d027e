using Preceptor.Foundation;

namespace Preceptor.Language;

/// <summary>What of a text is to be said.</summary>
public enum DenoiserForm
{
    /// <summary>Spans that are cut out of it, each announced by the token that stands in its place.</summary>
    Spans,

    /// <summary>What follows its beginning.</summary>
    Suffix,

    /// <summary>All of it.</summary>
    Whole,
}

/// <summary>
/// One way to make a task of a text (Tay et al. 2023, section 3.1; the spans as Raffel et al. 2020 draw them): SpanCorrupt(μ, r, n) takes a share r of the tokens away in n spans, or in as many as have μ tokens on the mean. The lengths of what is kept and of
/// what is taken are each uniform over all ways to divide them, and a kept part comes first and a taken one last: the first token is always kept, and a single span is a suffix.
/// </summary>
/// <param name="Form">What is to be said.</param>
/// <param name="Rate">The share of the tokens that is taken away, r; 1 for the whole.</param>
/// <param name="MeanSpan">Tokens a span on the mean, μ; where there are fewer than twice as many tokens, half of those.</param>
/// <param name="Spans">The spans, n; 0: as many as the mean makes.</param>
[Version(1)]
public sealed record Denoiser(DenoiserForm Form, double Rate, double MeanSpan = 0, int Spans = 0)
{
    /// <summary>The token that announces it; null for none.</summary>
    public string? Mode { get; init; }

    /// <summary>Whether a suffix begins anywhere, its share uniform up to twice the rate, and not always at the same place.</summary>
    public bool SplitsAnywhere { get; init; }

    /// <summary>How many tokens of a text are taken away, and in how many spans.</summary>
    /// <param name="length">Tokens of the text, at least 2.</param>
    public (int Noise, int Spans) Counts(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        var noise = Math.Clamp((int)Math.Round(length * Rate), 1, length - 1);
        var spans = Form != DenoiserForm.Spans ? 1 : Spans > 0 ? Spans : Math.Max(1, (int)Math.Round(noise / Math.Min(MeanSpan, length / 2.0)));
        return (noise, Math.Min(spans, Math.Min(noise, length - noise)));
    }

    /// <summary>The most tokens of inputs and targets together.</summary>
    /// <param name="length">Tokens of the text.</param>
    public int MostTokens(int length) => Form == DenoiserForm.Whole || length < 2 ? length + 1 : length + 2 + (Form == DenoiserForm.Spans ? 2 * Counts(length).Spans : 0);

    /// <summary>Where the spans of a text are: the first token of each, and their lengths; one after the other.</summary>
    public (int Start, int Length)[] Draw(int length, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var (noise, spans) = Counts(length);
        if (Form == DenoiserForm.Suffix)
        {
            if (SplitsAnywhere) noise = Math.Min(1 + random.Next(2 * noise - 1), length - 1);
            return [(length - noise, noise)];
        }
        var (taken, kept) = (Compose(noise, spans, random), Compose(length - noise, spans, random));
        var places = new (int, int)[spans];
        for (var (i, at) = (0, 0); i < spans; i++)
        {
            places[i] = (at + kept[i], taken[i]);
            at += kept[i] + taken[i];
        }
        return places;
    }

    /// <summary>A number as a sum of positive ones, all such sums equally likely.</summary>
    public static int[] Compose(int total, int parts, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(total, parts);
        // A sum is where the other parts begin: some of the places behind the first, none twice.
        var lengths = new int[parts];
        for (var (place, part) = (0, 0); place < total; place++)
        {
            if (place > 0 && random.Next(total - place) < parts - 1 - part) part++;
            lengths[part]++;
        }
        return lengths;
    }

    /// <summary>What is read, and what is to be said, when spans are taken away.</summary>
    /// <param name="text">The text's tokens.</param>
    /// <param name="spans">Where the spans are, as <see cref="Draw"/> has them.</param>
    /// <param name="sentinels">The tokens that stand for spans, as many as there are at least.</param>
    public static (int[] Inputs, int[] Targets) Cut(ReadOnlySpan<int> text, ReadOnlySpan<(int Start, int Length)> spans, IReadOnlyList<int> sentinels)
    {
        ArgumentNullException.ThrowIfNull(sentinels);
        var (inputs, targets, at) = (new List<int>(text.Length), new List<int>(text.Length), 0);
        for (var i = 0; i < spans.Length; i++)
        {
            inputs.AddRange(text[at..spans[i].Start]);
            inputs.Add(sentinels[i]);
            targets.Add(sentinels[i]);
            at = spans[i].Start + spans[i].Length;
            targets.AddRange(text[spans[i].Start..at]);
        }
        inputs.AddRange(text[at..]);
        return ([.. inputs], [.. targets]);
    }

    /// <summary>The spans that targets tell, by their sentinels' numbers; none for those that they do not tell.</summary>
    public static int[][] Told(ReadOnlySpan<int> targets, IReadOnlyList<int> sentinels)
    {
        ArgumentNullException.ThrowIfNull(sentinels);
        var (spans, number) = (sentinels.Select(_ => new List<int>()).ToArray(), sentinels.Select((s, i) => (s, i)).ToDictionary(p => p.s, p => p.i));
        List<int>? open = null;
        foreach (var token in targets)
            if (number.TryGetValue(token, out var i)) open = spans[i];
            else open?.Add(token);
        return [.. spans.Select(s => s.ToArray())];
    }

    /// <summary>The text that inputs and targets are of.</summary>
    public static int[] Restore(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, IReadOnlyList<int> sentinels)
    {
        ArgumentNullException.ThrowIfNull(sentinels);
        var (spans, number) = (Told(targets, sentinels), sentinels.Select((s, i) => (s, i)).ToDictionary(p => p.s, p => p.i));
        var text = new List<int>(inputs.Length + targets.Length);
        foreach (var token in inputs)
            if (number.TryGetValue(token, out var i)) text.AddRange(spans[i]);
            else text.Add(token);
        return [.. text];
    }
}
