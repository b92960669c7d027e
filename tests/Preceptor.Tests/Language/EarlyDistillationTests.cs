using CsCheck;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using TorchSharp;
using static Preceptor.Language.EarlyDistillation;
using Options = Preceptor.Language.EarlyDistillation.Options;

namespace Preceptor.Tests.Language;

/// <summary>Distillation from a smaller model in the first steps: its loss, its schedule, what is chosen, and what it is without a teacher.</summary>
public sealed class EarlyDistillationTests
{
    private static readonly LanguageModelOptions Small = new() { Layers = 2, Width = 32, Heads = 4, Length = 24, InitialDeviation = 0.1 };

    /// <summary>Texts of a Markov chain over six letters in which each is followed by one of two; of different lengths.</summary>
    private static LanguageProblem Letters(int texts = 60, int epochs = 4, LanguageModelOptions? model = null, double rate = 0.005)
    {
        var random = RandomStream.Of(1, "letters");
        string Text()
        {
            var letters = new List<int> { random.Next(6) };
            for (var left = 8 + random.Next(6); left > 0; left--) letters.Add((letters[^1] + (random.NextDouble() < 0.7 ? 1 : 3)) % 6);
            return string.Concat(letters.Select(l => (char)('a' + l)));
        }
        TextRow[] rows = [.. Enumerable.Range(0, texts + 20).Select(_ => new TextRow("", Text()))];
        var all = new LanguageTexts(rows[20..], rows[..20], []);
        var tokenizer = all.Learn(TokenKind.Character);
        TokenSequences Encode(TextRow[] some) => LanguageTexts.Encode(some, tokenizer, new(), 24, isPacked: false).Sequences;
        return new("letters", tokenizer, Encode(all.Train), Encode(all.Validation)) { Model = model ?? Small, Training = new() { Epochs = epochs, Batch = 8, Rate = rate } };
    }

    private static LanguageModel Fit(IFit<LanguageProblem, LanguageModel> method, LanguageProblem problem)
    {
        using var run = new Run(new RunSettings());
        return method.Fit(problem, run);
    }

    private static float[] Weights(LanguageModel model) => [.. model.Network.Weights().OrderBy(w => w.Key, StringComparer.Ordinal).SelectMany(w => w.Value)];

    [Fact]
    public void The_weight_of_the_teacher_ends_with_its_steps()
    {
        double[] At(Options options) => [.. Enumerable.Range(0, 11).Select(s => Math.Round(WeightAt(s, 10, options), 6))];
        Assert.Equal([0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0], At(new() { Distilled = 0.4, Weight = 0.5 }));
        Assert.Equal([1, 1, 1, 0.75, 0.5, 0.25, 0, 0, 0, 0, 0], At(new() { Distilled = 0.4, Weight = 1, Schedule = Decline.Window, Window = 0.4 }));
        Assert.Equal([1, 0.75, 0.5, 0.25, 0, 0, 0, 0, 0, 0, 0], At(new() { Distilled = 0.4, Weight = 1, Schedule = Decline.Line }));
        Assert.All(Enum.GetValues<Decline>(), schedule => Assert.All(At(new() { Distilled = 0, Schedule = schedule }), w => Assert.Equal(0, w)));
        // To the end: plain distillation.
        Assert.All(Enumerable.Range(0, 1000), s => Assert.Equal(0.667, WeightAt(s, 1000, new() { Distilled = 1 })));
    }

