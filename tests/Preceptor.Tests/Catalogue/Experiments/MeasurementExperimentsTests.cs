using Preceptor.Catalogue.Experiments;
using Preceptor.Evaluation;

namespace Preceptor.Tests.Catalogue.Experiments;

/// <summary>What <see cref="ExperimentTests"/> ask of experiments that were run already, of those of measures.</summary>
public sealed class MeasurementExperimentsTests
{
    private static Experiment Create(string slug) => slug == "easy2hard-bench" ? StandardisedDifficultyExperiment.Create() : LabelBudgetExperiment.Create();

    [Theory]
    [InlineData("easy2hard-bench")]
    [InlineData("label-budget")]
    public void Every_arm_is_a_complete_specification_and_every_claim_is_guarded(string slug)
    {
        var experiment = Create(slug);
        Assert.Equal(slug, experiment.Slug);
        foreach (var arm in experiment.Arms(Tier.All))
        {
            Assert.InRange(arm.Conditions.Grid.Count, 1, 4);
            foreach (var setting in arm.Conditions.Grid) Assert.Equal(slug, arm.Specify(setting, 0).Fit.Info.Slug);
        }
        foreach (var claim in experiment.Claims)
        {
            Assert.NotEmpty(claim.Controls);
            Assert.Equal(claim.Method.Conditions.Settings, claim.Reference.Conditions.Settings);
        }
        var full = experiment.Of(Tier.Full);
        Assert.InRange(full.DistinctBy(c => (c.Method.Name, c.Reference.Name)).Count(), 1, 3);
        Assert.Contains(full, c => c.Method.Specify(c.Method.Conditions.Grid[0], 0).BuiltIn is not null);
        Assert.Contains(full, c => c.Method.Specify(c.Method.Conditions.Grid[0], 0).BuiltIn is null);
    }

    [Fact]
    public void A_claim_about_a_measure_is_judged_by_its_numbers_over_seeds()
    {
        var metric = MeasuredScores.Metric("spearman", "", Better.Higher, -1, 1);
        var quiz = new Conditions("quiz", ["problem.name=quiz", "problem.solvers=40", "problem.items=60", "problem.attempts=matched"], [""]);
        Arm Rated(string system) => new(quiz, "easy2hard-bench", $"method.system={system}");
        var nothing = new NullControl("the same", Rated("irt"), Rated("irt"));
        var experiment = new Experiment("easy2hard-bench", metric, [new Claim("better", Rated("irt"), Rated("percent-correct"), metric, 0.05, "", nothing)]);
        var values = new Reproduction(experiment, Tier.Full, jobs => [.. jobs.Select(job =>
        {
            using var run = new Preceptor.Foundation.Run(new() { Seed = job.Arm.RunSeed(job.Seed) });
            return job.Answer((_, _, _, _) => throw new InvalidOperationException("there is no file to read"), run);
        })]).Run();
        Assert.Equal(Verdict.Reproduced, values.Claims.Single().Verdict);
        Assert.True(values.Claims.Single().MethodMean > values.Claims.Single().ReferenceMean + 0.05);
        Assert.All(values.Arms, a => Assert.True(a.Scores["spearman"].Distinct().Count() > 1));
    }
}
