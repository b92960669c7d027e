using Preceptor.Cli;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Reasoning;
using Preceptor.Reasoning.BuiltIn;

namespace Preceptor.Tests.Reasoning;

/// <summary>The problem deduction, what is drawn; and PrOntoQA's questions in their file.</summary>
public sealed class DeductionProblemTests
{
    private static readonly DeductionChecker Checker = new();

    private const string Sound = """[{"id": "x", "context": "Lorps are mags. Each mag is not shy. Rex is a lorp.", "question": "Is the following statement true or false? Rex is shy.", "options": ["A) True", "B) False"], "answer": "B", "explanation": ["Rex is a lorp.", "Lorps are mags.", "Rex is a mag.", "Each mag is not shy.", "Rex is not shy."]}]""";

    [Fact]
    public void Questions_are_drawn_apart_as_hard_as_asked_half_of_them_true()
    {
        var options = new DeductionProblem.Options { Examples = 300, Questions = 100, Shortest = 2, Longest = 3, Hardest = 5, Unanswered = 30, Distractors = 3 };
        var (sets, right) = DeductionProblem.Draw(options, 1);
        Question[] all = [.. sets.Train, .. sets.Validation, .. sets.Test];
        Assert.Equal((430, 200, 400, 400), (sets.Train.Length, sets.Validation.Length, sets.Test.Length, right.Length));
        Assert.Equal(all.Length, all.Select(q => q.Text).Distinct().Count());
        Assert.All(right.Concat(sets.Validation), q => Assert.True(Checker.IsRight(q, q.Solution) && q.Level is 2 or 3 && q.Solution.Split('\n').Length == q.Level + 1));
        Assert.Equal((300, 100, 30), (sets.Train.Count(q => q.Solution.Length > 0), sets.Train.Count(q => q.Solution.Length == 0 && q.Answer.Length > 0), sets.Train.Count(q => q.Answer.Length == 0)));
        Assert.Equal(200, sets.Test.Count(q => q.Level is 4 or 5));
        Assert.InRange(right.Count(q => q.Answer == "true"), 160, 240);
        // Neither the wording of the statement nor that of the first rule about its property tells the answer.
        Assert.InRange(right.Count(q => q.Answer == "true" == q.Text.Contains(" is not ", StringComparison.Ordinal)), 120, 280);
        Assert.InRange(right.Count(q => q.Answer == "true" == q.Text[q.Text.IndexOf("true or false", StringComparison.Ordinal)..].Contains(" not ", StringComparison.Ordinal)), 160, 240);
        Assert.Equal(sets.Train, DeductionProblem.Draw(options, 1).Sets.Train);
        Assert.Empty(DeductionProblem.Made(40, 1).Intersect(DeductionProblem.Made(40, 2)).Skip(5));
    }

    [Fact]
    public void Rules_stand_in_the_order_that_was_asked()
    {
        int[] Places(DeductionProblem.StatementOrder order) => [.. DeductionProblem.Draw(new() { Examples = 20, Questions = 0, Shortest = 4, Longest = 4, Order = order }, 3).Right.Select(q =>
        {
            var rules = Ontology.Parse(q.Text)!.Rules.Select(r => r.Text).ToList();
            int[] needed = [.. q.Solution.Split('\n')[..^1].Select(line => rules.IndexOf(line[..line.IndexOf(" so ", StringComparison.Ordinal)]))];
            return needed.SequenceEqual(needed.Order()) ? 1 : needed.SequenceEqual(needed.OrderDescending()) ? -1 : 0;
        })];
        Assert.All(Places(DeductionProblem.StatementOrder.Forward), p => Assert.Equal(1, p));
        Assert.All(Places(DeductionProblem.StatementOrder.Backward), p => Assert.Equal(-1, p));
        Assert.Contains(0, Places(DeductionProblem.StatementOrder.Shuffled));
    }

