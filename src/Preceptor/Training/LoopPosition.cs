using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;

namespace Preceptor.Training;

/// <summary>Where the training loop is, what it has seen, and the best weights so far; kept in checkpoints.</summary>
internal sealed class LoopPosition : IKept
{
    private readonly List<EpochRecord> epochs = [];
    private double lossSum;
    private long lossCount;
    private int bestEpoch;
    private double bestAccuracy = double.NegativeInfinity;
    private State? best;

    /// <summary>The running epoch, from 1.</summary>
    public int Epoch { get; private set; } = 1;

    /// <summary>Batches of the running epoch that are done.</summary>
    public int Batch { get; private set; }

    /// <summary>Steps done in all.</summary>
    public long Step { get; private set; }

    public bool Stopped { get; private set; }

    public int LastCount { get; private set; }

    public double MeanLoss => lossCount == 0 ? 0 : lossSum / lossCount;

    public double? LastAccuracy => epochs.Count == 0 || LastMetric is null ? null : epochs[^1].ValidationAccuracy;

    /// <summary>What that is; null before the first validation of this process.</summary>
    public string? LastMetric { get; private set; }

    public void Advance(double loss, int count)
    {
        lossSum += loss * count;
        lossCount += LastCount = count;
        Batch++;
        Step++;
    }

    public EpochRecord EndEpoch(ValidationScores? scores, torch.nn.Module network, MovingAverage? average, int patience)
    {
        LastMetric = scores?.Metric;
        var record = new EpochRecord(Epoch, MeanLoss, scores?.Accuracy, scores?.Loss);
        epochs.Add(record);
        if (scores is null) bestEpoch = Epoch;
        else if (scores.Value.Accuracy > bestAccuracy)
        {
            bestAccuracy = scores.Value.Accuracy;
            bestEpoch = Epoch;
            if (patience > 0)
            {
                best = new State();
                average.While(network, () =>
                {
                    new KeptModule(network).Save(best);
                    return true;
                });
            }
        }
        Stopped = patience > 0 && scores is not null && Epoch - bestEpoch >= patience;
        (lossSum, lossCount, Batch) = (0, 0, 0);
        Epoch++;
        return record;
    }

    public void RestoreBest(torch.nn.Module network)
    {
        if (best is not null) new KeptModule(network).Restore(best);
    }

    public TrainingSummary ToSummary(bool returnsBest, double seconds) => new(epochs, bestEpoch, returnsBest ? bestEpoch : epochs.Count, seconds);

    public void Save(State state)
    {
        state.Add("loop", new Saved(Epoch, Batch, Step, Stopped, BitConverter.DoubleToInt64Bits(lossSum), lossCount, bestEpoch, epochs, best is not null));
        best?.CopyTo(state.Within("best"));
    }

    public void Restore(State state)
    {
        var saved = state.Read<Saved>("loop");
        (Epoch, Batch, Step, Stopped) = (saved.Epoch, saved.Batch, saved.Step, saved.Stopped);
        (lossSum, lossCount, bestEpoch) = (BitConverter.Int64BitsToDouble(saved.LossSum), saved.LossCount, saved.BestEpoch);
        epochs.AddRange(saved.Epochs);
        if (bestEpoch > 0 && epochs[bestEpoch - 1].ValidationAccuracy is { } accuracy) bestAccuracy = accuracy;
        if (!saved.HasBest) return;
        best = new State();
        state.Within("best").CopyTo(best);
    }

    // The sum's bits rather than its decimals: resuming must not round.
    private sealed record Saved(int Epoch, int Batch, long Step, bool Stopped, long LossSum, long LossCount, int BestEpoch, IReadOnlyList<EpochRecord> Epochs, bool HasBest);
}
