namespace Preceptor.Models;

/// <summary>In how many bits a model's weights are held; fewer need less memory, and reading them is what generating one token at a time costs.</summary>
public enum WeightPrecision
{
    /// <summary>32 bits: as trained here.</summary>
    Single,

    /// <summary>16 bits (bfloat16): as most published models are stored, of which nothing is lost; sums are rounded.</summary>
    Half,

    /// <summary>8 bits of the large matrices, with a scale for each 64 weights of a row.</summary>
    EightBit,

    /// <summary>4 bits of the large matrices, with a scale for each 32 weights of a row.</summary>
    FourBit,
}
