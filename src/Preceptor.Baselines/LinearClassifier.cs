using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Baselines;

/// <summary>A weight for every pair of feature and class, and a bias a class.</summary>
/// <param name="shape">What the inputs look like.</param>
/// <param name="classes">The classes with a training row, K of them.</param>
/// <param name="weights">[D × K].</param>
/// <param name="biases">[K].</param>
/// <param name="format">The format's name: which method's it is, and so how its tokens count.</param>
public sealed class LinearClassifier(InputShape shape, SeenClasses classes, float[] weights, float[] biases, string format = LinearClassifier.FormatName) : IClassifier
{
    internal const string FormatName = "logistic-regression";
    internal const TokenWeight Tokens = TokenWeight.UnitLogarithm;
    private const string FormFile = "linear.json", WeightsFile = "weights.safetensors";

    /// <inheritdoc/>
    public string Format => format;

    /// <inheritdoc/>
    public float[] Logits(Examples examples)
    {
        var logits = new float[examples.Count * classes.Total];
        var features = new FeatureVector(shape, format == NaiveBayes.FormatName ? TokenWeight.Count : Tokens);
        var scores = new double[classes.Count];
        for (var row = 0; row < examples.Count; row++)
        {
            features.Read(examples, row);
            for (var c = 0; c < scores.Length; c++) scores[c] = biases[c];
            for (var i = 0; i < features.Indices.Count; i++)
            {
                var value = features.Values[i];
                var ofFeature = weights.AsSpan(features.Indices[i] * scores.Length, scores.Length);
                for (var c = 0; c < scores.Length; c++) scores[c] += value * ofFeature[c];
            }
            classes.Spread(scores, logits.AsSpan(row * classes.Total, classes.Total));
        }
        return logits;
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        ModelFiles.WriteJson(Path.Combine(folder, FormFile), new Form(shape, classes));
        var state = new State();
        state.Add<float>("weights", weights, FeatureVector.LengthOf(shape), classes.Count);
        state.Add<float>("biases", biases);
        state.Write(Path.Combine(folder, WeightsFile));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="RequestException">A file is missing or damaged.</exception>
    public static LinearClassifier Load(string folder) => Load(folder, FormatName);

    /// <inheritdoc cref="Load(string)"/>
    internal static LinearClassifier Load(string folder, string format)
    {
        var (shape, classes) = ModelFiles.ReadJson<Form>(Path.Combine(folder, FormFile));
        classes.Check(Path.Combine(folder, FormFile));
        var state = State.Load(Path.Combine(folder, WeightsFile));
        float[] weights = state.ReadArray<float>("weights"), biases = state.ReadArray<float>("biases");
        if (biases.Length != classes.Count || weights.LongLength != (long)FeatureVector.LengthOf(shape) * classes.Count)
            throw new RequestException($"{Path.Combine(folder, WeightsFile)}: has {weights.Length} weights and {biases.Length} biases, which do not fit {FormFile}");
        return new(shape, classes, weights, biases, format);
    }

    /// <summary>Holds nothing but managed memory.</summary>
    public void Dispose() { }

    private sealed record Form(InputShape Shape, SeenClasses Classes);
}
