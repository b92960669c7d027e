using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Preceptor.Fields;

/// <summary>
/// A quasi-linear equation u_t + f(u) u_x − κ(u) u_xx = 0 in one dimension of space, with conditions at the ends that are linear in u. Derivatives of the coefficients are needed to second
/// order, by the least-squares layer and its exact implicit gradient.
/// </summary>
public abstract class FieldEquation
{
    /// <summary>Its name in specifications.</summary>
    public abstract string Name { get; }

    /// <summary>Whether space is a ring, so that there are no ends.</summary>
    public abstract bool IsPeriodic { get; }

    /// <summary>Its parameters, which decide its solutions.</summary>
    public abstract JsonObject Describe();

    /// <summary>The coefficient of u_x and its first two derivatives, at values u of any shape; null where they are zero.</summary>
    public abstract (Tensor? Value, Tensor? First, Tensor? Second) Advection(Tensor u);

    /// <summary>The coefficient of u_xx and its first two derivatives, at values u of any shape; derivatives are null where they are zero.</summary>
    public abstract (Tensor Value, Tensor? First, Tensor? Second) Diffusion(Tensor u);

    /// <summary>The condition at an end, a·u + c·u_x = value, where the slope is taken inwards from the end; not asked of periodic equations.</summary>
    /// <param name="isRight">Which end.</param>
    public virtual (double Value, double Slope, double Target) End(bool isRight) => throw new InvalidOperationException($"{Name} is periodic");

    /// <summary>The same coefficients for one number, as the reference solver needs them.</summary>
    internal virtual (double Advection, double Diffusion) Coefficients(double u)
    {
        var one = new FieldCoefficients(1);
        one.U[0] = u;
        Fill(one);
        return (one.Advection[0], one.Diffusion[0]);
    }

    /// <summary>The same coefficients and their derivatives for many numbers, as the least-squares layer needs them. Equations of the library have them without tensors.</summary>
    internal virtual void Fill(FieldCoefficients at)
    {
        using var u = tensor(at.U);
        var (advection, diffusion) = (Advection(u), Diffusion(u));
        static void Copy(Tensor? from, double[] into)
        {
            if (from is null) Array.Clear(into);
            else System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(from.contiguous().bytes).CopyTo(into);
        }
        Copy(advection.Value, at.Advection);
        Copy(advection.First, at.AdvectionFirst);
        Copy(advection.Second, at.AdvectionSecond);
        Copy(diffusion.Value, at.Diffusion);
        Copy(diffusion.First, at.DiffusionFirst);
        Copy(diffusion.Second, at.DiffusionSecond);
    }
}

/// <summary>The coefficients of an equation at many values u, and their first two derivatives.</summary>
/// <param name="count">How many values.</param>
internal sealed class FieldCoefficients(int count)
{
    /// <summary>u.</summary>
    public double[] U { get; } = new double[count];

    /// <summary>f(u).</summary>
    public double[] Advection { get; } = new double[count];

    /// <summary>f′(u).</summary>
    public double[] AdvectionFirst { get; } = new double[count];

    /// <summary>f″(u).</summary>
    public double[] AdvectionSecond { get; } = new double[count];

    /// <summary>κ(u).</summary>
    public double[] Diffusion { get; } = new double[count];

    /// <summary>κ′(u).</summary>
    public double[] DiffusionFirst { get; } = new double[count];

    /// <summary>κ″(u).</summary>
    public double[] DiffusionSecond { get; } = new double[count];
}

/// <summary>Burgers' equation with viscosity ν on a ring: u_t + u u_x = ν u_xx.</summary>
/// <param name="viscosity">ν, positive.</param>
public sealed class BurgersEquation(double viscosity) : FieldEquation
{
    /// <inheritdoc/>
    public override string Name => "burgers";

