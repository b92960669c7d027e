using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Prediction.BuiltIn;

/// <summary>Which teacher regions offers.</summary>
public enum RegionsTeacher
{
    /// <summary>None.</summary>
    None,

    /// <summary>The mixture's own posterior.</summary>
    Right,

    /// <summary>The posterior in one half of the space, its classes shifted by one in the other.</summary>
    HalfRight,
}

/// <summary>
/// The problem <c>regions</c>: a mixture of Gaussians, three to a class, with labels that are wrong in one half of the space and a
/// teacher that confuses the classes in the other half. With many classes, a teacher whose small probabilities matter.
/// </summary>
[Version(1)]
public static class RegionsProblem
{
    private const int Dimensions = 20, ModesPerClass = 3;
    private const double Spread = 0.8;

    /// <summary>The options of regions.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 64 rows in all; small: 2,000 to train on; full: 20,000")]
        public ProblemSize Size { get; set; } = ProblemSize.Full;

        /// <summary>C.</summary>
        [Description("How many classes there are")]
        [Range(2, 10_000)]
        public int Classes { get; set; } = 10;

        /// <summary>Share of wrong labels.</summary>
        [Description("Share of training labels that are wrong, another class at random, where the first number is below 0")]
        [Range(0, 0.9)]
        public double Noise { get; set; } = 0.3;

        /// <summary>The teacher.</summary>
        [Description("The teacher: half-right takes each class for the next one where the first number is at least 0, right errs nowhere more than it must, none")]
        public RegionsTeacher Teacher { get; set; } = RegionsTeacher.HalfRight;
    }

    /// <summary>Draws the problem.</summary>
    public static PredictionDraft Draft(Options options, ulong seed)
    {
        var (train, validation, test) = options.Size switch
        {
            ProblemSize.Tiny => (40, 12, 12),
            ProblemSize.Small => (2_000, 300, 2_000),
            _ => (20_000, 2_000, 4_000),
        };
        var (rows, classes) = (train + validation + test, options.Classes);
        var random = RandomStream.Of(seed, "regions");
        var modes = new double[classes * ModesPerClass * Dimensions];
        for (var i = 0; i < modes.Length; i++) modes[i] = Spread * random.NextGaussian();
        var (points, truth) = (new double[rows * Dimensions], new int[rows]);
        for (var row = 0; row < rows; row++)
        {
            truth[row] = random.Next(classes);
            var mode = (truth[row] * ModesPerClass + random.Next(ModesPerClass)) * Dimensions;
            for (var d = 0; d < Dimensions; d++) points[row * Dimensions + d] = modes[mode + d] + random.NextGaussian();
        }
        bool LabelsErr(int row) => points[row * Dimensions] < 0;
        var noise = RandomStream.Of(seed, "regions-noise");
        int[] noisy = [.. Enumerable.Range(0, rows).Select(row => LabelsErr(row) && noise.NextDouble() < options.Noise ? (truth[row] + 1 + noise.Next(classes - 1)) % classes : truth[row])];

        var table = new Table("regions", [.. Enumerable.Range(0, Dimensions).Select(d => new NumberColumn(string.Create(CultureInfo.InvariantCulture, $"x{d + 1}"), [.. Enumerable.Range(0, rows).Select(row => points[row * Dimensions + d])]))]);
        int[] Range(int start, int count) => [.. Enumerable.Range(start, count)];
        int[] trainRows = Range(0, train), validationRows = Range(train, validation), testRows = Range(train + validation, test);
        int[] Of(int[] labels, int[] of) => [.. of.Select(row => labels[row])];
        float[] Teacher(int[] of) => TeacherLogits(points, modes, classes, of, row => options.Teacher == RegionsTeacher.HalfRight && !LabelsErr(row) ? 1 : 0);
        return new PredictionDraft
        {
            Name = "regions",
            Train = table.Take(trainRows),
            Validation = table.Take(validationRows),
            Test = table.Take(testRows),
            Inputs = new InputRoles { Numbers = [.. table.Columns.Select(c => c.Name)] },
            Classes = [.. Enumerable.Range(0, classes).Select(c => c.ToString(CultureInfo.InvariantCulture))],
            TrainLabels = Of(noisy, trainRows),
            ValidationLabels = Of(truth, validationRows),
            TestLabels = Of(truth, testRows),
            ScoredOn = ScoredOn.Truth,
            TrainTruth = Of(truth, trainRows),
            ValidationTruth = Of(truth, validationRows),
            ValidationIsTrusted = true,
            Teachers = options.Teacher == RegionsTeacher.None ? [] : [new("teacher", Teacher(trainRows), Teacher(testRows))],
        };
    }

    // The posterior of the mixture, which nobody can better, with its classes shifted where the teacher is confused.
    private static float[] TeacherLogits(double[] points, double[] modes, int classes, int[] rows, Func<int, int> shift)
    {
        var logits = new float[rows.Length * classes];
        Parallel.For(0, rows.Length, i =>
        {
            var point = points.AsSpan(rows[i] * Dimensions, Dimensions);
            var by = shift(rows[i]);
            for (var c = 0; c < classes; c++)
            {
                var sum = double.NegativeInfinity;
                for (var m = 0; m < ModesPerClass; m++)
                {
                    var mode = modes.AsSpan((c * ModesPerClass + m) * Dimensions, Dimensions);
                    var distance = 0.0;
                    for (var d = 0; d < Dimensions; d++) distance += (point[d] - mode[d]) * (point[d] - mode[d]);
                    var (high, low) = (Math.Max(sum, -distance / 2), Math.Min(sum, -distance / 2));
                    sum = double.IsNegativeInfinity(low) ? high : high + Math.Log(1 + Math.Exp(low - high));
                }
                logits[i * classes + (c + by) % classes] = (float)sum;
            }
        });
        return logits;
    }
}
