using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>
/// A causal transformer over the last moments of an episode (Chen et al. 2021), towards a goal in place of a return (Ghugare et al. 2024): a moment is a goal, a state and an action, or the last two where there are no goals, and they share its
/// learned place. An action is told by the features of its state, which knows all before it and nothing of what follows. Inputs are standardised, and tanh keeps actions within their bounds.
/// </summary>
[Version(1)]
public sealed class SequencePolicyNetwork : nn.Module
{
    private readonly TransformerStack transformer;
    private readonly Linear? goals;
    private readonly Linear states, actions, output;
    private readonly Tensor means, deviations, middles, halves, spans;
    private readonly int state, goal;

    /// <summary>Creates it with torch's present generator.</summary>
    /// <param name="options">Its size.</param>
    /// <param name="inputs">The mean and the standard deviation of each input [state and goal].</param>
    /// <param name="state">How many of them are the state's, S; the others are the goal's, G.</param>
    /// <param name="space">What actions may be; within finite bounds.</param>
    /// <exception cref="RequestException">The sizes do not fit each other.</exception>
    public SequencePolicyNetwork(SequenceModelOptions options, (float[] Means, float[] Deviations) inputs, int state, BoxSpace space) : base(nameof(SequencePolicyNetwork))
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(space);
        (this.state, goal) = (state, inputs.Means.Length - state);
        if (goal > 0)
        {
            goals = nn.Linear(goal, options.Width);
            register_module("goals", goals);
        }
        (states, actions, transformer, output) = (nn.Linear(state, options.Width), nn.Linear(space.Size, options.Width), new(options.Stack(), 0), nn.Linear(options.Width, space.Size));
        register_module("states", states);
        register_module("actions", actions);
        register_module("transformer", transformer);
        register_module("output", output);
        float[] half = [.. space.Low.Zip(space.High, (low, high) => (high - low) / 2)];
        (means, deviations, halves) = (tensor(inputs.Means), tensor(inputs.Deviations), tensor(half));
        middles = tensor(space.Low.Zip(space.High, (low, high) => (low + high) / 2).ToArray());
        // A number that is always the same is told as 0.
        spans = tensor(half.Select(h => h > 0 ? h : 1).ToArray());
        register_buffer("means", means);
        register_buffer("deviations", deviations);
        register_buffer("middles", middles);
        register_buffer("halves", halves);
        register_buffer("spans", spans);
    }

    /// <summary>Actions [B, T, A], each by the moments up to its own.</summary>
    /// <param name="inputs">States and goals [B, T, S + G].</param>
    /// <param name="done">Actions that were taken [B, T, A]; a moment's own is not seen by what tells it.</param>
    public Tensor Forward(Tensor inputs, Tensor done)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(done);
        var (rows, length, seen) = (inputs.shape[0], inputs.shape[1], (inputs - means) / deviations);
        Tensor[] moment = [.. goals is null ? [] : new[] { goals.forward(seen.narrow(2, state, goal)) }, states.forward(seen.narrow(2, 0, state)), actions.forward((done - middles) / spans)];
        var tokens = stack(moment, 2).view(rows, length * moment.Length, -1);
        var places = arange(length).repeat_interleave(moment.Length).view(1, -1);
        var features = transformer.Forward(tokens, TransformerPass.Causal with { Ordinals = places });
        return middles + halves * tanh(output.forward(features.view(rows, length, moment.Length, -1).select(2, moment.Length - 2)));
    }
}