    /// <inheritdoc/>
    public override bool IsPeriodic => true;

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["equation"] = Name, ["viscosity"] = viscosity };

    /// <inheritdoc/>
    public override (Tensor? Value, Tensor? First, Tensor? Second) Advection(Tensor u) => (u, ones_like(u), null);

    /// <inheritdoc/>
    public override (Tensor Value, Tensor? First, Tensor? Second) Diffusion(Tensor u) => (full_like(u, viscosity), null, null);

    internal override (double Advection, double Diffusion) Coefficients(double u) => (u, viscosity);

    internal override void Fill(FieldCoefficients at)
    {
        at.U.CopyTo(at.Advection, 0);
        Array.Fill(at.AdvectionFirst, 1);
        Array.Fill(at.Diffusion, viscosity);
    }
}

/// <summary>
/// Diffusion with sorption (Nowak and Guthke 2016; PDEBench): u_t = D / R(u) u_xx with the retardation R(u) = 1 + (1 − φ)/φ ρ k n uⁿ⁻¹; u = 1 at the left end, u = −D u_x at the right one
/// (the sign of the program that generated the published data; with that of the text and of the official code the condition has no stable solution). Time is measured in units of 500 s, so that it runs from 0 to 1 as in the paper's setting.
/// </summary>
public sealed class DiffusionSorptionEquation : FieldEquation
{
    private const double Porosity = 0.29, Density = 2880, Freundlich = 3.5e-4, Exponent = 0.874, Diffusivity = 5e-4, TimeUnit = 500;

    // R is singular at 0; PDEBench keeps u from it alike.
    private const double Least = 1e-6;

    private const double Sorption = (1 - Porosity) / Porosity * Density * Freundlich * Exponent;

    /// <inheritdoc/>
    public override string Name => "diffusion-sorption";

    /// <inheritdoc/>
    public override bool IsPeriodic => false;

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["equation"] = Name };

    /// <inheritdoc/>
    public override (Tensor? Value, Tensor? First, Tensor? Second) Advection(Tensor u) => (null, null, null);

    /// <inheritdoc/>
    public override (Tensor Value, Tensor? First, Tensor? Second) Diffusion(Tensor u)
    {
        const double power = Exponent - 1;
        var inside = u.gt(Least).to_type(u.dtype); // below the clamp R stays as it is
        var clamped = u.clamp(Least);
        var retardation = 1 + Sorption * clamped.pow(power);
        var first = power * Sorption * clamped.pow(power - 1) * inside;
        var second = power * (power - 1) * Sorption * clamped.pow(power - 2) * inside;
        const double scale = TimeUnit * Diffusivity;
        var inverse = 1 / retardation;
        var squared = inverse * inverse;
        return (scale * inverse, -scale * first * squared, scale * squared * (2 * first * first * inverse - second));
    }

    /// <inheritdoc/>
    public override (double Value, double Slope, double Target) End(bool isRight) => isRight ? (1, -Diffusivity, 0) : (1, 0, 1);

    internal override (double Advection, double Diffusion) Coefficients(double u) => (0, TimeUnit * Diffusivity / (1 + Sorption * Math.Pow(Math.Max(u, Least), Exponent - 1)));

    internal override void Fill(FieldCoefficients at)
    {
        for (var i = 0; i < at.U.Length; i++)
        {
            var u = Math.Max(at.U[i], Least);
            var sorption = Sorption * Math.Pow(u, Exponent - 1);
            var inverse = 1 / (1 + sorption);
            var diffusion = TimeUnit * Diffusivity * inverse;
            at.Diffusion[i] = diffusion;
            if (at.U[i] > Least)
            {
                var first = (Exponent - 1) * sorption / u; // R′
                at.DiffusionFirst[i] = -diffusion * inverse * first;
                at.DiffusionSecond[i] = diffusion * inverse * (2 * first * first * inverse - (Exponent - 2) * first / u);
            }
            else (at.DiffusionFirst[i], at.DiffusionSecond[i]) = (0, 0); // below the clamp R stays as it is
        }
    }
}
