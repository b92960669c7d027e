using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Training;

/// <summary>A second module that learns within the steps of the network in training, from losses of its own; kept in checkpoints.</summary>
public sealed class AuxiliaryTraining<T> : IDisposable where T : nn.Module
{
    private readonly Optimiser optimiser;
    private readonly double rate;

    /// <summary>Creates the module by the run's seed, and its optimiser.</summary>
    /// <param name="run">The run; its open stage keeps both.</param>
    /// <param name="name">The name of its state.</param>
    /// <param name="create">Creates the module with torch's present generator.</param>
    /// <param name="options">The optimiser's options.</param>
    /// <param name="rate">Its learning rate.</param>
    public AuxiliaryTraining(Run run, string name, Func<T> create, OptimiserOptions options, double rate)
    {
        torch.manual_seed(run.TorchSeed(name));
        Module = create();
        this.rate = rate;
        run.Keep(name, new KeptModule(Module));
        optimiser = run.Keep(name + "-optimiser", Optimiser.Create(options, [.. Module.named_parameters()]));
    }

    /// <summary>The module.</summary>
    public T Module { get; }

    /// <summary>One step along the gradient of a loss.</summary>
    public void Step(Tensor loss)
    {
        optimiser.ZeroGrad();
        loss.backward();
        optimiser.Step(rate);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimiser.Dispose();
        Module.Dispose();
    }
}
