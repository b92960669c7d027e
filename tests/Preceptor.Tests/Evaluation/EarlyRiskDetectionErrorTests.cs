using Preceptor.Evaluation;

namespace Preceptor.Tests.Evaluation;

public sealed class EarlyRiskDetectionErrorTests
{
    [Fact]
    public void A_right_alarm_costs_a_half_at_the_deadline_and_ever_more_after()
    {
        Assert.Equal(0.5, EarlyRiskDetectionError.Latency(5, 5), 1e-15);
        Assert.Equal(1 - 1 / (1 + Math.Exp(2 - 5)), EarlyRiskDetectionError.Latency(2, 5), 1e-15);
        Assert.Equal(1, EarlyRiskDetectionError.Latency(100_000, 50));
        Assert.Equal(0, EarlyRiskDetectionError.Latency(1, 100_000));
    }

    [Fact]
    public void The_error_is_the_mean_of_the_four_costs()
    {
        EarlyDecision[] decisions = [new(true, 5, true), new(false, 9, true), new(true, 1, false), new(false, 9, false), new(false, 9, false)];
        // Two of five are positive: a false alarm costs 0.4.
        Assert.Equal((0.5 + 1 + 0.4 + 0 + 0) / 5, EarlyRiskDetectionError.Of(decisions, 5), 1e-15);
        Assert.Equal((0.5 + 1 + 0.1 + 0 + 0) / 5, EarlyRiskDetectionError.Of(decisions, 5, falseAlarm: 0.1), 1e-15);
        Assert.Throws<ArgumentOutOfRangeException>(() => EarlyRiskDetectionError.Of([], 5));
    }
}
