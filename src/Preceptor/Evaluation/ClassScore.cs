namespace Preceptor.Evaluation;

/// <summary>How well one class is recognised.</summary>
/// <param name="Class">The class, counted from 0.</param>
/// <param name="Support">How many items truly belong to it.</param>
/// <param name="Predicted">How many items were predicted to belong to it.</param>
/// <param name="Right">How many of them do.</param>
public sealed record ClassScore(int Class, int Support, int Predicted, int Right)
{
    /// <summary>Right / Predicted; null if the class was never predicted.</summary>
    public double? Precision => Predicted == 0 ? null : (double)Right / Predicted;

    /// <summary>Right / Support; null if no item belongs to the class.</summary>
    public double? Recall => Support == 0 ? null : (double)Right / Support;

    /// <summary>2 · Right / (Support + Predicted), the harmonic mean of precision and recall; null if the class neither occurs nor is predicted.</summary>
    public double? F1 => Support + Predicted == 0 ? null : 2.0 * Right / (Support + Predicted);
}
