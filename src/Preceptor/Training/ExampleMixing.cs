using Preceptor.Data;
using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Training;

/// <summary>
/// Mixes each example of a batch with another one, inputs and targets alike. Mixup (Zhang, Cisse, Dauphin, Lopez-Paz 2018): λ x + (1 − λ) x',
/// λ ~ Beta(α, α). CutMix (Yun et al. 2019): a rectangle of x' in x, λ what is left of x. One λ a batch, as both released programs have it; where both are
/// asked for, each batch is mixed by one of them, chosen at random.
/// </summary>
/// <param name="mixup">α of mixup; 0 for none.</param>
/// <param name="cutmix">α of CutMix; 0 for none.</param>
[Version(1)]
public sealed class ExampleMixing(double mixup, double cutmix)
{
    /// <summary>Draws how a batch is mixed.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="count">Examples in the batch.</param>
    /// <param name="shape">What an input looks like.</param>
    public BatchMixture Draw(RandomStream random, int count, InputShape shape)
    {
        var cuts = cutmix > 0 && (mixup == 0 || random.NextDouble() < 0.5);
        var share = Beta(cuts ? cutmix : mixup, random);
        var partners = random.Permutation(count);
        if (!cuts) return new(partners, share, null);
        // Yun et al., eq. 2: sides √(1 − λ) of the image's, a uniform middle; what lies outside is cut off and λ is what is left.
        var side = Math.Sqrt(1 - share);
        var (tall, wide) = ((int)(shape.Height * side), (int)(shape.Width * side));
        var (middleY, middleX) = (random.Next(shape.Height), random.Next(shape.Width));
        var (top, left) = (Math.Max(0, middleY - tall / 2), Math.Max(0, middleX - wide / 2));
        var (bottom, right) = (Math.Min(shape.Height, middleY + tall / 2), Math.Min(shape.Width, middleX + wide / 2));
        var box = new CutBox(top, left, Math.Max(0, bottom - top), Math.Max(0, right - left));
        return new(partners, 1 - (double)box.Height * box.Width / (shape.Height * shape.Width), box);
    }

    /// <summary>A draw of Beta(α, α) as X / (X + Y) of two gamma draws.</summary>
    internal static double Beta(double alpha, RandomStream random)
    {
        var (first, second) = (LogGamma(alpha, random), LogGamma(alpha, random));
        return 1 / (1 + Math.Exp(second - first));
    }

    /// <summary>The logarithm of a gamma draw (Marsaglia and Tsang 2000; below 1 by the draw of α + 1 and U^(1/α)); draws of small α are too small for themselves.</summary>
    internal static double LogGamma(double alpha, RandomStream random)
    {
        if (alpha < 1) return LogGamma(alpha + 1, random) + Math.Log(1 - random.NextDouble()) / alpha;
        var d = alpha - 1.0 / 3;
        while (true)
        {
            var normal = random.NextGaussian();
            var cubed = Math.Pow(1 + normal / Math.Sqrt(9 * d), 3);
            if (cubed > 0 && Math.Log(1 - random.NextDouble()) < 0.5 * normal * normal + d * (1 - cubed + Math.Log(cubed))) return Math.Log(d * cubed);
        }
    }
}

/// <summary>A rectangle of an image, in pixels.</summary>
/// <param name="Top">Rows above it.</param>
/// <param name="Left">Columns before it.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Width">Its columns.</param>
public readonly record struct CutBox(int Top, int Left, int Height, int Width);

/// <summary>How one batch is mixed.</summary>
/// <param name="Partners">Each example's partner, by its place in the batch.</param>
/// <param name="Share">λ: the example's own share.</param>
/// <param name="Box">What comes from the partner's image; null where whole inputs are mixed.</param>
public sealed record BatchMixture(int[] Partners, double Share, CutBox? Box)
{
    /// <summary>Mixes inputs; numbers are mixed by shares in either way.</summary>
    public Inputs Mix(Inputs inputs)
    {
        var partners = InputBuffer.Tensor<long>(Array.ConvertAll(Partners, p => (long)p), int64, Partners.Length);
        var own = Tensor(Share);
        return inputs with
        {
            Image = inputs.Image is { } image ? Blend(image, partners, Box is { } box ? Mask(box, (int)image.shape[2], (int)image.shape[3]) : own) : null,
            Numbers = inputs.Numbers is { } numbers ? Blend(numbers, partners, own) : null,
        };
    }

    /// <summary>Mixes targets in place.</summary>
    /// <param name="targets">[B × C].</param>
    /// <param name="width">C.</param>
    public void Mix(Span<float> targets, int width)
    {
        var before = targets.ToArray();
        for (var i = 0; i < Partners.Length; i++)
            for (var c = 0; c < width; c++) targets[i * width + c] = (float)(Share * before[i * width + c] + (1 - Share) * before[Partners[i] * width + c]);
    }

    private static Tensor Blend(Tensor values, Tensor partners, Tensor own)
    {
        var others = values.index_select(0, partners);
        return others + (values - others) * own;
    }

    private static Tensor Tensor(double value) => InputBuffer.Tensor<float>([(float)value], float32, 1);

    private static Tensor Mask(CutBox box, int height, int width)
    {
        var mask = new float[height * width];
        mask.AsSpan().Fill(1);
        for (var y = box.Top; y < box.Top + box.Height; y++) mask.AsSpan(y * width + box.Left, box.Width).Clear();
        return InputBuffer.Tensor<float>(mask, float32, 1, 1, height, width);
    }
}
