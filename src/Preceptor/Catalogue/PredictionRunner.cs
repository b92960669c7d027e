using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;

namespace Preceptor.Catalogue;

/// <summary>Carries out a specification for one seed.</summary>
public static class PredictionRunner
{
    /// <summary>Draws or reads the problem.</summary>
    /// <param name="specification">What to do.</param>
    /// <param name="seed">The seed of generated problems; the user's own rows are divided by <c>problem.split-seed</c>.</param>
    /// <param name="read">Reads files.</param>
    /// <param name="onnx">Runs ONNX models; null where the specification names none.</param>
    /// <exception cref="RequestException">The data do not fit the specification, or the method needs supervision that the problem lacks.</exception>
    public static PredictionTask Prepare(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx = null) => (PredictionTask)ProblemKinds.Prediction.Prepare(specification, seed, read, onnx);

    /// <summary>Draws or reads the problem, whether or not it offers what the method needs.</summary>
    internal static PredictionTask PrepareTask(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx)
    {
        if (specification.Kind != ProblemKinds.Prediction.Name) throw new RequestException($"problem.kind: {specification.ProblemName} is a problem of kind {specification.Kind}, expected prediction; preceptor {(specification.Kind == "measurement" ? "measure" : "run")} is for problems of kind {specification.Kind}");
        var draft = specification.BuiltIn is { } builtIn ? builtIn.Draft!(specification.Problem, seed) : ((PredictionData)specification.Problem).Draft(specification.ProblemSettings, read, onnx);
        var task = draft.Encode(specification.Model, specification.Training, onnx);
        if (specification.Problem is PredictionData { Noise: { } noise }) task = noise.Plant(task, seed);
        return task;
    }

    /// <summary>The chain of a specification as objects.</summary>
    public static PredictionMethod Method(Specification specification)
    {
        var fit = specification.Fit;
        var options = Options.Resolve(fit.Options);
        return new(fit.Info.Slug,
            [.. specification.Methods.SkipLast(1).Select(m => (m.Info.Slug, (IImprove<PredictionProblem>)m.Info.Create(m.Options)))],
            (IFit<PredictionProblem, Predictor>)fit.Info.Create(fit.Options), options, fit.Info.Declaration.Floor, options["teacher"]?.GetValue<string>());
    }

    /// <summary>Runs all arms of one seed and writes the method's model and its predictions.</summary>
    /// <param name="specification">What to do.</param>
    /// <param name="task">The problem and its exam.</param>
    /// <param name="run">The run.</param>
    /// <param name="modelFolder">Where the model goes; null for nowhere.</param>
    public static SeedOutcome RunSeed(Specification specification, PredictionTask task, Run run, string? modelFolder)
    {
        var (outcome, model) = PredictionEvaluation.Evaluate(task, Method(specification), run);
        using (model)
        {
            if (modelFolder is not null) SaveModel(specification, model, task.Problem.Encoding.Frozen, modelFolder);
        }
        return outcome;
    }

    private static void SaveModel(Specification specification, Predictor model, FrozenEncoding? frozen, string folder)
    {
        var data = specification.Problem as PredictionData;
        RunFolder.ReplaceWhole(folder, place => new Predictor(model.Encoding with { Frozen = frozen?.CopyTo(place) }, model.Classes, model.Classifier, model.Training) { Target = model.Target, AbstainBelow = data?.AbstainBelow ?? 0, Id = data?.Id }.Save(place));
    }
}
