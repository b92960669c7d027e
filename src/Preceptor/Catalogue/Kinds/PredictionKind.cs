using Preceptor.Catalogue.Experiments;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Prediction;

namespace Preceptor.Catalogue;

/// <summary>Prediction of a class, of labels, or of a number.</summary>
internal sealed class PredictionKind : ProblemKind
{
    public override string Name => "prediction";

    public override Type DataType => typeof(PredictionData);

    public override string Baseline => "supervised";

    public override IProblemTask Read(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx) => PredictionRunner.PrepareTask(specification, seed, read, onnx);

    public override ISeedOutcome RunSeed(Specification specification, IProblemTask task, Run run, string? modelFolder) => PredictionRunner.RunSeed(specification, (PredictionTask)task, run, modelFolder);

    public override ISeedOutcome LoadOutcome(string folder) => SeedOutcome.Load(folder);

    public override ArmAnswers Answer(Specification specification, ulong seed, bool isTuning, ReadTable read, Run run)
    {
        var task = PredictionRunner.Prepare(specification, seed, read);
        if (specification.BuiltIn is { } builtIn) run.Uses(builtIn.OptionsType.DeclaringType!);
        var (problem, exam) = (task.Problem, task.Exam);
        using var model = PredictionEvaluation.Fit(problem, PredictionRunner.Method(specification), run);
        var (rows, labels) = isTuning ? (problem.Validation, problem.Labels.Validation) : (exam.Test, exam.Labels);
        var (probabilities, scored) = ArmJob.Labelled(model.Predict(rows).Probabilities, labels, problem.Classes.Count);
        return new(probabilities, scored, problem.Classes.Count, model.Training?.Seconds ?? 0, run.Versions, $"{problem.Train.Fingerprint}-{exam.Test.Fingerprint}") { Notes = task.Notes };
    }

    public override IReadOnlyList<string> Describe(IProblemTask task) => Advice.Describe((PredictionTask)task);

    public override string Use(string folder) => $"predict {folder} new.csv --out predictions.csv";
}
