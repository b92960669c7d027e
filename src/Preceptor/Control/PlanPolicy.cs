using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>A policy that draws a plan, keeps it for some actions and remembers what it saw meanwhile; then it draws another (Lynch et al. 2020). Asked without a memory, it acts as at the beginning of a plan.</summary>
/// <param name="sizes">The networks' sizes.</param>
/// <param name="window">Actions for which a plan is kept.</param>
/// <param name="networks">The networks, whose owner this becomes.</param>
/// <param name="state">Which numbers of an observation it sees.</param>
/// <param name="goal">Which numbers of an observation are what a goal asks for.</param>
/// <param name="actions">What its actions may be.</param>
/// <param name="training">How it was trained.</param>
/// <param name="threads">Threads that answer.</param>
public sealed class PlanPolicy(PlanSizes sizes, int window, PlanNetworks networks, IReadOnlyList<int> state, IReadOnlyList<int> goal, BoxSpace actions, TrainingSummary training, int threads) : Policy(state, goal, actions, training, threads)
{
    internal const string TypeName = "plans";

    /// <inheritdoc/>
    protected override int Draws => sizes.Plan + sizes.Action * (sizes.Mixtures + 1);

    /// <inheritdoc/>
    public override PlanMemory Remember(int episodes) => new(episodes, 2 * sizes.Width, sizes.Plan);

    /// <inheritdoc/>
    protected override Tensor Act(Tensor inputs, Tensor noise) => Act(inputs, noise, Remember((int)inputs.shape[0]), [.. Enumerable.Range(0, (int)inputs.shape[0])]);

    /// <inheritdoc/>
    protected override Tensor Act(Tensor inputs, Tensor noise, PolicyMemory memory, ReadOnlySpan<int> episodes)
    {
        networks.eval();
        var own = (PlanMemory)memory;
        var seen = (inputs - networks.Means) / networks.Deviations;
        var (states, goals) = (seen.narrow(1, 0, sizes.State), seen.narrow(1, sizes.State, sizes.Goal));
        var (rows, isNew) = ((int)inputs.shape[0], new float[inputs.shape[0]]);
        for (var i = 0; i < rows; i++) isNew[i] = i >= episodes.Length || memory.Ages[episodes[i]] % window == 0 ? 1 : 0;
        var begins = tensor(isNew).unsqueeze(1);
        Tensor? plans = null;
        if (sizes.Plan > 0)
        {
            var (mean, deviation) = networks.Propose(seen);
            plans = begins * (mean + deviation * noise.narrow(1, 0, sizes.Plan)) + (1 - begins) * Gathered(own.Plans, sizes.Plan, episodes, rows);
        }
        var hidden = (1 - begins) * Gathered(own.Hidden, 2 * sizes.Width, episodes, rows);
        var (logits, logScales, means, last) = networks.Decode(plans, states.unsqueeze(1), goals, hidden.reshape(rows, 2, sizes.Width).transpose(0, 1).contiguous());
        // Evenly drawn numbers from normal ones.
        var even = ((noise.narrow(1, sizes.Plan, Draws - sizes.Plan) * Math.Sqrt(0.5)).erf() + 1).mul(0.5).clamp(1e-5, 1 - 1e-5);
        var forComponent = even.narrow(1, 0, sizes.Action * sizes.Mixtures).reshape(rows, sizes.Action, sizes.Mixtures);
        var drawn = DiscretisedLogistics.Sample(logits.squeeze(1), logScales.squeeze(1), means.squeeze(1), forComponent, even.narrow(1, sizes.Action * sizes.Mixtures, sizes.Action)).clamp(-1, 1);
        if (plans is not null) Scatter(plans, own.Plans, sizes.Plan, episodes);
        Scatter(last.transpose(0, 1), own.Hidden, 2 * sizes.Width, episodes);
        foreach (var episode in episodes) memory.Ages[episode]++;
        Tensor low = tensor(Actions.Low.ToArray()), high = tensor(Actions.High.ToArray());
        return (high + low) / 2 + (high - low) / 2 * drawn;
    }

    /// <inheritdoc/>
    public override void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        ModelFiles.WriteJson(Path.Combine(folder, FileName), new Description(TypeName, sizes, window, [.. State], [.. Goal], [.. Actions.Low], [.. Actions.High], Training, Threads));
        new KeptModule(networks).Write(Path.Combine(folder, "policy.safetensors"));
    }

    internal static PlanPolicy Read(string folder)
    {
        var d = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        var networks = new PlanNetworks(d.Sizes, (new float[d.Sizes.State + d.Sizes.Goal], new float[d.Sizes.State + d.Sizes.Goal]));
        new KeptModule(networks).Read(Path.Combine(folder, "policy.safetensors"));
        return new(d.Sizes, d.Window, networks, d.State, d.Goal, new(d.Low, d.High), d.Training, d.Threads);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) networks.Dispose();
    }

    private static Tensor Gathered(float[] from, int width, ReadOnlySpan<int> episodes, int rows)
    {
        var gathered = new float[rows * width];
        for (var i = 0; i < episodes.Length; i++) from.AsSpan(episodes[i] * width, width).CopyTo(gathered.AsSpan(i * width));
        return InputBuffer.Tensor<float>(gathered, float32, rows, width);
    }

    private static void Scatter(Tensor from, float[] into, int width, ReadOnlySpan<int> episodes)
    {
        var values = MemoryMarshal.Cast<byte, float>(from.contiguous().bytes);
        for (var i = 0; i < episodes.Length; i++) values.Slice(i * width, width).CopyTo(into.AsSpan(episodes[i] * width));
    }

    private sealed record Description(string Type, PlanSizes Sizes, int Window, int[] State, int[] Goal, float[] Low, float[] High, TrainingSummary Training, int Threads);
}

/// <summary>The plans of episodes that go on side by side, and what is remembered since each was drawn.</summary>
public sealed class PlanMemory : PolicyMemory
{
    internal PlanMemory(int episodes, int hidden, int plan) : base(episodes) => (Hidden, Plans) = (new float[episodes * hidden], new float[episodes * plan]);

    internal float[] Hidden { get; }

    internal float[] Plans { get; }
}
