using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Server;

/// <summary>
/// Answers OpenAI's chat completions with a language model of one's own: POST /v1/chat/completions (also as a stream, with log-probabilities), GET /v1/models, GET /health. Requests are answered one after the other, on one thread.
/// </summary>
public sealed class ChatServer : IAsyncDisposable
{
    private readonly LanguageModel model;
    private readonly ChatServerOptions options;
    private readonly ModelThread thread;
    private readonly WebApplication application;

    private ChatServer(LanguageModel model, ChatServerOptions options)
    {
        (this.model, this.options, thread) = (model, options, new(options.Waiting));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders(); // prompts are nobody's business
        builder.WebHost.UseUrls(options.Address);
        builder.WebHost.ConfigureKestrel(k => k.Limits.MaxRequestBodySize = options.LongestRequest);
        application = builder.Build();
        application.MapGet("/health", () => Results.Json(new JsonObject { ["status"] = "ok" }));
        application.MapGet("/v1/models", () => Results.Json(new JsonObject { ["object"] = "list", ["data"] = new JsonArray(new JsonObject { ["id"] = options.Name, ["object"] = "model", ["owned_by"] = "preceptor" }) }));
        application.MapPost("/v1/chat/completions", AnswerAsync);
    }

    /// <summary>Where it listens, with the port that it was given.</summary>
    public string Address => application.Urls.First();

    /// <summary>Starts a server; the model stays the caller's, and nobody else uses it while it is served.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="RequestException">The address is none, or is in use.</exception>
    public static async Task<ChatServer> StartAsync(LanguageModel model, ChatServerOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        var server = new ChatServer(model, options);
        try
        {
            await server.application.StartAsync(cancellation).ConfigureAwait(false);
            return server;
        }
        catch (Exception fault) when (fault is IOException or FormatException or InvalidOperationException)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new RequestException($"{options.Address}: cannot be listened at: {fault.Message}", fault);
        }
    }

    /// <summary>Waits until the server is told to stop.</summary>
    public Task WaitAsync(CancellationToken cancellation) => application.WaitForShutdownAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await application.StopAsync().ConfigureAwait(false);
        await application.DisposeAsync().ConfigureAwait(false);
        thread.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
            var request = ChatRequest.Read(body.GetBuffer().AsMemory(0, (int)body.Length), options);
            var prompt = Prompt(request);
            var reply = new ChatReply(model, options.Name, request, prompt.Length);
            if (request.IsStream) await StreamAsync(context, request, prompt, reply).ConfigureAwait(false);
            else
            {
                var made = thread.Do(() => model.Generate([prompt], request.Options, context.RequestAborted)[0]);
                if (made is null) await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "rate_limit_exceeded", "", $"{options.Waiting} requests wait already").ConfigureAwait(false);
                else await WriteAsync(context, reply.Whole(await made.ConfigureAwait(false))).ConfigureAwait(false);
            }
        }
        catch (BadRequest bad)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "invalid_request_error", bad.Parameter, bad.Message).ConfigureAwait(false);
        }
        catch (RequestException bad)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "invalid_request_error", "messages", bad.Message).ConfigureAwait(false);
        }
        catch (BadHttpRequestException bad)
        {
            await RefuseAsync(context, bad.StatusCode, "invalid_request_error", "", bad.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Whoever asked has gone.
        }
    }

    private int[] Prompt(ChatRequest request)
    {
        var prompt = model.Form.Encode(model.Tokenizer, request.Messages);
        if (prompt.Length == 0) throw new BadRequest("messages", "the conversation has no text");
        if (model.Network.Options.Positions == PositionKind.Learned && prompt.Length >= model.Network.Options.Length)
            throw new BadRequest("messages", $"the conversation has {prompt.Length} tokens, and the model reads fewer than {model.Network.Options.Length}");
        return prompt;
    }

    private async Task StreamAsync(HttpContext context, ChatRequest request, int[] prompt, ChatReply reply)
    {
        var events = Channel.CreateUnbounded<JsonObject>(new() { SingleReader = true });
        var made = thread.Do(() =>
        {
            try
            {
                var texts = Enumerable.Range(0, request.Options.Samples).Select(_ => new StoppedText(model.Tokenizer.Stream(), request.Options.Stop)).ToArray();
                var answers = model.Generate([prompt], request.Options, (row, tokens) =>
                {
                    if (texts[row].Add(tokens[^1]) is { Length: > 0 } text) events.Writer.TryWrite(reply.Piece(row, text, null));
                    return texts[row].IsOver;
                }, context.RequestAborted)[0];
                for (var row = 0; row < answers.Length; row++) events.Writer.TryWrite(reply.Piece(row, texts[row].Finish(), ChatReply.Reason(answers[row], texts[row].IsOver)));
                return true;
            }
            finally
            {
                events.Writer.Complete();
            }
        });
        if (made is null)
        {
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "rate_limit_exceeded", "", $"{options.Waiting} requests wait already").ConfigureAwait(false);
            return;
        }
        context.Response.ContentType = "text/event-stream";
        await foreach (var piece in events.Reader.ReadAllAsync(context.RequestAborted).ConfigureAwait(false))
        {
            await context.Response.WriteAsync($"data: {piece.ToJsonString()}\n\n", context.RequestAborted).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
        await made.ConfigureAwait(false);
        await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted).ConfigureAwait(false);
    }

    private static Task RefuseAsync(HttpContext context, int status, string type, string parameter, string message)
    {
        if (context.Response.HasStarted) return Task.CompletedTask;
        context.Response.StatusCode = status;
        return WriteAsync(context, new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = parameter.Length == 0 ? null : parameter, ["code"] = null } });
    }

    private static Task WriteAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
