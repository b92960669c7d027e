using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Ranking;

/// <summary>The keys of a ranking problem: documents, queries and judgements, or features in the form of LETOR.</summary>
public sealed record RankingData : IProblemData
{
    /// <summary>The name of the kind.</summary>
    public const string KindName = "ranking";

    string IProblemData.Name => Data ?? Path.GetFileNameWithoutExtension(Queries ?? Letor ?? "ranking");

    /// <summary>The kind.</summary>
    [Description("The kind of problem"), AllowedValues(KindName)]
    public string Kind { get; set; } = KindName;

    /// <summary>A published collection.</summary>
    [Description("A published collection by name, instead of files"), AllowedValues("cranfield", "lightgbm-lambdarank")]
    public string? Data { get; set; }

    /// <summary>The documents.</summary>
    [Description("A file of documents, a row each: CSV, TSV, Parquet or JSON Lines")]
    public string? Documents { get; set; }

    /// <summary>Their columns of text.</summary>
    [Description("The documents' columns of text, read one after the other")]
    public string[] DocumentText { get; set; } = ["text"];

    /// <summary>Their names.</summary>
    [Description("The column of the documents' names, by which judgements know them")]
    public string DocumentId { get; set; } = "id";

    /// <summary>Their dates.</summary>
    [Description("The documents' column of dates: years, or year-month-day; doc2doc drops documents whose dates cannot be meant")]
    public string? DocumentDate { get; set; }

    /// <summary>Their topics.</summary>
    [Description("The documents' column of topics, | between them; doc2doc learns vectors from them")]
    public string? DocumentTopics { get; set; }

    /// <summary>The queries.</summary>
    [Description("A file of queries, a row each; that of the documents where these are linked with each other: none is then among its own results")]
    public string? Queries { get; set; }

    /// <summary>Their columns of text.</summary>
    [Description("The queries' columns of text")]
    public string[] QueryText { get; set; } = ["text"];

    /// <summary>Their names.</summary>
    [Description("The column of the queries' names")]
    public string QueryId { get; set; } = "id";

    /// <summary>Their dates.</summary>
    [Description("The queries' column of dates")]
    public string? QueryDate { get; set; }

    /// <summary>Their topics.</summary>
    [Description("The queries' column of topics")]
    public string? QueryTopics { get; set; }

    /// <summary>The judgements.</summary>
    [Description("A file of judgements in TREC's form: query, anything, document, grade")]
    public string? Qrels { get; set; }

    /// <summary>The links.</summary>
    [Description("Instead of qrels: a file of links between queries and documents, a row each; all that is linked is relevant")]
    public string? Links { get; set; }

    /// <summary>The links' columns of queries.</summary>
    [Description("The links' column of the queries' names")]
    public string LinkFrom { get; set; } = "from";

    /// <summary>The links' columns of documents.</summary>
    [Description("The links' column of the documents' names")]
    public string LinkTo { get; set; } = "to";

    /// <summary>The other direction.</summary>
    [Description("Whether documents ask and queries are found: the other direction of the same judgements or links. Documents that nothing is linked with do not ask")]
    public bool Reverse { get; set; }

    /// <summary>The first stage's lists.</summary>
    [Description("A run in TREC's form, whose documents are the candidates; left out: BM25 finds them")]
    public string? Run { get; set; }

    /// <summary>Most candidates.</summary>
    [Description("Most candidates of a query")]
    [Range(2, 100_000)]
    public int Candidates { get; set; } = 100;

    /// <summary>BM25's weights.</summary>
    [Description("The weights of BM25: k1, b, counts-repeats")]
    public Bm25 Bm25 { get; set; } = new();

    /// <summary>Features.</summary>
    [Description("A file of features in LETOR's and SVM-rank's form: grade qid:QUERY number:value …; instead of documents and queries")]
    public string? Letor { get; set; }

    /// <summary>Features to test on.</summary>
    [Description("A second such file, to test on; left out: a fifth of the queries is set aside")]
    public string? LetorTest { get; set; }

    /// <summary>How rows are divided.</summary>
    [Description("Decides which queries train, validate and test")]
    public ulong SplitSeed { get; set; }

