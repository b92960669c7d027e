using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using Preceptor.Training;

namespace Preceptor.Prediction;

/// <summary>
/// Class probabilities of the training rows by models that never saw the row's label: k-fold cross-validation, each fold a stage of its own, so that a
/// resumed run goes on with the fold it was at. What is said of rows beside labels and teachers' answers (annotators, soft labels, confidences) is withheld,
/// because it would give the labels away.
/// </summary>
[Version(1)]
public static class OutOfFold
{
    /// <summary>Divides a problem's training rows; groups stay together.</summary>
    public static byte[] Divide(PredictionProblem problem, int folds, Run run) => Folds.Of(problem.Labels.Train, problem.GroupNumbers(), folds, run.Random("folds"));

    /// <summary>Probabilities by any method that trains.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="method">The method's options and name, for the stages' keys.</param>
    /// <param name="fit">The method.</param>
    /// <param name="foldOf">The fold of each training row [N].</param>
    /// <param name="run">The run.</param>
    /// <returns>[N × C].</returns>
    public static float[] Probabilities(PredictionProblem problem, JsonNode method, IFit<PredictionProblem, Predictor> fit, byte[] foldOf, Run run)
    {
        var (rows, classes) = (problem.Train.Count, problem.Classes.Count);
        var probabilities = new float[(long)rows * classes];
        foreach (var fold in foldOf.Distinct().Order())
        {
            using var model = Model(problem, method, fit, foldOf, fold, run);
            int[] held = [.. Enumerable.Range(0, rows).Where(row => foldOf[row] == fold)];
            var answers = model.Predict(problem.Train.Take(held)).Probabilities;
            foreach (var (place, row) in held.Index()) answers.AsSpan(place * classes, classes).CopyTo(probabilities.AsSpan(row * classes));
        }
        return probabilities;
    }

    /// <summary>The model that judges a fold; once trained it is read from its stage.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="method">The method's options and name.</param>
    /// <param name="fit">The method.</param>
    /// <param name="foldOf">The fold of each training row [N].</param>
    /// <param name="fold">The fold.</param>
    /// <param name="run">The run.</param>
    public static Predictor Model(PredictionProblem problem, JsonNode method, IFit<PredictionProblem, Predictor> fit, byte[] foldOf, byte fold, Run run)
    {
        run.Uses(typeof(OutOfFold));
        var seen = problem with { Supervision = [.. problem.Supervision.Where(s => s is Labels or TeacherLogits or TrustedLabels)] };
        var others = seen.Take([.. Enumerable.Range(0, foldOf.Length).Where(row => foldOf[row] != fold)]);
        return run.Stage($"fold-{fold + 1}", others.Describe(method.DeepClone()), () => fit.Fit(others, run));
    }

    /// <summary>Probabilities by logistic regressions on hashed words, numbers and small images: minutes become seconds.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="foldOf">The fold of each training row [N].</param>
    /// <param name="run">The run.</param>
    public static (float[] Probabilities, FoldedLogisticRegression Models) Quick(PredictionProblem problem, byte[] foldOf, Run run)
    {
        var rows = SparseRows.Of(problem.Train);
        return Quick(() => [rows], rows.Dense, problem.Train.Shape.Tokens, problem.Labels.Train, problem.Classes.Count, foldOf, run);
    }

    /// <summary>The same from blocks of rows that are read again in each pass.</summary>
    /// <param name="blocks">All rows, in blocks that mix classes.</param>
    /// <param name="dense">Dense numbers a row.</param>
    /// <param name="buckets">Buckets of words.</param>
    /// <param name="labels">The class of each row [N]; −1 for none.</param>
    /// <param name="classes">C.</param>
    /// <param name="foldOf">The fold of each row [N].</param>
    /// <param name="run">The run.</param>
    public static (float[] Probabilities, FoldedLogisticRegression Models) Quick(Func<IEnumerable<SparseRows>> blocks, int dense, int buckets, int[] labels, int classes, byte[] foldOf, Run run)
    {
        var models = new FoldedLogisticRegression(dense, buckets, classes, foldOf.Max() + 1);
        models.Train(run, blocks, labels, foldOf);
        run.Uses(typeof(OutOfFold));
        var probabilities = new float[(long)labels.Length * classes];
        foreach (var block in blocks()) models.Predict(block, foldOf, probabilities);
        return (probabilities, models);
    }
}
