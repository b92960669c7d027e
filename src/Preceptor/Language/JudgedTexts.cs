using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Language;

/// <summary>
/// Texts of which a share of the tokens was replaced by others of the same texts, as often as those have them; and how well a model tells which. That needs no threshold, so that models that judge tokens and models that say what comes next can be compared:
/// the former by the odds that they give, the latter by how little they expected a token.
/// </summary>
/// <param name="Texts">The texts.</param>
/// <param name="Wrong">Which tokens were replaced [texts][tokens].</param>
internal sealed record JudgedTexts(TokenSequences Texts, bool[][] Wrong)
{
    private const double Share = 0.15;

    /// <summary>Replaces tokens.</summary>
    /// <param name="sequences">The texts.</param>
    /// <param name="ends">Tokens that end a text.</param>
    /// <param name="random">The stream of a text.</param>
    public static JudgedTexts Of(TokenSequences sequences, IReadOnlyList<int> ends, Func<int, RandomStream> random)
    {
        int[] pool = [.. sequences.Tokens.Where(t => !ends.Contains(t))];
        var texts = new List<(int[], int[])>();
        var wrong = new List<bool[]>();
        for (var i = 0; i < sequences.Count; i++)
        {
            var (text, stream) = (sequences.Of(i).ToArray(), random(i));
            var changed = TextCorruption.With(text, TextCorruption.Draw(text, Share, ends, stream), _ => pool[stream.Next(pool.Length)]);
            texts.Add(([], changed));
            wrong.Add([.. changed.Select((t, p) => t != text[p])]); // a token in its own place is the original one
        }
        return new(TokenSequences.Of(texts), [.. wrong]);
    }

    /// <summary>The probability that a replaced token of a text is doubted more than one that was not [texts], ties counted half; ½ where all or none were.</summary>
    public double[] Detected(LanguageModel model, CancellationToken cancellation = default) => [.. model.Doubts(Texts, cancellation).Select((doubts, i) => Detected(doubts, Wrong[i]))];

    /// <summary>The probability that one of the wrong ones is doubted more than one of the others.</summary>
    internal static double Detected(double[] doubts, bool[] wrong)
    {
        var (replaced, others, won) = (doubts.Where((_, i) => wrong[i]).ToArray(), doubts.Where((_, i) => !wrong[i]).ToArray(), 0.0);
        foreach (var one in replaced)
            foreach (var other in others) won += one > other ? 1 : one == other ? 0.5 : 0;
        return replaced.Length == 0 || others.Length == 0 ? 0.5 : won / replaced.Length / others.Length;
    }
}
