using System.Net;
using System.Net.Sockets;
using System.Text;
using MimeKit;
using Preceptor.Foundation;
using Preceptor.Papers;

namespace Preceptor.Tests.Papers;

public sealed class DigestTests : IDisposable
{
    private static readonly DateOnly Today = new(2026, 11, 26);
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-mail-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static StoredPaper[] Papers => PaperSiteTests.Some();

    [Fact]
    public void A_digest_is_a_valid_mail_of_plain_text_and_html()
    {
        var subscriber = new Subscriber("ada@example.org", "feed5eed", true);
        var path = Assert.Single(MailDelivery.ToFiles(folder, [("digest", Digest.Write(Papers, new(2026, 3, 10), subscriber, Today, new() { From = "News <news@example.org>", Address = "https://example.org/papers", UnsubscribeAddress = "https://example.org/u?t={token}" }))]));
        var message = MimeMessage.Load(path);
        Assert.Equal(("4 papers since 10 March 2026", "ada@example.org", "news@example.org"), (message.Subject, message.To.Mailboxes.Single().Address, message.From.Mailboxes.Single().Address));
        Assert.Equal("<https://example.org/u?t=feed5eed>, <mailto:news@example.org?subject=unsubscribe%20feed5eed>", message.Headers[HeaderId.ListUnsubscribe]);
        Assert.Equal("List-Unsubscribe=One-Click", message.Headers["List-Unsubscribe-Post"]);
        Assert.NotNull(message.MessageId);
        Assert.Equal(["text/plain", "text/html"], Assert.IsType<MultipartAlternative>(message.Body).Select(p => p.ContentType.MimeType));
        Assert.Contains("https://example.org/papers/papers/nested-dropout.html", message.TextBody, StringComparison.Ordinal);
        Assert.Contains("Run it: preceptor reproduce nested-dropout", message.TextBody, StringComparison.Ordinal);
        Assert.Contains("papers unsubscribe feed5eed", message.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", message.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", message.HtmlBody, StringComparison.Ordinal);
        Assert.All(File.ReadAllLines(path), line => Assert.InRange(line.Length, 0, 998));
    }

