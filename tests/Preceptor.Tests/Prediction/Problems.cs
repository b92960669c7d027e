using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Training;
using TorchSharp;

namespace Preceptor.Tests.Prediction;

/// <summary>Small problems and every method that can run on them, for tests that must hold for all methods.</summary>
internal static class Problems
{
    public static PredictionTask Digits(int epochs = 2, EncoderKind encoder = EncoderKind.Mlp, TrainingOptions? training = null, double noise = 0.2) =>
        DigitsProblem.Draft(new() { Size = ProblemSize.Tiny, Noise = noise }, 1).Encode(new ModelOptions { Encoder = encoder, Hidden = [16], Width = 16, Embedding = 8, Patch = 7, Dropout = 0.1 }, training ?? new TrainingOptions { Epochs = epochs, Batch = 16 });

    public static PredictionTask Tickets(int epochs = 2, EncoderKind encoder = EncoderKind.Auto, TrainingOptions? training = null) =>
        TicketsProblem.Draft(new() { Size = ProblemSize.Tiny, Teacher = TicketTeacher.Weak }, 1).Encode(new ModelOptions { Encoder = encoder, Hidden = [16], Embedding = 8, Vocabulary = 256, Filters = 8, Dropout = 0.1 }, training ?? new TrainingOptions { Epochs = epochs, Batch = 16 });

    /// <summary>Slugs of all methods that train a network.</summary>
    public static TheoryData<string> Methods => [.. MethodCatalogue.All.Where(m => m.IsFit && m.Kind == "prediction" && m.Declaration.TrainsNetwork).Select(m => m.Slug)];

    public static IFit<PredictionProblem, Predictor> Create(string slug, params (string Key, string Value)[] options)
    {
        var info = MethodCatalogue.All.Single(m => m.Slug == slug);
        var settings = new MapSetting("test", "method", [.. options.Select(o => KeyValuePair.Create(o.Key, (Setting)new ScalarSetting("test", o.Key, o.Value)))]);
        return (IFit<PredictionProblem, Predictor>)info.Create(Options.Bind(info.OptionsType, settings));
    }

    /// <summary>All of a network's numbers, in the order of their names.</summary>
    public static float[] Weights(Predictor predictor)
    {
        using var scope = torch.NewDisposeScope();
        IReadOnlyList<IClassifier> members = predictor.Classifier is EnsembleClassifier ensemble ? ensemble.Members : [predictor.Classifier];
        return [.. members.SelectMany(m => ((NetworkClassifier)m).Network.state_dict().OrderBy(t => t.Key, StringComparer.Ordinal)).SelectMany(t => t.Value.to(torch.float32).data<float>().ToArray())];
    }

    public static Run Memory(ulong seed = 1) => new(new RunSettings { Seed = seed });
}
