using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Preceptor.Tests.Cli;

/// <summary>A request for a chat completion.</summary>
internal sealed record ChatRequest(string Path, string? Authorization, JsonNode Body)
{
    public string Question => Body["messages"]!.AsArray()[^1]!["content"]!.GetValue<string>();
}

/// <summary>What the server answers.</summary>
internal sealed record ChatReply(int Status, string Body)
{
    public string? RetryAfter { get; init; }

    public bool Hangs { get; init; }

    public static ChatReply Says(string content, int input = 50, int output = 5, params (string Token, double LogProbability)[] tokens)
    {
        var choice = new JsonObject { ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = content } };
        if (tokens.Length > 0) choice["logprobs"] = new JsonObject { ["content"] = new JsonArray([.. tokens.Select(t => (JsonNode)new JsonObject { ["token"] = t.Token, ["logprob"] = t.LogProbability })]) };
        return new(200, new JsonObject { ["model"] = "m", ["choices"] = new JsonArray(choice), ["usage"] = new JsonObject { ["prompt_tokens"] = input, ["completion_tokens"] = output } }.ToJsonString());
    }
}

/// <summary>A chat endpoint on this machine.</summary>
internal sealed class ChatServer : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Func<ChatRequest, ChatReply> answer;
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;

    public ChatServer(Func<ChatRequest, ChatReply> answer)
    {
        this.answer = answer;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/v1";
        }
        listener.Prefixes.Add(Address + "/");
        listener.Start();
        loop = Task.Run(ServeAsync);
    }

    public string Address { get; }

    public List<ChatRequest> Requests { get; } = [];

    private async Task ServeAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var context = await listener.GetContextAsync();
                _ = Task.Run(() => ServeAsync(context));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.InputStream);
            var request = new ChatRequest(context.Request.Url!.AbsolutePath, context.Request.Headers["Authorization"], JsonNode.Parse(await reader.ReadToEndAsync(stop.Token))!);
            ChatReply reply;
            lock (Requests)
            {
                Requests.Add(request);
                reply = answer(request);
            }
            if (reply.Hangs) await Task.Delay(Timeout.Infinite, stop.Token);
            context.Response.StatusCode = reply.Status;
            if (reply.RetryAfter is { } after) context.Response.Headers["Retry-After"] = after;
            await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(reply.Body), stop.Token);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            // the client went away, or the test ended
        }
    }

    public void Dispose()
    {
        stop.Cancel();
        listener.Close();
        loop.Wait(TimeSpan.FromSeconds(5));
        stop.Dispose();
    }
}
