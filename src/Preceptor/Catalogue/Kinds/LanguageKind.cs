using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Language.BuiltIn;
using Preceptor.Models;
using Preceptor.Supervision;

namespace Preceptor.Catalogue;

/// <summary>Language: models that say what comes next. The exam has texts that nobody trained on; where there are prompts, models answer them.</summary>
internal sealed class LanguageKind : ExamKind<LanguageProblem, LanguageModel>
{
    private const int Shown = 8, Drawn = 4;

    internal static readonly Metric Exact = MeasuredScores.Metric("exact-match", "share of test prompts whose likeliest answer, a token after the other, is the response wanted", Better.Higher, 0, 1);
    internal static readonly Metric Loss = MeasuredScores.Metric("loss", "nats a token of the test texts, the mean over texts", Better.Lower, 0, double.PositiveInfinity);
    internal static readonly Metric Perplexity = MeasuredScores.Metric("perplexity", "e to the nats a token of all test texts together", Better.Lower, 1, double.PositiveInfinity);

    internal static readonly Metric Checked = MeasuredScores.Metric("answer-accuracy", "share of test prompts whose likeliest answer ends in the right number", Better.Higher, 0, 1);
    internal static readonly Metric Sampled = MeasuredScores.Metric("sampled-accuracy", "share of answers drawn at temperature 1, four to a test prompt, that the check finds right", Better.Higher, 0, 1);
    internal static readonly Metric Detected = MeasuredScores.Metric("detection", "probability that a token put in another's place is doubted more than an original one of the same text; language models doubt what they did not expect", Better.Higher, 0, 1);

    internal static readonly Metric Preferred = MeasuredScores.Metric("preference-accuracy", "share of test pairs whose better response a reward model gives more, or a language model thinks likelier", Better.Higher, 0, 1);

    public override string Name => LanguageData.KindName;

    public override Type DataType => typeof(LanguageData);

    public override Type ModelType => typeof(LanguageModelOptions);

    public override string Baseline => "sft";

    public override IReadOnlyList<Metric> Metrics(ExamTask<LanguageProblem, LanguageModel> task) => task.HasOwnMetrics ? task.FurtherMetrics :
    [
        .. Of(task.Problem.Check?.Rule == CheckRule.Number, Checked), .. task.FurtherMetrics, .. Of(task.Problem.HasPrompts, Exact), .. Of(task.Problem.Check is not null, Sampled), Loss, Perplexity,
    ];

    private static Metric[] Of(bool isMeasured, Metric metric) => isMeasured ? [metric] : [];

    public override TrainingSummary? Training(LanguageModel model) => model.Training;

    public override string Use(string folder) => $"predict {folder} prompts.csv --out answers.csv";

    public override ExamTask<LanguageProblem, LanguageModel> Draw(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx)
    {
        var data = (LanguageData)specification.Problem;
        var texts = data.Read(specification.ProblemSettings, read);
        return Task(specification, data, texts, ScoredOn.Unverified);
    }

    /// <summary>The built-in problem sums.</summary>
    internal static ExamTask<LanguageProblem, LanguageModel> Sums(Specification specification, ulong seed)
    {
        var options = (SumsProblem.Options)specification.Problem;
        var (texts, right) = SumsProblem.Draw(options, seed);
        return Task(specification, new() { Check = CheckRule.Exact }, texts, ScoredOn.Truth, options.Wrong > 0 ? right : null);
    }

    /// <summary>The built-in problem commands, a token a word.</summary>
    internal static ExamTask<LanguageProblem, LanguageModel> Commands(Specification specification, ulong seed) =>
        Task(specification, new() { Tokens = TokenKind.Word }, CommandsProblem.Draw((CommandsProblem.Options)specification.Problem, seed), ScoredOn.Truth);

