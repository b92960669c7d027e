using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Training;

namespace Preceptor.Ranking;

/// <summary>What puts fetched documents into their final order.</summary>
public enum DocumentReranking
{
    /// <summary>Nothing: the order in which they were fetched.</summary>
    None,

    /// <summary>A network whose score is added to the first one, trained by the hinge of pairs.</summary>
    Hinge,

    /// <summary>The same, trained by cross entropy.</summary>
    CrossEntropy,
}

/// <summary>
/// Documents for documents (Chalkidis et al. 2021): BM25, with its weights and the length of the query tuned, and vectors of a classifier of topics fetch K documents, mixed as validation says (section 4.1); a window of
/// dates, learned from relevant pairs, drops documents that cannot be meant (section 4.3); a network may put the rest into order, s = w_r s_r + w_p s_p (section 4.2).
/// </summary>
[Method("doc2doc", "Document-to-document retrieval", Paper = 79, Summary = "Fetches documents for documents by words and by topic vectors, drops impossible dates, and may re-rank.", Citation = "Chalkidis et al. 2021 (Regulatory Compliance through Doc2Doc Information Retrieval)")]
[Version(1)]
public sealed class DocumentToDocument(DocumentToDocument.Options options) : IFit<RankingProblem, Ranker>, INeeds<Relevance>
{
    private static readonly (double K1, double B, int Terms)[] Tried = [(0.9, 0.4, 0), (1.2, 0.75, 0), (2.5, 0.9, 0), (1.2, 0.75, 50), (2.5, 0.9, 50)];

    /// <summary>The options. With <c>vectors: false, words-share: 1, dates: false, rerank: none</c> it is BM25.</summary>
    public sealed record Options
    {
        /// <summary>Whether vectors fetch.</summary>
        [Description("Whether vectors of a classifier of topics fetch too, where topics are known")]
        [Source("section 4.1: C-BERT")]
        public bool Vectors { get; set; } = true;

        /// <summary>a.</summary>
        [Description("a, the share of BM25 in the mixture with the vectors; left out: the best of eleven on the validation queries")]
        [Range(0, 1)]
        public double? WordsShare { get; set; }

        /// <summary>K.</summary>
        [Description("K, how many documents are fetched")]
        [Range(1, 100_000)]
        [Source("section 4: 100")]
        public int Fetch { get; set; } = 100;

        /// <summary>Whether dates count.</summary>
        [Description("Whether documents outside of the window of dates of the training pairs are dropped, where dates are known")]
        [Source("section 4.3")]
        public bool Dates { get; set; } = true;

        /// <summary>The share of pairs left outside the window.</summary>
        [Description("The share of relevant training pairs that may lie outside of the window, at each of its ends")]
        [Range(0, 0.49)]
        public double Outside { get; set; }

        /// <summary>What re-ranks.</summary>
        [Description("What puts the fetched documents into order")]
        [Source("section 4.2")]
        public DocumentReranking Rerank { get; set; } = DocumentReranking.Hinge;

        /// <summary>Pairs of a query in each epoch.</summary>
        [Description("Pairs of a query in each epoch of the re-ranker")]
        [Range(1, 10_000)]
        public int Samples { get; set; } = 8;

        /// <summary>Numbers a vector.</summary>
        [Description("Numbers a vector of the classifier")]
        [Range(1, 4096)]
        public int Width { get; set; } = 64;

        /// <summary>The classifier's training.</summary>
        [Description("How the classifier of topics is trained")]
        public TrainingOptions Classifier { get; set; } = new() { Epochs = 10, Batch = 64, Rate = 0.01 };
    }

