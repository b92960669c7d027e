using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Models;
using Preceptor.Ranking;
using Preceptor.Ranking.BuiltIn;

namespace Preceptor.Catalogue;

/// <summary>Ranking: candidates of queries to be put in order. The exam has queries that nobody trained on, scored by trec_eval's definitions.</summary>
internal sealed class RankingKind : ExamKind<RankingProblem, Ranker>
{
    private const int Shown = 5;

    internal static readonly Metric Gain = MeasuredScores.Metric("ndcg@10", "grades of the first ten, discounted by log2(rank + 1), over the best possible", Better.Higher, 0, 1);
    internal static readonly Metric ReciprocalRank = MeasuredScores.Metric("mrr", "1 / rank of the first relevant document", Better.Higher, 0, 1);
    internal static readonly Metric First = MeasuredScores.Metric("p@1", "whether the first document is relevant", Better.Higher, 0, 1);
    internal static readonly Metric GainOfFive = MeasuredScores.Metric("ndcg@5", "as ndcg@10, of the first five", Better.Higher, 0, 1);
    internal static readonly Metric AveragePrecision = MeasuredScores.Metric("map", "the mean of the precisions at the relevant documents", Better.Higher, 0, 1);

    internal static readonly Metric Recall = MeasuredScores.Metric("recall@100", "the share of the relevant documents among the first hundred", Better.Higher, 0, 1);
    internal static readonly Metric GainOfTwenty = MeasuredScores.Metric("ndcg@20", "as ndcg@10, of the first twenty", Better.Higher, 0, 1);
    internal static readonly Metric RPrecision = MeasuredScores.Metric("r-precision", "the share of relevant documents among as many first ones as there are relevant", Better.Higher, 0, 1);
    internal static readonly Metric RecallOfTwenty = MeasuredScores.Metric("recall@20", "the share of the relevant documents among the first twenty", Better.Higher, 0, 1);
    internal static readonly Metric FirstShare = MeasuredScores.Metric("first-share", "how much of the order is the first stage's: 1 without a network, 0 where the network does not read the first stage", Better.Lower, 0, 1);

    public override string Name => RankingData.KindName;

    public override Type DataType => typeof(RankingData);

    public override Type ModelType => typeof(RankingModelOptions);

    public override string Baseline => "pairwise-ranking";

    public override IReadOnlyList<Metric> Metrics(ExamTask<RankingProblem, Ranker> task) => [Gain, ReciprocalRank, First, GainOfFive, GainOfTwenty, AveragePrecision, RPrecision, RecallOfTwenty, Recall, FirstShare];

    public override TrainingSummary? Training(Ranker model) => model.Training;

    public override string Use(string folder) => $"predict {folder} pairs.csv --out ranked.csv";

    public override ExamTask<RankingProblem, Ranker> Draw(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx)
    {
        var data = (RankingData)specification.Problem;
        var collection = data.Read(specification.ProblemSettings, read);
        return Task(collection, collection.Grades, specification, data.SplitSeed, ScoredOn.Unverified);
    }

    /// <summary>The problem of the questions and answers that are generated.</summary>
    internal static ExamTask<RankingProblem, Ranker> Answers(Specification specification, ulong seed)
    {
        var (collection, judged) = AnswersProblem.Draw((AnswersProblem.Options)specification.Problem, seed);
        return Task(collection, judged, specification, seed, ScoredOn.Truth);
    }

    /// <summary>The problem of generated grades.</summary>
    internal static ExamTask<RankingProblem, Ranker> Grades(Specification specification, ulong seed)
    {
        var collection = GradesProblem.Draw((GradesProblem.Options)specification.Problem, seed);
        return Task(collection, collection.Grades, specification, seed, ScoredOn.Truth);
    }

    /// <summary>The problem of directives and acts.</summary>
    internal static ExamTask<RankingProblem, Ranker> Laws(Specification specification, ulong seed)
    {
        var collection = LawsProblem.Draw((LawsProblem.Options)specification.Problem, seed);
        return Task(collection, collection.Grades, specification, seed, ScoredOn.Truth);
    }

