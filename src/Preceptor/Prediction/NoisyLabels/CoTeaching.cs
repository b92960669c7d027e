using static TorchSharp.torch;

namespace Preceptor.Prediction.NoisyLabels;

/// <summary>
/// Co-teaching (Han et al., NeurIPS 2018): two networks learn together, each from the examples on which the other's loss is
/// small, because wrong labels are learned last and the two err differently.
/// </summary>
internal static class CoTeaching
{
    /// <summary>τ_t of epoch t = 1, 2, …: 0 at first, then linearly up to τ in epoch <paramref name="gradualEpochs"/>; τ from the start for 0 or 1.</summary>
    public static double ForgetRate(double final, int gradualEpochs, int epoch) =>
        gradualEpochs <= 1 ? final : final * Math.Min(1, (epoch - 1.0) / (gradualEpochs - 1));

    /// <summary>How many of n examples are kept: ⌊(1 − τ) n⌋, in double arithmetic as published, so that (1 − 0.9) · 10 keeps none.</summary>
    public static int Kept(double forgetRate, int count) => (int)((1 - forgetRate) * count);

    /// <summary>The places of the examples with the smallest losses, in that order.</summary>
    /// <param name="losses">[B].</param>
    /// <param name="kept">How many.</param>
    public static Tensor SmallLosses(Tensor losses, int kept) => losses.detach().sort(0, descending: false, stable: true).Indices.narrow(0, 0, kept);

    /// <summary>
    /// L₁ + L₂, where network 1 learns from what network 2 chose and the other way round. The networks share no parameter, so that
    /// the sum's gradients are those of two separate losses.
    /// </summary>
    /// <param name="choose">The logits by which a network, 0 or 1, chooses among its part of the batch; no gradient passes.</param>
    /// <param name="learn">The logits from which a network learns on some examples.</param>
    /// <param name="targets">Labels of the batch [B, C].</param>
    /// <param name="forgetRate">τ.</param>
    /// <param name="halves">Whether each network chooses from a half of its own (the released code), or both from the whole batch.</param>
    public static Tensor Loss(Func<int, Tensor, Tensor> choose, Func<int, Tensor, Tensor> learn, Tensor targets, double forgetRate, bool halves)
    {
        var count = (int)targets.shape[0];
        var all = arange(count, int64);
        var parts = halves && count > 1 ? [all.narrow(0, 0, count / 2), all.narrow(0, count / 2, count - count / 2)] : new[] { all, all };
        var chosen = new Tensor[2];
        using (no_grad())
            for (var network = 0; network < 2; network++)
            {
                var part = parts[network];
                // A batch without a kept example has no loss, so that at least one stays.
                var kept = Math.Max(1, Kept(forgetRate, (int)part.shape[0]));
                chosen[network] = part.index_select(0, SmallLosses(Objectives.Loss.SoftCrossEntropyOfEach(choose(network, part), targets.index_select(0, part)), kept));
            }
        return Objectives.Loss.SoftCrossEntropy(learn(0, chosen[1]), targets.index_select(0, chosen[1]))
            + Objectives.Loss.SoftCrossEntropy(learn(1, chosen[0]), targets.index_select(0, chosen[0]));
    }
}
