namespace Preceptor.Models;

/// <summary>How a prompt is put before its response.</summary>
public sealed record PromptForm
{
    /// <summary>What stands between prompt and response.</summary>
    public string Between { get; init; } = "";

    /// <summary>The text that a model is asked with.</summary>
    public string Render(string prompt) => prompt + Between;
}
