using Preceptor.Foundation;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Tests.Models.Language;

/// <summary>Generation: what is drawn, and that neighbours, padding and caches do not change it.</summary>
public sealed class TextGeneratorTests
{
    private static readonly TransformerOptions Small = new() { Layers = 2, Width = 16, Heads = 4, KeyValueHeads = 2, Length = 64, InitialDeviation = 0.4 };

    private static readonly int[][] Prompts = [[1, 2, 3, 4, 5], [6], [7, 8, 9], [1, 2, 3, 4, 5, 6, 7, 8]];

    [Theory]
    [InlineData(LanguageArchitecture.Decoder, PositionKind.Rotary)]
    [InlineData(LanguageArchitecture.Decoder, PositionKind.Relative)]
    [InlineData(LanguageArchitecture.Decoder, PositionKind.Learned)]
    [InlineData(LanguageArchitecture.EncoderDecoder, PositionKind.Rotary)]
    public void Neighbours_change_nothing(LanguageArchitecture architecture, PositionKind positions)
    {
        using var network = LanguageNetworkTests.Create(Small with { Architecture = architecture, Positions = positions });
        var generator = new TextGenerator(network, [0], 11, 0);
        foreach (var options in new GenerationOptions[] { new() { MaxTokens = 12 }, new() { MaxTokens = 12, Temperature = 1.5, Samples = 3, Seed = 4 }, new() { MaxTokens = 12, Temperature = 1, TopK = 4, TopP = 0.9, Samples = 2 } })
        {
            var together = generator.Generate(Prompts, options);
            for (var i = 0; i < Prompts.Length; i++)
            {
                var alone = generator.Generate([Prompts[i]], options)[0];
                for (var sample = 0; sample < options.Samples; sample++)
                {
                    Assert.Equal(alone[sample].Tokens, together[i][sample].Tokens);
                    Assert.Equal(alone[sample].Ended, together[i][sample].Ended);
                    Assert.Equal(alone[sample].Tokens.Count + (alone[sample].Ended ? 1 : 0), alone[sample].LogProbabilities.Count);
                    for (var k = 0; k < alone[sample].LogProbabilities.Count; k++) Assert.Equal(alone[sample].LogProbabilities[k], together[i][sample].LogProbabilities[k], 1e-4);
                }
            }
            Assert.True(options.Temperature == 0 || together.Any(of => of.Any(g => !g.Tokens.SequenceEqual(of[0].Tokens))), "samples differ");
        }
    }