    private static ExamTask<RankingProblem, Ranker> Task(RankingCollection collection, int[][] judged, Specification specification, ulong seed, ScoredOn scoredOn)
    {
        var (train, validation, test) = collection.Divide(seed);
        CandidateList[] Lists(int[] of) => [.. of.Select(i => collection.Lists[i])];
        int[][] Of(int[][] grades, int[] of) => [.. of.Select(i => grades[i])];
        (int Document, int Grade)[][] Lost(int[] of) => [.. of.Select(i => collection.Missing[i])];
        var (lists, grades) = collection.ToLearn(train, judged);
        var (validationLists, validationGrades) = collection.ToLearn(validation, judged);
        var problem = new RankingProblem(collection.Name, collection.Documents, collection.FeatureCount, lists, validationLists, new(grades, validationGrades))
        {
            Model = (RankingModelOptions)specification.ModelSection,
            Training = specification.Training,
            Dates = collection.Dates,
            Topics = collection.TopicCount == 0 ? null : new(collection.Topics, [.. train.Select(i => collection.QueryTopics[i])], collection.TopicCount),
        };
        RankingScores Rank(Func<CandidateList, (int[], double[])> rank, int[] of, int[][] grades) => RankingScores.Of(Lists(of), Of(grades, of), Lost(of), rank, d => collection.DocumentNames[d]);
        MeasuredScores Score(Ranker ranker, int[] of, int[][] by) => Measured(Rank(l => ranker.Rank(l, collection.Documents), of, by), ranker.FirstShare(Lists(of), collection.Documents), collection.Name);
        var hasFirstStage = Lists(test).Any(l => l.FirstScores.Any(s => s != 0));
        return new(problem, ranker => Score(ranker, test, collection.Grades), ranker => Score(ranker, validation, judged))
        {
            Truth = ReferenceEquals(judged, collection.Grades) ? null : problem with { Relevance = new(collection.ToLearn(train, collection.Grades).Grades, collection.ToLearn(validation, collection.Grades).Grades) },
            Floor = hasFirstStage ? Score(Ranker.FirstStage(), test, collection.Grades) : null,
            Show = ranker => Show(collection, Lists(test), Of(collection.Grades, test), Lost(test), ranker, hasFirstStage),
            ScoredOn = scoredOn,
            TestItems = Rank(l => (l.Documents, l.FirstScores), test, collection.Grades).Queries.Count,
            TrainingItems = train.Length,
            LabelledItems = problem.Relevance.Train.Count(g => g.Any(v => v > 0)),
            Fingerprint = $"{problem.Fingerprint}-{problem.Relevance.Fingerprint}-{RankingProblem.Hash([], 0, Lists(test))}",
            Notes = collection.Notes,
        };
    }

    private static MeasuredScores Measured(RankingScores scores, double firstShare, string name)
    {
        if (scores.Queries.Count == 0) throw new Foundation.RequestException($"{name}: no query of those that are scored has a relevant document");
        double[] Each(Func<QueryRanking, double> of) => [.. scores.Queries.Select(of)];
        return MeasuredScores.Of(new Dictionary<string, double[]>
        {
            [Gain.Name] = Each(q => q.Gain(10)),
            [ReciprocalRank.Name] = Each(q => q.ReciprocalRank),
            [First.Name] = Each(q => q.Precision(1)),
            [GainOfFive.Name] = Each(q => q.Gain(5)),
            [AveragePrecision.Name] = Each(q => q.AveragePrecision),
            [Recall.Name] = Each(q => q.Recall(100)),
            [GainOfTwenty.Name] = Each(q => q.Gain(20)),
            [RPrecision.Name] = Each(q => q.Precision(q.Ideal.Length)),
            [RecallOfTwenty.Name] = Each(q => q.Recall(20)),
        }, new Dictionary<string, double> { [FirstShare.Name] = firstShare })
        with
        { Remarks = scores.Tied == 0 ? [] : [$"documents have equal scores in the rankings of {scores.Tied} of {scores.Queries.Count} test queries; of equal ones the later name comes first"] };
    }

    private static ReportParts Show(RankingCollection collection, CandidateList[] lists, int[][] grades, (int Document, int Grade)[][] missing, Ranker ranker, bool hasFirstStage)
    {
        if (!hasFirstStage) return new();
        double GainOf(int i, (int[], double[]) ranking) => RankingScores.Of([lists[i]], [grades[i]], [missing[i]], _ => ranking, d => collection.DocumentNames[d]).Mean(q => q.Gain(10));
        var changes = lists.Select((l, i) => (List: l, Before: GainOf(i, (l.Documents, l.FirstScores)), After: GainOf(i, ranker.Rank(l, collection.Documents)))).OrderByDescending(c => c.After - c.Before).ToArray();
        var shown = changes.Take(Shown).Concat(changes.TakeLast(Shown)).Distinct().ToArray();
        return new()
        {
            Tables =
            [
                new("queries-most-changed",
                [
                    new TextColumn("query", [.. shown.Select(c => c.List.Name)]),
                    new TextColumn("text", [.. shown.Select(c => c.List.Text.Length > 80 ? c.List.Text[..80] + "…" : c.List.Text)]),
                    new NumberColumn("ndcg@10 of the first stage", [.. shown.Select(c => c.Before)]),
                    new NumberColumn("ndcg@10 of the ranker", [.. shown.Select(c => c.After)]),
                ]),
            ],
            Charts = [new CurveChart("Queries from the one that gains most to the one that loses most", "What the ranker adds to the first stage's nDCG@10, a query each.", "query", "difference of ndcg@10", [new("ranker less first stage", [.. changes.Select((_, i) => (double)i + 1)], [.. changes.Select(c => c.After - c.Before)])])],
        };
    }
}
