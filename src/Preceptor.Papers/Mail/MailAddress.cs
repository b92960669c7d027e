using MimeKit;
using Preceptor.Foundation;

namespace Preceptor.Papers;

/// <summary>Addresses of mail, checked before they get into a header.</summary>
internal static class MailAddress
{
    private const int Longest = 254;

    /// <summary>Reads one address.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="name">Where it was given.</param>
    /// <exception cref="RequestException">It is not exactly one address; line breaks above all would begin a header of their own.</exception>
    public static MailboxAddress Parse(string text, string name)
    {
        if (text.Any(char.IsControl)) throw new RequestException($"{name}: an address of mail has no line break or control character; found {System.Text.Json.JsonSerializer.Serialize(text)}");
        if (text.Length > Longest || !MailboxAddress.TryParse(text, out var address) || address.Address.Length < 3 || !address.Address[1..^1].Contains('@', StringComparison.Ordinal))
            throw new RequestException($"{name}: '{(text.Length > 60 ? text[..60] + "…" : text)}' is not one address of mail, such as ada@example.org");
        return address;
    }
}
