using Preceptor.Foundation;
using Preceptor.Reasoning;
using TorchSharp;

namespace Preceptor.Tests.Reasoning;

/// <summary>Process supervision by tree search: the published loss, what it learns, its ablations, and what stops it.</summary>
public sealed class TreeSearchSupervisionTests
{
    private const string File = "37-alphamath.json";

    [Theory]
    [InlineData("loss_correct_and_wrong")]
    [InlineData("loss_only_wrong")]
    public void The_loss_and_its_gradients_are_the_published_ones(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        torch.Tensor Of(string input) => torch.tensor(golden.Input(input).Floats.Select(v => (double)v).ToArray(), golden.Input(input).Shape, requires_grad: true);
        var (logits, values, labels, targets) = (Of("logits"), Of("value_logits"), golden.Input("labels").Ints, golden.Input("Q").Doubles);
        var (width, ignored) = ((int)golden.Input("labels").Shape[1], golden.Setting("ignore").Integer);
        int[] Where(Func<int, bool> condition) => [.. Enumerable.Range(0, labels.Length).Where(condition)];
        torch.Tensor Ids(IEnumerable<int> ids) => torch.tensor(ids.Select(i => (long)i).ToArray());
        int[] said = Where(i => i % width > 0 && labels[i] != ignored), worth = Where(i => targets[i] != ignored);
        var language = said.Length == 0 ? null : torch.nn.functional.cross_entropy(logits.flatten(0, 1).index_select(0, Ids(said.Select(i => i - 1))), Ids(said.Select(i => labels[i])));
        var value = TreeSearchSupervision.ValueLoss(values.flatten().index_select(0, Ids(worth)), torch.tensor(worth.Select(i => targets[i]).ToArray()), released: true);
        var loss = TreeSearchSupervision.Loss(language, value, golden.Setting("weight_alpha").Number);
        loss.backward();
        golden.AssertClose("ce", [language?.item<double>() ?? 0]);
        golden.AssertClose("value_loss", [value.item<double>()]);
        golden.AssertClose("loss", [loss.item<double>()]);
        golden.AssertClose("grad_logits", logits.grad is { } gradient ? gradient.flatten().data<double>().ToArray() : new double[logits.numel()]);
        golden.AssertClose("grad_value_logits", values.grad!.flatten().data<double>().ToArray());
    }

    [Fact]
    public void Values_at_their_targets_cost_nothing_a_minus_one_counts_and_the_mean_is_by_their_number()
    {
        using var scope = torch.NewDisposeScope();
        var logits = torch.tensor([0.3, -2, 0], requires_grad: true);
        Assert.Equal(0, TreeSearchSupervision.ValueLoss(logits, logits.tanh().detach(), false).item<double>());
        Assert.Equal((Math.Pow(Math.Tanh(0.3) + 1, 2) + Math.Pow(Math.Tanh(-2) + 1, 2) + 1) / 3, TreeSearchSupervision.ValueLoss(logits, -torch.ones(3, torch.float64), false).item<double>(), 1e-12);
        // Without a weight it is next-token training, and with nothing to say the values alone count.
        var language = torch.tensor(1.5);
        Assert.Same(language, TreeSearchSupervision.Loss(language, null, 0));
        Assert.Equal(0.2, TreeSearchSupervision.Loss(null, torch.tensor(2.0), 0.1).item<double>(), 1e-12);
    }

    private static TreeSearchSupervision.Options Small(AnswerRule search = AnswerRule.Beam) => new() { Rounds = 2, Simulations = 20, Expand = 3, Temperature = 1, Epochs = 6, Beams = 2, Search = search };

    [Fact]
    public void Without_rounds_it_is_self_consistency_to_the_bit()
    {
        var problem = FateWords.Problem(epochs: 2);
        using var plain = SmallChains.Within(run => new SelfConsistency(new()).Fit(problem, run));
        using var searched = SmallChains.Within(run => new TreeSearchSupervision(Small(AnswerRule.Majority) with { Rounds = 0 }).Fit(problem, run));
        Assert.Equal(SmallChains.Answers(plain, problem).Texts, SmallChains.Answers(searched, problem).Texts);
        Assert.Equal(plain.Policy.LogProbabilities(problem.Policy.Validation), searched.Policy.LogProbabilities(problem.Policy.Validation));
        Assert.Null(searched.Verifier);
    }

    private static double Right(Solver solver, ReasoningProblem problem) =>
        problem.Validation.Zip(solver.Solve([.. problem.Validation.Select(q => q.Text)], 1), (q, s) => s.Chosen is { } chosen && problem.Checker.Check(q, chosen) == CheckOutcome.Right ? 1.0 : 0).Average();

