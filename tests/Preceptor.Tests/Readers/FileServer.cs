using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Preceptor.Tests.Readers;

/// <summary>What a test's server was asked for.</summary>
internal sealed record FileRequest(string Path, long? From, string? IfRange);

/// <summary>What it answers; the connection ends after some bytes of the body where that is said.</summary>
internal sealed record FileAnswer(int Status, byte[] Body)
{
    public string? Tag { get; init; }

    public long? From { get; init; }

    public int? CutAfter { get; init; }

    public bool Stalls { get; init; }
}

/// <summary>A web server of a few lines on this machine: one request a connection.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<FileRequest, FileAnswer> answer;
    private readonly Task loop;

    public FileServer(Func<FileRequest, FileAnswer> answer)
    {
        this.answer = answer;
        listener.Start();
        loop = Task.Run(ServeAsync);
    }

    public List<FileRequest> Requests { get; } = [];

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    /// <summary>A file as a good server has it: parts of it for those who ask, unless their mark is another version's.</summary>
    public static FileAnswer Serve(FileRequest request, byte[] content, string? tag = null)
    {
        if (request.From is not { } from || request.IfRange is { } mark && mark != tag) return new(200, content) { Tag = tag };
        return from >= content.Length ? new(416, []) : new(206, content[(int)from..]) { From = from, Tag = tag };
    }

    private async Task ServeAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await ServeAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // the client went away, or the test ended
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII, false, 1024, leaveOpen: true);
        var first = await reader.ReadLineAsync(stop.Token) ?? throw new IOException("no request");
        (long? from, string? mark) = (null, null);
        for (string? line; (line = await reader.ReadLineAsync(stop.Token)) is { Length: > 0 };)
        {
            if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase)) from = long.Parse(line[13..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture);
            if (line.StartsWith("If-Range: ", StringComparison.OrdinalIgnoreCase)) mark = line[10..];
        }
        var request = new FileRequest(Uri.UnescapeDataString(first.Split(' ')[1]), from, mark);
        lock (Requests) Requests.Add(request);
        var given = answer(request);
        var head = new StringBuilder($"HTTP/1.1 {given.Status} Some\r\nConnection: close\r\nContent-Length: {given.Body.Length}\r\n");
        if (given.Tag is not null) head.Append($"ETag: {given.Tag}\r\n");
        if (given.From is { } start) head.Append($"Content-Range: bytes {start}-{start + given.Body.Length - 1}/{start + given.Body.Length}\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), stop.Token);
        await stream.WriteAsync(given.Body.AsMemory(0, given.CutAfter ?? given.Body.Length), stop.Token);
        if (given.Stalls) await Task.Delay(Timeout.Infinite, stop.Token);
    }

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        loop.Wait(TimeSpan.FromSeconds(5));
        stop.Dispose();
    }
}
