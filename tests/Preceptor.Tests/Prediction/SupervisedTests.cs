using Preceptor.Prediction.Plain;
using TorchSharp;

namespace Preceptor.Tests.Prediction;

public sealed class SupervisedTests
{
    [Fact]
    public void Smoothing_spreads_a_share_of_each_label_and_leaves_rows_without_one()
    {
        using var labels = torch.tensor(new float[,] { { 1, 0, 0, 0 }, { 0, 0, 0, 0 } });
        using var smoothed = Supervised.Smooth(labels, 0.1);
        var expected = new[] { 0.925f, 0.025f, 0.025f, 0.025f, 0, 0, 0, 0 };
        Assert.All(smoothed.data<float>().Zip(expected), p => Assert.Equal(p.Second, p.First, 1e-6f));
    }

    [Fact]
    public void Without_smoothing_it_is_the_baseline_bit_for_bit_and_with_it_something_else()
    {
        float[] Train(string smoothing)
        {
            using var run = Problems.Memory();
            using var model = Problems.Create("supervised", ("smoothing", smoothing)).Fit(Problems.Digits().Problem, run);
            return Problems.Weights(model);
        }
        float[] baseline;
        using (var run = Problems.Memory())
        using (var model = new Supervised(new()).Fit(Problems.Digits().Problem, run)) baseline = Problems.Weights(model);
        Assert.Equal(baseline, Train("0"));
        Assert.NotEqual(baseline, Train("0.1"));
    }
}
