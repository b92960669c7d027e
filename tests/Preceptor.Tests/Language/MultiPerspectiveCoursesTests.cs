using CsCheck;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using Preceptor.Training;
using TorchSharp;
using static Preceptor.Language.MultiPerspectiveCourses;
using Options = Preceptor.Language.MultiPerspectiveCourses.Options;

namespace Preceptor.Tests.Language;

/// <summary>Courses of several perspectives: what each changes and labels, who learns from it, and what is averaged.</summary>
public sealed class MultiPerspectiveCoursesTests
{
    private static readonly LanguageModelOptions Small = new() { Layers = 2, Width = 32, Heads = 4, Length = 24, InitialDeviation = 0.1 };

    private static readonly int[] Ends = [1];

    /// <summary>Texts in which every letter is followed by the next one of six, or by the next but one: what was replaced, swapped or put in shows.</summary>
    private static LanguageProblem Letters(int texts = 60, int epochs = 3, LanguageModelOptions? model = null, double rate = 0.003)
    {
        var random = RandomStream.Of(1, "letters");
        string Text()
        {
            var letters = new List<int> { random.Next(6) };
            for (var left = 8 + random.Next(6); left > 0; left--) letters.Add((letters[^1] + (random.NextDouble() < 0.8 ? 1 : 2)) % 6);
            return string.Concat(letters.Select(l => (char)('a' + l)));
        }
        TextRow[] rows = [.. Enumerable.Range(0, texts + 20).Select(_ => new TextRow("", Text()))];
        var all = new LanguageTexts(rows[20..], rows[..20], []);
        var tokenizer = all.Learn(TokenKind.Character);
        TokenSequences Encode(TextRow[] some) => LanguageTexts.Encode(some, tokenizer, new(), 24, isPacked: false).Sequences;
        return new("letters", tokenizer, Encode(all.Train), Encode(all.Validation)) { IsJudged = true, Model = model ?? Small, Training = new() { Epochs = epochs, Batch = 16, Rate = rate } };
    }

    private static LanguageModel Fit(Options options, LanguageProblem problem)
    {
        using var run = new Run(new RunSettings());
        return new MultiPerspectiveCourses(options).Fit(problem, run);
    }

    private static float[] Weights(torch.nn.Module module) => [.. module.named_parameters().OrderBy(p => p.name, StringComparer.Ordinal).SelectMany(p => p.parameter.detach().contiguous().data<float>().ToArray())];

    [Fact]
    public void Changed_places_are_as_many_as_asked_and_no_end_is_touched() => Gen.Select(Gen.ULong, Gen.Int[0, 60], Gen.Double[0.05, 0.5], Gen.Int[1, 2]).Sample((seed, length, rate, least) =>
    {
        var random = RandomStream.Of(seed, "text");
        int[] text = [.. Enumerable.Range(0, length).Select(_ => 2 + random.Next(5)), 1];
        var places = TextCorruption.Draw(text, rate, Ends, random, least);
        Assert.Equal(length < least ? 0 : Math.Max(least, (int)Math.Round(rate * length)), places.Length);
        Assert.Equal(places.Distinct().Order(), places);
        Assert.DoesNotContain(length, places);

        // A swap keeps the tokens, and moves each of its places.
        int[] numbers = [.. Enumerable.Range(100, length), 1];
        var swapped = TextCorruption.Swap(numbers, places, random);
        Assert.Equal(numbers.Order(), swapped.Order());
        if (places.Length > 1) Assert.Equal(places, Enumerable.Range(0, length + 1).Where(i => swapped[i] != numbers[i]));

        var (longer, put) = TextCorruption.Insert(text, places.Length, 99, Ends, random);
        Assert.Equal(put, Enumerable.Range(0, longer.Length).Where(i => longer[i] == 99));
        Assert.Equal(text, longer.Where(t => t != 99));
        Assert.Equal((text.Length + places.Length, 1), (longer.Length, longer[^1]));
    });

    [Fact]
    public void Of_a_hundred_tokens_fifteen_are_drawn_or_put_in_anywhere()
    {
        int[] text = [.. Enumerable.Range(2, 100)];
        var hits = new int[101];
        for (var seed = 0UL; seed < 2000; seed++)
        {
            var random = RandomStream.Of(seed, "hundred");
            Assert.Equal(15, TextCorruption.Draw(text, 0.15, Ends, random).Length);
            var (longer, places) = TextCorruption.Insert(text, 15, 0, Ends, random);
            Assert.Equal((115, 15), (longer.Length, places.Length));
            for (var k = 0; k < 15; k++) hits[places[k] - k]++;
        }
        Assert.All(hits, h => Assert.InRange(h / 2000.0, 15 / 101.0 - 0.04, 15 / 101.0 + 0.04));
    }

