using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>How tokens are drawn.</summary>
public sealed record GenerationOptions
{
    /// <summary>Most new tokens.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>What logits are divided by; 0 takes the likeliest token.</summary>
    public double Temperature { get; init; }

    /// <summary>Only the likeliest so many tokens are drawn; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Only the likeliest tokens that together have this probability are drawn; 1 for all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Answers a prompt.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Texts at whose first appearance an answer ends; they are not part of it.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Whether a token that ends a text ends the answer.</summary>
    public bool StopsAtEnd { get; init; } = true;

    /// <summary>How many of the likeliest tokens are told beside each token that was drawn.</summary>
    public int Alternatives { get; init; }

    /// <summary>Decides what is drawn.</summary>
    public ulong Seed { get; init; }
}

/// <summary>Draws a token from logits. It keeps buffers, so it belongs to one thread.</summary>
internal sealed class TokenSampler(GenerationOptions options)
{
    private float[] scores = [], sorted = [];
    private int[] ids = [];

    /// <summary>The token, and its log-probability among all tokens by the network itself, at temperature 1.</summary>
    /// <param name="logits">The logits of the tokens that may be drawn.</param>
    /// <param name="random">Random numbers, one a token unless the temperature is 0.</param>
    /// <param name="alternatives">Receives the likeliest tokens, as many as it holds; they too at temperature 1.</param>
    public (int Token, double LogProbability) Draw(ReadOnlySpan<float> logits, RandomStream random, Span<(int Token, double LogProbability)> alternatives = default)
    {
        if (scores.Length < logits.Length) (scores, sorted, ids) = (new float[logits.Length], new float[logits.Length], new int[logits.Length]);
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
            if (logits[i] > logits[best]) best = i;
        var token = options.Temperature == 0 ? best : Draw(logits, logits[best], random.NextDouble());
        var sum = 0.0;
        foreach (var logit in logits) sum += MathF.Exp(logit - logits[best]);
        var total = logits[best] + Math.Log(sum);
        if (alternatives.Length > 0)
        {
            Select(logits, Math.Min(alternatives.Length, logits.Length));
            for (var i = 0; i < Math.Min(alternatives.Length, logits.Length); i++) alternatives[i] = (ids[i], sorted[i] - total);
        }
        return (token, logits[token] - total);
    }

    private int Draw(ReadOnlySpan<float> logits, float largest, double random)
    {
        var weights = scores.AsSpan(0, logits.Length);
        for (var i = 0; i < weights.Length; i++) weights[i] = MathF.Exp((logits[i] - largest) / (float)options.Temperature);
        if (options.TopK == 0 && options.TopP >= 1) return Pick(weights, null, weights.Length, Sum(weights) * random);
        var count = options.TopK == 0 ? logits.Length : Math.Min(options.TopK, logits.Length);
        var kept = Likeliest(weights, count);
        return Pick(sorted.AsSpan(0, kept), ids, kept, Sum(sorted.AsSpan(0, kept)) * random);
    }

    // Sorts the likeliest tokens to the front, no more than are needed, and gives how many are kept.
    private int Likeliest(ReadOnlySpan<float> weights, int most)
    {
        // Nucleus sampling renormalises after top-k, as other libraries do.
        var total = most == weights.Length ? Sum(weights) : -1;
        for (var reach = Math.Min(most, 64); ; reach = Math.Min(most, 8 * reach))
        {
            Select(weights, reach);
            if (options.TopP >= 1 && reach == most) return most;
            if (total < 0 && reach < most) continue;
            var (sum, goal) = (0.0, options.TopP * (total < 0 ? Sum(sorted.AsSpan(0, reach)) : total));
            for (var i = 0; i < reach; i++)
                if ((sum += sorted[i]) >= goal) return i + 1;
            if (reach == most) return most;
        }
    }

    // The largest weights in falling order; equal ones by their ids.
    private void Select(ReadOnlySpan<float> weights, int count)
    {
        var threshold = float.NegativeInfinity;
        if (count < weights.Length)
        {
            weights.CopyTo(sorted);
            threshold = Largest(sorted.AsSpan(0, weights.Length), count);
        }
        var kept = 0;
        for (var i = 0; i < weights.Length && kept < weights.Length; i++)
            if (weights[i] > threshold || count == weights.Length) (sorted[kept], ids[kept++]) = (-weights[i], i);
        for (var i = 0; i < weights.Length && kept < count; i++)
            if (weights[i] == threshold) (sorted[kept], ids[kept++]) = (-weights[i], i);
        Array.Sort(sorted, ids, 0, kept);
        for (var i = 0; i < kept; i++) sorted[i] = -sorted[i];
    }

    // The count-th largest number (Hoare's selection).
    private static float Largest(Span<float> numbers, int count)
    {
        var (low, high, place) = (0, numbers.Length - 1, count - 1);
        while (low < high)
        {
            var (pivot, i, j) = (numbers[(low + high) / 2], low, high);
            while (i <= j)
            {
                while (numbers[i] > pivot) i++;
                while (numbers[j] < pivot) j--;
                if (i > j) break;
                (numbers[i], numbers[j]) = (numbers[j], numbers[i]);
                i++;
                j--;
            }
            if (place <= j) high = j;
            else if (place >= i) low = i;
            else break;
        }
        return numbers[place];
    }

    private static int Pick(ReadOnlySpan<float> weights, int[]? ids, int count, double left)
    {
        var last = 0;
        for (var i = 0; i < count; i++)
        {
            if (weights[i] <= 0) continue;
            last = i;
            if ((left -= weights[i]) < 0) break;
        }
        return ids?[last] ?? last;
    }

    private static double Sum(ReadOnlySpan<float> numbers)
    {
        var sum = 0.0;
        foreach (var number in numbers) sum += number;
        return sum;
    }
}
