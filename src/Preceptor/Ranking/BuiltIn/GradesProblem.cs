using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Ranking.BuiltIn;

/// <summary>
/// The problem <c>grades</c>: candidates by 20 features, with grades from 0 to 4. In the half of the candidates that are any good one direction of the features tells a grade of 4 from one of 3; among the others
/// another direction tells 1 from 0, and the two disagree. A linear scorer cannot follow both, so it matters which places of a ranking its loss cares for.
/// </summary>
[Version(1)]
public static class GradesProblem
{
    private const int Features = 20;

    /// <summary>What grades depend on.</summary>
    public enum Rule
    {
        /// <summary>On one direction among good candidates, and on another among the others.</summary>
        TwoDirections,

        /// <summary>On one linear function of the features, which a linear scorer can be.</summary>
        Linear,
    }

    /// <summary>The options of grades.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 40 queries of 10 candidates; small: 500 of 40; full: 1,000 of 40")]
        public ProblemSize Size { get; set; } = ProblemSize.Small;

        /// <summary>Whether the two directions disagree.</summary>
        [Description("How strongly the direction that matters among bad candidates contradicts the one among good ones; 0: one direction tells all grades")]
        [Range(0, 1)]
        public double Conflict { get; set; } = 1;

        /// <summary>The rule.</summary>
        [Description("What grades depend on: two-directions, on one among good candidates and on another among the others; linear, on one linear function of the features")]
        public Rule Rule { get; set; }

        /// <summary>The noise.</summary>
        [Description("Deviation of what grades depend on besides the features")]
        [Range(0, 100)]
        public double Noise { get; set; } = 0.3;
    }

    /// <summary>The collection.</summary>
    public static RankingCollection Draw(Options options, ulong seed)
    {
        var (queries, candidates) = options.Size switch { ProblemSize.Tiny => (40, 10), ProblemSize.Small => (500, 40), _ => (1000, 40) };
        var random = RandomStream.Of(seed, "grades");
        var (lists, grades) = (new CandidateList[queries], new int[queries][]);
        for (var q = 0; q < queries; q++)
        {
            var (features, of) = (new float[candidates * Features], new int[candidates]);
            for (var i = 0; i < candidates; i++)
            {
                var x = features.AsSpan(i * Features, Features);
                for (var f = 0; f < Features; f++) x[f] = (float)random.NextGaussian();
                // Feature 0 says whether a candidate is good at all; features 1 and 2 tell grades within a half.
                var good = x[0] + options.Noise * random.NextGaussian() > 0.8;
                var detail = good ? x[1] : (1 - options.Conflict) * x[1] - options.Conflict * x[1] + x[2] * 0.5;
                detail += options.Noise * random.NextGaussian();
                if (options.Rule == Rule.Linear) of[i] = Math.Clamp((int)Math.Ceiling((x[0] + 0.5 * (x[1] + x[2]) + options.Noise * random.NextGaussian() - 0.5) / 0.5), 0, 4);
                else of[i] = good ? detail > 0.5 ? 4 : detail > -0.5 ? 3 : 2 : detail > 0.7 ? 1 : 0;
            }
            lists[q] = new($"q{q}", "", [.. Enumerable.Range(q * candidates, candidates)], new double[candidates], features);
            grades[q] = of;
        }
        string[] names = [.. Enumerable.Range(0, queries * candidates).Select(d => d.ToString("D9", System.Globalization.CultureInfo.InvariantCulture))];
        return new("grades", names, [.. Enumerable.Repeat("", queries * candidates)], Features, lists, grades, [.. lists.Select(_ => Array.Empty<(int, int)>())]);
    }
}
