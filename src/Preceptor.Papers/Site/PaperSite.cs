using System.Globalization;
using System.Text;
using System.Xml;
using Preceptor.Catalogue.Papers;
using Preceptor.Foundation;
using Preceptor.Reports;

namespace Preceptor.Papers;

/// <summary>How a site is written.</summary>
public sealed record SiteOptions
{
    /// <summary>What the site is called.</summary>
    public string Title { get; init; } = "Papers";

    /// <summary>Where the site will be, for the links of its feed; empty if unknown.</summary>
    public string Address { get; init; } = "";

    /// <summary>Most papers of the store, the latest first.</summary>
    public int Most { get; init; } = 2000;

    /// <summary>What is typed before a command's arguments.</summary>
    public string Command { get; init; } = "preceptor";
}

/// <summary>A static site of papers: a searchable list by date, a page a paper, and an Atom feed. It needs no server, and shows all without a script.</summary>
public static class PaperSite
{
    private const int MostFeedEntries = 50;

    /// <summary>Writes the site, beside its place and then renamed.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="papers">The store's papers.</param>
    /// <param name="options">How.</param>
    /// <returns>How many papers have a page.</returns>
    /// <exception cref="RequestException">The folder holds something that is no such site.</exception>
    public static int Write(string folder, IEnumerable<StoredPaper> papers, SiteOptions options)
    {
        var entries = Entries(papers, options.Most);
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(folder)) throw new RequestException($"{folder}: is a file; name a folder");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() && !File.Exists(Path.Combine(folder, "feed.atom")))
            throw new RequestException($"{folder}: the folder is not empty and holds no such site; name another one");
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        RunFolder.ReplaceWhole(folder, place =>
        {
            Directory.CreateDirectory(Path.Combine(place, "papers"));
            File.WriteAllText(Path.Combine(place, "site.css"), Style.Sheet + Resource("site.css"));
            File.WriteAllText(Path.Combine(place, "site.js"), Resource("site.js"));
            File.WriteAllText(Path.Combine(place, "index.html"), IndexPage.Render(entries, options));
            foreach (var entry in entries) File.WriteAllText(Path.Combine(place, entry.File), PaperPage.Render(entry, options));
            using var feed = XmlWriter.Create(Path.Combine(place, "feed.atom"), new() { Indent = true, Encoding = new UTF8Encoding(false) });
            WriteFeed(feed, entries, options);
        });
        return entries.Count;
    }

    // The catalogue's papers that nobody imported come last: they have an idea and a command, if no abstract.
    private static List<SiteEntry> Entries(IEnumerable<StoredPaper> papers, int most)
    {
        StoredPaper[] stored = [.. papers.OrderByDescending(p => p.Date).ThenBy(p => p.Known?.Number ?? int.MaxValue).ThenBy(p => p.Id).Take(most)];
        var known = stored.Select(p => p.Known?.Number).ToHashSet();
        var files = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        SiteEntry Entry(StoredPaper? paper, Paper? catalogued)
        {
            var name = catalogued?.Slug ?? FileName(paper!.Title);
            return new(paper, catalogued, $"papers/{(files.Add(name) ? name : $"{name}-{paper!.Id.ToString(CultureInfo.InvariantCulture)}")}.html");
        }
        return [.. stored.Where(p => p.Known is not null).Select(p => Entry(p, p.Known)).Concat(PaperCatalogue.All.Where(p => !known.Contains(p.Number)).Select(p => Entry(null, p))).Concat(stored.Where(p => p.Known is null).Select(p => Entry(p, null)))
            .OrderByDescending(e => e.Stored?.Date ?? DateOnly.MinValue).ThenBy(e => e.Known?.Number ?? int.MaxValue).ThenBy(e => e.Stored?.Id ?? 0)];
    }

    private static string FileName(string title)
    {
        var words = string.Join('-', new string([.. title.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(10));
        return words.Length == 0 ? "paper" : words.Length > 80 ? words[..80] : words;
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(PaperSite).Assembly.GetManifestResourceStream($"site/{name}")!);
        return reader.ReadToEnd();
    }

    private static void WriteFeed(XmlWriter feed, IReadOnlyList<SiteEntry> entries, SiteOptions options)
    {
        SiteEntry[] latest = [.. entries.Where(e => e.Stored is not null).Take(MostFeedEntries)];
        var updated = latest.Length == 0 ? new DateOnly(2000, 1, 1) : latest.Max(e => e.Stored!.Imported > e.Stored.Date ? e.Stored.Imported : e.Stored.Date);
        string Time(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + "T00:00:00Z";
        const string atom = "http://www.w3.org/2005/Atom";
        feed.WriteStartElement("feed", atom);
        if (options.Address.Length > 0) feed.WriteAttributeString("xml", "base", null, options.Address);
        feed.WriteElementString("id", options.Address.Length > 0 ? options.Address : "urn:preceptor:papers");
        feed.WriteElementString("title", options.Title);
        feed.WriteElementString("updated", Time(updated));
        feed.WriteStartElement("author");
        feed.WriteElementString("name", "Preceptor");
        feed.WriteEndElement();
        Link("self", "feed.atom");
        Link("alternate", "index.html");
        foreach (var entry in latest)
        {
            feed.WriteStartElement("entry");
            feed.WriteElementString("id", $"urn:preceptor:paper:{PaperCatalogue.TitleKey(entry.Title) switch { { Length: > 0 } key => Uri.EscapeDataString(key), _ => entry.Stored!.Id.ToString(CultureInfo.InvariantCulture) }}");
            feed.WriteElementString("title", Valid(entry.Title));
            feed.WriteElementString("updated", Time(entry.Stored!.Date));
            if (entry.Stored.Authors.Length > 0)
            {
                feed.WriteStartElement("author");
                feed.WriteElementString("name", Valid(entry.Stored.Authors));
                feed.WriteEndElement();
            }
            Link("alternate", entry.File);
            feed.WriteElementString("summary", Valid(entry.Known?.Entry.Idea ?? entry.Stored.Abstract));
            feed.WriteEndElement();
        }
        feed.WriteEndElement();

        void Link(string relation, string address)
        {
            feed.WriteStartElement("link");
            feed.WriteAttributeString("rel", relation);
            feed.WriteAttributeString("href", address);
            feed.WriteEndElement();
        }
    }

    // XML has no place for control characters and halves of surrogate pairs.
    private static string Valid(string text) => string.Concat(text.EnumerateRunes().Where(r => r.Value is >= ' ' and not (0xFFFE or 0xFFFF)));
}

/// <summary>A paper of the site.</summary>
/// <param name="Stored">What was imported; null for one of the catalogue that nobody imported.</param>
/// <param name="Known">The catalogue's entry; null for others.</param>
/// <param name="File">Its page, from the site's root.</param>
internal sealed record SiteEntry(StoredPaper? Stored, Paper? Known, string File)
{
    public string Title => Stored?.Title ?? Known!.Entry.Title;

    public string Kind => Known?.Entry.Kind ?? "";

    public IReadOnlyList<string> Supervision => Known?.Entry.Supervision ?? [];
}
