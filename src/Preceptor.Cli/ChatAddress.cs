using Preceptor.Foundation;

namespace Preceptor.Cli;

/// <summary>What is asked of the address of a chat model and of the name of its key's variable, wherever they are written. What may be a key is in no message.</summary>
internal static class ChatAddress
{
    /// <summary>The address.</summary>
    /// <param name="written">As it was written.</param>
    /// <param name="wrong">Says where it was written.</param>
    /// <param name="name">How the variable of the key is named there.</param>
    public static Uri Read(string? written, Func<string, RequestException> wrong, string name)
    {
        var address = Uri.TryCreate(written, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : throw wrong($"'{written}' is no address such as http://localhost:8080/v1");
        return address.UserInfo.Length == 0 ? address : throw wrong($"holds a user or a password; keys belong into an environment variable that {name} names");
    }

    /// <summary>The name of the key's variable; null for none.</summary>
    /// <param name="written">As it was written.</param>
    /// <param name="wrong">Says where it was written.</param>
    public static string? KeyVariable(string? written, Func<string, RequestException> wrong) =>
        written is null || written.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? written : throw wrong("is no name of an environment variable; write the name of the one that holds the key, never the key");

    /// <summary>What a user should know of a key that goes there; null for nothing.</summary>
    public static string? Caution(Uri address, string? keyVariable) =>
        keyVariable is not null && address.Scheme == "http" && !address.IsLoopback ? $"{address} is not encrypted: whoever is in between can read the key and the texts" : null;
}
