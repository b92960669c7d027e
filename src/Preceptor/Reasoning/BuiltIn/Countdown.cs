using System.Globalization;

namespace Preceptor.Reasoning.BuiltIn;

/// <summary>
/// Countdown, whose case of 24 is the Game of 24: from some numbers, each used once, a target is to be made by + − × ÷, in fractions where need be. A line takes two numbers and puts back their result:
/// <c>6 - 1 = 5 left 1 4 5</c>. All solutions without a negative number are found by going through them.
/// </summary>
internal static class Countdown
{
    /// <summary>The target where a question names none.</summary>
    public const int Usual = 24;

    /// <summary>The numbers and the target of <c>1 1 4 6 = 24</c> or <c>1 1 4 6</c>; null where that is not what a question is.</summary>
    public static (Fraction[] Numbers, Fraction Target)? Parse(string question)
    {
        var sides = question.Split('=');
        if (sides.Length > 2) return null;
        Fraction?[] numbers = [.. sides[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Fraction.Parse)];
        var target = sides.Length == 1 ? new Fraction(Usual) : Fraction.Parse(sides[1].Trim());
        return numbers.Length == 0 || numbers.Contains(null) || target is null ? null : ([.. numbers.Select(n => n!.Value)], target.Value);
    }

    /// <summary>A question of numbers and a target.</summary>
    public static string Question(IEnumerable<int> numbers, int target) => string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', numbers.Order())} = {target}");

    /// <summary>All solutions, a line a step, those that differ only in the order of a sum's or a product's two numbers once.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="target">The target.</param>
    public static IEnumerable<string> Solve(IReadOnlyList<Fraction> numbers, Fraction target) => new StepSearch().Solutions(new CountdownState([.. numbers.Order()], target));

    /// <summary>The steps that numbers allow, each with what it leaves, those that differ only in the order of a sum's or a product's two numbers once; none makes a negative number.</summary>
    /// <param name="sorted">The numbers, the least first.</param>
    public static IEnumerable<(string Line, Fraction[] Left)> Steps(Fraction[] sorted)
    {
        var seen = new HashSet<(Fraction, Fraction)>();
        for (var i = 0; i < sorted.Length; i++)
            for (var j = i + 1; j < sorted.Length; j++)
            {
                // Equal pairs of numbers lead to equal solutions.
                if (!seen.Add((sorted[i], sorted[j]))) continue;
                foreach (var (left, sign, right) in Operations(sorted[i], sorted[j]))
                {
                    if (Fraction.Of(left, sign, right) is not { } result) continue;
                    Fraction[] rest = [.. sorted.Where((_, k) => k != i && k != j).Append(result).Order()];
                    yield return (Line(left, sign, right, result, rest), rest);
                }
            }
    }

    private static IEnumerable<(Fraction Left, char Sign, Fraction Right)> Operations(Fraction smaller, Fraction larger)
    {
        yield return (larger, '+', smaller);
        yield return (larger, '-', smaller);
        yield return (larger, '*', smaller);
        yield return (larger, '/', smaller);
        if (larger != smaller) yield return (smaller, '/', larger);
    }

    private static string Line(Fraction left, char sign, Fraction right, Fraction result, IEnumerable<Fraction> rest) => $"{left} {sign} {right} = {result} left {string.Join(' ', rest)}";
}

/// <summary>The numbers that are left on the way to a target.</summary>
/// <param name="sorted">The numbers, the least first.</param>
/// <param name="target">The target.</param>
internal sealed class CountdownState(Fraction[] sorted, Fraction target) : StepState
{
    /// <inheritdoc/>
    public override string Key => string.Join(' ', sorted);

    /// <inheritdoc/>
    public override bool IsSolved => sorted is [var last] && last == target;

    /// <inheritdoc/>
    protected override IEnumerable<NextStep> Next() => Countdown.Steps(sorted).Select(s => new NextStep(s.Line, new CountdownState(s.Left, target)));
}

/// <summary>Checks solutions of countdown exactly: each line takes two numbers that are there, comes to what they make, and says what is left; the last leaves the target alone.</summary>
/// <remarks>It is a simulator as well: of the steps that it finds right, those that make no negative number, a sum's and a product's two numbers in one order.</remarks>
public sealed class CountdownChecker : SolutionChecker, IStepSimulator
{
    internal const string Kind = "countdown";

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override bool ChecksSteps => true;

    /// <inheritdoc/>
    /// <remarks>The way is the answer: solutions of the same lines vote together.</remarks>
    public override string? AnswerOf(string question, string solution) => StepsOf(solution) is { Length: > 0 } steps ? string.Join('\n', steps.Select(Plain)) : null;

    /// <inheritdoc/>
    public override bool IsRight(Question question, string solution)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (Countdown.Parse(question.Text) is not var (numbers, target)) return false;
        var (left, rights) = Follow(numbers, solution);
        return rights.All(r => r) && left is [var last] && last == target;
    }

    /// <inheritdoc/>
    public override bool[]? AreStepsRight(string question, string solution)
    {
        ArgumentNullException.ThrowIfNull(question);
        return Countdown.Parse(question) is var (numbers, _) ? Follow(numbers, solution).Rights : null;
    }

    /// <inheritdoc/>
    public StepState? Begin(string question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return Countdown.Parse(question) is var (numbers, target) ? new CountdownState([.. numbers.Order()], target) : null;
    }

    // What is left after the last right line, and which lines are right.
    private static (IReadOnlyList<Fraction> Left, bool[] Rights) Follow(IReadOnlyList<Fraction> numbers, string solution)
    {
        var (left, rights) = (numbers.ToList(), new List<bool>());
        foreach (var line in StepsOf(solution)) rights.Add(rights.All(r => r) && Take(left, Words(line)));
        return (left, [.. rights]);
    }

    // a sign b = c left d e …
    private static bool Take(List<Fraction> left, string[] words)
    {
        if (words is not [var one, [var sign], var other, "=", var result, "left", .. var rest] || Fraction.Parse(one) is not { } a || Fraction.Parse(other) is not { } b || Fraction.Parse(result) is not { } c) return false;
        var after = left.ToList();
        if (!after.Remove(a) || !after.Remove(b) || Fraction.Of(a, sign, b) != c) return false;
        after.Add(c);
        if (!rest.Select(Fraction.Parse).OrderBy(f => f).SequenceEqual(after.Select(f => (Fraction?)f).OrderBy(f => f))) return false;
        left.Clear();
        left.AddRange(after);
        return true;
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
