using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using TorchSharp;

namespace Preceptor.Tests.Language;

/// <summary>Next-token training on masked responses: the law of the masks, what they change, and what they leave.</summary>
public sealed class MaskedThoughtTests
{
    private const string File = "44-masked-thought.json";

    private static readonly LanguageModelOptions Small = new() { Layers = 1, Width = 32, Heads = 4, Length = 24, InitialDeviation = 0.1 };

    public static TheoryData<string> Schedules => Named("schedule");

    public static TheoryData<string> Masks => Named("masking");

    private static TheoryData<string> Named(string prefix) => [.. Goldens.Names(File).Select(row => row.Data).Where(n => n.StartsWith(prefix, StringComparison.Ordinal) || n.StartsWith('('))];

    /// <summary>Sequences of a golden's rows, in which what is masked is the response; a token more stands behind each, so that the response's last token is read as well.</summary>
    private static LanguageBatch Batch(GoldenCase golden, int behind, LanguageArchitecture architecture = LanguageArchitecture.Decoder)
    {
        var (ids, marks, width) = (golden.Input("input_ids").Ints, golden.Input("target_mask").Ints, (int)golden.Input("input_ids").Shape[1]);
        var pairs = ids.Chunk(width).Zip(marks.Chunk(width), (row, mark) => (row[..Array.IndexOf(mark, 1)], (int[])[.. row[Array.IndexOf(mark, 1)..(Array.LastIndexOf(mark, 1) + 1)], .. behind < 0 ? Array.Empty<int>() : [behind]])).ToArray();
        var batch = new LanguageBatch(architecture, 0);
        batch.Fill(TokenSequences.Of(pairs), [.. Enumerable.Range(0, pairs.Length)]);
        return batch;
    }

    [Theory, MemberData(nameof(Schedules))]
    public void The_rate_rises_as_the_published_one(string name)
    {
        var golden = Goldens.Case(File, name);
        var options = new MaskedThought.Options { Rate = golden.Setting("max_mask_rate").Number, Warmup = golden.Setting("mask_rate_warmup_ratio").Number };
        golden.AssertClose("mask_rate", [.. golden.Input("global_step").Ints.Select(step => MaskedThought.RateAt(step, golden.Setting("max_steps").Integer, options))]);
    }

    [Theory, MemberData(nameof(Masks))]
    public void Masks_follow_the_published_law(string name)
    {
        var golden = Goldens.Case(File, name);
        var (rate, replaced, mask, draws) = (golden.Setting("mask_rate").Number, golden.Setting("replace_rate").Number, golden.Setting("mask_id").Integer, 4000);
        var (clean, random) = (Batch(golden, behind: 1), RandomStream.Of(1, name));
        var (before, targets) = (clean.Inputs.ToArray(), clean.TargetTokens.ToArray());
        int[] marks = [.. golden.Input("target_mask").Ints.Chunk((int)golden.Input("target_mask").Shape[1]).SelectMany(row => row[..clean.Width])];
        var (counts, squares, hits, fixedIds, others) = (new double[clean.Count], new double[clean.Count], new double[before.Length], 0, 0);
        for (var draw = 0; draw < draws; draw++)
        {
            var batch = Batch(golden, behind: 1);
            // What stands in the place of a masked token may be the same token, so masks are counted where they are put.
            MaskedThought.Apply(batch, MaskedThought.Draw(batch, rate, 1, random), () => -1);
            Assert.Equal(targets, batch.TargetTokens.ToArray());
            var now = batch.Inputs.ToArray();
            for (var row = 0; row < batch.Count; row++)
            {
                double count = now.AsSpan(row * batch.Width, batch.Width).Count(-1L);
                counts[row] += count;
                squares[row] += count * count;
            }
            for (var i = 0; i < now.Length; i++)
                if (now[i] == -1) hits[i]++;
                else Assert.Equal(before[i], now[i]);
            var masked = now.Count(v => v == -1);
            for (var i = 0; i < masked; i++) _ = MaskedThought.Replacement(replaced, mask, random) == mask ? fixedIds++ : others++;
        }
        var lengths = golden.Input("target_mask").Ints.Chunk((int)golden.Input("target_mask").Shape[1]).Select(row => row.Count(m => m == 1)).ToArray();
        void Near(double expected, double actual, double deviation) => Assert.True(Math.Abs(actual - expected) <= 5 * deviation + 1e-9, $"{actual} instead of {expected}, deviation {deviation}");
        for (var row = 0; row < clean.Count; row++)
        {
            var (mean, variance) = (counts[row] / draws, squares[row] / draws - Math.Pow(counts[row] / draws, 2));
            Near(golden.Output("expected_masked_per_sequence").Doubles[row], mean, Math.Sqrt(lengths[row] * rate * (1 - rate) / draws));
            Near(golden.Output("variance_masked_per_sequence").Doubles[row], variance, Math.Sqrt(3.0 / draws) * lengths[row] * rate * (1 - rate));
        }
        for (var i = 0; i < hits.Length; i++) Near(marks[i] * rate, hits[i] / draws, marks[i] * Math.Sqrt(rate * (1 - rate) / draws));
        if (fixedIds + others > 0) Near(golden.Output("expected_share_of_masked_that_get_mask_id").Doubles[0], (double)fixedIds / (fixedIds + others), Math.Sqrt(replaced * (1 - replaced) / (fixedIds + others)));
    }

