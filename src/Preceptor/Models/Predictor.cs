using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>Class probabilities of some rows.</summary>
/// <param name="Classes">The classes, C.</param>
/// <param name="Probabilities">[N × C]; each row sums to 1, unless a row may have many labels.</param>
public sealed record Predictions(IReadOnlyList<string> Classes, float[] Probabilities)
{
    /// <summary>How many rows.</summary>
    public int Count => Probabilities.Length / Classes.Count;

    /// <summary>The most probable class of a row, the first of equals, as an index.</summary>
    public int Best(int row)
    {
        var probabilities = Row(row);
        var best = 0;
        for (var c = 1; c < probabilities.Length; c++)
            if (probabilities[c] > probabilities[best]) best = c;
        return best;
    }

    /// <summary>The second most probable class of a row, as an index.</summary>
    public int Second(int row)
    {
        var probabilities = Row(row);
        int best = Best(row), second = best == 0 ? Math.Min(1, probabilities.Length - 1) : 0;
        for (var c = 0; c < probabilities.Length; c++)
            if (c != best && probabilities[c] > probabilities[second]) second = c;
        return second;
    }

    /// <summary>The probabilities of a row [C].</summary>
    public ReadOnlySpan<float> Row(int row) => Probabilities.AsSpan(row * Classes.Count, Classes.Count);

    /// <summary>The softmax of logits [N × C], in double precision.</summary>
    public static Predictions FromLogits(IReadOnlyList<string> classes, ReadOnlySpan<float> logits)
    {
        var probabilities = new float[logits.Length];
        for (var start = 0; start < logits.Length; start += classes.Count)
        {
            var row = logits.Slice(start, classes.Count);
            double largest = double.NegativeInfinity, sum = 0;
            foreach (var logit in row) largest = Math.Max(largest, logit);
            foreach (var logit in row) sum += Math.Exp(logit - largest);
            for (var c = 0; c < row.Length; c++) probabilities[start + c] = (float)(Math.Exp(row[c] - largest) / sum);
        }
        return new(classes, probabilities);
    }

    /// <summary>From this probability on a row is said to have a label, where it may have many.</summary>
    public const float LabelThreshold = 0.5f;

    /// <summary>The probability of each label by itself, the logistic function of its log-odds [N × C].</summary>
    public static Predictions FromLogOdds(IReadOnlyList<string> labels, float[] logOdds) => new(labels, [.. logOdds.Select(z => (float)(1 / (1 + Math.Exp(-(double)z))))]);

    /// <summary>The labels that a row has, as indices, where it may have many.</summary>
    public int[] LabelsOf(int row) => [.. Enumerable.Range(0, Classes.Count).Where(c => Probabilities[row * Classes.Count + c] >= LabelThreshold)];
}

/// <summary>A trained model with the whole path from raw row to answer: column encodings, vocabulary, normalisation, class names, threshold, the target's scale.</summary>
public sealed class Predictor(InputEncoding encoding, IReadOnlyList<string> classes, IClassifier classifier, TrainingSummary training) : IArtifact<Predictor>, IDisposable
{
    /// <summary>From raw rows to inputs.</summary>
    public InputEncoding Encoding { get; } = encoding;

    /// <summary>The classes.</summary>
    public IReadOnlyList<string> Classes { get; } = classes;

    /// <summary>What it predicts.</summary>
    public TargetEncoding Target { get; init; } = TargetEncoding.One;

    /// <summary>From inputs to logits.</summary>
    public IClassifier Classifier { get; } = classifier;

    /// <summary>How it was trained.</summary>
    public TrainingSummary Training { get; } = training;

    /// <summary>Answers below this probability are marked as abstentions by the command line.</summary>
    public double AbstainBelow { get; init; }

    /// <summary>The column that names rows in predictions, or null.</summary>
    public string? Id { get; init; }

