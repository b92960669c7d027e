using System.Text.Json.Nodes;

namespace Preceptor.Models;

/// <summary>The chat template of Qwen2.5-Instruct, in code (its Jinja source lies with the published models, in tokenizer_config.json).</summary>
internal sealed class QwenTemplate : ChatTemplate
{
    /// <summary>The tokens around each turn.</summary>
    public const string Start = "<|im_start|>", Stop = "<|im_end|>";

    private const string DefaultSystem = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.";

    private const string ToolsBefore = "\n\n# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are provided with function signatures within <tools></tools> XML tags:\n<tools>";

    private const string ToolsAfter = "\n</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>";

    private protected override IEnumerable<Part> GenerationPrompt => [new(Start, true), new("assistant\n")];

    private protected override IEnumerable<Part> Parts(IReadOnlyList<ChatTurn> messages, IReadOnlyList<JsonObject> tools)
    {
        var hasSystem = messages[0].Role == "system";
        var system = hasSystem ? messages[0].Content : DefaultSystem;
        if (tools.Count > 0) system += ToolsBefore + string.Concat(tools.Select(t => "\n" + PythonJson.Text(t))) + ToolsAfter;
        var turns = Turn("system", system);
        for (var i = hasSystem ? 1 : 0; i < messages.Count; i++)
        {
            var message = messages[i];
            if (message.Role == "tool")
            {
                // Answers of tools that follow each other share a turn of the user.
                var isFirst = i == 0 || messages[i - 1].Role != "tool";
                var isLast = i + 1 == messages.Count || messages[i + 1].Role != "tool";
                if (isFirst) turns = turns.Concat([new(Start, true), new("user")]);
                turns = turns.Append(new($"\n<tool_response>\n{message.Content}\n</tool_response>"));
                if (isLast) turns = turns.Concat([new(Stop, true), new("\n")]);
            }
            else turns = turns.Concat(Turn(message.Role, message.Role == "assistant" ? Answer(message) : message.Content));
        }
        return turns;
    }

    private static IEnumerable<Part> Turn(string role, string content)
    {
        var isResponse = role == "assistant";
        return [new(Start, true), new($"{role}\n"), new(content, false, isResponse), new(Stop, true, isResponse), new("\n")];
    }

    private static string Answer(ChatTurn message)
    {
        // The name stands in the template as it is, not as JSON.
        var calls = message.ToolCalls.Select(c => $"<tool_call>\n{{\"name\": \"{c.Name}\", \"arguments\": {PythonJson.Text(c.Arguments)}}}\n</tool_call>");
        return string.Join('\n', message.Content.Length > 0 ? calls.Prepend(message.Content) : calls);
    }
}
