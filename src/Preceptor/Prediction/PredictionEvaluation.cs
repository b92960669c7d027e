using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction.Plain;
using Preceptor.Prediction.Text;
using Preceptor.Supervision;

namespace Preceptor.Prediction;

/// <summary>One arm's answers to the exam, for one seed.</summary>
/// <param name="Probabilities">Class or label probabilities of the test rows [T × C]; empty where a number is predicted.</param>
/// <param name="Training">The course of its training; null for supervision that was not trained here.</param>
public sealed record ArmOutcome(float[] Probabilities, TrainingSummary? Training)
{
    /// <summary>The numbers predicted of the test rows [T]; empty where classes or labels are.</summary>
    public double[] Numbers { get; init; } = [];

    /// <summary>A model's answers for rows.</summary>
    public static ArmOutcome Of(Predictor model, Examples rows) => model.Target.Kind == TargetKind.Number
        ? new([], model.Training) { Numbers = model.PredictNumbers(rows) }
        : new(model.Predict(rows).Probabilities, model.Training);
}

/// <summary>All arms of one seed.</summary>
public sealed record SeedOutcome : ISeedOutcome, IArtifact<SeedOutcome>
{
    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The problem's classes or labels; none where a number is predicted.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The test rows' classes [T]; empty where what is true of them is in <see cref="Targets"/>.</summary>
    public required int[] Labels { get; init; }

    /// <summary>What is true of the test rows where that is not one class a row; null where it is.</summary>
    public TestTargets? Targets { get; init; }

    /// <summary>How many rows each test row stands for [T]; null where all count alike.</summary>
    public double[]? Weights { get; init; }

    /// <summary>The form of what was predicted.</summary>
    public TargetKind Target => Targets switch { TestLabelSets => TargetKind.Many, TestNumbers => TargetKind.Number, _ => TargetKind.One };

    /// <summary>How many test rows there are, T.</summary>
    public int TestRows => Targets?.Count ?? Labels.Length;

    /// <summary>What those are worth.</summary>
    public required ScoredOn ScoredOn { get; init; }

    /// <summary>How many training rows have a label.</summary>
    public required int LabelledRows { get; init; }

    /// <summary>How many training rows there are.</summary>
    public required int TrainingRows { get; init; }

    /// <summary>floor, baseline, method, ceiling, where they exist.</summary>
    public required IReadOnlyDictionary<string, ArmOutcome> Arms { get; init; }

    /// <summary>The first <see cref="ShownRows"/> rows of the method's <see cref="Worst"/>, described for people.</summary>
    public IReadOnlyList<ShownRow> Hardest { get; init; } = [];

    /// <summary>The method's doubts of the training labels; null for all seeds but 0, whose model is kept, and where not one class a row is predicted.</summary>
    public LabelDoubts? Doubts { get; init; }

    /// <summary>A few test rows that the method answers right, surely and for reasons that it can name: at most one a class. Empty for all seeds but 0, and where the model can't explain.</summary>
    public IReadOnlyList<ShownRow> Right { get; init; } = [];

    /// <summary>What a reader of the result should know about data and labels.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How many test rows are described in <see cref="Hardest"/> at most.</summary>
    public const int ShownRows = 30;

    /// <summary>How many test rows there are in <see cref="Right"/> at most.</summary>
    public const int RightRows = 4;

    /// <inheritdoc/>
    public IEnumerable<string> ArmNames => Arms.Keys;

    /// <inheritdoc/>
    public IReadOnlyList<Metric> Metrics => Evaluation.Metrics.Of(Target);

    /// <inheritdoc/>
    public TrainingSummary? Training(string arm) => Arms[arm].Training;

    int ISeedOutcome.TestItems => TestRows;

    int ISeedOutcome.TrainingItems => TrainingRows;

    int ISeedOutcome.LabelledItems => LabelledRows;

    TargetKind? ISeedOutcome.Target => Target;

    /// <inheritdoc/>
    public IScores Score(string arm) => Targets?.Score(Arms[arm]) ?? ClassificationScores.Of(Arms[arm].Probabilities, Labels);

    /// <summary>The test rows that an arm answers wrong, the surest or farthest from the truth first.</summary>
    public IReadOnlyList<int> Worst(string arm) => Targets?.Worst(Arms[arm]) ?? [.. Disagreements(arm).Select(r => r.Row)];

