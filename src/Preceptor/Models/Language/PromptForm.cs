namespace Preceptor.Models;

/// <summary>How a prompt is put before its response.</summary>
public sealed record PromptForm
{
    /// <summary>What stands between prompt and response, where a prompt is not a message.</summary>
    public string Between { get; init; } = "";

    /// <summary>Whether a prompt is a user's message in a conversation, and the response the assistant's.</summary>
    public bool IsChat { get; init; }

    /// <summary>The tokens that a model is asked with.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="prompt">The prompt.</param>
    public int[] Encode(Tokenizer tokenizer, string prompt)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return IsChat ? Encode(tokenizer, [new ChatTurn("user", prompt)]) : tokenizer.Encode(prompt + Between);
    }

    /// <summary>The tokens of a conversation that the assistant is to go on with; where prompts are no messages, those of the last message alone.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="turns">The messages, at least one.</param>
    /// <exception cref="Foundation.RequestException">A role is unknown.</exception>
    public int[] Encode(Tokenizer tokenizer, IReadOnlyList<ChatTurn> turns)
    {
        ArgumentNullException.ThrowIfNull(turns);
        return IsChat ? ChatTemplate.For(tokenizer).Encode(tokenizer, turns, addGenerationPrompt: true).Ids : Encode(tokenizer, turns[^1].Content);
    }
}
