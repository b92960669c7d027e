using Preceptor.Foundation;
using Preceptor.Reasoning;
using TorchSharp;

namespace Preceptor.Tests.Reasoning;

/// <summary>The outcome-supervised value model: the published loss and its gradients, what minimises it, what it learns, and what stops it.</summary>
public sealed class OutcomeValueModelTests
{
    private const string File = "50-ovm.json";

    public static TheoryData<string> Values => [.. Goldens.Names(File).Select(row => row.Data).Where(n => !n.StartsWith("beam", StringComparison.Ordinal) && n != "total_loss")];

    [Theory, MemberData(nameof(Values))]
    public void Values_and_their_loss_are_the_published_ones(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        torch.Tensor Of(string input) => torch.tensor(golden.Input(input).Floats.Select(v => (double)v).ToArray(), golden.Input(input).Shape);
        var hidden = Of("hidden_states").requires_grad_();
        using var head = new ValueHead((int)hidden.shape[2], 0);
        head.to(torch.float64);
        var parameters = head.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        using (torch.no_grad())
            foreach (var (from, to) in new[] { ("w", "score.weight"), ("gain", "gain"), ("bias", "bias") }) parameters[to].copy_(Of(from));
        var values = head.forward(hidden.reshape(-1, hidden.shape[2]));
        golden.AssertClose("v", values.data<double>().ToArray());
        var (labels, places) = (golden.Input("v_labels").Ints, new List<long>());
        for (var i = 0; i < labels.Length; i++)
            if (labels[i] != -100) places.Add(i);
        var loss = OutcomeValueModel.ValueLoss(values.index_select(0, torch.tensor(places.ToArray())), torch.tensor(places.Select(p => (double)labels[p]).ToArray()), (int)hidden.shape[0]);
        loss.backward();
        golden.AssertClose("v_loss", [loss.item<double>()]);
        golden.AssertClose("grad_hidden_states", hidden.grad!.flatten().data<double>().ToArray());
        foreach (var (gradient, of) in new[] { ("grad_w", "score.weight"), ("grad_gain", "gain"), ("grad_bias", "bias") }) golden.AssertClose(gradient, parameters[of].grad!.flatten().data<double>().ToArray());
    }

