using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Supervision;

namespace Preceptor.Baselines;

/// <summary>
/// Multinomial naive Bayes over the counts of a text's tokens: log P(c) + Σ_w n_w log P(w | c), with P(w | c) = (n_cw + α) / (n_c + α V).
/// One pass over the text, no network; other inputs are not looked at.
/// </summary>
/// <remarks>Uses neither <c>model</c> nor <c>training</c>. It has no null setting: the baseline beside it is the problem's network.</remarks>
[Method(FormatName, "Multinomial naive Bayes", Summary = "Counts words and multiplies their probabilities: in a blink, and a fair yardstick for text.", IsPlain = true, TrainsNetwork = false, NeedsText = true, Citation = "McCallum & Nigam 1998")]
[Version(1)]
public sealed class NaiveBayes(NaiveBayes.Options options) : IFit<PredictionProblem, Predictor>, INeeds<Labels>
{
    internal const string FormatName = "naive-bayes";

    /// <summary>The options of naive Bayes.</summary>
    public sealed record Options
    {
        /// <summary>α.</summary>
        [Description("Pseudo-count α that every word has in every class")]
        [Range(0, 1e6, MinimumIsExclusive = true)]
        [Tried("0.1")]
        public double Smoothing { get; set; } = 1;
    }

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(NaiveBayes));
        var watch = Stopwatch.StartNew();
        var (shape, labels) = (problem.Train.Shape, problem.Labels);
        var labelled = labels.Labelled;
        if (labelled.Length == 0) throw new RequestException($"{problem.Name}: no training row has a label");
        var classes = SeenClasses.Of(problem.Classes.Count, labelled.Select(row => labels.Train[row]));
        var first = shape.Pixels + shape.Numbers;
        var (counts, totals, rows) = (new double[shape.Tokens * classes.Count], new double[classes.Count], new double[classes.Count]);
        foreach (var row in labelled)
        {
            var c = Array.BinarySearch(classes.Indices, labels.Train[row]);
            rows[c]++;
            foreach (var token in problem.Train.Tokens(row))
            {
                counts[token * classes.Count + c]++;
                totals[c]++;
            }
        }
        var weights = new float[FeatureVector.LengthOf(shape) * classes.Count];
        for (var token = 0; token < shape.Tokens; token++)
            for (var c = 0; c < classes.Count; c++)
                weights[(first + token) * classes.Count + c] = (float)Math.Log((counts[token * classes.Count + c] + options.Smoothing) / (totals[c] + options.Smoothing * shape.Tokens));
        var classifier = new LinearClassifier(shape, classes, weights, [.. rows.Select(r => (float)Math.Log(r / labelled.Length))], FormatName);
        return new(problem.Encoding, problem.Classes, classifier, new TrainingSummary([], 0, 0, watch.Elapsed.TotalSeconds));
    }
}
