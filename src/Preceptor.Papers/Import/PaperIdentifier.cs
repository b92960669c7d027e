using System.Text.RegularExpressions;

namespace Preceptor.Papers;

/// <summary>What the world calls papers.</summary>
internal static partial class PaperIdentifier
{
    /// <summary>An arXiv number in some text, without its version; null if there is none.</summary>
    public static string? Arxiv(string text) => Number().Match(text.Trim()) is { Success: true } match ? $"arxiv:{match.Groups["id"].Value.ToLowerInvariant()}" : null;

    /// <summary>Where the paper of an identifier can be read; empty if unknown.</summary>
    public static string Address(string? identifier) => identifier is null ? ""
        : identifier.StartsWith("arxiv:", StringComparison.Ordinal) ? $"https://arxiv.org/abs/{identifier[6..]}"
        : identifier.StartsWith("doi:", StringComparison.Ordinal) ? PaperFile.WebAddress($"https://doi.org/{identifier[4..]}") : "";

    [GeneratedRegex(@"^(https?://(www\.)?arxiv\.org/(abs|pdf)/|arxiv:)?(?<id>\d{4}\.\d{4,5}|[a-z-]+(\.[a-z]{2})?/\d{7})(v\d+)?(\.pdf)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
