using System.CommandLine;
using System.Globalization;
using Preceptor.Catalogue;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Readers.Chat;

namespace Preceptor.Cli;

/// <summary>A language model at an address that speaks OpenAI's chat completions, in the place of one on this machine: its options, and what it says to prompts. Answers are kept, and calls bounded, as those of <c>label</c>.</summary>
internal sealed class RemoteModel
{
    private readonly Option<string?> name = new("--name") { Description = "With an address as MODEL: the model's name there" };
    private readonly Option<string?> key = new("--key-env") { Description = "With an address: the environment variable that holds the key" };
    private readonly Option<string?> answers = new("--answers") { Description = "With an address: the file of answers that were paid for, which is gone on with; left out: beside --out" };
    private readonly Option<string?> price = new("--price") { Description = "With an address: what a million tokens of prompts and of answers cost, such as 0.15,0.60" };
    private readonly Option<double?> cost = new("--max-cost") { Description = "With an address: the most that all answers may cost" };
    private readonly Option<long?> budget = new("--token-budget") { Description = "With an address: the most tokens that prompts and answers may have" };
    private readonly Option<int> parallel = new("--parallel") { Description = "With an address: calls at once", DefaultValueFactory = _ => 4 };

    /// <summary>All options.</summary>
    public IReadOnlyList<Option> Options => [name, key, answers, price, cost, budget, parallel];

    /// <summary>Whether a model is named by its address.</summary>
    public static bool IsAddress(string model) => model.StartsWith("http://", StringComparison.Ordinal) || model.StartsWith("https://", StringComparison.Ordinal);

    /// <summary>Throws if an option was given that is for the other sort of model.</summary>
    /// <param name="parsed">The command's words.</param>
    /// <param name="model">The model.</param>
    /// <param name="local">Options that only models on this machine have.</param>
    /// <exception cref="RequestException">One was.</exception>
    public void Check(ParseResult parsed, string model, params IEnumerable<Option> local)
    {
        if ((IsAddress(model) ? local : Options).FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } other)
            throw new RequestException($"{other.Name}: is for a model {(IsAddress(model) ? "on this machine" : "at an address such as http://localhost:8080/v1")}, and {model} is {(IsAddress(model) ? "an address" : "none")}");
    }

    /// <summary>What it says to prompts [prompts][samples].</summary>
    /// <param name="parsed">The command's words.</param>
    /// <param name="model">The address.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="how">How it is asked.</param>
    /// <param name="output">The file that will hold the answers; null for none.</param>
    /// <param name="stop">Stops it.</param>
    /// <exception cref="RequestException">An option is wrong, or the server refuses.</exception>
    /// <exception cref="WorkException">The budget is spent, or the server fails.</exception>
    public GeneratedText[][] Generate(ParseResult parsed, string model, IReadOnlyList<string> prompts, GenerationOptions how, string? output, CancellationToken stop)
    {
        var address = ChatAddress.Read(model, what => new($"MODEL: {what}"), "--key-env");
        var variable = ChatAddress.KeyVariable(parsed.GetValue(key), what => new($"--key-env: {what}"));
        var called = parsed.GetValue(name) ?? throw new RequestException($"--name: is missing, the model's name at {model}");
        var prices = Prices(parsed.GetValue(price));
        if (parsed.GetValue(cost) is not null && prices is null) throw new RequestException("--price: is missing; --max-cost needs what a million tokens cost, such as --price 0.15,0.60");
        var kept = parsed.GetValue(answers) ?? (output is null ? null : output + ".answers.jsonl");
        using var client = new ChatEndpoint(new() { Address = address, Model = called, KeyVariable = variable });
        if (ChatAddress.Caution(address, variable) is { } caution) Console.Error.WriteLine(caution);
        using var ledger = new AnswerLedger<GeneratedText>(kept);
        var (before, bound) = (ledger.Answers, new ChatBudget(prices?.Input ?? 0, prices?.Output ?? 0, parsed.GetValue(cost), parsed.GetValue(budget)));
        bound.AddPaid(ledger.Input, ledger.Output);
        var generation = new ChatGeneration { Model = called, Samples = how.Samples, Temperature = how.Temperature, TopP = how.TopP, MaxTokens = how.MaxTokens, Stop = how.Stop, Seed = how.Seed, Parallel = Math.Clamp(parsed.GetValue(parallel), 1, 256) };
        var texts = new ChatGenerator(client, generation, ledger, bound).GenerateAsync(prompts, stop).GetAwaiter().GetResult();
        var spent = string.Create(CultureInfo.InvariantCulture, $"{ResultText.Count(ledger.Answers - before, "answer")}, {before} from before; {ledger.Input:#,0} + {ledger.Output:#,0} tokens{(prices is null ? "" : $", cost {bound.Cost:0.####}")}");
        if (texts is null) throw new WorkException($"stopped before a call that could exceed {(parsed.GetValue(cost) is null ? "--token-budget" : "--max-cost")}: {spent}{(kept is null ? "" : $", kept in {kept}; with more of it the same command goes on")}");
        Console.Error.WriteLine(spent);
        return texts;
    }

    private static (double Input, double Output)? Prices(string? given)
    {
        if (given is null) return null;
        return given.Split(',') is [var input, var output] && double.TryParse(input, NumberStyles.Float, CultureInfo.InvariantCulture, out var of) && double.TryParse(output, NumberStyles.Float, CultureInfo.InvariantCulture, out var to) && of >= 0 && to >= 0
            ? (of, to) : throw new RequestException($"--price: '{given}' is not allowed; expected two prices, of a million tokens of prompts and of answers, such as 0.15,0.60");
    }
}
