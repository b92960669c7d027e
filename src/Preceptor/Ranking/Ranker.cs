using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Ranking;

/// <summary>A trained ranker: a list of candidates to their scores. Without a network it keeps the order of the first stage.</summary>
public sealed class Ranker : IArtifact<Ranker>, IDisposable
{
    /// <summary>The file that every ranker's folder has.</summary>
    public const string FileName = "ranker.json";

    private const string WeightsFile = "ranker.safetensors";
    private const int Block = 256;
    private readonly RankingModelOptions model;
    private readonly RankingEncoding encoding;
    private readonly RankingNetwork? network;
    private readonly int threads;
    private ReadDocuments? lastRead;

    internal Ranker(RankingModelOptions model, RankingEncoding encoding, RankingNetwork? network, TrainingSummary? training, int threads)
    {
        (this.model, this.encoding, this.network, this.threads) = (model, encoding, network, threads);
        Training = training;
    }

    /// <summary>The course of its training; null where there was none.</summary>
    public TrainingSummary? Training { get; }

    /// <summary>Features a candidate that it reads; 0 for texts.</summary>
    public int FeatureCount => encoding.Means.Length;

    /// <summary>The ranker that keeps the first stage's order.</summary>
    internal static Ranker FirstStage() => new(new(), new([], [], []), null, null, 1);

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
        if (features > 0)
        {
            var values = new float[count * width * features];
            for (var b = 0; b < count; b++)
                for (var i = 0; i < samples[b].Candidates.Length; i++)
                    for (var f = 0; f < features; f++) values[(b * width + i) * features + f] = encoding.Scale(samples[b].List.Features[samples[b].Candidates[i] * features + f], f);
            return new(tensor(values, [count, width, features]), null, null);
        }
        int[][] queries = [.. samples.Select(s => encoding.Read(s.List.Text, model.QueryLength))];
        int[][] texts = [.. samples.SelectMany(s => Enumerable.Range(0, width).Select(i => i < s.Candidates.Length ? documents[s.List.Documents[s.Candidates[i]]] : []))];
        return new(null, Padded(queries), Padded(texts).view(count, width, -1));
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
    }

    /// <inheritdoc/>
    public static Ranker Load(string folder)
    {
        var d = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        if (d.Means.Length != d.Deviations.Length) throw new RequestException($"{Path.Combine(folder, FileName)}: has {d.Means.Length} means and {d.Deviations.Length} deviations");
        var encoding = new RankingEncoding(d.Terms, d.Means, d.Deviations);
        if (!d.HasNetwork) return new(d.Model, encoding, null, d.Training, d.Threads);
        var network = RankingNetwork.Create(d.Model, d.Means.Length, encoding.Ids);
        new KeptModule(network).Read(Path.Combine(folder, WeightsFile));
        return new(d.Model, encoding, network, d.Training, d.Threads);
    }

    /// <inheritdoc/>
    public void Dispose() => network?.Dispose();

    private sealed record Description(bool HasNetwork, RankingModelOptions Model, IReadOnlyList<string> Terms, float[] Means, float[] Deviations, TrainingSummary? Training, int Threads);
}