    /// <summary>A problem of texts, with its exam.</summary>
    /// <param name="specification">What to do.</param>
    /// <param name="data">How the texts are cut.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="scoredOn">What the test texts are worth.</param>
    /// <param name="truth">The texts with perfect supervision; null where nobody knows them.</param>
    internal static ExamTask<LanguageProblem, LanguageModel> Task(Specification specification, LanguageData data, LanguageTexts texts, ScoredOn scoredOn, LanguageTexts? truth = null)
    {
        var model = (LanguageModelOptions)specification.ModelSection;
        var (tokenizer, form) = FormOf(model, data, texts);
        var notes = new List<string>(texts.Notes);
        (TokenSequences Sequences, int[] Rows) Encode(TextRow[] rows, string what)
        {
            var (sequences, kept) = LanguageTexts.Encode(rows, tokenizer, form, model.Length, texts.IsPacked);
            if (sequences.Count == 0) throw new RequestException($"{specification.ProblemName}: none of {rows.Length} {what} texts has at most model.length {model.Length} tokens");
            if ((texts.HasPrompts || !texts.IsPacked) && kept.Length < rows.Length) notes.Add($"{rows.Length - kept.Length} of {rows.Length} {what} texts have more than model.length {model.Length} tokens and are left out");
            return (sequences, kept);
        }
        PreferencePairs? Pairs(TextRow[] rows, string what)
        {
            var (pairs, leftOut) = LanguageTexts.EncodePairs(rows, tokenizer, form, model.Length);
            if (leftOut > 0) notes.Add($"{leftOut} of {rows.Length} {what} pairs are left out: their responses are the same, or longer than model.length {model.Length} tokens");
            return pairs;
        }
        var (train, rows) = Encode(texts.Train, "training");
        var (validation, test) = (Encode(texts.Validation, "validation").Sequences, Encode(texts.Test, "test").Sequences);
        notes.Insert(0, $"{train.Tokens.Length} training tokens, {tokenizer.Size} different ones");
        var testPairs = Pairs(texts.Test, "test");
        var problem = new LanguageProblem(specification.ProblemName, tokenizer, train, validation)
        {
            Form = form,
            Preferences = Pairs(texts.Train, "training"),
            ValidationPreferences = Pairs(texts.Validation, "validation"),
            Check = data.Check == CheckRule.None || !texts.HasPrompts ? null : new(data.Check, [.. rows.Select(r => texts.Train[r].Wanted ?? texts.Train[r].Response)]),
            IsJudged = data.Exam == LanguageExam.Detection,
            Model = model,
            Training = specification.Training,
        };
        Func<LanguageModel, MeasuredScores> Score(TokenSequences sequences, PreferencePairs? pairs)
        {
            if (!problem.IsJudged) return m => Examine(m, sequences, data.AnswerTokens, problem.HasPrompts, pairs, data.Check);
            var judged = JudgedTexts.Of(sequences, tokenizer.End is { } end ? [end] : [], i => RandomStream.Of(0, "judged-texts", i));
            return m => MeasuredScores.Of(new Dictionary<string, double[]> { [Detected.Name] = judged.Detected(m) });
        }
        var task = new ExamTask<LanguageProblem, LanguageModel>(problem, Score(test, testPairs), Score(validation, problem.ValidationPreferences))
        {
            FurtherMetrics = problem.IsJudged ? [Detected] : testPairs is null ? [] : [Preferred],
            HasOwnMetrics = problem.IsJudged,
            Truth = truth is null ? null : problem with { Train = Encode(truth.Train, "training").Sequences },
            Show = m => Show(m, test, data.AnswerTokens, problem.HasPrompts),
            ScoredOn = scoredOn,
            TestItems = test.Count,
            TrainingItems = train.Count,
            LabelledItems = train.Count,
            Fingerprint = $"{tokenizer.Fingerprint}-{train.Fingerprint}-{validation.Fingerprint}-{test.Fingerprint}",
            Notes = notes,
        };
        if (data.Exam != LanguageExam.Gaps) return task;
        return MissingWordsExam.Of(task, MissingWordsExam.Texts(validation, tokenizer.End, "validation"), MissingWordsExam.Texts(test, tokenizer.End, "test"), seed: 0);
    }

