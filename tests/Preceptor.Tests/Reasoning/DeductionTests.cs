using CsCheck;
using Preceptor.Foundation;
using Preceptor.Reasoning;
using Preceptor.Reasoning.BuiltIn;

namespace Preceptor.Tests.Reasoning;

/// <summary>Deduction: what is read, what follows against applying all rules until nothing is new, the steps against going through everything, and the checker.</summary>
public sealed class DeductionTests
{
    private const string Asked = "every lorb is a mavik . every lorb is soft . each mavik is not tall . every torp is tall . ada is a lorb . true or false : ada is tall ?";

    private const string Published = "Jompuses are not shy. Jompuses are yumpuses. Each yumpus is an impus. Impuses are luminous. Stella is a yumpus. Is the following statement true or false? Stella is not luminous.";

    private static readonly DeductionChecker Checker = new();

    private static readonly Gen<DeductionProblem.Options> Small = Gen.Select(Gen.Int[1, 5], Gen.Int[0, 4], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Bool, Gen.Int[0, 2])
        .Select((steps, distractors, forks, order, varied, slack) => new DeductionProblem.Options
        {
            Shortest = Math.Max(steps, 2 * forks + 1),
            Longest = Math.Max(steps, 2 * forks + 1),
            Distractors = distractors + (steps == 1 ? 1 : 0),
            Forks = forks,
            Order = (DeductionProblem.StatementOrder)order,
            Wording = varied ? DeductionProblem.RuleWording.Varied : DeductionProblem.RuleWording.Plain,
            Nouns = 16,
            Slack = slack,
        });

    private static Question One(DeductionProblem.Options options, ulong seed) => DeductionProblem.One(RandomStream.Of(seed, "one"), options, DeductionProblem.Made(options.Nouns, seed), options.Longest);

    /// <summary>All that follows, as text, by applying rules as long as anything is new: nothing here is shared with the solver.</summary>
    private static HashSet<string> Follow(string question)
    {
        string[] said = [.. question[..question.IndexOf(" . true or false", StringComparison.Ordinal)].Split(" . ")];
        string One(string noun) => noun.TrimEnd('s');
        var rules = new List<(string Of, string What)>();
        var facts = new HashSet<string>();
        foreach (var words in said.Select(s => s.Split(' ')))
        {
            if (words[0] is "every" or "each") rules.Add((words[1], string.Join(' ', words[3..])));
            else if (words[1] == "are") rules.Add((One(words[0]), words[^1].EndsWith('s') ? $"a {One(words[^1])}" : string.Join(' ', words[2..])));
            else facts.Add(string.Join(' ', words[2..]));
        }
        for (var before = -1; before < facts.Count;)
        {
            before = facts.Count;
            facts.UnionWith([.. rules.Where(r => facts.Contains($"a {r.Of}")).Select(r => r.What)]);
        }
        return facts;
    }

    [Fact]
    public void A_statement_or_its_contrary_follows_and_never_both_and_there_are_as_many_shortest_proofs_as_asked() => Gen.Select(Small, Gen.UInt).Sample((options, seed) =>
    {
        var q = One(options, seed);
        var (ontology, facts) = (Ontology.Parse(q.Text)!, Follow(q.Text));
        var name = ontology.Query.Name;
        Assert.Equal(facts.Order(), ontology.Closure.Select(f => ontology.Text(f)[(name.Length + 4)..]).Order());
        var wanted = q.Text.Split(' ')[^2];
        Assert.True(facts.Contains(wanted) != facts.Contains($"not {wanted}"), q.Text);
        Assert.Equal(facts.Contains(wanted) == !ontology.Query.IsNegated ? "true" : "false", q.Answer);
        Assert.Equal(q.Level, ontology.Shortest);
        var start = DeductionState.Start(ontology, 0);
        Assert.Equal(1 << options.Forks, (int)new StepSearch().Count(start)!);
        Assert.Equal(q.Level + 1, StepSearch.Shortest(start));
        Assert.All(new StepSearch().Solutions(start), proof => Assert.True(Checker.IsRight(q, proof), proof));
        Assert.True(options.Distractors == 0 || ontology.Rules.Count == q.Level + 2 * options.Forks + options.Distractors, q.Text);
    }, iter: 200);

