using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Objectives;
using Preceptor.Prediction.Plain;
using Preceptor.Supervision;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Prediction.NoisyLabels;

/// <summary>
/// Compressing features against label noise: a head that may look at only a few ordered channels cannot memorise wrong labels.
/// Nested dropout keeps the first k channels, k drawn anew for each batch, so that what matters most comes first; two such
/// networks are then fine-tuned by co-teaching, each on the examples that the other finds easy. Use it where many labels are wrong.
/// </summary>
/// <remarks>
/// Chen, Hu, Shen, Ai and Suykens (2022). q(k) ∝ exp(−((k − μ)/σ)²), k = 1..D; logits = (h ⊙ m_k) W without bias and without
/// rescaling; one k a batch. Afterwards the k with the best validation accuracy is used, the smaller of equals. The two
/// networks of the second stage answer by the mean of their logits. Without compression and co-teaching it is supervised
/// training, bit for bit.
/// </remarks>
[Method("nested-dropout", "Nested dropout and co-teaching", Paper = 22,
    Summary = "Against wrong labels: packs what matters into the first few features, then lets two networks choose each other's examples.",
    Citation = "Chen, Hu, Shen, Ai, Suykens: Compressing Features for Learning with Noisy Labels (TNNLS 2022)")]
[Version(2)]
public sealed class NestedDropout(NestedDropout.Options options) : IFit<PredictionProblem, Predictor>, INeeds<Labels>
{
    /// <summary>How features are compressed.</summary>
    public enum FeatureCompression
    {
        /// <summary>Not at all.</summary>
        None,

        /// <summary>Ordinary dropout, rescaled: no order.</summary>
        Dropout,

        /// <summary>Only the first k channels: ordered by importance.</summary>
        Nested,
    }

    /// <summary>Whether two networks choose examples for each other.</summary>
    public enum CoTeachingUse
    {
        /// <summary>One network alone.</summary>
        Off,

        /// <summary>Two networks are first trained alone, then together at a small rate.</summary>
        FineTune,

        /// <summary>Two networks learn together from the start.</summary>
        FromScratch,
    }

    /// <summary>The options of nested dropout and co-teaching.</summary>
    public sealed record Options
    {
        /// <summary>How features are compressed.</summary>
        [Description("How the last features are compressed: nested keeps the first k channels, dropout random ones, none all")]
        public FeatureCompression Compression { get; set; } = FeatureCompression.Nested;

        /// <summary>σ.</summary>
        [Description("Width σ of the distribution of k; larger keeps more channels")]
        [Range(0, 1e9, MinimumIsExclusive = true), Source("section V: 10 on CIFAR-10, 100 on CIFAR-100, Clothing1M and ANIMAL-10N")]
        public double Sigma { get; set; } = 10;

        /// <summary>μ.</summary>
        [Description("Centre μ of the distribution of k")]
        [Range(0, 1e6), Source("released code: 0")]
        public double Mean { get; set; }

        /// <summary>p.</summary>
        [Description("Probability p with which compression dropout drops a channel")]
        [Range(0, 0.95), Source("section V: 0.3 on CIFAR-10, 0.7 on CIFAR-100")]
        public double Dropout { get; set; } = 0.3;

        /// <summary>Whether two networks choose examples for each other.</summary>
        [Description("Co-teaching: off, fine-tune two trained networks, or from-scratch")]
        public CoTeachingUse CoTeaching { get; set; } = CoTeachingUse.FineTune;

        /// <summary>τ.</summary>
        [Description("Share τ of each batch, the largest losses, that co-teaching leaves out; about the share of wrong labels")]
        [Range(0, 0.99), Source("section V: 0.2; 0.3 on Clothing1M")]
        [Tried("0.4")]
        public double ForgetRate { get; set; } = 0.2;

