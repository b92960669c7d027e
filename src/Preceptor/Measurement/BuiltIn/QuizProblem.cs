using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Measurement.BuiltIn;

/// <summary>Who attempts which item.</summary>
public enum QuizAttempts
{
    /// <summary>Every pair is as likely as another.</summary>
    Random,

    /// <summary>Solvers try what suits them: strong ones hard items, weak ones easy items.</summary>
    Matched,
}

/// <summary>What is true of generated items.</summary>
/// <param name="Difficulty">b, by item [I].</param>
public sealed record TrueDifficulties(double[] Difficulty) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint { get; } = Contents.Hash(MemoryMarshal.AsBytes<double>(Difficulty));
}

/// <summary>The problem <c>quiz</c>: simulated solvers answer simulated items by an item response model; the true difficulties are known.</summary>
[Version(1)]
public static class QuizProblem
{
    // Standard deviation of the distance of ability and difficulty at which a matched solver still tries.
    private const double Reach = 0.6;

    /// <summary>The options of quiz.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 4 solvers, 12 items; small: 40 solvers, 500 items; full: 500 solvers, 2,000 items")]
        public ProblemSize Size { get; set; } = ProblemSize.Small;

        /// <summary>S.</summary>
        [Description("How many solvers; left out: by size")]
        [Range(1, 1_000_000)]
        public int? Solvers { get; set; }

        /// <summary>I.</summary>
        [Description("How many items; left out: by size")]
        [Range(1, 1_000_000)]
        public int? Items { get; set; }

        /// <summary>The model.</summary>
        [Description("How answers come about: one-parameter, two-parameter (log a ~ N(0, 0.5²)) or three-parameter (c uniform in [0, 0.4])")]
        public ItemModel Model { get; set; }

        /// <summary>The share of missing answers.</summary>
        [Description("Share of all pairs that random attempts leave out")]
        [Range(0, 0.99)]
        public double Missing { get; set; } = 0.2;

        /// <summary>Who attempts what.</summary>
        [Description("Who attempts which item: random, or matched (strong solvers hard items, weak ones easy items)")]
        public QuizAttempts Attempts { get; set; }
    }

    /// <summary>Draws the responses, in random order.</summary>
    public static MeasurementProblem Draw(Options options, ulong seed)
    {
        var (solvers, items) = options.Size switch { ProblemSize.Tiny => (4, 12), ProblemSize.Small => (40, 500), _ => (500, 2000) };
        (solvers, items) = (options.Solvers ?? solvers, options.Items ?? items);
        RandomStream abilities = RandomStream.Of(seed, "quiz-abilities"), difficulties = RandomStream.Of(seed, "quiz-items"), answers = RandomStream.Of(seed, "quiz-answers");
        var theta = new double[solvers];
        for (var s = 0; s < solvers; s++) theta[s] = abilities.NextGaussian();
        var (b, a, c) = (new double[items], new double[items], new double[items]);
        for (var i = 0; i < items; i++)
            (b[i], a[i], c[i]) = (difficulties.NextGaussian(), options.Model == ItemModel.OneParameter ? 1 : Math.Exp(0.5 * difficulties.NextGaussian()), options.Model == ItemModel.ThreeParameter ? difficulties.NextDouble(0, 0.4) : 0);
        List<(int Solver, int Item, byte Correct)> attempts = [];
        for (var s = 0; s < solvers; s++)
            for (var i = 0; i < items; i++)
            {
                var distance = (theta[s] - b[i]) / Reach;
                var tries = options.Attempts == QuizAttempts.Random ? 1 - options.Missing : Math.Exp(-distance * distance / 2);
                var (isTried, isRight) = (answers.NextDouble() < tries, answers.NextDouble() < ItemResponseModel.Probability(theta[s], b[i], a[i], c[i]));
                if (isTried) attempts.Add((s, i, isRight ? (byte)1 : (byte)0));
            }
        if (attempts.Count == 0) throw new RequestException("problem.missing: leaves no attempt; lower it, or draw more solvers or items");
        answers.Shuffle(CollectionsMarshal.AsSpan(attempts));
        var responses = new Responses([.. Enumerable.Range(1, solvers).Select(s => $"solver-{s}")], [.. Enumerable.Range(1, items).Select(i => $"item-{i}")],
            [.. attempts.Select(t => t.Solver)], [.. attempts.Select(t => t.Item)], [.. attempts.Select(t => t.Correct)]);
        return new("quiz", [responses, new TrueDifficulties(b)]);
    }
}
