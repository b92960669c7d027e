using System.Globalization;
using System.Text.RegularExpressions;
using Preceptor.Foundation;

namespace Preceptor.Cli;

/// <summary>Times as people write them: 90s, 30m, 2h.</summary>
internal static partial class Durations
{
    /// <summary>Reads a time.</summary>
    /// <param name="option">The option that has it, for the message.</param>
    /// <param name="text">The time.</param>
    public static TimeSpan Parse(string option, string text)
    {
        var match = Pattern().Match(text);
        var number = match.Success ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        var seconds = number * (match.Groups[2].Value switch { "h" => 3600, "m" => 60, _ => 1 });
        return seconds is > 0 and < 1e9 ? TimeSpan.FromSeconds(seconds) : throw new RequestException($"{option} {text}: expected a time such as 90s, 30m or 2h");
    }

    [GeneratedRegex(@"^(\d+(?:\.\d+)?)([smh])$")]
    private static partial Regex Pattern();
}
