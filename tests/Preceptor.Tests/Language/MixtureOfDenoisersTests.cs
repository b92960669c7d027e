using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using Preceptor.Training;
using TorchSharp;
using static Preceptor.Language.MixtureOfDenoisers;

namespace Preceptor.Tests.Language;

/// <summary>The mixture of denoisers: what it is alone, what it learns, how it is asked, and what stops it.</summary>
public sealed class MixtureOfDenoisersTests
{
    private static readonly LanguageModelOptions Small = new() { Layers = 1, Width = 32, Heads = 4, Length = 32, InitialDeviation = 0.1 };

    /// <summary>Four letters and the same again: a gap in one half is told by the other.</summary>
    private static LanguageProblem Echoes(int texts, int epochs, LanguageModelOptions? model = null)
    {
        var random = RandomStream.Of(1, "echoes");
        string Half() => string.Join(' ', Enumerable.Range(0, 4).Select(_ => "abcdef"[random.Next(6)]));
        TextRow[] rows = [.. Enumerable.Range(0, texts + 20).Select(_ => Half()).Select(h => new TextRow("", $"{h} {h}"))];
        var all = new LanguageTexts(rows[20..], rows[..20], []);
        var tokenizer = all.Learn(TokenKind.Word);
        TokenSequences Encode(TextRow[] some) => LanguageTexts.Encode(some, tokenizer, new(), 32, isPacked: false).Sequences;
        return new("echoes", tokenizer, Encode(all.Train), Encode(all.Validation)) { Model = model ?? Small, Training = new() { Epochs = epochs, Batch = 16, Rate = 0.005 } };
    }

    private static LanguageModel Fit(IFit<LanguageProblem, LanguageModel> method, LanguageProblem problem)
    {
        using var run = new Run(new RunSettings());
        return method.Fit(problem, run);
    }

    private static float[] Weights(LanguageModel model) => [.. model.Network.Weights().OrderBy(w => w.Key, StringComparer.Ordinal).SelectMany(w => w.Value)];

    [Theory]
    [InlineData(LanguageArchitecture.Decoder)]
    [InlineData(LanguageArchitecture.EncoderDecoder)]
    public void Causal_language_modelling_alone_is_next_token_training_bit_for_bit(LanguageArchitecture architecture)
    {
        var problem = Echoes(40, 2, Small with { Architecture = architecture, Dropout = 0.1, PrefixAttention = true });
        using var plain = Fit(new SupervisedFineTuning(new()), problem);
        using var denoised = Fit(new MixtureOfDenoisers(new() { Denoisers = [Group.Causal] }), problem);
        using var other = Fit(new MixtureOfDenoisers(new() { Denoisers = [Group.Causal, Group.Sequential] }), problem);
        Assert.Equal(Weights(plain), Weights(denoised));
        Assert.Equal(plain.Training.Epochs.Select(e => (e.Loss, e.ValidationLoss)), denoised.Training.Epochs.Select(e => (e.Loss, e.ValidationLoss)));
        Assert.NotEqual(plain.Training.Epochs[^1].Loss, other.Training.Epochs[^1].Loss);
    }

    [Theory]
    [InlineData(LanguageArchitecture.Decoder, 2.07871, 0.4055)]
    [InlineData(LanguageArchitecture.EncoderDecoder, 1.86158, 0.4178)]
    public void It_learns_to_fill_in_and_to_go_on_as_its_tokens_ask(LanguageArchitecture architecture, double first, double last)
    {
        // Two layers: one finds the gap, the other what stands as far from it as its like.
        var problem = Echoes(400, 20, Small with { Layers = 2, Architecture = architecture, PrefixAttention = true });
        var options = new MixtureOfDenoisers.Options { ShortSpans = [1], LongSpan = 2, Rate = 0.25, Suffix = 0.5 };
        (double Filled, double Continued, TrainingSummary Summary) Answers(double rate, int epochs)
        {
            using var model = Fit(new MixtureOfDenoisers(options), problem with { Training = problem.Training with { Rate = rate, Epochs = epochs } });
            var texts = Enumerable.Range(0, 20).Select(i => problem.Tokenizer.Decode(problem.Validation.AnswerOf(i))).ToArray();
            // The sixth word and the last are missing: the second and the fourth are the same.
            var filled = model.Generate([.. texts.Select(t => $"[R] {t[..9]} <extra_id_0> {t[12]} <extra_id_1>")], new() { MaxTokens = 6 });
            var continued = model.Generate([.. texts.Select(t => $"[S] {t[..7]}")], new() { MaxTokens = 6 });
            return (texts.Select((t, i) => filled[i][0] == $"<extra_id_0> {t[10]} <extra_id_1> {t[14]}" ? 1.0 : 0).Average(), texts.Select((t, i) => continued[i][0] == t[8..] ? 1.0 : 0).Average(), model.Training);
        }
        var (trained, untrained) = (Answers(0.005, 40), Answers(1e-9, 1));
        Assert.True(trained is { Filled: > 0.25, Continued: > 0.8 } && untrained is { Filled: < 0.1, Continued: < 0.1 }, $"{trained.Filled} {trained.Continued} {untrained.Filled} {untrained.Continued}");
        var losses = trained.Summary.Epochs;
        Assert.True(Math.Abs(losses[0].Loss - first) < 0.003 * first && Math.Abs(losses[^1].Loss - last) < 0.03 * last, $"the losses are {losses[0].Loss:R} and {losses[^1].Loss:R}");
    }