    [Fact]
    public void Steps_lead_where_parents_and_reach_say() => Gen.Select(Small, Gen.UInt).Sample((options, seed) =>
    {
        var question = One(options, seed);
        var checker = new DeductionChecker(options.Slack);
        var (start, states, ways) = (checker.Begin(question.Text)!, new Dictionary<string, StepState>(), new Dictionary<string, int>());
        var open = new Stack<StepState>([start]);
        while (open.TryPop(out var state))
        {
            if (!states.TryAdd(state.Key, state)) continue;
            foreach (var step in state.Steps)
            {
                ways[step.State.Key] = ways.GetValueOrDefault(step.State.Key) + 1;
                open.Push(step.State);
            }
        }
        Assert.Equal(0, start.Reached, 12);
        Assert.All(states.Values.Where(s => s.Key != start.Key), s => Assert.Equal(ways[s.Key], s.Parents));
        Assert.All(states.Values, s => Assert.True(s.Steps.All(step => step.State.Reached >= s.Reached - 1e-12) && s.IsSolved == (s.Reached == 1), s.Key));
        Assert.All(new StepSearch().Solutions(start).Take(20), proof => Assert.True(checker.IsRight(question, proof) && checker.AreStepsRight(question.Text, proof)!.All(r => r) && start.After(proof.Split('\n')) is { IsSolved: true }, proof));
        Assert.Equal(new StepSearch().Solutions(start).Distinct().Count(), (int)new StepSearch().Count(start)!);
    }, iter: 60);

    [Theory]
    [InlineData("every lorb is a mavik so ada is a mavik\neach mavik is not tall so ada is not tall\nthe answer is false", "111", true)]
    [InlineData("Ada is a mavik.\n\nada is not tall\nThe answer is false.", "111", true)]
    [InlineData("Ada is a lorb.\nEvery lorb is a mavik.\nAda is a mavik.\nLorbs are soft, so Ada is soft.\nMaviks are not tall.\nAda is not tall.\nThe answer is false.", "1111111", true)] // a needless conclusion is right all the same
    [InlineData("every lorb is a mavik so ada is a mavik\neach mavik is not tall so ada is not tall", "11", false)] // no answer
    [InlineData("each mavik is not tall so ada is not tall\nthe answer is false", "00", false)] // that she is one has not been said
    [InlineData("the answer is false", "0", false)] // luck
    [InlineData("every lorb is a mavik so ada is a mavik\neach mavik is not tall so ada is not tall\nthe answer is true", "110", false)]
    [InlineData("every lorb is a mavik so ada is a mavik\nevery torp is tall so ada is tall\nthe answer is true", "100", false)]
    [InlineData("every lorb is tall so ada is tall\nthe answer is true", "00", false)] // no such rule
    [InlineData("every lorb is a mavik so ada is soft", "0", false)] // another rule's conclusion
    [InlineData("every lorb is a mavik so ben is a mavik", "0", false)] // of whom nothing is known
    [InlineData("ada is a lorb\nada is a lorb", "10", false)] // said already
    [InlineData("every lorb is soft\neach lorb is soft", "10", false)] // in other words
    [InlineData("every lorb is soft so ada is soft\nada is soft", "10", false)]
    [InlineData("every lorb is a mavik so ada is a mavik\neach mavik is not tall so ada is not tall\nthe answer is false\nada is soft", "1110", false)] // goes on behind the answer
    [InlineData("lorem ipsum", "0", false)]
    [InlineData("", "", false)]
    public void Each_line_must_follow_by_one_rule(string proof, string rights, bool isRight)
    {
        Assert.Equal(rights, string.Concat(Checker.AreStepsRight(Asked, proof)!.Select(r => r ? '1' : '0')));
        Assert.Equal(isRight, Checker.IsRight(new(Asked, "false"), proof));
    }

