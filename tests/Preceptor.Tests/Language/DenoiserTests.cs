using CsCheck;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;

namespace Preceptor.Tests.Language;

/// <summary>What denoisers take away: how much, where, and that nothing is lost.</summary>
public sealed class DenoiserTests
{
    private const int Mode = 999, End = 998;

    private static readonly int[] Sentinels = [.. Enumerable.Range(1000, 300)];

    [Theory]
    [InlineData(100, 3, 0.15, 15, 5)]
    [InlineData(512, 64, 0.5, 256, 4)]
    [InlineData(512, 3, 0.15, 77, 26)]
    [InlineData(512, 64, 0.15, 77, 1)]
    [InlineData(4, 3, 0.15, 1, 1)] // nothing would be taken, and no span would be
    [InlineData(2, 3, 0.9, 1, 1)]
    [InlineData(64, 64, 0.5, 32, 1)] // a mean of 64 would be the whole
    [InlineData(10, 1, 0.9, 9, 1)] // every span stands behind something that is kept
    public void So_many_tokens_and_spans(int length, double mean, double rate, int noise, int spans)
    {
        var denoiser = new Denoiser(DenoiserForm.Spans, rate, mean);
        Assert.Equal((noise, spans), denoiser.Counts(length));
        var text = Enumerable.Range(0, length).ToArray();
        var (inputs, targets) = Denoiser.Cut(text, denoiser.Draw(length, RandomStream.Of(1, "spans")), Sentinels);
        Assert.Equal((length - noise + spans, noise + spans), (inputs.Length, targets.Length));
        Assert.Equal(0, inputs[0]);
    }

    [Fact]
    public void A_given_number_of_spans_is_kept_to()
    {
        Assert.Equal((50, 7), new Denoiser(DenoiserForm.Spans, 0.5, Spans: 7).Counts(100));
        Assert.Equal((25, 1), new Denoiser(DenoiserForm.Suffix, 0.25).Counts(100));
    }

