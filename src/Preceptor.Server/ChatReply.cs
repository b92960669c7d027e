using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Preceptor.Models;

namespace Preceptor.Server;

/// <summary>Answers in the form of OpenAI's chat completions.</summary>
internal sealed class ChatReply(LanguageModel model, string name, ChatRequest request, int promptTokens)
{
    private readonly string id = $"chatcmpl-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
    private readonly long created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>Whole answers.</summary>
    public JsonObject Whole(Generation[] answers)
    {
        var tokens = answers.Sum(a => a.LogProbabilities.Count);
        return new()
        {
            ["id"] = id,
            ["object"] = "chat.completion",
            ["created"] = created,
            ["model"] = name,
            ["choices"] = new JsonArray([.. answers.Select((a, i) => (JsonNode)new JsonObject
            {
                ["index"] = i,
                ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = model.Text(a, request.Options) },
                ["logprobs"] = request.HasLogProbabilities ? Logs(a) : null,
                ["finish_reason"] = Reason(a, IsStopped(a)),
            })]),
            ["usage"] = new JsonObject { ["prompt_tokens"] = promptTokens, ["completion_tokens"] = tokens, ["total_tokens"] = promptTokens + tokens },
        };
    }

    /// <summary>A piece of an answer.</summary>
    public JsonObject Piece(int index, string text, string? reason) => new()
    {
        ["id"] = id,
        ["object"] = "chat.completion.chunk",
        ["created"] = created,
        ["model"] = name,
        ["choices"] = new JsonArray(new JsonObject { ["index"] = index, ["delta"] = text.Length > 0 ? new JsonObject { ["role"] = "assistant", ["content"] = text } : new JsonObject(), ["finish_reason"] = reason }),
    };

    /// <summary>Why an answer ended.</summary>
    public static string Reason(Generation answer, bool isStopped) => answer.Ended || isStopped ? "stop" : "length";

    private bool IsStopped(Generation answer) => request.Options.Stop.Count > 0 && model.Tokenizer.Decode([.. answer.Tokens]) is var text && request.Options.Stop.Any(s => text.Contains(s, StringComparison.Ordinal));

    private JsonObject Logs(Generation answer)
    {
        JsonObject One(int token, double log)
        {
            var text = model.Tokenizer.Decode([token]);
            return new() { ["token"] = text, ["logprob"] = log, ["bytes"] = new JsonArray([.. Encoding.UTF8.GetBytes(text).Select(b => (JsonNode)(int)b)]) };
        }
        return new()
        {
            ["content"] = new JsonArray([.. answer.Tokens.Select((t, i) =>
            {
                var one = One(t, answer.LogProbabilities[i]);
                one["top_logprobs"] = new JsonArray([.. answer.Alternatives.Count == 0 ? [] : answer.Alternatives[i].Select(a => (JsonNode)One(a.Token, a.LogProbability))]);
                return (JsonNode)one;
            })]),
        };
    }
}