        /// <summary>Epochs until τ.</summary>
        [Description("Epochs over which the forget rate rises from 0; 0: at once when fine-tuning, over half of the epochs from scratch")]
        [Range(0, 1_000_000), Source("released code: 0 when fine-tuning")]
        public int GradualEpochs { get; set; }

        /// <summary>Epochs of fine-tuning.</summary>
        [Description("Epochs of co-teaching as fine-tuning; 0: a quarter of training.epochs")]
        [Range(0, 1_000_000), Source("section V: 100 after 350 on CIFAR, 30 after 100 on ANIMAL-10N")]
        public int FineTuningEpochs { get; set; }

        /// <summary>Rate of fine-tuning.</summary>
        [Description("Learning rate of co-teaching as fine-tuning, as a share of training.rate")]
        [Range(0, 1, MinimumIsExclusive = true), Source("section V: 10⁻³ after 0.1")]
        public double FineTuningRate { get; set; } = 0.01;

        /// <summary>Whether each network chooses from a half of its own.</summary>
        [Description("Whether the two networks choose from different halves of a batch (released code), or both from all of it (paper)")]
        public bool Halves { get; set; } = true;

        /// <summary>Whether batch normalisation stays as it is in fine-tuning.</summary>
        [Description("Whether batch normalisation keeps its statistics and weights in fine-tuning")]
        public bool FreezeNormalisation { get; set; } = true;
    }

