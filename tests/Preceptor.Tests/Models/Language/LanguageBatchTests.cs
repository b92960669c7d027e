using Preceptor.Data;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Tests.Models.Language;

/// <summary>Sequences as networks read them.</summary>
public sealed class LanguageBatchTests
{
    private static readonly TokenSequences Pairs = TokenSequences.Of([([1, 2, 3], [4, 5]), ([6], [7, 8, 9, 10]), ([1], [2])]);

    [Fact]
    public void A_decoder_predicts_each_token_of_the_answer_from_those_before_it()
    {
        var batch = new LanguageBatch(LanguageArchitecture.Decoder, 0);
        batch.Fill(Pairs, [1, 0]);
        Assert.Equal(4, batch.Width);
        Assert.Equal([6, 7, 8, 9, 1, 2, 3, 4], batch.Inputs.ToArray());
        Assert.Equal([7, 8, 9, 10, 4, 5], batch.TargetTokens.ToArray());
        Assert.Equal([0, 1, 2, 3, 6, 7], batch.TargetPlaces.ToArray());
        Assert.Equal([4, 2], batch.AnswerLengths.ToArray());
        using var scope = NewDisposeScope();
        Assert.Equal([10f, 5f], batch.SumOfEach(tensor(new[] { 1f, 2f, 3f, 4f, 2f, 3f })).data<float>().ToArray());
    }

    [Fact]
    public void A_decoder_behind_an_encoder_reads_the_answer_alone()
    {
        var batch = new LanguageBatch(LanguageArchitecture.EncoderDecoder, 99);
        batch.Fill(Pairs, [0, 1]);
        Assert.Equal([1, 2, 3, 6, 0, 0], batch.Prompt.ToArray());
        Assert.Equal([99, 4, 0, 0, 99, 7, 8, 9], batch.Inputs.ToArray());
        Assert.Equal([4, 5, 7, 8, 9, 10], batch.TargetTokens.ToArray());
        Assert.Equal([0, 1, 4, 5, 6, 7], batch.TargetPlaces.ToArray());
        batch.Fill(Pairs, [2]);
        Assert.Equal([99], batch.Inputs.ToArray());
    }

    [Fact]
    public void Text_is_cut_so_that_every_token_but_the_first_is_predicted_once()
    {
        int[][] texts = [[1, 2, 3, 0], [4, 5, 0], [6, 7, 8, 9, 10, 11, 0]];
        var packed = TokenSequences.Pack(texts, 5);
        Assert.All(packed.Lengths, l => Assert.InRange(l, 2, 5));
        var batch = new LanguageBatch(LanguageArchitecture.Decoder, 0);
        batch.Fill(packed, [.. Enumerable.Range(0, packed.Count)]);
        Assert.Equal(texts.SelectMany(t => t).Skip(1).Select(t => (long)t), batch.TargetTokens.ToArray());
        Assert.Throws<ArgumentException>(() => new TokenSequences([1, 2], [2], [2]));
        Assert.Throws<ArgumentException>(() => new TokenSequences([1, 2], [1], [0]));
    }

    [Theory]
    [InlineData(LanguageArchitecture.Decoder)]
    [InlineData(LanguageArchitecture.EncoderDecoder)]
    public void Logits_of_a_batch_are_those_of_its_sequences(LanguageArchitecture architecture)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = LanguageNetworkTests.Create(new() { Layers = 2, Width = 16, Heads = 4, Architecture = architecture, InitialDeviation = 0.3 });
        var (together, alone) = (new LanguageBatch(architecture, 0), new LanguageBatch(architecture, 0));
        together.Fill(Pairs, [0, 1, 2]);
        var all = together.Logits(network);
        for (var (row, at) = (0, 0); row < 3; at += together.AnswerLengths[row], row++)
        {
            alone.Fill(Pairs, [row]);
            var (expected, actual) = (alone.Logits(network).contiguous().data<float>().ToArray(), all.narrow(0, at, together.AnswerLengths[row]).contiguous().data<float>().ToArray());
            for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5);
        }
    }
}