    private static double Drawn(Solver solver, ReasoningProblem problem) =>
        problem.Validation.Zip(solver.Propose([.. problem.Validation.Select(q => q.Text)], isGreedy: false, 1)).SelectMany(p => p.Second.Candidates.Select(c => problem.Checker.Check(p.First, c) == CheckOutcome.Right ? 1.0 : 0)).Average();

    [Fact]
    public void It_learns_to_propose_what_ends_right_and_to_value_steps()
    {
        var problem = FateWords.Problem(samples: 8);
        (double Sampled, double Found, double Told, Solver Solver) Fit(double? rate)
        {
            var solver = SmallChains.Within(run => new TreeSearchSupervision(Small() with { Rate = rate, Rounds = 1, Epochs = 12, ValueWeight = 1 }).Fit(problem, run));
            // Every line there is, behind every right beginning of two.
            string[] lines = [.. from a in Enumerable.Range(0, 4) from b in Enumerable.Range(0, 6) select $"g{a}\n{(b < 4 ? "g" : "b")}{b}\n"];
            var values = solver.Verifier!.Values([.. lines.Select(_ => problem.PromptOf("q1"))], [.. lines.Select(l => problem.Policy.Tokenizer.Encode(l))]).Select(v => v[^1]).ToArray();
            return (Drawn(solver, problem), Right(solver, problem), OutcomeValueModelTests.Correlation(values, [.. lines.Select(l => l.Contains('b', StringComparison.Ordinal) ? 0.0 : 1)]), solver);
        }
        var (trained, untrained) = (Fit(0.005), Fit(1e-9));
        using (trained.Solver)
        using (untrained.Solver)
        {
            Assert.True(untrained.Sampled < 0.4 && trained.Sampled > 0.8, $"{untrained.Sampled} {trained.Sampled}");
            Assert.True(untrained.Found < 0.7 && trained.Found > 0.95, $"{untrained.Found} {trained.Found}");
            Assert.True(trained.Told > 0.9, $"{trained.Told}");
            var course = trained.Solver.Verifier!.Model.Training.Epochs;
            Assert.True(Math.Abs(course[0].Loss - 1.1915) < 0.003 * 1.1915 && course[^1].Loss < 0.8, $"the first loss is {course[0].Loss:R}, the last {course[^1].Loss:R}");
        }
    }

