using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Language;

/// <summary>
/// The training of Zhou, Jiang and Bansal 2023: a number of steps that is the same however many pairs there are, so that more pairs mean fewer repetitions of each, and curricula that keep some pairs for later, so
/// that there is always something that cannot have been memorised. The pairs themselves come from the problem (more primitives, longer commands) or from <c>augzero</c>. With <c>curriculum: none</c> and
/// <c>steps: 0</c> it is next-token training.
/// </summary>
[Method("data-factors", "Training with always novel examples", Paper = 58, Summary = "Lets training pairs enter all through a fixed number of steps, so that there is always something new to generalise to; needs prompts with responses.", Citation = "Zhou, Jiang & Bansal 2023")]
[Distributed]
[Version(1)]
public sealed class DataFactors(DataFactors.Options options) : IFit<LanguageProblem, LanguageModel>, INeeds<Responses>
{
    /// <summary>The options of the training.</summary>
    public sealed record Options
    {
        /// <summary>What enters when.</summary>
        [Description("none; always-novel, pairs enter in a random order; always-novel-primitives, all pairs of a primitive enter together; static, in each pass the pairs as they are first, then the copies that augzero made")]
        [Source("section 4.2"), Tried("none")]
        public CurriculumKind Curriculum { get; set; } = CurriculumKind.AlwaysNovel;

        /// <summary>The share at the beginning.</summary>
        [Description("Share of the pairs, or primitives, at the beginning")]
        [Range(0, 1, MinimumIsExclusive = true), Source("0.2, as in the released scripts")]
        public double Initial { get; set; } = 0.2;

        /// <summary>When all have entered.</summary>
        [Description("Share of the steps after which all have entered")]
        [Range(0, 1, MinimumIsExclusive = true), Source("0.8, as in the released scripts")]
        public double End { get; set; } = 0.8;

        /// <summary>Steps.</summary>
        [Description("Steps in all, whatever the number of pairs; 0: as many as training.epochs makes")]
        [Range(0, 100_000_000), Source("50,000 on SCAN; what training.epochs makes unless told")]
        public int Steps { get; set; }

        /// <summary>Steps between validations.</summary>
        [Description("With steps: how many of them make up an epoch, after which the model is validated; divides steps")]
        [Range(1, 1_000_000), Source("500, as in the released scripts")]
        public int ValidateEvery { get; set; } = 500;
    }

    /// <inheritdoc/>
    public LanguageModel Fit(LanguageProblem problem, Run run)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(run);
        if (options.Curriculum == CurriculumKind.Static && problem.Copies == 0) throw new RequestException("method.curriculum: static is an order of pairs and their copies, and there are no copies: write augzero before it");
        if (options.Steps % options.ValidateEvery != 0) throw new RequestException($"method.validate-every: {options.ValidateEvery} does not divide method.steps {options.Steps}");
        if (options.Steps > 0) problem = problem with { Training = problem.Training with { Epochs = options.Steps / options.ValidateEvery } };
        var curriculum = new TrainingCurriculum(options.Curriculum, options.Initial, options.End, problem.Train, run.Random("curriculum"));
        var (block, perEpoch) = (options.Curriculum == CurriculumKind.Static ? problem.Train.Count / (problem.Copies + 1) : 0, options.Steps > 0 ? options.ValidateEvery : 0);
        return run.Train(problem, LanguageTraining.NextToken, (architecture, start) => new CurriculumBatches(run, problem.Train, problem.Training.Batch, architecture, start, curriculum, block, perEpoch, problem.Training.Epochs));
    }
}
