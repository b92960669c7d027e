using CsCheck;
using Preceptor.Cli;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Reasoning;
using Preceptor.Reasoning.BuiltIn;

namespace Preceptor.Tests.Reasoning;

/// <summary>Word problems: calculator marks, what is drawn, and all of GSM8K.</summary>
public sealed class WordProblemsTests
{
    private static readonly CalculatorChecker Traced = new(isTraced: true), Plain = new();

    [Theory]
    [InlineData("48/2", "24")]
    [InlineData("(3 + 4) * 2.5", "35/2")]
    [InlineData(".5*4", "2")]
    [InlineData("20%*50", "10")]
    [InlineData("$1,200 - 200.", "1000")]
    [InlineData("10-4-3", "3")]
    [InlineData("2+3*4/6", "4")]
    [InlineData("7//2", "3")]
    [InlineData("-7//2", "-4")]
    [InlineData("2*-3", "-6")]
    [InlineData("+3+3*+6", "21")]
    [InlineData("1/0", null)]
    [InlineData("2+", null)]
    [InlineData("(2", null)]
    [InlineData("2 3x", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData("9999999999*9999999999", null)]
    [InlineData("", null)]
    public void Expressions_are_computed_exactly(string expression, string? value) => Assert.Equal(value, CalculatorMarks.Compute(expression, out _)?.ToString());

    [Fact]
    public void Many_parentheses_are_refused_and_not_followed_without_end() => Assert.Null(CalculatorMarks.Compute(new string('(', 100_000), out _));

    [Fact]
    public void Sums_and_products_come_to_what_whole_numbers_do() => Gen.Select(Gen.Int[0, 999], Gen.Int[0, 999], Gen.Int[1, 99], Gen.Int[0, 999]).Sample((a, b, c, d) =>
    {
        Assert.Equal(new Fraction((a - b) * c + d), CalculatorMarks.Compute($"({a}-{b})*{c}+{d}", out var numbers));
        Assert.Equal([a, b, c, d], numbers.Select(n => (int)n.Numerator));
        Assert.Equal(Fraction.Of(new(a - b * d), '/', new(c)), CalculatorMarks.Compute($"({a}-{b}*{d})/{c}", out _));
    }, iter: 200);

    [Theory]
    [InlineData("48/2 = <<48/2=24>>24\n#### 24", "24")]
    [InlineData("#### 5\nno, wait\n#### 1,234,567.50", "1234567.5")]
    [InlineData("####$12.", "12")]
    [InlineData("#### -3", "-3")]
    [InlineData("the answer is 12", null)]
    [InlineData("#### none", null)]
    [InlineData("#### 12 or 13", null)]
    [InlineData("#### 1,23", null)]
    [InlineData("####", null)]
    [InlineData("", null)]
    public void The_answer_is_behind_the_last_mark_or_there_is_none(string solution, string? answer)
    {
        Assert.Equal(answer, Plain.AnswerOf("?", solution));
        var guarded = new GuardedChecker(Plain);
        Assert.Equal(answer is null ? CheckOutcome.Unreadable : CheckOutcome.Right, guarded.Check(new("?", answer ?? "12"), new([1], solution, true)));
    }

    [Theory]
    [InlineData("12 + 7 = << 12 + 7 = 19 >> 19 shells\n19 - 5 = << 19 - 5 = 14 >> 14 shells\n#### 14", "111", "111")]
    [InlineData("12+7=<<12+7=19>>19\nso that is all\n#### 19", "111", "111")]
    [InlineData("12 + 7 = << 12 + 7 = 20 >> 20\n20 - 5 = << 20 - 5 = 15 >> 15\n#### 15", "000", "000")]
    [InlineData("12 + 7 = << 12 + 7 = 19 >> 18\n#### 19", "00", "00")] // the text says another number
    [InlineData("12 + 8 = << 12 + 8 = 20 >> 20\n#### 20", "00", "11")] // nobody said 8
    [InlineData("19 - 5 = << 19 - 5 = 14 >> 14\n12 + 7 = << 12 + 7 = 19 >> 19", "00", "11")] // not known yet
    [InlineData("12 + 7 = << 12 + 7 = 19 >> 19\n#### 5", "10", "11")] // no result
    [InlineData("12 / 5 = << 12 / 5 = 12/5 >> 12/5\n7 / 5 = << 7 / 5 = 1.4 >> $1.40 a day", "11", "11")]
    [InlineData("12 + 7 = << 12 + 7 >> 19\n#### 19", "00", "00")]
    [InlineData("12 + 7 = << 12 + 7 = 19 >> 19\n#### many", "10", "10")]
    public void A_line_is_right_where_its_marks_are_and_its_numbers_come_from_somewhere(string solution, string traced, string plain)
    {
        const string story = "ada has 12 shells . ada finds 7 more shells . ada gives 5 shells to ben . how many shells does ada have now ?";
        static string Of(bool[] rights) => string.Concat(rights.Select(r => r ? '1' : '0'));
        Assert.Equal((traced, plain), (Of(Traced.AreStepsRight(story, solution)), Of(Plain.AreStepsRight(story, solution))));
    }

    [Fact]
    public void Stories_have_right_solutions_of_as_many_steps_as_asked() => Gen.Select(Gen.Int[1, 8], Gen.Int[0, 4], Gen.Int[10, 5000], Gen.UInt).Sample((count, distractors, largest, seed) =>
    {
        var q = WordProblemsProblem.One(RandomStream.Of(seed, "one"), new() { Distractors = distractors, Largest = largest }, count);
        Assert.True(Traced.IsRight(q, q.Solution) && Traced.AreStepsRight(q.Text, q.Solution).All(r => r), q.Text + q.Solution);
        Assert.Equal((count, count + 1), (q.Level, q.Solution.Split('\n').Length));
        Assert.All(CalculatorMarks.NumbersOf(q.Text + q.Solution), n => Assert.InRange(n.Numerator, 1, largest));
        // A result that is off by one is found, and all that follows.
        var lines = q.Solution.Split('\n');
        var at = (int)(seed % (uint)count);
        var said = lines[at].Split(' ');
        var result = Array.IndexOf(said, ">>") - 1;
        said[result] = $"{int.Parse(said[result]) + 1}";
        lines[at] = string.Join(' ', said);
        Assert.Equal(Enumerable.Range(0, count + 1).Select(i => i < at), Traced.AreStepsRight(q.Text, string.Join('\n', lines)));
    }, iter: 300);

    [Fact]
    public void Stories_are_drawn_apart_and_hard_ones_are_longer()
    {
        var options = new WordProblemsProblem.Options { Examples = 100, Questions = 20, Held = 30, Longest = 2, Hardest = 4, Unanswered = 10, Distractors = 2 };
        var (sets, right) = WordProblemsProblem.Draw(options, 1);
        Question[] all = [.. sets.Train, .. sets.Validation, .. sets.Test];
        Assert.Equal((130, 30, 60, 120), (sets.Train.Length, sets.Validation.Length, sets.Test.Length, right.Length));
        Assert.Equal(all.Length, all.Select(q => q.Text).Distinct().Count());
        Assert.Equal(30, sets.Test.Count(q => q.Level is 3 or 4));
        Assert.Equal((100, 10), (sets.Train.Count(q => q.Solution.Length > 0), sets.Train.Count(q => q.Answer.Length == 0)));
        Assert.Equal(sets.Train, WordProblemsProblem.Draw(options, 1).Sets.Train);
        Assert.Equal(["problem.longest: 2 is less than problem.shortest 3", "problem.hardest: 2 is not more than problem.longest 2", "problem.unanswered: there are no hard questions; set problem.hardest as well"],
            new[] { options with { Shortest = 3 }, options with { Hardest = 2 }, options with { Hardest = 0 } }.Select(o => Assert.Throws<RequestException>(() => WordProblemsProblem.Draw(o, 1)).Message));
    }

    [Fact]
    public void Every_answer_of_GSM8K_is_read_and_every_mark_confirmed()
    {
        if (DataFolder.Find("gsm8k") is null) Assert.Skip("needs the data set gsm8k");
        var (train, test) = DataFiles.Read("gsm8k", ["question"], [], BadImages.Fail);
        var (marks, right, lines, traced) = (0, 0, 0, 0);
        foreach (var (table, rows) in new[] { (train, 7473), (test!, 1319) })
        {
            Assert.Equal(rows, table.Rows);
            var (text, solution, answer) = (table.Find("question")!.Words(), table.Find("solution")!.Words(), table.Find("answer")!.Words());
            for (var row = 0; row < rows; row++)
            {
                var question = new Question(text(row), answer(row));
                Assert.True(Plain.IsRight(question, solution(row)), solution(row));
                var all = SolutionChecker.StepsOf(solution(row)).SelectMany(CalculatorMarks.Of).ToArray();
                (marks, right) = (marks + all.Length, right + all.Count(m => m.IsRight));
                var steps = Traced.AreStepsRight(question.Text, solution(row));
                (lines, traced) = (lines + 1, traced + (steps.All(s => s) ? 1 : 0));
            }
        }
        Assert.Equal((27_998, 27_998, 8_792, 2_923), (marks, right, lines, traced));
    }
}
