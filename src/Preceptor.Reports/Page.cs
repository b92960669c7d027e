namespace Preceptor.Reports;

/// <summary>One self-contained HTML file: no link to the outside, no script, light and dark by the reader's preference.</summary>
internal static class Page
{
    /// <summary>The file's text.</summary>
    /// <param name="title">What the browser calls it.</param>
    /// <param name="content">What stands in it.</param>
    public static string Render(string title, Html content) => Html.Of(
        $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title} · Preceptor</title>
        <style>{new Html(Style.Sheet)}</style>
        </head>
        <body>
        <main>
        {content}</main>
        </body>
        </html>

        """).Markup;
}
