using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;

namespace Preceptor.Prediction.Text;

/// <summary>
/// Incremental text classification (SS3): training counts the words of each class and nothing else, so that it takes one pass and can go on
/// with every new text; a text's confidence in a class is the sum of what its words say, so that a stream can be read post by post
/// (<see cref="EarlyClassification"/>) and every answer can be traced to its words (<see cref="IncrementalTextClassifier.Explain(ReadOnlySpan{char})"/>).
/// Use it for text that arrives bit by bit, where answers must be early or explained, or where millions of texts leave no time to train.
/// </summary>
/// <remarks>
/// Burdisso, Errecalde and Montes-y-Gómez (2019), section 3: a word's global value for a class is gv = lv · sg · sn. Its local value
/// lv = (tf/maxtf)^σ is how frequent it is; its significance sg = ½ tanh(3 (lv − M)/(λ MAD) − 3) + ½ is how far the class stands out from
/// the median M of all classes, in mean absolute deviations; its sanction sn = ((C − s − 1)/((C − 1)(s + 1)))^ρ, with s the summed
/// significance of the other classes, is how few others claim it. Words are summed to sentences, these to paragraphs, these to the text.
/// With more than two classes a word such as <c>the</c> is always most frequent in some class, and M and MAD alone let it count there: on news
/// and tickets the formula alone loses most of its accuracy. The authors' released program filters such words, and so does <see cref="Options.StopWordFilter"/>.
/// The paper defines no probabilities: here they are the shares of the summed confidence. It reads the text
/// columns alone, as paragraphs of one text, whatever the network's encoder makes of them, and no other input. It uses neither <c>model</c> nor <c>training</c>,
/// and has no null setting: the baseline beside it is the problem's network.
/// </remarks>
[Method(IncrementalTextClassifier.FormatName, "Incremental text classification (SS3)", Paper = 81, TrainsNetwork = false, NeedsText = true,
    Summary = "Counts words, one pass over the text: learns on with every new text, answers early on streams, and says which words decided.",
    Citation = "Burdisso, Errecalde, Montes-y-Gómez: A Text Classification Framework for Simple and Effective Early Depression Detection Over Social Media Streams (2019)")]
[Version(1)]
public sealed class IncrementalTextClassification(IncrementalTextClassification.Options options) : IFit<PredictionProblem, Predictor>, INeeds<Labels>
{
    /// <summary>The options of incremental text classification.</summary>
    public sealed record Options
    {
        /// <summary>σ.</summary>
        [Description("Smoothness σ: smaller makes rare words count more like frequent ones; 1 takes frequencies as they are")]
        [Range(0, 1, MinimumIsExclusive = true), Source("released program: 0.45")]
        public double Smoothness { get; set; } = 0.45;

        /// <summary>λ.</summary>
        [Description("Significance λ: how many mean deviations above the median of all classes a word's value must lie to count half")]
        [Range(0, 1000), Source("released program: 0.5; searched in [0, 5]")]
        public double Significance { get; set; } = 0.5;

        /// <summary>ρ.</summary>
        [Description("Sanction ρ: how severely words are punished that are significant to several classes; 0 does not")]
        [Range(0, 1000), Source("released program: 1; searched in [0, 5]")]
        public double Sanction { get; set; } = 1;

        /// <summary>α.</summary>
        [Description("Words whose confidence in a class is not above α add nothing to it")]
        [Range(0, 1), Source("released program: 0")]
        public double LeastConfidence { get; set; }

        /// <summary>The smallest count.</summary>
        [Description("A word that a class has seen fewer times has the local value 0 there; 1 counts every word, for tiny data")]
        [Range(1, 1_000_000), Source("released program: 2")]
        public int LeastCount { get; set; } = 2;

        /// <summary>Whether confidences are divided by the largest.</summary>
        [Description("Divide a word's value by the largest value that any word has in the class")]
        [Source("section 3: no; released program: true")]
        public bool Normalised { get; set; }

        /// <summary>Whether words that all classes use are left out.</summary>
        [Description("Give words that most classes use often no significance at all, and the others a least deviation; set it where there are more than two classes, with which the paper's formula loses much")]
        [Source("section 3: false; released program: true")]
        [Tried("true")]
        public bool StopWordFilter { get; set; }

        /// <summary>Whether texts are cleaned first.</summary>
        [Description("Clean English text first: accents off, numbers, amounts and dates one word each, only letters from a to z")]
        [Source("released program: true")]
        public bool Cleaned { get; set; }

        /// <summary>From words to a sentence.</summary>
        [Description("How words' confidences become a sentence's, which ends at a full stop")]
        [Source("section 3: sum")]
        public SummaryOperator Words { get; set; } = SummaryOperator.Sum;

        /// <summary>From sentences to a paragraph.</summary>
        [Description("How sentences' confidences become a paragraph's, which ends with the line")]
        [Source("section 3: sum")]
        public SummaryOperator Sentences { get; set; } = SummaryOperator.Sum;

        /// <summary>From paragraphs to a text.</summary>
        [Description("How paragraphs' confidences become the text's, and texts' the stream's")]
        [Source("section 3: sum")]
        public SummaryOperator Paragraphs { get; set; } = SummaryOperator.Sum;
    }

    /// <inheritdoc/>
    public Predictor Fit(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(IncrementalTextClassification));
        if (problem.Train.Texts.Count == 0) throw new RequestException($"{problem.Name}: {IncrementalTextClassifier.FormatName} reads words, and no input is text; declare a text column");
        var watch = Stopwatch.StartNew();
        var labels = problem.Labels;
        var labelled = labels.Labelled;
        if (labelled.Length == 0) throw new RequestException($"{problem.Name}: no training row has a label");
        var classifier = new IncrementalTextClassifier(problem.Classes.Count, options);
        for (var i = 0; i < labelled.Length; i++)
        {
            if (i % 4096 == 0) run.Cancellation.ThrowIfCancellationRequested();
            classifier.Learn(IncrementalTextClassifier.Document(problem.Train, labelled[i]), labels.Train[labelled[i]]);
        }
        return new Predictor(problem.Encoding, problem.Classes, classifier, new TrainingSummary([], 0, 0, watch.Elapsed.TotalSeconds));
    }
}

/// <summary>How the confidences of parts become those of the whole, class by class.</summary>
public enum SummaryOperator
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>The largest.</summary>
    Maximum,
}