    private bool IsNested => options.Compression == FeatureCompression.Nested;

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(NestedDropout));
        if (IsNested)
        {
            if (problem.Validation.Count == 0 || problem.Labels.Validation.All(l => l < 0)) throw new RequestException($"{problem.Name}: nested-dropout chooses how many features to use on validation rows, and the problem has none; set problem.validation, or method.compression");
            problem = problem with { Model = problem.Model with { HeadBias = false } };
        }
        if (options.CoTeaching == CoTeachingUse.Off) return Alone(problem, run);
        if (options.CoTeaching == CoTeachingUse.FromScratch) return Together(problem, run, run.NewNetwork(problem), run.NewNetwork(problem, 1));
        var first = Stage("first", problem, run);
        var second = Stage("second", problem, run);
        return Together(problem.FineTuning(options.FineTuningEpochs > 0 ? options.FineTuningEpochs : Math.Max(1, problem.Training.Epochs / 4), options.FineTuningRate), run, (NetworkClassifier)first.Classifier, (NetworkClassifier)second.Classifier);
    }

    private Predictor Stage(string name, PredictionProblem problem, Run run) =>
        run.Stage(name, problem.Describe(Foundation.Options.Resolve(options)), () => Alone(problem, run), stream: name);

    /// <summary>One network on the labels as they are.</summary>
    private Predictor Alone(PredictionProblem problem, Run run)
    {
        if (options.Compression == FeatureCompression.None) return run.Train(problem, Supervised.Objective);
        var classifier = run.NewNetwork(problem);
        var network = classifier.Network;
        var distribution = ChannelDistribution(options.Mean, options.Sigma, network.Encoder.Features);
        var summary = run.Train(problem, network, _ => batch => Loss.SoftCrossEntropy(Compressed(network, network.Encoder.forward(batch.Inputs), DrawChannels(distribution)), batch.OneHot),
            () => IsNested ? FeatureTruncation.Choose(problem, classifier).Logits : classifier.Logits(problem.Validation));
        if (IsNested && options.CoTeaching == CoTeachingUse.Off) FeatureTruncation.Apply(network, FeatureTruncation.Choose(problem, classifier).Channels);
        return new(problem.Encoding, problem.Classes, classifier, summary);
    }

    /// <summary>Two networks, each on the examples that the other finds easy.</summary>
    private Predictor Together(PredictionProblem problem, Run run, NetworkClassifier first, NetworkClassifier second)
    {
        Network[] networks = [first.Network, second.Network];
        var truncation = run.Keep("truncation", new FeatureTruncation(IsNested ? FeatureTruncation.Choose(problem, first, second).Channels : first.Network.Encoder.Features));
        var distribution = ChannelDistribution(options.Mean, options.Sigma, first.Network.Encoder.Features);
        var pair = new ModuleGroup(networks);
        var summary = run.Train(problem, pair, epoch =>
        {
            Freeze(pair);
            var forgetRate = CoTeaching.ForgetRate(options.ForgetRate, GradualEpochs(epoch.Total), epoch.Number);
            return batch =>
            {
                var channels = DrawChannels(distribution);
                Tensor Choose(int network, Tensor places)
                {
                    networks[network].eval();
                    var logits = Truncated(networks[network], networks[network].Encoder.forward(batch.Inputs.Take(places)), truncation.Channels);
                    networks[network].train();
                    Freeze(networks[network]);
                    return logits;
                }
                Tensor Learn(int network, Tensor places) => Compressed(networks[network], networks[network].Encoder.forward(batch.Inputs.Take(places)), channels);
                return CoTeaching.Loss(Choose, Learn, batch.OneHot, forgetRate, options.Halves);
            };
        }, Validate);
        if (IsNested)
        {
            var (channels, _, _) = FeatureTruncation.Choose(problem, first, second);
            foreach (var network in networks) FeatureTruncation.Apply(network, channels);
        }
        return new(problem.Encoding, problem.Classes, new EnsembleClassifier([first, second]), summary);

        float[] Validate()
        {
            if (!IsNested) return new EnsembleClassifier([first, second]).Logits(problem.Validation);
            var (channels, _, logits) = FeatureTruncation.Choose(problem, first, second);
            truncation.Channels = channels;
            return logits;
        }
    }

    /// <summary>q(k) ∝ exp(−((k − μ)/σ)²), k = 1..D.</summary>
    internal static double[] ChannelDistribution(double mean, double sigma, int features)
    {
        double[] exponents = [.. Enumerable.Range(1, features).Select(k => -Math.Pow((k - mean) / sigma, 2))];
        var largest = exponents.Max();
        double[] masses = [.. exponents.Select(e => Math.Exp(e - largest))];
        var sum = masses.Sum();
        return [.. masses.Select(m => m / sum)];
    }

    /// <summary>(h ⊙ m_k) W: the logits from the first k channels.</summary>
    internal static Tensor Truncated(Network network, Tensor features, int channels) => Truncated(features, network.Head.weight, network.Head.bias, channels);

    /// <inheritdoc cref="Truncated(Network, Tensor, int)"/>
    internal static Tensor Truncated(Tensor features, Tensor weights, Tensor? bias, int channels) =>
        nn.functional.linear(features.narrow(1, 0, channels), weights.narrow(1, 0, channels), bias);

    private Tensor Compressed(Network network, Tensor features, int channels) => options.Compression switch
    {
        FeatureCompression.Nested => Truncated(network, features, channels),
        FeatureCompression.Dropout => network.Head.forward(nn.functional.dropout(features, options.Dropout, training: true)),
        _ => network.Head.forward(features),
    };

    // The training loop seeds torch's generator before every step, so that a resumed run draws the same.
    private int DrawChannels(double[] distribution)
    {
        if (!IsNested) return distribution.Length;
        using var masses = tensor(distribution);
        using var drawn = multinomial(masses, 1);
        return (int)drawn.item<long>() + 1;
    }

    private void Freeze(nn.Module module)
    {
        if (options.CoTeaching != CoTeachingUse.FineTune || !options.FreezeNormalisation) return;
        module.apply(part =>
        {
            if (part is not BatchNorm2d normalisation) return;
            normalisation.eval();
            foreach (var parameter in normalisation.parameters()) parameter.requires_grad_(false);
        });
    }

    private int GradualEpochs(int epochs) => options.GradualEpochs > 0 || options.CoTeaching == CoTeachingUse.FineTune ? options.GradualEpochs : Math.Max(1, epochs / 2);
}
