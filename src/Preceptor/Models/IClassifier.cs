using Preceptor.Data;

namespace Preceptor.Models;

/// <summary>Encoded inputs to class logits, whatever computes them.</summary>
public interface IClassifier : IDisposable
{
    /// <summary>The name under which <see cref="ClassifierFormats"/> reads it back.</summary>
    string Format { get; }

    /// <summary>
    /// Logits [N × C] of all rows: log-probabilities up to a constant a row; log-odds where a row may have many labels; in standard units
    /// where a number is predicted (C = 1).
    /// </summary>
    float[] Logits(Examples examples);

    /// <summary>Writes everything that reading back needs into a folder.</summary>
    void Save(string folder);
}

/// <summary>The formats that a model folder may name. Only registered names are read: a file can't name a type of its own.</summary>
public static class ClassifierFormats
{
    private static readonly Dictionary<string, Func<string, IClassifier>> Formats = new(StringComparer.Ordinal)
    {
        [NetworkClassifier.FormatName] = NetworkClassifier.Load,
        [EnsembleClassifier.FormatName] = EnsembleClassifier.Load,
    };

    /// <summary>Adds a format.</summary>
    public static void Register(string name, Func<string, IClassifier> load) => Formats[name] = load;

    /// <summary>Reads a classifier.</summary>
    /// <exception cref="Foundation.RequestException">The format is unknown.</exception>
    public static IClassifier Load(string name, string folder) => Formats.TryGetValue(name, out var load)
        ? load(folder)
        : throw new Foundation.RequestException($"{folder}: the model's format '{name}' is not known here; known: {string.Join(", ", Formats.Keys)}");
}
