using Preceptor.Objectives;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>The normalised temperature-scaled cross entropy (NT-Xent; Chen et al. 2020a) and its kin.</summary>
internal static class ContrastiveLoss
{
    private const double Far = 1e9;

    /// <summary>
    /// Of two views, each row's other view should be nearer than all views of other rows: the mean over the 2B anchors of −log exp(z_i·z_j / τ) / Σ_{k ≠ i} exp(z_i·z_k / τ).
    /// </summary>
    /// <param name="first">Projections of one view [B, d].</param>
    /// <param name="second">Those of the other.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="hardest">How many negatives count, the nearest; 0 for all.</param>
    /// <param name="isOneSided">Whether only the anchor moves.</param>
    /// <param name="isNormalised">Whether projections are brought to length 1 first.</param>
    public static Tensor NtXent(Tensor first, Tensor second, double temperature, int hardest = 0, bool isOneSided = false, bool isNormalised = true)
    {
        var count = first.shape[0];
        var similarities = Similarities(first, second, temperature, isOneSided, isNormalised);
        var positive = cat([arange(count, 2 * count), arange(0, count)], 0);
        if (hardest == 0) return nn.functional.cross_entropy(similarities, positive);
        var own = similarities.gather(1, positive.unsqueeze(1));
        var negatives = (similarities - nn.functional.one_hot(positive, 2 * count).to_type(similarities.dtype) * Far).topk(hardest, 1).values;
        return nn.functional.log_softmax(cat([own, negatives], 1), 1).select(1, 0).mean().neg();
    }

    /// <summary>The similarities z_i·z_k / τ of all views [2B, 2B], those of the first view first; next to nothing of a view with itself.</summary>
    internal static Tensor Similarities(Tensor first, Tensor second, double temperature, bool isOneSided = false, bool isNormalised = true)
    {
        var all = cat([first, second], 0);
        if (isNormalised) all = nn.functional.normalize(all, 2, 1, 1e-12);
        var others = isOneSided ? all.detach() : all;
        return all.matmul(others.t()) / temperature - eye(all.shape[0], dtype: all.dtype) * Far;
    }

    /// <summary>The mean over all pairs of views of which at least one is positive, with the views of all other rows as negatives.</summary>
    /// <param name="views">Projections of the views [B, d].</param>
    /// <param name="temperature">τ.</param>
    /// <param name="positives">How many of the first views may be positive partners; null for all.</param>
    public static Tensor OfAllPairs(Tensor[] views, double temperature, int? positives = null)
    {
        var (count, partners) = (views[0].shape[0], positives ?? views.Length);
        var all = nn.functional.normalize(cat(views, 0), 2, 1, 1e-12);
        var similarities = all.matmul(all.t()) / temperature;
        // Other views of the same row are no negatives.
        var same = eye(count, dtype: all.dtype).repeat(views.Length, views.Length);
        var negatives = similarities - same * Far;
        var terms = new List<Tensor>();
        for (var anchor = 0; anchor < views.Length; anchor++)
            for (var partner = 0; partner < views.Length; partner++)
            {
                if (partner == anchor || Math.Min(partner, anchor) >= partners) continue;
                var own = (all.narrow(0, anchor * count, count) * all.narrow(0, partner * count, count)).sum(1).unsqueeze(1) / temperature;
                terms.Add(nn.functional.log_softmax(cat([own, negatives.narrow(0, anchor * count, count)], 1), 1).select(1, 0).mean().neg());
            }
        return stack([.. terms]).mean();
    }

    /// <summary>Distillation: the mean of T² · cross entropy of the student's softened answers against the teacher's.</summary>
    public static Tensor Distillation(Tensor student, Tensor teacher, double temperature) => Loss.SoftCrossEntropy(student / temperature, nn.functional.softmax(teacher / temperature, 1)) * (temperature * temperature);
}
