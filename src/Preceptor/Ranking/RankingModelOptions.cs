using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Ranking;

/// <summary>What scores a query and a document.</summary>
public enum ScorerKind
{
    /// <summary>Features where there are some, else kernels.</summary>
    Auto,

    /// <summary>A linear function of the features.</summary>
    Linear,

    /// <summary>Hidden layers over the features.</summary>
    Mlp,

    /// <summary>K-NRM: how many of a document's words are how similar to a query's, softly counted (Xiong et al. 2017).</summary>
    Kernel,

    /// <summary>A transformer over query and document together.</summary>
    Transformer,

    /// <summary>The product of mean embeddings.</summary>
    BiEncoder,
}

/// <summary>The network that scores.</summary>
public sealed record RankingModelOptions
{
    /// <summary>What scores.</summary>
    [Description("What scores a query and a document: linear and mlp read features; kernel (K-NRM), transformer (both texts together) and bi-encoder (a vector each) read texts")]
    public ScorerKind Scorer { get; set; } = ScorerKind.Auto;

    /// <summary>Hidden layers of mlp.</summary>
    [Description("Widths of the hidden layers of mlp")]
    [Range(1, 65536)]
    public int[] Hidden { get; set; } = [32];

    /// <summary>Numbers an embedding.</summary>
    [Description("Numbers an embedding of a word")]
    [Range(1, 4096)]
    public int Embedding { get; set; } = 32;

    /// <summary>Most words.</summary>
    [Description("Most different words that it knows, the most frequent ones")]
    [Range(10, 10_000_000)]
    public int Vocabulary { get; set; } = 20_000;

    /// <summary>Most words of a query.</summary>
    [Description("Most words of a query that are read")]
    [Range(1, 10_000)]
    public int QueryLength { get; set; } = 24;

    /// <summary>Most words of a document.</summary>
    [Description("Most words of a document that are read")]
    [Range(1, 10_000)]
    public int DocumentLength { get; set; } = 96;

    /// <summary>Whether the first stage's score counts.</summary>
    [Description("Whether the first stage's score, with a weight that is learned, is added to the network's")]
    public bool FirstStage { get; set; }

    /// <summary>Blocks of the transformer.</summary>
    [Description("Blocks of the transformer")]
    [Range(1, 64)]
    public int Layers { get; set; } = 2;

    /// <summary>Heads of its attention.</summary>
    [Description("Heads of the transformer's attention, a divisor of embedding")]
    [Range(1, 64)]
    public int Heads { get; set; } = 4;

    /// <summary>The scorer of a problem.</summary>
    /// <param name="features">Its features a candidate; 0 for texts.</param>
    /// <exception cref="RequestException">The scorer does not fit.</exception>
    internal ScorerKind Resolve(int features)
    {
        if (Scorer == ScorerKind.Auto) return features > 0 ? ScorerKind.Mlp : ScorerKind.Kernel;
        if (features > 0 != Scorer is ScorerKind.Linear or ScorerKind.Mlp)
            throw new RequestException($"model.scorer: {Options.Key(Scorer.ToString())} does not fit: the problem has {(features > 0 ? "features; linear and mlp read them" : "texts; kernel, transformer and bi-encoder read them")}");
        return Scorer;
    }
}
