using Preceptor.Catalogue.Experiments;
using Preceptor.Control;

namespace Preceptor.Tests.Catalogue.Experiments;

/// <summary>Experiments that are written down and not run yet, so that the catalogue does not have them: what is asked of the others holds for them as well.</summary>
public sealed class UnrunExperimentsTests
{
    private static readonly Dictionary<string, Experiment> All = new[]
    {
        FeasibilityGuidedDiffusionExperiment.Create(), LanguageInitialisationExperiment.Create(), MultiPerspectiveCoursesExperiment.Create(),
        MixtureOfDenoisersExperiment.Create(), TreeSearchSupervisionExperiment.Create(),
    }.ToDictionary(e => e.Slug);

    public static TheoryData<string> Slugs => [.. All.Keys];

    [Theory, MemberData(nameof(Slugs))]
    public void Arms_are_complete_and_claims_guarded_and_tuned_alike(string slug)
    {
        var experiment = All[slug];
        Assert.DoesNotContain(ExperimentCatalogue.All, e => e.Slug == slug);
        foreach (var arm in experiment.Arms(Tier.All))
        {
            Assert.InRange(arm.Conditions.Grid.Count, 1, 4);
            foreach (var setting in arm.Conditions.Grid) Assert.Equal(arm.Method.Split('+')[^1], arm.Specify(setting, 0).Fit.Info.Slug);
        }
        Assert.All(experiment.Claims, c => Assert.True(c.Controls.Count > 0 && c.SmallestEffect > 0 && c.Method.Conditions.Grid.Count == c.Reference.Conditions.Grid.Count && c.Method.Conditions.Settings.SequenceEqual(c.Reference.Conditions.Settings)));
        var full = experiment.Of(Tier.Full);
        Assert.InRange(full.DistinctBy(c => (c.Method.Name, c.Reference.Name)).Count(), 1, 3);
        bool IsBuiltIn(Claim claim) => claim.Method.Specify(claim.Method.Conditions.Grid[0], 0).BuiltIn is not null;
        Assert.Contains(full, IsBuiltIn);
        if (full[0].Method.Specify(full[0].Method.Conditions.Grid[0], 0).Kind is not (ControlData.KindName)) Assert.Contains(full, c => !IsBuiltIn(c));
    }
}
