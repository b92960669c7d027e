using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Preceptor.Catalogue;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Readers.Chat;

namespace Preceptor.Cli;

/// <summary>Labels rows by a chat model: prompt, ledger, budget, parts, and what is said of them.</summary>
internal sealed class ChatWork(LabelRequest request, CancellationToken stop)
{
    private const string LedgerFile = "answers.jsonl";
    private readonly TeacherSource chat = request.Rows.Chat!;

    public int Run()
    {
        var how = new ChatLabelling { Model = chat.Model ?? throw Wrong("model", "is missing: the model's name at the endpoint"), Votes = chat.Votes ?? 1, MaxTokens = chat.MaxTokens ?? 64, Parallel = chat.Parallel ?? 4 };
        var address = ChatAddress.Read(chat.Endpoint, what => Wrong("endpoint", what), "key-env:");
        ChatAddress.KeyVariable(chat.KeyEnv, what => Wrong("key-env", what));
        var prompt = Prompt();
        if (request.MaxCost is not null && chat.Price is null) throw Wrong("price", "is missing: --max-cost needs what a million tokens cost, {input: …, output: …}");
        var (rows, places) = (request.Rows, Enumerable.Range(0, request.Rows.Rows.Rows));
        var file = new LabelFile(request.Folder, rows);
        var ledgerPath = Path.Combine(request.Folder, LedgerFile);
        if (ChatAddress.Caution(address, chat.KeyEnv) is { } caution) request.Say($"{caution}");
        using var client = request.IsDry ? null : Client(address, how.Model);
        if (!request.IsDry) Directory.CreateDirectory(request.Folder);
        using var ledger = new AnswerLedger<ChatAnswer>(request.IsDry && !File.Exists(ledgerPath) ? null : ledgerPath);
        var budget = new ChatBudget(chat.Price?.Input ?? 0, chat.Price?.Output ?? 0, request.MaxCost, chat.TokenBudget is { } tokens ? (long)tokens : null);
        budget.AddPaid(ledger.Input, ledger.Output);
        var labeller = new ChatLabeller(client, how, rows.Classes, ledger, budget);
        if (request.IsDry) return Foretell(labeller, budget, ledger, [.. places.Select(prompt.Ask)]);

        var before = ledger.Answers;
        var display = new LabelDisplay(rows.Rows.Rows, request.IsJson);
        List<ChatLabel> given = [];
        var (part, unparsed, again) = (0, 0, new AskedAgain(0, 0));
        try
        {
            foreach (var of in file.Parts)
            {
                if (labeller.LabelAsync(of, row => new(prompt.Ask(row)), display, stop).GetAwaiter().GetResult() is not { } labels) break;
                file.Write(part++, of, [.. labels.Select(l => new GivenLabel(l.Label, l.Confidence, request.Teacher))]);
                given.AddRange(labels);
                unparsed += labels.Sum(l => l.Unparsed);
            }
            display.End();
            if (request.Again is not null && !labeller.IsOutOfBudget) again = new AskAgain(request, labeller, prompt, file, stop).Run(given);
        }
        catch (Exception e) when (e is OperationCanceledException or WorkException)
        {
            display.End();
            request.Say($"{(e is OperationCanceledException ? "interrupted" : "failed")}; {Kept(ledger, part)}. To continue: {request.Command}");
            throw;
        }
        finally
        {
            display.End();
        }
        if (labeller.IsOutOfBudget) throw new WorkException($"stopped before a call that could exceed {(request.MaxCost is { } most ? FormattableString.Invariant($"--max-cost {most} (so far {budget.Cost:0.####})") : "token-budget")}; {Kept(ledger, part)}. With more of it the same command goes on: {request.Command}");
        file.RemoveFrom(part);
        if (unparsed > 0) request.Say($"{ResultText.Count(unparsed, "answer")} {(unparsed == 1 ? "was" : "were")} neither a class nor null and left blank; look at the prompt");
        request.Say($"{ResultText.Count(labeller.Calls, "call")}, {ResultText.Count(before, "answer")} from before; {ledger.Input:#,0} + {ledger.Output:#,0} tokens, cost {budget.Cost:0.####}");
        request.Finish(given.Count(l => l.Label >= 0), new JsonObject
        {
            ["unparsed"] = unparsed,
            ["askedAgain"] = again.Asked,
            ["changedAgain"] = again.Changed,
            ["calls"] = labeller.Calls,
            ["answers"] = ledger.Answers,
            ["tokens"] = new JsonObject { ["input"] = ledger.Input, ["output"] = ledger.Output },
            ["cost"] = Math.Round(budget.Cost, 6),
        });
        return ExitCode.Done;
    }

    private static string Kept(AnswerLedger<ChatAnswer> ledger, int parts) => $"{ResultText.Count(ledger.Answers, "answer")} and {ResultText.Count(parts, "finished part")} are kept";

    private int Foretell(ChatLabeller labeller, ChatBudget budget, AnswerLedger<ChatAnswer> ledger, string[] questions)
    {
        var (calls, input, output) = (0, 0L, 0L);
        foreach (var question in questions.Distinct(StringComparer.Ordinal))
        {
            var (needed, ofInput, ofOutput) = labeller.Need(new(question));
            (calls, input, output) = (calls + needed, input + ofInput, output + ofOutput);
        }
        var cost = budget.Price(input, output);
        request.Say($"a question:\n\n{questions.FirstOrDefault()}\n");
        request.Say($"{calls:#,0} calls for {questions.Length:#,0} rows ({ledger.Answers:#,0} answers are there); about {input:#,0} tokens of questions, at most {output:#,0} of answers; {(chat.Price is null ? (FormattableString)$"no price: is given" : $"at most {cost:0.####}")}");
        request.Show(new JsonObject
        {
            ["type"] = "result",
            ["teacher"] = request.Teacher,
            ["rows"] = questions.Length,
            ["calls"] = calls,
            ["tokens"] = new JsonObject { ["input"] = input, ["output"] = output },
            ["cost"] = chat.Price is null ? null : Math.Round(cost, 6),
            ["dry"] = true,
        });
        return ExitCode.Done;
    }

    private ChatEndpoint Client(Uri address, string model)
    {
        var defaults = new ChatEndpointOptions { Address = address, Model = model };
        return new(defaults with
        {
            KeyVariable = chat.KeyEnv,
            Timeout = chat.Timeout is { } timeout ? TimeSpan.FromSeconds(timeout) : defaults.Timeout,
            Attempts = chat.Attempts ?? defaults.Attempts,
            FirstWait = chat.RetryWait is { } wait ? TimeSpan.FromSeconds(wait) : defaults.FirstWait,
        });
    }

    private ChatPrompt Prompt()
    {
        Regex[] redact = [.. chat.Redact.Select(pattern =>
        {
            try
            {
                return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                throw Wrong("redact", $"'{pattern}' can't be used: {e.Message}");
            }
        })];
        string? template = null;
        if (chat.Prompt is { } path)
        {
            if (!File.Exists(path)) throw Wrong("prompt", $"{path}: there is no such file");
            template = File.ReadAllText(path);
        }
        string[] inputs = [.. request.Rows.Inputs.Text, .. request.Rows.Inputs.Numbers, .. request.Rows.Inputs.Categories];
        if (inputs.Length == 0) throw Wrong("endpoint", "a chat model reads texts, numbers and categories; the problem has none among its inputs");
        return new(template, chat.Prompt ?? "prompt", request.Rows.Rows, inputs, request.Rows.Classes, redact);
    }

    private RequestException Wrong(string key, string what) => request.Rows.Written(key).Wrong(what);
}
