using System.Text;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Language.BuiltIn;
using Preceptor.Models;
using Preceptor.Representation;
using static Preceptor.Language.BuiltIn.AgreementProblem;

namespace Preceptor.Catalogue;

/// <summary>The exam of the built-in problem agreement: what a linear classifier learns of sentences from a model's frozen features and few labels.</summary>
internal static class AgreementExam
{
    private static readonly Probe[] Probes = Enum.GetValues<Probe>();

    /// <summary>The accuracy of each probe.</summary>
    internal static readonly IReadOnlyDictionary<Probe, Metric> Accuracies = new Dictionary<Probe, Metric>
    {
        [Probe.Agreement] = Of("agreement-accuracy", "share of test sentences of which it is told rightly whether a verb has the wrong number"),
        [Probe.Order] = Of("order-accuracy", "the same, of whether two neighbouring words changed places"),
        [Probe.Insertion] = Of("insertion-accuracy", "the same, of whether there is a word too many"),
        [Probe.Tense] = Of("tense-accuracy", "the same, of whether it tells of the past, which no lesson is about"),
    };

    internal static readonly Metric Acceptability = Of("acceptability", "the mean of the accuracies of agreement, order and insertion, by a linear classifier on the mean of a sentence's frozen features");

    /// <summary>The problem and its exam.</summary>
    public static ExamTask<LanguageProblem, LanguageModel> Task(Specification specification, ulong seed)
    {
        var options = (AgreementProblem.Options)specification.Problem;
        var task = LanguageKind.Task(specification, new() { Tokens = TokenKind.Word, Exam = LanguageExam.Detection }, Draw(options, seed), ScoredOn.Truth);
        Labelled[] Asked(string part, int count) => [.. Probes.Select(p => Ask(p, count, RandomStream.Of(seed, $"probe-{part}", (int)p))).Select(a => new Labelled(Encode(a.Sentences, task.Problem.Tokenizer), a.Labels))];
        var (learned, validation, test) = (Asked("labels", options.Labels), Asked("validation", options.Tests), Asked("test", options.Tests));
        MeasuredScores Score(LanguageModel model, Labelled[] asked, double detected)
        {
            var right = Probes.ToDictionary(p => Accuracies[p].Name, p => Right(model, learned[(int)p], asked[(int)p]));
            right[Acceptability.Name] = [.. Enumerable.Range(0, options.Tests).Select(i => Probes.Where(p => p != Probe.Tense).Average(p => right[Accuracies[p].Name][i]))];
            return MeasuredScores.Of(right, new Dictionary<string, double> { [LanguageKind.Detected.Name] = detected });
        }
        return task with
        {
            FurtherMetrics = [Acceptability, .. Accuracies.Values, LanguageKind.Detected],
            Examine = m => Score(m, test, task.Examine(m).Values[LanguageKind.Detected.Name]),
            Validate = m => Score(m, validation, task.Validate(m).Values[LanguageKind.Detected.Name]),
            TestItems = options.Tests,
            Fingerprint = $"{task.Fingerprint}-{Contents.Hash(Encoding.UTF8.GetBytes(string.Join('|', learned.Concat(test).Select(l => l.Sentences.Fingerprint))))}",
        };
    }

    /// <summary>1 where the classifier is right about a test sentence, else 0.</summary>
    private static double[] Right(LanguageModel model, Labelled learned, Labelled asked) =>
        EncoderScores.LinearProbe(model.Features(learned.Sentences), learned.Labels, model.Features(asked.Sentences), asked.Labels, model.Network.Options.Width);

    private static TokenSequences Encode(string[][] sentences, Tokenizer tokenizer) =>
        TokenSequences.Of([.. sentences.Select(s => (Array.Empty<int>(), (int[])[.. tokenizer.Encode(string.Join(' ', s)), .. tokenizer.End is { } end ? [end] : Array.Empty<int>()]))]);

    private static Metric Of(string name, string description) => MeasuredScores.Metric(name, description, Better.Higher, 0, 1);

    private sealed record Labelled(TokenSequences Sentences, int[] Labels);
}
