using System.Globalization;
using System.Text;
using MimeKit;
using MimeKit.Utils;
using Preceptor.Foundation;
using Preceptor.Reports;

namespace Preceptor.Papers;

/// <summary>Whom a digest is from and how one is rid of it.</summary>
public sealed record DigestOptions
{
    /// <summary>The sender.</summary>
    public string From { get; init; } = "papers@localhost";

    /// <summary>Where the site is, for links; empty if unknown.</summary>
    public string Address { get; init; } = "";

    /// <summary>An https address that unsubscribes whoever posts to it, with <c>{token}</c> for the subscriber's token; empty if there is none.</summary>
    public string UnsubscribeAddress { get; init; } = "";

    /// <summary>Most papers in full; the rest are counted.</summary>
    public int Most { get; init; } = 30;

    /// <summary>What is typed before a command's arguments.</summary>
    public string Command { get; init; } = "preceptor";
}

/// <summary>Mails about papers: plain text and HTML in one message.</summary>
public static class Digest
{
    private const int ShownLetters = 400;

    /// <summary>A digest of papers.</summary>
    /// <param name="papers">The papers, in the order shown.</param>
    /// <param name="since">From which day on.</param>
    /// <param name="to">Whom it is for; null for nobody yet.</param>
    /// <param name="today">The day it is written.</param>
    /// <param name="options">Who sends it.</param>
    /// <exception cref="RequestException">The sender is no address.</exception>
    public static MimeMessage Write(IReadOnlyList<StoredPaper> papers, DateOnly since, Subscriber? to, DateOnly today, DigestOptions options)
    {
        var shown = papers.Take(options.Most).ToArray();
        var subject = $"{Count(papers.Count)} since {Day(since)}";
        var message = New(subject, to?.Address, today, options);
        var unsubscribe = to is null ? "" : $"{options.Command} papers unsubscribe {to.Token}";
        if (to is not null)
        {
            var sender = MailAddress.Parse(options.From, "--from");
            var links = new List<string> { $"<mailto:{sender.Address}?subject={Uri.EscapeDataString($"unsubscribe {to.Token}")}>" };
            if (options.UnsubscribeAddress.Length > 0)
            {
                // RFC 8058: mail programs may then offer one click.
                links.Insert(0, $"<{options.UnsubscribeAddress.Replace("{token}", to.Token, StringComparison.Ordinal)}>");
                message.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
            }
            message.Headers.Add(HeaderId.ListUnsubscribe, string.Join(", ", links));
            message.Headers.Add(HeaderId.ListId, $"Preceptor papers <papers.{sender.Domain}>");
        }
        message.Body = new BodyBuilder { TextBody = Text(papers.Count, shown, subject, unsubscribe, options), HtmlBody = Page(papers.Count, shown, subject, unsubscribe, options) }.ToMessageBody();
        return message;
    }

    /// <summary>The mail that asks whether an address is meant to get the digest.</summary>
    public static MimeMessage Confirmation(Subscriber asked, DateOnly today, DigestOptions options)
    {
        var message = New("Confirm that you want the digest of papers", asked.Address, today, options);
        message.Body = new TextPart("plain")
        {
            Text = $"""
            Somebody, most likely you, asked that the digest of papers be sent to {asked.Address}.

            To confirm: {options.Command} papers confirm {asked.Token}
            or reply with the line: confirm {asked.Token}

            If it was not you, do nothing: nothing will be sent.

            """,
        };
        return message;
    }

    private static MimeMessage New(string subject, string? to, DateOnly today, DigestOptions options)
    {
        var sender = MailAddress.Parse(options.From, "--from");
        var message = new MimeMessage { Subject = subject, Date = new DateTimeOffset(today.ToDateTime(new TimeOnly(6, 0)), TimeSpan.Zero), MessageId = MimeUtils.GenerateMessageId(sender.Domain) };
        message.From.Add(sender);
        message.To.Add(to is null ? new GroupAddress("undisclosed-recipients") : MailAddress.Parse(to, "subscriber"));
        return message;
    }

    private static string Text(int count, StoredPaper[] shown, string subject, string unsubscribe, DigestOptions options)
    {
        var text = new StringBuilder($"{subject}\n\n");
        foreach (var paper in shown)
        {
            text.Append($"{paper.Title}\n{new string('-', Math.Min(72, paper.Title.Length))}\n{Facts(paper)}\n{Wrap(Summary(paper))}\n");
            if (Link(paper, options) is { Length: > 0 } link) text.Append($"{link}\n");
            if (paper.Known is { IsBuilt: true } known) text.Append($"Run it: {options.Command} {known.Command}\n");
            text.Append('\n');
        }
        if (count > shown.Length) text.Append(CultureInfo.InvariantCulture, $"and {count - shown.Length} more.\n\n");
        if (unsubscribe.Length > 0) text.Append($"No more of these: {unsubscribe}\n");
        return text.ToString();
    }

    private static string Page(int count, StoredPaper[] shown, string subject, string unsubscribe, DigestOptions options) => Html.Of(
        $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>{subject}</title></head>
        <body style="font-family: system-ui, 'Segoe UI', Roboto, Arial, sans-serif; line-height: 1.5; max-width: 640px; margin: 0 auto; padding: 16px">
        <h1 style="font-size: 20px">{subject}</h1>
        {shown.Select(p => Html.Of(
            $"""
            <h2 style="font-size: 17px; margin: 24px 0 2px">{(Link(p, options) is { Length: > 0 } link ? Html.Of($"<a href=\"{link}\">{p.Title}</a>") : Html.Of($"{p.Title}"))}</h2>
            <p style="margin: 0 0 6px; font-size: 13px; opacity: .75">{Facts(p)}</p>
            <p style="margin: 0 0 6px">{Summary(p)}</p>
            {(p.Known is { IsBuilt: true } known ? Html.Of($"<p style=\"margin: 0\"><code>{options.Command} {known.Command}</code></p>\n") : Html.None)}
            """))}{(count > shown.Length ? Html.Of($"<p>and {count - shown.Length} more.</p>\n") : Html.None)}{(unsubscribe.Length > 0 ? Html.Of($"<p style=\"font-size: 13px; opacity: .75; margin-top: 32px\">No more of these: <code>{unsubscribe}</code></p>\n") : Html.None)}</body></html>

        """).Markup;

    private static string Facts(StoredPaper paper) => string.Join(" · ", new[] { paper.Authors, Day(paper.Date), paper.Known is { } known ? $"{known.Entry.Kind}, {string.Join(", ", known.Entry.Supervision)}" : "" }.Where(f => f.Length > 0));

    private static string Summary(StoredPaper paper) => paper.Known?.Entry.Idea ?? (paper.Abstract.Length <= ShownLetters ? paper.Abstract : paper.Abstract[..paper.Abstract.LastIndexOf(' ', ShownLetters)] + " …");

    private static string Link(StoredPaper paper, DigestOptions options) => paper.Known is { } known && options.Address.Length > 0 ? $"{options.Address.TrimEnd('/')}/papers/{known.Slug}.html" : paper.Address;

    private static string Count(int papers) => papers == 1 ? "1 paper" : string.Create(CultureInfo.InvariantCulture, $"{papers} papers");

    private static string Day(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    private static string Wrap(string text)
    {
        var (lines, line) = (new StringBuilder(), 0);
        foreach (var word in text.Split(' '))
        {
            if (line > 0 && line + word.Length >= 76) (line, _) = (0, lines.Append('\n'));
            if (line > 0) lines.Append(' ');
            lines.Append(word);
            line += word.Length + 1;
        }
        return lines.ToString();
    }
}
