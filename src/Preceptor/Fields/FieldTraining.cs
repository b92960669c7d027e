using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Fields;

/// <summary>Trains a field's network on the problem's initial states.</summary>
internal static class FieldTraining
{
    /// <summary>Creates the network and trains it.</summary>
    /// <param name="run">The run; only one training fits into a stage.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="outputs">Numbers of the network at each place.</param>
    /// <param name="form">How the field comes from them.</param>
    /// <param name="loss">The loss of a batch, given the network.</param>
    public static Field Train(this Run run, FieldsProblem problem, int outputs, FieldForm form, Func<FieldNetwork, FieldBatch, Tensor> loss)
    {
        set_num_threads(run.Threads);
        manual_seed(run.TorchSeed("initialisation"));
        var residual = problem.Residual;
        run.Uses(typeof(FieldNetwork));
        run.Uses(typeof(FieldConstraint));
        var network = new FieldNetwork(problem.Model, residual.Grid, outputs);
        var constraint = form.Constrain(residual);
        // The residual is all there is to validate by: solutions belong to the exam.
        ValidationScores Validate()
        {
            var given = tensor(problem.Validation, [problem.Validation.Length / residual.Grid.Points, residual.Grid.Points]);
            var u = Field.Answer(network, constraint, residual.Equation, form, given, []);
            var mean = constraint.Loss(u, given, withConditions: true).item<double>();
            return new(-mean, mean, "negative-residual");
        }
        var summary = TrainingLoop.Fit(run, network, new FieldBatches(run, problem), problem.Training, _ => batch => loss(network, batch), problem.Validation.Length == 0 ? null : Validate);
        return new(residual, problem.Model, network, form, summary, run.Threads);
    }
}
