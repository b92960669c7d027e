using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>Learns the values of states and actions within a policy's steps: a state's value is an expectile of the slow critics' values of what was done there, the critics follow a target that is made of the next state's value.</summary>
internal sealed class ValueTraining : IDisposable
{
    private readonly AuxiliaryTraining<TwinCritic> critics;
    private readonly AuxiliaryTraining<ValueNetwork> values;
    private readonly MovingAverage average;
    private readonly double expectile;
    private readonly bool isReversed;
    private readonly TwinCritic slow;
    private readonly (int State, int Action, int Width) size;

    /// <param name="run">The run; its open stage keeps everything.</param>
    /// <param name="name">The name of its state.</param>
    /// <param name="size">Numbers a state, numbers an action, units of the hidden layers.</param>
    /// <param name="expectile">τ.</param>
    /// <param name="isReversed">Whether lower is better: the larger of two critics is believed then.</param>
    /// <param name="rate">Learning rate of both.</param>
    /// <param name="slowness">The share of the slow critics that a step keeps.</param>
    public ValueTraining(Run run, string name, (int State, int Action, int Width) size, double expectile, bool isReversed, double rate, double slowness)
    {
        run.Uses(typeof(TwinCritic));
        run.Uses(typeof(ValueNetwork));
        (this.size, this.expectile, this.isReversed) = (size, expectile, isReversed);
        critics = new(run, $"{name}-critics", () => new(size.State + size.Action, size.Width), new(), rate);
        values = new(run, $"{name}-values", () => new(size.State, size.Width), new(), rate);
        average = run.Keep($"{name}-slow", new MovingAverage(critics.Module, slowness));
        slow = new(size.State + size.Action, size.Width);
        average.CopyTo(slow);
    }

    /// <summary>What the slow critics believe of actions, the more cautious of the two [B].</summary>
    public static Tensor Believed(TwinCritic critics, Tensor statesAndActions, bool isReversed)
    {
        var both = critics.forward(statesAndActions);
        return isReversed ? both.amax([0]) : both.amin([0]);
    }

    /// <summary>What the slow critics believe of actions, and the states' values, without a gradient [B].</summary>
    public (Tensor Action, Tensor State) Now(Tensor states, Tensor statesAndActions)
    {
        using var noGradient = no_grad();
        average.CopyTo(slow);
        return (Believed(slow, statesAndActions, isReversed), values.Module.forward(states));
    }

    /// <summary>One step of the values, then one of the critics.</summary>
    /// <param name="states">States [B, S].</param>
    /// <param name="statesAndActions">States and the actions taken [B, S + A].</param>
    /// <param name="next">The states that followed [B, S].</param>
    /// <param name="target">The critics' target, from the values of the next states [B].</param>
    public void Step(Tensor states, Tensor statesAndActions, Tensor next, Func<Tensor, Tensor> target)
    {
        Tensor believed, wanted;
        using (no_grad()) believed = Believed(slow, statesAndActions, isReversed);
        values.Step(OfflineValues.Expectile(believed - values.Module.forward(states), expectile, isReversed));
        using (no_grad()) wanted = target(values.Module.forward(next));
        critics.Step((critics.Module.forward(statesAndActions) - wanted).square().mean());
        average.Update();
    }

    /// <summary>Copies of the slow critics and of the states' values as they are at the end.</summary>
    public (TwinCritic Critics, ValueNetwork Values) Copies()
    {
        average.CopyTo(slow);
        return (Copied(slow, new(size.State + size.Action, size.Width)), Copied(values.Module, new(size.State, size.Width)));
    }

    public void Dispose()
    {
        average.Dispose();
        slow.Dispose();
        critics.Dispose();
        values.Dispose();
    }

    private static T Copied<T>(T from, T into) where T : nn.Module
    {
        var state = new State();
        new KeptModule(from).Save(state);
        new KeptModule(into).Restore(state);
        return into;
    }
}