    [Fact]
    public void The_answer_alone_counts_where_that_is_asked()
    {
        var lenient = new DeductionChecker(needsProof: false);
        Assert.True(lenient.IsRight(new(Asked, "False"), "ada is a torp\nthe answer is false"));
        Assert.False(lenient.IsRight(new(Asked, "false"), "the answer is true"));
        Assert.False(lenient.IsRight(new(Asked, "false"), "false"));
        Assert.Equal(["false", "true", null, null], new[] { "The answer is false.", "x\nthe answer  is true", "the answer is maybe", "" }.Select(s => Checker.AnswerOf(Asked, s)));
        foreach (var checker in new[] { lenient, Checker, new DeductionChecker(3), new DeductionChecker(3, needsProof: false) }) Assert.Equal(checker.Name, SolutionChecker.Of(checker.Name).Name);
    }

    [Fact]
    public void Published_wording_is_read_with_its_plurals()
    {
        var ontology = Ontology.Parse(Published)!;
        Assert.Equal(new Rule("jompus", new("yumpus", true), false), ontology.Rules[1].Rule);
        Assert.Equal(new Rule("impus", new("luminous", false), false), ontology.Rules[3].Rule);
        Assert.Equal(new Rule("jompus", new("shy", false), true), ontology.Rules[0].Rule);
        Assert.Equal((false, 2), (ontology.Verdict, ontology.Shortest));
        Assert.Equal("Each yumpus is an impus so Stella is an impus\nImpuses are luminous so Stella is luminous\nthe answer is false", Assert.Single(new StepSearch().Solutions(Checker.Begin(Published)!)));
        Assert.True(Checker.IsRight(new(Published, "false"), "Stella is a yumpus.\nEach yumpus is an impus.\nStella is an impus.\nImpuses are luminous.\nStella is luminous.\nThe answer is false."));
    }

    [Theory]
    [InlineData("", "found no statement to be judged, expected one behind 'true or false :'")]
    [InlineData("every lorb is a mavik . true or false :", "found 'true or false :', expected a statement to be judged: NAME is [not] [a] WORD")]
    [InlineData("lorbs is tall nonsense . true or false : ada is tall", "found 'lorbs is tall nonsense', expected NAME is [not] [a] WORD, every (or each) NOUN is [not] [a] WORD, or NOUNs are [not] WORD")]
    [InlineData("ada is a lorb . true or false : every lorb is tall", "found 'true or false : every lorb is tall', expected a statement to be judged")]
    [InlineData("ada is tall . true or false : ada is tall . ben is tall", "found 'ben is tall', expected nothing behind what is to be judged")]
    [InlineData("every lorb is tall . ada is a torp . true or false : ada is tall", "found that neither follows from the statements, 'ada is tall' and its contrary, expected one of the two")]
    [InlineData("ada is tall . ada is not tall . true or false : ada is tall", "found that both follow from the statements")]
    public void What_is_no_question_is_refused_with_what_was_found_and_what_is_allowed(string question, string message)
    {
        Assert.Contains(message, Ontology.TroubleOf(question), StringComparison.Ordinal);
        Assert.Null(Checker.Begin(question));
    }

    [Fact]
    public void Rules_that_go_round_and_several_people_are_no_trouble()
    {
        const string round = "every lorb is a mavik . every mavik is a lorb . every mavik is tall . ben is a mavik . ada is a lorb . true or false : ada is tall ?";
        var start = new DeductionChecker(1).Begin(round)!;
        Assert.Equal(3, StepSearch.Shortest(start));
        Assert.True(new StepSearch().Count(start) > 1);
        Assert.Equal(1, (int)new StepSearch().Count(Checker.Begin(round)!)!);
    }
}