    [Fact]
    public void A_label_is_whether_a_token_is_another_and_not_whether_it_was_masked()
    {
        int[][] originals = [[5, 6, 7], [5, 5]];
        Assert.Equal([0, 0, 1, 0, 0], CourseLoss.Labels([[5, 6, 8], [5, 5]], originals));
        // Two like tokens that were swapped are both the original ones.
        Assert.Equal([0, 0], CourseLoss.Labels([TextCorruption.Swap(originals[1], [0, 1], RandomStream.Of(1, "swap"))], [originals[1]]));
    }

    [Fact]
    public void The_four_cases_part_the_notebook()
    {
        Gen.Select(Gen.Int[0, 3].Array[1, 30], Gen.Int[0, 3].Array[30], Gen.Bool.Array[30]).Sample((originals, samples, doubted) =>
        {
            var count = originals.Length;
            var notebook = new CourseLoss.Notebook([[.. Enumerable.Range(0, count)]], [.. originals.Select(o => (long)o)], [.. samples.Take(count).Select(s => (long)s)], doubted[..count]);
            for (var m = 0; m < count; m++)
            {
                var (isWrong, isDoubted) = (samples[m] != originals[m], doubted[m]);
                Assert.Equal(isWrong && isDoubted, notebook.Caught[m]);
                Assert.Equal(!isWrong && isDoubted || isWrong && !isDoubted, notebook.Misjudged[m]);
                Assert.False(notebook.Caught[m] && notebook.Misjudged[m]);
            }
            Assert.Equal(Enumerable.Range(0, count).Where(m => notebook.Caught[m]), notebook.Marked(notebook.Caught)[0]);
            // A generator that is always right is never caught.
            Assert.DoesNotContain(true, (notebook with { Samples = notebook.Originals }).Caught);
        });
        var two = new CourseLoss.Notebook([[3, 5], [], [2]], [7, 8, 9], [7, 1, 1], [true, true, false]);
        Assert.Equal([[], [], []], two.Marked([false, false, false]));
        Assert.Equal([[5], [], []], two.Marked(two.Caught));
        Assert.Equal([[3], [], [2]], two.Marked(two.Misjudged));
    }

    [Fact]
    public void A_discriminator_without_an_opinion_costs_fifty_times_the_logarithm_of_two()
    {
        var problem = Letters();
        using var run = new Run(new RunSettings());
        var options = new Options { Courses = [Course.Inserted], Correction = false };
        using var networks = new MultiPerspectiveCourses(options).New(problem, run);
        using var scope = torch.NewDisposeScope();
        using (torch.no_grad()) networks.Head.named_parameters().Single().parameter.zero_();
        var loss = new CourseLoss(networks, options, problem.Tokenizer.Size, Ends, 24);
        Assert.Equal(34.657359, loss.Of([.. Enumerable.Range(0, 8).Select(i => problem.Train.Of(i).ToArray())], run.Random("texts")).item<float>(), 1e-3);
        // Texts of which nothing can be changed teach nothing.
        Assert.Equal(0, new CourseLoss(networks, new(), problem.Tokenizer.Size, Ends, 24).Of([[1], [1]], run.Random("texts")).item<float>());
    }

