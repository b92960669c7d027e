using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Control;

/// <summary>The words of scenes as tokens: those of a tokenizer, of which a word may take several, numbered anew without those that no word has; or one a word.</summary>
/// <param name="OfWords">The tokens of each word.</param>
/// <param name="InTokenizer">The number of each token in the tokenizer; empty where a word is its own token.</param>
public sealed record SceneTokens(int[][] OfWords, int[] InTokenizer)
{
    /// <summary>Tokens.</summary>
    public int Count => InTokenizer.Length > 0 ? InTokenizer.Length : OfWords.Length;

    /// <summary>Most tokens a word.</summary>
    public int Most => OfWords.Max(word => word.Length);

    /// <summary>The tokens of words as a tokenizer has them behind a blank; or, without one, a token a word.</summary>
    /// <exception cref="RequestException">The tokenizer does not know a word.</exception>
    public static SceneTokens Of(SceneForm form, Tokenizer? tokenizer)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (tokenizer is null) return new([.. Enumerable.Range(0, form.Words.Count).Select(word => (int[])[word])], []);
        int[][] all = [.. form.Words.Select(word => Encode(tokenizer, word))];
        int[] used = [.. all.SelectMany(tokens => tokens).Distinct()];
        var numbers = used.Select((token, i) => (token, i)).ToDictionary(p => p.token, p => p.i);
        return new([.. all.Select(tokens => tokens.Select(token => numbers[token]).ToArray())], used);
    }

    private static int[] Encode(Tokenizer tokenizer, string word)
    {
        var message = $"the language model does not know '{word}', a word of the scenes";
        try
        {
            if (tokenizer.Encode(" " + word, special: false) is { Length: > 0 } tokens && !(tokenizer is ListTokenizer { Unknown: { } unknown } && tokens.Contains(unknown))) return tokens;
        }
        catch (RequestException fault)
        {
            throw new RequestException(message, fault);
        }
        throw new RequestException(message);
    }

    /// <summary>The tokens of some words, 0 for none [words × most].</summary>
    internal int Write(ReadOnlySpan<float> words, Span<long> into)
    {
        var count = 0;
        foreach (var word in words)
            if (word > 0)
                foreach (var token in OfWords[(int)word - 1]) into[count++] = token;
        return count;
    }
}
