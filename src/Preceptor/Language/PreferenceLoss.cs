using Preceptor.Foundation;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Language;

/// <summary>Losses of preferences between responses; means over pairs or responses.</summary>
[Version(1)]
public static class PreferenceLoss
{
    /// <summary>How much more than the reference a policy prefers the better response [B]: (log π(y⁺) − log π_ref(y⁺)) − (log π(y⁻) − log π_ref(y⁻)), before β.</summary>
    /// <param name="chosen">log π(y⁺|x), the sum over the response's tokens [B].</param>
    /// <param name="rejected">log π(y⁻|x) [B].</param>
    /// <param name="referenceChosen">log π_ref(y⁺|x) [B]; no gradient.</param>
    /// <param name="referenceRejected">log π_ref(y⁻|x) [B]; no gradient.</param>
    public static Tensor Margin(Tensor chosen, Tensor rejected, Tensor referenceChosen, Tensor referenceRejected)
    {
        ArgumentNullException.ThrowIfNull(chosen);
        ArgumentNullException.ThrowIfNull(rejected);
        return chosen - referenceChosen - (rejected - referenceRejected);
    }

    /// <summary>Direct preference optimisation (Rafailov et al. 2023, eq. 7): −log σ(β · margin).</summary>
    /// <param name="margin">The margin [B]; see <see cref="Margin"/>.</param>
    /// <param name="beta">β: how strongly the policy is held to the reference.</param>
    public static Tensor Direct(Tensor margin, double beta)
    {
        ArgumentNullException.ThrowIfNull(margin);
        using Scalar by = beta;
        return nn.functional.logsigmoid(margin * by).mean().neg();
    }

    /// <summary>Bradley and Terry's model of rewards (Ouyang et al. 2022, eq. 1): −log σ(r⁺ − r⁻).</summary>
    /// <param name="chosen">Rewards of the better responses [B].</param>
    /// <param name="rejected">Those of the others [B].</param>
    public static Tensor BradleyTerry(Tensor chosen, Tensor rejected)
    {
        ArgumentNullException.ThrowIfNull(chosen);
        return nn.functional.logsigmoid(chosen - rejected).mean().neg();
    }

    /// <summary>
    /// Kahneman–Tversky optimisation (Ethayarajh et al. 2024): responses are good or bad by themselves; w⁺(1 − σ(β(ρ − z))) for good ones and w⁻(1 − σ(β(z − ρ))) for bad ones,
    /// where ρ is the log-ratio to the reference and z the batch's mean log-ratio on mismatched pairs, at least 0, without a gradient.
    /// </summary>
    /// <param name="ratios">ρ [B].</param>
    /// <param name="mismatched">Log-ratios of responses to other prompts, any number.</param>
    /// <param name="isGood">1 for good responses, 0 for bad ones [B].</param>
    /// <param name="beta">β.</param>
    /// <param name="good">w⁺.</param>
    /// <param name="bad">w⁻.</param>
    public static (Tensor Losses, Tensor Divergence) KahnemanTversky(Tensor ratios, Tensor mismatched, Tensor isGood, double beta, double good = 1, double bad = 1)
    {
        ArgumentNullException.ThrowIfNull(ratios);
        ArgumentNullException.ThrowIfNull(mismatched);
        using Scalar by = beta, zero = 0, one = 1, up = good, down = bad;
        var divergence = mismatched.mean().clamp_min(zero).detach();
        var gain = (ratios - divergence) * by;
        return (where(isGood.to(ScalarType.Bool), (one - sigmoid(gain)) * up, (one - sigmoid(gain.neg())) * down), divergence);
    }
}
