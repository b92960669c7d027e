using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>How fast a diffusion adds noise.</summary>
public enum NoiseSchedule
{
    /// <summary>Variance preserving, from 0.1 to 10 (Song et al. 2021): nearly pure noise after few steps.</summary>
    VariancePreserving,

    /// <summary>Cosine (Nichol and Dhariwal 2021).</summary>
    Cosine,

    /// <summary>Linear from 0.0001 to 0.02 (Ho et al. 2020), for many steps.</summary>
    Linear,
}

/// <summary>The noise of a denoising diffusion with few steps (Ho et al. 2020): how a sample is made noisy, and how a step takes predicted noise away.</summary>
public sealed class DiffusionSchedule
{
    /// <summary>Creates it.</summary>
    /// <param name="schedule">How fast noise is added.</param>
    /// <param name="steps">Steps, T.</param>
    public DiffusionSchedule(NoiseSchedule schedule, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        Betas = [.. Enumerable.Range(1, steps).Select(t => schedule switch
        {
            NoiseSchedule.VariancePreserving => 1 - Math.Exp(-0.1 / steps - 0.5 * (10 - 0.1) * (2 * t - 1) / ((double)steps * steps)),
            NoiseSchedule.Cosine => Math.Clamp(1 - Level(t, steps) / Level(t - 1, steps), 0, 0.999),
            _ => steps == 1 ? 1e-4 : 1e-4 + (2e-2 - 1e-4) * (t - 1) / (steps - 1),
        })];
        Alphas = [.. Betas.Select(beta => 1 - beta)];
        AlphaHats = [.. Alphas.Select((_, t) => Alphas.Take(t + 1).Aggregate(1.0, (product, alpha) => product * alpha))];
    }

    /// <summary>β, the share of noise of each step [T].</summary>
    public IReadOnlyList<double> Betas { get; }

    /// <summary>α = 1 − β [T].</summary>
    public IReadOnlyList<double> Alphas { get; }

    /// <summary>ᾱ, the product of α up to each step: the share of the sample's variance that is left [T].</summary>
    public IReadOnlyList<double> AlphaHats { get; }

    /// <summary>Steps, T.</summary>
    public int Steps => Betas.Count;

    /// <summary>The times from noise to a sample: T − 1 down to 0.</summary>
    public IEnumerable<int> Backwards => Enumerable.Range(0, Steps).Reverse();

    /// <summary>Samples with the noise of a time each: √ᾱ x + √(1 − ᾱ) ε.</summary>
    /// <param name="samples">Samples [B, A].</param>
    /// <param name="noise">ε [B, A].</param>
    /// <param name="times">The times, from 0 [B].</param>
    public Tensor Noised(Tensor samples, Tensor noise, Tensor times)
    {
        var left = tensor(AlphaHats.ToArray(), dtype: samples.dtype)[times].unsqueeze(1);
        return left.sqrt() * samples + (1 - left).sqrt() * noise;
    }

    /// <summary>One step back: takes predicted noise away, and adds fresh noise unless it is the last.</summary>
    /// <param name="samples">Samples [B, A].</param>
    /// <param name="predicted">The noise that is predicted to be in them [B, A].</param>
    /// <param name="fresh">Normal random numbers [B, A].</param>
    /// <param name="time">The time, from T − 1 down to 0.</param>
    /// <param name="clips">Whether samples are kept within [−1, 1].</param>
    public Tensor Step(Tensor samples, Tensor predicted, Tensor fresh, int time, bool clips = true)
    {
        var before = (samples - predicted * (Betas[time] / Math.Sqrt(1 - AlphaHats[time]))) * (1 / Math.Sqrt(Alphas[time]));
        if (time > 0) before += fresh * Math.Sqrt(Betas[time]);
        return clips ? before.clamp(-1, 1) : before;
    }

    private static double Level(int t, int steps) => Math.Pow(Math.Cos(((double)t / steps + 0.008) / 1.008 * Math.PI * 0.5), 2);
}