    [Fact]
    public void The_gradient_is_that_of_the_mixed_target_and_vanishes_where_it_is_met() => Gen.Select(Gen.Int[0, 1000], Gen.Double[0.01, 1]).Sample((seed, weight) =>
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(seed);
        var (logits, targets) = (torch.randn([4, 6], torch.float64, requires_grad: true), torch.tensor(new long[] { 0, 5, 2, 2 }));
        var soft = torch.nn.functional.softmax(torch.randn([4, 6], torch.float64), 1);
        var mixed = torch.nn.functional.one_hot(targets, 6).to(torch.float64) * (1 - weight) + soft * weight;
        Mixed(logits, targets, soft, weight).backward();
        var expected = (torch.nn.functional.softmax(logits, 1) - mixed) / 4;
        Assert.True((logits.grad! - expected).abs().max().item<double>() < 1e-12);
        var met = mixed.log().detach();
        if (weight < 1) Assert.True(torch.isfinite(met).all().item<bool>());
        using var there = met.requires_grad_();
        Mixed(there, targets, soft, weight).backward();
        Assert.True(there.grad!.abs().max().item<double>() < 1e-12);
    }, iter: 30);

    [Fact]
    public void A_teacher_that_says_the_tokens_themselves_is_no_teacher_and_a_soft_one_saves_the_variance_of_samples()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var (logits, targets) = (torch.randn([5, 7], torch.float64), torch.tensor(new long[] { 0, 6, 3, 2, 2 }));
        var plain = torch.nn.functional.cross_entropy(logits, targets).item<double>();
        foreach (var weight in new[] { 0.2, 0.667, 1 }) Assert.Equal(plain, Mixed(logits, targets, torch.nn.functional.one_hot(targets, 7).to(torch.float64), weight).item<double>(), 1e-12);

        // One prefix, tokens drawn from the truth, which is what the teacher says: the gradients' mean is the same, and only that of samples varies.
        double[] truth = [0.5, 0.3, 0.15, 0.05];
        var random = RandomStream.Of(1, "samples");
        double[][] Gradients(double weight) => [.. Enumerable.Range(0, 2000).Select(_ =>
        {
            using var step = torch.NewDisposeScope();
            using var z = torch.zeros([1, 4], torch.float64).requires_grad_();
            Mixed(z, torch.tensor(new long[] { random.NextIndex(truth) }), torch.tensor(truth).view(1, 4), weight).backward();
            return z.grad!.flatten().data<double>().ToArray();
        })];
        var (soft, half) = (Gradients(1), Gradients(0.5));
        for (var k = 0; k < 4; k++)
        {
            Assert.Single(soft.Select(g => g[k]).Distinct());
            Assert.Equal(0.25 - truth[k], soft[0][k], 1e-12);
            Assert.Equal(0.25 - truth[k], half.Average(g => g[k]), 0.03);
            var variance = half.Average(g => g[k] * g[k]) - Math.Pow(half.Average(g => g[k]), 2);
            Assert.Equal(0.25 * truth[k] * (1 - truth[k]), variance, 0.01);
        }
    }

    [Fact]
    public void A_low_temperature_says_the_likeliest_and_one_says_what_the_teacher_says()
    {
        using var scope = torch.NewDisposeScope();
        var logits = torch.tensor(new[] { 1f, 3, 2, 0, -1, 5 }).view(2, 3);
        Assert.Equal([0, 1, 0, 0, 0, 1], TeacherTokens.AtTemperature(logits, 0.001).data<float>().ToArray());
        Assert.Equal(torch.nn.functional.softmax(logits, 1).data<float>().ToArray(), TeacherTokens.AtTemperature(logits, 1).data<float>().ToArray());
    }

    [Fact]
    public void What_is_hard_and_yet_learnable_is_chosen()
    {
        Assert.Equal(0.3, LearnableSequences.Difficulty([0.1, 0.5, 3.0], [1, 2, 40], 10), 1e-12);
        Assert.Equal(0.5, LearnableSequences.Difficulty([0.1, 0.5, 3.0], [1, 2, 40], 100));
        Assert.True(double.IsNaN(LearnableSequences.Difficulty([4, 5], [11, 12], 10)));
        Assert.Equal([1, 4], LearnableSequences.Hardest([0.2, 0.9, double.NaN, 0.1, 0.5], 2));
        Assert.Equal([0, 1, 3, 4], LearnableSequences.Hardest([0.2, 0.9, double.NaN, 0.1, 0.5], 5));
        // With all tokens learnable it is the median of all losses.
        Gen.Double[0, 9].Array[1, 20].Sample(losses =>
        {
            double[] sorted = [.. losses.Order()];
            Assert.Equal(sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2] + sorted[sorted.Length / 2 - 1]) / 2, LearnableSequences.Difficulty(losses, [.. losses.Select((_, i) => i + 1)], losses.Length), 1e-12);
        });
        var problem = Letters();
        using var model = Fit(new SupervisedFineTuning(new()), problem);
        double[] expected = [.. model.LogProbabilities(problem.Train).Select(l => l.Select(v => -v).Order().ToArray()).Select(s => (s[(s.Length - 1) / 2] + s[s.Length / 2]) / 2)];
        var all = LearnableSequences.Difficulties(model, problem.Train, problem.Tokenizer.Size, default);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], all[i], 1e-5);
        Assert.All(LearnableSequences.Difficulties(model, problem.Train, 1, default), d => Assert.True(double.IsNaN(d) || d < Math.Log(problem.Tokenizer.Size), $"{d}"));
    }

    [Theory]
    [InlineData(LanguageArchitecture.Decoder)]
    [InlineData(LanguageArchitecture.EncoderDecoder)]
    public void The_answers_that_are_kept_are_the_teachers(LanguageArchitecture architecture)
    {
        var problem = Letters(model: Small with { Architecture = architecture });
        using var teacher = Fit(new SupervisedFineTuning(new()), problem);
        using var run = new Run(new RunSettings());
        int[] asked = [2, 3, 5, 8, 13, 21, 34];
        using var tokens = TeacherTokens.Ask(run, "answers", teacher, problem.Train, asked, problem.Tokenizer.Size, 96);
        var batch = new LanguageBatch(architecture, teacher.Start);
        batch.Fill(problem.Train, [34, 2, 21]);
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        var logits = batch.Logits(teacher.Network);
        foreach (var temperature in new[] { 0.25, 1, 3 })
            Assert.True((tokens.Distributions(batch, torch.zeros_like(logits), temperature) - TeacherTokens.AtTemperature(logits, temperature)).abs().max().item<float>() < 0.01);
        // Of the largest alone, the others share what is left as the student thinks: a student that thinks as the teacher gets the teacher's.
        using var few = TeacherTokens.Ask(run, "few", teacher, problem.Train, asked, problem.Tokenizer.Size, 2);
        Assert.True((few.Distributions(batch, logits, 1) - torch.nn.functional.softmax(logits, 1)).abs().max().item<float>() < 0.01);
    }

    [Fact]
    public void Without_a_teacher_it_is_next_token_training_bit_for_bit()
    {
        var problem = Letters(model: Small with { Dropout = 0.1 });
        using var plain = Fit(new SupervisedFineTuning(new()), problem);
        foreach (var options in new Options[] { new() { Distilled = 0 }, new() { Weight = 0, Selects = true }, new() { Distilled = 0, Schedule = Decline.Window } })
        {
            using var model = Fit(new EarlyDistillation(options), problem);
            Assert.Equal(Weights(plain), Weights(model));
        }
        using var taught = Fit(new EarlyDistillation(new()), problem);
        Assert.NotEqual(Weights(plain), Weights(taught));
    }

    [Fact]
    public void Chosen_sequences_come_first_and_then_all()
    {
        var problem = Letters(texts: 61);
        using var run = new Run(new RunSettings());
        int[] chosen = [3, 7, 9, 11, 20, 21, 22, 30, 31, 33, 40, 41, 50, 51, 52, 53];
        var batches = new CurriculumBatches(run, problem.Train, 8, LanguageArchitecture.Decoder, 0, new ChosenFirst(chosen, 4, 61), 0, 0, 2);
        int[][] first = [.. batches.Epoch(1, 0).Select(b => b.Rows.ToArray())];
        Assert.Equal(8, first.Length);
        foreach (var pass in new[] { first[..2], first[2..4] }) Assert.Equal(chosen, pass.SelectMany(r => r).Order());
        Assert.Contains(first[4..].SelectMany(r => r), r => !chosen.Contains(r));
        int[] rest = [.. first[4..].Concat(batches.Epoch(2, 0).Select(b => b.Rows.ToArray())).Take(8).SelectMany(r => r)];
        Assert.Equal(Enumerable.Range(0, 61), rest.Order());
    }

    [Fact]
    public void A_smaller_network_has_sizes_that_fit() => Gen.Select(Gen.Int[1, 12], Gen.Int[1, 40], Gen.Int[0, 3]).Sample((heads, size, layers) =>
    {
        var model = new LanguageModelOptions { Heads = heads, Width = heads * 2 * size, Layers = layers + 1, Hidden = layers * 64 };
        var smaller = Smaller(model, 0, 0);
        smaller.Check();
        Assert.True(smaller.Layers <= model.Layers && smaller.Width <= Math.Max(8, model.Width / 2) && smaller.Heads <= heads);
        Assert.Equal((3, 24), (Smaller(model, 3, 24).Layers, Smaller(model, 3, 24).Width));
    });

    [Fact]
    public void It_learns_first_from_the_teacher_and_then_from_the_texts()
    {
        var problem = Letters(texts: 200, epochs: 6);
        using var trained = Fit(new EarlyDistillation(new() { Distilled = 0.5, TeacherWidth = 16 }), problem);
        using var untrained = Fit(new SupervisedFineTuning(new()), problem with { Training = problem.Training with { Epochs = 1, Rate = 1e-9 } });
        double Loss(LanguageModel model) => -model.LogProbabilities(problem.Validation).SelectMany(l => l).Average();
        Assert.True(Loss(trained) < 0.5 * Loss(untrained), $"{Loss(trained)} {Loss(untrained)}");
        var losses = trained.Training.Epochs;
        Assert.True(Math.Abs(losses[0].Loss - 0.88172) < 0.003 * 0.88172 && Math.Abs(losses[^1].Loss - 0.84413) < 0.03 * 0.84413, $"{losses[0].Loss:R} {losses[^1].Loss:R}");
    }

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = Letters(epochs: 8, model: Small with { Dropout = 0.1 });
        var method = new EarlyDistillation(new() { Distilled = 0.3, Selects = true, Passes = 3, TeacherEpochs = 3, Early = 0.5 });
        var tensors = LiveTensors.Count();
        float[] unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var model = method.Fit(problem, run)) unbroken = Weights(model);
        Assert.True(tensors.Count > 60 && tensors[^1] <= tensors[^20], $"{tensors[^1] - tensors[^20]} more tensors after 19 steps");
        Interruptions.Outlast(23, run =>
        {
            using var model = run.Stage("salt", problem.Describe(), () => method.Fit(problem, run));
            Assert.Equal(unbroken, Weights(model));
        });
    }

    [Fact]
    public void What_cannot_teach_is_said()
    {
        var problem = Letters();
        void Says(Options options, string message, LanguageProblem? other = null) => Assert.Contains(message, Assert.Throws<RequestException>(() => Fit(new EarlyDistillation(options), other ?? problem)).Message, StringComparison.Ordinal);
        Says(new() { Distilled = 0.5, Selects = true }, "expected method.passes of at least 3");
        Says(new() { Teacher = "absent" }, "absent has no language model");
        var folder = Directory.CreateTempSubdirectory("preceptor-small-").FullName;
        try
        {
            using var teacher = Fit(new SupervisedFineTuning(new()), problem);
            teacher.Save(folder);
            Says(new() { Teacher = folder }, "has another tokenizer", SupervisedFineTuningTests.Sums());
            Says(new() { Teacher = folder }, "expected model.architecture", problem with { Model = Small with { Architecture = LanguageArchitecture.EncoderDecoder } });
            // The model that one is given is the one that would be trained.
            using var given = Fit(new EarlyDistillation(new() { Teacher = folder }), problem);
            using var other = Fit(new EarlyDistillation(new()), problem);
            Assert.NotEqual(Weights(given), Weights(other));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
