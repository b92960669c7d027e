using System.Security.Cryptography;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Readers;

namespace Preceptor.Tests.Readers;

public sealed class DataPullTests : IDisposable
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 31 % 251))];

    private readonly TemporaryFolder folder = new();
    private readonly HttpClient client = new() { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose()
    {
        client.Dispose();
        folder.Dispose();
    }

    private static string Sha(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static PublishedSet Set(Uri home, PublishedForm form = PublishedForm.Plain, byte[]? content = null, long? bytes = null) =>
        new("some-set", "a set", "none", false, [new("in ner/file.bin", bytes ?? (content ?? Content).Length, Sha(content ?? Content), form, $"{home}in%20ner/file.bin")]);

    private string Place(string end = "") => Path.Combine(folder.Path, "some-set", "in ner", "file.bin" + end);

    private int Pull(PublishedSet set, Uri? mirror = null, int attempts = 1, IProgress<PullProgress>? progress = null, double silence = 30, CancellationToken stop = default) =>
        new DataPull(client, new DownloadOptions { Attempts = attempts, FirstWait = TimeSpan.FromMilliseconds(5), Silence = TimeSpan.FromSeconds(silence) }).PullAsync(set, folder.Path, mirror, progress, stop).GetAwaiter().GetResult();

    private string[] Files() => [.. Directory.EnumerateFiles(Path.Combine(folder.Path, "some-set", "in ner")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Fact]
    public void A_file_is_fetched_compared_and_then_left_alone()
    {
        using var server = new FileServer(r => FileServer.Serve(r, Content, "\"1\""));
        Assert.Equal(1, Pull(Set(server.Address)));
        Assert.Equal(Content, File.ReadAllBytes(Place()));
        Assert.Equal(["file.bin"], Files());
        Assert.Equal(0, Pull(Set(server.Address)));
        Assert.Equal(new FileRequest("/in ner/file.bin", null, null), Assert.Single(server.Requests));
    }

    [Fact]
    public void A_broken_download_goes_on_where_it_broke()
    {
        var breaks = true;
        using var server = new FileServer(r => FileServer.Serve(r, Content, "\"1\"") with { CutAfter = breaks ? 70_000 : null });
        var message = Assert.Throws<WorkException>(() => Pull(Set(server.Address))).Message;
        Assert.Contains("what arrived is kept, and the same command goes on from there", message);
        var arrived = File.ReadAllBytes(Place(".part"));
        Assert.InRange(arrived.Length, 1, 70_000);
        Assert.Equal(Content[..arrived.Length], arrived);
        Assert.False(File.Exists(Place()));
        breaks = false;
        Assert.Equal(1, Pull(Set(server.Address)));
        Assert.Equal(new FileRequest("/in ner/file.bin", arrived.Length, "\"1\""), server.Requests[^1]);
        Assert.Equal(Content, File.ReadAllBytes(Place()));
        Assert.Equal(["file.bin"], Files());
    }

    [Fact]
    public void Attempts_that_gain_bytes_do_not_count_as_failed()
    {
        using var server = new FileServer(r => FileServer.Serve(r, Content, "\"1\"") is { Body.Length: > 30_000 } answer ? answer with { CutAfter = 30_000 } : FileServer.Serve(r, Content, "\"1\""));
        Assert.Equal(1, Pull(Set(server.Address), attempts: 2));
        Assert.Equal(Content, File.ReadAllBytes(Place()));
        Assert.InRange(server.Requests.Count, 7, 40);
    }

    [Fact]
    public void Busy_servers_are_asked_again()
    {
        var asked = 0;
        using var server = new FileServer(r => ++asked < 3 ? new(503, []) : FileServer.Serve(r, Content));
        Assert.Equal(1, Pull(Set(server.Address), attempts: 3));
        asked = -10;
        File.Delete(Place());
        Assert.Contains("the server answers 503", Assert.Throws<WorkException>(() => Pull(Set(server.Address), attempts: 3)).Message);
    }

    [Fact]
    public void A_server_that_knows_no_parts_sends_all_of_it()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Place())!);
        File.WriteAllBytes(Place(".part"), Content[..5000]);
        using var server = new FileServer(_ => new(200, Content));
        Assert.Equal(1, Pull(Set(server.Address)));
        Assert.Equal(Content, File.ReadAllBytes(Place()));
        Assert.Equal(5000, Assert.Single(server.Requests).From);
    }

    [Fact]
    public void Parts_of_two_versions_are_never_joined()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Place())!);
        File.WriteAllBytes(Place(".part"), new byte[5000]);
        File.WriteAllText(Place(".part.etag"), "\"old\"");
        using var server = new FileServer(r => FileServer.Serve(r, Content, "\"new\""));
        Assert.Equal(1, Pull(Set(server.Address)));
        Assert.Equal(new FileRequest("/in ner/file.bin", 5000, "\"old\""), Assert.Single(server.Requests));
        Assert.Equal(Content, File.ReadAllBytes(Place()));
    }

    [Theory]
    [InlineData(5000)] // the beginning of something else, of which the server says nothing
    [InlineData(200_000)] // as long as the file
    [InlineData(300_000)] // longer
    public void A_part_of_something_else_is_fetched_anew(int length)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Place())!);
        File.WriteAllBytes(Place(".part"), new byte[length]);
        using var server = new FileServer(r => FileServer.Serve(r, Content));
        Assert.Equal(1, Pull(Set(server.Address)));
        Assert.Equal(Content, File.ReadAllBytes(Place()));
        Assert.Equal(["file.bin"], Files());
    }

    [Fact]
    public void A_file_that_is_not_as_published_is_kept_away()
    {
        var other = (byte[])Content.Clone();
        other[7]++;
        using var server = new FileServer(r => FileServer.Serve(r, other));
        var message = Assert.Throws<RequestException>(() => Pull(Set(server.Address), attempts: 3)).Message;
        Assert.Equal($"{server.Address}in%20ner/file.bin: SHA-256 expected {Sha(Content)}, found {Sha(other)}; what arrived is kept as {Place(".rejected")} and is not used", message);
        Assert.Equal(["file.bin.rejected"], Files());
        Assert.Single(server.Requests);
        using var longer = new FileServer(_ => new(200, [.. Content, 1]));
        Assert.Contains("has 200001 bytes, expected 200000: it is not the file that was published", Assert.Throws<RequestException>(() => Pull(Set(longer.Address))).Message);
    }

    [Fact]
    public void A_file_of_the_users_is_neither_used_nor_replaced()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Place())!);
        File.WriteAllText(Place(), "mine");
        using var server = new FileServer(r => FileServer.Serve(r, Content));
        var message = Assert.Throws<RequestException>(() => Pull(Set(server.Address))).Message;
        Assert.Equal($"{Place()}: SHA-256 expected {Sha(Content)}, found {Sha("mine"u8.ToArray())}; it is left as it is: move it away to fetch it anew", message);
        Assert.Equal("mine", File.ReadAllText(Place()));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void What_is_not_there_fails_at_once()
    {
        using var server = new FileServer(_ => new(404, []));
        Assert.Equal($"{server.Address}in%20ner/file.bin: the server answers 404 NotFound", Assert.Throws<WorkException>(() => Pull(Set(server.Address), attempts: 5)).Message);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Silence_ends_an_attempt_and_the_user_ends_the_pull()
    {
        using var server = new FileServer(r => FileServer.Serve(r, Content) with { CutAfter = 10_000, Stalls = true });
        Assert.Contains("the server was silent for 0.2 s", Assert.Throws<WorkException>(() => Pull(Set(server.Address), silence: 0.2)).Message);
        File.Delete(Place(".part"));
        using var stop = new CancellationTokenSource();
        using var second = new FileServer(r => FileServer.Serve(r, Content) with { CutAfter = 10_000, Stalls = true });
        Assert.ThrowsAny<OperationCanceledException>(() => Pull(Set(second.Address), attempts: 5, progress: new Stopping(stop), stop: stop.Token));
        Assert.InRange(new FileInfo(Place(".part")).Length, 1, 10_000);
    }

    [Fact]
    public void Compressed_files_are_compared_by_what_they_contain()
    {
        var compressed = TemporaryFolder.Compress(Content);
        compressed[4]++; // the time in the header
        using var server = new FileServer(r => FileServer.Serve(r, compressed));
        Assert.Equal(1, Pull(Set(server.Address, PublishedForm.Content, bytes: compressed.Length)));
        Assert.Equal(compressed, File.ReadAllBytes(Place()));
        File.Delete(Place());
        compressed[50]++;
        Assert.Contains($"SHA-256 of its content expected {Sha(Content)}, found", Assert.Throws<RequestException>(() => Pull(Set(server.Address, PublishedForm.Content, bytes: compressed.Length))).Message);
    }

    [Fact]
    public void What_homes_serve_bare_is_compressed_here_and_a_mirror_serves_it_compressed()
    {
        using var home = new FileServer(r => FileServer.Serve(r, Content));
        Assert.Equal(1, Pull(Set(home.Address, PublishedForm.Gzip)));
        Assert.Equal(Sha(Content), FileCheck.Hash(Place(), true, default));
        Assert.Equal(["file.bin"], Files());
        var kept = File.ReadAllBytes(Place());
        File.Delete(Place());
        using var mirror = new FileServer(r => FileServer.Serve(r, kept));
        Assert.Equal(1, Pull(Set(home.Address, PublishedForm.Gzip), mirror.Address));
        Assert.Equal("/some-set/in ner/file.bin", Assert.Single(mirror.Requests).Path);
        Assert.Equal(kept, File.ReadAllBytes(Place()));
    }

    [Fact]
    public void What_was_made_here_has_only_mirrors()
    {
        using var server = new FileServer(r => FileServer.Serve(r, Content));
        Assert.Contains("some-set: in ner/file.bin has no home: it was made from other files", Assert.Throws<RequestException>(() => Pull(Set(server.Address, PublishedForm.None))).Message);
        Assert.Equal(1, Pull(Set(server.Address, PublishedForm.None), server.Address));
    }

    [Fact]
    public void Known_sets_have_addresses_and_hashes()
    {
        Assert.Equal(PublishedSet.All.Select(s => s.Name).Order(StringComparer.Ordinal), PublishedSet.All.Select(s => s.Name));
        Assert.All(KnownDataSets.All, known => Assert.Contains(PublishedSet.All, s => s.Name == known.Name));
        Assert.All(PublishedSet.All, set =>
        {
            Assert.NotEmpty(set.Files);
            Assert.NotEmpty(set.Licence);
            Assert.All(set.Files, f =>
            {
                Assert.Matches("^[0-9a-f]{64}$", f.Sha256);
                Assert.True(f.Bytes > 0);
                Assert.DoesNotContain("..", f.Name);
                if (f.Form != PublishedForm.None) Assert.True(Uri.TryCreate(f.Address, UriKind.Absolute, out var uri) && uri.Scheme == "https");
            });
        });
    }

    public static TheoryData<string> SmallSets => ["mnist", "sst2", "uci-optdigits", "scan", "crowd-labels", "cifar10n-human-labels"];

    [Theory, MemberData(nameof(SmallSets))]
    public void Data_sets_here_are_as_published(string name)
    {
        if (DataFolder.Find(name) is not { } place) throw Xunit.Sdk.SkipException.ForSkip($"needs the data set {name}");
        Assert.Empty(FileCheck.Of(PublishedSet.Find(name), place, default).Where(f => !f.IsRight).Select(f => f.Words));
    }

    private sealed class Stopping(CancellationTokenSource stop) : IProgress<PullProgress>
    {
        public void Report(PullProgress value) => stop.Cancel();
    }
}
