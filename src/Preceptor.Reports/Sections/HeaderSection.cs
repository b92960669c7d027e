using System.Text.RegularExpressions;
using Preceptor.Catalogue;
using Preceptor.Evaluation;

namespace Preceptor.Reports.Sections;

/// <summary>The verdict; before it, where it applies, that nobody checked what it was scored on.</summary>
internal static partial class HeaderSection
{
    public static Html Of(ReportData data)
    {
        var result = data.Result;
        return Html.Of(
            $"""
            <header>
            {Caution(result)}<p class="kicker">{result.Problem} · {result.Method}</p>
            <h1>{Unbroken(ResultText.Sentence(result))}</h1>
            <p class="note">{Capital(ResultText.Basis(result))}, {Worth(result.ScoredOn)}. Intervals are 95 %: {Source(data)}.</p>
            {Notes(result)}</header>

            """);
    }

    private static Html Caution(RunResult result) => ResultText.Caution(result.ScoredOn) is { } caution
        ? Html.Of($"<p class=\"caution\" role=\"note\"><strong>{Capital(caution)}.</strong></p>\n") : Html.None;

    /// <summary>What a reader should know about data and labels.</summary>
    internal static Html Notes(RunResult result) => Html.Join([.. result.Notes.Select(note => Html.Of($"<p class=\"note\">{Capital(note)}.</p>\n"))]);

    /// <summary>Keeps intervals and per cent signs on the line of their number.</summary>
    private static string Unbroken(string sentence) => BlankInNumber().Replace(sentence, "\u00a0");

    [GeneratedRegex(@"(?<=\[[^\]]*) | (?=%)")]
    private static partial Regex BlankInNumber();

    private static string Worth(ScoredOn scoredOn) => scoredOn switch
    {
        ScoredOn.Truth => "scored on the generator’s truth",
        ScoredOn.Trusted => "scored on checked labels",
        _ => "scored on unverified labels",
    };

    private static string Source(ReportData data) => data.Outcomes.Count == 1
        ? "how the scores move with the test rows (one seed says nothing about other seeds)"
        : "how the scores move with the seed; of the difference, with the test rows too";

    internal static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
