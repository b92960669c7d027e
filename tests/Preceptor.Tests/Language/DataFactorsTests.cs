using CsCheck;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Language.BuiltIn;
using Preceptor.Models;
using Preceptor.Training;
using TorchSharp;

namespace Preceptor.Tests.Language;

/// <summary>A fixed number of steps and curricula: which sequences come when, and what is learned.</summary>
public sealed class DataFactorsTests
{
    private static readonly LanguageModelOptions Small = new()
    {
        Architecture = LanguageArchitecture.EncoderDecoder,
        Positions = PositionKind.Relative,
        Layers = 1,
        Width = 32,
        Heads = 4,
        Hidden = 64,
        FeedForward = FeedForwardKind.Relu,
        Norm = NormKind.Layer,
        Bias = BiasKind.All,
        Dropout = 0.1,
        InitialDeviation = 0.1,
        Length = 32,
    };

    /// <summary>Commands with a letter for each word.</summary>
    internal static LanguageProblem Commands(CommandsProblem.Options options, TrainingOptions? training = null)
    {
        var texts = CommandsProblem.Draw(options, 3);
        var letters = texts.Train.Concat(texts.Validation).SelectMany(p => $"{p.Prompt} {p.Response}".Split(' ')).Distinct().Order(StringComparer.Ordinal).Select((w, i) => (w, (char)('A' + i))).ToDictionary();
        string Spell(string text) => string.Concat(text.Split(' ').Select(w => letters[w]));
        TextRow[] Of(TextRow[] rows) => [.. rows.Select(r => new TextRow(Spell(r.Prompt), Spell(r.Response)))];
        var tokenizer = new LanguageTexts(Of(texts.Train), [], []).Learn(TokenKind.Character);
        TokenSequences Encode(TextRow[] rows) => LanguageTexts.Encode(Of(rows), tokenizer, new(), 32).Sequences;
        return new("commands", tokenizer, Encode(texts.Train), Encode(texts.Validation)) { Model = Small, Training = training ?? new() { Epochs = 4, Batch = 8, Rate = 0.005 } };
    }

