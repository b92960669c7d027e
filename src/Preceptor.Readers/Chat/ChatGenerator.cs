using System.Globalization;
using Microsoft.Extensions.AI;

namespace Preceptor.Readers.Chat;

/// <summary>How a remote language model is asked for texts.</summary>
public sealed record ChatGeneration
{
    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Answers a prompt.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>The temperature; 0 takes the likeliest token each time.</summary>
    public double Temperature { get; init; }

    /// <summary>Tokens that together have this probability are drawn from.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>The most tokens of an answer.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>Texts at which an answer ends.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Decides what is drawn, where the server heeds it; other seeds are other calls in any case.</summary>
    public ulong Seed { get; init; }

    /// <summary>How many calls are made at once.</summary>
    public int Parallel { get; init; } = 4;
}

/// <summary>A text by a remote language model.</summary>
/// <param name="Key">What was asked, as a hash.</param>
/// <param name="Text">The text.</param>
/// <param name="IsEnded">Whether it ended by itself or at a text of <c>stop</c>, and not because it was long.</param>
/// <param name="LogProbability">The sum over its tokens, in nats; null where the server does not say.</param>
/// <param name="Input">Tokens of the prompt.</param>
/// <param name="Output">Tokens of the text.</param>
public sealed record GeneratedText(string Key, string Text, bool IsEnded, double? LogProbability, long Input, long Output) : PaidAnswer(Key, Input, Output)
{
    internal static GeneratedText Of(string key, ChatResponse response, long input, long output)
    {
        var tokens = response.AdditionalProperties?.TryGetValue(TokenLogProbability.Wanted, out var found) == true ? found as TokenLogProbability[] : null;
        return new(key, response.Text, response.FinishReason != ChatFinishReason.Length, tokens?.Sum(t => t.LogProbability), response.Usage?.InputTokenCount ?? input, response.Usage?.OutputTokenCount ?? output);
    }
}

/// <summary>Asks a remote language model what follows prompts: every call once, answers kept in a ledger, within a budget.</summary>
/// <param name="client">The model.</param>
/// <param name="how">How it is asked.</param>
/// <param name="ledger">The answers so far, which get those to come.</param>
/// <param name="budget">What calls may cost.</param>
public sealed class ChatGenerator(IChatClient client, ChatGeneration how, AnswerLedger<GeneratedText> ledger, ChatBudget budget)
{
    private readonly ChatCalls<GeneratedText> calls = new(client, ledger, budget, GeneratedText.Of);

    /// <summary>Calls that were made and answered.</summary>
    public int Calls => calls.Made;

    /// <summary>What follows each prompt [prompts][samples]. When the budget is spent or the user stops, no call is begun any more, and those under way are awaited and kept.</summary>
    /// <param name="prompts">The prompts, each a user's message.</param>
    /// <param name="stop">Stops it.</param>
    /// <returns>The texts; null if some are missing because the budget is spent.</returns>
    /// <exception cref="OperationCanceledException">The user stopped.</exception>
    public async Task<GeneratedText[][]?> GenerateAsync(IReadOnlyList<string> prompts, CancellationToken stop)
    {
        var texts = new GeneratedText?[prompts.Count * how.Samples];
        await calls.ForEachAsync(texts.Length, how.Parallel, async i => texts[i] = await calls.AskAsync(Call(prompts[i / how.Samples], i % how.Samples), stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        return texts.Contains(null) ? null : [.. texts.Select(t => t!).Chunk(how.Samples)];
    }

    private ChatCall Call(string prompt, int sample)
    {
        var options = new ChatOptions { ModelId = how.Model, Temperature = (float)how.Temperature, MaxOutputTokens = how.MaxTokens, AdditionalProperties = new() { [TokenLogProbability.Wanted] = true } };
        if (how.TopP < 1) options.TopP = (float)how.TopP;
        if (how.Stop.Count > 0) options.StopSequences = [.. how.Stop];
        // Samples of one prompt differ by their seeds; likeliest answers are alike.
        if (how.Temperature > 0) options.Seed = (long)(how.Seed + (ulong)sample);
        string[] words = [how.Model, how.Temperature > 0 ? $"{how.Seed} {sample}" : "", how.MaxTokens.ToString(CultureInfo.InvariantCulture), how.Temperature.ToString("R", CultureInfo.InvariantCulture), how.TopP.ToString("R", CultureInfo.InvariantCulture), .. how.Stop, prompt];
        return new(ChatCall.Hash(string.Join('\0', words)), [new(ChatRole.User, prompt)], options);
    }
}