    [Fact]
    public void Solutions_are_taken_from_the_trees_with_the_worth_of_their_steps()
    {
        var problem = FateWords.Problem(epochs: 2);
        var folder = Directory.CreateTempSubdirectory("preceptor-paths-").FullName;
        try
        {
            using (var run = new Run(new RunSettings { Folder = folder }))
            using (new TreeSearchSupervision(Small() with { Rounds = 1, Paths = 2 }).Fit(problem, run)) { }
            var paths = RatedSolutions.Load(Directory.GetDirectories(Path.Combine(folder, "stages"), "paths-*").Single());
            Assert.Equal(10, paths.All.Select(p => p.Question).Distinct().Count());
            Assert.All(paths.All.GroupBy(p => p.Question), of => Assert.True(of.Count(p => p.Rating == 1) <= 2 && of.Count(p => p.Rating == 0) <= 2));
            Assert.Contains(paths.All, p => p.Rating == 1);
            foreach (var path in paths.All)
            {
                Assert.Equal(path.Rating == 1 ? 1 : -1, path.Steps[^1].Value); // the end is worth its reward
                Assert.Equal(path.Tokens.Length, path.Steps[^1].Tokens);
                Assert.All(path.Steps, s => Assert.InRange(s.Value, -1, 1));
                Assert.Equal(path.Steps.Select(s => s.Tokens).Order(), path.Steps.Select(s => s.Tokens));
                // No step behind a bad word can be worth more than nothing: with values of 0 at first, all that is found there is 0 or −1.
                for (var step = 0; step < path.Steps.Count; step++)
                    if (problem.Policy.Tokenizer.Decode(path.Tokens.AsSpan(0, path.Steps[step].Tokens)).Contains('b', StringComparison.Ordinal)) Assert.True(path.Steps[step].Value <= 0);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Its_ablations_change_what_is_learned_and_no_value_leaves_next_tokens_alone()
    {
        var problem = FateWords.Problem();
        double[] Values(TreeSearchSupervision.Options options, out double drawn)
        {
            using var solver = SmallChains.Within(run => new TreeSearchSupervision(options with { Rounds = 1 }).Fit(problem, run));
            drawn = Drawn(solver, problem);
            return SmallChains.Answers(solver, problem).Scores;
        }
        var usual = Values(Small(AnswerRule.Best), out var right);
        Assert.NotEqual(usual, Values(Small(AnswerRule.Best) with { Targets = TreeSearchSupervision.ValueTargets.Outcome }, out _));
        Values(Small(AnswerRule.Best) with { Policy = TreeSearchSupervision.PolicySolutions.All }, out var all);
        Assert.True(right > all + 0.1, $"right solutions alone: {right}, all: {all}");
        // Nothing teaches the head, so that it prefers nothing.
        Assert.All(Values(Small(AnswerRule.Best) with { ValueWeight = 0 }, out var plain), s => Assert.Equal(0, s));
        Assert.True(plain > all, $"{plain} {all}");
    }

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = FateWords.Problem(dropout: 0.1, epochs: 4);
        var tensors = LiveTensors.Count();
        TreeSearchSupervision Method() => new(Small() with { Dropout = 0.1 }) { Together = 3 };
        (string?[] Texts, double[] Scores) unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var solver = Method().Fit(problem, run)) unbroken = SmallChains.Answers(solver, problem);
        Assert.True(tensors.Count > 50 && tensors[^1] <= tensors[^10], $"{tensors[^1] - tensors[^10]} more tensors after 9 steps of {tensors.Count}");
        Interruptions.Outlast(13, run =>
        {
            using var solver = run.Stage("alphamath", problem.Describe(), () => Method().Fit(problem, run));
            Assert.Equal(unbroken.Texts, SmallChains.Answers(solver, problem).Texts);
            Assert.Equal(unbroken.Scores, SmallChains.Answers(solver, problem).Scores);
        });
    }

    [Fact]
    public void Trees_answer_as_well_a_saved_solver_searches_on_and_random_numbers_guide_badly()
    {
        var problem = FateWords.Problem(samples: 8);
        using var beam = SmallChains.Within(run => new TreeSearchSupervision(Small() with { Rounds = 1, ValueWeight = 1, Rate = 0.005, Epochs = 12, Paths = 8 }).Fit(problem, run));
        using var plain = SmallChains.Within(run => new SelfConsistency(new()).Fit(problem, run));
        Solver With(AnswerRule rule, bool isBlind = false) => new(plain.Policy, problem.Checker, problem.Solving) { Verifier = beam.Verifier, Rule = rule, Beams = 2, FinishedLeave = true, IsBlind = isBlind, Tree = beam.Tree };
        var (tree, folder) = (With(AnswerRule.Tree), Directory.CreateTempSubdirectory("preceptor-tree-").FullName);
        try
        {
            tree.Save(folder);
            // Nobody finds the checker of a test by its name.
            var file = Path.Combine(folder, "solver.json");
            System.IO.File.WriteAllText(file, System.IO.File.ReadAllText(file).Replace("\"fate\"", "\"exact\"", StringComparison.Ordinal));
            using var again = Solver.Load(folder);
            Assert.Equal(SmallChains.Answers(tree, problem).Texts, SmallChains.Answers(again, problem).Texts);
            Assert.Equal((tree.Tree, tree.Rule), (again.Tree, again.Rule));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        var (guided, blind) = (Right(tree, problem), Right(With(AnswerRule.Tree, isBlind: true), problem));
        Assert.True(guided > 0.6 && blind < 0.3, $"{guided} {blind}");
        var solved = tree.Solve([problem.Validation[0].Text], 1)[0];
        Assert.Equal(solved.Chosen!.Text, string.Join('\n', solved.Tree.Where(s => s.IsChosen).Select(s => s.Text)));
        Assert.True(solved.Cost.Tokens > 0 && solved.Cost.Read > solved.Cost.Tokens && solved.Candidates.Count > 1);
        Assert.Equal(solved.Candidates.Count, solved.Tree.Count(s => s.IsFinished));
    }

    [Fact]
    public void What_cannot_be_is_said()
    {
        var problem = FateWords.Problem(epochs: 1);
        void Refuses<T>(ReasoningProblem of, TreeSearchSupervision.Options options, string message) where T : Exception =>
            Assert.Contains(message, Assert.Throws<T>(() => SmallChains.Within(run => new TreeSearchSupervision(options).Fit(of, run))).Message, StringComparison.Ordinal);
        Refuses<RequestException>(problem, Small() with { Rounds = 0 }, "method.rounds: without a round nothing learns values, and method.search is beam");
        Refuses<RequestException>(problem, Small() with { Beams = 5 }, "method.beams: 5 is more than problem.samples 4");
        var hopeless = problem with { Checker = new(new AnswerChecker(Preceptor.Supervision.CheckRule.Number)) };
        Refuses<WorkException>(hopeless, Small(), "no solution is right");
    }
}
