using Preceptor.Catalogue;
using Preceptor.Catalogue.Experiments;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Tests.Catalogue;

public sealed class AdviceTests
{
    private static Advice For(string set, params EvidenceFile[] evidence)
    {
        Preceptor.Baselines.PlainBaselines.Register();
        var specification = Specification.From(new MapSetting("test", "", [new("problem", new ScalarSetting("test", "problem", "tickets"))]), ["problem.size=tiny", set]);
        return Advice.Of(ProblemKinds.Prediction, PredictionRunner.Prepare(specification with { Methods = [] }, 0, (_, _, _, _) => throw new InvalidOperationException()), evidence);
    }

    private static EvidenceFile Measured(string slug, Verdict verdict) => new(slug, Tier.Full,
        new([new("better", "there", "digits: x", "digits: y", "accuracy", 0.01, 5, 0.95, 0.9, 0.8, new(0.1, 0.05, 0.15), [], verdict)], "nll", []),
        new("another", new Dictionary<string, int>(), new Dictionary<string, string>(), "", "", "", "", "", 0));

    [Fact]
    public void Supervision_is_counted_and_teachers_are_compared_with_the_labels()
    {
        var offered = For("problem.labelled=0.5").Offered;
        Assert.Matches(@"^labels: \d+ of 45 training rows have one, in 9 classes of", offered[0]);
        Assert.Matches(@"^teacher-logits: weak agrees with \d+\.\d % of the labels$", offered[1]);
        Assert.Equal("no trusted labels: validation rows are as noisy as training rows", offered[2]);
    }

    [Fact]
    public void A_method_says_which_supervision_it_would_use()
    {
        string Why(string teacher) => For($"problem.teacher={teacher}").Methods.Single(m => m.Method.Slug == "knowledge-distillation").Why;
        Assert.Equal("learns from labels and teacher-logits, which the problem offers", Why("weak"));
        Assert.Equal("learns from labels, which the problem offers", Why("none"));
    }

    [Fact]
    public void A_league_is_no_methods_evidence()
    {
        var (without, with) = (For("problem.noise=0.2"), For("problem.noise=0.2", Experiments.Leagues.Example()));
        Assert.Equal(without.Methods.Select(m => m.Method.Slug), with.Methods.Select(m => m.Method.Slug));
        Assert.All(with.Methods, m => Assert.Empty(m.Evidence));
    }

    [Fact]
    public void Better_evidence_comes_first_and_plain_methods_after_those_that_fit()
    {
        string[] Order(params EvidenceFile[] evidence) => [.. For("problem.noise=0.2", evidence).Methods.Where(m => m.Method.Slug is "ps-kd" or "knowledge-distillation" or "supervised").Select(m => m.Method.Slug)];
        Assert.Equal(["ps-kd", "knowledge-distillation", "supervised"], Order(Measured("ps-kd", Verdict.Reproduced), Measured("knowledge-distillation", Verdict.Inconclusive)));
        Assert.Equal(["knowledge-distillation", "ps-kd", "supervised"], Order(Measured("ps-kd", Verdict.NotReproduced)));
        Assert.Equal("the experiment was changed", For("problem.noise=0.2", Measured("ps-kd", Verdict.Reproduced)).Methods.Single(m => m.Method.Slug == "ps-kd").Stale);
    }
}
