using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Objectives;
using Preceptor.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Ranking;

/// <summary>The size of a <see cref="BiEncoder"/> and how it is trained.</summary>
public sealed record BiEncoderOptions
{
    /// <summary>Numbers a vector.</summary>
    [Description("Numbers a vector")]
    [Range(1, 4096)]
    public int Width { get; set; } = 64;

    /// <summary>Most terms that it knows.</summary>
    [Description("Most terms that it knows, the most frequent ones of the documents")]
    [Range(1, 10_000_000)]
    public int Vocabulary { get; set; } = 30_000;

    /// <summary>What similarities are divided by.</summary>
    [Description("What similarities are divided by in the loss")]
    [Range(0, 100, MinimumIsExclusive = true)]
    public double Temperature { get; set; } = 0.1;

    /// <summary>Most pairs to learn from.</summary>
    [Description("Most pairs to learn from, drawn at random")]
    [Range(1, int.MaxValue)]
    public int Pairs { get; set; } = 20_000;

    /// <summary>How it is trained.</summary>
    [Description("How it is trained")]
    public TrainingOptions Training { get; set; } = new() { Epochs = 3, Rate = 0.01 };
}

/// <summary>
/// Texts to unit vectors whose products say how well two fit: the mean of its terms' vectors, the rarer the heavier. It learns from pairs of a query and its document; in each batch, the documents
/// of the other queries are what a query should not be near (the in-batch negatives of Karpukhin et al. 2020, both ways as in Radford et al. 2021).
/// </summary>
[Version(1)]
public sealed class BiEncoder : IArtifact<BiEncoder>
{
    private const string FileName = "encoder.json", WeightsFile = "encoder.safetensors";
    private const int Limit = 400;
    private readonly TermDictionary dictionary;
    private readonly float[] weights, vectors;

    private BiEncoder(IReadOnlyList<string> terms, float[] weights, float[] vectors, int width)
    {
        dictionary = new(TermForm.English, terms);
        (this.weights, this.vectors, Width) = (weights, vectors, width);
    }

    /// <summary>Numbers a vector.</summary>
    public int Width { get; }

    /// <summary>How many terms it knows.</summary>
    public int Terms => dictionary.Terms.Count;

    /// <summary>The vector of a text, of length 1; zeros where it knows no term of the text. Not for several threads at once.</summary>
    public void Encode(ReadOnlySpan<char> text, Span<float> into)
    {
        var ids = new List<int>();
        dictionary.Read(text, ids);
        into.Clear();
        foreach (var id in ids)
        {
            var weight = weights[id];
            var vector = vectors.AsSpan(id * Width, Width);
            for (var i = 0; i < into.Length; i++) into[i] += weight * vector[i];
        }
        var length = MathF.Sqrt(VectorIndex.Dot(into, into));
        if (length > 0)
            for (var i = 0; i < into.Length; i++) into[i] /= length;
    }

    /// <summary>Trains an encoder on pairs that fit.</summary>
    /// <param name="run">The run; only one training fits into a stage.</param>
    /// <param name="pairs">Queries, each with a document that answers it.</param>
    /// <param name="options">Size and training.</param>
    /// <exception cref="RequestException">No pair has a term.</exception>
    public static BiEncoder Train(Run run, IReadOnlyList<(string Query, string Document)> pairs, BiEncoderOptions options)
    {
        run.Uses(typeof(BiEncoder));
        manual_seed(run.TorchSeed("initialisation"));
        int[] chosen = [.. run.Random("pairs").Permutation(pairs.Count).Take(options.Pairs).Order()];
        var (terms, weights) = Learn(chosen.Select(i => pairs[i]), options.Vocabulary);
        var known = new TermDictionary(TermForm.English, terms);
        TermPair[] read = [.. chosen.Select(i => new TermPair(Read(known, pairs[i].Query), Read(known, pairs[i].Document))).Where(p => p.Query.Length > 0 && p.Document.Length > 0)];
        if (read.Length == 0) throw new RequestException("no pair of texts has words on both sides to learn from");
        using var network = new TermVectors(terms.Length, options.Width);
        TrainingLoop.Fit(run, network, new TermPairBatches(run, read, options.Training.Batch), options.Training, _ => batch =>
        {
            var (queries, documents) = (network.forward(batch.Tensors(p => p.Query, weights)), network.forward(batch.Tensors(p => p.Document, weights)));
            var similarities = queries.matmul(documents.t()) / options.Temperature;
            var own = eye(batch.Count);
            return (Loss.SoftCrossEntropy(similarities, own) + Loss.SoftCrossEntropy(similarities.t(), own)) / 2;
        }, null);
        using var weight = network.Weight.cpu();
        return new(terms, weights, weight.data<float>().ToArray(), options.Width);
    }

    private static int[] Read(TermDictionary dictionary, string text)
    {
        var ids = new List<int>();
        dictionary.Read(text, ids);
        return [.. ids.Take(Limit)];
    }

    // A pair counts as one document.
    private static (string[] Terms, float[] Weights) Learn(IEnumerable<(string Query, string Document)> pairs, int most)
    {
        var (all, counts, found, documents) = (new TermDictionary(TermForm.English), new List<int>(), new List<int>(), 0);
        foreach (var (query, document) in pairs)
        {
            found.Clear();
            all.Read(query, found);
            all.Read(document, found);
            while (counts.Count < all.Terms.Count) counts.Add(0);
            foreach (var id in found.Distinct()) counts[id]++;
            documents++;
        }
        int[] kept = [.. Enumerable.Range(0, counts.Count).OrderByDescending(i => counts[i]).ThenBy(i => all.Terms[i], StringComparer.Ordinal).Take(most)];
        return ([.. kept.Select(i => all.Terms[i])], [.. kept.Select(i => (float)Bm25.Idf(documents, counts[i]))]);
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        ModelFiles.WriteJson(Path.Combine(folder, FileName), new Description(dictionary.Terms, weights, Width));
        var state = new State();
        state.Add<float>("embedding", vectors, Terms, Width);
        state.Write(Path.Combine(folder, WeightsFile));
    }

    /// <inheritdoc/>
    public static BiEncoder Load(string folder)
    {
        var description = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        var state = State.Load(Path.Combine(folder, WeightsFile));
        if (description.Width < 1 || description.Weights.Length != description.Terms.Count) throw new RequestException($"{folder}: {FileName} names {description.Terms.Count} terms with {description.Weights.Length} weights");
        var vectors = state.ReadArray<float>("embedding");
        if (vectors.Length != (long)description.Terms.Count * description.Width) throw new RequestException($"{folder}: {WeightsFile} does not fit {FileName}");
        return new(description.Terms, description.Weights, vectors, description.Width);
    }

    private sealed record Description(IReadOnlyList<string> Terms, float[] Weights, int Width);
}

/// <summary>Weighted sums of the vectors of terms, brought to length 1.</summary>
internal sealed class TermVectors : nn.Module<(Tensor Terms, Tensor Starts, Tensor Weights), Tensor>
{
    private readonly EmbeddingBag embedding;

    public TermVectors(int terms, int width) : base(nameof(TermVectors))
    {
        embedding = nn.EmbeddingBag(terms, width, mode: EmbeddingBagMode.Sum);
        register_module("embedding", embedding);
    }

    public Tensor Weight => embedding.get_parameter("weight")!;

    public override Tensor forward((Tensor Terms, Tensor Starts, Tensor Weights) texts) =>
        nn.functional.normalize(embedding.forward(texts.Terms, texts.Starts, texts.Weights), 2, 1);
}
