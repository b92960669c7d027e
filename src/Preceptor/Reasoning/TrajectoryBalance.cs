using static TorchSharp.torch;

namespace Preceptor.Reasoning;

/// <summary>
/// Losses that are least where trajectories are drawn in proportion to their reward (Malkin et al. 2022; Zhang et al. 2023): with ζ = log P_F − log R − log P_B of each, the squares of log Z + ζ, or those of ζ less its mean over a group of one question,
/// which needs no Z.
/// </summary>
internal static class TrajectoryBalance
{
    /// <summary>ζ = log P_F − log R − log P_B [N].</summary>
    /// <param name="forward">log P_F: what the policy says of each trajectory [N].</param>
    /// <param name="reward">log R [N]; no gradient.</param>
    /// <param name="backward">log P_B: how likely each is to be walked backwards [N]; null for 0, as in a tree.</param>
    public static Tensor Imbalance(Tensor forward, Tensor reward, Tensor? backward) => backward is null ? forward - reward : forward - reward - backward;

    /// <summary>The mean of (ζ − its mean)² over one question's trajectories; 0 for a single one.</summary>
    public static Tensor Variance(Tensor imbalance) => (imbalance - imbalance.mean()).square().mean();

    /// <summary>The mean of (log Z + ζ)².</summary>
    /// <param name="imbalance">ζ [N].</param>
    /// <param name="partition">log Z of each trajectory's question [N], or of one question.</param>
    public static Tensor Squares(Tensor imbalance, Tensor partition) => (imbalance + partition).square().mean();
}
