using System.Globalization;
using Preceptor.Catalogue.Experiments;
using Preceptor.Catalogue.Papers;
using Preceptor.Reports;
using Preceptor.Reports.Charts;

namespace Preceptor.Papers;

/// <summary>The page of one paper: idea, formula, command, what came of its claims, abstract.</summary>
internal static class PaperPage
{
    public static string Render(SiteEntry entry, SiteOptions options) => SitePage.Render(entry.Title, "../", options, Html.Of(
        $"""
        <h1>{entry.Title}</h1>
        {Facts(entry)}{(entry.Known is { } known ? Known(known, options) : Html.None)}{(entry.Stored is { Abstract.Length: > 0 } paper ? Html.Of($"<h2>Abstract</h2>\n<p>{paper.Abstract}</p>\n") : Html.None)}
        """));

    private static Html Facts(SiteEntry entry)
    {
        var facts = new List<(string Name, Html Value)>();
        if (entry.Stored is { } stored)
        {
            if (stored.Authors.Length > 0) facts.Add(("authors", Html.Of($"{stored.Authors}")));
            facts.Add((stored.Published is null ? "imported" : "published", Html.Of($"{stored.Date.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)}")));
            if (stored.Address.Length > 0) facts.Add(("to read", Html.Of($"<a href=\"{stored.Address}\" rel=\"noreferrer\">{stored.Address}</a>")));
        }
        if (entry.Known is { } known)
        {
            facts.Add(("kind", Html.Of($"<span class=\"kind\">{known.Entry.Kind}</span>: {string.Join(", ", known.Entry.Artefact)}")));
            facts.Add(("supervision", Html.Of($"{string.Join(", ", known.Entry.Supervision)}")));
            if (known.IsBuilt) facts.Add(("methods", Html.Of($"{string.Join(", ", known.Methods.Select(m => m.Slug))}")));
        }
        return Html.Of($"<dl>{facts.Select(f => Html.Of($"<dt>{f.Name}</dt><dd>{f.Value}</dd>"))}</dl>\n");
    }

    private static Html Known(Paper paper, SiteOptions options) => Html.Of(
        $"""
        <h2>Idea</h2>
        <p>{paper.Entry.Idea}</p>
        <p class="formula">{paper.Entry.Formula}</p>
        {(paper.IsBuilt ? Built(paper, options) : Html.Of($"<p class=\"note\">Not built yet.</p>\n"))}
        """);

    private static Html Built(Paper paper, SiteOptions options) => Html.Of(
        $"""
        <h2>Run it</h2>
        <pre tabindex="0"><code>{options.Command} {paper.Command}
        {options.Command} {paper.OwnData}</code></pre>
        <p class="note">{(paper.Minutes is { } minutes ? $"The first takes {Math.Max(1, Math.Round(minutes)).ToString(CultureInfo.InvariantCulture)} min on two processors; the second is for data of your own. " : "The second is for data of your own. ")}{(paper.Entry.Scale is { } scale ? $"Scaled down: {scale}." : "")}</p>
        {paper.Evidence.Select(Evidence)}
        """);

    private static Html Evidence(EvidenceFile file) => Html.Of(
        $"""
        <h2>What came of its claims</h2>
        <p>{string.Join(", ", file.Values.Claims.GroupBy(c => c.Verdict!.Value).OrderBy(g => g.Key).Select(g => $"{g.Count()} {EvidenceReport.Words(g.Key)}"))}, settled before the first run ({file.Slug}).</p>
        <figure>{ClaimsPlot.Of(file.Values.Claims)}<figcaption>Differences with their intervals, in units of each claim's smallest effect of interest: 0 is no effect, from 1 on it is enough.</figcaption></figure>
        {Html.Table("Claims", Html.Heads("claim", "on", "difference", "published", "verdict"), file.Values.Claims.Select(c => Html.Row(
            Html.Of($"{c.Claim}"), Html.Of($"{EvidenceReport.Conditions(c.Method)}"), Html.Of($"{EvidenceReport.Difference(c)}"), Html.Of($"{c.Published}"), Html.Of($"{EvidenceReport.Words(c.Verdict!.Value)}"))))}
        """);
}
