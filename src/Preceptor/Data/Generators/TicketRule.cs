using System.Text.RegularExpressions;

namespace Preceptor.Data.Generators;

/// <summary>A rule that gives a class to tickets whose text matches a regular expression.</summary>
/// <param name="Name">The rule's name.</param>
/// <param name="Column">The column to look at: "subject", "body" or, for either of them, "text".</param>
/// <param name="Pattern">A .NET regular expression; letter case does not count.</param>
/// <param name="Class">The class it votes for.</param>
public sealed record TicketRule(string Name, string Column, string Pattern, string Class)
{
    private readonly Regex regex = new(Pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>Whether a ticket matches.</summary>
    /// <param name="subject">Its subject.</param>
    /// <param name="body">Its body.</param>
    public bool Matches(ReadOnlySpan<char> subject, ReadOnlySpan<char> body) =>
        (Column is "subject" or "text" && regex.IsMatch(subject)) || (Column is "body" or "text" && regex.IsMatch(body));
}
