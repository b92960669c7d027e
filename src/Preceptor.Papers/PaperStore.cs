using System.Globalization;
using Microsoft.Data.Sqlite;
using Preceptor.Catalogue.Papers;
using Preceptor.Foundation;

namespace Preceptor.Papers;

/// <summary>What an import did.</summary>
/// <param name="Found">Papers in the file, repeats left out.</param>
/// <param name="Added">Of these, new ones.</param>
public sealed record ImportResult(int Found, int Added);

/// <summary>A local store of papers: one SQLite file. An import is one transaction, so that it is there as a whole or not at all.</summary>
public sealed class PaperStore : IDisposable
{
    private const int Version = 1;
    private readonly SqliteConnection connection;

    /// <summary>Opens a store, or creates it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RequestException">The file is no store of papers, or of a later version.</exception>
    public PaperStore(string path)
    {
        Place = Path.GetFullPath(path);
        if (Directory.Exists(Place)) throw new RequestException($"{path}: is a folder; name the file of a store");
        Directory.CreateDirectory(Path.GetDirectoryName(Place)!);
        connection = new(new SqliteConnectionStringBuilder { DataSource = Place, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Create(path);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw new RequestException($"{path}: is no store of papers ({e.Message})", e);
        }
        catch (RequestException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The default place: <c>PRECEPTOR_PAPERS</c>, or a file in the user's data folder.</summary>
    public static string DefaultPlace => Environment.GetEnvironmentVariable("PRECEPTOR_PAPERS") is { Length: > 0 } given ? given : Path.Combine(Path.GetDirectoryName(Data.DataFolder.UserFolder)!, "papers.db");

    /// <summary>The file.</summary>
    public string Place { get; }

    /// <summary>A text that is another one after every import: what is derived from the store is valid while it is the same.</summary>
    public string Revision => (string)Scalar("SELECT CAST(value AS TEXT) FROM meta WHERE key = 'store'")! + "-" + (string)Scalar("SELECT CAST(value AS TEXT) FROM meta WHERE key = 'revision'")!;

    /// <summary>How many papers there are.</summary>
    public int Count => (int)(long)Scalar("SELECT COUNT(*) FROM papers")!;

    /// <summary>Takes papers in. Those known already, by title or identifier, are merged: what was missing is filled in, the longer abstract stays.</summary>
    /// <param name="papers">The papers.</param>
    /// <param name="today">The day of the import.</param>
    /// <param name="stop">Stops it; nothing is then taken in.</param>
    /// <exception cref="RequestException">Reading the papers failed; nothing is then taken in.</exception>
    public ImportResult Import(IEnumerable<ImportedPaper> papers, DateOnly today, CancellationToken stop = default)
    {
        using var transaction = connection.BeginTransaction();
        using var find = Command("SELECT id FROM papers WHERE title_key = $key OR (identifier <> '' AND identifier = $identifier) ORDER BY title_key = $key DESC LIMIT 1", "$key", "$identifier");
        using var add = Command("INSERT INTO papers(title_key, title, abstract, authors, published, address, identifier, imported, imports) VALUES ($key, $title, $abstract, $authors, $published, $address, $identifier, $today, 1)",
            "$key", "$title", "$abstract", "$authors", "$published", "$address", "$identifier", "$today");
        using var merge = Command("""
            UPDATE papers SET imports = imports + $new, abstract = CASE WHEN length($abstract) > length(abstract) THEN $abstract ELSE abstract END, authors = CASE WHEN authors = '' THEN $authors ELSE authors END,
            published = COALESCE(published, $published), address = CASE WHEN address = '' THEN $address ELSE address END, identifier = CASE WHEN identifier = '' THEN $identifier ELSE identifier END WHERE id = $id
            """, "$new", "$abstract", "$authors", "$published", "$address", "$identifier", "$id");
        var (seen, added) = (new HashSet<long>(), 0);
        foreach (var paper in papers)
        {
            stop.ThrowIfCancellationRequested();
            var key = TitleKey(paper.Title);
            object published = paper.Published is { } day ? Write(day) : DBNull.Value;
            if (Run(find, key, paper.Identifier).ExecuteScalar() is long known)
            {
                Run(merge, seen.Add(known) ? 1 : 0, paper.Abstract, paper.Authors, published, paper.Address, paper.Identifier, known).ExecuteNonQuery();
                continue;
            }
            Run(add, key, paper.Title, paper.Abstract, paper.Authors, published, paper.Address, paper.Identifier, Write(today)).ExecuteNonQuery();
            seen.Add((long)Scalar("SELECT last_insert_rowid()")!);
            added++;
        }
        Scalar("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'revision'");
        transaction.Commit();
        return new(seen.Count, added);
    }

    /// <summary>All papers, by number.</summary>
    public IEnumerable<StoredPaper> All() => Select("ORDER BY id");

    /// <summary>The paper of a number, a catalogue's slug, or a title; null if it is not in the store.</summary>
    public StoredPaper? Find(string name)
    {
        var title = PaperCatalogue.Find(name)?.Entry.Title ?? name;
        return Select("WHERE title_key = $value", TitleKey(title)).FirstOrDefault()
            ?? (long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Select("WHERE id = $value", id).FirstOrDefault() : null);
    }

    /// <summary>The papers of some numbers, in that order.</summary>
    public IReadOnlyList<StoredPaper> Of(IEnumerable<long> ids) => [.. ids.SelectMany(id => Select("WHERE id = $value", id))];

    internal SqliteConnection Connection => connection;

    // A title without a letter or digit of its own is its own key.
    private static string TitleKey(string title) => PaperCatalogue.TitleKey(title) is { Length: > 0 } key ? key : title;

    private IEnumerable<StoredPaper> Select(string rest, object? value = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT id, title, abstract, authors, published, address, identifier, imported, imports FROM papers {rest}";
        if (value is not null) command.Parameters.AddWithValue("$value", value);
        using var row = command.ExecuteReader();
        while (row.Read())
            yield return new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : Day(row.GetString(4)), row.GetString(5), row.GetString(6), Day(row.GetString(7)), row.GetInt32(8));
    }

    private static string Write(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private SqliteCommand Command(string text, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var parameter in parameters) command.Parameters.AddWithValue(parameter, DBNull.Value);
        return command;
    }

    private static SqliteCommand Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        return command;
    }

    private object? Scalar(string text)
    {
        using var command = Command(text);
        return command.ExecuteScalar();
    }

    private void Create(string path)
    {
        var version = (long)Scalar("PRAGMA user_version")!;
        if (version > Version) throw new RequestException($"{path}: was written by a later version of preceptor (form {version}, this one knows {Version})");
        if (version == Version) return;
        if ((long)Scalar("SELECT COUNT(*) FROM sqlite_master")! > 0) throw new RequestException($"{path}: is a database of something else");
        using var transaction = connection.BeginTransaction();
        Scalar("""
            CREATE TABLE papers(id INTEGER PRIMARY KEY, title_key TEXT NOT NULL UNIQUE, title TEXT NOT NULL, abstract TEXT NOT NULL, authors TEXT NOT NULL, published TEXT, address TEXT NOT NULL,
                identifier TEXT NOT NULL, imported TEXT NOT NULL, imports INTEGER NOT NULL);
            CREATE INDEX papers_identifier ON papers(identifier) WHERE identifier <> '';
            CREATE TABLE subscribers(address TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE, asked TEXT NOT NULL, confirmed TEXT);
            CREATE TABLE meta(key TEXT PRIMARY KEY, value NOT NULL);
            INSERT INTO meta VALUES ('revision', '0');
            """);
        using (var store = Command("INSERT INTO meta VALUES ('store', $value)", "$value")) Run(store, System.Security.Cryptography.RandomNumberGenerator.GetHexString(16, lowercase: true)).ExecuteNonQuery();
        Scalar($"PRAGMA user_version = {Version}");
        transaction.Commit();
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();
}
