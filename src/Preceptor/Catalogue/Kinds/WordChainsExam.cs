using System.Text;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Language.BuiltIn;
using Preceptor.Models;
using Preceptor.Supervision;

namespace Preceptor.Catalogue;

/// <summary>The exam of word-chains: the answers to problems like those learned from, to such with more statements of no use, and to chains a step longer.</summary>
internal static class WordChainsExam
{
    internal static readonly Metric Distracted = Of("distracted-accuracy", "answer-accuracy, where more statements are of no use than in any problem to learn from");
    internal static readonly Metric Longer = Of("longer-accuracy", "answer-accuracy, of chains a step longer than any to learn from");

    /// <summary>The problem and its exam.</summary>
    public static ExamTask<LanguageProblem, LanguageModel> Task(Specification specification, ulong seed)
    {
        var options = (WordChainsProblem.Options)specification.Problem;
        var (texts, distracted, longer) = WordChainsProblem.Draw(options, seed);
        var data = new LanguageData { Tokens = TokenKind.Word, Check = CheckRule.Number };
        var task = LanguageKind.Task(specification, data, texts, ScoredOn.Truth);
        MeasuredScores With(MeasuredScores scores, LanguageModel model, IEnumerable<(Metric Metric, TextRow[] Rows)> sets)
        {
            var right = sets.ToDictionary(s => s.Metric.Name, s => Right(model, s.Rows, task.Problem.Train.Longest));
            return scores with
            {
                Values = scores.Values.Concat(right.Select(r => KeyValuePair.Create(r.Key, r.Value.Average()))).ToDictionary(),
                PerItem = scores.PerItem.Concat(right).ToDictionary(),
            };
        }
        return task with
        {
            FurtherMetrics = [Distracted, Longer],
            Examine = m => With(task.Examine(m), m, [(Distracted, distracted), (Longer, longer)]),
            Fingerprint = $"{task.Fingerprint}-{Contents.Hash(Encoding.UTF8.GetBytes(string.Join('\n', distracted.Concat(longer).Select(r => r.Prompt))))}",
        };
    }

    /// <summary>Whether each answer is right [N]: a number, and the one wanted.</summary>
    internal static double[] Right(LanguageModel model, TextRow[] rows, int most)
    {
        var check = new OutcomeCheck(CheckRule.Number, [.. rows.Select(r => r.Response)]);
        var answers = model.Generate([.. rows.Select(r => r.Prompt)], new() { MaxTokens = 2 * most });
        return [.. answers.Select((a, i) => check.Reward(i, a[0]))];
    }

    private static Metric Of(string name, string description) => MeasuredScores.Metric(name, description, Better.Higher, 0, 1);
}
