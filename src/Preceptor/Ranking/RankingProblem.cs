using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Training;

namespace Preceptor.Ranking;

/// <summary>A query and the documents that a first stage found for it, to be put in order.</summary>
/// <param name="Name">The query's name.</param>
/// <param name="Text">Its text; empty where only features are known.</param>
/// <param name="Documents">The candidates' numbers among the problem's documents [n].</param>
/// <param name="FirstScores">What the first stage scored them [n], in no order; zeros without a first stage.</param>
/// <param name="Features">Features of query and document together [n × F]; empty without.</param>
public sealed record CandidateList(string Name, string Text, int[] Documents, double[] FirstScores, float[] Features)
{
    /// <summary>How many candidates, n.</summary>
    public int Count => Documents.Length;

    /// <summary>The query's date, in years; not a number if unknown.</summary>
    public double Date { get; init; } = double.NaN;

    /// <summary>The query itself among the problem's documents, which is none of its own results; −1 where queries are no documents.</summary>
    public int Itself { get; init; } = -1;
}

/// <summary>What documents are about, by numbers of topics: labels for an encoder that knows nothing of relevance.</summary>
/// <param name="Documents">The topics of each document; none where they are unknown.</param>
/// <param name="Queries">Those of each training query.</param>
/// <param name="Count">How many topics there are.</param>
public sealed record DocumentTopics(int[][] Documents, int[][] Queries, int Count) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint { get; } = Contents.Hash(MemoryMarshal.AsBytes<int>(Documents.Concat(Queries).SelectMany(t => t.Append(-1)).Append(Count).ToArray()));
}

/// <summary>Graded relevance of candidates: 0 for none, the more the better. What nobody judged is 0.</summary>
/// <param name="Train">Grades of the training lists' candidates, a row a list.</param>
/// <param name="Validation">Those of the validation lists.</param>
public sealed record Relevance(int[][] Train, int[][] Validation) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint { get; } = Contents.Hash(MemoryMarshal.AsBytes<int>(Train.Concat(Validation).SelectMany(g => g.Append(-1)).ToArray()));
}

/// <summary>A problem of ranking: lists of candidates to learn from, and what a method may see of them.</summary>
/// <param name="Title">What to call it in messages.</param>
/// <param name="Documents">The texts of all documents; empty strings where only features are known.</param>
/// <param name="FeatureCount">Features a candidate, F; 0 where texts are ranked.</param>
/// <param name="Train">Training lists.</param>
/// <param name="Validation">Validation lists.</param>
/// <param name="Relevance">The grades of both.</param>
public sealed record RankingProblem(string Title, IReadOnlyList<string> Documents, int FeatureCount, CandidateList[] Train, CandidateList[] Validation, Relevance Relevance) : ITrainingProblem
{
    private readonly Lazy<string> contents = new(() => Hash(Documents, FeatureCount, Train, Validation));

    /// <inheritdoc/>
    public string Name => Title;

    /// <inheritdoc/>
    public IReadOnlyList<ISupervision> Supervision => Topics is null ? [Relevance] : [Relevance, Topics];

    /// <summary>What documents and training queries are about; null if unknown.</summary>
    public DocumentTopics? Topics { get; init; }

    /// <summary>The documents' dates, in years, not a number where unknown; empty without any.</summary>
    public double[] Dates { get; init; } = [];

    /// <summary>The network.</summary>
    public RankingModelOptions Model { get; init; } = new();

    /// <summary>How to train it.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>A hash of documents and lists.</summary>
    public string Fingerprint => contents.Value;

    /// <inheritdoc/>
    public JsonObject Describe(JsonNode? method = null)
    {
        var description = new JsonObject { ["data"] = Fingerprint, ["relevance"] = Relevance.Fingerprint, ["model"] = Options.Resolve(Model), ["training"] = Options.Resolve(Training) };
        if (Topics is not null) description["topics"] = Topics.Fingerprint;
        if (Dates.Length > 0) description["dates"] = Contents.Hash(MemoryMarshal.AsBytes<double>(Dates));
        if (method is not null) description["method"] = method;
        return description;
    }

    internal static string Hash(IReadOnlyList<string> documents, int features, params IEnumerable<CandidateList[]> lists)
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(features);
        foreach (var document in documents) writer.Write(document);
        foreach (var list in lists.SelectMany(l => l))
        {
            writer.Write(list.Name);
            writer.Write(list.Text);
            writer.Write(MemoryMarshal.AsBytes<int>(list.Documents));
            writer.Write(MemoryMarshal.AsBytes<double>(list.FirstScores));
            writer.Write(MemoryMarshal.AsBytes<float>(list.Features));
            writer.Write(list.Date);
        }
        writer.Flush();
        return Contents.Hash(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
