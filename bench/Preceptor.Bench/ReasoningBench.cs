using System.Diagnostics;
using System.Globalization;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using Preceptor.Reasoning;
using Preceptor.Reasoning.BuiltIn;

namespace Preceptor.Bench;

/// <summary>How fast solutions are drawn and searched for, with a policy of a million weights that has learned chains: 64 questions together and one after another, and where the time goes.</summary>
internal static class ReasoningBench
{
    private const int Questions = 64, Samples = 16;

    /// <summary>Prints a line a way of solving.</summary>
    /// <param name="threads">Threads that answer.</param>
    /// <param name="rounds">How often each is timed; the medians are printed.</param>
    public static void Run(int threads, int rounds)
    {
        var problem = Problem();
        using var run = new Run(new RunSettings { Threads = threads });
        using var plain = new SelfConsistency(new()).Fit(problem, run);
        using var values = new SolutionVerifier(new(plain.Policy.Tokenizer, plain.Policy.Network.Copy(), plain.Policy.Ends, plain.Policy.Training, threads) { Form = plain.Policy.Form }, new ValueHead(plain.Policy.Network.Options.Width, 0)) { Range = ValueRange.Signed };
        values.Head.SetWeights(plain.Policy.Network.MeanOutput());
        string[] texts = [.. problem.Validation.Take(Questions).Select(q => q.Text)];
        int[][] prompts = [.. texts.Select(problem.PromptOf)];
        var weights = plain.Policy.Network.parameters().Sum(p => p.numel());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{weights:#,0} weights, {threads} threads, {Questions} chains of five operations, prompts of {prompts.Average(p => p.Length):0} tokens; medians of {rounds}"));
        Time("16 solutions each", rounds, asked =>
        {
            var sampler = new SolutionSampler(plain.Policy);
            sampler.Draw(asked, Samples, new(0.7, 50, problem.Solving.AnswerTokens, 1), default);
            return (sampler.Cost, TimeSpan.Zero);
        }, prompts);
        (SolvingCost, TimeSpan) Search(int[][] asked, bool together, Action<SolutionSampler, Func<IReadOnlyList<int[]>, IReadOnlyList<int[]>, double[]>> search)
        {
            var (sampler, reading) = (new SolutionSampler(plain.Policy, together ? values : null), new Stopwatch());
            search(sampler, (of, begun) =>
            {
                reading.Start();
                double[] read = [.. values.Values(of, begun).Select(v => v[^1])];
                reading.Stop();
                return read;
            });
            return (sampler.Cost, reading.Elapsed);
        }
        var drawing = new Drawing(0.7, 50, problem.Solving.AnswerTokens, 1);
        foreach (var together in new[] { true, false })
        {
            var how = together ? "valued as they are drawn" : "read anew to be valued";
            Time($"search over steps, SBS(3, 5), {how}", rounds, asked => Search(asked, together, (s, v) => new StepBeamSearch(s, v, steps => steps[^1]) { Beams = 3, Samples = 15, MaxDepth = 10, FinishedLeave = true }.Search(asked, drawing, default)), prompts);
            Time($"tree search, 40 tries of 5 steps, {how}", rounds, asked => Search(asked, together, (s, v) => new StepTreeSearch(s, v, new()).Search(asked, null, drawing, default)), prompts);
        }
        Parts(plain.Policy, prompts, rounds);
    }

    private static void Time(string name, int rounds, Func<int[][], (SolvingCost Cost, TimeSpan Reading)> solve, int[][] prompts)
    {
        solve(prompts[..4]);
        var (together, apart, reading, busy, busyApart) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        SolvingCost cost = default;
        for (var round = 0; round < rounds; round++)
        {
            var (watch, processor) = (Stopwatch.StartNew(), Processor);
            (cost, var read) = solve(prompts);
            together.Add(watch.Elapsed.TotalSeconds);
            reading.Add(read.TotalSeconds);
            busy.Add(Processor - processor);
            (watch, processor) = (Stopwatch.StartNew(), Processor);
            foreach (var prompt in prompts) solve([prompt]);
            apart.Add(watch.Elapsed.TotalSeconds);
            busyApart.Add(Processor - processor);
        }
        var (all, each, value) = (Median(together), Median(apart), Median(reading));
        var (work, workApart) = (Median(busy), Median(busyApart));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {all:0.00} s together, {each:0.00} s one after another, {each / all:0.0} times as long; {cost.Calls / all:0} continuations/s, {cost.Tokens / all:#,0} tokens/s; reading values {100 * value / all:0} % of the time; of processors {work:0.00} and {workApart:0.00} s, {workApart / work:0.0} times, {cost.Calls / work:0} continuations and {cost.Tokens / work:#,0} tokens a second"));
    }

    // What a decoding of 64 rows is made of: a pass over the prompts, a pass a token, and drawing from its logits.
    private static void Parts(LanguageModel policy, int[][] prompts, int rounds)
    {
        double Generate(int tokens) => Median([.. Enumerable.Range(0, rounds).Select(_ =>
        {
            var begin = Processor;
            policy.Generate(prompts, new() { MaxTokens = tokens, StopsAtEnd = false, Temperature = 0.7, TopK = 50 });
            return Processor - begin;
        })]);
        Generate(4);
        var (one, many) = (Generate(1), Generate(41));
        var sampler = new TokenSampler(new() { Temperature = 0.7, TopK = 50 });
        var random = RandomStream.Of(1, "bench");
        float[] logits = [.. Enumerable.Range(0, policy.Tokenizer.Size).Select(i => (float)Math.Sin(i))];
        var begun = Processor;
        for (var i = 0; i < 64 * 1000; i++) sampler.Draw(logits, random, []);
        var draw = (Processor - begun) / 1000;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"of 64 rows, processor time: reading prompts {1000 * one:0.0} ms, a token {1000 * (many - one) / 40:0.00} ms, of which drawing {1000 * draw:0.00} ms"));
    }

    // What the machine's other work takes does not count in it; with one thread it is what a quiet machine would take.
    private static double Processor => Environment.CpuUsage.TotalTime.TotalSeconds;

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static ReasoningProblem Problem()
    {
        var (sets, _) = ChainsProblem.Draw(new() { Examples = 600 }, 1);
        TextRow[] Worked(Question[] of) => [.. of.Where(q => q.Solution.Length > 0).Select(q => new TextRow(q.Text, q.Solution))];
        var texts = new LanguageTexts(Worked(sets.Train), [], []);
        var (tokenizer, form) = (texts.Learn(TokenKind.Word), new PromptForm { Between = "\n" });
        var train = LanguageTexts.Encode(texts.Train, tokenizer, form, 64).Sequences;
        var policy = new LanguageProblem("chains", tokenizer, train, LanguageTexts.Encode(Worked(sets.Validation[..10]), tokenizer, form, 64).Sequences)
        {
            Form = form,
            Model = new() { Layers = 5, Width = 128, Heads = 4, Length = 64, Positions = PositionKind.Learned },
            Training = new() { Epochs = 6, Batch = 32, Rate = 0.001 },
        };
        return new(policy, sets.Train, sets.Validation, new(new ChainChecker(97)), new() { Samples = Samples, AnswerTokens = Answers.Most(train) });
    }
}
