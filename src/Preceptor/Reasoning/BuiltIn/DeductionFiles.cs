using System.Globalization;
using System.Text.Json;
using Preceptor.Foundation;

namespace Preceptor.Reasoning.BuiltIn;

/// <summary>A published question of deduction.</summary>
/// <param name="Question">The question, with the published proof in lines of rule and conclusion.</param>
/// <param name="Explanation">The published proof as it is, a step a line, with the line that answers.</param>
public sealed record PublishedDeduction(Question Question, string Explanation);

/// <summary>
/// Questions of deduction as PrOntoQA's are published in Logic-LM: a JSON array of <c>{"id", "context", "question", "options": ["A) True", "B) False"], "answer": "A" or "B", "explanation": [steps]}</c>. What a file says is checked as a whole: every
/// sentence must be a fact, a rule or what is to be judged, the answer what follows, and every step of the explanation right.
/// </summary>
public static class DeductionFiles
{
    private const string Keys = "id, context, question, options, answer and explanation";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RequestException">The file is not so; the message says where, what was found and what is allowed.</exception>
    public static PublishedDeduction[] Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads a file's text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="RequestException">See <see cref="Read"/>.</exception>
    public static PublishedDeduction[] Parse(string text, string name)
    {
        try
        {
            using var file = JsonDocument.Parse(text);
            if (file.RootElement.ValueKind != JsonValueKind.Array) throw new RequestException($"{name}: found {Kind(file.RootElement)}, expected an array of questions with {Keys}");
            return [.. file.RootElement.EnumerateArray().Select((item, i) => One(item, name, i))];
        }
        catch (JsonException e)
        {
            throw new RequestException(string.Create(CultureInfo.InvariantCulture, $"{name} line {e.LineNumber + 1}: is no JSON, expected an array of questions with {Keys}"), e);
        }
    }

    private static PublishedDeduction One(JsonElement item, string name, int at)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{name} item {at + 1}");
        RequestException Wrong(string key, string found) => new($"{place}: {key}: {found}");
        if (item.ValueKind != JsonValueKind.Object) throw new RequestException($"{place}: found {Kind(item)}, expected an object with {Keys}");
        JsonElement Of(string key) => item.TryGetProperty(key, out var value) ? value : throw Wrong(key, $"is missing, expected {Keys}");
        string Word(string key) => Of(key) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Wrong(key, $"found {Kind(Of(key))}, expected text");
        string[] Words(string key) => Of(key) is { ValueKind: JsonValueKind.Array } values && values.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String) ? [.. values.EnumerateArray().Select(v => v.GetString()!)] : throw Wrong(key, "expected an array of texts");
        if (!Words("options").SequenceEqual(["A) True", "B) False"])) throw Wrong("options", $"found {Of("options").GetRawText()}, expected [\"A) True\", \"B) False\"]");
        var answer = Word("answer") switch { "A" => "true", "B" => "false", var other => throw Wrong("answer", $"found '{other}', expected A or B") };
        var question = new Question($"{Word("context").Trim()} {Word("question").Trim()}", answer);
        var checker = new DeductionChecker();
        if (checker.TroubleOf(question) is { } trouble) throw Wrong("context", trouble);
        string[] explanation = [.. Words("explanation"), $"The answer is {answer}."];
        var right = checker.AreStepsRight(question.Text, string.Join('\n', explanation))!;
        if (Array.IndexOf(right, false) is >= 0 and var wrong) throw Wrong("explanation", wrong < explanation.Length - 1 ? $"found '{explanation[wrong]}', expected what the context states or what follows by one of its rules" : "does not come to what is to be judged or its contrary");
        var ontology = Ontology.Parse(question.Text)!;
        return new(question with { Solution = Deduction.Joined(ontology, explanation), Level = ontology.Shortest }, string.Join('\n', explanation));
    }

    private static string Kind(JsonElement element) => element.ValueKind switch { JsonValueKind.Object => "an object", JsonValueKind.Array => "an array", JsonValueKind.String => "text", JsonValueKind.Number => "a number", JsonValueKind.Null => "null", _ => "true or false" };
}
