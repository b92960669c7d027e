using TorchSharp;

namespace Preceptor.Tests;

/// <summary>Golden values as tensors, and back.</summary>
public static class GoldenTensors
{
    public static torch.Tensor Of(GoldenValue array) => torch.tensor(array.Floats, array.Shape);

    public static torch.Tensor OneHot(int[] labels, long classes) => torch.nn.functional.one_hot(torch.tensor(labels.Select(l => (long)l).ToArray()), classes).to(torch.float32);

    public static float[] Numbers(torch.Tensor tensor) => tensor.contiguous().data<float>().ToArray();
}