    [Fact]
    public void The_whole_loss_is_the_published_one()
    {
        var golden = Goldens.Case(File, "total_loss");
        using var scope = torch.NewDisposeScope();
        torch.Tensor Of(string input) => torch.tensor(golden.Input(input).Floats.Select(v => (double)v).ToArray(), golden.Input(input).Shape, requires_grad: true);
        var (logits, scores, labels, outcomes) = (Of("logits"), Of("v_scores"), golden.Input("labels").Ints, golden.Input("v_labels").Ints);
        var width = (int)golden.Input("labels").Shape[1];
        long[] Where(Func<int, bool> condition) => [.. Enumerable.Range(0, labels.Length).Where(condition).Select(i => (long)i)];
        // A token is said by the place before it.
        var (said, worth) = (Where(i => i % width > 0 && labels[i] != -100), Where(i => outcomes[i] != -100));
        var language = torch.nn.functional.cross_entropy(logits.flatten(0, 1).index_select(0, torch.tensor(said.Select(i => i - 1).ToArray())), torch.tensor(said.Select(i => (long)labels[i]).ToArray()));
        var value = OutcomeValueModel.ValueLoss(scores.flatten().index_select(0, torch.tensor(worth)), torch.tensor(worth.Select(i => (double)outcomes[i]).ToArray()), labels.Length / width);
        var loss = value + language;
        loss.backward();
        golden.AssertClose("llm_loss", [language.item<double>()]);
        golden.AssertClose("v_loss", [value.item<double>()]);
        golden.AssertClose("loss", [loss.item<double>()]);
        golden.AssertClose("grad_logits", logits.grad!.flatten().data<double>().ToArray());
        golden.AssertClose("grad_v_scores", scores.grad!.flatten().data<double>().ToArray());
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 8)]
    public void What_minimises_the_loss_is_the_share_that_ends_right(int right, int all)
    {
        using var scope = torch.NewDisposeScope();
        // A tabular value of a shared beginning, and one of what follows in each solution: the first is right/all, the others 0 or 1.
        var table = torch.zeros(1 + all, torch.float64, requires_grad: true);
        var outcomes = torch.tensor(Enumerable.Range(0, all).SelectMany(i => new[] { i < right ? 1.0 : 0, i < right ? 1.0 : 0 }).ToArray());
        var places = torch.tensor(Enumerable.Range(0, all).SelectMany(i => new[] { 0L, 1 + i }).ToArray());
        for (var turn = 0; turn < 400; turn++)
        {
            table.grad?.zero_();
            OutcomeValueModel.ValueLoss(table.index_select(0, places), outcomes, all).backward();
            using var hold = torch.no_grad();
            table.sub_(table.grad! * 0.3);
        }
        var share = (double)right / all;
        Assert.Equal(share, table[0].item<double>(), 1e-6);
        Assert.All(Enumerable.Range(0, all), i => Assert.Equal(i < right ? 1 : 0, table[1 + i].item<double>(), 1e-6));
        // What remains is the variance of the outcome at the shared token.
        Assert.Equal(share * (1 - share), OutcomeValueModel.ValueLoss(table.index_select(0, places), outcomes, all).item<double>(), 1e-6);
    }

    private static OutcomeValueModel.Options Small(AnswerRule search = AnswerRule.Beam) => new() { Samples = 8, Epochs = 3, Temperature = 1, Beams = 2, Search = search };

    [Fact]
    public void With_a_vote_it_is_self_consistency_to_the_bit()
    {
        var problem = SmallChains.Problem();
        using var plain = SmallChains.Within(run => new SelfConsistency(new()).Fit(problem, run));
        using var ovm = SmallChains.Within(run => new OutcomeValueModel(Small(AnswerRule.Majority)).Fit(problem, run));
        Assert.Equal(SmallChains.Answers(plain, problem).Texts, SmallChains.Answers(ovm, problem).Texts);
        Assert.Equal(plain.Policy.LogProbabilities(problem.Policy.Validation), ovm.Policy.LogProbabilities(problem.Policy.Validation));
        Assert.NotNull(ovm.Verifier);
    }

    [Theory]
    [InlineData(0.003, 0.9, 1)]
    [InlineData(1e-9, 0.3, 0.8)]
    public void Values_become_the_chance_to_end_right_and_a_search_by_them_does(double rate, double correlation, double right)
    {
        var problem = FateWords.Problem(questions: 300, epochs: 8, samples: 12);
        using var solver = SmallChains.Within(run => new OutcomeValueModel(new() { Samples = 100, Epochs = 8, Rate = rate, Beams = 3, TopK = 0, Temperature = 1, LanguageWeight = 0, Dropout = 0 }).Fit(problem, run));
        string[] texts = [.. problem.Validation.Select(q => q.Text)];
        var drawn = solver.Propose(texts, isGreedy: false, 5).SelectMany(p => p.Candidates).Where(c => c.IsFinished && SolutionChecker.StepsOf(c.Text).Length == FateWords.Lines).ToArray();
        var (told, exact) = (drawn.SelectMany(c => c.StepScores).ToArray(), drawn.SelectMany(c => Enumerable.Range(1, FateWords.Lines).Select(n => FateWords.Chance(SolutionChecker.StepsOf(c.Text)[..n]))).ToArray());
        Assert.True(Correlation(told, exact) is var together && (rate < 1e-3 ? together < correlation : together > correlation), $"{Correlation(told, exact)}");
        double Right(Solver by) => problem.Validation.Zip(by.Solve(texts, 1), (q, s) => s.Chosen is { } chosen && problem.Checker.Check(q, chosen) == CheckOutcome.Right ? 1.0 : 0).Average();
        Assert.True(right == 1 ? Right(solver) >= 0.95 : Right(solver) < right, $"{Right(solver)}");
        if (rate < 1e-3) return;
        // Well calibrated, too: the mean value is the share that ends right.
        Assert.Equal(exact.Average(), told.Average(), 0.08);
        var course = solver.Verifier!.Model.Training.Epochs;
        Assert.True(Math.Abs(course[0].Loss - 1.60953) < 0.003 * 1.60953 && course[^1].Loss < 0.7, $"the first loss is {course[0].Loss:R}, the last {course[^1].Loss:R}");
    }

    internal static double Correlation(double[] one, double[] other)
    {
        var (a, b) = (one.Average(), other.Average());
        return one.Zip(other, (x, y) => (x - a) * (y - b)).Sum() / Math.Sqrt(one.Sum(x => (x - a) * (x - a)) * other.Sum(y => (y - b) * (y - b)));
    }

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = FateWords.Problem(dropout: 0.1);
        var tensors = LiveTensors.Count();
        (string?[], double[]) unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var solver = new OutcomeValueModel(Small() with { Epochs = 8 }).Fit(problem, run)) unbroken = SmallChains.Answers(solver, problem);
        Assert.True(tensors.Count > 40 && tensors[^1] <= tensors[^20], $"{tensors[^1] - tensors[^20]} more tensors after 19 steps");
        Interruptions.Outlast(17, run =>
        {
            using var solver = run.Stage("ovm", problem.Describe(), () => new OutcomeValueModel(Small() with { Epochs = 8 }).Fit(problem, run));
            var answers = SmallChains.Answers(solver, problem);
            Assert.Equal(unbroken.Item1, answers.Texts);
            Assert.Equal(unbroken.Item2, answers.Scores);
        });
    }

    [Fact]
    public void Outcome_rewards_label_the_last_token_alone_and_what_cannot_be_is_said()
    {
        var problem = FateWords.Problem();
        using var values = SmallChains.Within(run => new OutcomeValueModel(Small(AnswerRule.Best)).Fit(problem, run));
        using var rewards = SmallChains.Within(run => new OutcomeValueModel(Small(AnswerRule.Best) with { Labels = OutcomeValueModel.LabelledTokens.Last }).Fit(problem, run));
        Assert.NotEqual(SmallChains.Answers(values, problem).Scores, SmallChains.Answers(rewards, problem).Scores);
        Assert.True(rewards.Verifier!.Model.Training.Epochs[0].Loss < values.Verifier!.Model.Training.Epochs[0].Loss, "a token's squares instead of all tokens'");
        Assert.Contains("method.beams: 3 does not divide problem.samples 4", Assert.Throws<RequestException>(() => SmallChains.Within(run => new OutcomeValueModel(Small() with { Beams = 3 }).Fit(problem, run))).Message, StringComparison.Ordinal);
        var hopeless = problem with { Checker = new(new AnswerChecker(Preceptor.Supervision.CheckRule.Number)) };
        Assert.Contains("none is right", Assert.Throws<WorkException>(() => SmallChains.Within(run => new OutcomeValueModel(Small()).Fit(hopeless, run))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rated_solutions_are_kept_as_JSON_Lines()
    {
        var problem = SmallChains.Problem(examples: 60, questions: 10, epochs: 6);
        var rated = SmallChains.Within(run =>
        {
            using var policy = new SelfConsistency(new()).Fit(problem, run);
            return RatedSolutions.Draw(problem, run, policy.Policy, 4, 1, 0, 20);
        });
        Assert.Equal(20, rated.All.Select(s => s.Question).Distinct().Count());
        Assert.True(Enumerable.Range(60, 10).All(rated.All.Select(s => s.Question).Contains), "questions without a worked solution come first");
        Assert.All(rated.All, s => Assert.Equal(problem.Checker.Checker.IsRight(problem.Train[s.Question], s.Text) && s.Tokens[^1] == 1 ? 1 : 0, s.Rating));
        var folder = Directory.CreateTempSubdirectory("preceptor-rated-").FullName;
        try
        {
            rated.Save(folder);
            Assert.Equal(rated.All.Select(Shown), RatedSolutions.Load(folder).All.Select(Shown));
            var path = Path.Combine(folder, "solutions.jsonl");
            Assert.Contains(problem.Train[rated.All[0].Question].Text, System.IO.File.ReadLines(path).First(), StringComparison.Ordinal);
            System.IO.File.AppendAllText(path, "{\"row\": 1}\n");
            Assert.Contains($"line {rated.All.Count + 1}", Assert.Throws<RequestException>(() => RatedSolutions.Load(folder)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        static string Shown(RatedSolution s) => $"{s.Question} {s.Text} {s.Rating} {string.Join(' ', s.Tokens)}";
    }
}
