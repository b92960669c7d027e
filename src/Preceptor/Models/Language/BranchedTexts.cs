using System.Runtime.InteropServices;
using Preceptor.Data;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>A text that branches: a beginning, what may follow it, and what may follow that; each is there once, however many texts go through it.</summary>
/// <param name="beginning">The tokens of the beginning, at least one.</param>
internal sealed class BranchedText(int[] beginning)
{
    private readonly List<int> tokens = [.. beginning];
    private readonly List<int> before = [.. Enumerable.Range(-1, beginning.Length)];
    private readonly List<(int First, int Count)> branches = [];

    /// <summary>The tokens of all.</summary>
    public IReadOnlyList<int> Tokens => tokens;

    /// <summary>The token before each, by its number; −1 for the first.</summary>
    public IReadOnlyList<int> Before => before;

    /// <summary>Where each branch's tokens are.</summary>
    public IReadOnlyList<(int First, int Count)> Branches => branches;

    /// <summary>The tokens that lead to one.</summary>
    public int[] Leading(int token)
    {
        var path = new List<int>();
        for (var at = before[token]; at >= 0; at = before[at]) path.Add(tokens[at]);
        return [.. Enumerable.Reverse(path)];
    }

    /// <summary>Adds a branch.</summary>
    /// <param name="behind">The branch that it follows; −1 for the beginning.</param>
    /// <param name="text">Its tokens, at least one.</param>
    /// <returns>Its number.</returns>
    public int Add(int behind, int[] text)
    {
        var last = behind < 0 ? beginning.Length - 1 : branches[behind].First + branches[behind].Count - 1;
        branches.Add((tokens.Count, text.Length));
        foreach (var token in text)
        {
            before.Add(last);
            last = tokens.Count;
            tokens.Add(token);
        }
        return branches.Count - 1;
    }
}

/// <summary>Reads texts that branch in one pass, in which a token attends to those that lead to it alone.</summary>
internal static class BranchedTexts
{
    /// <summary>Whether a network can read them: a decoder whose tokens have places of their own.</summary>
    public static bool Fit(TransformerOptions options) => options is { Architecture: LanguageArchitecture.Decoder, Positions: PositionKind.Rotary or PositionKind.Learned, Chunk: 0, PrefixAttention: false };

    /// <summary>The log-probability [Σ branches] of each branch given what leads to it, text by text.</summary>
    /// <param name="network">The network.</param>
    /// <param name="texts">The texts, at least one with a branch.</param>
    public static Tensor LogProbabilities(LanguageNetwork network, IReadOnlyList<BranchedText> texts)
    {
        var width = texts.Max(t => t.Tokens.Count);
        var (ids, ordinals, allowed) = (new long[texts.Count * width], new long[texts.Count * width], new bool[texts.Count * width * width]);
        var (places, targets, owners, branches) = (new List<long>(), new List<long>(), new List<long>(), 0);
        for (var row = 0; row < texts.Count; row++)
        {
            var (text, start) = (texts[row], row * width);
            Span<bool> Seen(int token) => allowed.AsSpan((start + token) * width, width);
            for (var i = 0; i < width; i++)
            {
                if (i < text.Tokens.Count && text.Before[i] is >= 0 and var last)
                {
                    Seen(last).CopyTo(Seen(i));
                    ordinals[start + i] = ordinals[start + last] + 1;
                }
                if (i < text.Tokens.Count) ids[start + i] = text.Tokens[i];
                Seen(i)[i] = true;
            }
            foreach (var (first, count) in text.Branches)
            {
                for (var i = first; i < first + count; i++)
                {
                    places.Add(start + text.Before[i]);
                    targets.Add(text.Tokens[i]);
                    owners.Add(branches);
                }
                branches++;
            }
        }
        Tensor Ids(List<long> of) => InputBuffer.Tensor<long>(CollectionsMarshal.AsSpan(of), ScalarType.Int64, of.Count);
        var pass = new TransformerPass
        {
            Allowed = InputBuffer.Tensor<bool>(allowed, ScalarType.Bool, texts.Count, 1, width, width),
            Ordinals = InputBuffer.Tensor<long>(ordinals, ScalarType.Int64, texts.Count, width),
        };
        var features = network.Features(InputBuffer.Tensor<long>(ids, ScalarType.Int64, texts.Count, width), pass);
        var logits = network.Logits(features.reshape(-1, features.shape[2]).index_select(0, Ids(places)));
        if (logits.dtype == ScalarType.BFloat16) logits = logits.to(ScalarType.Float32);
        var logs = nn.functional.log_softmax(logits, 1).gather(1, Ids(targets).unsqueeze(1)).squeeze(1);
        return zeros([branches], logs.dtype).index_add(0, Ids(owners), logs, 1);
    }

    /// <summary>The same by a model, without a gradient, in whatever way its network can.</summary>
    /// <param name="model">The model.</param>
    /// <param name="texts">The texts, at least one with a branch.</param>
    /// <param name="cancellation">Ends it.</param>
    public static double[] LogProbabilities(LanguageModel model, IReadOnlyList<BranchedText> texts, CancellationToken cancellation)
    {
        model.RequireCausal();
        cancellation.ThrowIfCancellationRequested();
        if (!Fit(model.Network.Options)) return [.. model.LogProbabilities(OneByOne(texts), cancellation).Select(l => l.Sum())];
        set_num_threads(model.Threads);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return [.. LogProbabilities(model.Network, texts).to(ScalarType.Float32).data<float>().ToArray().Select(l => (double)l)];
    }

    /// <summary>Each branch as a sequence of its own, behind what leads to it: for networks that read no others.</summary>
    public static TokenSequences OneByOne(IReadOnlyList<BranchedText> texts) => TokenSequences.Of([.. texts.SelectMany(t => t.Branches.Select(b => (t.Leading(b.First), (int[])[.. t.Tokens.Skip(b.First).Take(b.Count)])))]);
}
