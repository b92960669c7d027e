using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Measurement;

namespace Preceptor.Catalogue;

/// <summary>Carries out a specification whose method measures.</summary>
public static class MeasurementRunner
{
    /// <summary>Draws or reads what is to be measured. A prediction problem becomes one that the measure may train on.</summary>
    /// <param name="specification">What to do.</param>
    /// <param name="seed">The seed of generated problems.</param>
    /// <param name="read">Reads files.</param>
    /// <param name="onnx">Runs ONNX models; null where the specification names none.</param>
    /// <exception cref="RequestException">The data do not fit the specification, or the measure needs something else.</exception>
    public static MeasurementProblem Prepare(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx = null)
    {
        var method = specification.Fit.Info;
        if (!method.IsMeasure) throw new RequestException($"{method.Slug} measures nothing; measures are {string.Join(", ", Measures)}");
        var problem = specification switch
        {
            { BuiltIn.Subject: { } draw } => draw(specification.Problem, seed),
            { Problem: MeasurementData data } => data.Read(specification.ProblemSettings, read, onnx),
            _ => MeasurementTraining.Trainable(PredictionRunner.PrepareTask(specification, seed, read, onnx)),
        };
        var offered = problem.Supervision.Select(s => s.GetType()).ToHashSet();
        return method.Needs.Any(n => n.All(offered.Contains)) ? problem : throw new RequestException(
            $"{method.Slug} needs {method.DescribeNeeds(", or ")}; {problem.Name} offers {string.Join(", ", offered.Select(t => Options.Key(t.Name)))}");
    }

    /// <summary>Measures, a stage of its own.</summary>
    public static MeasurementReport Run(Specification specification, MeasurementProblem problem, Run run)
    {
        var (method, options) = (specification.Fit.Info, Options.Resolve(specification.Fit.Options));
        if (specification.BuiltIn is { } builtIn) run.Uses(builtIn.OptionsType.DeclaringType!);
        return run.Stage(method.Slug, new JsonObject { ["problem"] = problem.Fingerprint, ["method"] = options }, () =>
        {
            run.Uses(method.Type);
            var report = ((IMeasure<MeasurementProblem, MeasurementReport>)method.Create(specification.Fit.Options)).Measure(problem, run);
            return report with { Notes = [.. problem.Notes, .. report.Notes] };
        });
    }

    /// <summary>The slugs of all measures.</summary>
    public static IReadOnlyList<string> Measures => [.. MethodCatalogue.All.Where(m => m.IsMeasure).Select(m => m.Slug)];
}
