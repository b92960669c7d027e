namespace Preceptor.Models;

/// <summary>One epoch of a training.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Loss">Mean training loss a row.</param>
/// <param name="ValidationAccuracy">Accuracy on the validation rows, micro F1 of label sets, R² of numbers; null without any.</param>
/// <param name="ValidationLoss">Negative log-likelihood on the validation rows, a label where a row may have many; squared error in standard units of numbers; null without any.</param>
public sealed record EpochRecord(int Epoch, double Loss, double? ValidationAccuracy, double? ValidationLoss);

/// <summary>The course of a training.</summary>
/// <param name="Epochs">Its epochs in order.</param>
/// <param name="BestEpoch">The epoch of the highest validation accuracy, the first of equals; the last epoch without validation rows.</param>
/// <param name="ReturnedEpoch">The epoch whose weights the model has.</param>
/// <param name="Seconds">Time it took, all processes together.</param>
public sealed record TrainingSummary(IReadOnlyList<EpochRecord> Epochs, int BestEpoch, int ReturnedEpoch, double Seconds)
{
    /// <summary>Seconds of those in which it waited for its next batch to be gathered and changed.</summary>
    public double WaitingSeconds { get; init; }

    /// <summary>This training and one that continued from its weights, as one course; the epochs are counted on.</summary>
    public TrainingSummary Then(TrainingSummary next) => new(
        [.. Epochs, .. next.Epochs.Select(e => e with { Epoch = e.Epoch + Epochs.Count })],
        next.BestEpoch + Epochs.Count, next.ReturnedEpoch + Epochs.Count, Seconds + next.Seconds)
    { WaitingSeconds = WaitingSeconds + next.WaitingSeconds };
}
