using System.Globalization;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Preceptor.Foundation;

namespace Preceptor.Papers;

/// <summary>A server that takes mail.</summary>
public sealed record MailServer
{
    /// <summary>Its name.</summary>
    public required string Host { get; init; }

    /// <summary>Its port.</summary>
    public required int Port { get; init; }

    /// <summary>The user; empty to send without signing in.</summary>
    public string User { get; init; } = "";

    /// <summary>The user's password; never written anywhere.</summary>
    public string Password { get; init; } = "";

    /// <summary>Reads HOST or HOST:PORT; without a port, 587.</summary>
    /// <exception cref="RequestException">It is neither.</exception>
    public static MailServer Parse(string text, string user, string password)
    {
        var parts = text.Split(':');
        var port = 587;
        if (parts.Length > 2 || parts[0].Length == 0 || parts.Length == 2 && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
            throw new RequestException($"--smtp: '{text}' is not HOST or HOST:PORT, such as mail.example.org:587");
        return new() { Host = parts[0], Port = port, User = user, Password = password };
    }
}

/// <summary>Brings messages on their way: into files, or to a server.</summary>
public static class MailDelivery
{
    /// <summary>Writes messages as .eml files, each whole.</summary>
    /// <param name="folder">The folder, created where it is missing.</param>
    /// <param name="messages">File names without ending, and messages.</param>
    public static IReadOnlyList<string> ToFiles(string folder, IEnumerable<(string Name, MimeMessage Message)> messages)
    {
        if (File.Exists(folder)) throw new RequestException($"--eml {folder}: is a file; name a folder");
        Directory.CreateDirectory(folder);
        return [.. messages.Select(m =>
        {
            using var bytes = new MemoryStream();
            m.Message.WriteTo(bytes);
            var path = Path.Combine(folder, $"{m.Name}.eml");
            RunFolder.WriteWhole(path, bytes.ToArray());
            return path;
        })];
    }

    /// <summary>Sends messages, each to its own recipient. The connection is encrypted where the server offers it; a password goes over an encrypted one alone.</summary>
    /// <exception cref="WorkException">The server cannot be reached or refuses; the message says how many had been sent.</exception>
    public static async Task SendAsync(MailServer server, IReadOnlyList<MimeMessage> messages, CancellationToken stop)
    {
        var sent = 0;
        try
        {
            using var client = new SmtpClient { Timeout = 30_000 };
            await client.ConnectAsync(server.Host, server.Port, server.User.Length > 0 ? SecureSocketOptions.Auto : SecureSocketOptions.StartTlsWhenAvailable, stop).ConfigureAwait(false);
            if (server.User.Length > 0)
            {
                if (!client.IsSecure) throw new WorkException($"{server.Host}:{server.Port}: offers no encryption, and the password is not sent in the clear");
                await client.AuthenticateAsync(server.User, server.Password, stop).ConfigureAwait(false);
            }
            foreach (var message in messages)
            {
                await client.SendAsync(message, stop).ConfigureAwait(false);
                sent++;
            }
            await client.DisconnectAsync(true, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ProtocolException or CommandException or AuthenticationException or SslHandshakeException or System.Net.Sockets.SocketException or IOException or TimeoutException)
        {
            throw new WorkException($"{server.Host}:{server.Port}: {e.Message}; {sent} of {messages.Count} were sent", e);
        }
    }
}
