using Preceptor.Foundation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Fields;

/// <summary>
/// A multilayer perceptron over place, time and samples of the initial state, at every point and moment of a grid at once. The first layer adds what place and time say to what the state says, so that
/// neither is computed once for each pair.
/// </summary>
[Version(1)]
public sealed class FieldNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Linear place, state, output;
    private readonly ModuleList<Linear> layers = [];
    private readonly Tensor coordinates;
    private readonly FieldGrid grid;
    private readonly int samples;

    /// <summary>Creates it with torch's present generator.</summary>
    /// <param name="options">Its size.</param>
    /// <param name="grid">Where it is asked.</param>
    /// <param name="outputs">Numbers at each place, N.</param>
    public FieldNetwork(FieldModelOptions options, FieldGrid grid, int outputs) : base(nameof(FieldNetwork))
    {
        (this.grid, samples, Outputs) = (grid, options.Samples, outputs);
        var inputs = Coordinates(options.Waves, grid, out coordinates);
        place = nn.Linear(inputs, options.Width);
        state = nn.Linear(options.Samples, options.Width, hasBias: false);
        for (var layer = 1; layer < options.Layers; layer++) layers.Add(nn.Linear(options.Width, options.Width));
        output = nn.Linear(options.Width, outputs);
        RegisterParts();
    }

    /// <summary>Numbers at each place, N.</summary>
    public int Outputs { get; }

    /// <summary>The numbers at all points and moments [B, X, T + 1, N], in single precision.</summary>
    /// <param name="initial">The initial states [B, X].</param>
    public override Tensor forward(Tensor initial)
    {
        // Evenly spaced samples, linear between points.
        var sampled = nn.functional.interpolate(initial.unsqueeze(1), [samples], mode: InterpolationMode.Linear, align_corners: true).squeeze(1);
        var hidden = tanh(place.forward(coordinates).unsqueeze(0) + state.forward(sampled).unsqueeze(1));
        foreach (var layer in layers) hidden = tanh(layer.forward(hidden));
        return output.forward(hidden).reshape(initial.shape[0], grid.Points, grid.Moments, Outputs);
    }

    private void RegisterParts()
    {
        register_module("place", place);
        register_module("state", state);
        register_module("layers", layers);
        register_module("output", output);
        register_buffer("coordinates", coordinates, persistent: false);
    }

    private static int Coordinates(int waves, FieldGrid grid, out Tensor coordinates)
    {
        var width = 2 + 2 * waves + (grid.IsPeriodic ? 0 : 1);
        var values = new float[grid.Points * grid.Moments * width];
        for (var x = 0; x < grid.Points; x++)
            for (var t = 0; t < grid.Moments; t++)
            {
                var into = values.AsSpan((x * grid.Moments + t) * width, width);
                var (at, when) = (grid.Place(x) / grid.Length, (double)t / grid.Steps);
                // Near an end, what diffuses inwards goes with the root of time; on a ring a place is its waves alone.
                (into[0], into[1]) = ((float)(2 * when - 1), (float)(2 * Math.Sqrt(when) - 1));
                for (var k = 1; k <= waves; k++)
                {
                    var angle = (grid.IsPeriodic ? 2 : 1) * Math.PI * k * at;
                    (into[2 * k], into[2 * k + 1]) = ((float)Math.Sin(angle), (float)Math.Cos(angle));
                }
                if (!grid.IsPeriodic) into[^1] = (float)(2 * at - 1);
            }
        coordinates = tensor(values, [grid.Points * grid.Moments, width]);
        return width;
    }
}
