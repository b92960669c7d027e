using System.Diagnostics;
using Preceptor.Foundation;
using Preceptor.Reasoning;
using Preceptor.Tests.Readers;

namespace Preceptor.Tests.Reasoning;

/// <summary>A checker that is a program of one's own: what it says, what it costs when it hangs, ends or says nonsense, and when it is given up.</summary>
public sealed class CommandCheckerTests
{
    /// <summary>Says what the question asks for; counts its starts in a file.</summary>
    internal const string Program = """
        echo start >> "$1"
        while IFS= read -r line; do
          id=$(printf '%s' "$line" | sed -E 's/^\{"id":([0-9]+),.*/\1/')
          case $line in
            *'"question":"hang"'*) sleep 60;;
            *'"question":"end'*) echo 'out of order' >&2; exit 3;;
            *'"question":"nonsense"'*) echo 'maybe';;
            *'"question":"late"'*) echo "{\"id\":$((id - 1)),\"right\":true}";;
            *'"question":"twice"'*) echo "{\"id\":$id,\"right\":true}"; echo "{\"id\":$id,\"right\":true}";;
            *'"question":"text"'*) echo "{\"id\":$id,\"right\":\"yes\"}";;
            *'"question":"few"'*) echo "{\"id\":$id,\"right\":true,\"steps\":[true]}";;
            *'"solution":""'*) echo "{\"id\":$id,\"right\":false,\"answer\":null}";;
            *'"question":"steps"'*) echo "{\"id\":$id,\"right\":true,\"answer\":\"7\",\"steps\":[true,false]}";;
            *'"solution":"7"'*) echo "{\"id\":$id,\"right\":true}";;
            *) echo "{\"id\":$id,\"right\":false}";;
          esac
        done
        """;

    private static Solution Of(string text) => new([1], text, true);

