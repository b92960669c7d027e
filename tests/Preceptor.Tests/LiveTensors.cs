using TorchSharp;

namespace Preceptor.Tests;

/// <summary>Counts the process's live tensors, from where what earlier tests left to finalizers is gone: otherwise it would go while a test counts.</summary>
internal static class LiveTensors
{
    /// <summary>The count, once finalizers have run.</summary>
    public static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }

    /// <summary>An empty list for counts of the steps to come.</summary>
    public static List<long> Count()
    {
        Settled();
        return [];
    }
}
