using System.Globalization;

namespace Preceptor.Reasoning.BuiltIn;

/// <summary>Where a proof stands: what has been concluded so far.</summary>
/// <param name="ontology">The question, which has a verdict.</param>
/// <param name="concluded">The numbers of the facts that were concluded, in their order.</param>
/// <param name="left">Most further conclusions.</param>
/// <param name="isAnswered">Whether the answer has been given.</param>
internal sealed class DeductionState(Ontology ontology, int[] concluded, int left, bool isAnswered) : StepState
{
    /// <summary>Where all proofs of a question begin.</summary>
    /// <param name="ontology">The question.</param>
    /// <param name="slack">How many more conclusions than the shortest proof a proof may have.</param>
    public static DeductionState Start(Ontology ontology, int slack) => new(ontology, [], ontology.Shortest + slack, false);

    /// <inheritdoc/>
    public override string Key => $"{string.Join(' ', concluded)}{(isAnswered ? " answered" : "")}";

    /// <inheritdoc/>
    public override bool IsSolved => isAnswered;

    /// <inheritdoc/>
    /// <remarks>The share of a shortest proof's steps, the answer among them, that need not be done any more.</remarks>
    public override double Reached => isAnswered ? 1 : 1 - ((Remaining() + 1) / (ontology.Shortest + 1.0));

    /// <inheritdoc/>
    /// <remarks>Conclusions come to the same in any order, so that each that nothing else here rests on may have been the last; the one that decides always is.</remarks>
    public override int Parents => isAnswered ? 1 : concluded.Where(last => IsDecided ? last == ontology.Target : StandsWithout(last)).Sum(last => ontology.Derivations.Count(d => d.To == last && d.From != last && Knows(d.From)));

    private bool IsDecided => Knows(ontology.Target);

    /// <inheritdoc/>
    protected override IEnumerable<NextStep> Next()
    {
        if (IsDecided) return [new NextStep(Deduction.Answer(ontology.Verdict == true), new DeductionState(ontology, concluded, left, true))];
        return left == 0 ? [] : ontology.Derivations.Where(d => Knows(d.From) && !Knows(d.To)).Select(d => new NextStep(ontology.Text(d), new DeductionState(ontology, [.. concluded.Append(d.To).Order()], left - 1, false)));
    }

    private bool Knows(int fact) => fact < ontology.Facts.Count || Array.BinarySearch(concluded, fact) >= 0;

    // Whether all other conclusions follow without one.
    private bool StandsWithout(int one)
    {
        var (reached, before) = (new HashSet<int>(Enumerable.Range(0, ontology.Facts.Count)), 0);
        do
        {
            before = reached.Count;
            foreach (var d in ontology.Derivations)
                if (d.To != one && reached.Contains(d.From) && Knows(d.To)) reached.Add(d.To);
        }
        while (reached.Count > before);
        return reached.Count == ontology.Facts.Count + concluded.Length - 1;
    }

    // The fewest further conclusions.
    private int Remaining()
    {
        HashSet<int> known = [.. Enumerable.Range(0, ontology.Closure.Count).Where(Knows)];
        for (var further = 0; ; further++)
        {
            if (known.Contains(ontology.Target)) return further;
            known.UnionWith([.. ontology.Derivations.Where(d => known.Contains(d.From)).Select(d => d.To)]);
        }
    }
}

/// <summary>The lines of proofs.</summary>
internal static class Deduction
{
    private const string Answers = "the answer is";

    /// <summary>The last line.</summary>
    public static string Answer(bool isTrue) => $"{Answers} {(isTrue ? "true" : "false")}";

    /// <summary>What a line answers; null where it is no answer.</summary>
    public static bool? AnswerOf(string line) => string.Join(' ', Words(line)).ToLowerInvariant() switch { $"{Answers} true" => true, $"{Answers} false" => false, _ => null };

    /// <summary>A right proof of any form in the form of simulated ones: each conclusion with the rule that it follows by, and the answer.</summary>
    public static string Joined(Ontology ontology, IEnumerable<string> lines)
    {
        HashSet<int> known = [.. Enumerable.Range(0, ontology.Facts.Count)];
        var joined = new List<string>();
        foreach (var line in lines)
        {
            if (AnswerOf(line) is { } answer) joined.Add(Answer(answer));
            else if (Ontology.Statement(Words(line)).Fact is { } fact && ontology.NumberOf(fact) is var number && !known.Contains(number))
            {
                joined.Add(ontology.Text(ontology.Derivations.First(d => d.To == number && known.Contains(d.From))));
                known.Add(number);
            }
        }
        return string.Join('\n', joined);
    }

