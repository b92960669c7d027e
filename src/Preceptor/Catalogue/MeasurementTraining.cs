using System.Runtime.InteropServices;
using Preceptor.Foundation;
using Preceptor.Measurement;
using Preceptor.Models;
using Preceptor.Objectives;
using Preceptor.Prediction;
using Preceptor.Prediction.Distillation;
using Preceptor.Supervision;

namespace Preceptor.Catalogue;

/// <summary>Hands a prediction problem to measures, with a trainer, so that they know nothing of that kind.</summary>
internal static class MeasurementTraining
{
    /// <summary>A prediction problem of classes, with its exam, as something to measure.</summary>
    /// <exception cref="RequestException">The problem is not of one class a row.</exception>
    public static MeasurementProblem Trainable(PredictionTask task)
    {
        var (problem, exam) = (task.Problem, task.Exam);
        if (problem.Find<Labels>() is not { } labels) throw new RequestException($"{problem.Name}: measures train on one class a row, and a row of it has {Options.Key(problem.Target.Kind.ToString())}");
        return new(problem.Name, [new TrainableProblem
        {
            Fingerprint = $"{problem.Describe().ToJsonString()}|{exam.Test.Fingerprint}",
            Classes = problem.Classes,
            Rows = problem.Train,
            Labels = labels.Train,
            Truth = exam.TrainTruth,
            Teachers = problem.Supervision.OfType<TeacherLogits>().ToDictionary(t => t.Name, t => t.Train),
            TestTeachers = exam.TeacherLogits,
            Test = exam.Test,
            TrainTable = task.TrainRows,
            TestTable = exam.TestRows,
            TestLabels = exam.Labels,
            Train = (request, run) => Train(task, request, run),
        }])
        { Notes = task.Notes };
    }

    private static Predictor Train(PredictionTask task, TrainingRequest request, Run run)
    {
        var (source, classes) = (task.Problem, task.Problem.Classes.Count);
        var targets = new float[source.Train.Count * classes];
        for (var i = 0; i < request.Rows.Length; i++) request.Targets.AsSpan(i * classes, classes).CopyTo(targets.AsSpan(request.Rows[i] * classes));
        var training = source.Training with { Epochs = request.Epochs ?? source.Training.Epochs, Batch = request.Batch ?? source.Training.Batch, Rate = source.Training.Rate * request.Rate };
        if (request.Validation.Length > 0) training = training with { Patience = training.Epochs }; // the best epoch is kept, and none is left out
        var problem = source with
        {
            Model = request.IsWeak ? WeakToStrong.Weaker(source.Model) : source.Model,
            Training = training,
            Validation = source.Encoding.Encode(task.TrainRows.Take(request.Validation)),
            Supervision = [new Labels(new int[source.Train.Count], request.ValidationLabels)],
        };
        var inputs = problem.Describe();
        inputs["rows"] = Contents.Hash(MemoryMarshal.AsBytes<int>(request.Rows), MemoryMarshal.AsBytes<float>(request.Targets));
        inputs["before"] = request.Before?.DeepClone();
        if (request.OwnWeight > 0) inputs["own"] = $"{request.OwnWeight}/{request.OwnSteps}";
        var steps = training.Epochs * ((request.Rows.Length + training.Batch - 1) / training.Batch);
        return request.IsPassing ? run.Pass(Fit) : Fit(run);

        Predictor Fit(Run within) => within.Stage(request.Stage, inputs, () =>
        {
            var network = request.From is { } from ? (NetworkClassifier)from.Classifier : within.NewNetwork(problem);
            return within.Train(problem, network, (learner, _) => batch =>
            {
                var (logits, given) = (learner.forward(batch.Inputs), TeacherRows.Gather(targets, batch.Rows, classes));
                return Loss.SoftCrossEntropy(logits, request.OwnWeight == 0 ? given : WeakToStrong.Confident(logits.detach(), given, request.OwnWeightAt(Math.Round(batch.ShareDone * steps))));
            }, request.Rows);
        }, request.Stream);
    }
}
