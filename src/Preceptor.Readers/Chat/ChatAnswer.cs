using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Preceptor.Readers.Chat;

/// <summary>What became of a call.</summary>
/// <param name="Key">What was asked, as a hash.</param>
/// <param name="Label">The class that was answered; null for none.</param>
/// <param name="IsParsed">Whether the answer is a class, or says that none can be told.</param>
/// <param name="Confidence">The probability of the answered words, where the server says so.</param>
/// <param name="Input">Tokens of the question.</param>
/// <param name="Output">Tokens of the answer.</param>
public sealed record ChatAnswer(string Key, string? Label, bool IsParsed, double? Confidence, long Input, long Output) : PaidAnswer(Key, Input, Output)
{
    /// <summary>Reads an answer: JSON with a label, or a class and nothing else. Nothing is guessed.</summary>
    /// <param name="key">What was asked.</param>
    /// <param name="response">The answer.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="input">Tokens of the question where the server does not count.</param>
    /// <param name="output">Tokens of the answer where the server does not count.</param>
    public static ChatAnswer Of(string key, ChatResponse response, IReadOnlyList<string> classes, long input, long output)
    {
        var (label, isParsed) = Parse(response.Text, classes);
        return new(key, label, isParsed, label is null ? null : Probability(response, label), response.Usage?.InputTokenCount ?? input, response.Usage?.OutputTokenCount ?? output);
    }

    private const string ThoughtEnd = "</think>";

    internal static (string? Label, bool IsParsed) Parse(string text, IReadOnlyList<string> classes)
    {
        text = text.Trim();
        // Reasoning models think aloud first.
        if (text.StartsWith("<think>", StringComparison.Ordinal) && text.IndexOf(ThoughtEnd, StringComparison.Ordinal) is > 0 and var end) text = text[(end + ThoughtEnd.Length)..].Trim();
        if (text.StartsWith("```", StringComparison.Ordinal) && text.EndsWith("```", StringComparison.Ordinal) && text.IndexOf('\n', StringComparison.Ordinal) is > 0 and var line) text = text[line..^3].Trim();
        var word = text;
        if (text.StartsWith('{'))
        {
            try
            {
                if (JsonNode.Parse(text) is not JsonObject json || !json.TryGetPropertyValue("label", out var value)) return (null, false);
                if (value is null) return (null, true);
                if (value.GetValueKind() != JsonValueKind.String) return (null, false);
                word = value.GetValue<string>();
            }
            catch (Exception e) when (e is JsonException or ArgumentException)
            {
                return (null, false);
            }
        }
        word = word.Trim();
        if (classes.Contains(word, StringComparer.Ordinal)) return (word, true);
        string[] alike = [.. classes.Where(c => c.Equals(word, StringComparison.OrdinalIgnoreCase))];
        return alike is [var only] ? (only, true) : (null, false);
    }

    /// <summary>The probability of the tokens in which the label is written.</summary>
    private static double? Probability(ChatResponse response, string label)
    {
        if (response.AdditionalProperties?.TryGetValue(TokenLogProbability.Wanted, out var found) != true || found is not TokenLogProbability[] tokens) return null;
        var text = string.Concat(tokens.Select(t => t.Token));
        var start = text.LastIndexOf(label, StringComparison.OrdinalIgnoreCase);
        if (start < 0) return null;
        var (sum, at) = (0.0, 0);
        foreach (var (token, logProbability) in tokens)
        {
            if (at < start + label.Length && at + token.Length > start) sum += logProbability;
            at += token.Length;
        }
        return Math.Clamp(Math.Exp(sum), 0, 1);
    }
}
