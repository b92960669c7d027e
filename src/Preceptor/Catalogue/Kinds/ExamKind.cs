using System.Diagnostics;
using System.Text;
using Preceptor.Catalogue.Experiments;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Catalogue;

/// <summary>A problem of an <see cref="ExamKind{TProblem, TModel}"/> and its exam, which only the evaluator sees.</summary>
/// <param name="Problem">What a method may see.</param>
/// <param name="Examine">Scores a model on the test items.</param>
/// <param name="Validate">Scores a model on the validation items, by which experiments tune.</param>
public sealed record ExamTask<TProblem, TModel>(TProblem Problem, Func<TModel, MeasuredScores> Examine, Func<TModel, MeasuredScores> Validate) : IProblemTask where TProblem : IProblem
{
    IProblem IProblemTask.Problem => Problem;

    /// <summary>The problem with perfect supervision, for the ceiling; null where nobody knows it.</summary>
    public TProblem? Truth { get; init; }

    /// <summary>What the supervision itself scores; null where it answers nothing.</summary>
    public MeasuredScores? Floor { get; init; }

    /// <summary>What the report shows of a model besides its scores.</summary>
    public Func<TModel, ReportParts> Show { get; init; } = _ => new();

    /// <summary>Metrics that this exam has besides those of its kind.</summary>
    public IReadOnlyList<Metric> FurtherMetrics { get; init; } = [];

    /// <summary>Whether those are all, and not those of its kind besides.</summary>
    public bool HasOwnMetrics { get; init; }

    /// <summary>What the test items' answers are worth.</summary>
    public required ScoredOn ScoredOn { get; init; }

    /// <summary>How many test items there are.</summary>
    public required int TestItems { get; init; }

    /// <summary>How many training items there are.</summary>
    public required int TrainingItems { get; init; }

    /// <summary>How many of them have a label, or whatever the kind learns from.</summary>
    public required int LabelledItems { get; init; }

    /// <summary>A hash of training, validation and test items.</summary>
    public required string Fingerprint { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A kind whose models sit an exam of named scores: it says how its problems come about, and this class trains, examines and keeps.</summary>
/// <typeparam name="TProblem">Its problems.</typeparam>
/// <typeparam name="TModel">The models that its methods train.</typeparam>
public abstract class ExamKind<TProblem, TModel> : ProblemKind where TProblem : class, ITrainingProblem where TModel : class, IArtifact<TModel>, IDisposable
{
    /// <summary>The metrics of its exams, the one that a run is judged by first.</summary>
    /// <param name="task">The problem, where they depend on it.</param>
    public abstract IReadOnlyList<Metric> Metrics(ExamTask<TProblem, TModel> task);

    /// <summary>Reads a problem of the user's own, with its exam; built-in ones are drawn by <see cref="BuiltInProblem.Task"/>.</summary>
    public abstract ExamTask<TProblem, TModel> Draw(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx);

    /// <summary>The course of a model's training; null for one that none had.</summary>
    public abstract TrainingSummary? Training(TModel model);

    /// <inheritdoc/>
    public sealed override IProblemTask Read(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx) =>
        specification.BuiltIn is { Task: { } draw } ? draw(specification, seed) : Draw(specification, seed, read, onnx);

    /// <inheritdoc/>
    public sealed override ISeedOutcome RunSeed(Specification specification, IProblemTask task, Run run, string? modelFolder)
    {
        var exam = (ExamTask<TProblem, TModel>)task;
        var arms = new Dictionary<string, ExamArm>();
        if (exam.Floor is { } floor) arms["floor"] = new(floor, null);
        using (var baseline = FitBaseline(exam.Problem, run)) arms["baseline"] = Sit(exam, baseline);
        using var model = Fit(exam.Problem, specification, run);
        arms["method"] = Sit(exam, model);
        if (exam.Truth is { } truth)
        {
            using var ceiling = FitBaseline(truth, run);
            arms["ceiling"] = Sit(exam, ceiling);
        }
        if (modelFolder is not null) RunFolder.ReplaceWhole(modelFolder, model.Save);
        return new ExamOutcome(arms)
        {
            Seed = run.Seed,
            ScoredOn = exam.ScoredOn,
            TestItems = exam.TestItems,
            TrainingItems = exam.TrainingItems,
            LabelledItems = exam.LabelledItems,
            Metrics = Metrics(exam),
            Notes = [.. exam.Notes, .. arms["method"].Scores.Remarks],
            Shown = run.Seed == 0 ? exam.Show(model) : new(),
        };
    }

    /// <inheritdoc/>
    public sealed override ISeedOutcome LoadOutcome(string folder) => ExamOutcome.Load(folder);

    /// <inheritdoc/>
    public sealed override ArmAnswers Answer(Specification specification, ulong seed, bool isTuning, ReadTable read, Run run)
    {
        var watch = Stopwatch.StartNew();
        var task = (ExamTask<TProblem, TModel>)Prepare(specification, seed, read);
        if (specification.BuiltIn is { } builtIn) run.Uses(builtIn.OptionsType.DeclaringType!);
        using var model = Fit(task.Problem, specification, run);
        var seconds = Training(model)?.Seconds ?? watch.Elapsed.TotalSeconds;
        var scores = isTuning ? task.Validate(model) : task.Examine(model);
        return new([], [], 0, seconds, run.Versions, Contents.Hash(Encoding.UTF8.GetBytes(task.Fingerprint))) { Notes = task.Notes, Measured = scores.Values, MeasuredItems = scores.PerItem };
    }

    private ExamArm Sit(ExamTask<TProblem, TModel> exam, TModel model) => new(exam.Examine(model), Training(model));

    private TModel FitBaseline(TProblem problem, Run run)
    {
        var info = MethodCatalogue.Find(new ScalarSetting(Name, "method", Baseline));
        return Fit(problem, new MethodChoice(info, Options.Bind(info.OptionsType, new MapSetting("defaults", "method", []))), run);
    }

    private static TModel Fit(TProblem problem, Specification specification, Run run)
    {
        foreach (var step in specification.Methods.SkipLast(1)) problem = ((IImprove<TProblem>)step.Info.Create(step.Options)).Improve(problem, run);
        return Fit(problem, specification.Fit, run);
    }

    private static TModel Fit(TProblem problem, MethodChoice method, Run run) => run.Stage(method.Info.Slug, problem.Describe(Options.Resolve(method.Options)), () =>
    {
        run.Uses(method.Info.Type);
        return ((IFit<TProblem, TModel>)method.Info.Create(method.Options)).Fit(problem, run);
    });
}