    [Theory]
    [InlineData("problem.longest: 3 is less than problem.shortest 4", 4, 3, 0, 0, 0, 12)]
    [InlineData("problem.hardest: 3 is not more than problem.longest 3", 1, 3, 3, 0, 0, 12)]
    [InlineData("problem.unanswered: there are no hard questions; set problem.hardest as well", 1, 3, 0, 5, 0, 12)]
    [InlineData("problem.forks: 1, expected at most 0", 2, 3, 0, 0, 1, 12)]
    [InlineData("problem.nouns: 4, expected at least 5", 1, 3, 0, 0, 0, 4)]
    public void What_cannot_be_drawn_is_refused(string message, int shortest, int longest, int hardest, int unanswered, int forks, int nouns) =>
        Assert.Contains(message, Assert.Throws<RequestException>(() => DeductionProblem.Draw(new() { Shortest = shortest, Longest = longest, Hardest = hardest, Unanswered = unanswered, Forks = forks, Nouns = nouns }, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void Too_few_different_questions_are_said_to_be_too_few() =>
        Assert.Contains("problem.examples: there are too few questions of 1 to 1 steps; raise problem.nouns, problem.distractors or problem.longest", Assert.Throws<RequestException>(() => DeductionProblem.Draw(new() { Examples = 20_000, Shortest = 1, Longest = 1, Distractors = 0, Nouns = 4 }, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void Published_questions_are_read_with_their_proofs_in_lines()
    {
        var published = Assert.Single(DeductionFiles.Parse(Sound, "x.json"));
        Assert.Equal(("Lorps are mags. Each mag is not shy. Rex is a lorp. Is the following statement true or false? Rex is shy.", "false", 2), (published.Question.Text, published.Question.Answer, published.Question.Level));
        Assert.Equal("Lorps are mags so Rex is a mag\nEach mag is not shy so Rex is not shy\nthe answer is false", published.Question.Solution);
        Assert.Equal(6, published.Explanation.Split('\n').Length);
    }

    [Theory]
    [InlineData("[{", "[{]", "x.json line 1: is no JSON, expected an array of questions with id, context, question, options, answer and explanation")]
    [InlineData("[{\"id\"", "{\"a\": [{\"id\"", "x.json line 1: is no JSON")]
    [InlineData("\"context\"", "\"text\"", "x.json item 1: context: is missing, expected id, context, question, options, answer and explanation")]
    [InlineData("\"answer\": \"B\"", "\"answer\": \"C\"", "x.json item 1: answer: found 'C', expected A or B")]
    [InlineData("\"answer\": \"B\"", "\"answer\": 1", "x.json item 1: answer: found a number, expected text")]
    [InlineData("\"answer\": \"B\"", "\"answer\": \"A\"", "x.json item 1: context: found the answer 'true', expected false, which follows from the statements")]
    [InlineData("B) False", "B) No", "x.json item 1: options: found [\"A) True\", \"B) No\"], expected [\"A) True\", \"B) False\"]")]
    [InlineData("Each mag is not shy. Rex is a", "Each mag seems shy. Rex is a", "x.json item 1: context: found 'Each mag seems shy', expected NAME is [not] [a] WORD, every")]
    [InlineData("\"Rex is a mag.\", ", "", "x.json item 1: explanation: found 'Rex is not shy.', expected what the context states or what follows by one of its rules")]
    [InlineData(", \"Rex is not shy.\"]", "]", "x.json item 1: explanation: does not come to what is to be judged or its contrary")]
    [InlineData("[\"Rex is a lorp.\",", "[1,", "x.json item 1: explanation: expected an array of texts")]
    public void A_file_that_is_not_so_is_refused(string from, string to, string message) =>
        Assert.Contains(message, Assert.Throws<RequestException>(() => DeductionFiles.Parse(Sound.Replace(from, to, StringComparison.Ordinal), "x.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void All_of_PrOntoQA_is_read_its_proofs_are_right_and_its_answers_follow()
    {
        if (DataFolder.Find("prontoqa") is null) Assert.Skip("needs the data set prontoqa");
        var (table, test) = DataFiles.Read("prontoqa", ["question"], [], BadImages.Fail);
        Assert.Null(test);
        Assert.Equal(500, table.Rows);
        var (text, solution, answer, explanation) = (table.Find("question")!.Words(), table.Find("solution")!.Words(), table.Find("answer")!.Words(), table.Find("explanation")!.Words());
        for (var row = 0; row < table.Rows; row++)
        {
            var question = new Question(text(row), answer(row));
            var ontology = Ontology.Parse(question.Text)!;
            Assert.Equal((answer(row) == "true", 5), (ontology.Verdict, ontology.Shortest));
            Assert.True(Checker.IsRight(question, explanation(row)) && Checker.IsRight(question, solution(row)), explanation(row));
            Assert.True(Checker.Begin(question.Text)!.After(solution(row).Split('\n')) is { IsSolved: true }, solution(row));
        }
        Assert.Equal(258, Enumerable.Range(0, 500).Count(r => answer(r) == "true"));
        var sets = new ReasoningData { Data = "prontoqa", Checker = ReasoningData.Check.Deduction, Solution = "explanation" }.Read(null, DataFiles.Read);
        Assert.Equal((400, 50, 50), (sets.Train.Length, sets.Validation.Length, sets.Test.Length));
    }
}