    [Fact]
    public void The_loss_is_the_published_one_of_clean_targets()
    {
        var golden = Goldens.Case(File, "ce_under_mask");
        var batch = Batch(golden, behind: -1);
        bool[] masked = [.. golden.Input("mask").Ints.Zip(golden.Input("target_mask").Ints).Where(p => p.Second == 1).Select(p => p.First == 1)];
        MaskedThought.Apply(batch, masked, () => golden.Setting("mask_id").Integer);
        Assert.Equal(golden.Output("corrupted_input").Ints[..^1].Select(i => (long)i), batch.Inputs.ToArray());
        Assert.Equal(golden.Output("labels").Ints.Where(l => l >= 0).Select(l => (long)l), batch.TargetTokens.ToArray());
        using var scope = torch.NewDisposeScope();
        var logits = torch.tensor(golden.Input("logits").Doubles, golden.Input("logits").Shape, requires_grad: true);
        var loss = MaskedThought.Loss(batch.AtTargets(logits[.., ..^1, ..]), batch.Targets(), null);
        loss.backward();
        golden.AssertClose("loss", [loss.item<double>()]);
        golden.AssertClose("grad_logits", logits.grad!.flatten().data<double>().ToArray());
    }

    [Fact]
    public void Without_a_rate_it_is_next_token_training_bit_for_bit()
    {
        var problem = SupervisedFineTuningTests.Sums(epochs: 2, model: Small with { Dropout = 0.1 });
        using var plain = Fit(new SupervisedFineTuning(new()), problem);
        foreach (var options in new MaskedThought.Options[] { new() { Rate = 0 }, new() { Rate = 0, Random = 1, Part = MaskedThought.MaskedPart.Both, Span = 2 } })
        {
            using var model = Fit(new MaskedThought(options), problem);
            Assert.Equal(SupervisedFineTuningTests.Answers(plain, problem), SupervisedFineTuningTests.Answers(model, problem));
            Assert.Equal(problem.Tokenizer.Size, model.Network.Vocabulary);
        }
    }

