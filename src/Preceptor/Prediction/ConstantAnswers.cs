using Preceptor.Supervision;

namespace Preceptor.Prediction;

/// <summary>The floor of targets that no supervision predicts by itself: the same answer for every row, from the training targets alone.</summary>
internal static class ConstantAnswers
{
    /// <summary>The mean of the training rows' numbers, or the frequency of each label; null where one class is predicted.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="rows">How many answers to give.</param>
    public static ArmOutcome? Of(PredictionProblem problem, int rows) => problem.Find<ITargets>() switch
    {
        NumberTargets numbers => new([], null) { Numbers = [.. Enumerable.Repeat(numbers.Encoding.Mean, rows)] },
        ManyLabels sets when sets.Labelled.Length > 0 => new([.. Enumerable.Repeat(Frequencies(sets, problem.Classes.Count), rows).SelectMany(f => f)], null),
        _ => null,
    };

    private static float[] Frequencies(ManyLabels sets, int labels)
    {
        var counts = new int[labels];
        foreach (var label in sets.Train.OfType<int[]>().SelectMany(s => s)) counts[label]++;
        var rows = (double)sets.Labelled.Length;
        return [.. counts.Select(c => (float)(c / rows))];
    }
}
