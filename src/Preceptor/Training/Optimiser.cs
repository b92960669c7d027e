using Preceptor.Foundation;
using TorchSharp;
using TorchSharp.Modules;

namespace Preceptor.Training;

/// <summary>
/// Steps parameters along their gradients: SGD, Adam or AdamW. On the CPU each step is one pass of our own over a parameter,
/// its gradient and plain arrays; on another device or for another number type it is torch's. Checkpoints of the two are the same.
/// </summary>
/// <remarks>The parameters stay the caller's; make the optimiser after the network lies on its device.</remarks>
public abstract class Optimiser : IKept, IDisposable
{
    private protected Optimiser(IReadOnlyList<(string Name, Parameter Parameter)> parameters) => Parameters = parameters;

    /// <summary>What is stepped, under the names of its state in checkpoints.</summary>
    private protected IReadOnlyList<(string Name, Parameter Parameter)> Parameters { get; }

    /// <summary>Creates an optimiser.</summary>
    /// <param name="options">The rule and its constants.</param>
    /// <param name="parameters">The parameters under different names, as <c>named_parameters</c> gives them.</param>
    /// <exception cref="RequestException">A constant lies outside its range.</exception>
    public static Optimiser Create(OptimiserOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
    {
        Check(options);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, _) in parameters)
            if (!names.Add(name)) throw new ArgumentException($"two parameters are named '{name}'", nameof(parameters));
        if (!parameters.All(p => TensorSpans.IsFloats(p.Parameter))) return new TorchOptimiser(options, parameters);
        return options.Kind == OptimiserKind.Sgd ? new Sgd(options, parameters) : new Adam(options, parameters);
    }

    /// <summary>Steps every parameter that has a gradient; others keep their weights and their state.</summary>
    /// <param name="rate">The learning rate of this step.</param>
    public abstract void Step(double rate);

    /// <summary>Removes all gradients, so that the next backward pass starts them anew.</summary>
    public void ZeroGrad()
    {
        foreach (var (_, parameter) in Parameters) parameter.grad = null;
    }

    /// <summary>Scales all gradients down so that their common Euclidean norm is at most <paramref name="maximumNorm"/>.</summary>
    /// <param name="maximumNorm">Above 0; infinity only measures.</param>
    /// <returns>The norm before; not a number, or infinite, where a gradient is.</returns>
    public double ClipGradients(double maximumNorm)
    {
        var squares = 0.0;
        foreach (var (_, parameter) in Parameters)
        {
            using var gradient = parameter.grad;
            if (gradient is not null) squares += SumOfSquares(gradient);
        }
        var norm = Math.Sqrt(squares);
        var scale = maximumNorm / (norm + 1e-6);
        if (scale >= 1) return norm;
        foreach (var (_, parameter) in Parameters)
        {
            using var gradient = parameter.grad;
            if (gradient is not null) Scale(gradient, scale);
        }
        return norm;
    }

    /// <inheritdoc/>
    public abstract void Save(State state);

    /// <inheritdoc/>
    public abstract void Restore(State state);

    /// <summary>Frees what the optimiser keeps outside managed memory; not the parameters.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="Dispose()"/>
    protected virtual void Dispose(bool disposing) { }

    private static void Check(OptimiserOptions options)
    {
        Require(options.Momentum is >= 0 and < 1, "momentum", options.Momentum, "from 0 to below 1");
        Require(!options.Nesterov || options.Momentum > 0, "momentum", options.Momentum, "above 0 with nesterov");
        Require(options.WeightDecay is >= 0 and < double.PositiveInfinity, "weight decay", options.WeightDecay, "at least 0");
        Require(options.Beta1 is >= 0 and < 1, "beta1", options.Beta1, "from 0 to below 1");
        Require(options.Beta2 is >= 0 and < 1, "beta2", options.Beta2, "from 0 to below 1");
        Require(options.Epsilon is >= 0 and < double.PositiveInfinity, "epsilon", options.Epsilon, "at least 0");
    }

    private static void Require(bool holds, string name, double value, string allowed)
    {
        if (!holds) throw new RequestException($"optimiser: {name} is {value}, expected {allowed}");
    }

    private static double SumOfSquares(torch.Tensor gradient)
    {
        if (TensorSpans.IsFloats(gradient)) return TensorSpans.SumOfSquares(TensorSpans.Floats(gradient));
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        return gradient.to(torch.ScalarType.Float64).square().sum().cpu().item<double>();
    }

    private static void Scale(torch.Tensor gradient, double factor)
    {
        if (TensorSpans.IsFloats(gradient))
        {
            TensorSpans.Scale(TensorSpans.Floats(gradient), (float)factor);
            return;
        }
        using var noGradient = torch.no_grad();
        using Scalar scalar = factor;
        gradient.mul_(scalar);
    }
}
