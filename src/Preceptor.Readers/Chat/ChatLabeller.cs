using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;

namespace Preceptor.Readers.Chat;

/// <summary>How a chat model is asked.</summary>
public sealed record ChatLabelling
{
    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>How many answers a row gets; more than one are asked at temperature 1, and their shares are the confidence.</summary>
    public int Votes { get; init; } = 1;

    /// <summary>The most tokens of an answer.</summary>
    public int MaxTokens { get; init; } = 64;

    /// <summary>How many calls are made at once.</summary>
    public int Parallel { get; init; } = 4;
}

/// <summary>What is asked about a row.</summary>
/// <param name="Text">The question.</param>
/// <param name="Answer">What was answered to it before; null where it is asked for the first time.</param>
/// <param name="Objection">What is said to that answer; null where it is asked for the first time.</param>
public sealed record ChatQuestion(string Text, string? Answer = null, string? Objection = null)
{
    internal IEnumerable<ChatMessage> Messages => Objection is null ? [new(ChatRole.User, Text)] : [new(ChatRole.User, Text), new(ChatRole.Assistant, Answer), new(ChatRole.User, Objection)];

    internal string All => Objection is null ? Text : $"{Text}\n{Answer}\n{Objection}";
}

/// <summary>A row's label by a chat model.</summary>
/// <param name="Label">The class, as its place; −1 for none.</param>
/// <param name="Confidence">Its confidence in [0, 1]; null where nothing is known of it.</param>
/// <param name="Unparsed">How many answers could not be read.</param>
public sealed record ChatLabel(int Label, double? Confidence, int Unparsed);

/// <summary>How far a labelling is.</summary>
/// <param name="Done">Rows that have their answer.</param>
/// <param name="Calls">Calls that were made and answered.</param>
/// <param name="Cost">What all answers cost so far.</param>
public readonly record struct LabellingProgress(int Done, int Calls, double Cost);

/// <summary>Asks a chat model for the labels of rows: every question once, answers kept in a ledger, within a budget.</summary>
/// <param name="client">The model; null where it is only to be known what would be asked.</param>
/// <param name="how">How it is asked.</param>
/// <param name="classes">The classes.</param>
/// <param name="ledger">The answers so far, which get those to come.</param>
/// <param name="budget">What calls may cost.</param>
public sealed class ChatLabeller(IChatClient? client, ChatLabelling how, IReadOnlyList<string> classes, AnswerLedger ledger, ChatBudget budget)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ChatAnswer?>>> asked = new(StringComparer.Ordinal);
    private readonly string system = ChatPrompt.System(classes);
    private int calls, done;

    /// <summary>Calls that were made and answered.</summary>
    public int Calls => calls;

    /// <summary>Whether a call was not made because it would have exceeded the budget.</summary>
    public bool IsOutOfBudget { get; private set; }

    /// <summary>What a row would need: calls, and tokens at most.</summary>
    /// <param name="question">The question.</param>
    public (int Calls, long Input, long Output) Need(ChatQuestion question)
    {
        var missing = Enumerable.Range(0, how.Votes).Count(vote => ledger.Find(Key(question, vote)) is null);
        return (missing, missing * Estimate(question), (long)missing * how.MaxTokens);
    }

    /// <summary>Labels rows. When the budget is spent or the user stops, no call is begun any more, and those under way are awaited and kept.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="question">The question about a row.</param>
    /// <param name="progress">Told after every row.</param>
    /// <param name="stop">Stops the labelling.</param>
    /// <returns>A label a row; null if some are missing because the budget is spent.</returns>
    /// <exception cref="OperationCanceledException">The user stopped.</exception>
    public async Task<ChatLabel[]?> LabelAsync(IReadOnlyList<int> rows, Func<int, ChatQuestion> question, IProgress<LabellingProgress>? progress, CancellationToken stop)
    {
        var labels = new ChatLabel?[rows.Count];
        Exception? fault = null;
        await Parallel.ForEachAsync(Enumerable.Range(0, rows.Count), new ParallelOptions { MaxDegreeOfParallelism = how.Parallel }, async (i, _) =>
        {
            if (stop.IsCancellationRequested || IsOutOfBudget || fault is not null) return;
            try
            {
                labels[i] = await LabelAsync(question(rows[i]), stop).ConfigureAwait(false);
                if (labels[i] is not null) progress?.Report(new(Interlocked.Increment(ref done), calls, budget.Cost));
            }
            catch (Exception e) // the others' calls are paid for: they end first
            {
                Interlocked.CompareExchange(ref fault, e, null);
            }
        }).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        if (fault is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
        return labels.Contains(null) ? null : [.. labels.Select(l => l!)];
    }

    private async Task<ChatLabel?> LabelAsync(ChatQuestion question, CancellationToken stop)
    {
        var votes = new int[classes.Count];
        var (unparsed, confidence) = (0, (double?)null);
        for (var vote = 0; vote < how.Votes; vote++)
        {
            var (key, number) = (Key(question, vote), vote);
            var answer = ledger.Find(key) ?? await asked.GetOrAdd(key, _ => new(() => AskAsync(key, question, stop))).Value.ConfigureAwait(false);
            if (answer is null) return null;
            if (!answer.IsParsed) unparsed++;
            if (answer.Label is null) continue;
            votes[classes.TakeWhile(c => c != answer.Label).Count()]++;
            confidence = answer.Confidence;
        }
        var best = Array.IndexOf(votes, votes.Max());
        return votes[best] == 0 ? new(-1, null, unparsed) : new(best, how.Votes > 1 ? (double)votes[best] / how.Votes : confidence, unparsed);
    }

    private async Task<ChatAnswer?> AskAsync(string key, ChatQuestion question, CancellationToken stop)
    {
        var estimate = Estimate(question);
        if (budget.Reserve(estimate, how.MaxTokens) is not { } reserved)
        {
            IsOutOfBudget = true;
            return null;
        }
        var (input, output) = (0L, 0L);
        try
        {
            var options = new ChatOptions { ModelId = how.Model, Temperature = how.Votes > 1 ? 1 : 0, MaxOutputTokens = how.MaxTokens, ResponseFormat = ChatResponseFormat.Json };
            if (how.Votes == 1) options.AdditionalProperties = new() { [TokenLogProbability.Wanted] = true };
            var response = await client!.GetResponseAsync([new(ChatRole.System, system), .. question.Messages], options, stop).ConfigureAwait(false);
            var answer = ChatAnswer.Of(key, response, classes, reserved.Input, ChatBudget.Estimate(Encoding.UTF8.GetByteCount(response.Text)));
            (input, output) = (answer.Input, answer.Output);
            ledger.Add(answer);
            Interlocked.Increment(ref calls);
            return answer;
        }
        finally
        {
            budget.Settle(reserved, estimate, input, output);
        }
    }

    private long Estimate(ChatQuestion question) => ChatBudget.Estimate(Encoding.UTF8.GetByteCount(system) + Encoding.UTF8.GetByteCount(question.All));

    private string Key(ChatQuestion question, int vote) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{how.Model}\n{(how.Votes > 1 ? vote + 1 : 0)}\n{how.MaxTokens}\n{system}\n{question.All}")))[..32];
}
