namespace Preceptor.Foundation;

/// <summary>How far a stage's training is.</summary>
/// <param name="Stage">The stage's path, such as <c>method/teacher</c>.</param>
/// <param name="Epoch">The running epoch, counted from 1.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Fraction">Share of all steps that are done, in [0, 1].</param>
/// <param name="Loss">Mean loss of the epoch so far.</param>
/// <param name="Validation">The last validation score, more being better, or null.</param>
/// <param name="ItemsPerSecond">Training examples a second since this process began the stage.</param>
/// <param name="Left">Estimated time left in this stage.</param>
public sealed record TrainingProgress(string Stage, int Epoch, int Epochs, double Fraction, double Loss, double? Validation, double ItemsPerSecond, TimeSpan Left)
{
    /// <summary>What <see cref="Validation"/> is: accuracy, or the name of another score; of an error its negative, named negative-….</summary>
    public string Metric { get; init; } = "accuracy";
}
