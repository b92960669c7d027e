using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using Preceptor.Training;

namespace Preceptor.Prediction;

/// <summary>What only the evaluator sees.</summary>
/// <param name="Test">The test rows' inputs.</param>
/// <param name="Labels">Their classes.</param>
/// <param name="ScoredOn">What those are worth.</param>
/// <param name="TrainTruth">The training rows' true classes, for the ceiling; null if unknown.</param>
/// <param name="ValidationTruth">The validation rows' true classes; null if unknown.</param>
/// <param name="TeacherLogits">The logits on the test rows [T × C] of each teacher that says anything of them, for the floor.</param>
/// <param name="TestRows">The raw test rows.</param>
public sealed record PredictionExam(Examples Test, int[] Labels, ScoredOn ScoredOn, int[]? TrainTruth, int[]? ValidationTruth, IReadOnlyDictionary<string, float[]> TeacherLogits, Table TestRows)
{
    /// <summary>Whether the rows were read from files of the user's rather than generated.</summary>
    internal bool AreRowsFromFile => ScoredOn != ScoredOn.Truth;

    /// <summary>What is true of the test rows where that is not one class a row; <see cref="Labels"/> is empty then.</summary>
    public TestTargets? Targets { get; init; }

    /// <summary>What is true of training and validation rows, for the ceiling, where that is not one class a row; null if unknown.</summary>
    public ITargets? Truth { get; init; }

    /// <summary>How many rows each test row stands for, one over its probability of being drawn [T]; null where all count alike.</summary>
    public double[]? Weights { get; init; }
}

/// <summary>A problem and its exam.</summary>
/// <param name="Problem">What a method may see.</param>
/// <param name="Exam">What only the evaluator sees.</param>
/// <param name="TrainRows">The raw training rows, to be shown to people.</param>
public sealed record PredictionTask(PredictionProblem Problem, PredictionExam Exam, Table TrainRows) : IProblemTask
{
    IProblem IProblemTask.Problem => Problem;

    /// <summary>What whoever reads a result on this problem should know about its data and labels.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>
    /// Cross-validation: the labelled training rows in folds, and for each the problem without it whose exam it is. What it is scored on are
    /// the offered labels, right or wrong; the test rows stay out of it. The encoding, which knows no label, is that of all training rows.
    /// </summary>
    /// <param name="folds">How many folds, K.</param>
    /// <param name="seed">Decides which row is in which.</param>
    /// <returns>The training rows of each fold [K], and what makes its task.</returns>
    public IReadOnlyList<(int[] Rows, Func<PredictionTask> Task)> Folds(int folds, ulong seed)
    {
        var labelled = Problem.Targets.Labelled;
        var labels = Problem.Find<Labels>()?.Train;
        var groups = Problem.GroupNumbers();
        var foldOf = Data.Folds.Of([.. labelled.Select(row => labels?[row] ?? 0)], groups is null ? null : [.. labelled.Select(row => groups[row])], folds, RandomStream.Of(seed, "folds"));
        return [.. Enumerable.Range(0, folds).Select(fold => labelled.Where((_, i) => foldOf[i] == fold).ToArray()).Select(rows => (rows, (Func<PredictionTask>)(() => HoldOut(rows))))];
    }

    private PredictionTask HoldOut(int[] rows)
    {
        int[] others = [.. Enumerable.Range(0, Problem.Train.Count).Except(rows)];
        var teachers = Problem.Supervision.OfType<TeacherLogits>().ToDictionary(t => t.Name, t => ((TeacherLogits)t.Take(rows)).Train);
        var exam = new PredictionExam(Problem.Train.Take(rows), Problem.Find<Labels>() is { } labels ? [.. rows.Select(r => labels.Train[r])] : [], ScoredOn.Unverified, null, null, teachers, TrainRows.Take(rows))
        {
            Targets = Problem.Targets switch
            {
                ManyLabels many => new TestLabelSets([.. rows.Select(r => many.Train[r]!)], Problem.Classes.Count),
                NumberTargets numbers => new TestNumbers([.. rows.Select(r => numbers.Train[r])]),
                _ => null,
            },
        };
        return new(Problem.Take(others), exam, TrainRows.Take(others)) { Notes = Notes };
    }
}

/// <summary>A teacher's logits on training rows [N × C] and on test rows [T × C]; null where it says nothing of those.</summary>
public sealed record DraftTeacher(string Name, float[] Train, float[]? Test);

