namespace Preceptor.Reports.Sections;

/// <summary>What to do next.</summary>
internal static class AdviceSection
{
    private const int Most = 6;

    public static Html Of(ReportData data) => Html.Of(
        $"""
        <section aria-labelledby="next"><h2 id="next">What to do next</h2>
        <ol class="advice">
        {Advice.Of(data).Take(Most).Select(a => Html.Of($"<li>{a}</li>\n"))}</ol>
        </section>

        """);
}
