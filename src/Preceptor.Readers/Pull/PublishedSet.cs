using System.Globalization;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>How a published file is compared, and what its home serves.</summary>
internal enum PublishedForm
{
    /// <summary>Its bytes, as they are.</summary>
    Plain,

    /// <summary>Its content: it is compressed here; its home serves the content.</summary>
    Gzip,

    /// <summary>Its content: it is compressed here and at home, where the header of the compression may be another.</summary>
    Content,

    /// <summary>Its bytes; it was made from other files, so that no home serves it.</summary>
    None,
}

/// <summary>A file of a published data set.</summary>
/// <param name="Name">Its path within the set's folder, with slashes.</param>
/// <param name="Bytes">How many bytes its home serves.</param>
/// <param name="Sha256">The SHA-256 of its bytes or, by its form, of its content, in small hexadecimal digits.</param>
/// <param name="Form">How it is compared.</param>
/// <param name="Address">Where it is served; of a file that was made here, what it was made from, or "-".</param>
internal sealed record PublishedFile(string Name, long Bytes, string Sha256, PublishedForm Form, string Address);

/// <summary>A published data set that is known by name.</summary>
/// <param name="Name">The name, which is its folder's.</param>
/// <param name="What">What it is.</param>
/// <param name="Licence">Its licence as stated.</param>
/// <param name="IsVerified">Whether its addresses were tried.</param>
/// <param name="Files">Its files.</param>
internal sealed record PublishedSet(string Name, string What, string Licence, bool IsVerified, IReadOnlyList<PublishedFile> Files)
{
    /// <summary>All known sets, by their names.</summary>
    public static IReadOnlyList<PublishedSet> All { get; } = Read();

    /// <summary>What its homes serve, in bytes.</summary>
    public long Bytes => Files.Sum(f => f.Bytes);

    /// <summary>Whether every file has a home.</summary>
    public bool HasHome => Files.All(f => f.Form != PublishedForm.None);

    /// <summary>The set of a name.</summary>
    /// <exception cref="RequestException">There is none; the message has the nearest spelling.</exception>
    public static PublishedSet Find(string name) => All.FirstOrDefault(s => s.Name == name)
        ?? throw new RequestException($"there is no known data set '{name}'{Spelling.Hint(name, All.Select(s => s.Name))}; known are {string.Join(", ", All.Select(s => s.Name))}");

    private static PublishedSet[] Read()
    {
        var files = Lines("files.tsv").ToLookup(f => f[0][..f[0].IndexOf('/')], f => new PublishedFile(
            f[0][(f[0].IndexOf('/') + 1)..], long.Parse(f[1], CultureInfo.InvariantCulture), f[2], Enum.Parse<PublishedForm>(f[3], ignoreCase: true), f[4]));
        return [.. Lines("sets.tsv").Select(s => new PublishedSet(s[0], s[1], s[2], s[3] == "yes", [.. files[s[0]]]))];
    }

    private static IEnumerable<string[]> Lines(string name)
    {
        using var reader = new StreamReader(typeof(PublishedSet).Assembly.GetManifestResourceStream("pull/" + name)!);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split('\t'))];
    }
}
