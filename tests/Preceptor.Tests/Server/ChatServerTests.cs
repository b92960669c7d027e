using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Readers.Chat;
using Preceptor.Server;
using Preceptor.Tests.Models.Language;

namespace Preceptor.Tests.Server;

/// <summary>A language model behind OpenAI's chat completions, asked by HTTP and by our own client.</summary>
public sealed class ChatServerTests : IAsyncLifetime
{
    private readonly LanguageModel model = Model();
    private readonly HttpClient client = new();
    private ChatServer server = null!;

    private static LanguageModel Model()
    {
        var tokenizer = CharacterTokenizer.Learn(["abcdefghijklmnopqrstuvwxyz .:\nABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"]);
        return new(tokenizer, LanguageNetworkTests.Create(new() { Layers = 1, Width = 16, Heads = 2, Length = 64, InitialDeviation = 0.5 }, tokenizer.Size), tokenizer.End is { } end ? [end] : [], new([], 0, 0, 0), 1);
    }

    public async ValueTask InitializeAsync()
    {
        server = await ChatServer.StartAsync(model, new() { Address = "http://127.0.0.1:0", Name = "small", MaxTokens = 20, Waiting = 8 }, TestContext.Current.CancellationToken);
        client.BaseAddress = new(server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        client.Dispose();
        model.Dispose();
    }

    private static JsonObject Ask(string extra = "") => JsonNode.Parse($$"""{"model": "small", "messages": [{"role": "user", "content": "abc"}], "temperature": 0, "max_tokens": 8{{extra}}}""")!.AsObject();

    private async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(JsonObject body)
    {
        using var answer = await client.PostAsJsonAsync("/v1/chat/completions", body, TestContext.Current.CancellationToken);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }

    private static string Content(JsonNode body, int choice = 0) => (string)body["choices"]![choice]!["message"]!["content"]!;

    [Fact]
    public async Task It_answers_as_the_model_does()
    {
        var expected = model.Generate(["abc"], new() { MaxTokens = 8 })[0][0];
        var (status, body) = await PostAsync(Ask());
        Assert.Equal((HttpStatusCode.OK, expected, "chat.completion", "small"), (status, Content(body), (string)body["object"]!, (string)body["model"]!));
        Assert.Contains((string)body["choices"]![0]!["finish_reason"]!, new[] { "stop", "length" });
        Assert.Equal((int)body["usage"]!["prompt_tokens"]! + (int)body["usage"]!["completion_tokens"]!, (int)body["usage"]!["total_tokens"]!);
        var (_, drawn) = await PostAsync(JsonNode.Parse("""{"messages": [{"role": "user", "content": [{"type": "text", "text": "abc"}]}], "temperature": 1.5, "n": 3, "seed": 7, "max_tokens": 8}""")!.AsObject());
        Assert.Equal(model.Generate(["abc"], new() { MaxTokens = 8, Temperature = 1.5, Samples = 3, Seed = 7 })[0], Enumerable.Range(0, 3).Select(i => Content(drawn, i)));
        Assert.Equal("small", (string)JsonNode.Parse(await client.GetStringAsync("/v1/models", TestContext.Current.CancellationToken))!["data"]![0]!["id"]!);
        Assert.Equal("ok", (string)JsonNode.Parse(await client.GetStringAsync("/health", TestContext.Current.CancellationToken))!["status"]!);
    }

    [Fact]
    public async Task Log_probabilities_are_the_networks_and_their_alternatives_the_likeliest()
    {
        var (_, body) = await PostAsync(Ask(", \"logprobs\": true, \"top_logprobs\": 3"));
        var tokens = body["choices"]![0]!["logprobs"]!["content"]!.AsArray();
        var made = model.Generate([model.Tokenizer.Encode("abc")], new() { MaxTokens = 8 })[0][0];
        Assert.Equal(made.Tokens.Count, tokens.Count);
        for (var i = 0; i < tokens.Count; i++)
        {
            Assert.Equal(made.LogProbabilities[i], (double)tokens[i]!["logprob"]!, 1e-9);
            double[] top = [.. tokens[i]!["top_logprobs"]!.AsArray().Select(t => (double)t!["logprob"]!)];
            Assert.Equal(3, top.Length);
            Assert.Equal(top.OrderDescending(), top);
            // The likeliest token is the one that was taken.
            Assert.Equal((double)tokens[i]!["logprob"]!, top[0], 1e-6);
            Assert.Equal(Encoding.UTF8.GetBytes((string)tokens[i]!["token"]!).Select(b => (int)b), tokens[i]!["bytes"]!.AsArray().Select(b => (int)b!));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(", \"stop\": [\"STOP\"]")]
    public async Task A_stream_brings_the_same_text_in_pieces(string stop)
    {
        var whole = Content((await PostAsync(Ask())).Body);
        var text = whole.Length > 3 && stop.Length > 0 ? whole[2..4] : "STOP";
        var body = Ask(stop.Replace("STOP", JsonValue.Create(text).ToJsonString()[1..^1], StringComparison.Ordinal));
        var expected = Content((await PostAsync(body.DeepClone().AsObject())).Body);
        body["stream"] = true;
        using var answer = await client.PostAsJsonAsync("/v1/chat/completions", body, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        string[] lines = [.. (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)];
        Assert.Equal("data: [DONE]", lines[^1]);
        JsonNode[] pieces = [.. lines[..^1].Select(l => JsonNode.Parse(l["data: ".Length..])!)];
        Assert.Equal(expected, string.Concat(pieces.Select(p => (string?)p["choices"]![0]!["delta"]!["content"])));
        Assert.All(pieces[..^1], p => Assert.Null(p["choices"]![0]!["finish_reason"]));
        Assert.NotNull(pieces[^1]["choices"]![0]!["finish_reason"]);
        Assert.True(stop.Length == 0 || expected == whole[..whole.IndexOf(text, StringComparison.Ordinal)]);
    }

    [Theory]
    [InlineData("""{"messages": []}""", "messages", "expected a list of at least one message")]
    [InlineData("""{"messages": [{"role": "user"}]}""", "messages", "the conversation has no text")]
    [InlineData("""{"messages": [{"role": 3, "content": "a"}]}""", "messages", "expected a text role in each message")]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}], "temperature": 5}""", "temperature", "expected a number from 0 to 2")]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}], "n": 1000}""", "n", "expected a whole number from 1 to 128")]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}], "stop": [3]}""", "stop", "expected a text or at most 16 texts")]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}], "stream": "yes"}""", "stream", "expected true or false")]
    [InlineData("""{"messages": [{"role": "user", "content": "\ud800"}]}""", "messages", "content is not well-formed text")]
    [InlineData("[1]", null, "expected a JSON object")]
    [InlineData("nonsense", null, "the request is no JSON")]
    public async Task A_wrong_request_is_told_what_is_wrong(string body, string? parameter, string message)
    {
        using var answer = await client.PostAsync("/v1/chat/completions", new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;
        Assert.Equal((HttpStatusCode.BadRequest, parameter), (answer.StatusCode, (string?)error["param"]));
        Assert.Contains(message, (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Our_own_client_is_answered_and_many_at_once_are_answered_alike()
    {
        using var endpoint = new ChatEndpoint(new() { Address = new(server.Address + "/v1"), Model = "small", Attempts = 2 });
        var response = await endpoint.GetResponseAsync([new ChatMessage(ChatRole.User, "abc")], new() { Temperature = 0, MaxOutputTokens = 8 }, TestContext.Current.CancellationToken);
        var expected = model.Generate(["abc"], new() { MaxTokens = 8 })[0][0];
        Assert.Equal(expected.Trim(), response.Text.Trim());
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PostAsync(Ask())));
        Assert.All(answers, a => Assert.Equal(expected, Content(a.Body)));
    }

    [Fact]
    public async Task An_address_in_use_is_refused()
    {
        var fault = await Assert.ThrowsAsync<RequestException>(() => ChatServer.StartAsync(model, new() { Address = server.Address }, TestContext.Current.CancellationToken));
        Assert.Contains("cannot be listened at", fault.Message, StringComparison.Ordinal);
    }
}
