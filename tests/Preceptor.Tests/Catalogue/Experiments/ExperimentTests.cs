using Preceptor.Catalogue;
using Preceptor.Catalogue.Experiments;
using Preceptor.Control;
using Preceptor.Fields;

namespace Preceptor.Tests.Catalogue.Experiments;

/// <summary>What holds for every experiment.</summary>
public sealed class ExperimentTests
{
    public static TheoryData<string> Slugs => [.. ExperimentCatalogue.All.Select(e => e.Slug)];

    public static TheoryData<string> Papers => [.. ExperimentCatalogue.All.Select(e => e.Slug).Where(s => !s.StartsWith("league-", StringComparison.Ordinal))];

    [Fact]
    public void A_league_puts_many_methods_beside_one_reference()
    {
        var leagues = ExperimentCatalogue.All.Where(e => LeagueTable.Is(e.Slug)).ToArray();
        Assert.NotEmpty(leagues);
        foreach (var league in leagues)
        {
            Assert.Equal("supervised", Assert.Single(league.Claims.Select(c => c.Reference).Distinct()).Method);
            Assert.True(league.Claims.Count >= 8);
            Assert.Single(league.Claims.Select(c => c.Method.Conditions.Name).Distinct());
        }
    }

    [Theory, MemberData(nameof(Slugs))]
    public void Every_arm_is_a_complete_specification_in_every_setting(string slug)
    {
        var experiment = ExperimentCatalogue.Require(slug);
        foreach (var arm in experiment.Arms(Tier.All))
        {
            Assert.InRange(arm.Conditions.Grid.Count, 1, 4);
            foreach (var setting in arm.Conditions.Grid) Assert.Equal(arm.Method.Split('+')[^1], arm.Specify(setting, 0).Fit.Info.Slug);
        }
    }

    [Theory, MemberData(nameof(Slugs))]
    public void Every_claim_is_guarded_and_compares_arms_that_are_tuned_alike(string slug)
    {
        foreach (var claim in ExperimentCatalogue.Require(slug).Claims)
        {
            Assert.NotEmpty(claim.Controls);
            Assert.True(claim.SmallestEffect > 0);
            // Methods that share no option are tuned on as many settings of their own.
            Assert.Equal((claim.Method.Conditions.Name, claim.Method.Conditions.Grid.Count), (claim.Reference.Conditions.Name, claim.Reference.Conditions.Grid.Count));
            Assert.Equal(claim.Method.Conditions.Settings, claim.Reference.Conditions.Settings);
            Assert.Null(claim.Method.TunedAs);
            Assert.Null(claim.Reference.TunedAs);
            Assert.False(claim.Method.DrawnAnew || claim.Reference.DrawnAnew);
        }
    }

    [Theory, MemberData(nameof(Papers))]
    public void There_are_at_most_three_contrasts_in_the_tier_full_a_generated_problem_and_real_data(string slug)
    {
        var experiment = ExperimentCatalogue.Require(slug);
        var claims = experiment.Of(Tier.Full);
        if (LeagueTable.Is(slug))
        {
            Assert.Single(claims.Select(c => c.Reference.Name).Distinct());
            return;
        }
        Assert.InRange(claims.DistinctBy(c => (c.Method.Name, c.Reference.Name)).Count(), 1, 3);
        Assert.Contains(claims, c => c.Method.Specify(c.Method.Conditions.Grid[0], 0).BuiltIn is not null);
        // Whether a policy reaches a goal shows by acting, which no log of real episodes lets it do; what an equation's solution is, a finer solver says.
        if (claims[0].Method.Specify(claims[0].Method.Conditions.Grid[0], 0).Kind is not (ControlData.KindName or FieldData.KindName)) Assert.Contains(claims, c => c.Method.Specify(c.Method.Conditions.Grid[0], 0).BuiltIn is null);
        Assert.Contains(MethodCatalogue.All, m => m.Slug == slug);
    }

    [Fact]
    public void Files_are_divided_anew_for_every_seed()
    {
        var arm = ExperimentCatalogue.Require("ps-kd").Arms(Tier.Full).First(a => a.Conditions.Name == "fashion-mnist");
        Assert.NotEqual(new ArmJob(arm, arm.Conditions.Grid[0], 0, false).Key, new ArmJob(arm, arm.Conditions.Grid[0], 1, false).Key);
        Assert.Contains("split-seed: 7", arm.Specify(arm.Conditions.Grid[0], 7).ToYaml(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_fingerprint_changes_with_what_was_fixed()
    {
        var experiment = ExperimentCatalogue.Require("ps-kd");
        Assert.Equal(experiment.Fingerprint(Tier.Full), experiment.Fingerprint(Tier.Full));
        Assert.NotEqual(experiment.Fingerprint(Tier.Full), experiment.Fingerprint(Tier.All));
        var eased = experiment with { Claims = [experiment.Claims[0] with { SmallestEffect = 0.001 }, .. experiment.Claims.Skip(1)] };
        Assert.NotEqual(experiment.Fingerprint(Tier.Full), eased.Fingerprint(Tier.Full));
    }
}
