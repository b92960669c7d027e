using System.Globalization;

namespace Preceptor.Supervision;

/// <summary>What each of several annotators answered, right or wrong: the raw material of crowd aggregation.</summary>
/// <param name="Annotators">Their names, S.</param>
/// <param name="Train">Class indices of the training rows [N, S]; −1 where an annotator did not answer.</param>
public sealed record AnnotatorLabels(IReadOnlyList<string> Annotators, int[,] Train) : WeakVotes(Annotators, Train)
{
    /// <summary>The annotators in a sentence: how often they answer and how far they agree.</summary>
    public string Summary
    {
        get
        {
            var (answers, pairs, agreeing) = Count();
            return string.Create(CultureInfo.InvariantCulture, $"{Annotators.Count} annotators ({Named}) gave {answers:#,0} answers, {(double)answers / Math.Max(1, Train.GetLength(0)):0.0} a training row; {Agreement(pairs, agreeing)}");
        }
    }
}
