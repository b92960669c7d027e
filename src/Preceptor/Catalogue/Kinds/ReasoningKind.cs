using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using Preceptor.Reasoning;
using Preceptor.Reasoning.BuiltIn;

namespace Preceptor.Catalogue;

/// <summary>Reasoning: questions that are answered by steps. The exam has questions that nobody trained on; every solver draws as many solutions.</summary>
internal sealed class ReasoningKind : ExamKind<ReasoningProblem, Solver>
{
    internal static readonly Metric Accuracy = Share("accuracy", "share of test questions that the solver answers rightly, in its own way");
    internal static readonly Metric Greedy = Share("greedy-accuracy", "share of test questions whose likeliest solution, a token after the other, is right");
    internal static readonly Metric Majority = Share("majority-accuracy", "share of test questions whose most frequent answer among the solutions drawn is right");
    internal static readonly Metric Best = Share("best-accuracy", "share of test questions whose solution that the verifier scores highest is right; without a verifier, the first that was drawn");
    internal static readonly Metric Weighted = Share("weighted-accuracy", "share of test questions whose answer with the highest scores together is right; without a verifier, the first that was drawn");
    internal static readonly Metric Any = Share("any-accuracy", "share of test questions of which any solution drawn is right: what a perfect verifier would reach");
    internal static readonly Metric Steps = Share("step-accuracy", "share of steps that are right in the likeliest solutions, the mean over questions");
    internal static readonly Metric OfEasy = Share("easy-accuracy", "accuracy on easy test questions, whose like was supervised");
    internal static readonly Metric OfHard = Share("hard-accuracy", "accuracy on hard test questions, whose like nobody supervised");
    internal static readonly Metric Distinct = MeasuredScores.Metric("distinct-solutions", "different right solutions among those drawn, the mean over test questions; each is counted in the one form that its program knows", Better.Higher, 0, double.PositiveInfinity);
    internal static readonly Metric Existing = MeasuredScores.Metric("existing-solutions", "all right solutions that there are, the mean over test questions", Better.Higher, 0, double.PositiveInfinity);
    internal static readonly Metric Unanswered = MeasuredScores.Metric("unanswered", "share of test questions to which the solver gives no answer that can be read", Better.Lower, 0, 1);
    internal static readonly Metric Tokens = MeasuredScores.Metric("tokens", "tokens that the solver draws a question, in its own way", Better.Lower, 0, double.PositiveInfinity);

    // Hard questions may take more steps than any solution to learn from.
    private const int HardLength = 3;

    private const int MostStates = 20_000;

    public override string Name => ReasoningData.KindName;

    public override Type DataType => typeof(ReasoningData);

    public override Type ModelType => typeof(LanguageModelOptions);

    public override string Baseline => "self-consistency";

    public override IReadOnlyList<Metric> Metrics(ExamTask<ReasoningProblem, Solver> task) =>
        [Accuracy, Greedy, Majority, Best, Weighted, Any, .. task.Problem.Checker.Checker.ChecksSteps ? [Steps] : Array.Empty<Metric>(), Unanswered, Tokens, .. task.FurtherMetrics];

    // The course is the method's own; the time is that of both.
    public override TrainingSummary? Training(Solver model) =>
        model.Verifier?.Model.Training is { } course ? course with { Seconds = course.Seconds + model.Policy.Training.Seconds } : model.Policy.Training;

    public override string Use(string folder) => $"predict {folder} questions.csv --out answers.csv";

    public override ExamTask<ReasoningProblem, Solver> Draw(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx)
    {
        var data = (ReasoningData)specification.Problem;
        var settings = specification.ProblemSettings;
        var reader = data.ToChecker(settings);
        var sets = data.Read(settings, read, reader);
        return Task(specification, seed, new() { Tokens = data.Tokens ?? (data.Checker is ReasoningData.Check.Countdown or ReasoningData.Check.Blocks or ReasoningData.Check.Deduction ? TokenKind.Word : TokenKind.Character), Tokenizer = data.Tokenizer }, data, sets, data.Guarded(reader, sets, settings), ScoredOn.Unverified, easy: data.Easy);
    }

