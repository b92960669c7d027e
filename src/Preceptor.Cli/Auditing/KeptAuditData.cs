using System.Globalization;
using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Prediction.Audit;
using Preceptor.Readers;
using Preceptor.Training;

namespace Preceptor.Cli.Auditing;

/// <summary>Rows that fit into memory: any data, judged by any method.</summary>
internal sealed class KeptAuditData : AuditData
{
    private readonly PredictionTask task;
    private readonly MethodChoice? method;
    private readonly Func<PredictionProblem, float[]>? own;
    private readonly DelimitedChunks? file;
    private readonly int[] lines;
    private FoldedLogisticRegression? quick;
    private byte[] foldOf = [];

    /// <param name="task">The rows, all of them training rows.</param>
    /// <param name="method">Who judges; null for logistic regression.</param>
    /// <param name="own">Probabilities that the user brings; null for none.</param>
    /// <param name="path">The one delimited file that all rows come from, for lines and cells as written; null for none.</param>
    public KeptAuditData(PredictionTask task, MethodChoice? method, Func<PredictionProblem, float[]>? own, string? path)
    {
        (this.task, this.method, this.own) = (task, method, own);
        lines = [.. Enumerable.Range(0, task.TrainRows.Rows).Select(row => task.TrainRows.Origin(row) + 1)];
        if (path is null) return;
        file = new DelimitedChunks(path, new DelimitedOptions());
        int[] read = [.. file.Read().SelectMany(chunk => chunk.Lines)];
        lines = [.. lines.Select(row => read[row - 1])];
        HasLines = true;
    }

    public override string Judge => own is not null ? "the probabilities that were given" : method is null ? "logistic regression on hashed words, numbers and small images" : method.Info.Slug;

    public override AuditFindings Find(Run run, AuditOptions options)
    {
        var problem = task.Problem;
        var rows = new AuditRows(problem.Train.Count, problem.Train.Shape.Tokens > 0);
        rows.Add(problem.Train, problem.Labels.Train, lines);
        var exactOf = rows.Exact();
        foldOf = OutOfFold.Divide(problem, options.Folds, run);
        // A row's copy would tell its label; where groups are kept together they decide.
        if (problem.Groups is null) foldOf = [.. exactOf.Select(first => foldOf[first])];
        var probabilities = own?.Invoke(problem) ?? (method is null ? Quick(problem, run) : OutOfFold.Probabilities(problem, Description, Fit, foldOf, run));
        var images = problem.Train.Shape.Pixels > 0 ? problem.Train : null;
        var sparse = SparseRows.Of(problem.Train);
        var outlying = problem.Train.Shape.Tokens > 0 ? Outliers.OfWords(() => [sparse], problem.Train.Shape.Tokens, problem.Train.Count) : Outliers.OfNumbers(sparse, run.Random("outliers"));
        return AuditFindings.Of(rows, problem.Classes, probabilities, exactOf, rows.Near(exactOf, images), outlying, options);
    }

    public override IReadOnlyList<ShownRow> Show(IReadOnlyList<int> rows, AuditFindings findings, Run run)
    {
        var shown = ShownRow.Of(task.TrainRows, task.Problem.Encoding, rows, task.Exam.ScoredOn != ScoredOn.Truth);
        if (own is not null) return shown;
        var explained = shown.ToDictionary(s => s.Row);
        foreach (var fold in rows.GroupBy(row => foldOf[row]))
        {
            using var model = quick is null ? OutOfFold.Model(task.Problem, Description, Fit, foldOf, fold.Key, run) : null;
            foreach (var row in fold.Where(row => findings.Labels[row] >= 0))
            {
                var (alone, suggested, given) = (task.TrainRows.Take([row]), findings.Suggested(row), findings.Labels[row]);
                explained[row] = explained[row] with
                {
                    Explanation = model is null ? TellingWords.ByWeights(alone, task.Problem.Encoding.Text, quick!, fold.Key, findings.Classes.Count, suggested, given) : TellingWords.ByOcclusion(alone, model, suggested, given),
                    Image = (model is null ? null : TellingPixels.ByOcclusion(alone, model, suggested, given)) ?? explained[row].Image,
                };
            }
        }
        return [.. shown.Select(s => explained[s.Row])];
    }

    public override IReadOnlyList<string> Columns => file?.Columns ?? [.. task.TrainRows.Columns.Where(c => c is not ImageColumn).Select(c => c.Name)];

    public override IEnumerable<IReadOnlyList<string>> Cells()
    {
        if (file is null || task.TrainRows.Rows > 0 && task.TrainRows.Origin(task.TrainRows.Rows - 1) != task.TrainRows.Rows - 1) return Cells(task.TrainRows);
        return file.Read().SelectMany(chunk => Cells(chunk.Rows));
    }

    /// <summary>The cells of a table as they would be written.</summary>
    internal static IEnumerable<IReadOnlyList<string>> Cells(Table table)
    {
        Func<int, string>[] cells = [.. table.Columns.Where(c => c is not ImageColumn).Select(c => c is TextColumn text ? (Func<int, string>)(row => text[row].ToString())
            : row => ((NumberColumn)c).Values[row] is var value && double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture))];
        return Enumerable.Range(0, table.Rows).Select(row => (IReadOnlyList<string>)[.. cells.Select(cell => cell(row))]);
    }

    private float[] Quick(PredictionProblem problem, Run run)
    {
        (var probabilities, quick) = OutOfFold.Quick(problem, foldOf, run);
        return probabilities;
    }

    private IFit<PredictionProblem, Predictor> Fit => (IFit<PredictionProblem, Predictor>)method!.Info.Create(method.Options);

    private JsonObject Description => new() { ["name"] = method!.Info.Slug, ["options"] = Options.Resolve(method.Options) };
}
