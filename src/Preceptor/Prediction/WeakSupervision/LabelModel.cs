using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Numerics;
using System.Runtime.InteropServices;
using Preceptor.Foundation;

namespace Preceptor.Prediction.WeakSupervision;

/// <summary>What all label models share.</summary>
public abstract record LabelModelOptions
{
    /// <summary>Whose votes are read.</summary>
    [Description("Whose votes are read: annotators, rules, teachers, labels (the labels as one source more); left out: annotators, rules and teachers, as far as they are offered")]
    public VoteSource[] Sources { get; set; } = [];

    /// <summary>Whether distributions are learned.</summary>
    [Description("Whether the next step learns the distributions over classes rather than the likeliest class")]
    public bool Soft { get; set; }

    /// <summary>The least probability of a label.</summary>
    [Description("Rows whose likeliest class is less probable than this have no label")]
    [Range(0, 1)]
    public double LeastConfidence { get; set; }
}

/// <summary>From votes to labels: what all label models do around their own estimate.</summary>
internal static class LabelModel
{
    /// <summary>Runs a label model in a stage of its own, whose folder keeps the labels that it replaced.</summary>
    /// <param name="slug">The method.</param>
    /// <param name="method">Its type, whose version the stage depends on.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="run">The run.</param>
    /// <param name="options">Its options.</param>
    /// <param name="estimate">The distributions [(N + K) × C] from the votes.</param>
    public static PredictionProblem Improve(string slug, Type method, PredictionProblem problem, Run run, LabelModelOptions options, Func<VoteMatrix, double[]> estimate) =>
        run.Stage(slug, problem.Describe(Options.Resolve(options)), () =>
        {
            run.Uses(method);
            var votes = VoteMatrix.Of(problem, options.Sources, slug);
            // A single source has nothing to be compared with.
            var probabilities = votes.Sources.Count == 1 && votes.Known.Length == 0 ? votes.Shares() : estimate(votes);
            return new CombinedLabels
            {
                Labels = Labels(votes, probabilities, options.LeastConfidence),
                Probabilities = [.. probabilities.Take(votes.Rows * votes.Classes).Select(p => (float)p)],
                Replaced = problem.Labels.Train,
                Classes = problem.Classes,
                Sources = Qualities(votes, probabilities),
            };
        }).Apply(problem, options.Soft);

    /// <summary>The likeliest class of each training row, of equally likely ones the first; −1 where nobody voted, or not surely enough.</summary>
    public static int[] Labels(VoteMatrix votes, double[] probabilities, double leastConfidence)
    {
        var labels = new int[votes.Rows];
        for (var row = 0; row < labels.Length; row++)
        {
            var of = probabilities.AsSpan(row * votes.Classes, votes.Classes);
            var best = Likeliest(of);
            labels[row] = votes.Starts[row] == votes.Starts[row + 1] || of[best] < leastConfidence ? -1 : best;
        }
        return labels;
    }

    /// <summary>The likeliest class, of equally likely ones the first.</summary>
    public static int Likeliest(ReadOnlySpan<double> probabilities)
    {
        var best = 0;
        for (var c = 1; c < probabilities.Length; c++)
            if (probabilities[c] > probabilities[best]) best = c;
        return best;
    }

    /// <summary>Adds a row of a table to a sum.</summary>
    public static void Add(Span<double> sum, ReadOnlySpan<double> row)
    {
        var sums = MemoryMarshal.Cast<double, Vector<double>>(sum);
        var rows = MemoryMarshal.Cast<double, Vector<double>>(row);
        for (var i = 0; i < sums.Length; i++) sums[i] += rows[i];
        for (var i = sums.Length * Vector<double>.Count; i < sum.Length; i++) sum[i] += row[i];
    }

    /// <summary>Turns log-weights into probabilities, in place.</summary>
    /// <returns>The logarithm of their sum.</returns>
    public static double Normalise(Span<double> logs)
    {
        var largest = double.NegativeInfinity;
        foreach (var log in logs) largest = Math.Max(largest, log);
        var sum = 0.0;
        for (var c = 0; c < logs.Length; c++) sum += logs[c] = Math.Exp(logs[c] - largest);
        for (var c = 0; c < logs.Length; c++) logs[c] /= sum;
        return largest + Math.Log(sum);
    }

    /// <summary>How many votes each source gave, and how often it is right if the distributions are.</summary>
    public static SourceQuality[] Qualities(VoteMatrix votes, double[] probabilities)
    {
        var (counts, right) = (new int[votes.Sources.Count], new double[votes.Sources.Count]);
        for (var row = 0; row < votes.Rows; row++)
            for (var v = votes.Starts[row]; v < votes.Starts[row + 1]; v++)
            {
                counts[votes.Voters[v]]++;
                right[votes.Voters[v]] += probabilities[row * votes.Classes + votes.Votes[v]];
            }
        return [.. votes.Sources.Select((name, s) => new SourceQuality(name, counts[s], counts[s] == 0 ? 0 : Math.Round(right[s] / counts[s], 4)))];
    }
}
