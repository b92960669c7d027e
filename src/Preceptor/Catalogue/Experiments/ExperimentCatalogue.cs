using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>All experiments.</summary>
public static class ExperimentCatalogue
{
    /// <summary>All, by slug.</summary>
    public static IReadOnlyList<Experiment> All { get; } =
    [
        AttractionRepulsionExperiment.Create(), ConfidenceSmoothingExperiment.OfCurriculum(), ConfidenceSmoothingExperiment.OfSmoothing(), DataFactorsExperiment.Create(), DocumentToDocumentExperiment.Create(), EarlyDistillationExperiment.Create(), StandardisedDifficultyExperiment.Create(), EasyToHardGeneralizationExperiment.Create(), GroupOrderingExperiment.Create(), HardConstraintExpertsExperiment.Create(), InductiveBiasComplexityExperiment.Create(), IncrementalTextClassificationExperiment.Create(), KnowledgeDistillationExperiment.Create(), LabelBudgetExperiment.Create(), LabelFreeDistillationExperiment.Create(), LanguageStagesExperiment.Create(), LatentPlansExperiment.Create(), LeagueExperiments.NoisyText(), LeagueExperiments.HumanNoise(), MaskedThoughtExperiment.Create(), MultiGranularityExperiment.Create(), NestedDropoutExperiment.Create(), ParetoCalibrationExperiment.Create(), PolicyGradientRankingExperiment.Create(),
        ProgressiveSelfDistillationExperiment.Create(), RankingCurriculumExperiment.Create(), ReliabilityExperiment.Create(), SemiSupervisedContrastExperiment.Create(), TabularJointEmbeddingExperiment.Create(), TemporalStitchingExperiment.Create(), TrilateralDistillationExperiment.Create(), WeakToStrongExperiment.Create(),
    ];

    /// <summary>The metric of a name: one of models' answers, or a number of a measure that some experiment's claim is about.</summary>
    /// <exception cref="RequestException">There is none.</exception>
    public static Metric Metric(string name) => All.SelectMany(e => e.Claims).Select(c => c.Metric).FirstOrDefault(m => m.Name == name) ?? Metrics.Find(name);

    /// <summary>The experiment of a slug, or null.</summary>
    public static Experiment? Find(string slug) => All.FirstOrDefault(e => e.Slug == slug);

    /// <summary>The experiment of a slug.</summary>
    /// <exception cref="RequestException">There is none; the message has the nearest spelling.</exception>
    public static Experiment Require(string slug) => Find(slug) ?? throw new RequestException(
        $"there is no experiment '{slug}'{Spelling.Hint(slug, All.Select(e => e.Slug))}; known: {string.Join(", ", All.Select(e => e.Slug))}");
}
