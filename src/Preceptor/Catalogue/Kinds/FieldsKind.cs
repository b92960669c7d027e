using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Fields;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Catalogue;

/// <summary>Fields: continuous functions fitted through an operator, here an equation's residual. The exam has solutions of a finer solver.</summary>
internal sealed class FieldsKind : ExamKind<FieldsProblem, Field>
{
    internal static readonly Metric Error = MeasuredScores.Metric("relative-error", "|u − reference| / |reference| over all points and moments, the mean over initial states", Better.Lower, 0, double.PositiveInfinity);
    private static readonly Metric Residual = MeasuredScores.Metric("residual", "root of the mean square that the equation leaves over", Better.Lower, 0, double.PositiveInfinity);
    private static readonly Metric Jump = MeasuredScores.Metric("border-jump", "how many times larger steps between neighbours are at the borders of experts than elsewhere; 0 without borders", Better.Lower, 0, double.PositiveInfinity);
    private static readonly Metric Iterations = MeasuredScores.Metric("iterations", "steps of a least-squares solve; 0 where none is solved", Better.Lower, 0, double.PositiveInfinity);

    public override string Name => FieldData.KindName;

    public override Type DataType => typeof(FieldData);

    public override Type ModelType => typeof(FieldModelOptions);

    public override string Baseline => "soft-constraint";

    public override IReadOnlyList<Metric> Metrics(ExamTask<FieldsProblem, Field> task) => [Error, Residual, Jump, Iterations];

    public override TrainingSummary? Training(Field model) => model.Training;

    public override string Use(string folder) => $"predict {folder} states.csv --out fields.csv";

    public override ExamTask<FieldsProblem, Field> Draw(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx) => Task((FieldData)specification.Problem, specification, seed, read);

    /// <summary>The problem that some keys describe.</summary>
    internal static ExamTask<FieldsProblem, Field> Task(FieldData data, Specification specification, ulong seed, ReadTable? read = null)
    {
        var (residual, train, validation, test) = data.Draw(specification.ProblemSettings, read, seed);
        var (points, moments) = (residual.Grid.Points, residual.Grid.Moments);
        var reference = ReferenceSolver.Solve(residual.Equation, residual.Grid, test);
        var problem = new FieldsProblem(residual, train, validation) { Model = (FieldModelOptions)specification.ModelSection, Training = specification.Training };
        return new(problem, field => Score(field, test, reference), field => Score(field, validation, ReferenceSolver.Solve(residual.Equation, residual.Grid, validation)))
        {
            Show = field => Show(field, residual.Grid, test, reference),
            ScoredOn = ScoredOn.Truth,
            TestItems = test.Length / points,
            TrainingItems = train.Length / points,
            LabelledItems = train.Length / points,
            Fingerprint = $"{residual.Fingerprint}-{Contents.Hash(MemoryMarshal.AsBytes<double>(train))}-{Contents.Hash(MemoryMarshal.AsBytes<double>(test))}",
            Notes = [$"scored against a solver with central differences on a finer grid; {points} points by {moments} moments"],
        };
    }

    private static MeasuredScores Score(Field field, double[] initial, double[] reference)
    {
        var (fields, residuals) = field.Solve(initial);
        var size = reference.Length / residuals.Length;
        double[] errors = [.. Enumerable.Range(0, residuals.Length).Select(i => RelativeError(fields.AsSpan(i * size, size), reference.AsSpan(i * size, size)))];
        var (borders, neighbours) = field.Jumps;
        return MeasuredScores.Of(new Dictionary<string, double[]> { [Error.Name] = errors, [Residual.Name] = residuals },
            new Dictionary<string, double> { [Jump.Name] = neighbours == 0 ? 0 : borders / neighbours, [Iterations.Name] = field.MeanIterations });
    }

    private static double RelativeError(ReadOnlySpan<double> field, ReadOnlySpan<double> reference)
    {
        var (difference, size) = (0.0, 0.0);
        for (var i = 0; i < field.Length; i++) (difference, size) = (difference + (field[i] - reference[i]) * (field[i] - reference[i]), size + reference[i] * reference[i]);
        return Math.Sqrt(difference / Math.Max(size, 1e-300));
    }

    private static ReportParts Show(Field field, FieldGrid grid, double[] test, double[] reference)
    {
        var first = field.Solve(test[..grid.Points]).Fields;
        double[] places = [.. Enumerable.Range(0, grid.Points).Select(grid.Place)];
        double[] At(double[] u, int moment) => [.. Enumerable.Range(0, grid.Points).Select(x => u[x * grid.Moments + moment])];
        return new()
        {
            Charts = [.. new[] { grid.Steps / 2, grid.Steps }.Select(moment => new CurveChart(
                $"The first test state at time {moment * grid.TimeStep:0.###}", "The method's field beside the reference and the initial state.", "place", "u",
                [new("reference", places, At(reference, moment)), new("method", places, At(first, moment)), new("initial state", places, At(reference, 0))]))],
        };
    }
}