    [Theory]
    [InlineData(Course.Replaced)]
    [InlineData(Course.Swapped)]
    [InlineData(Course.Inserted)]
    public void What_is_judged_moves_the_generator_through_the_shared_vectors_alone(Course course)
    {
        var problem = Letters();
        using var run = new Run(new RunSettings());
        Dictionary<string, float[]> Gradients(double weight)
        {
            var options = new Options { Courses = [course], Weight = weight, Correction = false };
            using var networks = new MultiPerspectiveCourses(options).New(problem, run);
            using var scope = torch.NewDisposeScope();
            torch.manual_seed(3);
            var loss = new CourseLoss(networks, options, problem.Tokenizer.Size, Ends, 24).Of([.. Enumerable.Range(0, 8).Select(i => problem.Train.Of(i).ToArray())], run.Random("texts"));
            if (loss.requires_grad) loss.backward();
            return networks.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad?.flatten().data<float>().ToArray() ?? []);
        }
        var (without, with) = (Gradients(0), Gradients(50));
        Assert.All(with.Where(g => g.Key.StartsWith("generator.", StringComparison.Ordinal)), g => Assert.Equal(without[g.Key], g.Value));
        Assert.Equal(course == Course.Inserted, with.Where(g => g.Key.StartsWith("generator.", StringComparison.Ordinal)).All(g => g.Value.Length == 0));
        Assert.NotEqual(without["discriminator.model.embed_tokens.weight"], with["discriminator.model.embed_tokens.weight"]);
        Assert.All(with.Where(g => !g.Key.StartsWith("generator.", StringComparison.Ordinal)), g => Assert.Contains(g.Value, v => v != 0));
    }

    [Theory]
    [InlineData(SecondInput.Restored)]
    [InlineData(SecondInput.Same)]
    public void Errors_are_learned_from_again_and_weigh_as_they_are_to(SecondInput input)
    {
        var problem = Letters();
        using var run = new Run(new RunSettings());
        int[][] texts = [.. Enumerable.Range(0, 8).Select(i => problem.Train.Of(i).ToArray())];
        float Loss(Options options)
        {
            using var networks = new MultiPerspectiveCourses(options).New(problem, run);
            using var scope = torch.NewDisposeScope();
            using var noGradient = torch.no_grad();
            torch.manual_seed(3);
            return new CourseLoss(networks, options with { Courses = [Course.Replaced], CorrectionInput = input, Weight = 1 }, problem.Tokenizer.Size, Ends, 24).Of(texts, run.Random("texts")).item<float>();
        }
        var (without, tokens, errors) = (Loss(new() { Correction = false }), Loss(new()), Loss(new() { CorrectionMean = ErrorMean.Errors }));
        Assert.True(without < tokens && tokens < errors, $"{without} {tokens} {errors}");
        // An untrained network is unsure: each mean over errors alone is far above 0 and no more than some nats.
        Assert.InRange(errors - without, 0.5, 8);
    }

    [Fact]
    public void With_replaced_words_alone_and_weight_zero_it_is_masked_language_modelling_bit_for_bit()
    {
        var problem = Letters(model: Small with { Dropout = 0.1 });
        var method = new MultiPerspectiveCourses(new() { Courses = [Course.Replaced], Weight = 0 });
        using var plain = new Run(new RunSettings());
        using var masked = method.New(problem, plain);
        var (mask, size) = (problem.Tokenizer.Size, problem.Tokenizer.Size);
        TrainingLoop.Fit(plain, masked, new SequenceBatches(plain, problem.Train, 16, LanguageArchitecture.Decoder, 0), problem.Training, _ => batch =>
        {
            var random = plain.Random("courses", batch.Epoch, batch.Number);
            int[][] texts = [.. batch.Rows.ToArray().Select(i => problem.Train.Of(i).ToArray())], places = [.. texts.Select(t => TextCorruption.Draw(t, 0.15, Ends, random))];
            var read = new PaddedTokens([.. texts.Select((t, i) => TextCorruption.With(t, places[i], _ => mask))]);
            long[] flat = [.. places.SelectMany((of, i) => of.Select(p => (long)i * read.Width + p))], originals = [.. places.SelectMany((of, i) => of.Select(p => (long)texts[i][p]))];
            return torch.nn.functional.cross_entropy(masked.Guess(read, flat).narrow(1, 0, size), torch.tensor(originals));
        }, null);
        using var model = Fit(new() { Courses = [Course.Replaced], Weight = 0 }, problem);
        Assert.Equal(Weights(masked.Discriminator), Weights(model.Network));
    }

    [Fact]
    public void A_soup_of_one_kind_is_that_kind_and_one_of_two_is_the_middle()
    {
        var problem = Letters();
        using var run = new Run(new RunSettings());
        CourseNetworks New(int seed) => run.New($"networks-{seed}", () => new CourseNetworks(Small.Plain() with { Norm = NormKind.Layer }, 9, 1));
        using var first = New(1);
        using var second = New(2);
        using var soup = New(3);
        soup.TakeMean([first, first]);
        Assert.Equal(Weights(first), Weights(soup));
        soup.TakeMean([first, second]);
        Assert.Equal(Weights(first).Zip(Weights(second), (a, b) => (a + b) / 2), Weights(soup), (a, b) => Math.Abs(a - b) < 1e-7);
        soup.TakeMean([first, second, first]);
        Assert.Equal(Weights(first).Zip(Weights(second), (a, b) => (2 * a + b) / 3), Weights(soup), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Soups_are_cooked_and_what_judges_says_so_when_it_is_asked_to_speak()
    {
        var problem = Letters(epochs: 2);
        using var uniform = Fit(new() { Soups = Soup.Uniform }, problem);
        using var greedy = Fit(new() { Soups = Soup.Greedy, Courses = [Course.Replaced, Course.Inserted] }, problem);
        Assert.Equal(2, uniform.Training.Epochs.Count);
        Assert.NotEqual(Weights(uniform.Network), Weights(greedy.Network));
        Assert.Contains("cannot say what comes next", Assert.Throws<RequestException>(() => { _ = uniform.Generate(["abc"], new()); }).Message, StringComparison.Ordinal);
        Assert.Throws<RequestException>(() => { _ = uniform.LogProbabilities(problem.Validation); });
        var folder = Directory.CreateTempSubdirectory("preceptor-courses-").FullName;
        try
        {
            uniform.Save(folder);
            using var again = LanguageModel.Load(folder);
            Assert.True(again.IsBidirectional);
            Assert.Equal(uniform.Doubts(problem.Validation), again.Doubts(problem.Validation));
            Assert.Equal(uniform.Features(problem.Validation), again.Features(problem.Validation));
            void Says(Options options, string message, LanguageProblem other) => Assert.Contains(message, Assert.Throws<RequestException>(() => { _ = Fit(options, other); }).Message, StringComparison.Ordinal);
            Says(new(), "model.base", problem with { Model = new() { Base = folder } });
            Says(new(), "model.architecture", problem with { Model = Small with { Architecture = LanguageArchitecture.EncoderDecoder } });
            Says(new() { Courses = [] }, "method.courses", problem);
            Says(new() { Soups = Soup.Greedy }, "method.soups", problem with { Training = new() { Epochs = 1, Batch = 16 } });
            using var run = new Run(new RunSettings());
            Assert.Throws<RequestException>(() => { _ = new SupervisedFineTuning(new()).Fit(problem with { Model = new() { Base = folder } }, run); });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Padding_changes_no_judgement()
    {
        var problem = Letters();
        using var model = Fit(new() { GeneratorLayers = 1 }, problem);
        var (all, width) = (model.Doubts(problem.Validation), Small.Width);
        var features = model.Features(problem.Validation);
        for (var i = 0; i < 5; i++)
        {
            var alone = problem.Validation.Take([i]);
            Assert.Equal(model.Doubts(alone)[0], all[i], (a, b) => Math.Abs(a - b) < 1e-4);
            Assert.Equal(model.Features(alone), features[(i * width)..((i + 1) * width)], (a, b) => Math.Abs(a - b) < 1e-4);
        }
    }

    [Fact]
    public void It_learns_to_tell_what_was_replaced()
    {
        var problem = Letters(texts: 300, epochs: 12, rate: 0.008);
        var judged = JudgedTexts.Of(problem.Validation, Ends, i => RandomStream.Of(7, "judged", i));
        using var trained = Fit(new(), problem);
        using var untrained = Fit(new(), problem with { Training = problem.Training with { Epochs = 1, Rate = 1e-9 } });
        var (after, before) = (judged.Detected(trained).Average(), judged.Detected(untrained).Average());
        Assert.True(after > 0.72 && before < 0.6, $"{after} {before}");
        var losses = trained.Training.Epochs;
        Assert.True(Math.Abs(losses[0].Loss - 88.4531) < 0.003 * 88.4531 && Math.Abs(losses[^1].Loss - 47.068) < 0.03 * 47.068, $"{losses[0].Loss:R} {losses[^1].Loss:R}");
    }

    [Fact]
    public void Models_that_speak_doubt_what_they_did_not_expect()
    {
        Assert.Equal(0.75, JudgedTexts.Detected([0.9, 0.1, 0.5, 0.1], [true, true, false, false]) + 0.125, 1e-12);
        Assert.Equal(0.5, JudgedTexts.Detected([1, 2], [false, false]));
        var problem = Letters(texts: 200, epochs: 6);
        using var run = new Run(new RunSettings());
        using var model = new SupervisedFineTuning(new()).Fit(problem, run);
        var doubts = model.Doubts(problem.Validation);
        Assert.Equal(model.LogProbabilities(problem.Validation)[0].Select(l => -l), doubts[0][1..]);
        Assert.Equal(0, doubts[0][0]);
        Assert.True(JudgedTexts.Of(problem.Validation, Ends, i => RandomStream.Of(7, "judged", i)).Detected(model).Average() > 0.7);
    }

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = Letters(epochs: 4, model: Small with { Dropout = 0.1 });
        var method = new MultiPerspectiveCourses(new() { Soups = Soup.Uniform });
        var tensors = LiveTensors.Count();
        float[] unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var model = method.Fit(problem, run)) unbroken = Weights(model.Network);
        Assert.Equal(8 + 3 * 8, tensors.Count);
        Assert.True(tensors[^1] <= tensors[^7], $"{tensors[^1] - tensors[^7]} more tensors after 6 steps");
        Interruptions.Outlast(7, run =>
        {
            using var model = run.Stage("mcl-electra", problem.Describe(), () => method.Fit(problem, run));
            Assert.Equal(unbroken, Weights(model.Network));
        });
    }
}
