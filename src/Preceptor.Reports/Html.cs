using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Preceptor.Reports;

/// <summary>A piece of finished markup. Text gets into one only through <see cref="Of"/>, which escapes it.</summary>
internal readonly record struct Html(string Markup)
{
    public static Html None { get; } = new("");

    /// <summary>Markup from an interpolated string: what is written stands as it is, text in its holes is escaped, markup in its holes is not.</summary>
    public static Html Of(HtmlInterpolation markup) => new(markup.ToString());

    /// <summary>Pieces one after the other.</summary>
    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(p => p.Markup)));

    /// <summary>A table that scrolls sideways where the page is too narrow for it.</summary>
    public static Html Table(string caption, Html head, IEnumerable<Html> rows) => Of(
        $"""
        <div class="scroll" role="region" aria-label="{caption}" tabindex="0"><table><caption><span>{caption}</span></caption>
        <thead>{head}</thead>
        <tbody>
        {rows}</tbody></table></div>

        """);

    /// <summary>A table's head of one row.</summary>
    public static Html Heads(params string[] columns) => Of($"<tr>{columns.Select(c => Of($"<th scope=\"col\">{c}</th>"))}</tr>");

    /// <summary>A table's row whose first cell is its heading.</summary>
    public static Html Row(Html heading, params Html[] cells) => Of($"<tr><th scope=\"row\">{heading}</th>{cells.Select(c => Of($"<td>{c}</td>"))}</tr>\n");

    /// <summary>What one has to open to read.</summary>
    public static Html Folded(string summary, Html content) => Of($"<details><summary>{summary}</summary>{content}</details>");

    public override string ToString() => Markup;
}

/// <summary>Builds <see cref="Html"/>. Each kind of hole has a method of its own, so that nothing gets in unescaped by accident.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlInterpolation(int literalLength, int holes)
{
    private readonly StringBuilder markup = new(literalLength + holes * 16);

    public void AppendLiteral(string literal) => markup.Append(literal);

    public void AppendFormatted(string? text) => markup.Append(WebUtility.HtmlEncode(text));

    public void AppendFormatted(Html html) => markup.Append(html.Markup);

    public void AppendFormatted(IEnumerable<Html> pieces)
    {
        foreach (var piece in pieces) markup.Append(piece.Markup);
    }

    public void AppendFormatted(int value) => markup.Append(CultureInfo.InvariantCulture, $"{value}");

    public void AppendFormatted(double value, string format = "0.##") => markup.Append(value.ToString(format, CultureInfo.InvariantCulture));

    public override string ToString() => markup.ToString();
}
