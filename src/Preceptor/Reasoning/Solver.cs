using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Reasoning;

/// <summary>What answers questions: a policy that proposes solutions, a verifier where there is one, and the way the two come to an answer.</summary>
/// <param name="policy">The policy, which the solver then owns.</param>
/// <param name="checker">Reads answers.</param>
/// <param name="solving">How solutions are sought.</param>
public sealed class Solver(LanguageModel policy, GuardedChecker checker, SolvingOptions solving) : IArtifact<Solver>, IDisposable
{
    private const string FileName = "solver.json", VerifierFolder = "verifier";

    private readonly SolutionSampler sampler = new(policy);
    private GuardedChecker checker = checker;

    /// <summary>The policy.</summary>
    public LanguageModel Policy => policy;

    /// <summary>Reads answers.</summary>
    public GuardedChecker Checker => checker;

    /// <summary>Lets another checker read answers: a solver that was loaded knows its own by name alone.</summary>
    internal Solver CheckedBy(GuardedChecker other)
    {
        checker = other;
        return this;
    }

    /// <summary>How solutions are sought.</summary>
    public SolvingOptions Solving => solving;

    /// <summary>What scores solutions; null without. The solver owns it.</summary>
    public SolutionVerifier? Verifier { get; init; }

    /// <summary>How it comes to its answer.</summary>
    public AnswerRule Rule { get; init; } = AnswerRule.Majority;

    /// <summary>Beginnings that a search over steps keeps.</summary>
    public int Beams { get; init; } = 1;

    /// <summary>Whether a search keeps equal beginnings once, as long as there are others.</summary>
    public bool IsUnique { get; init; }

    /// <summary>Most steps of a search, its depth.</summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>Whether solutions are drawn a legal step after the other, by a checker that is an <see cref="IStepSimulator"/>, and not a token after the other.</summary>
    public bool ChoosesSteps { get; init; }

    /// <summary>Whether a solution that is finished, and kept, leaves its place in the search, so that fewer beginnings are kept from then on.</summary>
    public bool FinishedLeave { get; init; }

    /// <summary>How a tree is searched.</summary>
    public TreeSearchSettings Tree { get; init; } = new();

    /// <summary>Whether random numbers guide a search in place of values, as a control.</summary>
    public bool IsBlind { get; init; }

    /// <summary>Whether the verifier's network has the policy's weights, so that a search values steps as they are drawn.</summary>
    public bool SharesNetwork { get; init; }

    /// <summary>Whether it searches over steps, and does not choose among whole solutions.</summary>
    internal bool Searches => Rule is AnswerRule.Beam or AnswerRule.Tree;

