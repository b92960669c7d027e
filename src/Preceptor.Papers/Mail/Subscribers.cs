using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Preceptor.Foundation;

namespace Preceptor.Papers;

/// <summary>Who asked for the digest.</summary>
/// <param name="Address">The address of mail.</param>
/// <param name="Token">What only the owner of the address was told: it confirms and unsubscribes.</param>
/// <param name="IsConfirmed">Whether the owner confirmed.</param>
public sealed record Subscriber(string Address, string Token, bool IsConfirmed);

/// <summary>The subscribers of a store's digest. Nobody is sent one before the owner of the address has confirmed.</summary>
public sealed class Subscribers(PaperStore store)
{
    /// <summary>Notes that an address asked; the same token again where it did before.</summary>
    /// <exception cref="RequestException">It is no address.</exception>
    public Subscriber Ask(string address, DateOnly today)
    {
        var plain = MailAddress.Parse(address, "address").Address.ToLowerInvariant();
        Run("INSERT INTO subscribers(address, token, asked) VALUES ($1, $2, $3) ON CONFLICT(address) DO NOTHING", plain, RandomNumberGenerator.GetHexString(32, lowercase: true), today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        return All().Single(s => s.Address == plain);
    }

    /// <summary>Confirms the address of a token.</summary>
    /// <exception cref="RequestException">There is no such token.</exception>
    public string Confirm(string token, DateOnly today) => Change("UPDATE subscribers SET confirmed = COALESCE(confirmed, $2) WHERE token = $1 RETURNING address", token, today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>Forgets the address of a token.</summary>
    /// <exception cref="RequestException">There is no such token.</exception>
    public string Remove(string token) => Change("DELETE FROM subscribers WHERE token = $1 RETURNING address", token);

    /// <summary>All, by address.</summary>
    public IReadOnlyList<Subscriber> All()
    {
        using var command = Command("SELECT address, token, confirmed IS NOT NULL FROM subscribers ORDER BY address");
        using var row = command.ExecuteReader();
        var all = new List<Subscriber>();
        while (row.Read()) all.Add(new(row.GetString(0), row.GetString(1), row.GetBoolean(2)));
        return all;
    }

    private string Change(string text, string token, params ReadOnlySpan<string> more)
    {
        using var command = Command(text, [token.Trim(), .. more]);
        return command.ExecuteScalar() as string ?? throw new RequestException($"there is no subscriber with the token '{(token.Length > 40 ? token[..40] + "…" : token)}'; it stands in the mail that asked for confirmation");
    }

    private void Run(string text, params ReadOnlySpan<string> values)
    {
        using var command = Command(text, values);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string text, params ReadOnlySpan<string> values)
    {
        var command = store.Connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"${(i + 1).ToString(CultureInfo.InvariantCulture)}", values[i]);
        return command;
    }
}
