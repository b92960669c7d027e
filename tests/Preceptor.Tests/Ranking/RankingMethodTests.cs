using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Ranking;
using TorchSharp;

namespace Preceptor.Tests.Ranking;

public sealed class RankingMethodTests
{
    private static ExamTask<RankingProblem, Ranker> Task(string problem, params string[] settings)
    {
        var specification = Specification.From(new("test", "", [new("method", new ScalarSetting("test", "method", "pairwise-ranking"))]), [$"problem.name={problem}", .. settings]);
        return (ExamTask<RankingProblem, Ranker>)ProblemKinds.Of(specification).Prepare(specification, 1, (_, _, _, _) => throw new InvalidOperationException());
    }

    private static Ranker Fit(IFit<RankingProblem, Ranker> method, RankingProblem problem, ulong seed = 1)
    {
        using var run = new Run(new() { Seed = seed });
        return run.Stage("fit", new JsonObject(), () => method.Fit(problem, run));
    }

    private static double Gain(ExamTask<RankingProblem, Ranker> task, Ranker ranker) => task.Examine(ranker).Values["ndcg@10"];

    private static string Bits(Ranker ranker)
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        ranker.Save(folder);
        var bits = Contents.Hash(File.ReadAllBytes(Path.Combine(folder, "ranker.safetensors")));
        Directory.Delete(folder, recursive: true);
        return bits;
    }

    [Fact]
    public void Policy_gradients_learn_what_a_linear_scorer_can_of_the_first_places()
    {
        var task = Task("grades", "problem.size=tiny", "model.scorer=linear", "training.epochs=30", "training.batch=8", "training.rate=0.02");
        using var ranker = Fit(new PolicyGradientRanking(new() { Samples = 16 }), task.Problem);
        var chance = task.Examine(Ranker.FirstStage()).Values["ndcg@10"];
        Assert.True(Gain(task, ranker) > chance + 0.15, $"{Gain(task, ranker)} after {chance}");
        Assert.Equal(-0.1018, ranker.Training!.Epochs[^1].Loss, 0.004);
    }

    [Fact]
    public void Without_a_heuristic_a_curriculum_is_pairwise_ranking_to_the_bit()
    {
        var task = Task("answers", "problem.size=tiny", "model.embedding=16", "training.epochs=3", "training.batch=8");
        using var pairwise = Fit(new PairwiseRanking(new()), task.Problem);
        using var none = Fit(new RankingCurriculum(new() { Heuristic = EaseHeuristic.None }), task.Problem);
        using var curriculum = Fit(new RankingCurriculum(new() { End = 10 }), task.Problem);
        using var ended = Fit(new RankingCurriculum(new() { End = 1, Heuristic = EaseHeuristic.Density }), task.Problem);
        Assert.Equal(Bits(pairwise), Bits(none));
        Assert.NotEqual(Bits(pairwise), Bits(curriculum));
        Assert.NotEqual(Bits(curriculum), Bits(ended));
    }

    [Fact]
    public void A_curriculum_learns_to_rank_answers_far_better_than_chance()
    {
        var task = Task("answers", "model.embedding=64", "training.epochs=3", "training.batch=16", "training.rate=0.003");
        using var ranker = Fit(new RankingCurriculum(new() { End = 3 }), task.Problem);
        var random = RandomStream.Of(1, "chance");
        var chance = task.Problem.Validation.Select((l, i) => RankingScores.Of([l], [task.Problem.Relevance.Validation[i]], _ => [.. l.Documents.Select(_ => random.NextDouble())]).Mean(q => q.Gain(10))).Average();
        Assert.True(Gain(task, ranker) > chance + 0.3, $"{Gain(task, ranker)}, by chance {chance}");
        Assert.Equal(0.5, ranker.Training!.Epochs[^1].Loss, 0.1);
    }

    [Theory]
    [InlineData("kernel"), InlineData("transformer"), InlineData("bi-encoder")]
    public void Every_scorer_of_texts_learns_gets_gradients_everywhere_and_is_kept_to_the_bit(string scorer)
    {
        var task = Task("answers", "problem.size=tiny", $"model.scorer={scorer}", "model.embedding=16", "training.epochs=4", "training.batch=8", "training.rate=0.01");
        using var ranker = Fit(new PairwiseRanking(new()), task.Problem);
        Assert.True(ranker.Training!.Epochs[^1].Loss < ranker.Training.Epochs[0].Loss);
        var folder = Directory.CreateTempSubdirectory().FullName;
        ranker.Save(folder);
        using var again = Ranker.Load(folder);
        Assert.Equal(task.Examine(ranker).PerItem["map"], task.Examine(again).PerItem["map"]);
        Directory.Delete(folder, recursive: true);
        using var scope = torch.NewDisposeScope();
        var encoding = RankingEncoding.Learn(task.Problem);
        using var network = RankingNetwork.Create(task.Problem.Model, 0, encoding.Ids);
        var list = task.Problem.Train[0];
        network.forward(Ranker.Inputs([(list, [0, 1, 2])], 3, task.Problem.Model, encoding, new(encoding, task.Problem.Documents, 96))).square().sum().backward();
        Assert.All(network.named_parameters(), p => Assert.True(p.parameter.grad is not null && p.parameter.grad.abs().sum().item<float>() > 0, p.name));
    }

    [Fact]
    public void The_exams_answers_change_no_weight_and_the_first_stage_is_the_floor()
    {
        var task = Task("answers", "problem.size=tiny", "model.embedding=8", "training.epochs=1", "training.batch=8");
        var other = Task("answers", "problem.size=tiny", "model.embedding=8", "training.epochs=1", "training.batch=8");
        using var a = Fit(new RankingCurriculum(new()), task.Problem);
        using var b = Fit(new RankingCurriculum(new()), other.Problem with { });
        Assert.Equal(Bits(a), Bits(b));
        Assert.Equal(task.Floor!.Values["map"], task.Examine(Ranker.FirstStage()).Values["map"]);
        Assert.NotNull(task.Truth);
        Assert.Equal(ScoredOn.Truth, task.ScoredOn);
    }

    [Theory]
    [InlineData("pairwise-ranking", "answers"), InlineData("ranking-curriculum", "answers"), InlineData("pg-rank", "answers"), InlineData("doc2doc", "laws")]
    public void Stopped_at_any_step_and_continued_it_ends_with_the_same_bits_and_memory_stays_flat(string slug, string name)
    {
        IFit<RankingProblem, Ranker> Method() => slug switch { "pairwise-ranking" => new PairwiseRanking(new()), "ranking-curriculum" => new RankingCurriculum(new()), "pg-rank" => new PolicyGradientRanking(new() { Samples = 4 }), _ => new DocumentToDocument(new() { Fetch = 10, Classifier = new() { Epochs = 1 } }) };
        var problem = Task(name, "problem.size=tiny", "model.embedding=8", "training.epochs=2", "training.batch=4").Problem;
        var tensors = LiveTensors.Count();
        string unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var ranker = run.Stage(slug, problem.Describe(), () => Method().Fit(problem, run))) unbroken = Bits(ranker);
        Assert.True(tensors[^1] <= tensors[^10], $"{tensors[^1] - tensors[^10]} more tensors after 9 steps");
        var folder = Directory.CreateTempSubdirectory("preceptor-ranking-").FullName;
        for (var attempt = 0; ; attempt++)
        {
            Assert.True(attempt < 100, "the run makes no progress across interruptions");
            using var stop = new CancellationTokenSource();
            var left = 17;
            using var run = new Run(new RunSettings { Folder = folder, Cancellation = stop.Token, AtSafePoint = () => { if (--left == 0) stop.Cancel(); } });
            try
            {
                using var ranker = run.Stage(slug, problem.Describe(), () => Method().Fit(problem, run));
                Assert.Equal(unbroken, Bits(ranker));
                break;
            }
            catch (OperationCanceledException)
            {
                // continue from the checkpoint
            }
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void What_cannot_be_learned_from_is_told()
    {
        var task = Task("grades", "problem.size=tiny");
        var problem = task.Problem with { Relevance = new([.. task.Problem.Relevance.Train.Select(g => new int[g.Length])], task.Problem.Relevance.Validation) };
        Assert.Contains("nothing to learn from", Assert.Throws<RequestException>(() => Fit(new PairwiseRanking(new()), problem)).Message, StringComparison.Ordinal);
        Assert.Contains("method.samples", Assert.Throws<RequestException>(() => Fit(new PolicyGradientRanking(new() { Samples = 1 }), task.Problem)).Message, StringComparison.Ordinal);
        Assert.Contains("linear and mlp read them", Assert.Throws<RequestException>(() => Fit(new PairwiseRanking(new()), task.Problem with { Model = new() { Scorer = ScorerKind.Kernel } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_are_those_of_trec_eval()
    {
        // trec_eval on: q1 ranks d3 d2 d1 (the last two tied), d1 of grade 2 and d4 of grade 1 relevant, d4 not found; q2 has nothing relevant.
        CandidateList[] lists = [new("q1", "", [0, 1, 2], [1, 1, 2], []), new("q2", "", [0], [1], [])];
        var scores = RankingScores.Of(lists, [[2, 0, -1], [0]], [[(3, 1)], []], l => (l.Documents, l.FirstScores), d => $"d{d + 1}");
        Assert.Equal((1, 1, 1), (scores.Queries.Count, scores.WithoutRelevant, scores.Tied));
        var query = scores.Queries[0];
        Assert.Equal([-1, 0, 2], query.Grades);
        Assert.Equal(2 / Math.Log2(4) / (2 + 1 / Math.Log2(3)), query.Gain(10), 1e-12);
        Assert.Equal((1.0 / 3, 1.0 / 3 / 2, 0.0, 0.5), (query.ReciprocalRank, query.AveragePrecision, query.Precision(2), query.Recall(3)));
    }

    [Fact]
    public void Scores_at_every_cutoff_are_those_computed_by_hand()
    {
        // Grades 3, 1 and 2 at ranks 2, 7 and 22 of 25; one document of grade 1 was not found. The best possible: 3 + 2 / log2(3) + 1 / 2 + 1 / log2(5) = 5.192536.
        var grades = new int[25];
        (grades[1], grades[6], grades[21]) = (3, 1, 2);
        var ranking = new QueryRanking(grades, [3, 2, 1, 1]);
        Assert.Equal(0.364521, ranking.Gain(5), 1e-6);
        Assert.Equal(0.428716, ranking.Gain(10), 1e-6);
        Assert.Equal(0.428716, ranking.Gain(20), 1e-6);
        Assert.Equal((0.25, 0.5, 0.75), (ranking.Recall(5), ranking.Recall(20), ranking.Recall(100)));
        Assert.Equal((0.25, 0.5), (ranking.Precision(ranking.Ideal.Length), ranking.ReciprocalRank)); // the former is R-precision
        Assert.Equal((1.0 / 2 + 2.0 / 7 + 3.0 / 22) / 4, ranking.AveragePrecision, 1e-12);
        Assert.All(Enumerable.Range(1, 30), k => Assert.True(ranking.Recall(k + 1) >= ranking.Recall(k)));
        // A query that retrieved nothing counts 0, as by trec_eval -c, and one without relevant documents counts nowhere.
        var mean = RankingScores.Of([new("empty", "", [], [], []), new("found", "", [4], [1], []), new("none", "", [5], [1], [])], [[], [1], [0]], [[(3, 1)], [], []], l => (l.Documents, l.FirstScores), null);
        Assert.Equal((2, 1, 0), (mean.Queries.Count, mean.WithoutRelevant, mean.Tied));
        Assert.Equal((0.5, 0.5, 0.5), (mean.Mean(q => q.Gain(10)), mean.Mean(q => q.AveragePrecision), mean.Mean(q => q.Recall(100))));
    }
}
