using System.Runtime.InteropServices;
using Preceptor.Foundation;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Fields;

/// <summary>How a field comes from its network.</summary>
/// <param name="Experts">How many least-squares problems find the coefficients of the network's basis; 0 where the network's only output is the field itself.</param>
/// <param name="Places">Which of them has which places.</param>
/// <param name="Solve">How they are solved.</param>
/// <param name="ConditionWeight">How much the conditions count in them; null: as much as the problem says.</param>
public sealed record FieldForm(int Experts, ExpertPlaces Places, LeastSquaresOptions Solve, double? ConditionWeight = null)
{
    /// <summary>The least-squares problems of an equation.</summary>
    internal FieldConstraint Constrain(EquationResidual residual) => new(residual, Math.Max(1, Experts), Places, ConditionWeight);
}

/// <summary>A trained network that solves an equation from any initial state on its grid; where its form says so, the equation is also solved for within each answer.</summary>
/// <param name="residual">The equation and its grid.</param>
/// <param name="model">The network's size.</param>
/// <param name="network">The network, whose owner this becomes.</param>
/// <param name="form">How the field comes from it.</param>
/// <param name="training">How it was trained.</param>
/// <param name="threads">Threads that answer.</param>
public sealed class Field(EquationResidual residual, FieldModelOptions model, FieldNetwork network, FieldForm form, TrainingSummary training, int threads) : IArtifact<Field>, IDisposable
{
    /// <summary>The file that every field's folder has.</summary>
    public const string FileName = "field.json";

    private const int Block = 8;
    private readonly FieldConstraint constraint = form.Constrain(residual);

    /// <summary>How it was trained.</summary>
    public TrainingSummary Training { get; } = training;

    /// <summary>Where it solves.</summary>
    public FieldGrid Grid => residual.Grid;

    /// <summary>Steps of the least-squares problems in the last call of <see cref="Solve"/>, the mean of its blocks; 0 without.</summary>
    public double MeanIterations { get; private set; }

    /// <summary>How large the jumps at the borders of experts were in the last call, the mean of |u| differences over borders, beside the same mean over all neighbours.</summary>
    public (double Borders, double Neighbours) Jumps { get; private set; }

    /// <summary>Solves for initial states.</summary>
    /// <param name="initial">The states at the grid's points [N × X].</param>
    /// <returns>The fields [N × X × (T + 1)], and the root of the mean square of each one's residual, the equation's alone [N].</returns>
    public (double[] Fields, double[] Residuals) Solve(double[] initial)
    {
        set_num_threads(threads);
        network.eval();
        using var noGradient = no_grad();
        var (points, moments) = (residual.Grid.Points, residual.Grid.Moments);
        var states = initial.Length / points;
        var (fields, residuals) = (new double[states * points * moments], new double[states]);
        var iterations = new List<double>();
        for (var start = 0; start < states; start += Block)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(Block, states - start);
            // The last block is filled up, so that an answer depends on no neighbour.
            var rows = new double[Block * points];
            for (var i = 0; i < Block; i++) initial.AsSpan((start + Math.Min(i, count - 1)) * points, points).CopyTo(rows.AsSpan(i * points));
            var given = tensor(rows, [Block, points]);
            var u = Answer(network, constraint, residual.Equation, form, given, iterations);
            var equation = new FieldConstraint(residual).Rows(u.unsqueeze(3), given);
            var square = equation.Residual(residual.Equation, ones(Block, 1, dtype: float64)).narrow(1, 0, equation.Value.shape[1]);
            square = (square * square).sum(1, keepdim: false).sqrt();
            MemoryMarshal.Cast<byte, double>(u.contiguous().bytes)[..(count * points * moments)].CopyTo(fields.AsSpan(start * points * moments));
            MemoryMarshal.Cast<byte, double>(square.contiguous().bytes)[..count].CopyTo(residuals.AsSpan(start));
        }
        MeanIterations = iterations.Count == 0 ? 0 : iterations.Average();
        Jumps = MeasureJumps(fields);
        return (fields, residuals);
    }

    /// <summary>The field of a network for initial states [B, X] → [B, X, T + 1], without a graph through the coefficients.</summary>
    internal static Tensor Answer(FieldNetwork network, FieldConstraint constraint, FieldEquation equation, FieldForm form, Tensor initial, List<double> iterations)
    {
        var basis = network.forward(initial.to_type(float32)).to_type(float64);
        if (form.Experts == 0) return basis.squeeze(3);
        var (omega, taken) = LeastSquaresLayer.Solve(equation, constraint.Rows(basis, initial), zeros(initial.shape[0] * form.Experts, basis.shape[3], dtype: float64), form.Solve);
        iterations.Add(taken);
        return constraint.Glue(basis, omega);
    }

    private (double Borders, double Neighbours) MeasureJumps(double[] fields)
    {
        var (owners, moments, points) = (constraint.Owners(), residual.Grid.Moments, residual.Grid.Points);
        var (borders, neighbours, borderCount, count) = (0.0, 0.0, 0L, 0L);
        for (var i = 0; i < fields.Length; i++)
        {
            var x = i / moments % points;
            if (x == 0) continue;
            var difference = Math.Abs(fields[i] - fields[i - moments]);
            (neighbours, count) = (neighbours + difference, count + 1);
            if (owners[x] != owners[x - 1]) (borders, borderCount) = (borders + difference, borderCount + 1);
        }
        return (borderCount == 0 ? 0 : borders / borderCount, count == 0 ? 0 : neighbours / count);
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        ModelFiles.WriteJson(Path.Combine(folder, FileName), new Description(residual.Equation.Describe().ToJsonString(), residual.Grid, residual.ConditionWeight, model, network.Outputs, form, Training, threads));
        new KeptModule(network).Write(Path.Combine(folder, "field.safetensors"));
    }

    /// <inheritdoc/>
    public static Field Load(string folder)
    {
        var d = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        var residual = new EquationResidual(FieldData.Read(d.Equation), d.Grid, d.ConditionWeight);
        var network = new FieldNetwork(d.Model, d.Grid, d.Outputs);
        new KeptModule(network).Read(Path.Combine(folder, "field.safetensors"));
        return new(residual, d.Model, network, d.Form, d.Training, d.Threads);
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    private sealed record Description(string Equation, FieldGrid Grid, double ConditionWeight, FieldModelOptions Model, int Outputs, FieldForm Form, TrainingSummary Training, int Threads);
}
