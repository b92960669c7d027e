using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Reasoning;

/// <summary>How solutions are drawn.</summary>
/// <param name="Temperature">The temperature; 0 takes the likeliest token.</param>
/// <param name="TopK">Only the likeliest so many tokens are drawn; 0 for all.</param>
/// <param name="MaxTokens">Most tokens of a whole solution.</param>
/// <param name="Seed">Decides what is drawn.</param>
internal readonly record struct Drawing(double Temperature, int TopK, int MaxTokens, ulong Seed);

/// <summary>Draws solutions from a policy, many side by side: those of one beginning share what was read of it. What is drawn depends on seed, beginning and number, not on neighbours.</summary>
/// <param name="policy">The policy.</param>
/// <param name="verifier">A verifier whose network has the policy's weights, so that steps are valued as they are drawn, and nothing is read twice; null for none.</param>
[Version(1)]
internal sealed class SolutionSampler(LanguageModel policy, SolutionVerifier? verifier = null)
{
    private readonly bool[] endsStep = EndsOfSteps(policy.Tokenizer);

    /// <summary>What drawing has cost so far.</summary>
    public SolvingCost Cost { get; private set; }

    /// <summary>Whether a step ends at a token: whether there is a line break in it.</summary>
    public bool EndsStep(int token) => endsStep[token];

    /// <summary>Solutions of questions [questions][samples].</summary>
    /// <param name="prompts">The questions' tokens.</param>
    /// <param name="samples">Solutions a question.</param>
    /// <param name="drawing">How.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    public Solution[][] Draw(IReadOnlyList<int[]> prompts, int samples, Drawing drawing, CancellationToken cancellation) =>
        GoOn(prompts, [.. prompts.Select(_ => Array.Empty<int>())], samples, drawing, isOver: null, judge: null, cancellation);

    /// <summary>What beginnings of solutions become with a step more [beginnings][samples].</summary>
    /// <param name="prompts">The questions' tokens, a row a beginning.</param>
    /// <param name="begun">The tokens of the beginnings.</param>
    /// <param name="samples">Next steps of each.</param>
    /// <param name="drawing">How.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    public Solution[][] Step(IReadOnlyList<int[]> prompts, IReadOnlyList<int[]> begun, int samples, Drawing drawing, CancellationToken cancellation) =>
        GoOn(prompts, begun, samples, drawing, (_, tokens) => endsStep[tokens[^1]], verifier, cancellation);

    /// <summary>What beginnings of solutions become [beginnings][samples].</summary>
    /// <param name="prompts">The questions' tokens, a row a beginning.</param>
    /// <param name="begun">The tokens of the beginnings.</param>
    /// <param name="samples">Continuations of each.</param>
    /// <param name="drawing">How.</param>
    /// <param name="isOver">Says after each token whether a continuation is over; null: when it ends.</param>
    /// <param name="judge">Values them at their ends; its network has the policy's weights. Null for nobody.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    public Solution[][] GoOn(IReadOnlyList<int[]> prompts, IReadOnlyList<int[]> begun, int samples, Drawing drawing, Func<int, IReadOnlyList<int>, bool>? isOver, SolutionVerifier? judge, CancellationToken cancellation)
    {
        var longest = begun.Count == 0 ? 0 : begun.Min(b => b.Length);
        var options = new GenerationOptions { Samples = samples, Temperature = drawing.Temperature, TopK = drawing.TopK, MaxTokens = Math.Max(1, drawing.MaxTokens - longest), Seed = drawing.Seed };
        // Beginnings may be of different lengths, and a whole solution has one limit.
        bool IsOver(int row, IReadOnlyList<int> tokens) => begun[row / samples].Length + tokens.Count >= drawing.MaxTokens || isOver?.Invoke(row, tokens) == true;
        var made = policy.Generate([.. prompts.Zip(begun, (p, b) => (int[])[.. p, .. b])], options, IsOver, judge is null ? null : judge.Head.forward, cancellation);
        Cost += new SolvingCost(made.Sum(of => of.Sum(g => (long)g.LogProbabilities.Count)), made.Sum(of => (long)of.Length), made.Sum(of => of.Count(g => g.Judgement is not null)));
        return [.. made.Select((of, row) => of.Select(g => Whole(begun[row], g) with { Value = g.Judgement is { } judgement ? judge!.Ranged(judgement) : null }).ToArray())];
    }

    /// <summary>How many tokens of a solution each of its steps ends with: its line breaks, and its end.</summary>
    public int[] StepEnds(IReadOnlyList<int> tokens) => [.. Enumerable.Range(1, tokens.Count).Where(n => n == tokens.Count || endsStep[tokens[n - 1]] && !IsEnd(tokens, n))];

    // The line break just before the end belongs to the last step.
    private bool IsEnd(IReadOnlyList<int> tokens, int count) => count == tokens.Count - 1 && policy.Ends.Contains(tokens[count]);

    private Solution Whole(int[] begun, Generation made)
    {
        int[] text = [.. begun, .. made.Tokens];
        return new(made.Ended ? [.. text, policy.Ends[0]] : text, policy.Tokenizer.Decode(text), made.Ended) { LogProbability = made.LogProbabilities.Sum() };
    }

    private static bool[] EndsOfSteps(Tokenizer tokenizer) => [.. Enumerable.Range(0, tokenizer.Size).Select(t => tokenizer.Decode([t]).Contains('\n', StringComparison.Ordinal))];
}
