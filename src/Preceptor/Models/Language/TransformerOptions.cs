using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>What is put together.</summary>
public enum LanguageArchitecture
{
    /// <summary>One stack: prompt and answer are one sequence.</summary>
    Decoder,

    /// <summary>An encoder that reads the prompt in both directions, and a decoder that attends to it.</summary>
    EncoderDecoder,
}

/// <summary>How a layer's inputs are scaled.</summary>
public enum NormKind
{
    /// <summary>By the root of their mean square (Zhang and Sennrich 2019).</summary>
    RootMeanSquare,

    /// <summary>To mean 0 and variance 1 (Ba et al. 2016).</summary>
    Layer,
}

/// <summary>How a token's place becomes known.</summary>
public enum PositionKind
{
    /// <summary>Queries and keys are turned by angles that grow with the place (Su et al. 2021).</summary>
    Rotary,

    /// <summary>A learned vector a place is added to the token's.</summary>
    Learned,

    /// <summary>Learned vectors of the distance, up to a limit, in keys and values (Shaw et al. 2018).</summary>
    Relative,
}

/// <summary>What stands between the attention of two layers.</summary>
public enum FeedForwardKind
{
    /// <summary>down(silu(gate(x)) · up(x)) (Shazeer 2020).</summary>
    SwiGlu,

    /// <summary>Two linear layers with GELU between.</summary>
    Gelu,

    /// <summary>GELU by its tanh approximation, as GPT-2 has it.</summary>
    GeluTanh,

    /// <summary>Two linear layers with ReLU between.</summary>
    Relu,
}

/// <summary>Which linear layers add a constant.</summary>
public enum BiasKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those of queries, keys and values.</summary>
    QueryKeyValue,

    /// <summary>All in the layers.</summary>
    All,
}

/// <summary>A transformer over tokens.</summary>
public record TransformerOptions
{
    /// <summary>What is put together.</summary>
    [Description("decoder: prompt and answer are one sequence; encoder-decoder: the prompt is read in both directions")]
    public LanguageArchitecture Architecture { get; set; }

    /// <summary>Whether a decoder reads prompts in both directions.</summary>
    [Description("Whether a decoder reads a prompt in both directions, and only what follows it token by token (Liu et al. 2018)")]
    public bool PrefixAttention { get; set; }

    /// <summary>Layers.</summary>
    [Description("Layers; of the encoder and of the decoder each, where there are both")]
    [Range(1, 200)]
    public int Layers { get; set; } = 4;

    /// <summary>Numbers a token.</summary>
    [Description("Numbers a token")]
    [Range(2, 65_536)]
    public int Width { get; set; } = 128;

    /// <summary>Attention heads.</summary>
    [Description("Attention heads")]
    [Range(1, 512)]
    public int Heads { get; set; } = 4;

    /// <summary>Heads of keys and values.</summary>
    [Description("Heads of keys and values, each used by heads / key-value-heads heads of queries; 0: as many as heads")]
    [Range(0, 512)]
    public int KeyValueHeads { get; set; }

    /// <summary>Numbers a head.</summary>
    [Description("Numbers a head; 0: width / heads")]
    [Range(0, 4096)]
    public int HeadWidth { get; set; }

    /// <summary>Hidden units of the feed-forward layers.</summary>
    [Description("Hidden units of the feed-forward layers; 0: 4 × width, with swi-glu 8/3 × width")]
    [Range(0, 1_000_000)]
    public int Hidden { get; set; }

    /// <summary>What stands between the attention of two layers.</summary>
    [Description("What stands between the attention of two layers")]
    public FeedForwardKind FeedForward { get; set; }

    /// <summary>How a layer's inputs are scaled.</summary>
    [Description("How a layer's inputs are scaled")]
    public NormKind Norm { get; set; }

    /// <summary>Whether sums are scaled, not what is added.</summary>
    [Description("Scales the sum after attention and after the feed-forward layer, as BERT does, and not what enters them")]
    public bool NormAfter { get; set; }

    /// <summary>What norms add to the variance.</summary>
    [Description("What norms add to the mean square")]
    [Range(0, 1)]
    public double NormEpsilon { get; set; } = 1e-6;

    /// <summary>How a token's place becomes known.</summary>
    [Description("How a token's place becomes known")]
    public PositionKind Positions { get; set; }

    /// <summary>The base of rotary positions.</summary>
    [Description("The base of rotary positions: the slowest pair turns once in about 2π × this many places")]
    [Range(1, 1e12)]
    public double RotaryBase { get; set; } = 10_000;

    /// <summary>How far rotary positions are stretched.</summary>
    [Description("Stretches rotary positions so that this many times length can be read (YaRN); 1: not")]
    [Range(1, 1024)]
    public double Stretch { get; set; } = 1;

