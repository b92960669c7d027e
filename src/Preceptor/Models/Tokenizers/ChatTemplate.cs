using System.Text.Json.Nodes;
using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>A message of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c>, or <c>tool</c> for what a function answered.</param>
/// <param name="Content">Its text.</param>
public sealed record ChatTurn(string Role, string Content)
{
    /// <summary>The functions that the assistant calls.</summary>
    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];
}

/// <summary>A function that the assistant calls.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Its arguments, as JSON.</param>
public sealed record ToolCall(string Name, JsonNode? Arguments);

/// <summary>A conversation as tokens.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="IsResponse">Of each, whether the assistant wrote it, the token that ends its turn included: those that a loss of responses alone counts.</param>
public sealed record ChatTokens(int[] Ids, bool[] IsResponse);

/// <summary>How a conversation becomes the text that a model reads.</summary>
public abstract class ChatTemplate
{
    private static readonly string[] Roles = ["system", "user", "assistant", "tool"];

    /// <summary>Qwen2.5's template, and ChatML's where there is neither a tool nor a missing system message.</summary>
    public static ChatTemplate Qwen { get; } = new QwenTemplate();

    /// <summary>A template for any tokenizer: a role and a colon on a line, the message below, an empty line between messages. The assistant's end with the tokenizer's own end.</summary>
    public static ChatTemplate Plain { get; } = new PlainTemplate();

    /// <summary>The template that fits a tokenizer: Qwen2.5's where it has its tokens, else the plain one.</summary>
    public static ChatTemplate For(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return tokenizer.Find(QwenTemplate.Start) is not null && tokenizer.Find(QwenTemplate.Stop) is not null ? Qwen : Plain;
    }

    /// <summary>The text of a conversation.</summary>
    /// <param name="messages">The messages, at least one.</param>
    /// <param name="addGenerationPrompt">Whether to end with what the assistant's next turn begins with.</param>
    /// <param name="tools">Functions that the assistant may call, as JSON schemas.</param>
    /// <exception cref="RequestException">There is no message, or one of an unknown role.</exception>
    public string Render(IReadOnlyList<ChatTurn> messages, bool addGenerationPrompt = false, IReadOnlyList<JsonObject>? tools = null) =>
        string.Concat(Checked(messages, addGenerationPrompt, tools).Select(p => p.Text));

    /// <summary>
    /// The tokens of a conversation. Names of control tokens in messages are ordinary text, so that no message can end its turn and begin another's. The assistant's text is encoded apart from what stands before it, as it will be when it
    /// is generated; the tokens of a conversation up to there are therefore those of the prompt that asked for it.
    /// </summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="messages">The messages, at least one.</param>
    /// <param name="addGenerationPrompt">Whether to end with what the assistant's next turn begins with.</param>
    /// <param name="tools">Functions that the assistant may call, as JSON schemas.</param>
    /// <exception cref="RequestException">There is no message, one of an unknown role, or the tokenizer lacks a token of the template.</exception>
    public ChatTokens Encode(Tokenizer tokenizer, IReadOnlyList<ChatTurn> messages, bool addGenerationPrompt = false, IReadOnlyList<JsonObject>? tools = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var (ids, isResponse, text, now) = (new List<int>(), new List<bool>(), new System.Text.StringBuilder(), false);
        foreach (var part in Checked(messages, addGenerationPrompt, tools))
        {
            if (part.IsControl || part.IsResponse != now) Flush();
            now = part.IsResponse;
            if (!part.IsControl) text.Append(part.Text);
            else if (part.Text.Length > 0) Add([tokenizer.Find(part.Text) ?? throw new RequestException($"the tokenizer has no token '{part.Text}', which the chat template needs")]);
            else if (tokenizer.End is { } end) Add([end]);
        }
        Flush();
        return new([.. ids], [.. isResponse]);

        void Flush()
        {
            Add(tokenizer.Encode(text.ToString(), special: false));
            text.Clear();
        }

        void Add(int[] some)
        {
            ids.AddRange(some);
            isResponse.AddRange(Enumerable.Repeat(now, some.Length));
        }
    }

    /// <summary>The parts of a conversation, in order.</summary>
    private protected abstract IEnumerable<Part> Parts(IReadOnlyList<ChatTurn> messages, IReadOnlyList<JsonObject> tools);

    /// <summary>What the assistant's next turn begins with.</summary>
    private protected abstract IEnumerable<Part> GenerationPrompt { get; }

    private IEnumerable<Part> Checked(IReadOnlyList<ChatTurn> messages, bool addGenerationPrompt, IReadOnlyList<JsonObject>? tools)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0) throw new RequestException("a conversation needs at least one message");
        foreach (var message in messages)
            if (!Roles.Contains(message.Role)) throw new RequestException($"a message has the role '{JsonKey.Shown(message.Role)}', expected one of {string.Join(", ", Roles)}");
        return Parts(messages, tools ?? []).Concat(addGenerationPrompt ? GenerationPrompt : []);
    }

    /// <summary>A part of a conversation's text.</summary>
    /// <param name="Text">The text.</param>
    /// <param name="IsControl">Whether it is a control token; the tokenizer's own end where it has no text.</param>
    /// <param name="IsResponse">Whether the assistant writes it.</param>
    private protected readonly record struct Part(string Text, bool IsControl = false, bool IsResponse = false);

    private sealed class PlainTemplate : ChatTemplate
    {
        private protected override IEnumerable<Part> GenerationPrompt => [new("assistant:\n")];

        private protected override IEnumerable<Part> Parts(IReadOnlyList<ChatTurn> messages, IReadOnlyList<JsonObject> tools)
        {
            if (tools.Count > 0) yield return new($"tools:\n{string.Concat(tools.Select(t => PythonJson.Text(t) + "\n"))}\n");
            foreach (var message in messages)
            {
                var isResponse = message.Role == "assistant";
                yield return new($"{message.Role}:\n");
                var calls = message.ToolCalls.Select(c => $"{{\"name\": {PythonJson.Text(c.Name)}, \"arguments\": {PythonJson.Text(c.Arguments)}}}");
                yield return new(string.Join('\n', message.Content.Length > 0 ? calls.Prepend(message.Content) : calls), false, isResponse);
                if (isResponse) yield return new("", true, true);
                yield return new("\n\n");
            }
        }
    }
}
