using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Language.BuiltIn;
using Preceptor.Models;

namespace Preceptor.Catalogue;

/// <summary>Language: models that say what comes next. The exam has texts that nobody trained on; where there are prompts, models answer them.</summary>
internal sealed class LanguageKind : ExamKind<LanguageProblem, LanguageModel>
{
    private const int Shown = 8;

    internal static readonly Metric Exact = MeasuredScores.Metric("exact-match", "share of test prompts whose likeliest answer, a token after the other, is the response wanted", Better.Higher, 0, 1);
    internal static readonly Metric Loss = MeasuredScores.Metric("loss", "nats a token of the test texts, the mean over texts", Better.Lower, 0, double.PositiveInfinity);
    internal static readonly Metric Perplexity = MeasuredScores.Metric("perplexity", "e to the nats a token of all test texts together", Better.Lower, 1, double.PositiveInfinity);

    public override string Name => LanguageData.KindName;

    public override Type DataType => typeof(LanguageData);

    public override Type ModelType => typeof(LanguageModelOptions);

    public override string Baseline => "sft";

    public override IReadOnlyList<Metric> Metrics(ExamTask<LanguageProblem, LanguageModel> task) => [.. task.FurtherMetrics, .. task.Problem.HasPrompts ? [Exact] : Array.Empty<Metric>(), Loss, Perplexity];

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
        return Task(specification, new(), texts, ScoredOn.Truth, options.Wrong > 0 ? right : null);
    }

    /// <summary>A problem of texts, with its exam.</summary>
    /// <param name="specification">What to do.</param>
    /// <param name="data">How the texts are cut.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="scoredOn">What the test texts are worth.</param>
    /// <param name="truth">The texts with perfect supervision; null where nobody knows them.</param>
    internal static ExamTask<LanguageProblem, LanguageModel> Task(Specification specification, LanguageData data, LanguageTexts texts, ScoredOn scoredOn, LanguageTexts? truth = null)
    {
        var model = (LanguageModelOptions)specification.ModelSection;
        var tokenizer = (data.Tokenizer ?? (model.Base is null ? null : LanguageModel.Find(model.Base) ?? model.Base)) is { } folder ? Tokenizer.Load(folder) : texts.Learn(data.Tokens);
        var form = new PromptForm { Between = data.Between ?? (data.Tokens == TokenKind.Word ? " " : "") };
        var notes = new List<string>(texts.Notes);
        TokenSequences Encode((string, string)[] pairs, string what)
        {
            var (sequences, tooLong) = LanguageTexts.Encode(pairs, tokenizer, form, model.Length);
            if (sequences.Count == 0) throw new RequestException($"{specification.ProblemName}: none of {pairs.Length} {what} texts has at most model.length {model.Length} tokens");
            if (tooLong > 0) notes.Add($"{tooLong} of {pairs.Length} {what} texts have more than model.length {model.Length} tokens and are left out");
            return sequences;
        }
        var (train, validation, test) = (Encode(texts.Train, "training"), Encode(texts.Validation, "validation"), Encode(texts.Test, "test"));
        notes.Insert(0, $"{train.Tokens.Length} training tokens, {tokenizer.Size} different ones");
        var problem = new LanguageProblem(specification.ProblemName, tokenizer, train, validation) { Form = form, Model = model, Training = specification.Training };
        MeasuredScores Score(LanguageModel of, TokenSequences sequences) => Examine(of, sequences, data.AnswerTokens, problem.HasPrompts);
        return new(problem, m => Score(m, test), m => Score(m, validation))
        {
            Truth = truth is null ? null : problem with { Train = Encode(truth.Train, "training") },
            Show = m => Show(m, test, data.AnswerTokens, problem.HasPrompts),
            ScoredOn = scoredOn,
            TestItems = test.Count,
            TrainingItems = train.Count,
            LabelledItems = train.Count,
            Fingerprint = $"{tokenizer.Fingerprint}-{train.Fingerprint}-{validation.Fingerprint}-{test.Fingerprint}",
            Notes = notes,
        };
    }

    /// <summary>Scores a model on sequences; it answers prompts where there are any.</summary>
    internal static MeasuredScores Examine(LanguageModel model, TokenSequences sequences, int most, bool hasPrompts)
    {
        var of = model.LogProbabilities(sequences);
        var items = new Dictionary<string, double[]> { [Loss.Name] = [.. of.Select(o => o.Length == 0 ? 0 : -o.Average())] };
        if (hasPrompts) items[Exact.Name] = [.. Answers(model, sequences, most).Select((a, i) => a.Ended && a.Tokens.SequenceEqual(sequences.AnswerOf(i)[..^1].ToArray()) ? 1.0 : 0)];
        return MeasuredScores.Of(items, new Dictionary<string, double> { [Perplexity.Name] = Math.Exp(-of.Sum(o => o.Sum()) / Math.Max(1, of.Sum(o => o.Length))) });
    }

    private static Generation[] Answers(LanguageModel model, TokenSequences sequences, int most)
    {
        var longest = Enumerable.Range(0, sequences.Count).Max(i => sequences.Lengths[i] - sequences.Prompts[i]);
        return [.. model.Generate([.. Enumerable.Range(0, sequences.Count).Select(i => sequences.PromptOf(i).ToArray())], new() { MaxTokens = most > 0 ? most : longest + longest / 4 + 1 }).Select(g => g[0])];
    }

    private static ReportParts Show(LanguageModel model, TokenSequences test, int most, bool hasPrompts)
    {
        if (!hasPrompts) return new();
        var some = test.Take([.. Enumerable.Range(0, Math.Min(Shown, test.Count))]);
        var answers = Answers(model, some, most);
        string Text(ReadOnlySpan<int> tokens) => model.Tokenizer.Decode(tokens);
        return new()
        {
            Tables =
            [
                new("answers",
                [
                    new TextColumn("prompt", [.. Enumerable.Range(0, some.Count).Select(i => Text(some.PromptOf(i)))]),
                    new TextColumn("wanted", [.. Enumerable.Range(0, some.Count).Select(i => Text(some.AnswerOf(i)[..^1]))]),
                    new TextColumn("answered", [.. answers.Select(a => Text([.. a.Tokens]))]),
                ]),
            ],
        };
    }
}
