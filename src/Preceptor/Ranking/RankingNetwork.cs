using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Ranking;

/// <summary>Queries and candidates as tensors: features, or ids of words with 0 for padding.</summary>
/// <param name="Features">[B, n, F], in standard units; null for texts.</param>
/// <param name="Query">[B, Q]; null for features.</param>
/// <param name="Documents">[B, n, D]; null for features.</param>
/// <param name="FirstScores">What the first stage scored [B, n].</param>
internal sealed record RankingInputs(Tensor? Features, Tensor? Query, Tensor? Documents, Tensor FirstScores);

/// <summary>A network that scores candidates: inputs to scores [B, n].</summary>
internal abstract class RankingNetwork(string name) : nn.Module<RankingInputs, Tensor>(name)
{
    /// <summary>Creates the network that the options name, with torch's present generator.</summary>
    public static RankingNetwork Create(RankingModelOptions options, int features, int ids)
    {
        var scorer = Scorer(options, features, ids);
        return options.FirstStage ? new MixedScorer(scorer) : scorer;
    }

    private static RankingNetwork Scorer(RankingModelOptions options, int features, int ids) => options.Resolve(features) switch
    {
        ScorerKind.Linear => new FeatureScorer(features, []),
        ScorerKind.Mlp => new FeatureScorer(features, options.Hidden),
        ScorerKind.Transformer => new CrossEncoder(options, ids),
        ScorerKind.BiEncoder => new EmbeddingScorer(options, ids),
        _ => new KernelScorer(options, ids),
    };
}

/// <summary>A network's score and the first stage's, each with a weight that is learned; it begins with the first stage's order.</summary>
[Version(2)]
internal sealed class MixedScorer : RankingNetwork
{
    private readonly RankingNetwork scorer;
    private readonly Parameter weights;

    public MixedScorer(RankingNetwork scorer) : base(nameof(MixedScorer))
    {
        this.scorer = scorer;
        weights = nn.Parameter(tensor([0f, 1f]));
        register_module("scorer", scorer);
        register_parameter("weights", weights);
    }

    public override Tensor forward(RankingInputs inputs) => scorer.forward(inputs) * weights[0] + inputs.FirstScores * weights[1];

    /// <summary>How much of what differs between candidates is the first stage's: |w_p| σ(s_p) / (|w_r| σ(s_r) + |w_p| σ(s_p)).</summary>
    public double FirstShare(RankingInputs inputs)
    {
        var (own, first) = (weights[0].abs() * scorer.forward(inputs).std(unbiased: false), weights[1].abs() * inputs.FirstScores.std(unbiased: false));
        var (a, b) = (own.item<float>(), first.item<float>());
        return a + b > 0 ? b / (a + b) : 0;
    }
}

/// <summary>Hidden layers with ReLU over the features of each candidate.</summary>
[Version(1)]
internal sealed class FeatureScorer : RankingNetwork
{
    private readonly ModuleList<Linear> layers = [];

    public FeatureScorer(int features, int[] hidden) : base(nameof(FeatureScorer))
    {
        int[] widths = [features, .. hidden, 1];
        for (var i = 1; i < widths.Length; i++) layers.Add(nn.Linear(widths[i - 1], widths[i]));
        register_module("layers", layers);
    }

    public override Tensor forward(RankingInputs inputs)
    {
        var values = inputs.Features!;
        for (var i = 0; i < layers.Count; i++)
        {
            values = layers[i].forward(values);
            if (i < layers.Count - 1) values = nn.functional.relu(values);
        }
        return values.squeeze(2);
    }
}

/// <summary>
/// K-NRM (Xiong et al. 2017): the cosine of every word of the query with every word of the document, counted softly by Gaussian kernels (eqs. 2 to 5); the first kernel counts equal words, ten others
/// similarities from −0.9 to 0.9. A score is linear in the logarithms of the counts, summed over the query's words.
/// </summary>
[Version(1)]
internal sealed class KernelScorer : RankingNetwork
{
    private const int Kernels = 11;
    private const double LogScale = 0.01, Least = 1e-10;
    private readonly Embedding embedding;
    private readonly Linear output;
    private readonly Tensor centres, widths;

    public KernelScorer(RankingModelOptions options, int ids) : base(nameof(KernelScorer))
    {
        embedding = Initial.Embedding(ids, options.Embedding, 1);
        output = nn.Linear(Kernels, 1);
        centres = tensor([1f, .. Enumerable.Range(0, Kernels - 1).Select(k => 0.9f - 0.2f * k)]);
        widths = tensor([1e-3f, .. Enumerable.Repeat(0.1f, Kernels - 1)]);
        register_module("embedding", embedding);
        register_module("output", output);
        register_buffer("centres", centres, persistent: false);
        register_buffer("widths", widths, persistent: false);
    }

