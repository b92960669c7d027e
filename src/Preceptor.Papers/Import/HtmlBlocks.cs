using System.Text;
using AngleSharp.Html;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;
using Preceptor.Foundation;

namespace Preceptor.Papers;

/// <summary>
/// The text blocks of a saved HTML page: what a reader sees, one block for each paragraph, heading or item. Scripts and styles are no text, and nothing is fetched or run. Only tokens are looked at, no tree is
/// built, so that a page nested without end takes no longer than another.
/// </summary>
internal static class HtmlBlocks
{
    private const int LargestPage = 50 << 20;

    private static readonly HashSet<string> Ends = new(StringComparer.OrdinalIgnoreCase)
    {
        "address", "article", "aside", "blockquote", "button", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "label", "li", "main", "nav", "ol", "p", "pre", "section", "select", "option", "summary", "table", "tbody", "td", "th", "time", "tr", "ul", "head", "body",
    };

    private static readonly HashSet<string> Unseen = new(StringComparer.OrdinalIgnoreCase) { "script", "style", "noscript", "template", "title", "svg", "iframe", "textarea" };

    public static IEnumerable<string> Of(string first, TextLines lines)
    {
        if (new FileInfo(lines.Path).Length > LargestPage) throw new RequestException($"{lines.Path}: an HTML page of more than {LargestPage >> 20} MB is not read; save it as text");
        var page = new StringBuilder(first);
        while (lines.Read() is { } line) page.Append('\n').Append(line);
        var (block, unseen) = (new StringBuilder(), new Stack<string>());
        using var source = new TextSource(page.ToString());
        using var tokenizer = new HtmlTokenizer(source, HtmlEntityProvider.Resolver);
        for (var token = tokenizer.Get(); token.Type != HtmlTokenType.EndOfFile; token = tokenizer.Get())
        {
            var (isTag, isStart) = (token.Type is HtmlTokenType.StartTag or HtmlTokenType.EndTag, token.Type == HtmlTokenType.StartTag);
            if (token.Type == HtmlTokenType.Character && unseen.Count == 0) block.Append(token.Data);
            if (!isTag) continue;
            if (Unseen.Contains(token.Name))
            {
                if (isStart && token is HtmlTagToken { IsSelfClosing: false }) unseen.Push(token.Name);
                else while (unseen.TryPop(out var left) && !left.Equals(token.Name, StringComparison.OrdinalIgnoreCase)) { }
                // What stands in these is no markup: a script may speak of tags.
                if (isStart) tokenizer.State = token.Name is "script" ? HtmlParseMode.Script : token.Name is "style" or "iframe" ? HtmlParseMode.Rawtext : token.Name is "title" or "textarea" ? HtmlParseMode.RCData : HtmlParseMode.PCData;
            }
            else if (token.Name == "br") block.Append(' ');
            else if (Ends.Contains(token.Name) && Take(block) is { Length: > 0 } text) yield return text;
        }
        if (Take(block) is { Length: > 0 } rest) yield return rest;
    }

    private static string Take(StringBuilder block)
    {
        var text = PaperFile.Clean(block.ToString());
        block.Clear();
        return text;
    }
}
