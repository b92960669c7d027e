using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Language;

/// <summary>The control tokens of denoising that a tokenizer has: what stands for spans, and what announces a denoiser.</summary>
/// <param name="Tokenizer">The tokenizer.</param>
public sealed record DenoisingTokens(Tokenizer Tokenizer)
{
    /// <summary>The tokens that stand for the first span, the second, …</summary>
    public IReadOnlyList<int> Sentinels { get; } = [.. Enumerable.Range(0, int.MaxValue).Select(k => Tokenizer.Find(Sentinel(k))).TakeWhile(id => id is not null).Select(id => id!.Value)];

    /// <summary>The token that announces a denoiser; null where it has none of the name.</summary>
    public int? Mode(string name) => Tokenizer.Find(name);

    /// <summary>The name of what stands for a span, T5's.</summary>
    public static string Sentinel(int number) => string.Create(CultureInfo.InvariantCulture, $"<extra_id_{number}>");
}

/// <summary>Denoisers, one of which is drawn for each text, in each epoch anew.</summary>
/// <param name="Denoisers">The denoisers.</param>
/// <param name="Shares">How often each is drawn, relative to the others.</param>
[Version(1)]
public sealed record DenoiserMixture(IReadOnlyList<Denoiser> Denoisers, IReadOnlyList<double> Shares)
{
    /// <summary>A tokenizer with the control tokens that the denoisers need for texts of some lengths.</summary>
    public DenoisingTokens Extend(Tokenizer tokenizer, IEnumerable<int> lengths)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        int[] different = [.. lengths.Where(l => l > 1).Distinct()];
        var spans = Denoisers.Where(d => d.Form == DenoiserForm.Spans).SelectMany(d => different.Select(l => d.Counts(l).Spans)).DefaultIfEmpty(0).Max();
        return new(tokenizer.With([.. Denoisers.Select(d => d.Mode).OfType<string>().Distinct(), .. Enumerable.Range(0, spans).Select(DenoisingTokens.Sentinel)]));
    }

    /// <summary>What is read and what is to be said of a sequence. A text of a single token, of which nothing could be kept, is said as a whole.</summary>
    /// <param name="sequence">The sequence; the token that ends it, if one does, is no part of the text.</param>
    /// <param name="tokens">The control tokens.</param>
    /// <param name="ends">The tokens that end a text; the first ends what is to be said.</param>
    /// <param name="random">Draws the denoiser, then the spans.</param>
    public (int[] Inputs, int[] Targets) Make(ReadOnlySpan<int> sequence, DenoisingTokens tokens, IReadOnlyList<int> ends, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(ends);
        ArgumentNullException.ThrowIfNull(random);
        var denoiser = Denoisers[random.NextIndex([.. Shares])];
        var text = sequence.Length > 0 && ends.Contains(sequence[^1]) ? sequence[..^1] : sequence;
        if (denoiser.Form == DenoiserForm.Whole || text.Length < 2) return ([], sequence.ToArray());
        var spans = denoiser.Draw(text.Length, random);
        var (inputs, targets) = denoiser.Form == DenoiserForm.Suffix ? (text[..spans[0].Start].ToArray(), text[spans[0].Start..].ToArray()) : Denoiser.Cut(text, spans, tokens.Sentinels);
        return (denoiser.Mode is { } mode ? [tokens.Mode(mode)!.Value, .. inputs] : inputs, ends.Count > 0 ? [.. targets, ends[0]] : targets);
    }

    /// <summary>All sequences, each denoised once.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="tokens">The control tokens.</param>
    /// <param name="ends">The tokens that end a text.</param>
    /// <param name="random">The stream of a sequence.</param>
    public TokenSequences Make(TokenSequences sequences, DenoisingTokens tokens, IReadOnlyList<int> ends, Func<int, RandomStream> random)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(random);
        return TokenSequences.Of([.. Enumerable.Range(0, sequences.Count).Select(i => Make(sequences.Of(i), tokens, ends, random(i)))]);
    }
}
