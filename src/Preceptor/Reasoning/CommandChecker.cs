using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Supervision;

namespace Preceptor.Reasoning;

/// <summary>
/// A checker that is a program of the user's own, in any language. It gets one JSON object a line, <c>{"id": 7, "question": "…", "solution": "…", "answer": "…"}</c>, and says what it thinks in one line each, in the same order:
/// <c>{"id": 7, "right": true}</c>, with <c>"answer"</c> where it reads answers itself (null for none that can be read; left out, the last line is the answer), and <c>"steps": [true, false]</c> where it checks steps, one for each line.
/// The answer wanted is null where nobody asks whether it is right. No shell stands between. A program that is silent for too long, ends, or says anything else is ended and started anew, and what it was asked has failed for good; after
/// failures on <see cref="MostFailures"/> questions in a row it is given up, and everything fails.
/// </summary>
public sealed class CommandChecker : SolutionChecker, IDisposable
{
    /// <summary>The name of the kind.</summary>
    internal const string Kind = "command";

    /// <summary>Questions in a row with a failure after which the program is not started again.</summary>
    public const int MostFailures = 10;

    private const int MostKnown = 10_000;

    private const string Expected = "one line {\"id\": …, \"right\": true or false}, with \"answer\" (text or null) and \"steps\" (an array of true and false, one for each line of the solution) as it likes";

    private readonly string[] command;
    private readonly TimeSpan limit;
    private readonly Lock gate = new();
    private readonly OutcomeCheck last = new(CheckRule.Exact, []);
    private readonly Dictionary<(string Question, string Solution, string? Answer), Reply?> known = [];
    private readonly HashSet<string> failed = new(StringComparer.Ordinal);
    private CommandProcess? process;
    private int asked;
    private string trouble = "";
    private bool checksSteps;

    /// <summary>Starts nothing yet.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="limit">How long an answer may take; the first of a program that was just started may take <see cref="CommandProcess.StartUp"/> more.</param>
    public CommandChecker(IReadOnlyList<string> command, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (command.Count == 0 || command[0].Length == 0) throw new ArgumentException("there is no program", nameof(command));
        (this.command, this.limit) = ([.. command], limit);
    }

    /// <inheritdoc/>
    /// <remarks>The program itself is not part of it: what a saved solver says is never run.</remarks>
    public override string Name => $"{Kind}/{Contents.Hash(Encoding.UTF8.GetBytes(string.Join('\0', command)))[..8]}";

    /// <inheritdoc/>
    /// <remarks>Known once the program has been tried.</remarks>
    public override bool ChecksSteps => checksSteps;

    /// <summary>How often the program failed.</summary>
    public int Failures { get; private set; }

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Remarks => Failures == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"the checker {Shown} failed {Failures} times{(IsGivenUp ? $" and was given up after {MostFailures} questions in a row" : " and was started anew")}; at last: {trouble}")];

    private bool IsGivenUp => failed.Count >= MostFailures;

    private string Shown => string.Join(' ', command);

    /// <summary>Tries the program on a question, so that what is wrong with it is said before anything has been learned; whether it checks steps is known then.</summary>
    /// <param name="question">The question; its solution, or its answer where it has none, is checked.</param>
    /// <exception cref="WorkException">It cannot be started, or does not answer as it should.</exception>
    public void Try(Question question)
    {
        ArgumentNullException.ThrowIfNull(question);
        checksSteps = Ask(question.Text, question.Solution.Length > 0 ? question.Solution : question.Answer, question.Answer).Steps is not null;
    }

    /// <inheritdoc/>
    public override string? AnswerOf(string question, string solution)
    {
        var reply = Ask(question, solution, null);
        return reply.ReadsAnswers ? reply.Answer : StepsOf(solution) is [.., var line] ? last.AnswerOf(line) : null;
    }

    /// <inheritdoc/>
    public override bool IsRight(Question question, string solution)
    {
        ArgumentNullException.ThrowIfNull(question);
        return Ask(question.Text, solution, question.Answer).IsRight;
    }

    /// <inheritdoc/>
    public override bool[]? AreStepsRight(string question, string solution) => Ask(question, solution, null).Steps is { } steps ? [.. steps] : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate) process?.Dispose();
    }

    private Reply Ask(string question, string solution, string? answer)
    {
        lock (gate)
        {
            var key = (question, solution, answer);
            if (known.TryGetValue(key, out var before)) return before ?? throw new WorkException($"the checker {Shown} failed on this before");
            if (IsGivenUp) throw new WorkException($"the checker {Shown} was given up after failures on {MostFailures} questions in a row; at last: {trouble}");
            if (known.Count >= MostKnown) known.Clear();
            try
            {
                process ??= new(command);
                var request = new JsonObject { ["id"] = ++asked, ["question"] = question, ["solution"] = solution, ["answer"] = answer };
                var reply = Read(process.Ask(request.ToJsonString(), limit), solution, answer is not null);
                failed.Clear();
                return (known[key] = reply)!;
            }
            catch (Exception e) when (e is WorkException or IOException or TimeoutException)
            {
                process?.Dispose();
                process = null;
                known[key] = null;
                failed.Add(question);
                (Failures, trouble) = (Failures + 1, e.Message);
                throw e as WorkException ?? new WorkException(e.Message, e);
            }
        }
    }

    private Reply Read(string line, string solution, bool isJudged)
    {
        WorkException Wrong() => new($"found '{(line.Length > 200 ? line[..200] + "…" : line)}', expected {Expected.Replace("\"id\": …", string.Create(CultureInfo.InvariantCulture, $"\"id\": {asked}"), StringComparison.Ordinal)}");
        JsonObject? reply;
        try
        {
            reply = JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            throw Wrong();
        }
        bool Is(JsonNode? node, params JsonValueKind[] kinds) => kinds.Contains(node?.GetValueKind() ?? JsonValueKind.Null);
        if (reply is null || !Is(reply["id"], JsonValueKind.Number) || reply["id"]!.ToJsonString() != asked.ToString(CultureInfo.InvariantCulture)) throw Wrong();
        var (right, steps) = (reply["right"], reply["steps"]);
        if ((isJudged || right is not null) && !Is(right, JsonValueKind.True, JsonValueKind.False)) throw Wrong();
        if (!Is(reply["answer"], JsonValueKind.String, JsonValueKind.Null)) throw Wrong();
        if (steps is null && checksSteps || steps is not null && (steps is not JsonArray all || !all.All(s => Is(s, JsonValueKind.True, JsonValueKind.False)) || all.Count != StepsOf(solution).Length)) throw Wrong();
        return new(right is not null && (bool)right, reply.ContainsKey("answer"), (string?)reply["answer"], steps is null ? null : [.. steps.AsArray().Select(s => (bool)s!)]);
    }

    /// <summary>What the program said of a solution.</summary>
    private sealed record Reply(bool IsRight, bool ReadsAnswers, string? Answer, bool[]? Steps);
}
