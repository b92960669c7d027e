using System.CommandLine;
using Preceptor.Catalogue;
using Preceptor.Foundation;
using Preceptor.Papers;

namespace Preceptor.Cli.Commands;

/// <summary>The commands of <c>papers</c> that bring papers to readers: a site, and a digest by mail for those who asked and confirmed.</summary>
internal static class PapersPublishing
{
    private const string PasswordVariable = "PRECEPTOR_SMTP_PASSWORD";

    private static readonly Option<string> From = new("--from") { Description = "The sender's address", DefaultValueFactory = _ => "papers@localhost" };
    private static readonly Option<string?> Smtp = new("--smtp") { Description = "Send through this server, HOST or HOST:PORT" };
    private static readonly Option<string> User = new("--user") { Description = $"The server's user; the password comes from {PasswordVariable}", DefaultValueFactory = _ => "" };
    private static readonly Option<string?> Eml = new("--eml") { Description = "Write the mails as .eml files into this folder" };

    public static Command Site(Func<ParseResult, PaperStore> open)
    {
        var to = new Option<string>("--out") { Description = "The folder to write or to replace", Required = true };
        var title = new Option<string>("--title") { Description = "What the site is called", DefaultValueFactory = _ => "Papers" };
        var address = new Option<string?>("--address") { Description = "Where the site will be (https://…), for its feed" };
        var most = new Option<int>("--most") { Description = "Most papers of the store, the latest first", DefaultValueFactory = _ => 2000 };
        var command = new Command("site", "Write a static site: a searchable feed by date, a page a paper, an Atom feed") { to, title, address, most };
        command.SetAction(parsed =>
        {
            using var store = open(parsed);
            var folder = parsed.GetValue(to)!;
            var pages = PaperSite.Write(folder, store.All(), new() { Title = parsed.GetValue(title)!, Address = Web(parsed.GetValue(address), "--address"), Most = Math.Max(0, parsed.GetValue(most)), Command = Terminal.Command });
            Console.Out.WriteLine($"{ResultText.Count(pages, "paper")} → {Path.Combine(folder, "index.html")}");
            return ExitCode.Done;
        });
        return command;
    }

    public static Command Digest(Func<ParseResult, PaperStore> open, CancellationToken stop)
    {
        var since = new Option<string>("--since") { Description = "From this day on (YYYY-MM-DD)", Required = true };
        var address = new Option<string?>("--address") { Description = "Where the site is (https://…), for links" };
        var unsubscribe = new Option<string?>("--unsubscribe-address") { Description = "An https address that takes {token} and unsubscribes whoever posts to it, for one click in mail programs" };
        var command = new Command("digest", "Write or send a digest of the papers since a day, to every confirmed subscriber; without subscribers one file for nobody yet") { since, Eml, Smtp, From, User, address, unsubscribe };
        command.SetAction(parsed =>
        {
            using var store = open(parsed);
            var day = PapersCommand.Day(parsed.GetValue(since), "--since");
            var options = Options(parsed) with { Address = Web(parsed.GetValue(address), "--address"), UnsubscribeAddress = Web(parsed.GetValue(unsubscribe), "--unsubscribe-address") };
            var papers = store.All().Where(p => p.Date >= day || p.Imported >= day).OrderByDescending(p => p.Known is { IsBuilt: true }).ThenByDescending(p => p.Date).ThenBy(p => p.Id).ToArray();
            if (papers.Length == 0)
            {
                Console.Out.WriteLine($"no paper since {parsed.GetValue(since)}; nothing written or sent");
                return ExitCode.Done;
            }
            Subscriber?[] readers = [.. new Subscribers(store).All().Where(s => s.IsConfirmed)];
            if (readers.Length == 0 && parsed.GetValue(Smtp) is not null) throw new RequestException($"no subscriber has confirmed yet; {Terminal.Command} papers subscribe ADDRESS asks one, {Terminal.Command} papers confirm TOKEN confirms");
            if (readers.Length == 0) readers = [null];
            return Deliver(parsed, [.. readers.Select((r, i) => ($"digest-{parsed.GetValue(since)}{(readers.Length > 1 ? $"-{i + 1}" : "")}", Papers.Digest.Write(papers, day, r, PapersCommand.Today, options)))], stop);
        });
        return command;
    }

    public static Command Subscribe(Func<ParseResult, PaperStore> open, CancellationToken stop)
    {
        var address = new Argument<string>("ADDRESS") { Description = "An address of mail" };
        var command = new Command("subscribe", "Ask an address whether it wants the digest: the mail has the token that confirms") { address, Eml, Smtp, From, User };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(Eml) is null && parsed.GetValue(Smtp) is null) throw Undelivered();
            var options = Options(parsed);
            using var store = open(parsed);
            var asked = new Subscribers(store).Ask(parsed.GetValue(address)!, PapersCommand.Today);
            if (!asked.IsConfirmed) return Deliver(parsed, [("confirm", Papers.Digest.Confirmation(asked, PapersCommand.Today, options))], stop);
            Console.Out.WriteLine($"{asked.Address} has confirmed already");
            return ExitCode.Done;
        });
        return command;
    }

    public static Command Confirm(Func<ParseResult, PaperStore> open) => Token("confirm", "Confirm the address of a token: from now on it gets the digest", open, (s, token) => $"{s.Confirm(token, PapersCommand.Today)} gets the digest from now on");

    public static Command Unsubscribe(Func<ParseResult, PaperStore> open) => Token("unsubscribe", "Forget the address of a token", open, (s, token) => $"{s.Remove(token)} is forgotten");

    private static Command Token(string name, string what, Func<ParseResult, PaperStore> open, Func<Subscribers, string, string> change)
    {
        var token = new Argument<string>("TOKEN") { Description = "The token in the mail that asked" };
        var command = new Command(name, what) { token };
        command.SetAction(parsed =>
        {
            using var store = open(parsed);
            Console.Out.WriteLine(change(new Subscribers(store), parsed.GetValue(token)!));
            return ExitCode.Done;
        });
        return command;
    }

    private static DigestOptions Options(ParseResult parsed)
    {
        var from = parsed.GetValue(From)!;
        MailAddress.Parse(from, "--from");
        return new() { From = from, Command = Terminal.Command };
    }

    private static int Deliver(ParseResult parsed, IReadOnlyList<(string Name, MimeKit.MimeMessage Message)> messages, CancellationToken stop)
    {
        var (folder, server) = (parsed.GetValue(Eml), parsed.GetValue(Smtp));
        if (folder is null && server is null) throw Undelivered();
        var sender = server is null ? null : MailServer.Parse(server, parsed.GetValue(User)!, Environment.GetEnvironmentVariable(PasswordVariable) ?? "");
        if (folder is not null)
            foreach (var path in MailDelivery.ToFiles(folder, messages)) Console.Out.WriteLine(path);
        if (sender is null) return ExitCode.Done;
        MailDelivery.SendAsync(sender, [.. messages.Select(m => m.Message)], stop).GetAwaiter().GetResult();
        Console.Out.WriteLine($"{ResultText.Count(messages.Count, "mail")} sent through {sender.Host}");
        return ExitCode.Done;
    }

    private static RequestException Undelivered() => new("say where the mail goes: --eml DIR writes files, --smtp HOST:PORT sends");

    private static string Web(string? address, string option) => address is null ? ""
        : Uri.TryCreate(address.Replace("{token}", "token", StringComparison.Ordinal), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && !address.Any(char.IsControl) && !address.Contains('>', StringComparison.Ordinal) ? address : throw new RequestException($"{option} {address}: expected an address such as https://example.org/papers");
}
