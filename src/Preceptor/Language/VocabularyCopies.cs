using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Language;

/// <summary>
/// AugZero (Zhou, Jiang and Bansal 2023, section 4.3): copies of all training pairs, each in words of its own, so that what is learned must hold whatever the words are, and each pair is seen less often. No
/// grammar and no alignment is needed: in copy c every word w of prompts and responses becomes w_c. The tokens that end and pad texts stay. At <c>copies: 0</c> nothing changes.
/// </summary>
[Method("augzero", "Copies in new vocabularies (AugZero)", Paper = 58, Summary = "Adds copies of all training pairs with every word renamed, so that a model learns to compose and not to remember: write it before the method that trains.", Citation = "Zhou, Jiang & Bansal 2023")]
[Distributed]
[Version(1)]
public sealed class VocabularyCopies(VocabularyCopies.Options options) : IImprove<LanguageProblem>, INeeds<Responses>
{
    /// <summary>The options of AugZero.</summary>
    public sealed record Options
    {
        /// <summary>Copies.</summary>
        [Description("Copies of all training pairs, each with words of its own; an epoch grows with them")]
        [Range(0, 1000), Source("200 on SCAN in the released scripts (trainm200); less for one processor")]
        [Tried("5", "50")]
        public int Copies { get; set; } = 20;
    }

    /// <inheritdoc/>
    public LanguageProblem Improve(LanguageProblem problem, Run run)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(run);
        run.Uses(typeof(VocabularyCopies));
        if (options.Copies == 0) return problem;
        if (problem.FurtherTokens > 0) throw new RequestException("augzero: another step has already added tokens to the training sequences");
        int[] words = [.. problem.Train.Tokens.Distinct().Where(t => t != problem.Tokenizer.End && t != problem.Tokenizer.Padding).Order()];
        var train = problem.Train;
        var (tokens, count) = (train.Tokens.ToList(), options.Copies + 1);
        if ((long)train.Tokens.Length * count > Array.MaxLength) throw new RequestException($"method.copies: {options.Copies} copies of {train.Tokens.Length} tokens are more than can be kept; use fewer");
        tokens.EnsureCapacity(train.Tokens.Length * count);
        for (var copy = 1; copy < count; copy++)
        {
            var names = Renaming(words, problem.Tokenizer.Size, copy);
            tokens.AddRange(train.Tokens.Select(t => names.GetValueOrDefault(t, t)));
        }
        int[] Times(int[] numbers) => [.. Enumerable.Repeat(numbers, count).SelectMany(n => n)];
        return problem with
        {
            Train = new TokenSequences([.. tokens], Times(train.Lengths), Times(train.Prompts)),
            FurtherTokens = words.Length * options.Copies,
            Copies = options.Copies,
            Check = problem.Check is { } check ? check with { Wanted = [.. Enumerable.Repeat(check.Wanted, count).SelectMany(w => w)] } : null,
        };
    }

    /// <summary>What each word is called in a copy, from 1: a bijection onto tokens of no other copy.</summary>
    internal static Dictionary<int, int> Renaming(int[] words, int vocabulary, int copy) => words.Select((word, i) => (word, vocabulary + (copy - 1) * words.Length + i)).ToDictionary();
}
