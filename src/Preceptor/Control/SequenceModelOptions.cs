using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Control;

/// <summary>What of an episode a policy acts by.</summary>
public enum PolicyReader
{
    /// <summary>The present state, read by a perceptron.</summary>
    Perceptron,

    /// <summary>The last states and actions, read by a causal transformer.</summary>
    Transformer,
}

/// <summary>The transformer of policies that read the last moments of an episode; its defaults are those of the released cfgs/dt.yaml and model.py of Ghugare et al. 2024.</summary>
public sealed record SequenceModelOptions : TransformerOptions
{
    /// <summary>The published sizes.</summary>
    public SequenceModelOptions() =>
        (Layers, Heads, Dropout, FeedForward, Norm, NormEpsilon, Positions, Bias, InitialDeviation) = (3, 1, 0.1, FeedForwardKind.Gelu, NormKind.Layer, 1e-5, PositionKind.Learned, BiasKind.All, 0.05);

    /// <summary>C.</summary>
    [Description("Moments that are read, each a goal, a state and an action; episodes of fewer actions are not learned from")]
    [Range(1, 1024)]
    [Source("released cfgs/dt.yaml: 5")]
    public int Context { get; set; } = 5;

    /// <summary>The sizes as a stack of layers takes them: a place a moment.</summary>
    /// <exception cref="RequestException">They do not fit each other.</exception>
    internal TransformerOptions Stack()
    {
        const string section = "model.sequence";
        Check(section);
        if (Architecture != LanguageArchitecture.Decoder) throw new RequestException($"{section}.architecture: encoder-decoder: an episode is one sequence; expected decoder");
        return Plain() with { AdapterRank = 0, Length = Context };
    }
}
