using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>
/// Networks as solvers, of abilities as different as the rows they learn from are many. Each learns from some rows of one half of the training
/// rows and answers the other half and the test rows, so that nobody answers what it was told.
/// </summary>
internal static class SolverCommittee
{
    // The smallest share of its half that a solver learns from; the shares grow evenly in logarithm up to all of it.
    private const double SmallestShare = 0.05;

    /// <summary>Trains the solvers and asks them; the items are the training rows, then the test rows.</summary>
    public static Responses Ask(TrainableProblem problem, int solvers, Run run)
    {
        var truth = Truth(problem);
        int[] known = [.. Enumerable.Range(0, truth.Length).Where(row => truth[row] >= 0)];
        if (known.Length < 20) throw new RequestException($"easy2hard-bench trains solvers on the labelled rows, and there are {known.Length}; at least 20 are needed");
        List<(int Solver, int Item, byte Correct)> answers = [];
        for (var s = 0; s < solvers; s++)
        {
            var own = Half(known, s % 2, run.Seed);
            var share = Math.Pow(SmallestShare, 1 - (s / 2 + 1.0) / ((solvers + 1) / 2));
            var rows = Splits.Sample(own, Math.Max(2, (int)(share * own.Length)), RandomStream.Of(run.Seed, "solver-rows", s));
            using var model = problem.Train(new($"solver-{s + 1}", rows, OneHot(rows, truth, problem.Classes.Count)) { Stream = $"solver-{s + 1}" }, run);
            var (onRows, onTest) = (model.Predict(problem.Rows), model.Predict(problem.Test));
            foreach (var row in Half(known, 1 - s % 2, run.Seed)) answers.Add((s, row, onRows.Best(row) == truth[row] ? (byte)1 : (byte)0));
            for (var row = 0; row < problem.TestLabels.Length; row++) answers.Add((s, truth.Length + row, onTest.Best(row) == problem.TestLabels[row] ? (byte)1 : (byte)0));
        }
        string[] items = [.. Enumerable.Range(1, truth.Length).Select(r => $"train {r}"), .. Enumerable.Range(1, problem.TestLabels.Length).Select(r => $"test {r}")];
        return new([.. Enumerable.Range(1, solvers).Select(s => $"network {s}")], items, [.. answers.Select(a => a.Solver)], [.. answers.Select(a => a.Item)], [.. answers.Select(a => a.Correct)]);
    }

    /// <summary>
    /// The generalisation profile: networks trained on as many rows of each bin of difficulty, tested on every bin [bins × bins], row by row.
    /// </summary>
    /// <param name="problem">The problem.</param>
    /// <param name="quantiles">The difficulty of training rows, then of test rows; NaN for a row that nobody rated.</param>
    /// <param name="bins">How many bins.</param>
    /// <param name="run">The run.</param>
    public static double[] Generalise(TrainableProblem problem, double[] quantiles, int bins, Run run)
    {
        var truth = Truth(problem);
        var (train, test) = (Binned(quantiles[..truth.Length], bins), Binned(quantiles[truth.Length..], bins));
        var size = train.Min(rows => rows.Length);
        var accuracies = new double[bins * bins];
        for (var b = 0; b < bins; b++)
        {
            var rows = Splits.Sample(train[b], size, RandomStream.Of(run.Seed, "bin-rows", b));
            using var model = problem.Train(new($"bin-{b + 1}", rows, OneHot(rows, truth, problem.Classes.Count)), run);
            var answers = model.Predict(problem.Test);
            for (var t = 0; t < bins; t++) accuracies[b * bins + t] = test[t].Average(row => answers.Best(row) == problem.TestLabels[row] ? 1.0 : 0.0);
        }
        return accuracies;
    }

    // Right classes where they are known: a label that is wrong would make the rows of the best solvers the hardest.
    private static int[] Truth(TrainableProblem problem) => problem.Truth ?? problem.Labels;

    private static int[] Half(int[] rows, int which, ulong seed) => [.. rows.Where(row => RandomStream.At(seed, "solver-half", row) < 0.5 == (which == 0))];

    private static int[][] Binned(double[] quantiles, int bins)
    {
        int[] rated = [.. Enumerable.Range(0, quantiles.Length).Where(row => double.IsFinite(quantiles[row])).OrderBy(row => quantiles[row])];
        return [.. Enumerable.Range(0, bins).Select(b => rated[(b * rated.Length / bins)..((b + 1) * rated.Length / bins)])];
    }

    private static float[] OneHot(int[] rows, int[] labels, int classes)
    {
        var targets = new float[rows.Length * classes];
        for (var i = 0; i < rows.Length; i++) targets[i * classes + labels[rows[i]]] = 1;
        return targets;
    }
}
