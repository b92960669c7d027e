using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Data.Generators;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Prediction.BuiltIn;

/// <summary>The problem <c>digits</c>: rendered strokes of ten digits, 28×28, deformed, rotated, on backgrounds.</summary>
[Version(1)]
public static class DigitsProblem
{
    private static readonly string[] Classes = [.. Enumerable.Range(0, 10).Select(d => $"{d}")];

    /// <summary>The options of digits.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 64 images in all; small: 2,000 to train on; full: 10,000")]
        public ProblemSize Size { get; set; } = ProblemSize.Full;

        /// <summary>How many training rows have labels.</summary>
        [Description("How many training images have a label, drawn equally from the classes; left out: all")]
        [Range(10, 10_000)]
        public int? Labels { get; set; }

        /// <summary>Share of wrong labels.</summary>
        [Description("Share of training and validation labels replaced by another class at random")]
        [Range(0, 0.9)]
        public double Noise { get; set; }
    }

    /// <summary>Draws the problem.</summary>
    public static PredictionDraft Draft(Options options, ulong seed)
    {
        var (train, validation, test) = options.Size switch
        {
            ProblemSize.Tiny => (40, 12, 12),
            ProblemSize.Small => (2_000, 400, 1_000),
            _ => (10_000, 1_000, 2_000),
        };
        var (table, digits) = DigitImages.Generate(train + validation + test, RandomStream.Key(seed, "digits"));
        int[] Range(int start, int count) => [.. Enumerable.Range(start, count)];
        int[] trainRows = Range(0, train), validationRows = Range(train, validation), testRows = Range(train + validation, test);
        int[] Truth(int[] rows) => [.. rows.Select(r => digits[r])];
        var noise = RandomStream.Of(seed, "digits-noise");
        int[] Noisy(int[] rows) => [.. rows.Select(r => noise.NextDouble() < options.Noise ? (digits[r] + 1 + noise.Next(9)) % 10 : digits[r])];
        var trainLabels = Noisy(trainRows);
        if (options.Labels is { } labels && labels < train) KeepLabels(trainLabels, digits, labels, RandomStream.Of(seed, "digits-labels"));
        return new PredictionDraft
        {
            Name = "digits",
            Train = table.Take(trainRows),
            Validation = table.Take(validationRows),
            Test = table.Take(testRows),
            Inputs = new InputRoles { Image = "image" },
            Classes = Classes,
            TrainLabels = trainLabels,
            ValidationLabels = Noisy(validationRows),
            TestLabels = Truth(testRows),
            ScoredOn = ScoredOn.Truth,
            TrainTruth = Truth(trainRows),
            ValidationTruth = Truth(validationRows),
        };
    }

    // The same number of every class, as few-label studies draw them.
    private static void KeepLabels(int[] labels, int[] truth, int count, RandomStream random)
    {
        var kept = new HashSet<int>();
        var order = random.Permutation(labels.Length);
        for (var round = 0; kept.Count < count && round < labels.Length; round++)
            for (var digit = 0; digit < 10 && kept.Count < count; digit++)
                if (order.FirstOrDefault(r => truth[r] == digit && !kept.Contains(r), -1) is >= 0 and var row) kept.Add(row);
        for (var row = 0; row < labels.Length; row++)
            if (!kept.Contains(row)) labels[row] = -1;
    }
}
