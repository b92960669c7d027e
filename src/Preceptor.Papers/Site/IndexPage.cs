using System.Globalization;
using Preceptor.Reports;

namespace Preceptor.Papers;

/// <summary>The site's first page: all papers by date, to be searched and filtered.</summary>
internal static class IndexPage
{
    public static string Render(IReadOnlyList<SiteEntry> entries, SiteOptions options) => SitePage.Render(options.Title, "", options, Html.Of(
        $"""
        <h1>{options.Title}</h1>
        <form id="find" class="find" role="search" hidden>
        <label class="more" for="q">Search titles, ideas and abstracts (press / from anywhere)</label>
        <input id="q" type="search" autocomplete="off" spellcheck="false" placeholder="noisy labels">
        {Choices("Kind", "kind", entries.Select(e => e.Kind))}{Choices("Supervision", "supervision", entries.SelectMany(e => e.Supervision))}
        <p id="count" role="status">{entries.Count} papers</p>
        </form>
        <ul id="results" class="rows papers" hidden></ul>
        <div id="feed">
        {entries.GroupBy(e => e.Stored?.Date).Select(day => Html.Of(
            $"""
            <section><h2 class="day">{(day.Key is { } date ? date.ToString("d MMMM yyyy", CultureInfo.InvariantCulture) : "Known, not imported")}</h2>
            <ul class="rows papers">
            {day.Select(Item)}</ul></section>

            """))}</div>

        """), hasScript: true);

    private static Html Choices(string legend, string name, IEnumerable<string> values) => Html.Of(
        $"""
        <fieldset><legend>{legend}</legend>{values.Where(v => v.Length > 0).CountBy(v => v).OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => Html.Of(
            $"""<label class="choice"><input type="checkbox" name="{name}" value="{v.Key}"><span>{v.Key}</span></label>"""))}</fieldset>

        """);

    private static Html Item(SiteEntry entry) => Html.Of(
        $"""
        <li data-key="{entry.Known?.Slug ?? entry.File}" data-kind="{entry.Kind}" data-supervision="{string.Join('|', entry.Supervision)}"><h3><a href="{entry.File}">{entry.Title}</a></h3>
        {Tags(entry)}{(entry.Known is { } known ? Html.Of($"<p>{known.Entry.Idea}</p>") : Html.None)}{Abstract(entry)}</li>

        """);

    private static Html Tags(SiteEntry entry)
    {
        string[] tags = [.. new[] { entry.Stored?.Authors ?? "", entry.Kind, string.Join(", ", entry.Supervision), entry.Known is null ? "" : entry.Known.IsBuilt ? entry.Known.Verdicts ?? "built" : "not built yet" }.Where(t => t.Length > 0)];
        return tags.Length == 0 ? Html.None : Html.Of($"<p class=\"tags\">{string.Join(" · ", tags)}</p>");
    }

    private static Html Abstract(SiteEntry entry) => entry.Stored is not { Abstract.Length: > 0 } paper ? Html.None
        : entry.Known is null ? Html.Of($"<details open><summary>Abstract</summary><p>{paper.Abstract}</p></details>") : Html.Of($"<details><summary>Abstract</summary><p>{paper.Abstract}</p></details>");
}