    private static (CommandChecker Checker, string Starts) Start(TemporaryFolder folder, double seconds = 20)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs sh");
        var (script, starts) = (folder.Write("check.sh", Program), Path.Combine(folder.Path, "starts"));
        return (new(["sh", script, starts], TimeSpan.FromSeconds(seconds)), starts);
    }

    [Fact]
    public void What_the_program_says_counts_and_one_process_does_it_all()
    {
        using var folder = new TemporaryFolder();
        var (checker, starts) = Start(folder);
        using (checker)
        {
            var guarded = new GuardedChecker(checker, TimeSpan.FromSeconds(60));
            Assert.Equal(CheckOutcome.Right, guarded.Check(new("ask \"it\"\n", "7"), Of("7")));
            Assert.Equal(CheckOutcome.Wrong, guarded.Check(new("ask", "7"), Of("8")));
            Assert.Equal(CheckOutcome.Unreadable, guarded.Check(new("ask", "7"), Of("")));
            Assert.Equal("last", guarded.AnswerOf("ask", Of("first\n last ")));
            Assert.Equal("7", guarded.AnswerOf("steps", Of("6 + 1\n7")));
            Assert.False(checker.ChecksSteps);
            checker.Try(new("steps", "7") { Solution = "6 + 1\n7" });
            Assert.True(checker.ChecksSteps);
            Assert.Equal([true, false], guarded.AreStepsRight("steps", "6 + 1\n7")!);
            Assert.Empty(guarded.Remarks);
            Assert.Single(File.ReadAllLines(starts));
            Assert.Equal("exact", SolutionChecker.Of(checker.Name).Name);
        }
    }

    [Theory]
    [InlineData("end", "it ended with code 3 without an answer: out of order")]
    [InlineData("nonsense", "found 'maybe', expected one line {\"id\": 2, \"right\": true or false}")]
    [InlineData("late", "found '{\"id\":1,\"right\":true}', expected one line {\"id\": 2")]
    [InlineData("text", "found '{\"id\":2,\"right\":\"yes\"}', expected")]
    [InlineData("few", "\"steps\":[true]}', expected")]
    public void Whatever_else_it_does_is_a_failure_and_it_is_started_anew(string question, string trouble)
    {
        using var folder = new TemporaryFolder();
        var (checker, starts) = Start(folder);
        using (checker)
        {
            var guarded = new GuardedChecker(checker, TimeSpan.FromSeconds(60));
            Assert.Equal(CheckOutcome.Right, guarded.Check(new("ask", "7"), Of("7")));
            Assert.Equal(CheckOutcome.Failed, guarded.Check(new(question, "7"), Of("7\n7")));
            Assert.Equal(CheckOutcome.Wrong, guarded.Check(new("ask", "7"), Of("8")));
            Assert.Equal(2, File.ReadAllLines(starts).Length);
            Assert.Equal(CheckOutcome.Failed, guarded.Check(new(question, "7"), Of("7\n7")));
            Assert.Equal(2, File.ReadAllLines(starts).Length);
            Assert.Equal("the checker failed on 2 solutions, which count as wrong", guarded.Remarks[0]);
            Assert.Contains(trouble, guarded.Remarks[1], StringComparison.Ordinal);
            Assert.Contains("failed 1 times and was started anew", guarded.Remarks[1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_line_too_many_is_not_taken_for_the_next_answer()
    {
        using var folder = new TemporaryFolder();
        var (checker, _) = Start(folder);
        using (checker)
        {
            var guarded = new GuardedChecker(checker, TimeSpan.FromSeconds(60));
            Assert.Equal(CheckOutcome.Right, guarded.Check(new("twice", "7"), Of("8")));
            Assert.Equal(CheckOutcome.Failed, guarded.Check(new("ask", "7"), Of("8")));
            Assert.Equal(CheckOutcome.Wrong, guarded.Check(new("ask", "7"), Of("9")));
        }
    }

    [Fact]
    public void A_program_that_hangs_is_ended_within_its_time()
    {
        using var folder = new TemporaryFolder();
        var (checker, starts) = Start(folder, seconds: 0.3);
        using (checker)
        {
            var guarded = new GuardedChecker(checker, TimeSpan.FromSeconds(60));
            Assert.Equal(CheckOutcome.Right, guarded.Check(new("ask", "7"), Of("7")));
            var watch = Stopwatch.StartNew();
            Assert.Equal(CheckOutcome.Failed, guarded.Check(new("hang", "7"), Of("7")));
            Assert.InRange(watch.Elapsed.TotalSeconds, 0.29, 20);
            Assert.Equal(CheckOutcome.Right, guarded.Check(new("again", "7"), Of("7")));
            Assert.Contains("no answer within 0.3 s", guarded.Remarks[1], StringComparison.Ordinal);
            Assert.Equal(2, File.ReadAllLines(starts).Length);
        }
    }

    [Fact]
    public void After_failures_on_ten_questions_in_a_row_it_is_given_up_and_all_fails_openly()
    {
        using var folder = new TemporaryFolder();
        var (checker, starts) = Start(folder);
        using (checker)
        {
            var guarded = new GuardedChecker(checker, TimeSpan.FromSeconds(60));
            for (var i = 0; i < CommandChecker.MostFailures; i++) Assert.Equal(CheckOutcome.Failed, guarded.Check(new($"end {i}", "7"), Of("7")));
            Assert.Equal(CheckOutcome.Failed, guarded.Check(new("ask", "8"), Of("7")));
            Assert.Equal(CommandChecker.MostFailures, File.ReadAllLines(starts).Length);
            Assert.Equal("the checker failed on 11 solutions, which count as wrong", guarded.Remarks[0]);
            Assert.Contains("given up after 10 questions in a row", guarded.Remarks[1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_cannot_be_started_is_said()
    {
        using var checker = new CommandChecker(["no-such-program-anywhere"], TimeSpan.FromSeconds(1));
        Assert.Contains("no-such-program-anywhere cannot be started", Assert.Throws<WorkException>(() => checker.Try(new("q", "7"))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new CommandChecker([], TimeSpan.FromSeconds(1)));
    }
}