    [Fact]
    public void For_nobody_yet_it_has_no_address_and_more_papers_than_fit_are_counted()
    {
        var message = Digest.Write(Papers, new(2026, 3, 10), null, Today, new() { Most = 1 });
        Assert.Empty(message.To.Mailboxes);
        Assert.Null(message.Headers[HeaderId.ListUnsubscribe]);
        Assert.Contains("and 3 more", message.TextBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ada@example.org\nBcc: all@example.org"), InlineData("ada@example.org\r\n\r\nHello"), InlineData("ada"), InlineData("a@b, c@d"), InlineData("@example.org"), InlineData(""), InlineData("\"a\u0000\"@b.org")]
    public void What_is_not_exactly_one_address_is_refused(string address)
    {
        using var store = new PaperStore(Path.Combine(folder, "papers.db"));
        var message = Assert.Throws<RequestException>(() => new Subscribers(store).Ask(address, Today)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.Empty(new Subscribers(store).All());
        Assert.Throws<RequestException>(() => Digest.Write(Papers, Today, null, Today, new() { From = address }));
    }

    [Fact]
    public void Only_who_confirmed_is_a_reader_and_who_leaves_is_forgotten()
    {
        using var store = new PaperStore(Path.Combine(folder, "papers.db"));
        var subscribers = new Subscribers(store);
        var asked = subscribers.Ask("Ada@Example.org", Today);
        Assert.Equal(asked, subscribers.Ask("ada@example.org", Today));
        Assert.False(Assert.Single(subscribers.All()).IsConfirmed);
        var mail = Digest.Confirmation(asked, Today, new());
        Assert.Contains(asked.Token, mail.TextBody, StringComparison.Ordinal);
        Assert.Throws<RequestException>(() => subscribers.Confirm("guess", Today));
        Assert.Equal("ada@example.org", subscribers.Confirm(asked.Token, Today));
        Assert.True(Assert.Single(subscribers.All()).IsConfirmed);
        Assert.Equal("ada@example.org", subscribers.Remove(asked.Token));
        Assert.Empty(subscribers.All());
    }

    [Fact]
    public async Task Mails_arrive_at_a_server_as_they_were_written()
    {
        using var sink = new MailSink();
        var messages = new[] { "ada@example.org", "bob@example.org" }.Select(a => Digest.Write(Papers, new(2026, 3, 10), new(a, "t" + a[0], true), Today, new())).ToArray();
        await MailDelivery.SendAsync(MailServer.Parse($"127.0.0.1:{sink.Port}", "", ""), messages, TestContext.Current.CancellationToken);
        Assert.Equal(["ada@example.org", "bob@example.org"], sink.Received.Select(r => r.To));
        foreach (var ((_, text), sent) in sink.Received.Zip(messages))
        {
            var message = MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(text)));
            Assert.Equal((sent.Subject, sent.TextBody!.ReplaceLineEndings(), sent.Headers[HeaderId.ListUnsubscribe]), (message.Subject, message.TextBody!.ReplaceLineEndings(), message.Headers[HeaderId.ListUnsubscribe]));
        }
    }

    [Fact]
    public async Task A_password_never_goes_out_in_the_clear_and_a_refusal_says_how_many_went()
    {
        var stop = TestContext.Current.CancellationToken;
        using var sink = new MailSink();
        var message = Digest.Write(Papers, Today, null, Today, new());
        message.To.Clear();
        message.To.Add(new MailboxAddress("", "refused@example.org"));
        var refused = await Assert.ThrowsAsync<WorkException>(() => MailDelivery.SendAsync(MailServer.Parse($"127.0.0.1:{sink.Port}", "", ""), [message], stop));
        Assert.Contains("0 of 1 were sent", refused.Message, StringComparison.Ordinal);
        var secret = await Assert.ThrowsAsync<WorkException>(() => MailDelivery.SendAsync(MailServer.Parse($"127.0.0.1:{sink.Port}", "me", "hunter2"), [message], stop));
        Assert.DoesNotContain("hunter2", secret.Message + sink.Heard, StringComparison.Ordinal);
        Assert.Contains("no encryption", secret.Message, StringComparison.Ordinal);
        Assert.Contains("is not HOST or HOST:PORT", Assert.Throws<RequestException>(() => MailServer.Parse("a:b", "", "")).Message, StringComparison.Ordinal);
    }

    /// <summary>A server that takes every mail, but one for refused@example.org, and keeps it.</summary>
    private sealed class MailSink : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly StringBuilder heard = new();

        public MailSink()
        {
            listener.Start();
            _ = Task.Run(Serve);
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public List<(string To, string Text)> Received { get; } = [];

        public string Heard => heard.ToString();

        private async Task Serve()
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    using var reader = new StreamReader(client.GetStream(), new UTF8Encoding(false));
                    await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\r\n" };
                    await writer.WriteLineAsync("220 sink");
                    var to = "";
                    while (await reader.ReadLineAsync() is { } line)
                    {
                        heard.AppendLine(line);
                        if (line.StartsWith("RCPT TO:<", StringComparison.OrdinalIgnoreCase)) to = line[9..line.IndexOf('>', StringComparison.Ordinal)];
                        if (line == "DATA")
                        {
                            await writer.WriteLineAsync("354 go on");
                            var text = new StringBuilder();
                            while (await reader.ReadLineAsync() is { } part && part != ".") text.Append(part.StartsWith("..", StringComparison.Ordinal) ? part[1..] : part).Append("\r\n");
                            Received.Add((to, text.ToString()));
                        }
                        await writer.WriteLineAsync(line.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase) && to == "refused@example.org" ? "550 nobody here" : line == "QUIT" ? "221 bye" : "250 ok");
                        if (line == "QUIT") break;
                    }
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException) { }
        }

        public void Dispose() => listener.Dispose();
    }
}