    /// <summary>The test rows to which an arm gives another class than their label, the surest answers first.</summary>
    public IReadOnlyList<(int Row, int Predicted, float Probability)> Disagreements(string arm)
    {
        var predictions = new Predictions(Classes, Arms[arm].Probabilities);
        return [.. Enumerable.Range(0, Labels.Length).Select(row => (Row: row, Predicted: predictions.Best(row)))
            .Where(r => r.Predicted != Labels[r.Row])
            .Select(r => (r.Row, r.Predicted, Probability: predictions.Row(r.Row)[r.Predicted]))
            .OrderByDescending(r => r.Probability)];
    }

    /// <summary>The test row of each class that an arm answers right most surely, the surest first.</summary>
    internal IReadOnlyList<int> SurestRight(string arm)
    {
        var predictions = new Predictions(Classes, Arms[arm].Probabilities);
        return [.. Enumerable.Range(0, Labels.Length).Where(row => predictions.Best(row) == Labels[row]).OrderByDescending(row => predictions.Row(row)[Labels[row]]).DistinctBy(row => Labels[row])];
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        ModelFiles.WriteJson(Path.Combine(folder, "seed.json"), new Description(Seed, Classes, ScoredOn, LabelledRows, TrainingRows, Arms.ToDictionary(a => a.Key, a => a.Value.Training), Hardest, Doubts, Notes, Target, Right.Count > 0 ? Right : null));
        var answers = new State();
        answers.Add<int>("labels", Labels);
        if (Weights is not null) answers.Add<double>("weights", Weights);
        Targets?.Save(answers.Within("targets"));
        foreach (var (name, arm) in Arms)
        {
            if (Target == TargetKind.Number) answers.Add<double>(name, arm.Numbers);
            else answers.Add<float>(name, arm.Probabilities, TestRows, Classes.Count);
        }
        answers.Write(Path.Combine(folder, "answers.safetensors"));
    }

    /// <inheritdoc/>
    public static SeedOutcome Load(string folder)
    {
        var description = ModelFiles.ReadJson<Description>(Path.Combine(folder, "seed.json"));
        var answers = State.Load(Path.Combine(folder, "answers.safetensors"));
        return new()
        {
            Seed = description.Seed,
            Classes = description.Classes,
            Labels = answers.ReadArray<int>("labels"),
            Weights = answers.Holds("weights") ? answers.ReadArray<double>("weights") : null,
            Targets = TestTargets.Load(answers.Within("targets"), description.Target),
            ScoredOn = description.ScoredOn,
            LabelledRows = description.LabelledRows,
            TrainingRows = description.TrainingRows,
            Arms = description.Arms.ToDictionary(a => a.Key, a => description.Target == TargetKind.Number ? new ArmOutcome([], a.Value) { Numbers = answers.ReadArray<double>(a.Key) } : new ArmOutcome(answers.ReadArray<float>(a.Key), a.Value)),
            Hardest = description.Hardest ?? [],
            Doubts = description.Doubts,
            Notes = description.Notes ?? [],
            Right = description.Right ?? [],
        };
    }

    private sealed record Description(ulong Seed, IReadOnlyList<string> Classes, ScoredOn ScoredOn, int LabelledRows, int TrainingRows, Dictionary<string, TrainingSummary?> Arms, IReadOnlyList<ShownRow>? Hardest, LabelDoubts? Doubts, IReadOnlyList<string>? Notes, TargetKind Target = TargetKind.One, IReadOnlyList<ShownRow>? Right = null);
}

/// <summary>A method chain ready to run: steps that better the supervision, then the one that trains.</summary>
/// <param name="Slug">The trained method's slug.</param>
/// <param name="Improve">The steps with their slugs and resolved options.</param>
/// <param name="Fit">The method that trains.</param>
/// <param name="Options">Its resolved options.</param>
/// <param name="Floor">The type of supervision whose own predictions are the floor; null if none.</param>
/// <param name="FloorName">Which of several; null for the only one.</param>
public sealed record PredictionMethod(string Slug, IReadOnlyList<(string Slug, IImprove<PredictionProblem> Step)> Improve, IFit<PredictionProblem, Predictor> Fit, JsonObject Options, Type? Floor, string? FloorName = null);

