using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Tests.Models;

public sealed class ConvolutionTests
{
    [Theory]
    [InlineData(1, 16, 3, 1)]
    [InlineData(3, 16, 3, 1)]
    [InlineData(16, 16, 3, 2)]
    [InlineData(16, 32, 1, 2)]
    [InlineData(32, 64, 3, 2)]
    [InlineData(64, 64, 3, 1)]
    public void Outputs_and_gradients_equal_double_precision(int inputs, int outputs, int kernel, int stride)
    {
        set_num_threads(1);
        manual_seed(1);
        for (var repeat = 0; repeat < 3; repeat++)
        {
            using var scope = NewDisposeScope();
            using var single = Convolution.Create(inputs, outputs, kernel, stride);
            using var twice = Convolution.Create(inputs, outputs, kernel, stride);
            twice.to(float64);
            using (no_grad()) twice.weight!.copy_(single.weight!);
            var x = randn(16, inputs, 14, 14).requires_grad_();
            var wide = x.detach().to(float64).requires_grad_();
            Tensor output = single.forward(x), wideOutput = twice.forward(wide), direction = randn_like(output);
            (output * direction).sum().backward();
            (wideOutput * direction.to(float64)).sum().backward();
            Close(wideOutput, output);
            Close(wide.grad!, x.grad!);
            Close(twice.weight!.grad!, single.weight!.grad!);
            // What a faulty kernel would read next is no number.
            for (var i = 0; i < 4; i++) full([16 * inputs * 14 * 14], float.NaN);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(24)]
    [InlineData(48)]
    public void Channel_counts_that_the_processor_gets_wrong_are_refused(int channels) =>
        Assert.Throws<RequestException>(() => Convolution.Create(channels, channels, 3));

    private static void Close(Tensor expected, Tensor actual) =>
        Assert.InRange(((actual.to(float64) - expected).norm() / expected.norm()).item<double>(), 0, 1e-5);
}
