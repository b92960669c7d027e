namespace Preceptor.Server;

/// <summary>How a language model is served.</summary>
public sealed record ChatServerOptions
{
    /// <summary>The address to listen at; port 0 takes a free one.</summary>
    public string Address { get; init; } = "http://127.0.0.1:8080";

    /// <summary>The model's name in answers.</summary>
    public string Name { get; init; } = "preceptor";

    /// <summary>Most new tokens an answer, whatever is asked for.</summary>
    public int MaxTokens { get; init; } = 4096;

    /// <summary>Requests that may wait; more are turned away.</summary>
    public int Waiting { get; init; } = 64;

    /// <summary>Bytes of the longest request.</summary>
    public int LongestRequest { get; init; } = 4 << 20;
}
