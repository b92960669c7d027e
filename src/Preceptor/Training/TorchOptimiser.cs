using Preceptor.Foundation;
using TorchSharp;
using TorchSharp.Modules;
using TorchSgd = TorchSharp.Modules.SGD;

namespace Preceptor.Training;

/// <summary>Torch's own optimiser, for parameters on another device or of another number type; its state is written as the fused ones write theirs.</summary>
internal sealed class TorchOptimiser : Optimiser
{
    private readonly OptimizerHelper inner;
    private readonly bool keepsMomentum;

    internal TorchOptimiser(OptimiserOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters) : base(parameters)
    {
        using var scope = torch.NewDisposeScope(); // torch detaches the state that it makes
        keepsMomentum = options.Kind == OptimiserKind.Sgd && options.Momentum > 0;
        inner = Create(options, [.. parameters.Select(p => p.Parameter)]);
    }

    /// <inheritdoc/>
    public override void Step(double rate)
    {
        foreach (var group in inner.ParamGroups) group.LearningRate = rate;
        inner.step();
    }

    /// <inheritdoc/>
    public override void Save(State state)
    {
        foreach (var (name, kept) in States())
        {
            var own = state.Within(name);
            switch (kept)
            {
                case TorchSgd.State sgd when keepsMomentum:
                    own.Add("momentum", sgd.momentum_buffer);
                    break;
                case TorchSharp.Modules.Adam.State adam:
                    Save(own, adam.step, adam.exp_avg, adam.exp_avg_sq);
                    break;
                case AdamW.State adam:
                    Save(own, adam.step, adam.exp_avg, adam.exp_avg_sq);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public override void Restore(State state)
    {
        foreach (var (name, kept) in States())
        {
            var own = state.Within(name);
            switch (kept)
            {
                case TorchSgd.State sgd when keepsMomentum:
                    own.Read("momentum", sgd.momentum_buffer);
                    break;
                case TorchSharp.Modules.Adam.State adam:
                    adam.step = Restore(own, adam.exp_avg, adam.exp_avg_sq);
                    break;
                case AdamW.State adam:
                    adam.step = Restore(own, adam.exp_avg, adam.exp_avg_sq);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private static OptimizerHelper Create(OptimiserOptions options, Parameter[] parameters)
    {
        switch (options.Kind)
        {
            case OptimiserKind.Adam:
                return new TorchSharp.Modules.Adam(parameters, lr: 0, options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay, amsgrad: false, maximize: false);
            case OptimiserKind.AdamW:
                return new AdamW(parameters, lr: 0, options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay, amsgrad: false, maximize: false);
            default:
                var sgd = new TorchSgd(parameters, lr: 0, options.Momentum, dampening: 0, options.WeightDecay, options.Nesterov, maximize: false);
                if (options.Momentum == 0) return sgd;
                // Torch makes these at the first step; from zeros that step is the same, and a checkpoint always has them.
                foreach (var (kept, parameter) in sgd.state_dict().State.Zip(parameters))
                    ((TorchSgd.State)kept).momentum_buffer = torch.zeros_like(parameter, requires_grad: false).DetachFromDisposeScope();
                return sgd;
        }
    }

    private IEnumerable<(string Name, OptimizerState State)> States() => Parameters.Select(p => p.Name).Zip(inner.state_dict().State);

    private static void Save(State state, long step, torch.Tensor first, torch.Tensor second)
    {
        state.Add("step", step);
        state.Add("first-moment", first);
        state.Add("second-moment", second);
    }

    private static long Restore(State state, torch.Tensor first, torch.Tensor second)
    {
        state.Read("first-moment", first);
        state.Read("second-moment", second);
        return state.Read<long>("step");
    }
}