    [Theory]
    [InlineData(LanguageArchitecture.Decoder)]
    [InlineData(LanguageArchitecture.EncoderDecoder)]
    public void With_all_masked_only_the_prompt_and_the_place_count(LanguageArchitecture architecture)
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        using var network = new LanguageNetwork(Small with { Architecture = architecture }, 12);
        network.eval();
        float[] Logits(int[] answer, double rate, Func<bool[], bool[]>? change = null)
        {
            var batch = new LanguageBatch(architecture, 1);
            batch.Fill(TokenSequences.Of([([3, 4, 5], answer)]), [0]);
            var masked = MaskedThought.Draw(batch, rate, 1, RandomStream.Of(1, "masks"));
            MaskedThought.Apply(batch, change?.Invoke(masked) ?? masked, () => 11);
            return batch.Logits(network).data<float>().ToArray();
        }
        Assert.Equal(Logits([6, 7, 8, 9, 10], 1), Logits([9, 10, 6, 7, 8], 1));
        Assert.NotEqual(Logits([6, 7, 8, 9, 10], 0), Logits([9, 10, 6, 7, 8], 0));
        // A mask changes nothing before it.
        for (var at = 0; at < 5; at++)
        {
            var (with, without) = (Logits([6, 7, 8, 9, 10], 0, m => [.. m.Select((_, i) => i == at)]), Logits([6, 7, 8, 9, 10], 0));
            Assert.Equal(without[..(12 * (at + 1))], with[..(12 * (at + 1))], (a, b) => Math.Abs(a - b) < 1e-5);
            if (at < 4) Assert.NotEqual(without[^12..], with[^12..]);
        }
    }

    [Fact]
    public void Spans_are_masked_together_and_prompts_only_where_they_are_to_be()
    {
        var sequences = TokenSequences.Of([.. Enumerable.Range(0, 50).Select(i => ((int[])[2, 3, 4], (int[])[.. Enumerable.Range(5, 12)]))]);
        var batch = new LanguageBatch(LanguageArchitecture.Decoder, 0);
        batch.Fill(sequences, [.. Enumerable.Range(0, 50)]);
        var masked = MaskedThought.Draw(batch, 0.5, 4, RandomStream.Of(1, "spans"));
        Assert.All(masked.Chunk(4), span => Assert.Single(span.Distinct()));
        Assert.InRange(masked.Average(m => m ? 1.0 : 0), 0.35, 0.65);
        foreach (var architecture in Enum.GetValues<LanguageArchitecture>())
        {
            var read = new LanguageBatch(architecture, 0);
            read.Fill(sequences, [.. Enumerable.Range(0, 50)]);
            var before = read.Inputs.ToArray();
            MaskedThought.MaskPrompts(read, 1, RandomStream.Of(1, "prompts"), () => 99);
            for (var row = 0; row < 50; row++) Assert.Equal([99L, 99L, 99L], read.PromptOf(row).ToArray());
            Assert.Equal(architecture == LanguageArchitecture.Decoder ? 150 : 0, read.Inputs.ToArray().Zip(before).Count(p => p.First != p.Second));
        }
    }

    [Fact]
    public void A_loss_of_masked_tokens_alone_counts_those_and_nothing_where_there_are_none()
    {
        using var scope = torch.NewDisposeScope();
        var (logits, targets) = (torch.randn(4, 6), torch.tensor(new long[] { 0, 3, 5, 1 }));
        var each = torch.nn.functional.cross_entropy(logits, targets, reduction: torch.nn.Reduction.None).data<float>().ToArray();
        Assert.Equal((each[1] + each[3]) / 2, MaskedThought.Loss(logits, targets, [false, true, false, true]).item<float>(), 1e-5f);
        Assert.Equal(0, MaskedThought.Loss(logits, targets, new bool[4]).item<float>());
    }

    private static LanguageModel Fit(IFit<LanguageProblem, LanguageModel> method, LanguageProblem problem)
    {
        using var run = new Run(new RunSettings());
        return method.Fit(problem, run);
    }

    /// <summary>Four letters to be told backwards, each of which a prompt has.</summary>
    private static LanguageProblem Reversed(int epochs, double rate = 0.005)
    {
        var random = RandomStream.Of(1, "reversed");
        TextRow[] Rows(int count) => [.. Enumerable.Range(0, count).Select(_ => string.Concat(Enumerable.Range(0, 3).Select(_ => "abcdef"[random.Next(6)]))).Select(w => new TextRow(w + "=", string.Concat(w.Reverse())))];
        var (train, validation) = (Rows(160), Rows(20));
        var tokenizer = new LanguageTexts(train, validation, []).Learn(TokenKind.Character);
        TokenSequences Encode(TextRow[] rows) => LanguageTexts.Encode(rows, tokenizer, new(), 24).Sequences;
        return new("reversed", tokenizer, Encode(train), Encode(validation)) { Model = Small with { Layers = 2 }, Training = new() { Epochs = epochs, Batch = 16, Rate = rate } };
    }

    [Fact]
    public void It_learns_with_masks_and_never_says_one()
    {
        using var trained = Fit(new MaskedThought(new() { Rate = 0.3 }), Reversed(15));
        using var untrained = Fit(new MaskedThought(new() { Rate = 0.3 }), Reversed(1, 1e-9));
        double Loss(LanguageModel model) => -model.LogProbabilities(Reversed(1).Validation).SelectMany(l => l).Average();
        Assert.True(Loss(trained) < 0.3 * Loss(untrained), $"{Loss(trained)} {Loss(untrained)}");
        var losses = trained.Training.Epochs;
        Assert.True(Math.Abs(losses[0].Loss - 1.89505) < 0.003 * 1.89505 && losses[^1].Loss < 0.1, $"{losses[0].Loss:R} {losses[^1].Loss:R}");
        var tokens = trained.Tokenizer.Size;
        Assert.Equal(tokens + 1, trained.Network.Vocabulary);
        var wild = trained.Generate([.. Enumerable.Range(0, 8).Select(i => Reversed(1).Validation.PromptOf(i).ToArray())], new() { Samples = 16, Temperature = 10, MaxTokens = 8 });
        Assert.All(wild.SelectMany(w => w).SelectMany(w => w.Tokens), t => Assert.InRange(t, 0, tokens - 1));
        var folder = Directory.CreateTempSubdirectory("preceptor-masked-").FullName;
        try
        {
            trained.Save(folder);
            using var again = LanguageModel.Load(folder);
            Assert.Equal(Loss(trained), Loss(again));
            // The token of masks is there already, and what was learned of it stays.
            using var onward = Fit(new MaskedThought(new() { Rate = 0.3, Loss = MaskedThought.CountedTokens.Masked }), Reversed(1) with { Model = new() { Base = folder } });
            Assert.Equal(tokens + 1, onward.Network.Vocabulary);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Other_weights_begin_as_those_of_next_token_training()
    {
        using var run = new Run(new RunSettings());
        using var narrow = run.Begin(Reversed(1)).Network;
        using var wide = run.New("token-of-masks", () => narrow.Widened(narrow.Vocabulary + 1));
        var (before, after) = (narrow.Weights(), wide.Weights());
        foreach (var (name, weights) in before) Assert.Equal(weights, after[name][..weights.Length]);
        Assert.Equal(before["model.embed_tokens.weight"].Length + 32, after["model.embed_tokens.weight"].Length);
        Assert.InRange(after["model.embed_tokens.weight"][^32..].Max(Math.Abs), 0.05f, 0.5f);
    }

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = SupervisedFineTuningTests.Sums(epochs: 6);
        var method = new MaskedThought(new() { Rate = 0.5, Random = 0.5, Part = MaskedThought.MaskedPart.Both });
        var tensors = LiveTensors.Count();
        double[] unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var model = method.Fit(problem, run)) unbroken = SupervisedFineTuningTests.Answers(model, problem);
        Assert.True(tensors.Count > 30 && tensors[^1] <= tensors[^20], $"{tensors[^1] - tensors[^20]} more tensors after 19 steps");
        SupervisedFineTuningTests.Resume(17, run => run.Stage("masked-thought", problem.Describe(), () => method.Fit(problem, run)), model => Assert.Equal(unbroken, SupervisedFineTuningTests.Answers(model, problem)));
    }
}
