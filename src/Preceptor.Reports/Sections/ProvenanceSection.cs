using System.Runtime.InteropServices;
using Preceptor.Foundation;

namespace Preceptor.Reports.Sections;

/// <summary>What repeats the run: command, specification, versions; folded away.</summary>
internal static class ProvenanceSection
{
    public static Html Of(ReportData data) => Html.Of(
        $"""
        <section aria-labelledby="provenance"><h2 id="provenance">Provenance</h2>
        {Html.Folded("Command, specification and versions", Content(data))}
        </section>

        """);

    private static Html Content(ReportData data) => Html.Of(
        $"""

        <h3>Command</h3>
        <pre>{data.Result.Command}</pre>
        <h3>Specification, defaults included</h3>
        <pre>{data.Specification}</pre>
        <h3>Versions</h3>
        <dl>
        {Html.Join([
            Row("Preceptor", typeof(Run).Assembly.GetName().Version!.ToString(3)),
            Row(".NET", RuntimeInformation.FrameworkDescription),
            Row("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}"),
            Row("seeds", string.Join(", ", data.Outcomes.Select(o => o.Seed))),
            Row("folder", data.Result.Folder ?? "none"),
            Row("scored on", Options.Key(data.Result.ScoredOn.ToString()))])}</dl>
        """);

    private static Html Row(string part, string version) => Html.Of($"<dt>{part}</dt><dd>{version}</dd>\n");
}
