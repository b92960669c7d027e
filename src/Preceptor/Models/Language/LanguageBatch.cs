using Preceptor.Data;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>
/// Some sequences as a network reads them. A decoder reads prompt and answer as one sequence, an encoder–decoder the prompt in its encoder and the answer in its decoder;
/// either way there is one row of logits for each token that is to be predicted. Buffers are managed and used again; tensors belong to the caller's scope.
/// </summary>
public sealed class LanguageBatch
{
    private readonly bool hasEncoder;
    private readonly int start;
    private int[] rows = [], answers = [];
    private long[] prefixes = [], inputs = [], prompt = [], promptReal = [], places = [], targets = [];
    private int width, promptWidth, targetCount;
    private bool hasPadding, hasPromptPadding;

    /// <summary>An empty batch.</summary>
    /// <param name="architecture">The network's.</param>
    /// <param name="start">What a decoder behind an encoder begins with.</param>
    public LanguageBatch(LanguageArchitecture architecture, int start) => (hasEncoder, this.start) = (architecture == LanguageArchitecture.EncoderDecoder, start);

    /// <summary>Sequences in the batch.</summary>
    public int Count => rows.Length;

    /// <summary>Which sequences they are.</summary>
    public ReadOnlySpan<int> Rows => rows;

    /// <summary>Tokens that are to be predicted, N.</summary>
    public int TargetCount => targetCount;

    /// <summary>Tokens a row of what the decoder reads, T.</summary>
    public int Width => width;

    /// <summary>What the decoder reads [B × T], padded on the right; a method may change it before it asks for logits.</summary>
    public Span<long> Inputs => inputs.AsSpan(0, Count * width);

    /// <summary>What the encoder reads [B × M], padded on the right; empty without an encoder.</summary>
    public Span<long> Prompt => prompt.AsSpan(0, Count * promptWidth);

    /// <summary>A row's tokens that are given, where the network reads them; a method may change them as well.</summary>
    public Span<long> PromptOf(int row) => hasEncoder ? prompt.AsSpan(row * promptWidth, (int)prefixes[row]) : inputs.AsSpan(row * width, (int)prefixes[row]);

    /// <summary>The tokens that are to be predicted [N], a sequence after the other.</summary>
    public ReadOnlySpan<long> TargetTokens => targets.AsSpan(0, targetCount);

    /// <summary>Where, among the places of what the decoder reads [B × T], each of them is predicted [N].</summary>
    public ReadOnlySpan<long> TargetPlaces => places.AsSpan(0, targetCount);

    /// <summary>How many tokens of each sequence are to be predicted [B].</summary>
    public ReadOnlySpan<int> AnswerLengths => answers;