    /// <summary>The words of a line, without its commas and full stop.</summary>
    public static string[] Words(string line) => [.. Ontology.Sentences(line).SelectMany((s, i) => i == 0 ? s : [";", .. s]).Where(w => w != ",")];
}

/// <summary>
/// Checks proofs exactly. A line is right where it is a single conclusion that is new, <c>every lorb is a mavik so ada is a mavik</c> (the rule is stated, and that ada is a lorb is stated or concluded before), or the conclusion alone; where it
/// says again what the question states, once; or where it answers, <c>the answer is true</c>, behind the statement to be judged or its contrary.
/// </summary>
/// <remarks>It is a simulator as well: of the lines that it finds right, those with rule and conclusion, and in a proof at most so many needless ones.</remarks>
/// <param name="slack">How many more conclusions than the shortest proof a simulated proof may have.</param>
/// <param name="needsProof">Whether a solution is right only where its lines are; otherwise its answer alone counts, and half are right by luck.</param>
public sealed class DeductionChecker(int slack = 0, bool needsProof = true) : SolutionChecker, IStepSimulator
{
    internal const string Kind = "deduction", AnswerKind = "deduction-answer";

    /// <inheritdoc/>
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"{(needsProof ? Kind : AnswerKind)}/{slack}");

    /// <inheritdoc/>
    public override bool ChecksSteps => true;

    /// <inheritdoc/>
    public override string? AnswerOf(string question, string solution) => StepsOf(solution) is [.., var last] && Deduction.AnswerOf(last) is { } answer ? answer ? "true" : "false" : null;

    /// <inheritdoc/>
    public override bool IsRight(Question question, string solution)
    {
        ArgumentNullException.ThrowIfNull(question);
        return AnswerOf(question.Text, solution) is { } answer && answer.Equals(question.Answer.Trim(), StringComparison.OrdinalIgnoreCase) && (!needsProof || AreStepsRight(question.Text, solution) is { } steps && Array.TrueForAll(steps, right => right));
    }

    /// <inheritdoc/>
    public override bool[]? AreStepsRight(string question, string solution)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (Ontology.Parse(question) is not { } ontology) return null;
        var (proof, isRight) = (new Proof(ontology), true);
        return [.. StepsOf(solution).Select(line => isRight = isRight && proof.Take(line))];
    }

    /// <inheritdoc/>
    public StepState? Begin(string question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return Ontology.Parse(question) is { Verdict: not null } ontology ? DeductionState.Start(ontology, slack) : null;
    }

    /// <inheritdoc/>
    internal override string? TroubleOf(Question question) => Ontology.TroubleOf(question.Text) is { } trouble ? trouble
        : Ontology.Parse(question.Text)!.Verdict is var verdict && bool.TryParse(question.Answer, out var answer) && answer == verdict ? null
        : $"found the answer '{question.Answer}', expected {(verdict == true ? "true" : "false")}, which follows from the statements";

    /// <summary>What is known behind some right lines.</summary>
    private sealed class Proof(Ontology ontology)
    {
        private readonly HashSet<Fact> known = [.. ontology.Facts];
        private readonly HashSet<object> said = [];
        private bool isAnswered;

        /// <summary>Whether a line is right, which is then known.</summary>
        public bool Take(string line)
        {
            if (isAnswered) return false;
            if (Deduction.AnswerOf(line) is { } answer) return isAnswered = known.Contains(answer ? ontology.Query : ontology.Query.Contrary);
            var words = Deduction.Words(line);
            if (Array.FindIndex(words, w => w.Equals(Ontology.So, StringComparison.OrdinalIgnoreCase)) is >= 0 and var so)
                return Ontology.Statement(words[..so]).Rule is { } rule && IsStated(rule) && Ontology.Statement(words[(so + 1)..]).Fact is { } conclusion && Follows(conclusion, rule) && known.Add(conclusion);
            return Ontology.Statement(words) switch
            {
                ({ } fact, _) => ontology.Facts.Contains(fact) ? said.Add(fact) : ontology.Rules.Any(r => Follows(fact, r.Rule)) && known.Add(fact),
                (_, { } premise) => IsStated(premise) && said.Add(premise),
                _ => false,
            };
        }

        private bool IsStated(Rule rule) => ontology.Rules.Any(r => r.Rule == rule);

        private bool Follows(Fact fact, Rule rule) => rule.What == fact.What && rule.IsNegated == fact.IsNegated && known.Contains(new(fact.Name, new(rule.Class, true), false));
    }
}
