using Preceptor.Catalogue.Experiments;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Catalogue;

/// <summary>
/// A kind of problem as the command knows it: how its problems come from a specification, what its plain method is, and how the arms of a seed
/// are trained and examined. <c>run</c>, <c>compare</c>, <c>advise</c> and experiments know kinds by this alone.
/// </summary>
public abstract class ProblemKind
{
    /// <summary>Its name, such as <c>prediction</c>: the value of <c>problem.kind</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The record of <c>problem</c>'s keys on the user's own data.</summary>
    public abstract Type DataType { get; }

    /// <summary>The record of <c>model</c>'s keys.</summary>
    public virtual Type ModelType => typeof(ModelOptions);

    /// <summary>The slug of the plain method that others are compared with.</summary>
    public abstract string Baseline { get; }

    /// <summary>Whether its methods train models for the user.</summary>
    public virtual bool TrainsModels => true;

    /// <summary>Draws or reads the problem, whether or not it offers what the method needs.</summary>
    /// <param name="specification">What to do.</param>
    /// <param name="seed">The seed of generated problems.</param>
    /// <param name="read">Reads files.</param>
    /// <param name="onnx">Runs ONNX models; null where the specification names none.</param>
    /// <exception cref="RequestException">The data do not fit the specification.</exception>
    public abstract IProblemTask Read(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx);

    /// <summary>Runs all arms of one seed, each training a stage.</summary>
    /// <param name="specification">What to do.</param>
    /// <param name="task">The problem and its exam.</param>
    /// <param name="run">The run.</param>
    /// <param name="modelFolder">Where the method's model goes; null for nowhere.</param>
    public abstract ISeedOutcome RunSeed(Specification specification, IProblemTask task, Run run, string? modelFolder);

    /// <summary>Reads what <see cref="ISeedOutcome.Save"/> wrote.</summary>
    public abstract ISeedOutcome LoadOutcome(string folder);

    /// <summary>Trains the method of an experiment's arm and lets it sit the exam, or answer the validation items.</summary>
    /// <param name="specification">What to do.</param>
    /// <param name="seed">The seed of generated problems.</param>
    /// <param name="isTuning">Whether the validation items are answered.</param>
    /// <param name="read">Reads files.</param>
    /// <param name="run">The run.</param>
    public abstract ArmAnswers Answer(Specification specification, ulong seed, bool isTuning, ReadTable read, Run run);

    /// <summary>What a problem offers, in words, for advice.</summary>
    public virtual IReadOnlyList<string> Describe(IProblemTask task) => [.. task.Problem.Supervision.Select(s => Options.Key(s.GetType().Name) + (s.Name.Length > 0 ? $": {s.Name}" : "")), .. task.Notes];

    /// <summary>The command, without the program's name, by which the model in a finished run's folder is used on new data.</summary>
    /// <param name="folder">The run's folder, quoted.</param>
    public abstract string Use(string folder);

    /// <summary>Draws or reads the problem.</summary>
    /// <exception cref="RequestException">The data do not fit the specification, or the method needs supervision that the problem lacks.</exception>
    public IProblemTask Prepare(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx = null)
    {
        if (specification.Methods is [.., { Info: { IsMeasure: true } measure }]) throw new RequestException($"{measure.Slug} measures and trains no model: preceptor measure {measure.Slug}");
        if (TrainsModels && specification.Methods.FirstOrDefault(m => m.Info.Kind != Name) is { } other)
            throw new RequestException($"{other.Info.Slug} is for problems of kind {other.Info.Kind}, and {specification.ProblemName} is of kind {Name}; methods of kind {Name}: {string.Join(", ", MethodCatalogue.All.Where(m => m.Kind == Name).Select(m => m.Slug))}");
        var task = Read(specification, seed, read, onnx);
        return Unmet(specification, task.Problem) is { } unmet ? throw new RequestException(unmet) : task;
    }

    /// <summary>Why the problem, with what earlier steps add, does not meet the needs of a step of the specification; null if it does.</summary>
    public static string? Unmet(Specification specification, IProblem problem)
    {
        var steps = specification.Methods;
        var unmet = steps.Select((m, i) => m.Info.Unmet(problem, steps.Take(i).SelectMany(before => before.Info.Gives))).FirstOrDefault(u => u is not null);
        return unmet is null ? null : $"{unmet}; {problem.Name} offers {string.Join(", ", problem.Supervision.Select(s => Options.Key(s.GetType().Name)).Distinct())}";
    }
}
