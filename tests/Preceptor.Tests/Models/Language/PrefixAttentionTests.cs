using Preceptor.Data;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Tests.Models.Language;

/// <summary>Decoders that read prompts in both directions.</summary>
public sealed class PrefixAttentionTests
{
    private static readonly TransformerOptions Options = new() { Layers = 2, Width = 16, Heads = 4, InitialDeviation = 0.3 };

    private static double[][] Logs(bool isPrefix, params (int[], int[])[] pairs)
    {
        using var model = Model(isPrefix);
        return model.LogProbabilities(TokenSequences.Of(pairs));
    }

    private static LanguageModel Model(bool isPrefix) => new(new WordTokenizer(["a", "b", "c", "d", "e", "f"]), LanguageNetworkTests.Create(Options with { PrefixAttention = isPrefix }, 8), [1], new([], 0, 0, 0), 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_token_that_is_to_be_said_changes_nothing_before_it(bool isPrefix)
    {
        var (one, other) = (Logs(isPrefix, ([2, 3, 4], [5, 6, 7, 2])), Logs(isPrefix, ([2, 3, 4], [5, 6, 3, 2])));
        Assert.Equal(one[0][..2], other[0][..2]);
        Assert.NotEqual(one[0][3], other[0][3]);
    }

    [Fact]
    public void A_prompt_is_read_in_both_directions_alone_and_beside_others()
    {
        (int[], int[])[] pairs = [([2, 3, 4], [5, 6, 7]), ([4, 3], [2]), ([6, 5, 4, 3, 2], [7, 7, 2])];
        var together = Logs(true, pairs);
        for (var i = 0; i < pairs.Length; i++)
        {
            var alone = Logs(true, pairs[i])[0];
            for (var t = 0; t < alone.Length; t++) Assert.Equal(alone[t], together[i][t], 1e-5);
            Assert.NotEqual(Logs(false, pairs[i])[0][0], alone[0], 1e-3);
        }
        // With a single token before, there is nothing later to read.
        Assert.Equal(Logs(false, ([3], [4, 5]))[0], Logs(true, ([3], [4, 5]))[0], (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void What_is_generated_is_likeliest_token_after_token_and_no_other_program_is_offered_the_weights()
    {
        using var model = Model(true);
        int[][] prompts = [[2, 3, 4], [6, 5, 4, 3, 2]];
        var made = model.Generate(prompts, new() { MaxTokens = 5, StopsAtEnd = false });
        for (var i = 0; i < prompts.Length; i++)
        {
            var logs = model.LogProbabilities(TokenSequences.Of([(prompts[i], [.. made[i][0].Tokens])]))[0];
            for (var t = 0; t < logs.Length; t++) Assert.Equal(logs[t], made[i][0].LogProbabilities[t], 1e-4);
        }
        Assert.True(CheckpointConfiguration.IsQwen(Options) && !CheckpointConfiguration.IsQwen(model.Network.Options));
        using var copy = model.Network.Copy(tokens: model.Network.Vocabulary + 2);
        Assert.True(copy.Options.PrefixAttention);
        using var scope = NewDisposeScope();
        Assert.Equal(model.Network.Weights()["model.embed_tokens.weight"], copy.Weights()["model.embed_tokens.weight"][..^32]);
    }
}