    /// <summary>Fills the batch.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="chosen">Which of them.</param>
    public void Fill(TokenSequences sequences, ReadOnlySpan<int> chosen)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (rows.Length != chosen.Length) (rows, answers, prefixes) = (new int[chosen.Length], new int[chosen.Length], new long[chosen.Length]);
        chosen.CopyTo(rows);
        (width, promptWidth, targetCount) = (1, hasEncoder ? 1 : 0, 0);
        foreach (var row in rows)
        {
            var (length, given) = (sequences.Lengths[row], sequences.Prompts[row]);
            width = Math.Max(width, hasEncoder ? length - given : length - 1);
            if (hasEncoder) promptWidth = Math.Max(promptWidth, given);
        }
        Clear(ref inputs, Count * width);
        Clear(ref prompt, Count * promptWidth);
        Clear(ref promptReal, Count * promptWidth);
        (hasPadding, hasPromptPadding) = (false, false);
        for (var i = 0; i < rows.Length; i++) Fill(sequences, i);
    }

    /// <summary>Features [N, D] of the places where tokens are to be predicted.</summary>
    /// <param name="network">The network.</param>
    /// <param name="change">Changes the pass, such as to one with plain attention; null for none.</param>
    public Tensor Features(LanguageNetwork network, Func<TransformerPass, TransformerPass>? change = null) => AtTargets(network.Features(InputIds(), Pass(network, change)));

    /// <summary>Logits [N, V] of the tokens that are to be predicted.</summary>
    /// <param name="network">The network.</param>
    /// <param name="change">Changes the pass, such as to one with plain attention; null for none.</param>
    public Tensor Logits(LanguageNetwork network, Func<TransformerPass, TransformerPass>? change = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.Logits(Features(network, change));
    }

    /// <summary>The log-probability [N] of each token that is to be predicted.</summary>
    /// <param name="network">The network.</param>
    public Tensor LogProbabilities(LanguageNetwork network) => nn.functional.log_softmax(Exact(Logits(network)), 1).gather(1, Targets().unsqueeze(1)).squeeze(1);

    /// <summary>What the tokens of the batch may attend to; the prompt is encoded for it where there is an encoder.</summary>
    public TransformerPass Pass(LanguageNetwork network, Func<TransformerPass, TransformerPass>? change = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        var pass = TransformerPass.Causal;
        if (hasEncoder)
        {
            var real = hasPromptPadding ? InputBuffer.Tensor<long>(promptReal.AsSpan(0, Count * promptWidth), ScalarType.Int64, Count, promptWidth) : null;
            pass = pass with { Memory = network.Encode(InputBuffer.Tensor<long>(Prompt, ScalarType.Int64, Count, promptWidth), real), MemoryReal = real };
        }
        else if (network.Options.PrefixAttention && prefixes.AsSpan().ContainsAnyExcept(0L)) pass = pass with { Prefix = InputBuffer.Tensor<long>(prefixes, ScalarType.Int64, Count) };
        // Padding stands after all that is real, so that no causal place sees it.
        return change?.Invoke(pass) ?? pass;
    }

    /// <summary>What the decoder reads [B, T].</summary>
    public Tensor InputIds() => InputBuffer.Tensor<long>(Inputs, ScalarType.Int64, Count, width);

    /// <summary>Rows [N, D] of features [B, T, D], those of places where tokens are to be predicted.</summary>
    public Tensor AtTargets(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var flat = features.reshape(-1, features.shape[^1]);
        // Where every place is predicted there is nothing to choose.
        return targetCount == Count * width && !hasPadding ? flat : flat.index_select(0, InputBuffer.Tensor<long>(TargetPlaces, ScalarType.Int64, targetCount));
    }

    /// <summary>The tokens that are to be predicted [N].</summary>
    public Tensor Targets() => InputBuffer.Tensor<long>(TargetTokens, ScalarType.Int64, targetCount);

    /// <summary>Sums [B] over each sequence of numbers [N], one a token that is to be predicted.</summary>
    public Tensor SumOfEach(Tensor numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        var owners = new long[targetCount];
        for (var (i, at) = (0, 0); i < Count; i++)
            for (var k = 0; k < answers[i]; k++) owners[at++] = i;
        return zeros([Count], numbers.dtype).index_add(0, InputBuffer.Tensor<long>(owners, ScalarType.Int64, targetCount), numbers, 1);
    }

    private void Fill(TokenSequences sequences, int row)
    {
        var given = sequences.Prompts[rows[row]];
        var all = sequences.Of(rows[row]);
        var into = inputs.AsSpan(row * width, width);
        int first, read;
        if (hasEncoder)
        {
            for (var i = 0; i < given; i++) (prompt[row * promptWidth + i], promptReal[row * promptWidth + i]) = (all[i], 1);
            // A prompt without a token is one of padding, which must be there to be attended to.
            if (given == 0) promptReal[row * promptWidth] = 1;
            hasPromptPadding |= Math.Max(1, given) < promptWidth;
            (first, read) = (given, all.Length - given);
            into[0] = start;
            for (var i = 1; i < read; i++) into[i] = all[given + i - 1];
        }
        else
        {
            // The first token of a sequence has nothing before it, so it is given.
            (first, read) = (Math.Max(1, given), all.Length - 1);
            for (var i = 0; i < read; i++) into[i] = all[i];
        }
        hasPadding |= read < width;
        (answers[row], prefixes[row]) = (all.Length - first, given);
        if (targets.Length < targetCount + answers[row])
        {
            Array.Resize(ref targets, Math.Max(256, 2 * (targetCount + answers[row])));
            Array.Resize(ref places, targets.Length);
        }
        for (var i = first; i < all.Length; i++) (targets[targetCount], places[targetCount++]) = (all[i], row * width + i - (hasEncoder ? first : 1));
    }

    private static Tensor Exact(Tensor logits) => logits.dtype == ScalarType.BFloat16 ? logits.to(ScalarType.Float32) : logits;

    private static void Clear(ref long[] buffer, int count)
    {
        if (buffer.Length < count) buffer = new long[2 * count];
        Array.Clear(buffer, 0, count);
    }
}