    [Fact]
    public void All_sums_are_equally_likely()
    {
        var (random, counts) = (RandomStream.Of(1, "sums"), new Dictionary<string, int>());
        for (var i = 0; i < 30_000; i++)
        {
            var key = string.Join('+', Denoiser.Compose(4, 2, random));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        Assert.Equal(["1+3", "2+2", "3+1"], counts.Keys.Order(StringComparer.Ordinal));
        Assert.All(counts.Values, c => Assert.InRange(c, 9_700, 10_300)); // σ = 82
        Gen.Select(Gen.Int[1, 200], Gen.Int[0, 199], Gen.ULong).Sample((total, fewer, seed) =>
        {
            var parts = Math.Max(1, total - fewer);
            var sum = Denoiser.Compose(total, parts, RandomStream.Of(seed, "sums"));
            return sum.Length == parts && sum.Sum() == total && sum.Min() >= 1;
        });
    }

    [Fact]
    public void The_uniform_mixture_takes_what_the_paper_has_on_average()
    {
        var mixture = MixtureOfDenoisers.Mixture(new());
        Assert.Equal([(0.15, 3.0), (0.15, 8), (0.25, 0), (0.5, 3), (0.5, 8), (0.15, 64), (0.5, 64)], mixture.Denoisers.Select(d => (d.Rate, d.MeanSpan)));
        Assert.Equal(["[R]", "[R]", "[S]", "[X]", "[X]", "[X]", "[X]"], mixture.Denoisers.Select(d => d.Mode));
        Assert.Equal(0.314286, mixture.Denoisers.Average(d => d.Rate), 1e-6);
        Assert.All(mixture.Shares, s => Assert.Equal(1, s));
        var (text, tokens, taken) = (Enumerable.Range(2, 512).ToArray(), mixture.Extend(new WordTokenizer(Enumerable.Range(0, 600).Select(i => $"w{i}")), [512]), 0.0);
        for (var i = 0; i < 4000; i++) taken += mixture.Make(text, tokens, [1], RandomStream.Of(1, "texts", i)).Targets.Count(t => t is > 1 and < 514) / 4000.0;
        Assert.InRange(taken / 512, 0.305, 0.323); // σ = 0.0027
        var shared = MixtureOfDenoisers.Mixture(new() { Shares = [1, 2, 1] });
        Assert.Equal([0.5, 0.5, 2, 0.25, 0.25, 0.25, 0.25], shared.Shares);
    }

    [Fact]
    public void What_is_taken_put_back_makes_the_text()
    {
        var mixture = MixtureOfDenoisers.Mixture(new() { Denoisers = [MixtureOfDenoisers.Group.Regular, MixtureOfDenoisers.Group.Sequential, MixtureOfDenoisers.Group.Extreme], SplitAnywhere = true, ModeTokens = false });
        Gen.Select(Gen.Int[2, 300], Gen.Int[0, mixture.Denoisers.Count - 1], Gen.ULong).Sample((length, number, seed) =>
        {
            var denoiser = mixture.Denoisers[number];
            var text = Enumerable.Range(0, length).ToArray();
            var spans = denoiser.Draw(length, RandomStream.Of(seed, "spans"));
            if (denoiser.Form == DenoiserForm.Suffix) return spans is [var only] && only.Start > 0 && only.Length > 0 && only.Start + only.Length == length;
            var (inputs, targets) = Denoiser.Cut(text, spans, Sentinels);
            return spans.Sum(s => s.Length) == denoiser.Counts(length).Noise && Denoiser.Restore(inputs, targets, Sentinels).SequenceEqual(text) && inputs.Length + targets.Length + 2 <= denoiser.MostTokens(length)
                && inputs.Where(i => i >= 1000).SequenceEqual(Sentinels[..spans.Length]) && inputs[0] == 0;
        }, iter: 10_000);
    }

    [Fact]
    public void A_suffix_is_at_the_end_and_inputs_and_targets_together_are_the_text()
    {
        var mixture = MixtureOfDenoisers.Mixture(new() { Denoisers = [MixtureOfDenoisers.Group.Sequential] });
        var tokens = mixture.Extend(new WordTokenizer(["a", "b"]), [9]);
        Assert.Equal(5, tokens.Tokenizer.Size); // only [S] is needed
        var (inputs, targets) = mixture.Make([2, 3, 2, 3, 2, 2, 3, 3, 1], tokens, [1], RandomStream.Of(1, "text"));
        Assert.Equal([4, 2, 3, 2, 3, 2, 2], inputs);
        Assert.Equal([3, 3, 1], targets); // the end is no part of the text, and ends what is to be said
        var anywhere = new Denoiser(DenoiserForm.Suffix, 0.25) { SplitsAnywhere = true };
        var lengths = Enumerable.Range(0, 4000).Select(i => anywhere.Draw(100, RandomStream.Of(1, "text", i))[0].Length).ToArray();
        Assert.Equal((1, 49), (lengths.Min(), lengths.Max()));
        Assert.InRange(lengths.Average(), 24.3, 25.7); // σ = 0.22
    }

    [Fact]
    public void Causal_texts_stay_as_they_are_and_so_does_a_single_token()
    {
        var mixture = MixtureOfDenoisers.Mixture(new() { Denoisers = [MixtureOfDenoisers.Group.Causal] });
        var plain = new WordTokenizer(["a", "b"]);
        var tokens = mixture.Extend(plain, [5]);
        Assert.Same(plain, tokens.Tokenizer);
        var (inputs, targets) = mixture.Make([2, 3, 1], tokens, [1], RandomStream.Of(1, "text"));
        Assert.Equal(("", "2 3 1"), (string.Join(' ', inputs), string.Join(' ', targets)));
        var all = MixtureOfDenoisers.Mixture(new());
        Assert.Equal([2, 1], all.Make([2, 1], all.Extend(plain, [2]), [1], RandomStream.Of(1, "text")).Targets);
        Assert.Equal([Mode, End], Denoiser.Restore([Mode, 1000], [1000, End], Sentinels));
    }

    [Theory]
    [InlineData("method.denoisers", new MixtureOfDenoisers.Group[0], new double[0])]
    [InlineData("method.denoisers", new[] { MixtureOfDenoisers.Group.Regular, MixtureOfDenoisers.Group.Regular }, new double[0])]
    [InlineData("method.shares", new[] { MixtureOfDenoisers.Group.Regular }, new[] { 1.0, 2 })]
    [InlineData("method.shares", new[] { MixtureOfDenoisers.Group.Regular, MixtureOfDenoisers.Group.Causal }, new[] { 0.0, 0 })]
    public void Denoisers_that_cannot_be_are_refused(string key, MixtureOfDenoisers.Group[] denoisers, double[] shares) =>
        Assert.Contains(key, Assert.Throws<RequestException>(() => MixtureOfDenoisers.Mixture(new() { Denoisers = denoisers, Shares = shares })).Message, StringComparison.Ordinal);
}
