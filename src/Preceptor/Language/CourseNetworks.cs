using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Language;

/// <summary>
/// A discriminator, an encoder with a head that says of each token whether it is not the original one, and the generator that makes tokens for it: fewer layers of the same width over the same token vectors, which are its output layer as well.
/// </summary>
[Version(1)]
internal sealed class CourseNetworks : nn.Module, IArtifact<CourseNetworks>
{
    private const string WeightsName = "courses.safetensors", DescriptionName = "courses.json";

    private readonly LanguageNetwork discriminator;
    private readonly RewardHead head;
    private readonly TransformerStack generator;
    private readonly int generatorLayers;

    /// <summary>Creates them with torch's present generator.</summary>
    /// <param name="options">The discriminator's options.</param>
    /// <param name="vocabulary">How many tokens there are, that of masks included.</param>
    /// <param name="generatorLayers">Layers of the generator.</param>
    public CourseNetworks(TransformerOptions options, int vocabulary, int generatorLayers) : base(nameof(CourseNetworks))
    {
        this.generatorLayers = generatorLayers;
        discriminator = new(options, vocabulary);
        head = new(options);
        generator = new(options with { Layers = generatorLayers }, 0);
        register_module("discriminator", discriminator);
        register_module("head", head);
        register_module("generator", generator);
    }

    /// <summary>The encoder.</summary>
    public LanguageNetwork Discriminator => discriminator;

    /// <summary>Its head.</summary>
    public RewardHead Head => head;

    /// <summary>How they were trained.</summary>
    public TrainingSummary Summary { get; set; } = new([], 0, 0, 0);

    /// <summary>The generator's logits [N, V] of the tokens that may stand at some places.</summary>
    public Tensor Guess(PaddedTokens read, long[] places)
    {
        var features = generator.Forward(discriminator.Embed(read.Ids()), TransformerPass.Bidirectional with { Real = read.Real() });
        return discriminator.Logits(features.reshape(-1, features.shape[2]).index_select(0, InputBuffer.Tensor<long>(places, ScalarType.Int64, places.Length)));
    }

    /// <summary>The discriminator's log-odds [B × T] that a token is not the original one.</summary>
    public Tensor Doubt(PaddedTokens read)
    {
        var features = discriminator.Features(read.Ids(), TransformerPass.Bidirectional with { Real = read.Real() });
        return head.forward(features.reshape(-1, features.shape[2]));
    }

    /// <summary>Gives these networks the mean of others' weights: a soup (Wortsman et al. 2022). Theirs must have begun at the same ones.</summary>
    public void TakeMean(IReadOnlyList<CourseNetworks> ingredients)
    {
        TakeFrom(ingredients[0]);
        using var mean = new MovingAverage(this, 0);
        for (var k = 1; k < ingredients.Count; k++)
        {
            TakeFrom(ingredients[k]);
            mean.Update(k / (k + 1.0));
        }
        mean.CopyTo(this);
    }

    /// <summary>Gives these networks another's weights.</summary>
    public void TakeFrom(CourseNetworks other)
    {
        var state = new State();
        new KeptModule(other).Save(state);
        new KeptModule(this).Restore(state);
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        new KeptModule(this).Write(Path.Combine(folder, WeightsName));
        ModelFiles.WriteJson(Path.Combine(folder, DescriptionName), new Description(discriminator.Options.Plain(), discriminator.Vocabulary, generatorLayers, Summary));
    }

    /// <inheritdoc/>
    public static CourseNetworks Load(string folder)
    {
        var description = ModelFiles.ReadJson<Description>(Path.Combine(folder, DescriptionName));
        var networks = new CourseNetworks(description.Options, description.Vocabulary, description.GeneratorLayers) { Summary = description.Summary };
        new KeptModule(networks).Read(Path.Combine(folder, WeightsName));
        networks.eval();
        return networks;
    }

    private sealed record Description(TransformerOptions Options, int Vocabulary, int GeneratorLayers, TrainingSummary Summary);
}
