using Preceptor.Reports;

namespace Preceptor.Papers;

/// <summary>The frame of the site's pages.</summary>
internal static class SitePage
{
    /// <summary>A page's text.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="root">The way to the site's root, such as <c>../</c>.</param>
    /// <param name="options">How the site is written.</param>
    /// <param name="content">What stands in it.</param>
    /// <param name="hasScript">Whether the page searches.</param>
    public static string Render(string title, string root, SiteOptions options, Html content, bool hasScript = false) => Html.Of(
        $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{(title == options.Title ? title : $"{title} · {options.Title}")}</title>
        <link rel="stylesheet" href="{root}site.css">
        <link rel="alternate" type="application/atom+xml" title="{options.Title}" href="{root}feed.atom">
        {(hasScript ? Html.Of($"<script src=\"{root}site.js\" defer></script>") : Html.None)}
        </head>
        <body>
        <a class="skip" href="#content">To the content</a>
        <main id="content">
        <header class="site"><p class="kicker">{(hasScript ? Html.None : Html.Of($"<a href=\"{root}index.html\">{options.Title}</a>"))}</p><p class="kicker"><a href="{root}feed.atom">Atom feed</a></p></header>
        {content}</main>
        </body>
        </html>

        """).Markup;
}
