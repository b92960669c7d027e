using CsCheck;
using Preceptor.Foundation;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Tests.Models.Language;

/// <summary>Weights in few bits: what rounding costs, and that nothing else changes.</summary>
public sealed class QuantisedTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void Products_are_those_of_the_rounded_weights_and_each_weight_is_off_by_half_a_step_at_most(int bits) => Gen.Select(Gen.Int[1, 9], Gen.Int[1, 150], Gen.Int[1, 4], Gen.ULong).Sample((rows, columns, count, seed) =>
    {
        var random = RandomStream.Of(seed, "weights");
        float[] Draw(int n) => [.. Enumerable.Range(0, n).Select(_ => (float)random.NextGaussian())];
        var (matrix, weights, vectors) = (new QuantisedMatrix(rows, columns, bits), Draw(rows * columns), Draw(count * columns));
        var kept = new float[rows * columns];
        var group = bits == 8 ? 64 : 32;
        for (var row = 0; row < rows; row++)
        {
            matrix.Set(row, weights.AsSpan(row * columns, columns));
            matrix.Get(row, kept.AsSpan(row * columns, columns));
            for (var i = 0; i < columns; i++)
            {
                var largest = Enumerable.Range(i / group * group, Math.Min(group, columns - i / group * group)).Max(k => Math.Abs(weights[row * columns + k]));
                Assert.InRange(Math.Abs(kept[row * columns + i] - weights[row * columns + i]), 0, 0.5001 * largest / (bits == 8 ? 127 : 7));
            }
        }
        foreach (var threads in new[] { 1, 2 })
        {
            var products = new float[count * rows];
            matrix.Multiply(vectors, products, threads);
            for (var n = 0; n < count; n++)
                for (var row = 0; row < rows; row++)
                    Assert.Equal(Enumerable.Range(0, columns).Sum(i => (double)kept[row * columns + i] * vectors[n * columns + i]), products[n * rows + row], 1e-4);
        }
    }, iter: 200, threads: 1);

    [Fact]
    public void Two_threads_give_the_same_bits_as_one()
    {
        var random = RandomStream.Of(1, "weights");
        var matrix = new QuantisedMatrix(500, 300, 8);
        for (var row = 0; row < 500; row++) matrix.Set(row, [.. Enumerable.Range(0, 300).Select(_ => (float)random.NextGaussian())]);
        float[] vectors = [.. Enumerable.Range(0, 900).Select(_ => (float)random.NextGaussian())], one = new float[1500], two = new float[1500];
        matrix.Multiply(vectors, one, 1);
        matrix.Multiply(vectors, two, 2);
        Assert.Equal(one, two);
        Assert.Equal(500 * 5 * (64 + 4), matrix.Bytes);
    }

    [Fact]
    public void Many_vectors_together_give_what_each_gives_alone()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var layer = new QuantisedLinear(70, 30, true, 4);
        var weights = randn(30, 70);
        for (var row = 0; row < 30; row++) layer.Weights.Set(row, weights[row].data<float>().ToArray());
        var vectors = randn(1, 40, 70);
        var together = layer.forward(vectors);
        for (var n = 0; n < 40; n++) Assert.True(together[0, n].allclose(layer.forward(vectors[0, n].view(1, 1, 70))[0, 0], 1e-4, 1e-4));
    }

    [Theory]
    [InlineData(WeightPrecision.Half, 0.03)]
    [InlineData(WeightPrecision.EightBit, 0.05)]
    [InlineData(WeightPrecision.FourBit, 0.6)]
    public void Logits_are_off_by_a_stated_share_of_their_deviation(WeightPrecision precision, double share)
    {
        var folder = Directory.CreateTempSubdirectory("preceptor-quantised-").FullName;
        try
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            var options = new TransformerOptions { Layers = 3, Width = 96, Heads = 6, KeyValueHeads = 2, Length = 64, InitialDeviation = 0.1, Tied = precision != WeightPrecision.EightBit };
            using var network = LanguageNetworkTests.Create(options, 50);
            LanguageCheckpoint.Write(network, folder, [1], 0);
            var (rounded, _) = LanguageCheckpoint.Read(folder, precision);
            var ids = tensor([.. Enumerable.Range(0, 40).Select(i => (long)(i * 7 % 50))]).view(2, 20);
            var (exact, off) = (network.Logits(network.Features(ids, TransformerPass.Causal)), rounded.Logits(rounded.Features(ids, TransformerPass.Causal)).to(ScalarType.Float32));
            var error = ((off - exact) * (off - exact)).mean().sqrt().item<float>() / exact.std().item<float>();
            Assert.InRange(error, 1e-6, share);
            // Generation with a cache is that of the same weights.
            var made = new TextGenerator(rounded, [], 50, 0).Generate([[1, 2, 3]], new() { MaxTokens = 5 })[0][0];
            Assert.Equal(5, made.Tokens.Count);
            rounded.Dispose();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void What_cannot_be_rounded_is_said()
    {
        Assert.Contains("of Qwen2's kind", Assert.Throws<RequestException>(() => LanguageCheckpoint.Create(new() { Positions = PositionKind.Learned }, 5, WeightPrecision.EightBit)).Message, StringComparison.Ordinal);
    }
}
