using System.Runtime.InteropServices;
using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;

namespace Preceptor.Prediction.NoisyLabels;

/// <summary>The number of channels that networks with ordered features answer from: kept from one validation to the next.</summary>
/// <param name="count">k at first.</param>
internal sealed class FeatureTruncation(int count) : IKept
{
    private const double PriceOfAChannel = 1e-5;

    /// <summary>k.</summary>
    public int Channels { get; set; } = count;

    /// <summary>
    /// k* = argmax_k (accuracy_k − 10⁻⁵ (k − 1)), k = 1..D, of bias-free networks that answer together by the mean of their logits;
    /// so that the smaller k wins where they are as good. Rows whose label is below 0 do not count.
    /// </summary>
    /// <param name="networks">Each network's features [N × D] and head weights [C × D].</param>
    /// <param name="labels">Class indices [N].</param>
    /// <returns>k*, the accuracy for every k, and the mean logits [N × C] at k*.</returns>
    public static (int Channels, double[] Accuracies, float[] Logits) Choose(IReadOnlyList<(float[] Features, float[] Weights)> networks, int[] labels)
    {
        var (rows, width) = (labels.Length, networks[0].Features.Length / labels.Length);
        var classes = networks[0].Weights.Length / width;
        var judged = Math.Max(1, labels.Count(l => l >= 0));
        var (sums, best) = (new double[rows * classes], new float[rows * classes]);
        var accuracies = new double[width];
        var (channels, highest) = (0, double.NegativeInfinity);
        for (var k = 0; k < width; k++)
        {
            var right = 0;
            for (var row = 0; row < rows; row++)
            {
                var logits = sums.AsSpan(row * classes, classes);
                foreach (var (features, weights) in networks)
                    for (var c = 0; c < classes; c++) logits[c] += (double)features[row * width + k] * weights[c * width + k] / networks.Count;
                if (labels[row] >= 0 && First(logits) == labels[row]) right++;
            }
            accuracies[k] = (double)right / judged;
            if (accuracies[k] - PriceOfAChannel * k is var value && value <= highest) continue;
            (channels, highest) = (k + 1, value);
            for (var i = 0; i < sums.Length; i++) best[i] = (float)sums[i];
        }
        return (channels, accuracies, best);
    }

    /// <summary>Chooses k for networks on the problem's validation rows.</summary>
    public static (int Channels, double[] Accuracies, float[] Logits) Choose(PredictionProblem problem, params IReadOnlyList<NetworkClassifier> networks) =>
        Choose([.. networks.Select(n => (n.Features(problem.Validation), Weights(n.Network)))], problem.Labels.Validation);

    /// <summary>Makes a bias-free network answer from its first k channels alone: the others' weights become 0.</summary>
    public static void Apply(Network network, int channels)
    {
        using var noGradient = torch.no_grad();
        using var dropped = network.Head.weight.narrow(1, channels, network.Encoder.Features - channels);
        dropped.zero_();
    }

    /// <inheritdoc/>
    public void Save(State state) => state.Add("channels", Channels);

    /// <inheritdoc/>
    public void Restore(State state) => Channels = state.Read<int>("channels");

    private static int First(ReadOnlySpan<double> logits)
    {
        var best = 0;
        for (var c = 1; c < logits.Length; c++)
            if (logits[c] > logits[best]) best = c;
        return best;
    }

    private static float[] Weights(Network network)
    {
        using var weights = network.Head.weight.detach().cpu().contiguous();
        return MemoryMarshal.Cast<byte, float>(weights.bytes).ToArray();
    }
}
