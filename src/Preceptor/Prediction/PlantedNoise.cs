using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Supervision;

namespace Preceptor.Prediction;

/// <summary>How planted wrong labels come about; <see cref="LabelNoise"/> has the definitions.</summary>
public enum NoiseKind
{
    /// <summary>A label becomes each of the other classes equally often.</summary>
    Symmetric,

    /// <summary>A label becomes the next class, the last the first.</summary>
    Pair,

    /// <summary>Which class a label becomes depends on the label.</summary>
    ByClass,

    /// <summary>Which class a label becomes, and how likely, depends on the row's inputs.</summary>
    ByInstance,
}

/// <summary>
/// Wrong labels planted into the training and validation labels of the user's own data, so that what a method makes of them can be measured. The
/// labels as they were become the truth that only the evaluator sees; test labels stay as they are, and so do validation labels that were checked.
/// </summary>
[Version(1)]
public sealed record PlantedNoise
{
    private const int TextDimension = 256;

    /// <summary>The kind.</summary>
    [Description("symmetric: each other class equally often; pair: the next class; by-class: as transitions say; by-instance: as the row's inputs say (Xia et al. 2020)")]
    public NoiseKind Kind { get; set; }

    /// <summary>The share of wrong labels.</summary>
    [Description("Share of labels that become wrong; of by-instance the mean of the rows' own rates; by-class has transitions instead")]
    [Range(0, 1)]
    public double Rate { get; set; } = 0.2;

    /// <summary>The transitions of <see cref="NoiseKind.ByClass"/>.</summary>
    [Description("Of by-class: class: {class: share}, how often a label of the first becomes the second; what is left stays")]
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>? Transitions { get; set; }

    /// <summary>Plants the noise.</summary>
    /// <param name="task">The problem and its exam.</param>
    /// <param name="seed">Decides which labels become wrong.</param>
    /// <exception cref="RequestException">Transitions are missing, are not called for, or name no class.</exception>
    public PredictionTask Plant(PredictionTask task, ulong seed)
    {
        var (problem, labels) = (task.Problem, task.Problem.Labels);
        if (Kind == NoiseKind.ByClass != Transitions is not null) throw new RequestException(
            $"problem.noise.transitions: {(Transitions is null ? "are missing: kind by-class needs them, as class: {class: share}" : "are of kind by-class alone")}");
        var train = Noisy(labels.Train, problem.Train, problem.Classes, RandomStream.Of(seed, "planted-noise"));
        var checkedOnes = problem.Find<TrustedLabels>() is not null;
        var validation = checkedOnes ? labels.Validation : Noisy(labels.Validation, problem.Validation, problem.Classes, RandomStream.Of(seed, "planted-noise-validation"));
        return task with
        {
            Problem = problem with { Supervision = [.. problem.Supervision.Select(s => s is Labels ? new Labels(train, validation) : s)] },
            Exam = task.Exam with { TrainTruth = task.Exam.TrainTruth ?? labels.Train, ValidationTruth = task.Exam.ValidationTruth ?? labels.Validation },
            Notes = [.. task.Notes, $"wrong labels were planted into training{(checkedOnes ? "" : " and validation")} labels ({Words()}), anew for every seed; what the labels were before is the truth"],
        };
    }

    private string Words() => Kind == NoiseKind.ByClass ? "by class" : string.Create(CultureInfo.InvariantCulture, $"{Options.Key(Kind.ToString())}, {Rate * 100:0.#} %");

    private int[] Noisy(int[] labels, Examples rows, IReadOnlyList<string> classes, RandomStream random) => Kind switch
    {
        NoiseKind.Symmetric => LabelNoise.Symmetric(labels, classes.Count, Rate, random),
        NoiseKind.Pair => LabelNoise.Pair(labels, classes.Count, Rate, random),
        NoiseKind.ByClass => LabelNoise.ByClass(labels, Matrix(classes), random),
        _ => LabelNoise.ByInstance(labels, Standardised(rows), classes.Count, Rate, random),
    };

    private double[,] Matrix(IReadOnlyList<string> classes)
    {
        var matrix = new double[classes.Count, classes.Count];
        for (var c = 0; c < classes.Count; c++) matrix[c, c] = 1;
        foreach (var (from, shares) in Transitions!)
            foreach (var (to, share) in shares)
            {
                var (row, column) = (Class(classes, from), Class(classes, to));
                if (row == column) throw new RequestException($"problem.noise.transitions.{from}: names itself; what is left of 1 stays '{from}'");
                matrix[row, column] = share;
                matrix[row, row] -= share;
                if (!(share >= 0 && matrix[row, row] >= -1e-9)) throw new RequestException(
                    $"problem.noise.transitions.{from}: shares {string.Join(", ", shares.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key} {s.Value}")))}, expected numbers of at least 0 that add up to at most 1");
                matrix[row, row] = Math.Max(0, matrix[row, row]);
            }
        return matrix;
    }

    private static int Class(IReadOnlyList<string> classes, string name)
    {
        for (var c = 0; c < classes.Count; c++)
            if (classes[c] == name) return c;
        throw new RequestException($"problem.noise.transitions: there is no class '{name}'{Spelling.Hint(name, classes)}; classes are {string.Join(", ", classes.Take(20))}");
    }

    /// <summary>
    /// Each row's pixels, numbers and counts of words (token ids by their remainder), each dimension standardised over the rows and divided by the
    /// root of their number, so that a random map of a row has a variance of about 1.
    /// </summary>
    internal static float[] Standardised(Examples rows)
    {
        var (shape, words) = (rows.Shape, rows.Shape.Tokens > 0 ? TextDimension : 0);
        var dimension = shape.Pixels + shape.Numbers + words;
        var inputs = new float[(long)rows.Count * dimension];
        for (var row = 0; row < rows.Count; row++)
        {
            var own = inputs.AsSpan(row * dimension, dimension);
            var pixels = rows.Pixels(row);
            for (var p = 0; p < pixels.Length; p++) own[p] = pixels[p];
            rows.Numbers(row).CopyTo(own[shape.Pixels..]);
            foreach (var token in rows.Tokens(row)) own[shape.Pixels + shape.Numbers + token % TextDimension]++;
        }
        var scale = 1 / Math.Sqrt(dimension);
        for (var d = 0; d < dimension; d++)
        {
            double sum = 0, squares = 0;
            for (var i = d; i < inputs.Length; i += dimension)
            {
                sum += inputs[i];
                squares += (double)inputs[i] * inputs[i];
            }
            var mean = sum / rows.Count;
            var deviation = Math.Sqrt(Math.Max(0, squares / rows.Count - mean * mean));
            for (var i = d; i < inputs.Length; i += dimension) inputs[i] = deviation < 1e-6 ? 0 : (float)((inputs[i] - mean) / deviation * scale);
        }
        return inputs;
    }
}
