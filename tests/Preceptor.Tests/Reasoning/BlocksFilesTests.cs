using Preceptor.Cli;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Reasoning;
using Preceptor.Reasoning.BuiltIn;

namespace Preceptor.Tests.Reasoning;

/// <summary>Problems of BlocksWorld in PDDL files: read, written, and refused with line, find and what is allowed.</summary>
public sealed class BlocksFilesTests
{
    private const string Sound = """
        ; a comment
        (define (problem small)
        (:domain blocksworld-4ops)
        (:objects a b C)
        (:init
        (handempty)
        (ontable a) (on b a)
        (clear b)
        (ontable c) (clear c)
        )
        (:goal (and (on b c)))
        )
        """;

    [Fact]
    public void What_is_read_is_the_problem_and_what_is_written_is_read_again()
    {
        var problem = BlocksFiles.Parse(Sound, "small.pddl");
        Assert.Equal(("a b , c = b on c in 4", 2, "2"), (problem.Text, problem.Level, problem.Answer));
        foreach (var q in BlocksProblem.Draw(new() { Examples = 40, Held = 5, Solutions = 1 }, 2).Train)
        {
            var again = BlocksFiles.Parse(BlocksFiles.Write(q.Text, "p-1"), "p-1");
            Assert.Equal(q with { Solution = "" }, again with { Answer = q.Answer });
        }
        const string all = "a b holding c = a on table , a clear , b held , hand empty in 5";
        Assert.Equal(Blocks.Parse(all)!.Problem.Goals, Blocks.Parse(all)!.Problem.Goals);
        Assert.Contains("(holding c)", BlocksFiles.Write("a b holding c = c on table , a clear , hand empty in 5", "x"), StringComparison.Ordinal);
        Assert.Equal("a b holding c = c on table , a clear , hand empty in 5", BlocksFiles.Parse(BlocksFiles.Write("a b holding c = c on table , a clear , hand empty in 5", "x"), "x").Text);
        Assert.Throws<RequestException>(() => BlocksFiles.Write("a b", "x"));
        Assert.Throws<RequestException>(() => BlocksFiles.Write("a b , c = b on c in 4", "a b"));
    }

    [Theory]
    [InlineData("(:objects a b C)", "(:objects a b C b)", "line 4: found b, expected names of blocks, each once")]
    [InlineData("(:objects a b C)", "(:objects a b C table)", "line 4: found table, expected names of blocks")]
    [InlineData("(:objects a b C)", "(:objects a b C d e f g h i)", "line 4: found 9 blocks, expected 1 to 8")]
    [InlineData("(:objects a b C)", "(:objects a b C d)", "line 5: found no place of d, expected (on …), (ontable …) or (holding …) of every block")]
    [InlineData("(on b a)", "(on b z)", "line 7: found (on b z), expected blocks among (:objects a b c)")]
    [InlineData("(on b a)", "(over b a)", "line 7: found (over b a), expected (clear x), (handempty), (holding x), (on x y) or (ontable x)")]
    [InlineData("(on b a)", "(on b b)", "line 7: found (on b b), expected (clear x)")]
    [InlineData("(on b a)", "(on b a) (ontable b)", "line 7: found (ontable b), expected one place of b, which is somewhere already")]
    [InlineData("(ontable a) (on b a)", "(on a b) (on b a)", "stands on itself by way of others")]
    [InlineData("(ontable c) (clear c)", "(on c a) (clear c)", "line 9: found (on c a), expected one block on a, where b stands already")]
    [InlineData("(ontable c) (clear c)", "(holding c)", "line 6: found (handempty), expected no such fact while the hand holds c")]
    [InlineData("(ontable c) (clear c)", "(ontable c)", "line 5: found no (clear c), expected it, since nothing stands on c")]
    [InlineData("(ontable c) (clear c)", "(ontable c) (clear c) (clear a)", "line 9: found (clear a), expected only blocks that nothing stands on and nobody holds; a is none")]
    [InlineData("(handempty)", "", "line 5: found neither (handempty) nor (holding …), expected one of them")]
    [InlineData("blocksworld-4ops", "logistics", "line 3: found the domain (:domain logistics), expected (:domain blocksworld-4ops)")]
    [InlineData("(and (on b c))", "(and)", "line 11: found an empty goal, expected at least one fact")]
    [InlineData("(and (on b c))", "(and (on b c) (on c b))", "no plan reaches this one")]
    [InlineData("(and (on b c))", "(or (on b c))", "line 11: found (or (on b c)), expected (clear x)")]
    [InlineData("(:goal (and (on b c)))", "", "line 2: found there is no (:goal …), expected")]
    [InlineData("(define (problem small)", "(problem small", "line 2: found (problem …), expected (define (problem NAME) …)")]
    [InlineData("(:domain blocksworld-4ops)", "((((((((((x))))))))))", "line 3: found '(' within 8 others, expected fewer")]
    public void A_wrong_file_is_refused_with_line_find_and_what_is_allowed(string part, string instead, string message) =>
        Assert.Contains($"small.pddl {message}".Replace("small.pddl no", "no", StringComparison.Ordinal).Replace("small.pddl stands", "stands", StringComparison.Ordinal), Assert.Throws<RequestException>(() => BlocksFiles.Parse(Sound.Replace(part, instead, StringComparison.Ordinal), "small.pddl")).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_cut_short_or_goes_on_or_is_not_there_is_refused()
    {
        static string Message(string text) => Assert.Throws<RequestException>(() => BlocksFiles.Parse(text, "f")).Message;
        Assert.Equal("f line 12: found the end, expected ')' of the '(' in line 2", Message(Sound[..Sound.LastIndexOf(')')] + "x"));
        Assert.Equal("f line 13: found 'more', expected nothing behind the problem", Message(Sound + "\nmore"));
        Assert.Equal("f line 1: found nothing, expected (define (problem NAME) …)", Message("; nothing"));
        Assert.Contains("cannot be read", Assert.Throws<RequestException>(() => BlocksFiles.Read("/no/such.pddl")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Published_problems_are_read_by_name_and_all_have_plans()
    {
        if (DataFolder.Find("blocksworld") is null) Assert.Skip("needs the data set blocksworld");
        var sets = new ReasoningData { Data = "blocksworld", Checker = ReasoningData.Check.Blocks, Solutions = 2 }.Read(null, DataFiles.Read);
        Assert.Equal((80, 10, 10), (sets.Train.Select(q => q.Text).Distinct().Count(), sets.Validation.Length, sets.Test.Length));
        Assert.All(sets.Train, q => Assert.True(new BlocksChecker().IsRight(q, q.Solution)));
    }
}