    /// <summary>Reads the collection.</summary>
    /// <param name="settings">Where these keys were written, for messages.</param>
    /// <param name="read">Reads a table.</param>
    /// <exception cref="RequestException">Something is missing or malformed.</exception>
    public RankingCollection Read(MapSetting? settings, ReadTable read)
    {
        Setting At(string key) => settings?.Find(key) ?? new ScalarSetting(settings?.Place ?? "specification", $"problem.{key}", "");
        if (Data is { } name)
        {
            var folder = DataFolder.Require(name);
            if (name == "cranfield")
            {
                var (texts, asked, grades) = RankingFiles.Cranfield(folder);
                return RankingCollection.Of(name, texts, asked, grades, null, Candidates, Bm25);
            }
            return RankingCollection.OfFeatures(name, Counted(folder, "train"), Counted(folder, "test"));
        }
        if (Letor is { } letor)
        {
            if (Documents is not null || Queries is not null) throw At("letor").Wrong("features stand instead of documents and queries; give one or the other");
            return LetorTest is { } test ? RankingCollection.OfFeatures(letor, RankingFiles.Features(letor), RankingFiles.Features(test)) : RankingCollection.OfFeatures(letor, RankingFiles.Features(letor));
        }
        string Require(string? file, string key) => file ?? throw At(key).Wrong($"is missing; a ranking problem has documents, queries and qrels, or letor, or data: cranfield");
        if (Qrels is not null && Links is not null) throw At("links").Wrong("links stand instead of qrels; give one or the other");
        if (Reverse && Run is not null) throw At("reverse").Wrong("a run has candidates for one direction only; leave out run, or reverse");
        var documents = NamedTexts.Of(read(Require(Documents, "documents"), Texts(DocumentText, DocumentId, DocumentDate, DocumentTopics), [], BadImages.Fail).Rows, DocumentId, DocumentText, At("documents"), DocumentDate, DocumentTopics);
        var queries = NamedTexts.Of(read(Require(Queries, "queries"), Texts(QueryText, QueryId, QueryDate, QueryTopics), [], BadImages.Fail).Rows, QueryId, QueryText, At("queries"), QueryDate, QueryTopics);
        var judged = Links is { } links ? RankingFiles.Links(read(links, [LinkFrom, LinkTo], [], BadImages.Fail).Rows, LinkFrom, LinkTo, At("links")) : RankingFiles.Judgements(Require(Qrels, "qrels"));
        if (Reverse) (documents, queries, judged) = (queries, documents, RankingFiles.Reversed(judged));
        if (Reverse) queries = queries.Only(judged.ContainsKey);
        return RankingCollection.Of(((IProblemData)this).Name, documents, queries, judged, Run is null ? null : RankingFiles.Run(Run), Candidates, Bm25, isWithinItself: Documents == Queries && DocumentId == QueryId);
    }

    private static string[] Texts(string[] text, params string?[] others) => [.. text, .. others.OfType<string>()];

    // LightGBM's form: candidates without their query, and beside them how many each query has, in order.
    internal static (List<(string Query, List<(int Grade, (int Feature, float Value)[] Values)> Rows)> Lists, int Features) Counted(string folder, string part)
    {
        var counts = File.ReadLines(Path.Combine(folder, $"rank.{part}.query")).Where(l => l.Trim().Length > 0).Select(l => int.Parse(l, System.Globalization.CultureInfo.InvariantCulture));
        string[] queries = [.. counts.SelectMany((count, q) => Enumerable.Repeat($"{part}-{q}", count))];
        var plain = Path.Combine(Directory.CreateTempSubdirectory("preceptor-letor-").FullName, "rank.txt");
        try
        {
            using (var packed = new System.IO.Compression.GZipStream(File.OpenRead(Path.Combine(folder, $"rank.{part}.gz")), System.IO.Compression.CompressionMode.Decompress))
            using (var file = File.Create(plain)) packed.CopyTo(file);
            return RankingFiles.Features(plain, queries);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(plain)!, recursive: true);
        }
    }
}
