using Preceptor.Foundation;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Ranking;

/// <summary>A trained ranker: a list of candidates to their scores. Without a network it keeps the order of the first stage.</summary>
public sealed class Ranker : IArtifact<Ranker>, IDisposable
{
    /// <summary>The file that every ranker's folder has.</summary>
    public const string FileName = "ranker.json";

    private const string WeightsFile = "ranker.safetensors", SearchFolder = "search";
    private const int Block = 256, MostShares = 50;
    private readonly RankingModelOptions model;
    private readonly RankingEncoding encoding;
    private readonly RankingNetwork? network;
    private readonly int threads;
    private readonly DocumentSearch? search;
    private ReadDocuments? lastRead;

    internal Ranker(RankingModelOptions model, RankingEncoding encoding, RankingNetwork? network, TrainingSummary? training, int threads, DocumentSearch? search = null)
    {
        (this.model, this.encoding, this.network, this.threads, this.search) = (model, encoding, network, threads, search);
        Training = training;
    }

    /// <summary>The course of its training; null where there was none.</summary>
    public TrainingSummary? Training { get; }

    /// <summary>Features a candidate that it reads; 0 for texts.</summary>
    public int FeatureCount => encoding.Means.Length;

    /// <summary>Whether it fetches from all documents by a search of its own, instead of ordering the candidates it is given.</summary>
    public bool Fetches => search is not null;

    /// <summary>The ranker that keeps the first stage's order.</summary>
    internal static Ranker FirstStage() => new(new(), new([], [], []), null, null, 1);

    /// <summary>The same ranker over documents that a search of its own fetches; the search becomes its own.</summary>
    internal Ranker Over(DocumentSearch search) => new(model, encoding, network, Training, threads, search);

    /// <summary>How much of its order is the first stage's, in [0, 1], over some lists; 1 without a network and 0 where it does not read the first stage.</summary>
    internal double FirstShare(IReadOnlyList<CandidateList> lists, IReadOnlyList<string> documents)
    {
        if (network is null) return 1;
        if (network is not MixedScorer mixed || lists.Count == 0) return 0;
        set_num_threads(threads);
        network.eval();
        using var noGradient = no_grad();
        var read = new ReadDocuments(encoding, documents, model.DocumentLength);
        return lists.Select(list => search is null ? list : search.Fetch(list, documents)).Where(l => l.Count > 1).Take(MostShares).Average(list =>
        {
            using var scope = NewDisposeScope();
            return mixed.FirstShare(Inputs([(list, [.. Enumerable.Range(0, list.Count)])], list.Count, model, encoding, read));
        });
    }

    /// <summary>A query's documents and their scores: the candidates of its list, or those that a search of the ranker's own fetches from all documents.</summary>
    /// <param name="list">The list.</param>
    /// <param name="documents">The texts of all documents.</param>
    public (int[] Documents, double[] Scores) Rank(CandidateList list, IReadOnlyList<string> documents)
    {
        if (search is null) return (list.Documents, Score(list, documents));
        var fetched = search.Fetch(list, documents);
        return (fetched.Documents, Score(fetched, documents));
    }

    /// <summary>The scores of a list's candidates [n]; more is better.</summary>
    /// <param name="list">The list.</param>
    /// <param name="documents">The texts of all documents.</param>
    public double[] Score(CandidateList list, IReadOnlyList<string> documents)
    {
        if (network is null) return [.. list.FirstScores];
        set_num_threads(threads);
        network.eval();
        if (lastRead?.IsOf(documents) != true) lastRead = new(encoding, documents, model.DocumentLength);
        using var noGradient = no_grad();
        var scores = new double[list.Count];
        for (var start = 0; start < list.Count; start += Block)
        {
            using var scope = NewDisposeScope();
            var sample = new RankingSample(0, [.. Enumerable.Range(start, Math.Min(Block, list.Count - start))]);
            var values = network.forward(Inputs([(list, sample.Candidates)], sample.Candidates.Length, model, encoding, lastRead));
            foreach (var (i, value) in values.data<float>().ToArray().Index()) scores[start + i] = value;
        }
        return scores;
    }

    /// <summary>Lists as tensors.</summary>
    internal static RankingInputs Inputs(IReadOnlyList<(CandidateList List, int[] Candidates)> samples, int width, RankingModelOptions model, RankingEncoding encoding, ReadDocuments documents)
    {
        var (count, features) = (samples.Count, encoding.Means.Length);
        var scores = new float[count * width];
        for (var b = 0; b < count; b++)
            for (var i = 0; i < samples[b].Candidates.Length; i++)
                if (samples[b].List.FirstScores[samples[b].Candidates[i]] is var score && !double.IsNaN(score)) scores[b * width + i] = (float)score;
        var first = tensor(scores, [count, width]);
        if (features > 0)
        {
            var values = new float[count * width * features];
            for (var b = 0; b < count; b++)
                for (var i = 0; i < samples[b].Candidates.Length; i++)
                    for (var f = 0; f < features; f++) values[(b * width + i) * features + f] = encoding.Scale(samples[b].List.Features[samples[b].Candidates[i] * features + f], f);
            return new(tensor(values, [count, width, features]), null, null, first);
        }
        int[][] queries = [.. samples.Select(s => encoding.Read(s.List.Text, model.QueryLength))];
        int[][] texts = [.. samples.SelectMany(s => Enumerable.Range(0, width).Select(i => i < s.Candidates.Length ? documents[s.List.Documents[s.Candidates[i]]] : []))];
        return new(null, Padded(queries), Padded(texts).view(count, width, -1), first);
    }

    private static Tensor Padded(int[][] rows)
    {
        var width = Math.Max(1, rows.Max(r => r.Length));
        var ids = new long[rows.Length * width];
        for (var i = 0; i < rows.Length; i++)
            for (var k = 0; k < rows[i].Length; k++) ids[i * width + k] = rows[i][k];
        return tensor(ids, [rows.Length, width]);
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        ModelFiles.WriteJson(Path.Combine(folder, FileName), new Description(network is not null, model, encoding.Terms, encoding.Means, encoding.Deviations, Training, threads));
        if (network is not null) new KeptModule(network).Write(Path.Combine(folder, WeightsFile));
        search?.Save(Path.Combine(folder, SearchFolder));
    }

    /// <inheritdoc/>
    public static Ranker Load(string folder)
    {
        var d = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        if (d.Means.Length != d.Deviations.Length) throw new RequestException($"{Path.Combine(folder, FileName)}: has {d.Means.Length} means and {d.Deviations.Length} deviations");
        var encoding = new RankingEncoding(d.Terms, d.Means, d.Deviations);
        var search = Directory.Exists(Path.Combine(folder, SearchFolder)) ? DocumentSearch.Load(Path.Combine(folder, SearchFolder)) : null;
        if (!d.HasNetwork) return new(d.Model, encoding, null, d.Training, d.Threads, search);
        var network = RankingNetwork.Create(d.Model, d.Means.Length, encoding.Ids);
        new KeptModule(network).Read(Path.Combine(folder, WeightsFile));
        return new(d.Model, encoding, network, d.Training, d.Threads, search);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        network?.Dispose();
        search?.Dispose();
    }

    private sealed record Description(bool HasNetwork, RankingModelOptions Model, IReadOnlyList<string> Terms, float[] Means, float[] Deviations, TrainingSummary? Training, int Threads);
}
