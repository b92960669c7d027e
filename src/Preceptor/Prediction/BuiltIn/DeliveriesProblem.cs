using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Data.Generators;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Supervision;

namespace Preceptor.Prediction.BuiltIn;

/// <summary>The problem <c>deliveries</c>: how many minutes a delivery takes, learned from records of which some are far too long.</summary>
[Version(1)]
public static class DeliveriesProblem
{
    /// <summary>The options of deliveries.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 64 deliveries in all; small: 2,000 to train on; full: 10,000")]
        public ProblemSize Size { get; set; } = ProblemSize.Full;

        /// <summary>Share of wrong records.</summary>
        [Description("Share of training and validation records that were confirmed late, by at least 5 minutes and 25 on average")]
        [Range(0, 0.9)]
        public double Noise { get; set; } = 0.15;
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
        var data = Deliveries.Generate(train + validation + test, RandomStream.Key(seed, "deliveries"), options.Noise);
        Table Take(int start, int count) => data.Table.Take([.. Enumerable.Range(start, count)]);
        return new PredictionDraft
        {
            Name = "deliveries",
            Train = Take(0, train),
            Validation = Take(train, validation),
            Test = Take(train + validation, test),
            Inputs = new InputRoles { Numbers = ["distance", "items", "weight", "hour"], Categories = ["weekday", "vehicle", "district"] },
            Classes = [],
            TrainLabels = [],
            ValidationLabels = [],
            TestLabels = [],
            Targets = new NumberTargets(data.Noted[..train], data.Noted[train..(train + validation)]),
            TestTargets = new TestNumbers(data.Truth[(train + validation)..]),
            TruthTargets = new NumberTargets(data.Truth[..train], data.Truth[train..(train + validation)]),
            ScoredOn = ScoredOn.Truth,
        };
    }
}