    /// <summary>Places a chunk.</summary>
    [Description("Reads more than length tokens in chunks of this many places, so that no distance is larger (dual chunk attention); 0: not")]
    [Range(0, 10_000_000)]
    public int Chunk { get; set; }

    /// <summary>How many places neighbouring chunks share.</summary>
    [Description("How many places of neighbouring chunks keep their true distance, at least 1 and less than chunk")]
    [Range(0, 10_000_000)]
    public int ChunkOverlap { get; set; }

    /// <summary>The largest distance with a vector of its own.</summary>
    [Description("The largest distance with a vector of its own, of relative positions")]
    [Range(1, 10_000)]
    public int MaxDistance { get; set; } = 20;

    /// <summary>Tokens a sequence.</summary>
    [Description("Most tokens a sequence in training; learned positions end there")]
    [Range(2, 1_000_000)]
    public int Length { get; set; } = 256;

    /// <summary>Which linear layers add a constant.</summary>
    [Description("Which linear layers add a constant")]
    public BiasKind Bias { get; set; } = BiasKind.QueryKeyValue;

    /// <summary>Whether the output layer has the embedding's weights.</summary>
    [Description("Whether the output layer has the weights of the token embedding")]
    public bool Tied { get; set; } = true;

    /// <summary>Dropout.</summary>
    [Description("Dropout of embeddings and of what each layer adds")]
    [Range(0, 0.95)]
    public double Dropout { get; set; }

    /// <summary>How widely weights are drawn.</summary>
    [Description("Standard deviation of the weights at the beginning")]
    [Range(0, 1, MinimumIsExclusive = true)]
    public double InitialDeviation { get; set; } = 0.02;

    /// <summary>The rank of adapters.</summary>
    [Description("Where there is a model to go on from: only low-rank layers of this rank beside the linear ones learn (LoRA), and are merged at the end; 0: everything learns")]
    [Range(0, 4096)]
    public int AdapterRank { get; set; }

    /// <summary>α of adapters.</summary>
    [Description("What adapters add is multiplied by this over their rank")]
    [Range(0, 10_000, MinimumIsExclusive = true)]
    public double AdapterAlpha { get; set; } = 16;

    /// <summary>The same without what a derived record adds.</summary>
    internal TransformerOptions Plain() => GetType() == typeof(TransformerOptions) ? this : new TransformerOptions(this);

    /// <summary>Bits of the large matrices, where they are rounded to answer only; 0 for none.</summary>
    internal int QuantisedBits { get; init; }

    /// <summary>Heads of keys and values, resolved.</summary>
    internal int KeyValueHeadCount => KeyValueHeads == 0 ? Heads : KeyValueHeads;

    /// <summary>Numbers a head, resolved.</summary>
    internal int HeadSize => HeadWidth == 0 ? Width / Heads : HeadWidth;

    /// <summary>Hidden units, resolved.</summary>
    internal int HiddenSize => Hidden > 0 ? Hidden : FeedForward == FeedForwardKind.SwiGlu ? (8 * Width / 3 + 31) / 32 * 32 : 4 * Width;

    /// <summary>Throws where the numbers do not fit each other.</summary>
    /// <param name="section">The keys' section.</param>
    /// <exception cref="RequestException">Names the keys.</exception>
    internal void Check(string section = "model")
    {
        static string Divisors(int of) => string.Join(", ", Enumerable.Range(1, Math.Min(of, 64)).Where(h => of % h == 0));
        if (HeadWidth == 0 && Width % Heads != 0) throw new RequestException($"{section}.heads: {Heads} does not divide {section}.width {Width}; allowed: {Divisors(Width)}");
        if (Heads % KeyValueHeadCount != 0) throw new RequestException($"{section}.key-value-heads: {KeyValueHeadCount} does not divide {section}.heads {Heads}; allowed: {Divisors(Heads)}");
        if (Positions == PositionKind.Rotary && HeadSize % 2 != 0) throw new RequestException($"{section}.head-width: {HeadSize} numbers a head cannot be turned in pairs; expected an even number");
        if (Chunk > 0 && Positions != PositionKind.Rotary) throw new RequestException($"{section}.chunk: chunks rotary positions, and {section}.positions is {Positions.ToString().ToLowerInvariant()}");
        if (Chunk > 0 && ChunkOverlap is var overlap && (overlap < 1 || overlap >= Chunk)) throw new RequestException($"{section}.chunk-overlap: {ChunkOverlap} is not allowed; expected from 1 to {section}.chunk {Chunk} less one");
        if (Stretch > 1 && Positions != PositionKind.Rotary) throw new RequestException($"{section}.stretch: stretches rotary positions, and {section}.positions is {Positions.ToString().ToLowerInvariant()}");
    }
}
