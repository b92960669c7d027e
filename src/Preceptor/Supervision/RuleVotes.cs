using System.Globalization;

namespace Preceptor.Supervision;

/// <summary>What each of several rules says of each row: its class where it matches, nothing elsewhere.</summary>
/// <param name="Rules">Their names, S.</param>
/// <param name="Train">Class indices of the training rows [N, S]; −1 where a rule does not match.</param>
public sealed record RuleVotes(IReadOnlyList<string> Rules, int[,] Train) : WeakVotes(Rules, Train)
{
    /// <summary>The rules in a sentence: how many rows they reach and how far they agree.</summary>
    public string Summary
    {
        get
        {
            var (answers, pairs, agreeing) = Count();
            var (rows, reached) = (Train.GetLength(0), 0);
            for (var row = 0; row < rows; row++)
                for (var rule = 0; rule < Rules.Count; rule++)
                {
                    if (Train[row, rule] < 0) continue;
                    reached++;
                    break;
                }
            string[] idle = [.. Rules.Where((_, rule) => Enumerable.Range(0, rows).All(row => Train[row, rule] < 0))];
            return string.Create(CultureInfo.InvariantCulture,
                $"{Rules.Count} rules ({Named}) match {reached:#,0} of {rows:#,0} training rows, {answers:#,0} times; {Agreement(pairs, agreeing)}{(idle.Length == 0 ? "" : $"; {string.Join(", ", idle)} match{(idle.Length == 1 ? "es" : "")} none")}");
        }
    }
}
