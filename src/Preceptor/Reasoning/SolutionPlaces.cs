using Preceptor.Data;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Reasoning;

/// <summary>
/// Where in a batch of solutions, each with a token behind it that is not part of it, tokens are said and where they are valued: the features before a token say it, those of a token itself are worth its value.
/// </summary>
internal sealed class SolutionPlaces
{
    private readonly List<long> says = [], tokens = [], valued = [];
    private readonly List<float> labels = [];

    /// <summary>Finds them.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="says">Whether the tokens of a row are to be said.</param>
    /// <param name="label">The label of a row after so many of its tokens, given how many it has; null for none.</param>
    public SolutionPlaces(LanguageBatch batch, Func<int, bool> says, Func<int, int, int, double?> label)
    {
        var (lengths, at) = (batch.AnswerLengths.ToArray(), 0);
        for (var row = 0; row < lengths.Length; at += lengths[row], row++)
        {
            var (length, isSaid) = (lengths[row] - 1, says(row));
            for (var i = 0; i < length; i++)
            {
                if (isSaid)
                {
                    this.says.Add(at + i);
                    tokens.Add(batch.TargetTokens[at + i]);
                }
                if (label(row, i + 1, length) is not { } of) continue;
                valued.Add(at + i + 1);
                labels.Add((float)of);
            }
        }
    }

    /// <summary>Tokens that are to be said.</summary>
    public int Said => tokens.Count;

    /// <summary>Tokens that are valued.</summary>
    public int Valued => labels.Count;

    /// <summary>The rows of a batch's features at which tokens are valued.</summary>
    public Tensor ToValue(Tensor features) => features.index_select(0, Ids(valued));

    /// <summary>Their labels.</summary>
    public Tensor Labels() => InputBuffer.Tensor<float>([.. labels], float32, labels.Count);

    /// <summary>The mean cross entropy of the tokens that are to be said, at least one.</summary>
    public Tensor NextTokens(LanguageNetwork network, Tensor features) => nn.functional.cross_entropy(network.Logits(features.index_select(0, Ids(says))), Ids(tokens));

    private static Tensor Ids(List<long> ids) => InputBuffer.Tensor<long>([.. ids], ScalarType.Int64, ids.Count);
}