/// <summary>
/// Fits baseline, method and ceiling for one seed, each a stage, and lets them and the floor sit the exam. Only the ceiling
/// ever sees the exam's training labels.
/// </summary>
public static class PredictionEvaluation
{
    /// <summary>Runs all arms.</summary>
    /// <returns>The arms' answers, and the method's model.</returns>
    public static (SeedOutcome Outcome, Predictor Model) Evaluate(PredictionTask task, PredictionMethod method, Run run)
    {
        var (problem, exam) = (task.Problem, task.Exam);
        var arms = new Dictionary<string, ArmOutcome>();
        if (Floor(problem, exam, method) is { } floor) arms["floor"] = floor;
        using (var baseline = FitSupervised(problem, run)) arms["baseline"] = ArmOutcome.Of(baseline, exam.Test);
        var model = Fit(problem, method, run);
        arms["method"] = ArmOutcome.Of(model, exam.Test);
        if (!arms.ContainsKey("floor") && method is { Improve: [], Fit: ITrainsTeacher<PredictionProblem, Predictor> trains } && trains.TrainTeacher(problem, run) is { } teacher)
        {
            using (teacher) arms["floor"] = ArmOutcome.Of(teacher, exam.Test);
        }
        if ((exam.Truth ?? TrueLabels(problem, exam)) is { } truth)
        {
            using var ceiling = FitSupervised(problem.With(truth), run);
            arms["ceiling"] = ArmOutcome.Of(ceiling, exam.Test);
        }
        var outcome = Outcome(task, run, arms);
        IReadOnlyList<ShownRow> Shown(IEnumerable<int> rows) => ShownRow.Of(exam.TestRows, problem.Encoding, [.. rows], exam.AreRowsFromFile);
        outcome = outcome with { Hardest = Shown(outcome.Worst("method").Take(SeedOutcome.ShownRows)) };
        if (run.Seed != 0 || outcome.Target != TargetKind.One) return (outcome, model);
        var answers = new Predictions(problem.Classes, arms["method"].Probabilities);
        IReadOnlyList<ShownRow> Explained(IReadOnlyList<ShownRow> rows) => RowExplanation.Explain(rows, model, exam.Test, answers, exam.Labels);
        return (outcome with
        {
            Hardest = Explained(outcome.Hardest),
            Right = model.Classifier is IExplainsText ? Explained(Shown(outcome.SurestRight("method").Take(SeedOutcome.RightRows))) : [],
            Doubts = LabelDoubts.Of(model, task),
        }, model);
    }

    /// <summary>Fits the method alone and lets it sit the exam.</summary>
    public static SeedOutcome EvaluateAlone(PredictionTask task, PredictionMethod method, Run run)
    {
        using var model = Fit(task.Problem, method, run);
        return Outcome(task, run, new Dictionary<string, ArmOutcome> { ["method"] = ArmOutcome.Of(model, task.Exam.Test) });
    }

    private static SeedOutcome Outcome(PredictionTask task, Run run, IReadOnlyDictionary<string, ArmOutcome> arms) => new()
    {
        Seed = run.Seed,
        Classes = task.Problem.Classes,
        Labels = task.Exam.Labels,
        Targets = task.Exam.Targets,
        Weights = task.Exam.Weights,
        ScoredOn = task.Exam.ScoredOn,
        LabelledRows = task.Problem.Targets.Labelled.Length,
        TrainingRows = task.Problem.Train.Count,
        Arms = arms,
        Notes = task.Notes,
    };

    /// <summary>Runs the method's steps, each a stage of its own.</summary>
    public static Predictor Fit(PredictionProblem problem, PredictionMethod method, Run run)
    {
        foreach (var (_, step) in method.Improve) problem = step.Improve(problem, run);
        return run.Stage(method.Slug, problem.Describe(method.Options.DeepClone()), () => method.Fit.Fit(problem, run));
    }

    private static Predictor FitSupervised(PredictionProblem problem, Run run) =>
        run.Stage("supervised", problem.Describe(Options.Resolve(new Supervised.Options())), () => new Supervised(new()).Fit(problem, run));

    private static Labels? TrueLabels(PredictionProblem problem, PredictionExam exam) =>
        exam.TrainTruth is { } truth ? new Labels(truth, exam.ValidationTruth ?? problem.Labels.Validation) : null;

    private static ArmOutcome? Floor(PredictionProblem problem, PredictionExam exam, PredictionMethod method)
    {
        if (ConstantAnswers.Of(problem, exam.Test.Count) is { } constant) return constant;
        if (method.Floor != typeof(TeacherLogits)) return null;
        var name = method.FloorName ?? problem.Find<TeacherLogits>()?.Name;
        return name is not null && exam.TeacherLogits.TryGetValue(name, out var logits) ? new(Predictions.FromLogits(problem.Classes, logits).Probabilities, null) : null;
    }
}
