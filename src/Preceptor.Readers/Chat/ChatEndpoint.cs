using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Polly;
using Polly.Retry;
using Preceptor.Foundation;

namespace Preceptor.Readers.Chat;

/// <summary>Where a chat model answers, and how often it is asked again.</summary>
public sealed record ChatEndpointOptions
{
    /// <summary>The address, such as <c>http://localhost:8080/v1</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>The model's name there.</summary>
    public required string Model { get; init; }

    /// <summary>The environment variable that holds the key; null for none.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many attempts there are.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>The wait after the first failed attempt where the server names none; it doubles with each.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>
/// An endpoint that speaks OpenAI's chat completions, as most servers do. Busy and failing servers are asked again, after the time that they
/// name (Retry-After). The key comes from the environment and is in no message. A request that was sent is not taken back when
/// the caller stops, because it is paid for.
/// </summary>
public sealed class ChatEndpoint : IChatClient
{
    private const int LongestMessage = 300, LargestAnswer = 4 << 20, MostPlain = 2;
    private readonly ChatEndpointOptions options;
    private readonly HttpClient client;
    private readonly ResiliencePipeline<HttpResponseMessage> attempts;
    private readonly string? key;
    private readonly Uri address;
    private volatile int plainness; // 1: the server takes no log-probabilities or JSON mode; 2: nor a temperature, and bounds completions by another name