    /// <summary>The built-in problem chains.</summary>
    internal static ExamTask<ReasoningProblem, Solver> Chains(Specification specification, ulong seed)
    {
        var options = (ChainsProblem.Options)specification.Problem;
        var (sets, right) = ChainsProblem.Draw(options, seed);
        return Task(specification, seed, new() { Tokens = TokenKind.Word }, options, sets, new(new ChainChecker(options.Modulus)), ScoredOn.Truth, options.Slips > 0 || options.Questions > 0 ? right : null, options.Hardest > 0 ? options.Longest : 0);
    }

    /// <summary>The built-in problem countdown.</summary>
    internal static ExamTask<ReasoningProblem, Solver> Puzzles(Specification specification, ulong seed)
    {
        var options = (CountdownProblem.Options)specification.Problem;
        return Task(specification, seed, new() { Tokens = TokenKind.Word }, options, CountdownProblem.Draw(options, seed), new(new CountdownChecker()), ScoredOn.Truth);
    }

    /// <summary>The built-in problem blocks.</summary>
    internal static ExamTask<ReasoningProblem, Solver> Plans(Specification specification, ulong seed)
    {
        var options = (BlocksProblem.Options)specification.Problem;
        return Task(specification, seed, new() { Tokens = TokenKind.Word }, options, BlocksProblem.Draw(options, seed), new(new BlocksChecker()), ScoredOn.Truth);
    }

    /// <summary>The built-in problem deduction.</summary>
    internal static ExamTask<ReasoningProblem, Solver> Deductions(Specification specification, ulong seed)
    {
        var options = (DeductionProblem.Options)specification.Problem;
        var (sets, right) = DeductionProblem.Draw(options, seed);
        return Task(specification, seed, new() { Tokens = TokenKind.Word }, options, sets, new(new DeductionChecker(options.Slack, options.Proof)), ScoredOn.Truth, options.Questions > 0 ? right : null, options.Hardest > 0 ? options.Longest : 0);
    }

    /// <summary>The built-in problem word-problems.</summary>
    internal static ExamTask<ReasoningProblem, Solver> Stories(Specification specification, ulong seed)
    {
        var options = (WordProblemsProblem.Options)specification.Problem;
        var (sets, right) = WordProblemsProblem.Draw(options, seed);
        return Task(specification, seed, new() { Tokens = TokenKind.Word }, options, sets, new(new CalculatorChecker(isTraced: true)), ScoredOn.Truth, options.Questions > 0 ? right : null, options.Hardest > 0 ? options.Longest : 0);
    }

