using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Preceptor.Foundation;

namespace Preceptor.Supervision;

/// <summary>When an answer counts as right.</summary>
public enum CheckRule
{
    /// <summary>Nothing checks answers.</summary>
    None,

    /// <summary>The answer is the response wanted, but for blanks around it.</summary>
    Exact,

    /// <summary>The last number in the answer is the last number in the response wanted.</summary>
    Number,
}

/// <summary>A check that says of any answer whether its outcome is right: a reward where no one says how to get there.</summary>
/// <param name="Rule">When an answer counts as right.</param>
/// <param name="Wanted">The right outcome of each training row; the check knows it, whatever the responses to learn from say.</param>
public sealed partial record OutcomeCheck(CheckRule Rule, IReadOnlyList<string> Wanted) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint => $"{Options.Key(Rule.ToString())}-{Contents.Hash(Encoding.UTF8.GetBytes(string.Join('\0', Wanted)))}";

    /// <summary>1 for a right answer to a training row, 0 for a wrong one or one that cannot be read.</summary>
    /// <param name="row">The training row.</param>
    /// <param name="answer">The answer.</param>
    public double Reward(int row, string answer) => Reward(Wanted[row], answer);

    /// <summary>1 for a right answer, 0 for a wrong one or one that cannot be read.</summary>
    /// <param name="wanted">The response wanted.</param>
    /// <param name="answer">The answer.</param>
    public double Reward(string wanted, string answer)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(answer);
        return AnswerOf(wanted) is { } right && AnswerOf(answer) == right ? 1 : 0;
    }

    /// <summary>What is compared of a text, spelled in one way; null where it cannot be read.</summary>
    /// <param name="text">An answer, or the response wanted.</param>
    public string? AnswerOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Rule switch
        {
            CheckRule.Exact => text.Trim(),
            CheckRule.Number => Last(text)?.ToString("0.############################", CultureInfo.InvariantCulture),
            _ => throw new InvalidOperationException("there is nothing that checks answers"),
        };
    }

    // Thousands may be separated by commas, as people write them.
    private static decimal? Last(string text) =>
        Numbers().Matches(text) is [.., var last] && decimal.TryParse(last.Value.Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Numbers();
}
