using Microsoft.Extensions.Logging;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Reasoning;

/// <summary>Solutions out of the trees of training questions, each with what the search found its steps to be worth. Some questions are searched at a time; what was found is kept across interruptions.</summary>
/// <param name="problem">The problem.</param>
/// <param name="run">The run.</param>
/// <param name="policy">What proposes steps.</param>
/// <param name="verifier">What values them, its network with the policy's weights; null before anything was learned: then all are worth 0 until an answer is found.</param>
/// <param name="settings">How trees are searched.</param>
[Version(1)]
internal sealed class TreePaths(ReasoningProblem problem, Run run, LanguageModel policy, SolutionVerifier? verifier, TreeSearchSettings settings)
{
    /// <summary>Questions that are searched at a time.</summary>
    public required int Together { get; init; }

    /// <summary>Searches, and takes solutions out of the trees.</summary>
    /// <param name="options">Says which questions, at which temperature, and how many solutions of each.</param>
    /// <exception cref="WorkException">No solution that was found is right.</exception>
    public RatedSolutions Find(TreeSearchSupervision.Options options)
    {
        foreach (var type in new[] { typeof(RatedSolutions), typeof(SolutionSampler), typeof(StepTreeSearch), typeof(TreePaths) }) run.Uses(type);
        int[] asked = RatedSolutions.Askable(problem, options.Questions);
        var search = new StepTreeSearch(new(policy, verifier), (prompts, begun) => verifier is null ? new double[begun.Count] : [.. verifier.Values(prompts, begun, run.Cancellation).Select(v => v[^1])], settings);
        var drawing = new Drawing(options.Temperature, 0, problem.Solving.AnswerTokens, (ulong)run.TorchSeed("trees"));
        var searched = run.InPieces("searched", asked.Length, Together, (first, end) =>
        {
            int[] some = asked[first..end];
            var trees = search.Search(problem.PromptsOf(some), (k, s) => problem.Checker.Check(problem.Train[some[k]], s) == CheckOutcome.Right ? 1 : -1, drawing, run.Cancellation);
            return some.Zip(trees, (question, t) => new Searched(t.Cost, [.. Taken(t.Tree, question, options.Paths, run.Random("paths", question))]));
        });
        RatedSolution[] all = [.. searched.SelectMany(s => s.Paths)];
        var cost = searched.Aggregate(default(SolvingCost), (sum, s) => sum + s.Cost);
        var right = all.Count(p => p.Rating > 0);
        if (right == 0) throw new WorkException($"{problem.Name}: in the trees of {asked.Length} training questions no solution is right, so that there is nothing to learn from; train the policy for longer, begin with easier questions, or raise method.simulations");
        run.Log.LogInformation("{Right} right and {Wrong} wrong solutions out of {Trees} trees, {Solved} of them with a right one; {Tokens} tokens in {Calls} steps", right, all.Length - right, asked.Length, all.Where(p => p.Rating > 0).DistinctBy(p => p.Question).Count(), cost.Tokens, cost.Calls);
        return new(all, [.. problem.Train.Select(q => q.Text)]);
    }

    private static IEnumerable<RatedSolution> Taken(SearchTree tree, int question, int most, RandomStream random)
    {
        SearchTree.Node[] ends = [.. tree.Root.All().Where(n => n.IsEnd && n.Reward is not null).DistinctBy(n => string.Join(' ', n.Solution.Tokens))];
        int[] drawn = [.. ends.Select(_ => random.Next(int.MaxValue))];
        var some = ends.Zip(drawn).OrderBy(e => e.Second).Select(e => e.First).ToArray();
        return some.Where(n => n.Reward > 0).Take(most).Concat(some.Where(n => n.Reward < 0).Take(most))
            .Select(end => new RatedSolution(question, [.. end.Solution.Tokens], end.Solution.Text, end.Reward > 0 ? 1 : 0) { Steps = [.. end.Path().Select(n => new StepValue(n.Solution.Tokens.Count, n.Quality))] });
    }

    private sealed record Searched(SolvingCost Cost, RatedSolution[] Paths);
}
