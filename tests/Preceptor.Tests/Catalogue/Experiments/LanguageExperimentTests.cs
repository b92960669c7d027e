using Preceptor.Catalogue.Experiments;

namespace Preceptor.Tests.Catalogue.Experiments;

/// <summary>Experiments on language that have not been run yet: they are settled, and every arm is a specification.</summary>
public sealed class LanguageExperimentTests
{
    public static TheoryData<string> Slugs => ["mcl-electra", "salt"];

    private static Experiment Of(string slug) => slug switch
    {
        "mcl-electra" => MultiPerspectiveCoursesExperiment.Create(),
        "salt" => EarlyDistillationExperiment.Create(),
        _ => throw new ArgumentException(slug),
    };

    [Theory, MemberData(nameof(Slugs))]
    public void Every_arm_is_a_complete_specification_and_claims_compare_arms_that_are_tuned_alike(string slug)
    {
        var experiment = Of(slug);
        foreach (var arm in experiment.Arms(Tier.All))
            foreach (var setting in arm.Conditions.Grid) Assert.Equal(arm.Method, arm.Specify(setting, 0).Fit.Info.Slug);
        Assert.All(experiment.Claims, c => Assert.True(c.Controls.Count > 0 && c.SmallestEffect > 0 && c.Method.Conditions.Grid.SequenceEqual(c.Reference.Conditions.Grid)));
        var full = experiment.Of(Tier.Full);
        Assert.InRange(full.DistinctBy(c => (c.Method.Name, c.Reference.Name)).Count(), 1, 3);
        foreach (var isBuiltIn in new[] { true, false }) Assert.Contains(full, c => c.Method.Specify(c.Method.Conditions.Grid[0], 0).BuiltIn is not null == isBuiltIn);
    }
}
