using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>The moving mean of a teacher's logits over groups, which is taken from them so that no group wins everything (Caron et al. 2021, eq. 4), and that of its targets.</summary>
internal sealed class GroupCentre : IKept, IDisposable
{
    private readonly double momentum;
    private readonly Tensor targets;

    /// <param name="value">The centre at the beginning [1, m].</param>
    /// <param name="momentum">The share of it that a step keeps.</param>
    public GroupCentre(Tensor value, double momentum)
    {
        this.momentum = momentum;
        Value = value.detach().clone().DetachFromDisposeScope();
        targets = full_like(Value, 1.0 / Value.shape[1]).DetachFromDisposeScope();
    }

    /// <summary>The centre [1, m].</summary>
    public Tensor Value { get; }

    /// <summary>The entropy of the mean target in nats: that of a uniform one, log m, where all groups are used alike; 0 where all images have come to be in one.</summary>
    public double TargetEntropy
    {
        get
        {
            using var single = targets.to_type(float32);
            var entropy = 0.0;
            foreach (var share in single.data<float>()) entropy -= share > 0 ? share * Math.Log(share) : 0;
            return entropy;
        }
    }

    /// <summary>Moves towards the means of logits and targets [n, m].</summary>
    public void Follow(Tensor logits, Tensor target)
    {
        using var noGradient = no_grad();
        Value.mul_(momentum).add_(logits.mean([0], keepdim: true) * (1 - momentum));
        targets.mul_(momentum).add_(target.mean([0], keepdim: true) * (1 - momentum));
    }

    public void Save(State state)
    {
        state.Add("centre", Value);
        state.Add("targets", targets);
    }

    public void Restore(State state)
    {
        state.Read("centre", Value);
        state.Read("targets", targets);
    }

    public void Dispose()
    {
        Value.Dispose();
        targets.Dispose();
    }
}
