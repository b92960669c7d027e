using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Supervision;

namespace Preceptor.Prediction.WeakSupervision;

/// <summary>
/// Corrects a black box's answers where they are risky: a network that agrees with all sources at once (<c>pareto-calibration</c>) gives each answer a POLAR
/// score ζ, and answers above a threshold are replaced by what that network says, or dropped. The others become the labels as they are. To ask the
/// chat model again about risky rows instead, with what the rules say, is <c>preceptor label --again</c>.
/// </summary>
/// <remarks>
/// Zhao, Wei et al. (2023), sections 3 and 4: ζ = 1 − h(x)[Λ₀(x)]; answers with ζ &gt; δ are corrected. Λ₀ is the offered teacher, or the labels where there is
/// none. Rows that it does not answer have no score and no label. With the threshold 1 no answer is touched.
/// </remarks>
[Method("pareto-relabel", "Correction by Pareto-optimal self-supervision", Paper = 34,
    Summary = "Replaces those labels, or a teacher's answers, that a network which agrees with all sources finds risky.",
    Citation = "Zhao, Wei, Preston, Poon: Pareto Optimal Learning for Estimating Large Language Model Errors (2023)")]
[Version(1)]
public sealed class ParetoRelabel(ParetoRelabel.Options options) : IImprove<PredictionProblem>, IGives<Labels>, INeeds<TeacherLogits, RuleVotes>, INeeds<Labels, RuleVotes>, INeeds<Labels, TeacherLogits>
{
    /// <summary>What becomes of a risky answer.</summary>
    public enum Correction
    {
        /// <summary>The network's likeliest class takes its place.</summary>
        Network,

        /// <summary>The row has no label.</summary>
        Blank,
    }

    /// <summary>The options of the correction.</summary>
    public sealed record Options : HarmoniserOptions
    {
        /// <summary>δ.</summary>
        [Description("Answers whose POLAR score exceeds δ are corrected; 1 corrects none")]
        [Range(0, 1), Source("section 4: 0.5")]
        public double Threshold { get; set; } = 0.5;

        /// <summary>What becomes of a risky answer.</summary>
        [Description("What becomes of a risky answer: the network's class takes its place, or the row has no label (blank)")]
        public Correction Correct { get; set; }

        /// <summary>The examined teacher.</summary>
        [Description("Whose answers are examined: an offered teacher; left out: the only one, or the labels where there is none")]
        public string? Teacher { get; set; }
    }

    /// <inheritdoc/>
    public PredictionProblem Improve(PredictionProblem problem, Run run) =>
        run.Stage("pareto-relabel", problem.Describe(Foundation.Options.Resolve(options)), () =>
        {
            run.Uses(typeof(ParetoRelabel));
            var teacher = Distillation.TeacherRows.Offered(problem, options.Teacher);
            var answers = teacher is null ? problem.Labels.Train : VoteMatrix.HardAnswers(teacher, problem.Classes);
            var sources = options.Sources;
            if (sources.Length == 0 && teacher is null) sources = [.. problem.Find<AnnotatorLabels>() is null ? [] : new[] { VoteSource.Annotators }, .. problem.Find<RuleVotes>() is null ? [] : new[] { VoteSource.Rules }, VoteSource.Labels];
            var votes = VoteMatrix.Of(problem, sources, "pareto-relabel");
            // One network for all thresholds and corrections.
            var ofNetwork = Foundation.Options.Resolve(options);
            foreach (var key in new[] { "threshold", "correct" }) ofNetwork.Remove(key);
            var harmonised = run.Stage("harmoniser", problem.Describe(ofNetwork), () => Harmoniser.Fit(problem, run, options, votes));
            double[] probabilities;
            using (harmonised) probabilities = Harmoniser.Probabilities(harmonised, problem);
            var scores = PolarScores.Of(probabilities, answers, problem.Classes.Count);
            var labels = (int[])answers.Clone();
            var doubts = new float[labels.Length];
            foreach (var score in scores.Ranked)
            {
                doubts[score.Row] = (float)score.Value;
                if (score.Value > options.Threshold) labels[score.Row] = options.Correct == Correction.Blank ? -1 : LabelModel.Likeliest(probabilities.AsSpan(score.Row * problem.Classes.Count, problem.Classes.Count));
            }
            return new CombinedLabels
            {
                Labels = labels,
                Probabilities = [.. probabilities.Select(p => (float)p)],
                Replaced = problem.Labels.Train,
                Classes = problem.Classes,
                Sources = LabelModel.Qualities(votes, probabilities),
                Doubts = doubts,
            };
        }).Apply(problem, soft: false);
}