    /// <summary>Prepares requests; nothing is sent.</summary>
    /// <param name="options">Where to.</param>
    /// <exception cref="RequestException">The key's variable is not set.</exception>
    public ChatEndpoint(ChatEndpointOptions options)
    {
        this.options = options;
        if (options.KeyVariable is { } variable)
        {
            key = Environment.GetEnvironmentVariable(variable)?.Trim();
            if (string.IsNullOrEmpty(key)) throw new RequestException($"the environment variable {variable} is not set; it is to hold the key of {options.Address}");
            if (key.Any(c => c is < '!' or > '~')) throw new RequestException($"the environment variable {variable} holds something that can't be a key: a blank or a special character");
        }
        var path = options.Address.AbsoluteUri.TrimEnd('/');
        address = new(path.EndsWith("/chat/completions", StringComparison.Ordinal) ? path : path + "/chat/completions");
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = System.Threading.Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LargestAnswer };
        attempts = new ResiliencePipelineBuilder<HttpResponseMessage>().AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = Math.Max(1, options.Attempts - 1),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = options.FirstWait,
            MaxDelay = TimeSpan.FromMinutes(2),
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is HttpRequestException or IOException or TimeoutException || arguments.Outcome.Result is { } answer && IsBusy(answer.StatusCode)),
            DelayGenerator = arguments => ValueTask.FromResult(RetryAfter(arguments.Outcome.Result)),
            OnRetry = arguments =>
            {
                arguments.Outcome.Result?.Dispose();
                return default;
            },
        }).Build();
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var plain = plainness;
        using var answer = await SendAsync(Body(messages, options, plain), cancellationToken).ConfigureAwait(false);
        var text = await answer.Content.ReadAsStringAsync(CancellationToken.None).ConfigureAwait(false);
        if (answer.IsSuccessStatusCode) return Read(text);
        if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity && plain < MostPlain)
        {
            plainness = Math.Max(plainness, plain + 1);
            return await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        }
        var status = $"{(int)answer.StatusCode} {answer.StatusCode}";
        throw answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? new RequestException($"{address}: {status}: {(this.options.KeyVariable is { } variable ? $"the key in the environment variable {variable} was refused" : "a key is wanted; name the environment variable that holds it with key-env:")}")
            : IsBusy(answer.StatusCode) ? new WorkException($"{address}: {status}, attempt after attempt: {Safe(text)}")
            : new RequestException($"{address}: {status}: {Safe(text)}");
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false)).ToChatResponseUpdates()) yield return update;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("openai", options.Address, options.Model) : serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(string body, CancellationToken stop)
    {
        try
        {
            return await attempts.ExecuteAsync(async _ =>
            {
                stop.ThrowIfCancellationRequested();
                using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
                if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
                request.Headers.UserAgent.ParseAdd("preceptor");
                using var patience = new CancellationTokenSource(options.Timeout);
                try
                {
                    return await client.SendAsync(request, patience.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException e) when (patience.IsCancellationRequested)
                {
                    throw new TimeoutException($"no answer within {options.Timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s", e);
                }
            }, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException)
        {
            throw new WorkException($"{address}: {Safe(e.Message)}, attempt after attempt", e);
        }
    }

    private string Body(IEnumerable<ChatMessage> messages, ChatOptions? wanted, int plain)
    {
        var body = new JsonObject
        {
            ["model"] = wanted?.ModelId ?? options.Model,
            ["messages"] = new JsonArray([.. messages.Select(m => (JsonNode)new JsonObject { ["role"] = m.Role.Value, ["content"] = m.Text })]),
        };
        if (wanted?.Temperature is { } temperature && plain < MostPlain) body["temperature"] = Math.Round((double)temperature, 4);
        if (wanted?.MaxOutputTokens is { } most) body[plain < MostPlain ? "max_tokens" : "max_completion_tokens"] = most;
        if (wanted?.TopP is { } probability && plain < MostPlain) body["top_p"] = Math.Round((double)probability, 4);
        if (wanted?.Seed is { } seed && plain < MostPlain) body["seed"] = seed;
        if (wanted?.StopSequences is { Count: > 0 } ends) body["stop"] = new JsonArray([.. ends.Select(e => JsonValue.Create(e))]);
        if (plain > 0) return body.ToJsonString();
        if (wanted?.ResponseFormat is ChatResponseFormatJson) body["response_format"] = new JsonObject { ["type"] = "json_object" };
        if (wanted?.AdditionalProperties?.ContainsKey(TokenLogProbability.Wanted) == true) body["logprobs"] = true;
        return body.ToJsonString();
    }

    private ChatResponse Read(string text)
    {
        try
        {
            var json = JsonNode.Parse(text)!;
            var choice = json["choices"]![0]!;
            var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, choice["message"]!["content"]?.GetValue<string>() ?? ""))
            {
                ModelId = json["model"]?.GetValue<string>(),
                FinishReason = choice["finish_reason"]?.GetValue<string>() is { } reason ? new(reason) : null,
                Usage = json["usage"] is { } usage ? new UsageDetails { InputTokenCount = usage["prompt_tokens"]?.GetValue<long>(), OutputTokenCount = usage["completion_tokens"]?.GetValue<long>() } : null,
            };
            if (choice["logprobs"]?["content"] is JsonArray tokens)
                response.AdditionalProperties = new() { [TokenLogProbability.Wanted] = tokens.Select(t => new TokenLogProbability(t!["token"]!.GetValue<string>(), t["logprob"]!.GetValue<double>())).ToArray() };
            return response;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or ArgumentOutOfRangeException or FormatException)
        {
            throw new WorkException($"{address}: answered something that is no chat completion: {Safe(text)}", e);
        }
    }

    private string Safe(string text)
    {
        var shown = (key is null ? text : text.Replace(key, "[key]", StringComparison.Ordinal)).ReplaceLineEndings(" ").Trim();
        return shown.Length <= LongestMessage ? shown : shown[..LongestMessage] + "…";
    }

    private static bool IsBusy(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500;

    private static TimeSpan? RetryAfter(HttpResponseMessage? answer) =>
        answer?.Headers.RetryAfter is not { } after ? null : after.Delta ?? (after.Date - DateTimeOffset.UtcNow is { Ticks: > 0 } wait ? wait : TimeSpan.Zero);
}

/// <summary>A token of an answer and its log-probability.</summary>
/// <param name="Token">The token's text.</param>
/// <param name="LogProbability">Its log-probability, in nats.</param>
public sealed record TokenLogProbability(string Token, double LogProbability)
{
    /// <summary>The additional property that asks for them, and under which a response has them.</summary>
    public const string Wanted = "logprobs";
}