    /// <summary>A problem of questions, with its exam.</summary>
    /// <param name="specification">What to do.</param>
    /// <param name="seed">Decides what the exam draws.</param>
    /// <param name="data">How texts are cut.</param>
    /// <param name="solving">How solutions are sought.</param>
    /// <param name="sets">The questions.</param>
    /// <param name="checker">Reads solutions and checks answers.</param>
    /// <param name="scoredOn">What the test answers are worth.</param>
    /// <param name="truth">The training questions, each with a right solution; null where nobody knows them.</param>
    /// <param name="easy">The highest easy level; 0 where all questions are alike.</param>
    internal static ExamTask<ReasoningProblem, Solver> Task(Specification specification, ulong seed, LanguageData data, SolvingOptions solving, QuestionSets sets, GuardedChecker checker, ScoredOn scoredOn, Question[]? truth = null, int easy = 0)
    {
        var model = (LanguageModelOptions)specification.ModelSection;
        static TextRow[] Worked(IEnumerable<Question> questions) => [.. questions.Where(q => q.Solution.Length > 0).Select(q => new TextRow(q.Text, q.Solution))];
        // Answers and questions without a solution are words as well.
        var texts = new LanguageTexts([.. Worked(sets.Train), .. sets.Train.Where(q => q.Solution.Length == 0).Select(q => new TextRow(q.Text, q.Answer))], [], []);
        var (tokenizer, form) = LanguageKind.FormOf(model, data with { Between = data.Between ?? "\n" }, texts);
        var notes = new List<string>(sets.Notes);
        TokenSequences Encode(IEnumerable<Question> questions, string what)
        {
            var rows = Worked(questions);
            var (sequences, kept) = LanguageTexts.Encode(rows, tokenizer, form, model.Length);
            if (kept.Length < rows.Length) notes.Add($"{rows.Length - kept.Length} of {rows.Length} {what} solutions have more than model.length {model.Length} tokens with their question and are left out");
            return sequences;
        }
        if (easy > 0 && sets.Test.DistinctBy(q => q.Level > easy).Count() < 2) throw new RequestException($"{specification.ProblemName}: all test questions are {(sets.Test[0].Level > easy ? "hard" : "easy")}; expected some of a level up to {easy} and some above");
        var train = Encode(sets.Train, "training");
        if (train.Count == 0 && model.Base is null) throw new RequestException($"{specification.ProblemName}: no training question has a worked solution of at most model.length {model.Length} tokens; a policy begins by learning from some, or from a model that can reason already (model.base)");
        if (train.Count == 0 && solving.AnswerTokens == 0) throw new RequestException("problem.answer-tokens: 0, expected the most tokens of a solution, since there is no worked one to tell it by");
        var validation = Encode(sets.Validation, "validation");
        notes.Insert(0, $"{train.Count} worked solutions, {sets.Train.Length} training questions with an answer; {tokenizer.Size} different tokens");
        var policy = new LanguageProblem(specification.ProblemName, tokenizer, train, validation) { Form = form, Model = model, Training = specification.Training };
        var problem = new ReasoningProblem(policy, sets.Train, sets.Validation, checker, solving.Plain() with { AnswerTokens = solving.AnswerTokens > 0 ? solving.AnswerTokens : (easy > 0 ? HardLength : 1) * Answers.Most(train) });
        var all = checker.Checker is IStepSimulator simulator && Ways(simulator, sets.Test) is { } ofTest && Ways(simulator, sets.Validation) is { } ofValidation ? (Test: ofTest, Validation: ofValidation) : default((double[] Test, double[] Validation)?);
        return new(problem, m => ReasoningExam.Score(m.CheckedBy(checker), sets.Test, all?.Test, seed, easy), m => ReasoningExam.Score(m.CheckedBy(checker), sets.Validation, all?.Validation, seed))
        {
            Truth = truth is null ? null : problem with { Policy = policy with { Train = Encode(truth, "right training") } },
            Show = m => ReasoningExam.Show(m.CheckedBy(checker), sets.Test, seed),
            ScoredOn = scoredOn,
            TestItems = sets.Test.Length,
            TrainingItems = sets.Train.Length,
            LabelledItems = sets.Train.Count(q => q.Answer.Length > 0),
            Fingerprint = $"{tokenizer.Fingerprint}-{checker.Checker.Name}-{QuestionSets.Hash(sets.Train)}-{QuestionSets.Hash(sets.Validation)}-{QuestionSets.Hash(sets.Test)}",
            Notes = notes,
            FurtherMetrics = [.. easy > 0 ? [OfHard, OfEasy] : Array.Empty<Metric>(), .. all is null ? Array.Empty<Metric>() : [Distinct, Existing]],
        };
    }

    // How many right solutions each question has; null where no program knows, or where there are too many states to go through.
    private static double[]? Ways(IStepSimulator simulator, Question[] questions)
    {
        var counts = questions.Select(q => simulator.Begin(q.Text) is { } start ? new StepSearch(MostStates).Count(start) : null).TakeWhile(c => c is not null).Select(c => (double)c!.Value).ToArray();
        return counts.Length == questions.Length ? counts : null;
    }

    private static Metric Share(string name, string description) => MeasuredScores.Metric(name, description, Better.Higher, 0, 1);
}
