using CsCheck;
using Preceptor.Foundation;
using Preceptor.Reasoning;
using Preceptor.Reasoning.BuiltIn;
using Preceptor.Supervision;

namespace Preceptor.Tests.Reasoning;

/// <summary>Checkers: what solutions answer, what chains' lines are worth, and what comes of a checker that throws or hangs.</summary>
public sealed class SolutionCheckerTests
{
    private static Solution Of(string text, bool isFinished = true) => new([1], text, isFinished);

    [Theory]
    [InlineData("12 eggs\n#### 18", CheckRule.Number, "18")]
    [InlineData("she has 1,200.50 left\n", CheckRule.Number, "1200.5")]
    [InlineData("7\nno number here", CheckRule.Number, null)]
    [InlineData("", CheckRule.Number, null)]
    [InlineData("alex is kind\n True ", CheckRule.Exact, "True")]
    [InlineData(" \n", CheckRule.Exact, null)]
    public void The_answer_is_in_the_last_line(string solution, CheckRule rule, string? answer)
    {
        var checker = new AnswerChecker(rule);
        Assert.Equal(answer, checker.AnswerOf("?", solution));
        Assert.Equal(answer is not null, checker.IsRight(new("?", answer ?? "18"), solution));
        Assert.Equal(checker.Name, SolutionChecker.Of(checker.Name).Name);
    }

    [Fact]
    public void Worked_chains_are_right_and_a_slip_is_found_with_all_that_builds_on_it()
    {
        var checker = new ChainChecker(97);
        Gen.Select(Gen.UInt, Gen.Int[0, 5]).Sample((seed, at) =>
        {
            var (sets, right) = ChainsProblem.Draw(new() { Examples = 20, Questions = 0, Shortest = 6, Longest = 6 }, seed);
            var chain = right[0];
            Assert.True(checker.IsRight(chain, chain.Solution) && checker.AreStepsRight(chain.Text, chain.Solution).SequenceEqual(Enumerable.Repeat(true, 6)));
            var lines = chain.Solution.Split('\n');
            lines[at] = lines[at][..(lines[at].LastIndexOf(' ') + 1)] + (int.Parse(lines[at].Split(' ')[^1]) + 1) % 97;
            Assert.Equal(Enumerable.Range(0, 6).Select(i => i < at), checker.AreStepsRight(chain.Text, string.Join('\n', lines)));
            Assert.Equal([.. Enumerable.Repeat(true, 6), false], checker.AreStepsRight(chain.Text, chain.Solution + "\n1 + 1 = 2"));
            Assert.Equal(sets.Train.Length, sets.Train.Select(q => q.Text).Distinct().Count());
        }, iter: 20);
    }

    [Fact]
    public void Slips_are_as_frequent_as_asked_and_no_chain_is_in_two_parts()
    {
        var (sets, right) = ChainsProblem.Draw(new() { Examples = 1000, Questions = 100, Slips = 0.1, Shortest = 3, Longest = 6 }, 1);
        var checker = new ChainChecker(97);
        var worked = sets.Train.Where(q => q.Solution.Length > 0).ToArray();
        Assert.Equal((1000, 100), (worked.Length, sets.Train.Length - worked.Length));
        // Of a chain of k lines all are right with probability 0.9^k.
        var expected = worked.Average(q => Math.Pow(0.9, q.Level));
        Assert.InRange(worked.Average(q => checker.AreStepsRight(q.Text, q.Solution).All(r => r) ? 1.0 : 0), expected - 0.05, expected + 0.05);
        Assert.All(right, q => Assert.True(checker.IsRight(q, q.Solution)));
        Assert.Equal(1500, sets.Train.Concat(sets.Validation).Concat(sets.Test).Select(q => q.Text).Distinct().Count());
        Assert.All(sets.Train, q => Assert.InRange(q.Level, 3, 6));
        Assert.Throws<RequestException>(() => ChainsProblem.Draw(new() { Shortest = 5, Longest = 4 }, 1));
        Assert.Throws<RequestException>(() => ChainsProblem.Draw(new() { Modulus = 5, Operand = 2, Shortest = 1, Longest = 1 }, 1));
    }

    /// <summary>Fails as the question says.</summary>
    private sealed class Awkward : SolutionChecker
    {
        public override string Name => "awkward";

        public override bool ChecksSteps => true;

        public override string? AnswerOf(string question, string solution) => Do(question, solution);

        public override bool IsRight(Question question, string solution) => Do(question.Text, solution) == question.Answer;

        public override bool[]? AreStepsRight(string question, string solution) => [Do(question, solution) is not null];

        private static string? Do(string question, string solution)
        {
            if (question == "throw") throw new InvalidOperationException("cannot");
            if (question == "hang") Thread.Sleep(Timeout.Infinite);
            return solution.Length == 0 ? null : solution;
        }
    }

    [Fact]
    public void A_checker_that_throws_or_hangs_is_counted_and_the_work_goes_on()
    {
        var checker = new GuardedChecker(new Awkward(), TimeSpan.FromMilliseconds(150));
        CheckOutcome Check(string question, Solution solution) => checker.Check(new(question, "7"), solution);
        Assert.Equal(CheckOutcome.Right, Check("ask", Of("7")));
        Assert.Equal(CheckOutcome.Wrong, Check("ask", Of("8")));
        Assert.Equal(CheckOutcome.Unreadable, Check("ask", Of("")));
        Assert.Equal(CheckOutcome.Unfinished, Check("ask", Of("7", isFinished: false)));
        Assert.Equal(CheckOutcome.Failed, Check("throw", Of("7")));
        Assert.Equal(CheckOutcome.TimedOut, Check("hang", Of("7")));
        Assert.Equal(CheckOutcome.Right, Check("ask", Of("7")));
        Assert.Null(checker.AnswerOf("throw", Of("7")));
        Assert.Null(checker.AreStepsRight("hang", "7"));
        Assert.Null(checker.AnswerOf("ask", Of("7", isFinished: false)));
        Assert.Equal("7", checker.AnswerOf("ask", Of("7")));
        Assert.Equal((2, 2), (checker.Count(CheckOutcome.Failed), checker.Count(CheckOutcome.TimedOut)));
        Assert.Equal(["the checker failed on 2 solutions, which count as wrong", "the checker took more than 0.15 s for 2 solutions, which count as wrong"], checker.Remarks);
    }
}
