using System.Security.Cryptography;
using System.Text.Json;
using Preceptor.Models;

namespace Preceptor.Server;

/// <summary>A request that cannot be answered as it is.</summary>
internal sealed class BadRequest(string parameter, string message) : Exception(message)
{
    /// <summary>What is wrong.</summary>
    public string Parameter => parameter;
}

/// <summary>What OpenAI's chat completions ask for, as far as a model here knows it.</summary>
/// <param name="Messages">The conversation.</param>
/// <param name="Options">How to answer.</param>
/// <param name="IsStream">Whether the answer is wanted as it comes.</param>
/// <param name="HasLogProbabilities">Whether log-probabilities are wanted.</param>
internal sealed record ChatRequest(IReadOnlyList<ChatTurn> Messages, GenerationOptions Options, bool IsStream, bool HasLogProbabilities)
{
    private const int MostMessages = 10_000, MostAnswers = 128, MostStops = 16, MostAlternatives = 20;

    /// <summary>Reads a request's body.</summary>
    /// <exception cref="BadRequest">It is no JSON, or a value is not allowed.</exception>
    public static ChatRequest Read(ReadOnlyMemory<byte> body, ChatServerOptions limits)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, new() { MaxDepth = 32, AllowDuplicateProperties = false });
        }
        catch (JsonException fault)
        {
            throw new BadRequest("", $"the request is no JSON: {fault.Message}");
        }
        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new BadRequest("", "expected a JSON object");
            var wanted = Whole(root, "max_completion_tokens", 1, int.MaxValue) ?? Whole(root, "max_tokens", 1, int.MaxValue) ?? limits.MaxTokens;
            var hasLogs = Flag(root, "logprobs");
            return new(Turns(root), new()
            {
                MaxTokens = Math.Min(wanted, limits.MaxTokens),
                Temperature = Number(root, "temperature", 0, 2) ?? 1,
                TopP = Number(root, "top_p", 0, 1) is { } topP ? Math.Max(topP, 1e-9) : 1,
                TopK = Whole(root, "top_k", 0, int.MaxValue) ?? 0,
                Samples = Whole(root, "n", 1, MostAnswers) ?? 1,
                Seed = (ulong)(Whole(root, "seed", int.MinValue, int.MaxValue) ?? RandomNumberGenerator.GetInt32(int.MaxValue)),
                Stop = Stops(root),
                Alternatives = hasLogs ? Whole(root, "top_logprobs", 0, MostAlternatives) ?? 0 : 0,
            }, Flag(root, "stream"), hasLogs);
        }
    }

    private static ChatTurn[] Turns(JsonElement root)
    {
        if (!root.TryGetProperty("messages", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0) throw new BadRequest("messages", "expected a list of at least one message");
        if (list.GetArrayLength() > MostMessages) throw new BadRequest("messages", $"{list.GetArrayLength()} messages, expected at most {MostMessages}");
        return [.. list.EnumerateArray().Select(m => new ChatTurn(Text(m, "role"), Content(m)))];
    }

    private static string Content(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content) || content.ValueKind == JsonValueKind.Null) return "";
        // Content may come in parts, of which those of text are read.
        return content.ValueKind == JsonValueKind.Array ? string.Concat(content.EnumerateArray().Select(p => p.ValueKind == JsonValueKind.Object && p.TryGetProperty("type", out var type) && type.ValueEquals("text") ? Text(p, "text")
            : throw new BadRequest("messages", "expected parts of type text"))) : Text(message, "content");
    }

    private static string Text(JsonElement of, string key)
    {
        try
        {
            return of.ValueKind == JsonValueKind.Object && of.TryGetProperty(key, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : throw new BadRequest("messages", $"expected a text {key} in each message");
        }
        catch (InvalidOperationException) // half a surrogate pair
        {
            throw new BadRequest("messages", $"{key} is not well-formed text");
        }
    }

    private static string[] Stops(JsonElement root)
    {
        if (!root.TryGetProperty("stop", out var stop) || stop.ValueKind == JsonValueKind.Null) return [];
        JsonElement[] all = stop.ValueKind == JsonValueKind.Array ? [.. stop.EnumerateArray()] : [stop];
        if (all.Length > MostStops || all.Any(s => s.ValueKind != JsonValueKind.String)) throw new BadRequest("stop", $"expected a text or at most {MostStops} texts");
        return [.. all.Select(s => s.GetString()!).Where(s => s.Length > 0)];
    }

    private static bool Flag(JsonElement root, string key) => root.TryGetProperty(key, out var value) && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Null => false,
        _ => throw new BadRequest(key, "expected true or false"),
    };

    private static double? Number(JsonElement root, string key, double least, double most) => !root.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most ? number : throw new BadRequest(key, $"expected a number from {least} to {most}");

    private static int? Whole(JsonElement root, string key, int least, int most) => !root.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number : throw new BadRequest(key, $"expected a whole number from {least} to {most}");
}
