using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Prediction;

/// <summary>What is true of the test rows, where that is not one class a row.</summary>
public abstract record TestTargets
{
    /// <summary>How many test rows there are.</summary>
    public abstract int Count { get; }

    /// <summary>Scores an arm's answers.</summary>
    public abstract IScores Score(ArmOutcome arm);

    /// <summary>The rows that an arm answers wrong, the worst first.</summary>
    internal abstract int[] Worst(ArmOutcome arm);

    internal abstract void Save(State state);

    internal static TestTargets? Load(State state, TargetKind kind) => kind switch
    {
        TargetKind.Many => TestLabelSets.Load(state),
        TargetKind.Number => new TestNumbers(state.ReadArray<double>("numbers")),
        _ => null,
    };

    /// <summary>The rows where an error is not 0, the largest first.</summary>
    private protected static int[] Largest(double[] errors, Func<int, bool> isWrong) => [.. Enumerable.Range(0, errors.Length).Where(isWrong).OrderByDescending(row => errors[row])];
}

/// <summary>Any number of labels a row.</summary>
/// <param name="Sets">The labels of each row, as indices of classes.</param>
/// <param name="Labels">How many labels there are, C.</param>
public sealed record TestLabelSets(int[][] Sets, int Labels) : TestTargets
{
    /// <inheritdoc/>
    public override int Count => Sets.Length;

    /// <inheritdoc/>
    public override IScores Score(ArmOutcome arm) => Of(arm);

    /// <summary>The scores of an arm's probabilities.</summary>
    public LabelSetScores Of(ArmOutcome arm) => LabelSetScores.Of(arm.Probabilities, Sets, Labels);

    internal override int[] Worst(ArmOutcome arm)
    {
        var scores = Of(arm);
        return Largest(scores.LogLosses, row => scores.Differences[row] > 0);
    }

    internal override void Save(State state)
    {
        state.Add<int>("set-sizes", [.. Sets.Select(s => s.Length)]);
        state.Add<int>("set-labels", [.. Sets.SelectMany(s => s)]);
        state.Add<int>("labels-known", [Labels]);
    }

    internal static TestLabelSets Load(State state)
    {
        int[] sizes = state.ReadArray<int>("set-sizes"), labels = state.ReadArray<int>("set-labels"), known = state.ReadArray<int>("labels-known");
        if (known.Length != 1 || sizes.Any(s => s < 0) || sizes.Sum(s => (long)s) != labels.Length) throw new WorkException("answers: the label sets are damaged");
        var start = 0;
        return new([.. sizes.Select(size => labels[start..(start += size)])], known[0]);
    }
}

/// <summary>A number a row.</summary>
/// <param name="Values">The numbers.</param>
public sealed record TestNumbers(double[] Values) : TestTargets
{
    /// <inheritdoc/>
    public override int Count => Values.Length;

    /// <inheritdoc/>
    public override IScores Score(ArmOutcome arm) => Of(arm);

    /// <summary>The scores of an arm's numbers.</summary>
    public NumberScores Of(ArmOutcome arm) => NumberScores.Of(arm.Numbers, Values);

    internal override int[] Worst(ArmOutcome arm)
    {
        var scores = Of(arm);
        return Largest(scores.AbsoluteErrors, row => scores.AbsoluteErrors[row] > 0);
    }

    internal override void Save(State state) => state.Add<double>("numbers", Values);
}
