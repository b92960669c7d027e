using System.CommandLine;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Server;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor serve</c>: a language model by OpenAI's chat completions.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "A run's folder, its model folder, or a Hugging Face folder of Qwen2's or GPT-2's layout" };
        var address = new Option<string>("--address") { Description = "Where to listen", DefaultValueFactory = _ => new ChatServerOptions().Address };
        var name = new Option<string?>("--name") { Description = "The model's name in answers; left out: its folder's" };
        var precision = new Option<WeightPrecision>("--precision") { Description = "In how many bits weights are held: single (32), half (16), eight-bit, four-bit" };
        var threads = new Option<int>("--threads") { Description = "Threads that answer; left out: as the model was trained" };
        var tokens = new Option<int>("--max-tokens") { Description = "Most new tokens an answer, whatever is asked for", DefaultValueFactory = _ => new ChatServerOptions().MaxTokens };
        var command = new Command("serve", "Answer OpenAI's chat completions with a language model: POST /v1/chat/completions (stream, log-probabilities), GET /v1/models") { model, address, name, tokens, precision, threads };
        command.SetAction(async (parsed, stop) =>
        {
            var asked = parsed.GetValue(model)!;
            var folder = LanguageModel.Find(asked) ?? throw new RequestException($"{asked}: has no language model; expected a folder with {LanguageModel.FileName} or config.json, or a run's");
            if (!Uri.TryCreate(parsed.GetValue(address), UriKind.Absolute, out var place) || place.Scheme != Uri.UriSchemeHttp) throw new RequestException($"--address: '{parsed.GetValue(address)}' is no address; expected one such as {new ChatServerOptions().Address}");
            if (parsed.GetValue(tokens) < 1) throw new RequestException($"--max-tokens: {parsed.GetValue(tokens)} is not allowed; expected at least 1");
            using var language = LanguageModel.Load(folder, parsed.GetValue(precision), parsed.GetValue(threads));
            var server = await ChatServer.StartAsync(language, new() { Address = parsed.GetValue(address)!, Name = parsed.GetValue(name) ?? Path.GetFileName(Path.GetFullPath(asked)), MaxTokens = parsed.GetValue(tokens) }, stop).ConfigureAwait(false);
            await using (server.ConfigureAwait(false))
            {
                Console.Out.WriteLine($"{folder} answers at {server.Address}/v1/chat/completions; Ctrl-C ends it");
                await server.WaitAsync(stop).ConfigureAwait(false);
                return ExitCode.Done;
            }
        });
        return command;
    }
}