    [Fact]
    public void Examples_are_made_anew_each_epoch_and_are_the_same_wherever_one_begins()
    {
        var problem = Echoes(40, 2);
        using var run = new Run(new RunSettings());
        var mixture = Mixture(new() { ShortSpans = [1, 2], LongSpan = 4 });
        var tokens = mixture.Extend(problem.Tokenizer, problem.Train.Lengths);
        var batches = new DenoisingBatches(run, problem.Train, 16, mixture, tokens, [1], LanguageArchitecture.Decoder);
        string Of(SequenceBatch batch) => $"{string.Join(' ', batch.Rows.ToArray())}: {string.Join(' ', batch.Content.Inputs.ToArray())} → {string.Join(' ', batch.Content.TargetTokens.ToArray())}";
        string[] first = [.. batches.Epoch(1, 0).Select(Of)], second = [.. batches.Epoch(2, 0).Select(Of)];
        Assert.Equal(3, batches.PerEpoch);
        Assert.Equal(first[2], batches.Epoch(1, 2).Select(Of).Single());
        Assert.Empty(first.Intersect(second));
        var seen = batches.Epoch(1, 0).SelectMany(b => b.Rows.ToArray()).ToArray();
        Assert.Equal(Enumerable.Range(0, 40), seen.Order());
        // As many tokens are to be said as the targets have, and no more.
        foreach (var batch in batches.Epoch(1, 0)) Assert.Equal(batch.Content.AnswerLengths.ToArray().Sum(), batch.Content.TargetCount);
    }

    [Fact]
    public void A_model_without_the_tokens_gets_rows_for_them_and_keeps_all_others()
    {
        var problem = Echoes(40, 1);
        using var before = Fit(new SupervisedFineTuning(new()), problem);
        var folder = Directory.CreateTempSubdirectory("preceptor-base-").FullName;
        try
        {
            before.Save(folder);
            var onward = problem with { Model = Small with { Base = folder }, Training = problem.Training with { Rate = 1e-12 } };
            using var model = Fit(new MixtureOfDenoisers(new() { ShortSpans = [1, 2] }), onward);
            Assert.Equal(before.Tokenizer.Size + 3 + 4, model.Network.Vocabulary);
            var (old, now) = (before.Network.Weights(), model.Network.Weights());
            foreach (var (name, weights) in old)
                for (var i = 0; i < weights.Length; i++) Assert.Equal(weights[i], now[name][i], 1e-6f);
            Assert.Contains("model.adapter-rank", Assert.Throws<RequestException>(() => Fit(new MixtureOfDenoisers(new()), onward with { Model = Small with { Base = folder, AdapterRank = 2 } })).Message, StringComparison.Ordinal);
            model.Save(folder);
            using var again = LanguageModel.Load(folder);
            Assert.Equal(model.Generate(["[S] a b c"], new() { MaxTokens = 5 })[0], again.Generate(["[S] a b c"], new() { MaxTokens = 5 })[0]);
            var further = onward with { Tokenizer = again.Tokenizer, Model = Small with { Base = folder, AdapterRank = 2 } };
            using var adapted = Fit(new MixtureOfDenoisers(new() { ShortSpans = [1, 2] }), further);
            Assert.Equal(again.Network.Vocabulary, adapted.Network.Vocabulary);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Learned_positions_must_reach()
    {
        var problem = Echoes(20, 1, Small with { Positions = PositionKind.Learned, Length = 9 });
        Assert.Contains("model.length", Assert.Throws<RequestException>(() => Fit(new MixtureOfDenoisers(new()), problem)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = Echoes(60, 8, Small with { Dropout = 0.1, PrefixAttention = true });
        var method = new MixtureOfDenoisers(new() { ShortSpans = [1, 2], LongSpan = 4 });
        var tensors = LiveTensors.Count();
        float[] unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var model = method.Fit(problem, run)) unbroken = Weights(model);
        Assert.True(tensors.Count > 30 && tensors[^1] <= tensors[^20], $"{tensors[^1] - tensors[^20]} more tensors after 19 steps");
        Interruptions.Outlast(13, run =>
        {
            using var model = run.Stage("ul2", problem.Describe(), () => method.Fit(problem, run));
            Assert.Equal(unbroken, Weights(model));
        });
    }
}