    public override Tensor forward(RankingInputs inputs)
    {
        var (query, documents) = (inputs.Query!, inputs.Documents!);
        var (count, width) = (documents.shape[0], documents.shape[1]);
        var q = nn.functional.normalize(embedding.forward(query), 2, 2); // [B, Q, d]
        var d = nn.functional.normalize(embedding.forward(documents.view(count, -1)), 2, 2); // [B, n·D, d]
        var cosine = q.matmul(d.transpose(1, 2)).view(count, query.shape[1], width, -1).transpose(1, 2); // [B, n, Q, D]
        var isWord = documents.ne(0).to(ScalarType.Float32).unsqueeze(2).unsqueeze(4); // [B, n, 1, D, 1]
        var difference = (cosine.unsqueeze(4) - centres) / widths;
        var counts = ((difference * difference * -0.5).exp() * isWord).sum(3); // [B, n, Q, K]
        var logs = counts.clamp_min(Least).log() * LogScale * query.ne(0).to(ScalarType.Float32).unsqueeze(1).unsqueeze(3);
        return output.forward(logs.sum(2)).squeeze(2);
    }
}

/// <summary>The product of the means of a query's and a document's embeddings, brought to length 1 and divided by a temperature that is learned.</summary>
[Version(1)]
internal sealed class EmbeddingScorer : RankingNetwork
{
    private readonly EmbeddingBag embedding;
    private readonly Parameter scale;

    public EmbeddingScorer(RankingModelOptions options, int ids) : base(nameof(EmbeddingScorer))
    {
        embedding = nn.EmbeddingBag(ids, options.Embedding, mode: EmbeddingBagMode.Mean, padding_index: 0);
        scale = nn.Parameter(tensor(10f));
        register_module("embedding", embedding);
        register_parameter("scale", scale);
    }

    public override Tensor forward(RankingInputs inputs)
    {
        var (count, width) = (inputs.Documents!.shape[0], inputs.Documents.shape[1]);
        var query = nn.functional.normalize(embedding.forward(inputs.Query!, null, null), 2, 1).unsqueeze(2); // [B, d, 1]
        var documents = nn.functional.normalize(embedding.forward(inputs.Documents.view(count * width, -1), null, null), 2, 1).view(count, width, -1);
        return documents.matmul(query).squeeze(2) * scale;
    }
}

/// <summary>A transformer over the words of query and document together (Nogueira and Cho 2019), which tells them apart by an embedding of their own; its mean over the words gives the score.</summary>
[Version(1)]
internal sealed class CrossEncoder : RankingNetwork
{
    // Fields carry the published names: the base class registers every field under its own name.
    private readonly Embedding embedding, segment;
    private readonly Parameter pos_embed;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm norm;
    private readonly Linear output;

    public CrossEncoder(RankingModelOptions options, int ids) : base(nameof(CrossEncoder))
    {
        embedding = Initial.Embedding(ids, options.Embedding, 0.02);
        segment = Initial.Embedding(2, options.Embedding, 0.02);
        pos_embed = Initial.Normal(0.02, 1, options.QueryLength + options.DocumentLength, options.Embedding);
        blocks = TransformerBlock.Stack(new() { Embedding = options.Embedding, Heads = options.Heads, Layers = options.Layers, Dropout = 0 });
        norm = nn.LayerNorm(options.Embedding, TransformerBlock.Epsilon);
        output = nn.Linear(options.Embedding, 1);
        register_module("embedding", embedding);
        register_module("segment", segment);
        register_parameter("pos_embed", pos_embed);
        register_module("blocks", blocks);
        register_module("norm", norm);
        register_module("output", output);
    }

    public override Tensor forward(RankingInputs inputs)
    {
        var (count, width, queryLength) = (inputs.Documents!.shape[0], inputs.Documents.shape[1], inputs.Query!.shape[1]);
        var documents = inputs.Documents.view(count * width, -1);
        var queries = inputs.Query.unsqueeze(1).expand(count, width, queryLength).reshape(count * width, queryLength);
        var ids = cat([queries, documents], 1);
        var isWord = ids.ne(0).to(ScalarType.Float32);
        var bias = ((isWord - 1) * 1e9).view(ids.shape[0], 1, 1, ids.shape[1]);
        var segments = cat([zeros_like(queries), ones_like(documents)], 1);
        var words = embedding.forward(ids) + segment.forward(segments) + pos_embed.narrow(1, 0, ids.shape[1]);
        foreach (var block in blocks) words = block.forward(words, bias);
        words = norm.forward(words);
        var mean = (words * isWord.unsqueeze(2)).sum(1) / isWord.sum(1, keepdim: true).clamp_min(1);
        return output.forward(mean).view(count, width);
    }
}
