using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Language;

/// <summary>Prompts, each with a better and a worse response.</summary>
public sealed record PreferencePairs : ISupervision
{
    /// <summary>Takes pairs.</summary>
    /// <param name="chosen">Prompts with their better responses.</param>
    /// <param name="rejected">The same prompts with their worse ones.</param>
    /// <exception cref="ArgumentException">There are not as many of both, or a prompt differs.</exception>
    public PreferencePairs(TokenSequences chosen, TokenSequences rejected)
    {
        ArgumentNullException.ThrowIfNull(chosen);
        ArgumentNullException.ThrowIfNull(rejected);
        if (chosen.Count != rejected.Count) throw new ArgumentException($"{chosen.Count} better responses and {rejected.Count} worse ones do not make pairs", nameof(rejected));
        for (var i = 0; i < chosen.Count; i++)
            if (!chosen.PromptOf(i).SequenceEqual(rejected.PromptOf(i))) throw new ArgumentException($"the responses of pair {i} are to different prompts", nameof(rejected));
        (Count, Both) = (chosen.Count, new([.. chosen.Tokens, .. rejected.Tokens], [.. chosen.Lengths, .. rejected.Lengths], [.. chosen.Prompts, .. rejected.Prompts]));
    }

    /// <summary>Pairs.</summary>
    public int Count { get; }

    /// <summary>The better sequences of all pairs, then the worse ones in the same order.</summary>
    public TokenSequences Both { get; }

    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint => Both.Fingerprint;
}
