using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Language;

/// <summary>
/// A mixture of denoisers (Tay et al. 2023): of each text some tokens are taken away and are to be said, given what is left. Which, is drawn for each text anew: few and short spans (regular, section 3.1.1), all that follows a beginning (sequential), or
/// long spans or many (extreme). A token before what is read announces which of the three it is, so that the trained model can be asked in each way. Causal language modelling, prefix language modelling and span corruption are settings of the same method; with
/// causal language modelling alone it is next-token training, bit for bit. The loss is the mean over the tokens to be said of a batch.
/// </summary>
[Method("ul2", "Mixture of denoisers", Summary = "Learns from plain text to fill in short spans, to go on, and to fill in long or many spans, each announced by a token that the model is later asked with.", Citation = "Tay et al. 2023 (UL2: Unifying Language Learning Paradigms)", Paper = 69)]
[Distributed]
[Version(1)]
public sealed class MixtureOfDenoisers(MixtureOfDenoisers.Options options) : IFit<LanguageProblem, LanguageModel>, INeeds<RawText>
{
    /// <summary>A group of denoisers.</summary>
    public enum Group
    {
        /// <summary>Short spans at a low rate: T5's span corruption.</summary>
        Regular,

        /// <summary>What follows a beginning: prefix language modelling.</summary>
        Sequential,

        /// <summary>Long spans, or a high rate.</summary>
        Extreme,

        /// <summary>All of a text, token by token: causal language modelling. No token announces it.</summary>
        Causal,
    }

    /// <summary>The denoisers.</summary>
    public sealed record Options
    {
        /// <summary>The groups.</summary>
        [Description("What is to be said of texts: regular: a few short spans; sequential: what follows a beginning; extreme: long spans, or many; causal: all of it, token by token")]
        [Source("Tay et al. 2023, section 3.1.1")]
        public Group[] Denoisers { get; set; } = [Group.Regular, Group.Sequential, Group.Extreme];

        /// <summary>Their shares.</summary>
        [Description("How often each of them is drawn, relative to the others; left out: by how many denoisers it has, so that all are drawn alike (two regular ones, one sequential, four extreme)")]
        [Source("Tay et al. 2023, section 3.1.1: seven denoisers, uniformly")]
        public double[] Shares { get; set; } = [];

        /// <summary>Tokens of short spans.</summary>
        [Description("Tokens a short span has on the mean; one regular denoiser and one extreme one for each. Texts much shorter than the paper's 512 tokens want less")]
        [Range(1, 10_000)]
        [Source("Tay et al. 2023, table 1")]
        public double[] ShortSpans { get; set; } = [3, 8];

        /// <summary>Tokens of long spans.</summary>
        [Description("Tokens a long span has on the mean; at most half of a text")]
        [Range(1, 100_000)]
        [Source("Tay et al. 2023, table 1")]
        public double LongSpan { get; set; } = 64;

        /// <summary>The low rate.</summary>
        [Description("The share of the tokens that regular denoisers take away, and one of the extreme ones")]
        [Range(0, 1, MinimumIsExclusive = true)]
        [Source("Tay et al. 2023, table 1")]
        public double Rate { get; set; } = 0.15;

        /// <summary>The high rate.</summary>
        [Description("The share that the other extreme denoisers take away")]
        [Range(0, 1, MinimumIsExclusive = true)]
        [Source("Tay et al. 2023, table 1")]
        public double HighRate { get; set; } = 0.5;

        /// <summary>The share of a suffix.</summary>
        [Description("The share of a text that sequential denoising asks for")]
        [Range(0, 1, MinimumIsExclusive = true)]
        [Source("Tay et al. 2023, table 1")]
        public double Suffix { get; set; } = 0.25;

        /// <summary>Whether suffixes begin anywhere.</summary>
        [Description("Lets a suffix begin anywhere, with that share on the mean, and not always at the same place")]
        public bool SplitAnywhere { get; set; }

        /// <summary>Whether denoisers are announced.</summary>
        [Description("Puts [R], [S] or [X] before what is read, by which the trained model can be asked in each way")]
        [Source("Tay et al. 2023, section 3.1.2")]
        public bool ModeTokens { get; set; } = true;
    }

    /// <summary>The names of the tokens that announce a group.</summary>
    public static IReadOnlyDictionary<Group, string> Modes { get; } = new Dictionary<Group, string> { [Group.Regular] = "[R]", [Group.Sequential] = "[S]", [Group.Extreme] = "[X]" };

