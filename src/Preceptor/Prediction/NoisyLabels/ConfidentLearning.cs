using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Preceptor.Foundation;
using Preceptor.Prediction.Plain;
using Preceptor.Supervision;
using Preceptor.Supervision.Trust;

namespace Preceptor.Prediction.NoisyLabels;

/// <summary>Who gives confident learning its out-of-fold probabilities.</summary>
public enum OutOfFoldJudge
{
    /// <summary>The quick one where there is text, else the network.</summary>
    Auto,

    /// <summary>The problem's network, trained once a fold as the baseline is.</summary>
    Network,

    /// <summary>Logistic regressions on hashed words, numbers and small images.</summary>
    Quick,
}

/// <summary>
/// Confident learning (Northcutt, Jiang and Chuang 2021, JAIR 70): estimates from out-of-fold probabilities how given and true labels go together (eq. 1 to 3),
/// and takes the labels away from the rows that are probably wrong, before whatever trains next; rows stay as unlabelled ones. What it changed is left in the
/// run's folder as <c>confident-learning.csv</c>. At <c>share: 0</c> it changes nothing.
/// </summary>
[Method("confident-learning", "Confident learning", Summary = "Finds probably wrong labels by cross-validation and takes them away before training: write it before the method that trains.", Citation = "Northcutt, Jiang & Chuang 2021")]
[Distributed]
[Version(1)]
public sealed class ConfidentLearning(ConfidentLearning.Options options) : IImprove<PredictionProblem>, INeeds<Labels>
{
    /// <summary>The file that says what was changed.</summary>
    public const string FileName = "confident-learning.csv";

    /// <summary>The options of confident learning.</summary>
    public sealed record Options
    {
        /// <summary>Which rows.</summary>
        [Description("Which rows are found: class, the least self-confident of each class; noise-rate, those that most prefer another class, pair by pair; both, what both find")]
        [Source("section 3.2, methods 3 to 5")]
        public PruneBy Prune { get; set; } = PruneBy.Both;

        /// <summary>The share of the found rows.</summary>
        [Description("Share of the estimated number of wrong labels that is acted on, the surest first; 0 leaves all as they are")]
        [Range(0, 1), Source("1 throughout")]
        [Tried("0.5")]
        public double Share { get; set; } = 1;

        /// <summary>Whether rows get another label rather than none.</summary>
        [Description("Give the rows found their most probable other class instead of taking the label away")]
        public bool Relabel { get; set; }

        /// <summary>Folds.</summary>
        [Description("Folds of the cross-validation; groups stay together")]
        [Range(2, 50), Source("section 4: 4 on CIFAR-10; 5 as in the released code")]
        public int Folds { get; set; } = 5;

        /// <summary>Who judges.</summary>
        [Description("Whose probabilities: network, the problem's own, trained once a fold; quick, logistic regression on hashed words and numbers; auto, quick where there is text")]
        public OutOfFoldJudge Judge { get; set; }
    }

    /// <inheritdoc/>
    public PredictionProblem Improve(PredictionProblem problem, Run run)
    {
        run.Uses(typeof(ConfidentLearning));
        if (options.Share == 0) return problem;
        var (labels, classes) = (problem.Labels, problem.Classes.Count);
        var foldOf = OutOfFold.Divide(problem, options.Folds, run);
        var supervised = new Supervised.Options();
        var probabilities = options.Judge == OutOfFoldJudge.Quick || options.Judge == OutOfFoldJudge.Auto && problem.Train.Shape.Tokens > 0
            ? OutOfFold.Quick(problem, foldOf, run).Probabilities
            : OutOfFold.Probabilities(problem, Foundation.Options.Resolve(supervised), new Supervised(supervised), foldOf, run);
        var joint = ConfidentJoint.Of(probabilities, labels.Train, classes);
        var found = LabelPruning.Find(joint, probabilities, labels.Train, options.Prune, options.Share);
        var bettered = (int[])labels.Train.Clone();
        var file = new StringBuilder("row,given,suggested,confidence,done\n");
        for (var row = 0; row < found.Length; row++)
        {
            if (!found[row]) continue;
            var own = probabilities.AsSpan(row * classes, classes);
            var suggested = LabelPruning.BestOther(own, labels.Train[row]);
            bettered[row] = options.Relabel ? suggested : -1;
            file.Append(CultureInfo.InvariantCulture, $"{row + 1},{Cell(problem.Classes[labels.Train[row]])},{Cell(problem.Classes[suggested])},{own[suggested]:0.####},{(options.Relabel ? "relabelled" : "dropped")}\n");
        }
        run.Leave(FileName, file.ToString());
        return problem.With(new Labels(bettered, labels.Validation));
    }

    private static string Cell(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
