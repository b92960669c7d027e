namespace Preceptor.Foundation;

/// <summary>How far a stage's training is.</summary>
/// <param name="Stage">The stage's path, such as <c>method/teacher</c>.</param>
/// <param name="Epoch">The running epoch, counted from 1.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Fraction">Share of all steps that are done, in [0, 1].</param>
/// <param name="Loss">Mean loss of the epoch so far.</param>
/// <param name="Validation">The last validation accuracy, or null.</param>
/// <param name="ItemsPerSecond">Training examples a second since this process began the stage.</param>
/// <param name="Left">Estimated time left in this stage.</param>
public sealed record TrainingProgress(string Stage, int Epoch, int Epochs, double Fraction, double Loss, double? Validation, double ItemsPerSecond, TimeSpan Left);