    /// <inheritdoc/>
    public Ranker Fit(RankingProblem problem, Run run)
    {
        if (problem.FeatureCount > 0) throw new RequestException($"doc2doc reads documents, and {problem.Name} has features alone");
        var encoder = options.Vectors && problem.Topics is not null
            ? run.Stage("topics", problem.Describe(Foundation.Options.Resolve(options)), () => TopicEncoder.Train(run, problem, options.Width, options.Classifier)) : null;
        var (from, to) = options.Dates ? Window(problem) : (double.NegativeInfinity, double.PositiveInfinity);
        var search = Tuned(problem, encoder, new(new(), 1, options.Fetch, from, to));
        if (options.Rerank == DocumentReranking.None) return Ranker.FirstStage().Over(search);
        var (train, grades) = Fetched(problem.Train, problem.Relevance.Train, search, problem);
        var (validation, validationGrades) = Fetched(problem.Validation, problem.Relevance.Validation, search, problem);
        var fetched = problem with { Train = train, Validation = validation, Relevance = new(grades, validationGrades), Model = problem.Model with { FirstStage = true } };
        return run.Stage("reranker", fetched.Describe(Foundation.Options.Resolve(options)), () =>
            run.Train(fetched, RankingSampler.Pairs(options.Samples), _ => (scores, batch) =>
                RankingCurriculum.Losses(scores, batch.Grades(), options.Rerank == DocumentReranking.Hinge ? RankingLossKind.Hinge : RankingLossKind.CrossEntropy, 1).mean())).Over(search);
    }

    /// <summary>The years from a query's date to those of its relevant documents, the outermost left out as the options say.</summary>
    internal (double From, double To) Window(RankingProblem problem)
    {
        double[] years = [.. problem.Train.SelectMany((l, i) => l.Documents.Where((_, c) => problem.Relevance.Train[i][c] > 0).Where(d => d < problem.Dates.Length).Select(d => problem.Dates[d] - l.Date)).Where(double.IsFinite).Order()];
        if (years.Length == 0) return (double.NegativeInfinity, double.PositiveInfinity);
        var left = (int)(options.Outside * years.Length);
        return (years[left], years[^(left + 1)]);
    }

    // Weights of BM25 first, alone, then the share of the mixture: whichever finds most of the validation queries' relevant documents among the K.
    private DocumentSearch Tuned(RankingProblem problem, TopicEncoder? encoder, DocumentSearchOptions start)
    {
        var search = new DocumentSearch(start, encoder, problem.Dates);
        int[][] relevant = [.. problem.Validation.Select((l, i) => l.Documents.Where((_, c) => problem.Relevance.Validation[i][c] > 0).ToArray())];
        double Recall(DocumentSearchOptions tried)
        {
            var one = search.With(tried);
            double[] found = [.. problem.Validation.Zip(relevant).Where(q => q.Second.Length > 0).Select(q => one.Fetch(q.First, problem.Documents).Documents.Intersect(q.Second).Count() / (double)q.Second.Length)];
            return found.Length == 0 ? 0 : found.Average();
        }
        search.Scores(problem.Train[0], problem.Documents); // indexes once for all that follows
        var best = Tried.Select(t => start with { Bm25 = new() { K1 = t.K1, B = t.B, QueryTerms = t.Terms, CountsRepeats = true } }).MaxBy(Recall)!;
        if (encoder is not null) best = best with { WordsShare = options.WordsShare ?? Enumerable.Range(0, 11).Select(i => 1 - i / 10.0).MaxBy(a => Recall(best with { WordsShare = a })) };
        return search.With(best);
    }

    private static (CandidateList[] Lists, int[][] Grades) Fetched(CandidateList[] lists, int[][] grades, DocumentSearch search, RankingProblem problem)
    {
        CandidateList[] fetched = [.. lists.Select(l => search.Fetch(l, problem.Documents))];
        return (fetched, [.. fetched.Select((l, i) =>
        {
            var judged = lists[i].Documents.Zip(grades[i]).ToDictionary(p => p.First, p => p.Second);
            return l.Documents.Select(d => judged.GetValueOrDefault(d)).ToArray();
        })]);
    }
}
