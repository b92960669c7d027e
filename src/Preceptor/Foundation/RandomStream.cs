using System.Numerics;
using System.Runtime.InteropServices;

namespace Preceptor.Foundation;

/// <summary>
/// A named stream of random numbers: xoshiro256** seeded by hashing a key. Equal keys give equal numbers on every system
/// and in every version of .NET; streams of different names or counters are independent. Counter-based use, such as
/// <c>RandomStream.Of(seed, "order", epoch)</c>, needs no state in a checkpoint.
/// </summary>
public sealed class RandomStream
{
    private ulong s0, s1, s2, s3;
    private double spare;
    private bool hasSpare;

    private RandomStream(ulong key) => Start(key);

    private void Start(ulong key)
    {
        s0 = SplitMix(ref key);
        s1 = SplitMix(ref key);
        s2 = SplitMix(ref key);
        s3 = SplitMix(ref key);
    }

    /// <summary>The stream of a seed, a role and any counters, such as the epoch and an example's id.</summary>
    public static RandomStream Of(ulong seed, string role, params ReadOnlySpan<long> counters) => new(Key(seed, role, counters));

    /// <summary>One uniform number in [0, 1), of a role and counters of its own: for a few numbers each of many rows, where streams would be waste.</summary>
    public static double At(ulong seed, string role, params ReadOnlySpan<long> counters) => (Key(seed, role, counters) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Goes on as the stream that <see cref="Of"/> creates, without creating one.</summary>
    public void MoveTo(ulong seed, string role, params ReadOnlySpan<long> counters)
    {
        Start(Key(seed, role, counters));
        hasSpare = false;
    }

    /// <summary>The 64-bit key of a stream; also the seed given to torch's generator for one step.</summary>
    public static ulong Key(ulong seed, string role, params ReadOnlySpan<long> counters)
    {
        var key = Mix(seed ^ 0x9E3779B97F4A7C15UL);
        foreach (var letter in MemoryMarshal.AsBytes(role.AsSpan())) key = Mix(key * 31 + letter);
        foreach (var counter in counters) key = Mix(key ^ Mix((ulong)counter + 0xD1B54A32D192ED03UL));
        return key;
    }

    /// <summary>A uniform 64-bit number.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>A uniform number in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform number in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double NextDouble(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>A uniform integer in [0, <paramref name="below"/>); <paramref name="below"/> must be positive.</summary>
    public int Next(int below)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(below);
        return (int)Math.BigMul(NextUInt64(), (ulong)below, out _);
    }

    /// <summary>A standard normal number (polar method).</summary>
    public double NextGaussian()
    {
        if (hasSpare)
        {
            hasSpare = false;
            return spare;
        }
        double u, v, s;
        do
        {
            u = 2 * NextDouble() - 1;
            v = 2 * NextDouble() - 1;
            s = u * u + v * v;
        }
        while (s is >= 1 or 0);
        var scale = Math.Sqrt(-2 * Math.Log(s) / s);
        spare = v * scale;
        hasSpare = true;
        return u * scale;
    }

    /// <summary>Draws an index with the given non-negative weights.</summary>
    public int NextIndex(ReadOnlySpan<double> weights)
    {
        var total = 0.0;
        foreach (var weight in weights) total += weight;
        var left = NextDouble() * total;
        for (var i = 0; i < weights.Length - 1; i++)
            if ((left -= weights[i]) < 0) return i;
        return weights.Length - 1;
    }

    /// <summary>Shuffles in place (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A random order of 0 … <paramref name="count"/> − 1.</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++) order[i] = i;
        Shuffle<int>(order);
        return order;
    }

    private static ulong SplitMix(ref ulong state) => Mix(state += 0x9E3779B97F4A7C15UL);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
