using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Tests.Evaluation;

public sealed class MetricsTests
{
    [Fact]
    public void Every_metric_is_found_by_its_name()
    {
        Assert.Equal(["accuracy", "macro-f1", "nll", "brier", "ece", "aurc", "excess-aurc"], Metrics.All.Select(m => m.Name));
        foreach (var metric in Metrics.All) Assert.Same(metric, Metrics.Find(metric.Name));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_names_there_are()
    {
        var message = Assert.Throws<RequestException>(() => Metrics.Find("acuracy")).Message;
        Assert.Contains("'acuracy'", message, StringComparison.Ordinal);
        foreach (var metric in Metrics.All) Assert.Contains(metric.Name, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_positive_difference_means_that_the_method_is_better()
    {
        Assert.Equal(0.25, Metrics.Accuracy.Advantage(0.75, 0.5));
        Assert.Equal(0.25, Metrics.NegativeLogLikelihood.Advantage(0.5, 0.75));
        Assert.Equal([Better.Higher, Better.Higher, Better.Lower, Better.Lower, Better.Lower, Better.Lower, Better.Lower], Metrics.All.Select(m => m.Better));
    }
}
