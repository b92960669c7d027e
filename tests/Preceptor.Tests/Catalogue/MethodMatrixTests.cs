using System.Diagnostics;
using Preceptor.Catalogue;
using Preceptor.Cli;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Supervision;
using Preceptor.Tests.Packaging;

namespace Preceptor.Tests.Catalogue;

public sealed class MethodMatrixTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_method_trains_on_every_problem_that_offers_what_it_needs_and_docs_say_so()
    {
        var (cells, failures) = (new List<MatrixCell>(), new List<string>());
        foreach (var problem in MethodMatrix.Problems(DataFiles.Read))
            foreach (var method in MethodCatalogue.All.Where(m => m.Kind == "prediction"))
            {
                var watch = Stopwatch.StartNew();
                try
                {
                    var cell = MethodMatrix.Try(method, problem);
                    cells.Add(cell);
                    // What the user has to choose among the method's options is no failure of the method.
                    if (cell.Obstacle is { } obstacle && method.Missing(problem.Task.Problem) is null && !obstacle.StartsWith("method.", StringComparison.Ordinal))
                        failures.Add($"{method.Slug} on {problem.Name}: {obstacle}");
                }
                catch (Exception e)
                {
                    failures.Add($"{method.Slug} on {problem.Name}: {e}");
                }
                output.WriteLine($"{watch.Elapsed.TotalMilliseconds,6:0} ms  {method.Slug} on {problem.Name}");
            }
        Assert.Empty(failures);
        Assert.Equal(MethodMatrix.Render(cells), File.ReadAllText(Path.Combine(Checkout.Root, "docs", "matrix.md")));
    }

    [Fact]
    public void Every_built_in_problem_has_a_column_and_all_its_rows_fit_into_one_batch()
    {
        var problems = MethodMatrix.Problems(DataFiles.Read);
        Assert.Equal(BuiltInProblems.All.Where(p => p.Kind == "prediction").Select(p => p.Name), problems.Select(p => p.Specification.BuiltIn?.Name).OfType<string>().Distinct().Order(StringComparer.Ordinal));
        Assert.All(problems, p => Assert.InRange(p.Task.Problem.Train.Count, 2, p.Specification.Training.Batch));
        Assert.All(problems, p => Assert.Equal(2, p.Specification.Training.Epochs));
    }

    [Fact]
    public void A_cell_names_only_what_the_problem_lacks()
    {
        var tickets = MethodMatrix.Problems(DataFiles.Read).Single(p => p.Name == "tickets, no teacher");
        MethodInfo Needing(params Type[][] needs) => new(new MethodAttribute("m", "M") { Summary = "", Citation = "" }, "prediction", typeof(object), needs, []);
        Assert.Equal("needs teacher-logits", MethodMatrix.Try(Needing([typeof(Labels), typeof(TeacherLogits)]), tickets).Obstacle);
        Assert.Equal("needs teacher-logits or trusted-labels", MethodMatrix.Try(Needing([typeof(Labels), typeof(TeacherLogits)], [typeof(TrustedLabels)]), tickets).Obstacle);
    }

    [Fact]
    public void A_method_that_betters_supervision_is_tried_before_plain_training()
    {
        var digits = MethodMatrix.Problems(DataFiles.Read).Single(p => p.Name == "digits");
        var method = new MethodInfo(new MethodAttribute("m", "M") { Summary = "", Citation = "" }, "prediction", typeof(Refusing), [[typeof(Labels)]], []);
        Assert.Equal("refused 40 rows", MethodMatrix.Try(method, digits).Obstacle);
    }

    private sealed class Refusing : IImprove<PredictionProblem>
    {
        public sealed record Options;

        public Refusing(Options options) => ArgumentNullException.ThrowIfNull(options);

        public PredictionProblem Improve(PredictionProblem problem, Run run) => throw new RequestException($"refused {problem.Train.Count} rows");
    }
}
