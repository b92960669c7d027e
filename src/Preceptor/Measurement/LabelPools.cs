using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Measurement;

/// <summary>The labels that can be bought: clean ones and weak ones of the same rows.</summary>
/// <param name="Rows">The rows, in the order in which they are bought: clean labels from the front, weak ones from the back, so that no row is paid for twice.</param>
/// <param name="Clean">Right classes of all training rows [N].</param>
/// <param name="Weak">Weak labels of all training rows, distributions [N × C].</param>
/// <param name="TestAccuracy">The accuracy of what gives the weak labels on the test rows; NaN where it says nothing of them.</param>
internal sealed record LabelPools(int[] Rows, int[] Clean, float[] Weak, double TestAccuracy)
{
    /// <summary>Draws the order of the rows and asks for the weak labels.</summary>
    public static LabelPools Draw(TrainableProblem problem, LabelBudgetOptions options, int seed, Run run)
    {
        var clean = problem.Truth ?? problem.Labels;
        var classes = problem.Classes.Count;
        int[] rows = [.. Enumerable.Range(0, clean.Length).Where(row => clean[row] >= 0).OrderBy(row => RandomStream.At(run.Seed, "label-pool", seed, row))];
        switch (Source(problem, options))
        {
            case WeakLabelSource.Teacher:
                var name = options.Teacher ?? problem.Teachers.Keys.Single();
                return new(rows, clean, Predictions.FromLogits(problem.Classes, problem.Teachers[name]).Probabilities,
                    problem.TestTeachers.TryGetValue(name, out var logits) ? Accuracy(Predictions.FromLogits(problem.Classes, logits), problem.TestLabels) : double.NaN);
            case WeakLabelSource.Labels:
                return new([.. rows.Where(row => problem.Labels[row] >= 0)], clean, OneHot(problem.Labels, classes), double.NaN);
            case WeakLabelSource.Simulated:
                return new(rows, clean, OneHot([.. clean.Select((c, row) => c < 0 ? c : Flipped(c, row, classes, options.WeakAccuracy, run.Seed, seed))], classes), double.NaN);
            default:
                if (rows.Length < 2 * options.TeacherRows) throw new RequestException($"method.teacher-rows: {options.TeacherRows} rows for a weak network leave too few of {rows.Length}; lower it, or offer a teacher");
                int[] own = [.. rows.Take(options.TeacherRows).Order()];
                using (var teacher = problem.Train(new("weak-teacher", own, OneHot([.. own.Select(row => clean[row])], classes)) { IsWeak = true, Stream = $"weak-teacher-{seed}" }, run))
                    return new(rows[options.TeacherRows..], clean, teacher.Predict(problem.Rows).Probabilities, Accuracy(teacher.Predict(problem.Test), problem.TestLabels));
        }
    }

    /// <summary>Where weak labels come from, with auto resolved.</summary>
    /// <exception cref="RequestException">The problem does not offer what is asked for.</exception>
    public static WeakLabelSource Source(TrainableProblem problem, LabelBudgetOptions options)
    {
        var teachers = string.Join(", ", problem.Teachers.Keys);
        if (options.Teacher is { } named && !problem.Teachers.ContainsKey(named)) throw new RequestException($"method.teacher: the problem offers no teacher '{named}'{Spelling.Hint(named, problem.Teachers.Keys)}; it offers {(teachers.Length == 0 ? "none" : teachers)}");
        var source = options.Weak != WeakLabelSource.Auto ? options.Weak
            : problem.Teachers.Count > 0 ? WeakLabelSource.Teacher
            : problem.Truth is { } truth && truth.Where((c, row) => problem.Labels[row] >= 0 && c != problem.Labels[row]).Any() ? WeakLabelSource.Labels : WeakLabelSource.Trained;
        if (source == WeakLabelSource.Teacher && problem.Teachers.Count == 0) throw new RequestException("method.weak: teacher: the problem offers no teacher; name one under problem.teachers");
        if (source == WeakLabelSource.Teacher && options.Teacher is null && problem.Teachers.Count > 1) throw new RequestException($"method.teacher: the problem offers several teachers; name one of {teachers}");
        if (source == WeakLabelSource.Labels && problem.Truth is null) throw new RequestException("method.weak: labels: the given labels are weak ones only beside right ones; name their column under problem.truth");
        return source;
    }

    /// <summary>The share of the rows whose most probable weak label is right.</summary>
    public double WeakAccuracy(int classes) => Rows.Average(row => Best(row, classes) == Clean[row] ? 1.0 : 0.0);

    /// <summary>The most probable weak label of a row.</summary>
    public int Best(int row, int classes)
    {
        var best = 0;
        for (var c = 1; c < classes; c++)
            if (Weak[row * classes + c] > Weak[row * classes + best]) best = c;
        return best;
    }

    /// <summary>Classes as distributions; −1 has none.</summary>
    public static float[] OneHot(int[] labels, int classes)
    {
        var targets = new float[labels.Length * classes];
        for (var row = 0; row < labels.Length; row++)
            if (labels[row] >= 0) targets[row * classes + labels[row]] = 1;
        return targets;
    }

    /// <summary>The share of rows whose most probable class is right.</summary>
    public static double Accuracy(Predictions predictions, int[] labels) => Enumerable.Range(0, labels.Length).Average(row => predictions.Best(row) == labels[row] ? 1.0 : 0.0);

    private static int Flipped(int label, int row, int classes, double accuracy, ulong seed, int draw) =>
        RandomStream.At(seed, "weak-wrong", draw, row) < accuracy ? label : (label + 1 + (int)(RandomStream.At(seed, "weak-other", draw, row) * (classes - 1))) % classes;
}
