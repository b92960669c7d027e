using Preceptor.Catalogue;
using Preceptor.Catalogue.Experiments;

namespace Preceptor.Tests.Catalogue.Experiments;

/// <summary>Experiments that are fixed and not yet run are as well formed as those in the catalogue.</summary>
public sealed class MeasureExperimentsTests
{
    public static TheoryData<string> Slugs => [.. Ready.Select(e => e.Slug)];

    private static Experiment[] Ready =>
    [
        ReliabilityExperiment.Create(), InductiveBiasComplexityExperiment.Create(), EasyToHardGeneralizationExperiment.Create(),
        ConfidenceSmoothingExperiment.OfSmoothing(), ConfidenceSmoothingExperiment.OfCurriculum(),
    ];

    [Theory, MemberData(nameof(Slugs))]
    public void Every_arm_is_a_complete_specification_and_every_claim_is_guarded(string slug)
    {
        var experiment = Ready.Single(e => e.Slug == slug);
        Assert.Contains(MethodCatalogue.All, m => m.Slug == slug);
        foreach (var arm in experiment.Arms(Tier.All))
            foreach (var setting in arm.Conditions.Grid) Assert.Equal(arm.Method, arm.Specify(setting, 0).Fit.Info.Slug);
        Assert.All(experiment.Claims, claim =>
        {
            Assert.NotEmpty(claim.Controls);
            Assert.True(claim.SmallestEffect > 0);
            Assert.Equal(claim.Method.Conditions, claim.Reference.Conditions);
        });
        var full = experiment.Of(Tier.Full);
        Assert.InRange(full.DistinctBy(c => (c.Method.Name, c.Reference.Name)).Count(), 1, 3);
        Assert.Contains(full, c => c.Method.Specify(c.Method.Conditions.Grid[0], 0).BuiltIn is not null);
        Assert.Contains(full, c => c.Method.Specify(c.Method.Conditions.Grid[0], 0).BuiltIn is null);
    }
}
