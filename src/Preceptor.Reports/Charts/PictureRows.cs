using Preceptor.Evaluation;

namespace Preceptor.Reports.Charts;

/// <summary>Rows of small pictures; those that are unlike the first of their row have a dashed frame.</summary>
internal static class PictureRows
{
    public static Html Of(PictureChart chart)
    {
        Html Cell(Picture picture) => Html.Of($"<img src=\"{Png.DataUri(picture.Image)}\" alt=\"{picture.Label}\"{(picture.IsMarked ? Html.Of($" class=\"unlike\"") : Html.None)}><span>{picture.Label}</span>");
        return Html.Of(
            $"""
            <figure class="pictures"><figcaption><strong>{chart.Title}</strong>. {chart.Caption}</figcaption>
            {chart.Rows.Select(row => Html.Of($"<ul>{row.Select(p => Html.Of($"<li>{Cell(p)}</li>"))}</ul>\n"))}
            </figure>

            """);
    }
}
