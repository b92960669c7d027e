using Preceptor.Foundation;

namespace Preceptor.Catalogue.Papers;

/// <summary>The papers that the library is about, built or not.</summary>
public static class PaperCatalogue
{
    private const string Resource = "papers.yaml";

    /// <summary>All, by number.</summary>
    public static IReadOnlyList<Paper> All { get; } = Read();

    /// <summary>The paper of a slug, of one of its methods' slugs, or of a number; null if there is none.</summary>
    public static Paper? Find(string name) => All.FirstOrDefault(p => p.Slug == name || p.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) == name.TrimStart('0'))
        ?? All.FirstOrDefault(p => p.Methods.Any(m => m.Slug == name));

    /// <summary>The paper of a title, whatever its case, blanks and punctuation; null if it is none of them.</summary>
    public static Paper? OfTitle(string title) => ByTitle.GetValueOrDefault(TitleKey(title));

    /// <summary>What two writings of one title have in common: letters and digits in lower case.</summary>
    public static string TitleKey(string title) => string.Concat(title.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static Dictionary<string, Paper> ByTitle { get; } = All.ToDictionary(p => TitleKey(p.Entry.Title));

    private static Paper[] Read()
    {
        using var reader = new StreamReader(typeof(PaperCatalogue).Assembly.GetManifestResourceStream(Resource)!);
        var map = SpecificationReader.Parse(reader.ReadToEnd(), Resource, "list of papers", "a slug and its keys, for each paper");
        return [.. map.Entries.Select((e, i) => new Paper(i + 1, e.Key, Options.Bind<PaperEntry>((MapSetting)e.Value)))];
    }
}
