using Preceptor.Data;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>Rotary positions (Su et al. 2021) in the half-split layout: number i of a head is turned together with number i + d/2, by place × f_i, f_i = base^(−2i/d).</summary>
internal sealed class RotaryPositions : IDisposable
{
    private readonly float[] frequencies;
    private readonly double scale;
    private Tensor? cosines, sines;

    /// <summary>Prepares them.</summary>
    /// <param name="options">The transformer's options.</param>
    public RotaryPositions(TransformerOptions options) =>
        (frequencies, scale) = options.Stretch > 1 ? Stretched(options.HeadSize, options.RotaryBase, options.Length, options.Stretch) : (Frequencies(options.HeadSize, options.RotaryBase), 1);

    /// <summary>f_i [d/2].</summary>
    internal static float[] Frequencies(int size, double rotaryBase) => [.. Enumerable.Range(0, size / 2).Select(i => (float)(1 / Math.Pow(rotaryBase, 2.0 * i / size)))];

    /// <summary>
    /// YaRN (Peng et al. 2023): pairs that turn more often than <paramref name="fast"/> times within the length of training stay, those that turn less often than
    /// <paramref name="slow"/> times are slowed down by the factor, and those between are mixed; cosines and sines are multiplied by 0.1 ln(factor) + 1, so that scores grow.
    /// </summary>
    /// <param name="size">Numbers a head d.</param>
    /// <param name="rotaryBase">The base.</param>
    /// <param name="length">The length of training.</param>
    /// <param name="factor">How many times longer sequences are.</param>
    /// <param name="fast">Turns above which a pair stays.</param>
    /// <param name="slow">Turns below which it is slowed down.</param>
    internal static (float[] Frequencies, double Scale) Stretched(int size, double rotaryBase, int length, double factor, double fast = 32, double slow = 1)
    {
        double Pair(double turns) => size * Math.Log(length / (turns * 2 * Math.PI)) / (2 * Math.Log(rotaryBase));
        var (low, high) = (Math.Max(Math.Floor(Pair(fast)), 0), Math.Min(Math.Ceiling(Pair(slow)), size - 1));
        if (low == high) high += 0.001;
        var plain = Frequencies(size, rotaryBase);
        return ([.. plain.Select((f, i) =>
        {
            var slowed = Math.Clamp((i - low) / (high - low), 0, 1);
            return (float)(f * (1 - slowed) + f / factor * slowed);
        })], factor <= 1 ? 1 : 0.1 * Math.Log(factor) + 1);
    }

    /// <summary>The turn of places that follow each other: cosines and signed sines [T, d].</summary>
    public (Tensor Cosine, Tensor Sine) At(long first, long count)
    {
        Reach(first + count);
        return (cosines!.narrow(0, first, count), sines!.narrow(0, first, count));
    }

    /// <summary>The turn of any places [B, T] of 64-bit: cosines and signed sines [B, 1, T, d].</summary>
    /// <param name="places">The places.</param>
    /// <param name="last">The largest.</param>
    public (Tensor Cosine, Tensor Sine) At(Tensor places, long last)
    {
        Reach(last + 1);
        Tensor Of(Tensor table) => table.index_select(0, places.flatten()).view(places.shape[0], 1, places.shape[1], table.shape[1]);
        return (Of(cosines!), Of(sines!));
    }

    /// <summary>Turns queries or keys [B, H, T, d].</summary>
    /// <param name="features">What to turn.</param>
    /// <param name="turn">By how much.</param>
    public static Tensor Turn(Tensor features, (Tensor Cosine, Tensor Sine) turn)
    {
        var half = features.shape[3] / 2;
        // x cos + (−x₂, x₁) sin; the sign is the table's, so that nothing is negated here.
        var (cosine, sine) = features.dtype == ScalarType.Float32 ? turn : (turn.Cosine.to(features.dtype), turn.Sine.to(features.dtype));
        return features * cosine + cat([features.narrow(3, half, half), features.narrow(3, 0, half)], 3) * sine;
    }

    public void Dispose()
    {
        cosines?.Dispose();
        sines?.Dispose();
    }

    private void Reach(long length)
    {
        if (cosines is not null && cosines.shape[0] >= length) return;
        var (places, half) = ((int)Math.Max(length, 2 * (cosines?.shape[0] ?? 128)), frequencies.Length);
        float[] cosine = new float[places * 2 * half], sine = new float[places * 2 * half];
        for (var place = 0; place < places; place++)
            for (var i = 0; i < half; i++)
            {
                var (at, angle) = (place * 2 * half + i, place * frequencies[i]);
                cosine[at] = cosine[at + half] = (float)(Math.Cos(angle) * scale);
                sine[at + half] = (float)(Math.Sin(angle) * scale);
                sine[at] = -sine[at + half];
            }
        Dispose();
        cosines = InputBuffer.Tensor<float>(cosine, float32, places, 2 * half).DetachFromDisposeScope();
        sines = InputBuffer.Tensor<float>(sine, float32, places, 2 * half).DetachFromDisposeScope();
    }
}
