using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Preceptor.Fields;

/// <summary>The network of a field: what is a function of place, time and initial state.</summary>
public sealed record FieldModelOptions
{
    /// <summary>Units a layer.</summary>
    [Description("Units of each hidden layer")]
    [Range(1, 4096)]
    public int Width { get; set; } = 64;

    /// <summary>Hidden layers.</summary>
    [Description("Hidden layers, each followed by tanh")]
    [Range(1, 20)]
    public int Layers { get; set; } = 3;

    /// <summary>Waves of the place.</summary>
    [Description("How many waves of the place, sin and cos of 2πkx on a ring and of πkx elsewhere, stand beside it among the inputs")]
    [Range(0, 64)]
    public int Waves { get; set; } = 4;

    /// <summary>Samples of the initial state.</summary>
    [Description("At how many evenly spaced points the network sees the initial state")]
    [Range(1, 4096)]
    public int Samples { get; set; } = 16;
}