    /// <summary>Answers questions.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="seed">Decides what is drawn.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    public Solved[] Solve(IReadOnlyList<string> questions, ulong seed, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        return Searches ? Search(questions, seed, cancellation) : Choose(questions, Propose(questions, Rule == AnswerRule.Greedy, seed, cancellation), Rule);
    }

    /// <summary>Draws solutions, scored where there is a verifier [questions][samples].</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="isGreedy">Whether it is the likeliest alone, a token after the other.</param>
    /// <param name="seed">Decides what is drawn.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    public Solved[] Propose(IReadOnlyList<string> questions, bool isGreedy, ulong seed, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        int[][] prompts = Prompts(questions);
        if (ChoosesSteps) return StepByStep(questions, prompts, isGreedy, seed, cancellation);
        var drawing = new Drawing(isGreedy ? 0 : solving.Temperature, solving.TopK, solving.AnswerTokens, seed);
        var drawn = sampler.Draw(prompts, isGreedy ? 1 : solving.Samples, drawing, cancellation);
        if (Verifier is not null) drawn = Verifier.Score(sampler, prompts, drawn, cancellation);
        return [.. drawn.Select((of, q) => new Solved(null, of, new(of.Sum(s => (long)s.Tokens.Count), of.Length, Verifier is null ? 0 : SolutionVerifier.Reads(prompts[q], of))))];
    }

    /// <summary>Chooses among solutions by a rule.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="proposed">Their solutions.</param>
    /// <param name="rule">Any but the search over steps; those that need a verifier's scores take them as they are.</param>
    public Solved[] Choose(IReadOnlyList<string> questions, Solved[] proposed, AnswerRule rule) => [.. questions.Zip(proposed, (question, of) =>
    {
        string?[] answers = [.. of.Candidates.Select(s => checker.AnswerOf(question, s))];
        return of with
        {
            Chosen = rule switch
            {
                AnswerRule.Greedy => of.Candidates[0],
                AnswerRule.Majority => AnswerVote.Weighted(of.Candidates, answers, _ => 1),
                AnswerRule.Weighted => AnswerVote.Weighted(of.Candidates, answers, s => s.Score),
                _ => AnswerVote.Best(of.Candidates, answers),
            },
        };
    })];

    private Solved[] StepByStep(IReadOnlyList<string> questions, int[][] prompts, bool isGreedy, ulong seed, CancellationToken cancellation)
    {
        var simulator = checker.Checker as IStepSimulator ?? throw new InvalidOperationException($"the checker {checker.Checker.Name} does not know the legal steps");
        var chooser = new StepPolicy(policy);
        return [.. questions.Select((question, q) =>
        {
            if (simulator.Begin(question) is not { } start) return new Solved(null, [new Solution([], "", false)], default);
            var read = chooser.Read;
            var drawn = chooser.Draw([prompts[q]], [new Trajectory(start)], isGreedy ? 1 : solving.Samples, new(isGreedy ? 0 : solving.Temperature, solving.AnswerTokens, seed), cancellation)[0];
            Solution[] solutions = [.. drawn.Select(t => new Solution(t.TokensOf(t.Length), string.Join('\n', t.Lines), !t.IsCut))];
            return new Solved(null, solutions, new(solutions.Sum(s => (long)s.Tokens.Count), solutions.Length, chooser.Read - read));
        })];
    }

    private Solved[] Search(IReadOnlyList<string> questions, ulong seed, CancellationToken cancellation)
    {
        var verifier = Verifier ?? throw new InvalidOperationException("a search over steps needs a verifier");
        int[][] prompts = Prompts(questions);
        var drawing = new Drawing(solving.Temperature, solving.TopK, solving.AnswerTokens, seed);
        var (stepper, read) = (new SolutionSampler(policy, SharesNetwork && !IsBlind ? verifier : null), 0L);
        double[] Value(IReadOnlyList<int[]> asked, IReadOnlyList<int[]> begun)
        {
            if (IsBlind) return [.. asked.Zip(begun, (a, b) => 2 * RandomStream.At(seed, "blind", [.. a.Concat(b).Select(t => (long)t)]) - 1)];
            read += asked.Sum(p => (long)p.Length) + begun.Sum(b => (long)b.Length);
            return [.. verifier.Values(asked, begun, cancellation).Select(v => v[^1])];
        }
        if (Rule == AnswerRule.Tree) return [.. new StepTreeSearch(stepper, Value, Tree).Search(prompts, null, drawing, cancellation).Select(Found)];
        var search = new StepBeamSearch(stepper, Value, verifier.ScoreOf) { Beams = Beams, Samples = solving.Samples, MaxDepth = MaxDepth, IsUnique = IsUnique, FinishedLeave = FinishedLeave };
        var found = search.Search(prompts, drawing, cancellation);
        // All questions are searched together, so that each bears its share.
        var (all, count) = (stepper.Cost, Math.Max(1, questions.Count));
        var cost = new SolvingCost(all.Tokens / count, all.Calls / count, (all.Read + read) / count);
        return [.. found.Select(of => new Solved(of[0], of, cost))];
    }

    private Solved Found(SearchedTree searched)
    {
        static Solution Ended(SearchTree.Node node) => node.Solution with { Score = node.Value ?? 0, StepScores = [.. node.Path().Select(n => n.Quality)] };
        SearchTree.Node[] nodes = [.. searched.Tree.Root.All().Skip(1)];
        var (chosen, path) = searched.Tree.Follow(Tree.FollowsVisits) is { } end ? (Ended(end), end.Path().ToHashSet()) : (null, []);
        return new(chosen, [.. nodes.Where(n => n.Solution.IsFinished).Select(Ended)], searched.Cost)
        {
            Tree = [.. nodes.Select(n => new SearchedStep(n.Depth, n.Solution.Text[n.Parent!.Solution.Text.Length..].Trim(), n.Visits, n.Quality, n.Prior, n.Solution.IsFinished, path.Contains(n)))],
        };
    }

    private int[][] Prompts(IReadOnlyList<string> questions) => [.. questions.Select(q => policy.Form.Encode(policy.Tokenizer, q))];

    /// <inheritdoc/>
    public void Save(string folder)
    {
        policy.Save(folder);
        Verifier?.Save(Path.Combine(folder, VerifierFolder));
        ModelFiles.WriteJsonWhole(Path.Combine(folder, FileName), new Description(checker.Checker.Name, solving, Rule.ToString(), Beams, IsUnique, MaxDepth) { ChoosesSteps = ChoosesSteps, FinishedLeave = FinishedLeave, Tree = Tree, IsBlind = IsBlind, SharesNetwork = SharesNetwork });
    }

    /// <summary>The folder of the solver that a run's folder or a model's holds; null where it holds another or none.</summary>
    public static string? Find(string folder) => new[] { folder, Path.Combine(folder, "model") }.FirstOrDefault(place => File.Exists(Path.Combine(place, FileName)));

    /// <inheritdoc/>
    public static Solver Load(string folder)
    {
        var description = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        var checker = new GuardedChecker(SolutionChecker.Of(description.Checker));
        var policy = LanguageModel.Load(folder);
        var verifier = Directory.Exists(Path.Combine(folder, VerifierFolder)) ? SolutionVerifier.Load(Path.Combine(folder, VerifierFolder)) : null;
        return new(policy, checker, description.Solving)
        {
            Verifier = verifier,
            Rule = Enum.Parse<AnswerRule>(description.Rule),
            Beams = description.Beams,
            IsUnique = description.IsUnique,
            MaxDepth = description.MaxDepth,
            ChoosesSteps = description.ChoosesSteps,
            FinishedLeave = description.FinishedLeave,
            Tree = description.Tree ?? new(),
            IsBlind = description.IsBlind,
            SharesNetwork = description.SharesNetwork,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        policy.Dispose();
        Verifier?.Dispose();
    }

    private sealed record Description(string Checker, SolvingOptions Solving, string Rule, int Beams, bool IsUnique, int MaxDepth)
    {
        public bool ChoosesSteps { get; init; }

        public bool FinishedLeave { get; init; }

        public TreeSearchSettings? Tree { get; init; }

        public bool IsBlind { get; init; }

        public bool SharesNetwork { get; init; }
    }
}
