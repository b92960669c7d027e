using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Tests.Evaluation;

public sealed class VerdictsTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0.030, 0.010, 0.050, Verdict.Reproduced)]
    [InlineData(0.020, 0.001, 0.039, Verdict.Reproduced)]
    [InlineData(0.019, 0.001, 0.037, Verdict.SmallerThanClaimed)]
    [InlineData(0.010, 0.005, 0.015, Verdict.SmallerThanClaimed)]
    [InlineData(0.030, 0.000, 0.060, Verdict.Inconclusive)]
    [InlineData(0.005, -0.010, 0.020, Verdict.Inconclusive)]
    [InlineData(0.005, -0.009, 0.019, Verdict.NotReproduced)]
    [InlineData(0.009, 0.000, 0.018, Verdict.NotReproduced)]
    [InlineData(-0.050, -0.060, -0.040, Verdict.NotReproduced)]
    [InlineData(-0.010, -0.060, 0.040, Verdict.Inconclusive)]
    public void Every_case_of_the_rule_has_its_verdict(double mean, double low, double high, Verdict verdict) =>
        Assert.Equal(verdict, Verdicts.Of(new(mean, low, high, []), 0.02));

    [Fact]
    public void The_level_shares_five_percent_among_looks_and_open_claims()
    {
        Assert.Equal(1 - 0.05 / 3, Verdicts.Level(1), 1e-15);
        Assert.Equal(1 - 0.05 / 9, Verdicts.Level(3), 1e-15);
        Assert.Equal([5, 10, 20], Verdicts.Looks);
        Assert.Throws<ArgumentOutOfRangeException>(() => Verdicts.Level(0));
    }

    [Fact]
    public void Looking_stops_at_the_first_verdict_and_after_the_last_look()
    {
        Assert.Equal(5, Verdicts.NextLook(0, Verdict.Inconclusive));
        Assert.Equal(10, Verdicts.NextLook(5, Verdict.Inconclusive));
        Assert.Equal(20, Verdicts.NextLook(10, Verdict.Inconclusive));
        Assert.Null(Verdicts.NextLook(20, Verdict.Inconclusive));
        foreach (var verdict in Enum.GetValues<Verdict>().Except([Verdict.Inconclusive])) Assert.Null(Verdicts.NextLook(5, verdict));
    }

    [Theory]
    [InlineData(0.000, -0.01, 0.01, true)]
    [InlineData(0.009, -0.01, 0.03, true)]
    [InlineData(0.010, -0.01, 0.03, false)]
    [InlineData(0.005, 0.001, 0.009, false)]
    [InlineData(-0.005, -0.009, -0.001, false)]
    public void A_null_control_passes_near_nothing_and_else_confounds_its_claim(double mean, double low, double high, bool passes)
    {
        Assert.Equal(passes, Verdicts.ControlPasses(new(mean, low, high, []), 0.02));
        foreach (var verdict in Enum.GetValues<Verdict>()) Assert.Equal(passes ? verdict : Verdict.Confounded, Verdicts.Guarded(verdict, passes));
    }

    [Fact]
    public void A_smallest_effect_must_be_positive()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Verdicts.Of(new(0, 0, 0, []), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Verdicts.ControlPasses(new(0, 0, 0, []), double.NaN));
    }

    [Fact]
    public void A_reproduced_claim_eases_the_level_of_the_others()
    {
        // Half-widths grow with the level: the second claim is reproduced at h = 1 but not at h = 2.
        var between = (Verdicts.Level(1) + Verdicts.Level(2)) / 2;
        var clear = new JudgedClaim(_ => new(0.05, 0.04, 0.06, []), 0.02);
        var close = new JudgedClaim(level => level > between ? new(0.03, -0.001, 0.061, []) : new(0.03, 0.001, 0.059, []), 0.02);
        Assert.Equal([Verdict.Reproduced, Verdict.Reproduced], Judged([clear, close]));
        Assert.Equal([Verdict.Reproduced, Verdict.Reproduced], Judged([close, clear]));
        Assert.Equal([Verdict.Inconclusive, Verdict.Inconclusive], Judged([close, close]));
        // A confounded claim is not reproduced and stays among the open ones.
        Assert.Equal([Verdict.Confounded, Verdict.Inconclusive], Judged([clear with { ControlPasses = false }, close]));
        Assert.Empty(Verdicts.OfAll([]));
        // Claims that earlier looks decided otherwise than reproduced stay among the open ones as well.
        Assert.Equal([Verdict.Reproduced], Judged([close]));
        Assert.Equal([Verdict.Inconclusive], Judged([close], others: 1));
        Assert.Equal(Verdicts.Level(2), Verdicts.OfAll([close], others: 1)[0].Level);
    }

    private static Verdict[] Judged(IReadOnlyList<JudgedClaim> claims, int others = 0) => [.. Verdicts.OfAll(claims, others).Select(v => v.Verdict)];

    [Fact]
    public void Without_an_effect_fewer_than_five_percent_read_as_reproduced_over_all_looks()
    {
        const int simulations = 10_000;
        var (reproduced, smaller, missed) = Simulate(simulations, effect: 0, smallest: 0.5);
        output.WriteLine($"no effect: reproduced {reproduced:P2}, smaller than claimed {smaller:P2}, not reproduced {missed:P2}");
        // One-sided, the three looks may err 2.5 % together; 0.5 is three standard deviations of the simulation.
        Assert.InRange(reproduced + smaller, 0.005, 0.025 + 0.005);
    }

    [Fact]
    public void An_effect_of_the_size_claimed_is_found()
    {
        var (reproduced, _, missed) = Simulate(2_000, effect: 2, smallest: 1);
        output.WriteLine($"twice the smallest effect: reproduced {reproduced:P1}, not reproduced {missed:P1}");
        Assert.True(reproduced > 0.97 && missed < 0.01);
    }

    /// <summary>Runs claims whose paired differences are normal with deviation 1, look after look, and returns the shares of the verdicts.</summary>
    private static (double Reproduced, double Smaller, double NotReproduced) Simulate(int simulations, double effect, double smallest)
    {
        var random = RandomStream.Of(21, "simulation");
        var verdicts = new int[Enum.GetValues<Verdict>().Length];
        for (var i = 0; i < simulations; i++)
        {
            List<double> differences = [];
            var verdict = Verdict.Inconclusive;
            while (Verdicts.NextLook(differences.Count, verdict) is { } seeds)
            {
                while (differences.Count < seeds) differences.Add(effect + random.NextGaussian());
                verdict = Verdicts.Of(Intervals.OverSeeds(differences, Verdicts.Level(1)), smallest);
            }
            verdicts[(int)verdict]++;
        }
        return (verdicts[(int)Verdict.Reproduced] / (double)simulations, verdicts[(int)Verdict.SmallerThanClaimed] / (double)simulations, verdicts[(int)Verdict.NotReproduced] / (double)simulations);
    }
}
