using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>Parameters filled with torch's present generator.</summary>
internal static class Initial
{
    /// <summary>Normal numbers around 0.</summary>
    public static Parameter Normal(double deviation, params long[] shape)
    {
        var parameter = nn.Parameter(empty(shape));
        nn.init.normal_(parameter, 0, deviation);
        return parameter;
    }

    /// <summary>Uniform numbers in [−<paramref name="bound"/>, <paramref name="bound"/>].</summary>
    public static Parameter Uniform(double bound, params long[] shape)
    {
        var parameter = nn.Parameter(empty(shape));
        nn.init.uniform_(parameter, -bound, bound);
        return parameter;
    }

    /// <summary>An embedding of normal numbers.</summary>
    public static Embedding Embedding(int count, int width, double deviation)
    {
        var embedding = nn.Embedding(count, width);
        using var weight = embedding.weight!; // a handle of its own, unlike those of other layers
        nn.init.normal_(weight, 0, deviation);
        return embedding;
    }

    /// <summary>A linear layer as vision transformers start it: Xavier's uniform weights, no bias.</summary>
    public static Linear Linear(int inputs, int outputs)
    {
        var linear = nn.Linear(inputs, outputs);
        nn.init.xavier_uniform_(linear.weight!);
        nn.init.zeros_(linear.bias!);
        return linear;
    }
}
