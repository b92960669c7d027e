using Preceptor.Catalogue;
using Preceptor.Catalogue.Experiments;
using Preceptor.Evaluation;

namespace Preceptor.Reports.Charts;

/// <summary>What came of claims, a line each: the difference with its interval in units of the claim's smallest effect of interest, so that claims in different metrics share an axis. 0 is no effect, 1 is enough.</summary>
internal static class ClaimsPlot
{
    private const int RowHeight = 54;
    private const double Left = 1, Right = 99, Farthest = 20;

    public static Html Of(IReadOnlyList<ClaimEvidence> claims)
    {
        var axis = Axis.Around(Math.Min(0, claims.Min(c => In(c, c.Difference.Low))), Math.Max(1, claims.Max(c => In(c, c.Difference.High))));
        Html At(double effect) => Html.Of($"{Left + (Right - Left) * axis.Position(effect):0.00}%");
        var bottom = claims.Count * RowHeight;
        return Html.Of(
            $"""
            <svg width="100%" height="{bottom + 24}" role="img" aria-label="Differences in units of each claim's smallest effect: {string.Join("; ", claims.Select(c => $"{Name(c)} {EvidenceReport.Difference(c)}, {EvidenceReport.Words(c.Verdict!.Value)}"))}">
            {axis.Ticks.Select(t => Html.Of($"""<line class="grid" x1="{At(t)}" x2="{At(t)}" y1="4" y2="{bottom}"/><text class="soft" x="{At(t)}" y="{bottom + 17}" text-anchor="{(t == axis.Low ? "start" : t == axis.High ? "end" : "middle")}">{ResultText.Number(t, "0.##")}</text>"""))}
            <line class="reference" x1="{At(0)}" x2="{At(0)}" y1="4" y2="{bottom}"/><g class="method"><line class="across" x1="{At(1)}" x2="{At(1)}" y1="4" y2="{bottom}"/></g>
            {claims.Select((c, i) => Row(c, i * RowHeight, At))}
            </svg>

            """);
    }

    private static Html Row(ClaimEvidence claim, int top, Func<double, Html> at) => Html.Of(
        $"""
        <g class="{(claim.Verdict == Verdict.Reproduced ? "method" : claim.Difference.High < 0 ? "ceiling" : "floor")}"><text class="name" x="0" y="{top + 18}">{Shorten(Name(claim))}</text><text class="value" x="100%" y="{top + 18}" text-anchor="end">{EvidenceReport.Words(claim.Verdict!.Value)}</text>
        <line class="whisker" x1="{at(In(claim, claim.Difference.Low))}" x2="{at(In(claim, claim.Difference.High))}" y1="{top + 36}" y2="{top + 36}"/><circle class="mark" cx="{at(In(claim, claim.Difference.Mean))}" cy="{top + 36}" r="6"/></g>

        """);

    private static string Name(ClaimEvidence claim) => $"{claim.Metric} on {EvidenceReport.Conditions(claim.Method)}";

    private static double In(ClaimEvidence claim, double difference) => Math.Clamp(difference / claim.SmallestEffect, -Farthest, Farthest);

    // Name and verdict share a line, 345 pixels wide on a phone.
    private static string Shorten(string name) => name.Length <= 26 ? name : name[..25] + "…";
}
