using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Reasoning;

/// <summary>A solution that a policy drew to a training question, and how it was rated.</summary>
/// <param name="Question">The question's place among the training questions.</param>
/// <param name="Tokens">The solution's tokens, with the one that ended it.</param>
/// <param name="Text">Its text.</param>
/// <param name="Rating">1 for a right answer, 0 for any other; or, of a beginning, the share of its roll-outs that end right.</param>
public sealed record RatedSolution(int Question, int[] Tokens, string Text, double Rating)
{
    /// <summary>What its steps are worth, in order; empty where they were not valued.</summary>
    public IReadOnlyList<StepValue> Steps { get; init; } = [];
}

/// <summary>What a solution is worth up to the end of a step.</summary>
/// <param name="Tokens">Tokens up to there.</param>
/// <param name="Value">The value.</param>
public readonly record struct StepValue(int Tokens, double Value);

/// <summary>Solutions with their ratings, kept as JSON Lines: an object with row, question, solution, rating, tokens and, where they were valued, steps a line, for this library and others.</summary>
[Version(1)]
public sealed class RatedSolutions : IArtifact<RatedSolutions>
{
    private const string FileName = "solutions.jsonl";

    private readonly IReadOnlyList<string> questions;

    internal RatedSolutions(IReadOnlyList<RatedSolution> all, IReadOnlyList<string> questions) => (All, this.questions) = (all, questions);

    /// <summary>The solutions, question by question.</summary>
    public IReadOnlyList<RatedSolution> All { get; }

    /// <summary>Those of them that a condition holds for.</summary>
    internal RatedSolutions Where(Func<RatedSolution, bool> condition) => new([.. All.Where(condition)], questions);

    /// <summary>Draws solutions to training questions and rates them; equal ones of a question are kept once.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="run">The run.</param>
    /// <param name="policy">What draws.</param>
    /// <param name="samples">Solutions a question.</param>
    /// <param name="temperature">The temperature.</param>
    /// <param name="topK">Only the likeliest so many tokens are drawn; 0 for all.</param>
    /// <param name="most">Most questions, those without a worked solution first, since a policy knows the others by heart; 0 for all.</param>
    /// <exception cref="WorkException">None is right.</exception>
    internal static RatedSolutions Draw(ReasoningProblem problem, Run run, LanguageModel policy, int samples, double temperature, int topK, int most)
    {
        run.Uses(typeof(RatedSolutions));
        run.Uses(typeof(SolutionSampler));
        int[] asked = Askable(problem, most);
        var drawn = new SolutionSampler(policy).Draw(problem.PromptsOf(asked), samples, new(temperature, topK, problem.Solving.AnswerTokens, (ulong)run.TorchSeed("solutions")), run.Cancellation);
        var outcomes = new int[Enum.GetValues<CheckOutcome>().Length];
        var all = new List<RatedSolution>();
        for (var k = 0; k < asked.Length; k++)
        {
            foreach (var solution in drawn[k].DistinctBy(s => string.Join(' ', s.Tokens)))
            {
                var outcome = problem.Checker.Check(problem.Train[asked[k]], solution);
                outcomes[(int)outcome]++;
                all.Add(new(asked[k], [.. solution.Tokens], solution.Text, outcome == CheckOutcome.Right ? 1 : 0));
            }
        }
        var counts = string.Join(", ", Enum.GetValues<CheckOutcome>().Where(o => outcomes[(int)o] > 0).Select(o => $"{outcomes[(int)o]} {Options.Key(o.ToString())}"));
        if (outcomes[(int)CheckOutcome.Right] == 0) throw new WorkException($"{problem.Name}: of {samples} solutions to each of {asked.Length} training questions none is right ({counts}), so that there is nothing to learn from; train the policy for longer, or begin with easier questions");
        run.Log.LogInformation("{Count} different solutions of {Questions} questions: {Counts}", all.Count, asked.Length, counts);
        return new(all, [.. problem.Train.Select(q => q.Text)]);
    }

    /// <summary>Training questions whose answers are known, each once, those without a worked solution first where not all are taken.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="most">How many at most; 0 for all.</param>
    internal static int[] Askable(ReasoningProblem problem, int most) =>
        [.. Enumerable.Range(0, problem.Train.Count).Where(i => problem.Train[i].Answer.Length > 0).DistinctBy(i => problem.Train[i].Text).OrderBy(i => problem.Train[i].Solution.Length > 0).Take(most == 0 ? int.MaxValue : most).Order()];

    /// <summary>Questions as prompts and solutions as answers, with a token behind each that is never looked at: so that a network gives features where it has read the last.</summary>
    internal TokenSequences ToSequences(ReasoningProblem problem)
    {
        var prompts = All.Select(s => s.Question).Distinct().ToDictionary(q => q, q => problem.PromptOf(problem.Train[q].Text));
        return TokenSequences.Of([.. All.Select(s => (prompts[s.Question], (int[])[.. s.Tokens, 0]))]);
    }

    /// <inheritdoc/>
    public void Save(string folder) => File.WriteAllLines(Path.Combine(folder, FileName), All.Select(s =>
    {
        var row = new JsonObject
        {
            ["row"] = s.Question + 1,
            ["question"] = questions[s.Question],
            ["solution"] = s.Text,
            ["rating"] = s.Rating,
            ["tokens"] = new JsonArray([.. s.Tokens.Select(t => JsonValue.Create(t))]),
        };
        if (s.Steps.Count > 0) row["steps"] = new JsonArray([.. s.Steps.Select(v => new JsonObject { ["tokens"] = v.Tokens, ["value"] = v.Value })]);
        return row.ToJsonString();
    }));

    /// <inheritdoc/>
    public static RatedSolutions Load(string folder)
    {
        var (path, all, questions) = (Path.Combine(folder, FileName), new List<RatedSolution>(), new Dictionary<int, string>());
        foreach (var (line, number) in File.ReadLines(path).Select((l, i) => (l, i + 1)))
        {
            try
            {
                var row = JsonNode.Parse(line)!;
                var question = (int)row["row"]! - 1;
                questions[question] = (string)row["question"]!;
                var steps = row["steps"]?.AsArray().Select(v => new StepValue((int)v!["tokens"]!, (double)v["value"]!));
                all.Add(new(question, [.. row["tokens"]!.AsArray().Select(t => (int)t!)], (string)row["solution"]!, (double)row["rating"]!) { Steps = [.. steps ?? []] });
            }
            catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException or FormatException)
            {
                throw new RequestException($"{path} line {number}: is no rated solution: {e.Message}", e);
            }
        }
        return new(all, [.. Enumerable.Range(0, questions.Count == 0 ? 0 : questions.Keys.Max() + 1).Select(i => questions.GetValueOrDefault(i, ""))]);
    }
}