    /// <summary>The columns to read as text, whatever they look like, and those to read as numbers, so that the model understands a file.</summary>
    /// <param name="label">The label column, if it is wanted; read as written unless it holds numbers to predict: class 01 is not class 1.</param>
    public (string[] Texts, string[] Numbers) ColumnsToRead(string? label = null)
    {
        var isNumber = Target.Kind == TargetKind.Number;
        string?[] texts = [.. Encoding.TextColumns, .. Encoding.Categories.Select(c => c.Column), Id, isNumber ? null : label];
        return ([.. texts.OfType<string>().Distinct()], [.. Encoding.Numbers.Select(n => n.Column), .. isNumber && label is not null ? [label] : Array.Empty<string>()]);
    }

    /// <summary>Predicts raw rows.</summary>
    /// <exception cref="RequestException">A column that the model needs is missing or of another type.</exception>
    public Predictions Predict(Table rows) => Predict(Encoding.Encode(rows));

    /// <summary>Predicts encoded rows.</summary>
    /// <exception cref="InvalidOperationException">The model predicts numbers: <see cref="PredictNumbers"/>.</exception>
    public Predictions Predict(Examples examples) => Target.Kind switch
    {
        TargetKind.One => Predictions.FromLogits(Classes, Classifier.Logits(examples)),
        TargetKind.Many => Predictions.FromLogOdds(Classes, Classifier.Logits(examples)),
        _ => throw new InvalidOperationException("the model predicts numbers, which have no probabilities"),
    };

    /// <summary>Predicts the numbers of encoded rows, in the unit of the training rows.</summary>
    /// <exception cref="InvalidOperationException">The model predicts classes or labels: <see cref="Predict(Examples)"/>.</exception>
    public double[] PredictNumbers(Examples examples) => Target.Kind == TargetKind.Number ? [.. Classifier.Logits(examples).Select(z => Target.Number(z))]
        : throw new InvalidOperationException("the model predicts classes or labels, not numbers");

    /// <inheritdoc/>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        ModelFiles.WriteJson(Path.Combine(folder, "model.json"), new Description(1, Classifier.Format, Classes, AbstainBelow, Id, Encoding, Target == TargetEncoding.One ? null : Target));
        ModelFiles.WriteJson(Path.Combine(folder, "training.json"), Training);
        Classifier.Save(folder);
    }

    /// <summary>Reads a model folder.</summary>
    /// <exception cref="RequestException">The folder is missing, damaged or of a later format.</exception>
    public static Predictor Load(string folder) => Load(folder, null);

    /// <summary>Reads a model folder.</summary>
    /// <param name="folder">The folder, or that of the run.</param>
    /// <param name="onnx">Runs the frozen network of a model that stands on one.</param>
    /// <exception cref="RequestException">The folder is missing, damaged or of a later format.</exception>
    public static Predictor Load(string folder, RunOnnx? onnx)
    {
        if (!Directory.Exists(folder)) throw new RequestException($"{folder}: there is no such model folder");
        if (!File.Exists(Path.Combine(folder, "model.json")) && File.Exists(Path.Combine(folder, "model", "model.json"))) folder = Path.Combine(folder, "model");
        var description = ModelFiles.ReadJson<Description>(Path.Combine(folder, "model.json"));
        if (description.Version != 1) throw new RequestException($"{Path.Combine(folder, "model.json")}: model format {description.Version} is not known here; this program reads 1");
        var training = ModelFiles.ReadJson<TrainingSummary>(Path.Combine(folder, "training.json"));
        return new(description.Encoding with { Frozen = description.Encoding.Frozen?.In(folder, onnx) }, description.Classes, ClassifierFormats.Load(description.Format, folder), training)
        {
            AbstainBelow = description.AbstainBelow,
            Id = description.Id,
            Target = description.Target?.Check(Path.Combine(folder, "model.json")) ?? TargetEncoding.One,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => Classifier.Dispose();

    private sealed record Description(int Version, string Format, IReadOnlyList<string> Classes, double AbstainBelow, string? Id, InputEncoding Encoding, TargetEncoding? Target = null);
}
