using CsCheck;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Reasoning.BuiltIn;

namespace Preceptor.Tests.Reasoning;

/// <summary>Countdown and the Game of 24: exact numbers, the search through all solutions, and the checker.</summary>
public sealed class CountdownTests
{
    private static readonly CountdownChecker Checker = new();

    /// <summary>The puzzles of the published file, by their human rank.</summary>
    private static string[] Published()
    {
        var folder = DataFolder.Find("game24");
        if (folder is null) Assert.Skip("needs the data set game24");
        return [.. File.ReadLines(Path.Combine(folder, "24.csv")).Skip(1).Select(line => line.Split(',')[1])];
    }

    private static string[] Solutions(string question, int most = int.MaxValue) => Countdown.Parse(question) is var (numbers, target) ? [.. Countdown.Solve(numbers, target).Take(most)] : [];

    [Fact]
    public void Every_published_puzzle_is_solved_exactly_and_they_are_all_that_can_be()
    {
        var published = Published();
        Assert.Equal(1362, published.Length);
        Assert.All(published, puzzle => Assert.Contains(Solutions(puzzle, 1), s => Checker.IsRight(new(puzzle, "24"), s)));
        var all = from a in Enumerable.Range(1, 13)
                  from b in Enumerable.Range(a, 14 - a)
                  from c in Enumerable.Range(b, 14 - b)
                  from d in Enumerable.Range(c, 14 - c)
                  select Countdown.Question([a, b, c, d], 24);
        Assert.Equal(published.Select(p => Countdown.Question(p.Split(' ').Select(int.Parse), 24)).Order(StringComparer.Ordinal), all.Where(q => Solutions(q, 1).Length > 0).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("3 3 8 8", "8 / 3 = 8/3 left 8/3 3 8\n3 - 8/3 = 1/3 left 1/3 8\n8 / 1/3 = 24 left 24")]
    [InlineData("1 5 5 5 = 24", "1 / 5 = 1/5 left 1/5 5 5\n5 - 1/5 = 24/5 left 24/5 5\n24/5 * 5 = 24 left 24")]
    [InlineData("2 3 = 6", "3 * 2 = 6 left 6")]
    [InlineData("7 = 7", "")]
    public void What_is_found_goes_through_fractions_where_it_must(string question, string solution)
    {
        if (solution.Length > 0) Assert.True(Checker.IsRight(new(question, ""), solution), solution);
        Assert.Contains(Solutions(question), s => s == solution || s.Length > 0 && Sorted(s) == Sorted(solution));
        static string Sorted(string s) => string.Join('|', s.Split('\n').Select(line => line.Split(" = ")[1].Split(" left ")[0]));
    }

    [Fact]
    public void The_search_finds_a_solution_where_any_order_and_sign_does_and_all_it_finds_are_right()
    {
        var some = 0;
        Gen.Select(Gen.Int[1, 12].Array[2, 4], Gen.Int[1, 40]).Sample((numbers, target) =>
        {
            var question = Countdown.Question(numbers, target);
            var found = Solutions(question, 50);
            Assert.Equal(Reaches([.. numbers.Select(n => new Fraction(n))], new(target)), found.Length > 0);
            Assert.All(found, s => Assert.True(Checker.IsRight(new(question, ""), s) && Checker.AreStepsRight(question, s)!.All(r => r), s));
            Assert.Equal(found.Distinct(), found);
            if (found.Length > 0) Interlocked.Increment(ref some);
        }, iter: 150);
        Assert.InRange(some, 20, 149);
    }

    // Without a thought for order or sign: any two numbers, both ways round, negative results included.
    private static bool Reaches(Fraction[] left, Fraction target)
    {
        if (left.Length == 1) return left[0] == target;
        for (var i = 0; i < left.Length; i++)
            for (var j = 0; j < left.Length; j++)
                foreach (var sign in i == j ? "" : "+-*/")
                    if (Fraction.Of(left[i], sign, left[j]) is { } made && Reaches([.. left.Where((_, k) => k != i && k != j), made], target)) return true;
        return false;
    }

    [Theory]
    [InlineData("6 - 1 = 5 left 1 4 5\n5 - 1 = 4 left 4 4", "11")] // right as far as it goes
    [InlineData("6 - 1 = 4 left 1 4 4", "0")] // a wrong result
    [InlineData("6 - 2 = 4 left 1 1 4", "0")] // a number that is not there
    [InlineData("6 - 1 = 5 left 1 5", "0")] // a number forgotten
    [InlineData("6 - 1 = 5 left 1 4 5\n4 * 5 = 20 left 1 4 20\n20 + 4 = 24 left 24", "100")] // one used twice, and what builds on it
    [InlineData("4 / 0 = 5", "0")]
    [InlineData("so what", "0")]
    [InlineData("1 + 1 = 2 left 2 4 6\n4 + 2 = 6 left 6 6\n6 + 6 = 12 left 12", "111")] // sound, and not 24
    public void Wrong_lines_are_seen_with_all_that_builds_on_them(string solution, string rights)
    {
        Assert.Equal(rights, string.Concat(Checker.AreStepsRight("1 1 4 6", solution)!.Select(r => r ? '1' : '0')));
        Assert.False(Checker.IsRight(new("1 1 4 6", "24"), solution));
    }

    [Fact]
    public void Puzzles_are_drawn_apart_each_with_right_solutions()
    {
        var sets = CountdownProblem.Draw(new() { Numbers = 3, Target = 0, Examples = 60, Held = 10, Solutions = 2 }, 1);
        Assert.Equal((10, 10, 60), (sets.Validation.Length, sets.Test.Length, sets.Train.Select(q => q.Text).Distinct().Count()));
        Assert.All(sets.Train.Concat(sets.Validation).Concat(sets.Test), q => Assert.True(Checker.IsRight(q, q.Solution)));
        Assert.Equal(80, sets.Train.Concat(sets.Validation).Concat(sets.Test).Select(q => q.Text).Distinct().Count());
        Assert.Equal(sets.Train, CountdownProblem.Draw(new() { Numbers = 3, Target = 0, Examples = 60, Held = 10, Solutions = 2 }, 1).Train);
        Assert.Contains("problem.held", Assert.Throws<RequestException>(() => CountdownProblem.Draw(new() { Numbers = 2, Largest = 4, Held = 50 }, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fractions_are_exact_and_too_large_ones_are_none()
    {
        Gen.Select(Gen.Int[-50, 50], Gen.Int[1, 20], Gen.Int[-50, 50], Gen.Int[1, 20]).Sample((a, b, c, d) =>
        {
            var (x, y) = (Fraction.Of(new(a), '/', new(b))!.Value, Fraction.Of(new(c), '/', new(d))!.Value);
            Assert.Equal(x, Fraction.Of(Fraction.Of(x, '+', y)!.Value, '-', y));
            if (c != 0) Assert.Equal(x, Fraction.Of(Fraction.Of(x, '*', y)!.Value, '/', y));
            Assert.Equal(x, Fraction.Parse(x.ToString()));
            Assert.Equal(Math.Sign((double)a / b - (double)c / d) is var sign && (long)a * d == (long)c * b ? 0 : sign, x.CompareTo(y));
        }, iter: 500);
        Assert.Null(Fraction.Of(new(long.MaxValue), '*', new(2)));
        Assert.Null(Fraction.Of(new(1), '/', new(0)));
        Assert.All(["", "1/0", "x", "1/2/3", "1.5", "1/-2"], text => Assert.Null(Fraction.Parse(text)));
    }
}
