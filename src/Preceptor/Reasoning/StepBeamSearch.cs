using Preceptor.Foundation;

namespace Preceptor.Reasoning;

/// <summary>
/// A search over the steps of a solution (Yu et al. 2024, section 3.3): to each of B beginnings K/B next steps are drawn, and of the K results the B that a value likes best are kept. A finished solution
/// stays among them and competes with its score; when all that are kept are finished, or the limit of steps is reached, the best is given. Or it leaves them, and fewer are kept from then on (AlphaMath, Chen et al. 2024,
/// section 3.4, SBS(B, K/B)): then a question begins with one beginning, and of the finished that were kept the best is given. All questions are searched side by side.
/// </summary>
/// <param name="sampler">Draws steps.</param>
/// <param name="value">What is thought of solutions and their beginnings at their ends, by the questions' tokens and their own.</param>
/// <param name="whole">The score of a solution, or of a beginning, by what was thought at the end of each step.</param>
[Version(1)]
internal sealed class StepBeamSearch(SolutionSampler sampler, Func<IReadOnlyList<int[]>, IReadOnlyList<int[]>, double[]> value, Func<IReadOnlyList<double>, double> whole)
{
    /// <summary>Beginnings that are kept, B.</summary>
    public required int Beams { get; init; }

    /// <summary>Next steps that are drawn at a time, K: K/B, rounded down, of each beginning.</summary>
    public required int Samples { get; init; }

    /// <summary>Most steps, the depth of the search.</summary>
    public required int MaxDepth { get; init; }

    /// <summary>Whether equal beginnings are kept once, as long as there are others.</summary>
    public bool IsUnique { get; init; }

    /// <summary>Whether a solution that is finished, and kept, leaves its place, so that fewer beginnings are kept from then on.</summary>
    public bool FinishedLeave { get; init; }

    /// <summary>The beams of each question at the end, the best first [questions][B]; where the finished leave, those in the order of their scores before what never ended.</summary>
    /// <param name="prompts">The questions' tokens.</param>
    /// <param name="drawing">How steps are drawn.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    public Solution[][] Search(IReadOnlyList<int[]> prompts, Drawing drawing, CancellationToken cancellation)
    {
        var beams = prompts.Select(_ => Enumerable.Repeat(new Solution([], "", false), FinishedLeave ? 1 : Beams).ToArray()).ToArray();
        var left = prompts.Select(_ => new List<Solution>()).ToArray();
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            int[] open = [.. Enumerable.Range(0, prompts.Count).Where(q => beams[q].Any(s => IsOpen(s, drawing)))];
            if (open.Length == 0) break;
            var next = Grown(prompts, beams, open, drawing with { Seed = RandomStream.Key(drawing.Seed, "beam", depth) }, cancellation);
            foreach (var (question, pool) in next)
            {
                Solution[] kept = [.. Select([.. pool.Select(s => s.Tokens)], [.. pool.Select(s => s.Score)], Beams - left[question].Count, IsUnique).Select(i => pool[i])];
                if (FinishedLeave) left[question].AddRange(kept.Where(s => !IsOpen(s, drawing)));
                beams[question] = FinishedLeave ? [.. kept.Where(s => IsOpen(s, drawing))] : kept;
            }
        }
        return [.. left.Zip(beams, (gone, stayed) => (Solution[])[.. gone.OrderByDescending(s => s.IsFinished).ThenByDescending(s => s.Score), .. stayed])];
    }

    /// <summary>Which of a pool are kept, the best first; of equal scores the first.</summary>
    /// <param name="pool">The tokens of each.</param>
    /// <param name="scores">The score of each.</param>
    /// <param name="kept">How many are kept.</param>
    /// <param name="isUnique">Whether those equal to an earlier one come behind all others.</param>
    public static int[] Select(IReadOnlyList<IReadOnlyList<int>> pool, IReadOnlyList<double> scores, int kept, bool isUnique)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        bool[] repeats = [.. pool.Select(tokens => isUnique && !seen.Add(string.Join(' ', tokens)))];
        return [.. Enumerable.Range(0, pool.Count).OrderBy(i => repeats[i]).ThenByDescending(i => scores[i]).ThenBy(i => i).Take(kept)];
    }

    private static bool IsOpen(Solution solution, Drawing drawing) => !solution.IsFinished && solution.Tokens.Count < drawing.MaxTokens;

    // The pool of each open question: what is over already, and K/B next steps of each beginning. Equal beginnings draw together, or they would draw the same.
    private Dictionary<int, Solution[]> Grown(IReadOnlyList<int[]> prompts, Solution[][] beams, int[] open, Drawing drawing, CancellationToken cancellation)
    {
        var begun = open.SelectMany(q => beams[q].Where(s => IsOpen(s, drawing)).GroupBy(s => string.Join(' ', s.Tokens), StringComparer.Ordinal).Select(g => (Question: q, From: g.First(), Copies: g.Count()))).ToArray();
        var drawn = open.ToDictionary(q => q, _ => new List<Solution>());
        foreach (var alike in begun.GroupBy(b => b.Copies).OrderBy(g => g.Key))
        {
            var rows = alike.ToArray();
            var grown = sampler.Step([.. rows.Select(r => prompts[r.Question])], [.. rows.Select(r => r.From.Tokens.ToArray())], alike.Key * (Samples / Beams), drawing, cancellation);
            for (var row = 0; row < rows.Length; row++) drawn[rows[row].Question].AddRange(grown[row].Select(s => s with { StepScores = rows[row].From.StepScores }));
        }
        cancellation.ThrowIfCancellationRequested();
        var fresh = open.SelectMany(q => drawn[q].Where(s => s.Value is null).Select(s => (Prompt: prompts[q], Tokens: s.Tokens.ToArray()))).ToArray();
        var values = new Queue<double>(value([.. fresh.Select(f => f.Prompt)], [.. fresh.Select(f => f.Tokens)]));
        Solution Scored(Solution solution)
        {
            double[] steps = [.. solution.StepScores, solution.Value ?? values.Dequeue()];
            return solution with { StepScores = steps, Score = whole(steps) };
        }
        return open.ToDictionary(q => q, q => (Solution[])[.. beams[q].Where(s => !IsOpen(s, drawing)), .. drawn[q].Select(Scored)]);
    }
}
