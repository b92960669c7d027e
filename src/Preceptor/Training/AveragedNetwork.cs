using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;

namespace Preceptor.Training;

/// <summary>Lends a moving average's weights to its network.</summary>
internal static class AveragedNetwork
{
    /// <summary>Calls a function while the network has the average's weights, then gives it its own back, bit for bit. Without an average, just calls it.</summary>
    public static T While<T>(this MovingAverage? average, torch.nn.Module network, Func<T> function)
    {
        if (average is null) return function();
        var own = new State();
        new KeptModule(network).Save(own);
        average.CopyTo(network);
        try
        {
            return function();
        }
        finally
        {
            new KeptModule(network).Restore(own);
        }
    }
}
