using System.Runtime.InteropServices;
using MathNet.Numerics.Distributions;
using Preceptor.Data;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>A policy that reads scenes: an action is a verb and a slot, and one that can be done wherever anything can.</summary>
/// <param name="model">The network's sizes.</param>
/// <param name="form">What scenes look like.</param>
/// <param name="tokens">Their words as tokens.</param>
/// <param name="network">The network, whose owner this becomes.</param>
/// <param name="training">How it was trained.</param>
/// <param name="threads">Threads that answer.</param>
public sealed class ScenePolicy(PolicyModelOptions model, SceneForm form, SceneTokens tokens, SceneNetwork network, TrainingSummary training, int threads) : Policy(form.State, form.Goal, form.Actions, training, threads)
{
    internal const string TypeName = "scenes";

    private SceneBatch? batch;

    /// <inheritdoc/>
    protected override int Draws => 1;

    /// <inheritdoc/>
    protected override Tensor Act(Tensor inputs, Tensor noise)
    {
        network.eval();
        var rows = (int)inputs.shape[0];
        if (batch?.Count != rows) batch = new(form, tokens, rows);
        ReadOnlySpan<float> seen = MemoryMarshal.Cast<byte, float>(inputs.bytes), normal = MemoryMarshal.Cast<byte, float>(noise.bytes);
        for (var row = 0; row < rows; row++) batch.Set(row, seen.Slice(row * form.Size, form.Size));
        // Always as long as a scene can be, so that an answer depends on no neighbour.
        batch.Pad(batch.Longest);
        var (verbs, slots) = network.Scores(batch);
        var (verbLogs, slotLogs, actions) = (Numbers(nn.functional.log_softmax(verbs, 1)), Numbers(nn.functional.log_softmax(slots, 1)), new float[2 * rows]);
        for (var row = 0; row < rows; row++)
        {
            // An evenly drawn number from a normal one.
            var even = Normal.CDF(0, 1, normal[row]);
            (actions[2 * row], actions[2 * row + 1]) = Choose(form, verbLogs.AsSpan(row * form.Verbs.Count, form.Verbs.Count), slotLogs.AsSpan(row * form.Slots, form.Slots), seen.Slice(row * form.Size, form.Size), model.Scene.Acting, even);
        }
        return InputBuffer.Tensor<float>(actions, float32, rows, 2);
    }

    /// <summary>Chooses a verb and a slot. To draw both again until they can be done is to draw from the pairs that can, by the product of their probabilities.</summary>
    /// <param name="form">What scenes look like.</param>
    /// <param name="verbs">The logarithms of the verbs' probabilities.</param>
    /// <param name="slots">Those of the slots.</param>
    /// <param name="observation">The scene.</param>
    /// <param name="acting">Whether to draw where the likeliest can be done.</param>
    /// <param name="even">A number drawn evenly from 0 to 1.</param>
    public static (int Verb, int Slot) Choose(SceneForm form, ReadOnlySpan<float> verbs, ReadOnlySpan<float> slots, ReadOnlySpan<float> observation, SceneActing acting, double even)
    {
        ArgumentNullException.ThrowIfNull(form);
        var likeliest = (Verb: Largest(verbs), Slot: Largest(slots));
        if (acting == SceneActing.Likeliest && form.IsPossible(observation, likeliest.Verb, likeliest.Slot)) return likeliest;
        // By the largest of the pairs that can be done, so that not all of them vanish.
        var (largest, sum) = (double.NegativeInfinity, 0.0);
        for (var slot = 0; slot < slots.Length; slot++)
            for (var verb = 0; verb < verbs.Length; verb++)
                if (form.IsPossible(observation, verb, slot)) largest = Math.Max(largest, (double)verbs[verb] + slots[slot]);
        if (double.IsNegativeInfinity(largest)) return likeliest;
        for (var slot = 0; slot < slots.Length; slot++)
            for (var verb = 0; verb < verbs.Length; verb++)
                if (form.IsPossible(observation, verb, slot)) sum += Math.Exp((double)verbs[verb] + slots[slot] - largest);
        var (left, last) = (even * sum, likeliest);
        for (var slot = 0; slot < slots.Length; slot++)
            for (var verb = 0; verb < verbs.Length; verb++)
            {
                if (!form.IsPossible(observation, verb, slot)) continue;
                last = (verb, slot);
                if ((left -= Math.Exp((double)verbs[verb] + slots[slot] - largest)) < 0) return last;
            }
        return last;
    }

    /// <inheritdoc/>
    public override void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        var sizes = new FormSizes(form.Slots, form.NameWords, form.Flags, form.Numbers, form.HistoryWords, form.GoalWords);
        ModelFiles.WriteJson(Path.Combine(folder, FileName), new Description(TypeName, model, [.. form.Words], [.. form.Verbs], sizes, tokens.OfWords, tokens.InTokenizer, Training, Threads));
        new KeptModule(network).Write(Path.Combine(folder, "policy.safetensors"));
    }

    internal static ScenePolicy Read(string folder)
    {
        var d = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        var (form, tokens) = (new SceneForm(d.Words, d.Verbs, d.Sizes.Slots, d.Sizes.NameWords, d.Sizes.Flags, d.Sizes.Numbers, d.Sizes.HistoryWords, d.Sizes.GoalWords), new SceneTokens(d.Tokens, d.InTokenizer));
        var network = new SceneNetwork(d.Model, form, tokens);
        new KeptModule(network).Read(Path.Combine(folder, "policy.safetensors"));
        return new(d.Model, form, tokens, network, d.Training, d.Threads);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) network.Dispose();
    }

    private static float[] Numbers(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.contiguous().bytes).ToArray();

    private static int Largest(ReadOnlySpan<float> values)
    {
        var largest = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[largest]) largest = i;
        return largest;
    }

    private sealed record FormSizes(int Slots, int NameWords, int Flags, int Numbers, int HistoryWords, int GoalWords);

    private sealed record Description(string Type, PolicyModelOptions Model, string[] Words, string[] Verbs, FormSizes Sizes, int[][] Tokens, int[] InTokenizer, TrainingSummary Training, int Threads);
}