    /// <summary>What cuts texts into tokens, and how prompts are put before their responses.</summary>
    internal static (Tokenizer Tokenizer, PromptForm Form) FormOf(LanguageModelOptions model, LanguageData data, LanguageTexts texts)
    {
        var tokenizer = (data.Tokenizer ?? (model.Base is null ? null : LanguageModel.Find(model.Base) ?? model.Base)) is { } folder ? Tokenizer.Load(folder) : texts.Learn(data.Tokens);
        var before = model.Base is { } from && LanguageModel.Find(from) is { } found ? LanguageModel.FormOf(found) : null;
        return (tokenizer, new PromptForm { Between = data.Between ?? before?.Between ?? (data.Tokens == TokenKind.Word ? " " : ""), IsChat = data.Chat ?? before?.IsChat ?? false });
    }

    /// <summary>Scores a model on sequences; it answers prompts where there are any.</summary>
    internal static MeasuredScores Examine(LanguageModel model, TokenSequences sequences, int most, bool hasPrompts, PreferencePairs? pairs = null, CheckRule rule = CheckRule.None)
    {
        var of = model.LogProbabilities(sequences);
        var items = new Dictionary<string, double[]> { [Loss.Name] = [.. of.Select(o => o.Length == 0 ? 0 : -o.Average())] };
        if (hasPrompts)
        {
            var answers = Ask(model, sequences, most, new());
            items[Exact.Name] = [.. answers.Select((a, i) => a[0].Ended && a[0].Tokens.SequenceEqual(sequences.AnswerOf(i)[..^1].ToArray()) ? 1.0 : 0)];
            if (rule == CheckRule.Number) items[Checked.Name] = Rewards(model, sequences, answers, rule);
            if (rule != CheckRule.None) items[Sampled.Name] = Rewards(model, sequences, Ask(model, sequences, most, new() { Samples = Drawn, Temperature = 1, Seed = 1 }), rule);
        }
        var whole = new Dictionary<string, double> { [Perplexity.Name] = Math.Exp(-of.Sum(o => o.Sum()) / Math.Max(1, of.Sum(o => o.Length))) };
        if (pairs is not null)
        {
            double[] liked = model.Head is null ? [.. model.LogProbabilities(pairs.Both).Select(l => l.Sum())] : model.Rewards(pairs.Both);
            whole[Preferred.Name] = Enumerable.Range(0, pairs.Count).Average(i => liked[i] > liked[pairs.Count + i] ? 1.0 : 0);
        }
        return MeasuredScores.Of(items, whole);
    }

    private static Generation[][] Ask(LanguageModel model, TokenSequences sequences, int most, GenerationOptions drawing) =>
        model.Generate(sequences.PromptsOf(Enumerable.Range(0, sequences.Count)), drawing with { MaxTokens = most > 0 ? most : Answers.Most(sequences) });

    // The mean of what a check says of each prompt's answers.
    private static double[] Rewards(LanguageModel model, TokenSequences sequences, Generation[][] answers, CheckRule rule)
    {
        var check = new OutcomeCheck(rule, [.. Enumerable.Range(0, sequences.Count).Select(i => model.Tokenizer.Decode(sequences.AnswerOf(i)[..^1]))]);
        return [.. answers.Select((of, i) => Answers.Rewards(check, model.Tokenizer, i, of).Average())];
    }

    private static ReportParts Show(LanguageModel model, TokenSequences test, int most, bool hasPrompts)
    {
        if (!hasPrompts) return new();
        var some = test.Take([.. Enumerable.Range(0, Math.Min(Shown, test.Count))]);
        var answers = Ask(model, some, most, new());
        string Text(ReadOnlySpan<int> tokens) => model.Tokenizer.Decode(tokens);
        return new()
        {
            Tables =
            [
                new("answers",
                [
                    new TextColumn("prompt", [.. Enumerable.Range(0, some.Count).Select(i => Text(some.PromptOf(i)))]),
                    new TextColumn("wanted", [.. Enumerable.Range(0, some.Count).Select(i => Text(some.AnswerOf(i)[..^1]))]),
                    new TextColumn("answered", [.. answers.Select(a => Text([.. a[0].Tokens]))]),
                ]),
            ],
        };
    }
}