/// <summary>Raw rows with labels, divided, before the encoding is learned: what files and generators both come to.</summary>
public sealed record PredictionDraft
{
    /// <summary>What to call the problem.</summary>
    public required string Name { get; init; }

    /// <summary>Training rows.</summary>
    public required Table Train { get; init; }

    /// <summary>Validation rows; may be none.</summary>
    public required Table Validation { get; init; }

    /// <summary>Test rows.</summary>
    public required Table Test { get; init; }

    /// <summary>The input columns.</summary>
    public required InputRoles Inputs { get; init; }

    /// <summary>The classes.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Labels of the training rows, −1 for none.</summary>
    public required int[] TrainLabels { get; init; }

    /// <summary>Labels of the validation rows.</summary>
    public required int[] ValidationLabels { get; init; }

    /// <summary>Labels of the test rows.</summary>
    public required int[] TestLabels { get; init; }

    /// <summary>What the test labels are worth.</summary>
    public required ScoredOn ScoredOn { get; init; }

    /// <summary>How many rows each test row stands for; null where all count alike.</summary>
    public double[]? TestWeights { get; init; }

    /// <summary>The share of wrong labels by rows that were checked; null where none were.</summary>
    public NoiseEstimate? Noise { get; init; }

    /// <summary>True classes of the training rows, if known.</summary>
    public int[]? TrainTruth { get; init; }

    /// <summary>True classes of the validation rows, if known.</summary>
    public int[]? ValidationTruth { get; init; }

    /// <summary>Whether the validation labels were checked.</summary>
    public bool ValidationIsTrusted { get; init; }

    /// <summary>What is to be predicted of training and validation rows, where that is not one class a row; <see cref="TrainLabels"/> and the like are empty then.</summary>
    public ITargets? Targets { get; init; }

    /// <summary>What is true of the test rows in that form.</summary>
    public TestTargets? TestTargets { get; init; }

    /// <summary>What is true of training and validation rows in that form, if known.</summary>
    public ITargets? TruthTargets { get; init; }

    /// <summary>Teachers' predictions.</summary>
    public IReadOnlyList<DraftTeacher> Teachers { get; init; } = [];

    /// <summary>What is offered for the training rows beside labels and teachers.</summary>
    public IReadOnlyList<ISupervision> Offered { get; init; } = [];

    /// <summary>What whoever reads a result on this problem should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The column of the groups that rows belong to; null where they stand for themselves.</summary>
    public string? Group { get; init; }

    /// <summary>Learns the encoding from the training rows and encodes all.</summary>
    /// <param name="model">The network.</param>
    /// <param name="training">How it is to be trained.</param>
    /// <param name="onnx">Runs a frozen network; null where the model has none.</param>
    public PredictionTask Encode(ModelOptions model, TrainingOptions training, RunOnnx? onnx = null)
    {
        var (tokens, limit) = Encoder.Text(model);
        var encoding = InputEncoding.Fit(Train, Inputs, tokens, model.Vocabulary, limit, model.Frozen, onnx);
        training.Check(encoding.Shape);
        List<ISupervision> supervision = [Targets ?? new Labels(TrainLabels, ValidationLabels)];
        supervision.AddRange(Teachers.Select(t => new TeacherLogits(t.Name, t.Train, Classes.Count)));
        supervision.AddRange(Offered);
        if (ValidationIsTrusted) supervision.Add(new TrustedLabels());
        var problem = new PredictionProblem
        {
            Name = Name,
            Encoding = encoding,
            Classes = Classes,
            Train = encoding.Encode(Train),
            Validation = encoding.Encode(Validation),
            Supervision = supervision,
            Groups = Group is null ? null : [.. Enumerable.Range(0, Train.Rows).Select(Train.Find(Group)!.Words())],
            Model = model with { Encoder = Encoder.Resolve(model.Encoder, encoding.Shape), Frozen = null }, // the encoding has it
            Training = training,
        };
        var exam = new PredictionExam(encoding.Encode(Test), TestLabels, ScoredOn, TrainTruth, ValidationTruth, Teachers.Where(t => t.Test is not null).ToDictionary(t => t.Name, t => t.Test!), Test) { Targets = TestTargets, Truth = TruthTargets, Weights = TestWeights };
        return new(problem, exam, Train) { Notes = Notes };
    }
}
