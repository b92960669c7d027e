using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction.Plain;
using Preceptor.Supervision;

namespace Preceptor.Prediction;

/// <summary>One arm's answers to the exam, for one seed.</summary>
/// <param name="Probabilities">Class probabilities of the test rows [T × C].</param>
/// <param name="Training">The course of its training; null for supervision that was not trained here.</param>
public sealed record ArmOutcome(float[] Probabilities, TrainingSummary? Training);

/// <summary>All arms of one seed.</summary>
public sealed record SeedOutcome : IArtifact<SeedOutcome>
{
    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The problem's classes.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The test rows' classes [T].</summary>
    public required int[] Labels { get; init; }

    /// <summary>What those are worth.</summary>
    public required ScoredOn ScoredOn { get; init; }

    /// <summary>How many training rows have a label.</summary>
    public required int LabelledRows { get; init; }

    /// <summary>How many training rows there are.</summary>
    public required int TrainingRows { get; init; }

    /// <summary>floor, baseline, method, ceiling, where they exist.</summary>
    public required IReadOnlyDictionary<string, ArmOutcome> Arms { get; init; }

    /// <summary>The first <see cref="ShownRows"/> rows of the method's <see cref="Disagreements"/>, described for people.</summary>
    public IReadOnlyList<ShownRow> Hardest { get; init; } = [];

    /// <summary>The method's doubts of the training labels; null for all seeds but 0, whose model is kept.</summary>
    public LabelDoubts? Doubts { get; init; }

    /// <summary>What a reader of the result should know about data and labels.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How many test rows are described in <see cref="Hardest"/> at most.</summary>
    public const int ShownRows = 30;

    /// <summary>The test rows to which an arm gives another class than their label, the surest answers first.</summary>
    public IReadOnlyList<(int Row, int Predicted, float Probability)> Disagreements(string arm)
    {
        var predictions = new Predictions(Classes, Arms[arm].Probabilities);
        return [.. Enumerable.Range(0, Labels.Length).Select(row => (Row: row, Predicted: predictions.Best(row)))
            .Where(r => r.Predicted != Labels[r.Row])
            .Select(r => (r.Row, r.Predicted, Probability: predictions.Row(r.Row)[r.Predicted]))
            .OrderByDescending(r => r.Probability)];
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        ModelFiles.WriteJson(Path.Combine(folder, "seed.json"), new Description(Seed, Classes, ScoredOn, LabelledRows, TrainingRows, Arms.ToDictionary(a => a.Key, a => a.Value.Training), Hardest, Doubts, Notes));
        var answers = new State();
        answers.Add<int>("labels", Labels);
        foreach (var (name, arm) in Arms) answers.Add<float>(name, arm.Probabilities, Labels.Length, Classes.Count);
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
            ScoredOn = description.ScoredOn,
            LabelledRows = description.LabelledRows,
            TrainingRows = description.TrainingRows,
            Arms = description.Arms.ToDictionary(a => a.Key, a => new ArmOutcome(answers.ReadArray<float>(a.Key), a.Value)),
            Hardest = description.Hardest ?? [],
            Doubts = description.Doubts,
            Notes = description.Notes ?? [],
        };
    }

    private sealed record Description(ulong Seed, IReadOnlyList<string> Classes, ScoredOn ScoredOn, int LabelledRows, int TrainingRows, Dictionary<string, TrainingSummary?> Arms, IReadOnlyList<ShownRow>? Hardest, LabelDoubts? Doubts, IReadOnlyList<string>? Notes);
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
        if (Floor(problem, exam, method) is { } floor) arms["floor"] = new(floor, null);
        using (var baseline = FitSupervised(problem, run)) arms["baseline"] = Answer(baseline, exam);
        var model = Fit(problem, method, run);
        arms["method"] = Answer(model, exam);
        if (!arms.ContainsKey("floor") && method is { Improve: [], Fit: ITrainsTeacher<PredictionProblem, Predictor> trains } && trains.TrainTeacher(problem, run) is { } teacher)
        {
            using (teacher) arms["floor"] = Answer(teacher, exam);
        }
        if (exam.TrainTruth is { } truth)
        {
            var perfect = problem.With(new Labels(truth, exam.ValidationTruth ?? problem.Labels.Validation));
            using var ceiling = FitSupervised(perfect, run);
            arms["ceiling"] = Answer(ceiling, exam);
        }
        var outcome = new SeedOutcome
        {
            Seed = run.Seed,
            Classes = problem.Classes,
            Labels = exam.Labels,
            ScoredOn = exam.ScoredOn,
            LabelledRows = problem.Labels.Labelled.Length,
            TrainingRows = problem.Train.Count,
            Arms = arms,
            Notes = task.Notes,
        };
        int[] shown = [.. outcome.Disagreements("method").Take(SeedOutcome.ShownRows).Select(r => r.Row)];
        return (outcome with
        {
            Hardest = ShownRow.Of(exam.TestRows, problem.Encoding, shown, exam.AreRowsFromFile),
            Doubts = run.Seed == 0 ? LabelDoubts.Of(model, task) : null,
        }, model);
    }

    /// <summary>Runs the method's steps, each a stage of its own.</summary>
    public static Predictor Fit(PredictionProblem problem, PredictionMethod method, Run run)
    {
        foreach (var (_, step) in method.Improve) problem = step.Improve(problem, run);
        var inputs = problem.Describe();
        inputs["method"] = method.Options.DeepClone();
        return run.Stage(method.Slug, inputs, () => method.Fit.Fit(problem, run));
    }

    private static Predictor FitSupervised(PredictionProblem problem, Run run)
    {
        var inputs = problem.Describe();
        inputs["method"] = Options.Resolve(new Supervised.Options());
        return run.Stage("supervised", inputs, () => new Supervised(new()).Fit(problem, run));
    }

    private static ArmOutcome Answer(Predictor model, PredictionExam exam) => new(model.Predict(exam.Test).Probabilities, model.Training);

    private static float[]? Floor(PredictionProblem problem, PredictionExam exam, PredictionMethod method)
    {
        if (method.Floor != typeof(TeacherLogits)) return null;
        var name = method.FloorName ?? problem.Find<TeacherLogits>()?.Name;
        return name is not null && exam.TeacherLogits.TryGetValue(name, out var logits) ? Predictions.FromLogits(problem.Classes, logits).Probabilities : null;
    }
}
