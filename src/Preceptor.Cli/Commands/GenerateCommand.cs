using System.CommandLine;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Readers;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor generate</c>: what a language model says to prompts.</summary>
internal static class GenerateCommand
{
    public static Command Create(CancellationToken cancellation)
    {
        var model = new Argument<string>("MODEL") { Description = "A run's folder, its model folder, a Hugging Face folder of Qwen2's or GPT-2's layout, or an address that answers OpenAI's chat completions" };
        var prompts = new Argument<string[]>("PROMPT") { Description = "Prompts to answer", Arity = ArgumentArity.ZeroOrMore };
        var data = new Option<string?>("--data") { Description = "A file with a column of prompts, in place of PROMPT" };
        var output = new Option<string?>("--out") { Description = "With --data: the CSV file to write; left out: standard output" };
        var precision = new Option<WeightPrecision>("--precision") { Description = "In how many bits weights are held: single (32), half (16), eight-bit, four-bit" };
        var threads = new Option<int>("--threads") { Description = "Threads that answer; left out: as the model was trained" };
        var tokens = new Option<int>("--max-tokens") { Description = "Most new tokens", DefaultValueFactory = _ => 256 };
        var temperature = new Option<double>("--temperature") { Description = "What logits are divided by; 0 takes the likeliest token each time" };
        var topK = new Option<int>("--top-k") { Description = "Draw from the likeliest so many tokens alone; 0: from all" };
        var topP = new Option<double>("--top-p") { Description = "Draw from the likeliest tokens that together have this probability", DefaultValueFactory = _ => 1 };
        var samples = new Option<int>("--samples") { Description = "Answers a prompt", DefaultValueFactory = _ => 1 };
        var stop = new Option<string[]>("--stop") { Description = "A text at which an answer ends; may be given several times" };
        var seed = new Option<ulong>("--seed") { Description = "Decides what is drawn" };
        var command = new Command("generate", "What a language model says to prompts, a line an answer; or with --data as CSV: row, sample, answer, log-probability, ended") { model, prompts, data, output, tokens, temperature, topK, topP, samples, stop, seed, precision, threads };
        var remote = new RemoteModel();
        foreach (var option in remote.Options) command.Add(option);
        command.SetAction(parsed =>
        {
            var options = new GenerationOptions
            {
                MaxTokens = Within(parsed.GetValue(tokens), 1, 1_000_000, "--max-tokens"),
                Temperature = Within(parsed.GetValue(temperature), 0, 100, "--temperature"),
                TopK = Within(parsed.GetValue(topK), 0, 10_000_000, "--top-k"),
                TopP = Within(parsed.GetValue(topP), double.Epsilon, 1, "--top-p"),
                Samples = Within(parsed.GetValue(samples), 1, 10_000, "--samples"),
                Stop = [.. (parsed.GetValue(stop) ?? []).Where(s => s.Length > 0)],
                Seed = parsed.GetValue(seed),
            };
            var texts = parsed.GetValue(prompts) ?? [];
            if (texts.Length == 0 == (parsed.GetValue(data) is null)) throw new RequestException("expected prompts to answer, or --data with a file of them");
            if (texts.FirstOrDefault(t => t.Length == 0) is not null) throw new RequestException("a prompt is empty");
            var asked = parsed.GetValue(model)!;
            remote.Check(parsed, asked, precision, threads, topK);
            var (file, path) = (parsed.GetValue(data), parsed.GetValue(output));
            if (file is not null) texts = LanguageFile.Prompts(file);
            LanguageFile.Answer[][] said;
            if (RemoteModel.IsAddress(asked)) said = LanguageFile.Of(remote.Generate(parsed, asked, texts, options, path, cancellation));
            else
            {
                var folder = LanguageModel.Find(asked) ?? throw new RequestException($"{asked}: has no language model; expected a folder with {LanguageModel.FileName} or config.json, or a run's; or an address such as http://localhost:8080/v1");
                using var language = LanguageModel.Load(folder, parsed.GetValue(precision), parsed.GetValue(threads));
                said = LanguageFile.Of(language, texts, options);
            }
            if (file is null)
                foreach (var answer in said.SelectMany(of => of)) Console.Out.WriteLine(answer.Text);
            else if (path is not null) DelimitedWriter.Write(LanguageFile.Header, LanguageFile.Rows(said), path);
            else DelimitedWriter.Write(LanguageFile.Header, LanguageFile.Rows(said), Console.Out);
            return ExitCode.Done;
        });
        return command;
    }

    private static T Within<T>(T value, T least, T most, string option) where T : IComparable<T> =>
        value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0 ? value : throw new RequestException($"{option}: {value} is not allowed; expected a number {(least is double.Epsilon ? "above 0" : $"from {least}")} to {most}");
}