    [Fact]
    public void It_ends_at_the_limit_at_an_end_or_when_told()
    {
        using var network = LanguageNetworkTests.Create(Small);
        var free = new TextGenerator(network, [], 11, 0).Generate([Prompts[0]], new() { MaxTokens = 9 })[0][0];
        Assert.Equal((9, false), (free.Tokens.Count, free.Ended));
        var end = free.Tokens[4];
        var first = free.Tokens.ToList().IndexOf(end);
        var ended = new TextGenerator(network, [end], 11, 0).Generate([Prompts[0]], new() { MaxTokens = 9 })[0][0];
        Assert.True(ended.Ended);
        Assert.Equal(free.Tokens.Take(first), ended.Tokens);
        Assert.Equal(first + 1, ended.LogProbabilities.Count);
        Assert.Equal(9, new TextGenerator(network, [end], 11, 0).Generate([Prompts[0]], new() { MaxTokens = 9, StopsAtEnd = false })[0][0].Tokens.Count);
        Assert.Equal(3, new TextGenerator(network, [], 11, 0).Generate([Prompts[0]], new() { MaxTokens = 9 }, (_, tokens) => tokens.Count == 3)[0][0].Tokens.Count);
        // Rows of the output beyond the tokens are padding, and never drawn.
        Assert.All(new TextGenerator(network, [], 4, 0).Generate([Prompts[0]], new() { MaxTokens = 60, Temperature = 3 })[0][0].Tokens, t => Assert.True(t < 4));
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => new TextGenerator(network, [], 11, 0).Generate([Prompts[0]], new() { MaxTokens = 9 }, (_, _) => { stop.Cancel(); return false; }, cancellation: stop.Token));
    }

    [Theory]
    [InlineData(1.0, 0, 1.0)]
    [InlineData(0.5, 0, 1.0)]
    [InlineData(2.0, 3, 1.0)]
    [InlineData(1.0, 0, 0.8)]
    [InlineData(1.0, 4, 0.7)]
    [InlineData(1.0, 0, 0.01)]
    public void Tokens_are_drawn_as_often_as_they_are_likely(double temperature, int topK, double topP)
    {
        float[] logits = [0.1f, 2.0f, -1.0f, 1.0f, 0.5f, 2.0f, -3.0f];
        double[] weights = [.. logits.Select(l => Math.Exp(l / temperature))];
        int[] order = [.. Enumerable.Range(0, weights.Length).OrderByDescending(i => weights[i]).ThenBy(i => i)];
        var kept = topK == 0 ? order : order[..topK];
        var (sum, total, count) = (0.0, kept.Sum(i => weights[i]), 0);
        while (count < kept.Length && sum < topP * total) sum += weights[kept[count++]];
        double[] expected = [.. weights.Select((w, i) => kept.AsSpan()[..count].Contains(i) ? w / sum : 0)];
        var sampler = new TokenSampler(new() { Temperature = temperature, TopK = topK, TopP = topP });
        const int draws = 20_000;
        var counts = new double[weights.Length];
        var random = RandomStream.Of(3, "draws");
        for (var i = 0; i < draws; i++)
        {
            var (token, log) = sampler.Draw(logits, random);
            counts[token]++;
            Assert.Equal(logits[token] - Math.Log(logits.Sum(l => Math.Exp(l))), log, 1e-5);
        }
        for (var i = 0; i < counts.Length; i++) Assert.InRange(counts[i] / draws, expected[i] - 5 * Math.Sqrt(0.25 / draws), expected[i] + 5 * Math.Sqrt(0.25 / draws));
        Assert.All(Enumerable.Range(0, counts.Length).Where(i => expected[i] == 0), i => Assert.Equal(0, counts[i]));
    }

    [Fact]
    public void Of_many_tokens_the_likeliest_are_found()
    {
        var random = RandomStream.Of(1, "logits");
        float[] logits = [.. Enumerable.Range(0, 5000).Select(_ => (float)random.NextGaussian() * 3)];
        int[] best = [.. Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i])];
        Assert.All(Enumerable.Range(0, 500), i => Assert.Contains(new TokenSampler(new() { Temperature = 1, TopK = 100 }).Draw(logits, RandomStream.Of((ulong)i, "a")).Token, best.Take(100)));
        double[] weights = [.. best.Select(i => Math.Exp(logits[i] - logits[best[0]]))];
        var (count, sum) = (0, 0.0);
        while (sum < 0.95 * weights.Sum()) sum += weights[count++];
        Assert.InRange(count, 70, 4000);
        var sampler = new TokenSampler(new() { Temperature = 1, TopP = 0.95 });
        Assert.All(Enumerable.Range(0, 500), i => Assert.Contains(sampler.Draw(logits, RandomStream.Of((ulong)i, "b")).Token, best.Take(count + 1)));
    }

    [Fact]
    public void Memory_stays_flat_over_many_tokens()
    {
        using var network = LanguageNetworkTests.Create(Small with { Length = 4096 });
        var generator = new TextGenerator(network, [], 11, 0);
        generator.Generate([Prompts[0]], new() { MaxTokens = 4 });
        var before = LiveTensors.Settled();
        generator.Generate(Prompts, new() { MaxTokens = 200, Samples = 2, Temperature = 1 });
        Assert.Equal(before, Tensor.TotalCount);
    }
}
