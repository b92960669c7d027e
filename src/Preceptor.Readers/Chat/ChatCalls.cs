using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;

namespace Preceptor.Readers.Chat;

/// <summary>One call of a chat model.</summary>
/// <param name="Key">What is asked, as a hash.</param>
/// <param name="Messages">The messages.</param>
/// <param name="Options">How it is asked; the most tokens of the answer are given.</param>
internal sealed record ChatCall(string Key, IReadOnlyList<ChatMessage> Messages, ChatOptions Options)
{
    /// <summary>What names a call: the same for the same words.</summary>
    public static string Hash(string words) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(words)))[..32];

    /// <summary>Tokens of the messages, as far as can be told.</summary>
    public long Estimate => ChatBudget.Estimate(Messages.Sum(m => Encoding.UTF8.GetByteCount(m.Text)));
}

/// <summary>Calls of a chat model: each once, answers kept in a ledger, within a budget.</summary>
/// <param name="client">The model; null where it is only to be known what would be asked.</param>
/// <param name="ledger">The answers so far, which get those to come.</param>
/// <param name="budget">What calls may cost.</param>
/// <param name="read">What is kept of a response: the key, the response, and the tokens of question and answer where the server does not count.</param>
internal sealed class ChatCalls<TAnswer>(IChatClient? client, AnswerLedger<TAnswer> ledger, ChatBudget budget, Func<string, ChatResponse, long, long, TAnswer> read) where TAnswer : PaidAnswer
{
    private readonly ConcurrentDictionary<string, Lazy<Task<TAnswer?>>> asked = new(StringComparer.Ordinal);
    private int made;

    /// <summary>Calls that were made and answered.</summary>
    public int Made => made;

    /// <summary>Whether a call was not made because it would have exceeded the budget.</summary>
    public bool IsOutOfBudget { get; private set; }

    /// <summary>What all answers cost so far.</summary>
    public double Cost => budget.Cost;

    /// <summary>The answer to a call, from the ledger if it is there; null where the budget does not allow it.</summary>
    public async Task<TAnswer?> AskAsync(ChatCall call, CancellationToken stop) =>
        ledger.Find(call.Key) ?? await asked.GetOrAdd(call.Key, _ => new(() => CallAsync(call, stop))).Value.ConfigureAwait(false);

    /// <summary>Works on many things, some at once. When the budget is spent or the user stops, nothing is begun any more, and calls under way are awaited and kept.</summary>
    /// <param name="count">How many.</param>
    /// <param name="parallel">How many at once.</param>
    /// <param name="work">The work on one.</param>
    /// <param name="stop">Stops it.</param>
    /// <exception cref="OperationCanceledException">The user stopped.</exception>
    public async Task ForEachAsync(int count, int parallel, Func<int, Task> work, CancellationToken stop)
    {
        Exception? fault = null;
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (i, _) =>
        {
            if (stop.IsCancellationRequested || IsOutOfBudget || fault is not null) return;
            try
            {
                await work(i).ConfigureAwait(false);
            }
            catch (Exception e) // the others' calls are paid for: they end first
            {
                Interlocked.CompareExchange(ref fault, e, null);
            }
        }).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        if (fault is not null) ExceptionDispatchInfo.Throw(fault);
    }

    private async Task<TAnswer?> CallAsync(ChatCall call, CancellationToken stop)
    {
        if (budget.Reserve(call.Estimate, call.Options.MaxOutputTokens!.Value) is not { } reserved)
        {
            IsOutOfBudget = true;
            return null;
        }
        var (input, output) = (0L, 0L);
        try
        {
            var response = await client!.GetResponseAsync(call.Messages, call.Options, stop).ConfigureAwait(false);
            var answer = read(call.Key, response, reserved.Input, ChatBudget.Estimate(Encoding.UTF8.GetByteCount(response.Text)));
            (input, output) = (answer.Input, answer.Output);
            ledger.Add(answer);
            Interlocked.Increment(ref made);
            return answer;
        }
        finally
        {
            budget.Settle(reserved, call.Estimate, input, output);
        }
    }
}