    private static LanguageProblem Tiny(TrainingOptions? training = null) => Commands(new() { Size = ProblemSize.Tiny }, training);

    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(100, 0.2)]
    [InlineData(400, 0.5)]
    [InlineData(800, 1)]
    [InlineData(1000, 1)]
    public void The_share_that_has_entered_is_the_papers(long step, double share)
    {
        var sequences = TokenSequences.Of([.. Enumerable.Range(0, 200).Select(i => ((int[])[i], (int[])[i, 1]))]);
        var curriculum = new TrainingCurriculum(CurriculumKind.AlwaysNovel, 0.2, 0.8, sequences, RandomStream.Of(1, "c"));
        Assert.Equal(share, curriculum.ShareAt(step, 1000), 12);
        Assert.Equal((int)Math.Round(200 * share), curriculum.SequencesAt(step, 1000));
    }

    [Fact]
    public void What_has_entered_stays()
    {
        var problem = Commands(new() { Size = ProblemSize.Tiny, Primitives = 4 });
        Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.Bool).Sample((a, b, isOfPairs) =>
        {
            var curriculum = new TrainingCurriculum(isOfPairs ? CurriculumKind.AlwaysNovel : CurriculumKind.AlwaysNovelPrimitives, 0.2, 0.8, problem.Train, RandomStream.Of(1, "c"));
            var (early, late) = (curriculum.At(Math.Min(a, b), 1000), curriculum.At(Math.Max(a, b), 1000));
            Assert.Subset(late.ToHashSet(), early.ToHashSet());
            Assert.Equal(late.Length, curriculum.SequencesAt(Math.Max(a, b), 1000));
            Assert.Equal(Enumerable.Range(0, problem.Train.Count), curriculum.At(800, 1000));
        }, iter: 100);
    }

    [Fact]
    public void Pairs_of_a_primitive_enter_together()
    {
        // Answers of a turn, which all have, and of one of five primitives.
        var sequences = TokenSequences.Of([.. Enumerable.Range(0, 50).Select(i => ((int[])[90], (int[])[99, i % 5, 98]))]);
        var curriculum = new TrainingCurriculum(CurriculumKind.AlwaysNovelPrimitives, 0.2, 0.8, sequences, RandomStream.Of(2, "c"));
        for (var share = 1; share <= 5; share++)
        {
            var entered = curriculum.At(160 * share, 1000).Select(i => i % 5).GroupBy(p => p).ToArray();
            Assert.Equal(share, entered.Length);
            Assert.All(entered, g => Assert.Equal(10, g.Count()));
        }
    }

    [Fact]
    public void Without_curriculum_and_steps_it_is_next_token_training_to_the_bit()
    {
        var problem = Tiny();
        double[] Of(IFit<LanguageProblem, LanguageModel> method)
        {
            using var run = new Run(new RunSettings());
            using var model = method.Fit(problem, run);
            return SupervisedFineTuningTests.Answers(model, problem);
        }
        var plain = Of(new SupervisedFineTuning(new()));
        Assert.Equal(plain, Of(new DataFactors(new() { Curriculum = CurriculumKind.None })));
        Assert.NotEqual(plain, Of(new DataFactors(new())));
    }

    [Theory]
    [InlineData(CurriculumKind.None)]
    [InlineData(CurriculumKind.AlwaysNovel)]
    [InlineData(CurriculumKind.AlwaysNovelPrimitives)]
    public void Steps_are_as_many_as_are_asked_for_whatever_the_pairs(CurriculumKind kind)
    {
        var problem = Tiny();
        foreach (var train in new[] { problem.Train, problem.Train.Take([0, 1, 2, 3, 4, 5, 6, 7, 8]) })
        {
            using var run = new Run(new RunSettings());
            var curriculum = new TrainingCurriculum(kind, 0.2, 0.8, train, run.Random("curriculum"));
            var batches = new CurriculumBatches(run, train, 8, Small.Architecture, 0, curriculum, 0, 10, 6);
            int[][] Rows(int part, int first) => [.. batches.Epoch(part, first).Select(b => b.Rows.ToArray())];
            int[][] all = [.. Enumerable.Range(1, 6).SelectMany(e => Rows(e, 0))];
            Assert.Equal(60, all.Length);
            // From any step on come the same batches.
            for (var at = 0; at < 60; at++) Assert.Equal(all[at..((at / 10 + 1) * 10)], Rows(at / 10 + 1, at % 10));
            // Each pass has every sequence that was there when it began once.
            for (var at = 0L; at < 60;)
            {
                var (_, begin) = batches.PassAt(at);
                Assert.Equal(at, begin);
                var allowed = curriculum.At(begin, 60);
                var length = (allowed.Length + 7) / 8;
                if (begin + length <= 60) Assert.Equal(allowed, all[(int)begin..(int)(begin + length)].SelectMany(r => r).Order());
                at += length;
            }
        }
    }

    [Fact]
    public void The_static_order_has_the_pairs_before_their_copies()
    {
        using var run = new Run(new RunSettings());
        var problem = new VocabularyCopies(new() { Copies = 2 }).Improve(Tiny(), run);
        var count = problem.Train.Count / 3;
        var batches = new CurriculumBatches(run, problem.Train, 8, Small.Architecture, 0, new TrainingCurriculum(CurriculumKind.Static, 0.2, 0.8, problem.Train, run.Random("curriculum")), count, 0, 2);
        foreach (var part in new[] { 1, 2 })
        {
            int[] rows = [.. batches.Epoch(part, 0).SelectMany(b => b.Rows.ToArray())];
            Assert.Equal(Enumerable.Range(0, 3 * count), rows.Order());
            for (var copy = 0; copy < 3; copy++) Assert.Equal(rows[..count].Select(r => r + copy * count), rows[(copy * count)..((copy + 1) * count)]);
        }
        using var fitting = new Run(new RunSettings());
        Assert.Contains("write augzero before it", Assert.Throws<RequestException>(() => new DataFactors(new() { Curriculum = CurriculumKind.Static }).Fit(Tiny(), fitting)).Message);
        Assert.Contains("does not divide", Assert.Throws<RequestException>(() => new DataFactors(new() { Steps = 30, ValidateEvery = 20 }).Fit(Tiny(), fitting)).Message);
    }

    [Fact]
    public void It_learns_commands()
    {
        double[] Trained(double rate, out TrainingSummary summary)
        {
            var problem = Tiny(new() { Batch = 16, Rate = rate, Schedule = RateSchedule.InverseRoot, Warmup = 0.1, Clip = 5 });
            using var run = new Run(new RunSettings());
            using var model = new DataFactors(new() { Steps = 200, ValidateEvery = 50 }).Fit(problem, run);
            summary = model.Training;
            return SupervisedFineTuningTests.Answers(model, problem);
        }
        var (trained, untrained) = (Trained(0.006, out var course).Average(), Trained(1e-9, out _).Average());
        Assert.True(trained > -1.2 && untrained < -2.5, $"{trained} {untrained}");
        Assert.Equal(4, course.Epochs.Count);
        Assert.True(Math.Abs(course.Epochs[0].Loss - FirstLoss) < 0.003 * FirstLoss, $"the first loss is {course.Epochs[0].Loss:R}");
        Assert.True(Math.Abs(course.Epochs[^1].Loss - LastLoss) < 0.03 * LastLoss, $"the last loss is {course.Epochs[^1].Loss:R}");
    }

    private const double FirstLoss = 1.24952, LastLoss = 0.37082;

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = Tiny();
        var method = new DataFactors(new() { Steps = 60, ValidateEvery = 15 });
        var tensors = LiveTensors.Count();
        double[] unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var model = method.Fit(problem, run)) unbroken = SupervisedFineTuningTests.Answers(model, problem);
        Assert.True(tensors.Count == 60 && tensors[^1] <= tensors[^20], $"{tensors[^1] - tensors[^20]} more tensors after 19 steps");
        Interruptions.Outlast(13, run =>
        {
            using var model = run.Stage("data-factors", problem.Describe(), () => method.Fit(problem, run));
            Assert.Equal(unbroken, SupervisedFineTuningTests.Answers(model, problem));
        });
    }
}
