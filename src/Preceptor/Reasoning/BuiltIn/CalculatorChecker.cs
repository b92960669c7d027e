namespace Preceptor.Reasoning.BuiltIn;

/// <summary>
/// Checks solutions in GSM8K's form. The answer is the number behind the last <c>####</c>. A line is right where each of its calculator marks comes to what it says and the text says the same, and all lines before it are right; with traced
/// operands, each number in a mark must also be stated in the question or be an earlier mark's result, and the answer be a result. A line without a mark says nothing that can be checked.
/// </summary>
/// <param name="isTraced">Whether operands are traced.</param>
public sealed class CalculatorChecker(bool isTraced = false) : SolutionChecker
{
    internal const string Kind = "calculator", TracedKind = "calculator-traced";

    /// <inheritdoc/>
    public override string Name => isTraced ? TracedKind : Kind;

    /// <inheritdoc/>
    public override bool ChecksSteps => true;

    /// <inheritdoc/>
    public override string? AnswerOf(string question, string solution)
    {
        ArgumentNullException.ThrowIfNull(solution);
        return CalculatorMarks.AnswerOf(solution);
    }

    /// <inheritdoc/>
    public override bool IsRight(Question question, string solution)
    {
        ArgumentNullException.ThrowIfNull(question);
        return AnswerOf(question.Text, solution) is { } answer && answer == CalculatorMarks.Spelled(question.Answer);
    }

    /// <inheritdoc/>
    public override bool[] AreStepsRight(string question, string solution)
    {
        ArgumentNullException.ThrowIfNull(question);
        var (known, results, isRight) = (CalculatorMarks.NumbersOf(question).ToHashSet(), new HashSet<Fraction>(), true);
        bool Check(string line)
        {
            foreach (var mark in CalculatorMarks.Of(line))
            {
                if (!mark.IsRight || isTraced && !mark.Numbers.All(known.Contains)) return false;
                known.Add(mark.Result!.Value);
                results.Add(mark.Result.Value);
            }
            return !line.StartsWith("####", StringComparison.Ordinal) || CalculatorMarks.AnswerOf(line) is { } answer && (!isTraced || CalculatorMarks.Compute(answer, out _) is { } number && results.Contains(number));
        }
        return [.. StepsOf(solution).Select(line => isRight = isRight && Check(line))];
    }

    /// <inheritdoc/>
    internal override string? TroubleOf(Question question) => CalculatorMarks.Spelled(question.Answer) is null ? $"found the answer '{question.Answer}', expected a number" : null;
}
