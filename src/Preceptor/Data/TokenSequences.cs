using System.Runtime.InteropServices;
using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Data;

/// <summary>Sequences of tokens, one after the other in memory; the first tokens of each may be given, as a prompt, and are then not to be predicted.</summary>
public sealed class TokenSequences
{
    private readonly int[] starts;

    /// <summary>Takes sequences.</summary>
    /// <param name="tokens">The tokens of all sequences [Σ length].</param>
    /// <param name="lengths">Tokens of each, at least 1 [N].</param>
    /// <param name="prompts">How many first tokens of each are given, fewer than its length [N].</param>
    /// <exception cref="ArgumentException">The numbers do not fit each other.</exception>
    public TokenSequences(int[] tokens, int[] lengths, int[] prompts)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(prompts);
        if (lengths.Length != prompts.Length || lengths.Sum(l => (long)l) != tokens.Length) throw new ArgumentException($"{tokens.Length} tokens do not make {lengths.Length} sequences of the given lengths", nameof(lengths));
        for (var i = 0; i < lengths.Length; i++)
            if (lengths[i] < 1 || prompts[i] < 0 || prompts[i] >= lengths[i]) throw new ArgumentException($"sequence {i} has {lengths[i]} tokens, of which {prompts[i]} are given", nameof(prompts));
        (Tokens, Lengths, Prompts, starts) = (tokens, lengths, prompts, new int[lengths.Length]);
        for (var i = 1; i < starts.Length; i++) starts[i] = starts[i - 1] + lengths[i - 1];
    }

    /// <summary>Makes sequences of prompts and what follows each.</summary>
    public static TokenSequences Of(IReadOnlyList<(int[] Prompt, int[] Answer)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return new([.. pairs.SelectMany(p => p.Prompt.Concat(p.Answer))], [.. pairs.Select(p => p.Prompt.Length + p.Answer.Length)], [.. pairs.Select(p => p.Prompt.Length)]);
    }

    /// <summary>Cuts texts, joined one after the other, into sequences of a length; the last is shorter.</summary>
    /// <param name="texts">Each text's tokens, with the token that ends it.</param>
    /// <param name="length">Tokens a sequence, at least 2.</param>
    public static TokenSequences Pack(IEnumerable<int[]> texts, int length)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        int[] all = [.. texts.SelectMany(t => t)];
        // Each sequence but the first begins with the last token of the one before, so that every token but the first is predicted once.
        var (tokens, lengths) = (new List<int>(all.Length + all.Length / length + 1), new List<int>());
        for (var start = 0; start < all.Length - 1; start += length - 1)
        {
            var count = Math.Min(length, all.Length - start);
            tokens.AddRange(all.AsSpan(start, count));
            lengths.Add(count);
        }
        return new([.. tokens], [.. lengths], new int[lengths.Count]);
    }

    /// <summary>The tokens of all sequences.</summary>
    public int[] Tokens { get; }

    /// <summary>Tokens of each sequence.</summary>
    public int[] Lengths { get; }

    /// <summary>How many first tokens of each are given.</summary>
    public int[] Prompts { get; }

    /// <summary>How many sequences there are.</summary>
    public int Count => Lengths.Length;

    /// <summary>The longest sequence's tokens; 0 without any.</summary>
    public int Longest => Lengths.Length == 0 ? 0 : Lengths.Max();

    /// <summary>A hash of all that is in it.</summary>
    public string Fingerprint => Contents.Hash(Encoding.UTF8.GetBytes(string.Join('|', Contents.Hash(MemoryMarshal.AsBytes<int>(Tokens)), Contents.Hash(MemoryMarshal.AsBytes<int>(Lengths)), Contents.Hash(MemoryMarshal.AsBytes<int>(Prompts)))));

    /// <summary>A sequence's tokens.</summary>
    public ReadOnlySpan<int> Of(int sequence) => Tokens.AsSpan(starts[sequence], Lengths[sequence]);

    /// <summary>Those of them that are given.</summary>
    public ReadOnlySpan<int> PromptOf(int sequence) => Tokens.AsSpan(starts[sequence], Prompts[sequence]);

    /// <summary>What is given of some sequences, in arrays of their own.</summary>
    public int[][] PromptsOf(IEnumerable<int> sequences) => [.. sequences.Select(i => PromptOf(i).ToArray())];

    /// <summary>Those that are to be predicted, but for the first token of a sequence without a prompt.</summary>
    public ReadOnlySpan<int> AnswerOf(int sequence) => Of(sequence)[Prompts[sequence]..];

    /// <summary>The same sequences with a token behind each, which alone is to be predicted: at its place a network has read all of the sequence.</summary>
    public TokenSequences Whole(int behind = 0) => Of([.. Enumerable.Range(0, Count).Select(i => (Of(i).ToArray(), (int[])[behind]))]);

    /// <summary>Some of the sequences, in the order given.</summary>
    public TokenSequences Take(IReadOnlyList<int> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return new([.. sequences.SelectMany(i => new ArraySegment<int>(Tokens, starts[i], Lengths[i]))], [.. sequences.Select(i => Lengths[i])], [.. sequences.Select(i => Prompts[i])]);
    }
}