    /// <inheritdoc/>
    public LanguageModel Fit(LanguageProblem problem, Run run)
    {
        run.Uses(typeof(Denoiser));
        run.Uses(typeof(DenoiserMixture));
        var mixture = Mixture(options);
        var tokens = mixture.Extend(problem.Tokenizer, problem.Train.Lengths.Concat(problem.Validation.Lengths));
        var (network, ends) = Begin(problem, tokens.Tokenizer, run);
        if (network.Options is { Positions: PositionKind.Learned, Length: var most } && problem.Train.Lengths.Max(l => mixture.Denoisers.Max(d => d.MostTokens(l))) is var longest && longest > most)
            throw new RequestException($"model.length: learned positions end at {most}, and texts with what is taken out of them have up to {longest} tokens; raise it, or use rotary positions");

        var held = mixture.Make(problem.Validation, tokens, ends, i => run.Random("validation-denoising", i));
        var batches = new DenoisingBatches(run, problem.Train, problem.Training.Batch, mixture, tokens, ends, network.Options.Architecture);
        return run.Train(problem with { Tokenizer = tokens.Tokenizer, Validation = held }, network, ends, batches,
            _ => batch => nn.functional.cross_entropy(batch.Content.Logits(network), batch.Content.Targets()));
    }

    /// <summary>The denoisers that options describe.</summary>
    /// <exception cref="RequestException">The options do not fit each other.</exception>
    internal static DenoiserMixture Mixture(Options options)
    {
        if (options.Denoisers.Length == 0 || options.Denoisers.Distinct().Count() < options.Denoisers.Length) throw new RequestException("method.denoisers: expected one or several of them, none twice");
        if (options.Shares.Length > 0 && (options.Shares.Length != options.Denoisers.Length || options.Shares.Any(s => s < 0) || options.Shares.Sum() <= 0))
            throw new RequestException($"method.shares: expected a number from 0 for each of the {options.Denoisers.Length} in method.denoisers, one of them above 0");
        if (options.ShortSpans.Length == 0) throw new RequestException("method.short-spans: expected one or several lengths");
        var (denoisers, shares) = (new List<Denoiser>(), new List<double>());
        for (var i = 0; i < options.Denoisers.Length; i++)
        {
            var some = Of(options.Denoisers[i], options);
            denoisers.AddRange(some.Select(d => options.ModeTokens ? d with { Mode = Modes.GetValueOrDefault(options.Denoisers[i]) } : d));
            shares.AddRange(some.Select(_ => options.Shares.Length == 0 ? 1 : options.Shares[i] / some.Length));
        }
        return new(denoisers, shares);
    }

    private static Denoiser[] Of(Group group, Options options) => group switch
    {
        Group.Regular => [.. options.ShortSpans.Select(mean => new Denoiser(DenoiserForm.Spans, options.Rate, mean))],
        Group.Extreme =>
        [
            .. options.ShortSpans.Select(mean => new Denoiser(DenoiserForm.Spans, options.HighRate, mean)),
            new(DenoiserForm.Spans, options.Rate, options.LongSpan),
            new(DenoiserForm.Spans, options.HighRate, options.LongSpan),
        ],
        Group.Sequential => [new(DenoiserForm.Suffix, options.Suffix) { SplitsAnywhere = options.SplitAnywhere }],
        _ => [new(DenoiserForm.Whole, 1)],
    };

    // The network has a row for each control token; one to go on from gets those that it lacks.
    private static (LanguageNetwork Network, IReadOnlyList<int> Ends) Begin(LanguageProblem problem, Tokenizer tokenizer, Run run)
    {
        var (network, ends) = run.Begin(problem.Model.Base is null ? problem with { Tokenizer = tokenizer } : problem);
        if (problem.Model is { Base: null } or { AdapterRank: 0 } && tokenizer.Size <= network.Vocabulary) return (network, ends);
        using (network)
        {
            if (problem.Model.AdapterRank > 0 && tokenizer.Size > problem.Tokenizer.Size) throw new RequestException("model.adapter-rank: the model to go on from lacks control tokens of denoising, and adapters alone do not learn their rows; expected 0");
            return (run.New("added-tokens", () => network.Copy(problem.Model.AdapterRank, problem.Model.AdapterAlpha, tokenizer.Size)), ends);
        }
    }
}
