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
public sealed class ChatLabeller(IChatClient? client, ChatLabelling how, IReadOnlyList<string> classes, AnswerLedger<ChatAnswer> ledger, ChatBudget budget)
{
    private readonly ChatCalls<ChatAnswer> calls = new(client, ledger, budget, (key, response, input, output) => ChatAnswer.Of(key, response, classes, input, output));
    private readonly string system = ChatPrompt.System(classes);
    private int done;

    /// <summary>Calls that were made and answered.</summary>
    public int Calls => calls.Made;

    /// <summary>Whether a call was not made because it would have exceeded the budget.</summary>
    public bool IsOutOfBudget => calls.IsOutOfBudget;

    /// <summary>What a row would need: calls, and tokens at most.</summary>
    /// <param name="question">The question.</param>
    public (int Calls, long Input, long Output) Need(ChatQuestion question)
    {
        var missing = Enumerable.Range(0, how.Votes).Select(vote => Call(question, vote)).Where(call => ledger.Find(call.Key) is null).ToArray();
        return (missing.Length, missing.Sum(call => call.Estimate), (long)missing.Length * how.MaxTokens);
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
        await calls.ForEachAsync(rows.Count, how.Parallel, async i =>
        {
            labels[i] = await LabelAsync(question(rows[i]), stop).ConfigureAwait(false);
            if (labels[i] is not null) progress?.Report(new(Interlocked.Increment(ref done), Calls, calls.Cost));
        }, stop).ConfigureAwait(false);
        return labels.Contains(null) ? null : [.. labels.Select(l => l!)];
    }

    private async Task<ChatLabel?> LabelAsync(ChatQuestion question, CancellationToken stop)
    {
        var votes = new int[classes.Count];
        var (unparsed, confidence) = (0, (double?)null);
        for (var vote = 0; vote < how.Votes; vote++)
        {
            if (await calls.AskAsync(Call(question, vote), stop).ConfigureAwait(false) is not { } answer) return null;
            if (!answer.IsParsed) unparsed++;
            if (answer.Label is null) continue;
            votes[classes.TakeWhile(c => c != answer.Label).Count()]++;
            confidence = answer.Confidence;
        }
        var best = Array.IndexOf(votes, votes.Max());
        return votes[best] == 0 ? new(-1, null, unparsed) : new(best, how.Votes > 1 ? (double)votes[best] / how.Votes : confidence, unparsed);
    }

    private ChatCall Call(ChatQuestion question, int vote)
    {
        var options = new ChatOptions { ModelId = how.Model, Temperature = how.Votes > 1 ? 1 : 0, MaxOutputTokens = how.MaxTokens, ResponseFormat = ChatResponseFormat.Json };
        if (how.Votes == 1) options.AdditionalProperties = new() { [TokenLogProbability.Wanted] = true };
        return new(ChatCall.Hash($"{how.Model}\n{(how.Votes > 1 ? vote + 1 : 0)}\n{how.MaxTokens}\n{system}\n{question.All}"), [new(ChatRole.System, system), .. question.Messages], options);
    }
}
