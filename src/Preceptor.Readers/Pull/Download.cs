using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>How downloads are retried.</summary>
internal sealed record DownloadOptions
{
    /// <summary>How many attempts may fail one after the other without a byte gained.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The wait after the first failure; it doubles with each.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest silence of a server.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>
/// Fetches a file over HTTP into <c>FILE.part</c>. What arrived stays there when the connection breaks or the user stops, and the next attempt asks
/// for the rest alone. The server's mark of its version (ETag) is kept beside it, so that parts of two versions are never joined.
/// </summary>
internal sealed class Download(HttpClient client, DownloadOptions options)
{
    /// <summary>Fetches until the part is whole.</summary>
    /// <param name="address">What to fetch.</param>
    /// <param name="part">Where to.</param>
    /// <param name="expected">How many bytes there should be; null if that is not known.</param>
    /// <param name="most">How many there may be at most.</param>
    /// <param name="arrived">Told how many bytes are there.</param>
    /// <param name="stop">Stops the download; what arrived stays.</param>
    /// <returns>Whether the part goes on from an earlier one.</returns>
    /// <exception cref="WorkException">The server refuses, or attempt after attempt failed.</exception>
    /// <exception cref="RequestException">What the server has is of another size.</exception>
    public async Task<bool> FetchAsync(Uri address, string part, long? expected, long most, Action<long>? arrived, CancellationToken stop)
    {
        for (var failures = 0; ;)
        {
            var before = Length(part);
            string reason;
            try
            {
                var resumed = await AttemptAsync(address, part, before, expected, most, arrived, stop).ConfigureAwait(false);
                var found = Length(part);
                if (expected is null || found == expected) return resumed;
                if (found > expected) throw new RequestException($"{address.AbsoluteUri}: more than the {expected} bytes that were published");
                reason = $"the connection ended after {found} of {expected} bytes";
            }
            catch (Exception fault) when (!stop.IsCancellationRequested && fault is HttpRequestException or IOException or OperationCanceledException)
            {
                reason = fault is OperationCanceledException ? $"the server was silent for {options.Silence.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s" : fault.Message;
            }
            failures = Length(part) > before ? 1 : failures + 1;
            if (failures >= options.Attempts) throw new WorkException($"{address.AbsoluteUri}: {reason}, attempt after attempt; what arrived is kept, and the same command goes on from there");
            await Task.Delay(options.FirstWait * Math.Pow(2, failures - 1), stop).ConfigureAwait(false);
        }
    }

    /// <summary>Removes a part and its mark.</summary>
    public static void Forget(string part)
    {
        File.Delete(part);
        File.Delete(Mark(part));
    }

    private static string Mark(string part) => part + ".etag";

    private static long Length(string part) => File.Exists(part) ? new FileInfo(part).Length : 0;

    /// <summary>Asks once; true if the server sent only what was missing.</summary>
    private async Task<bool> AttemptAsync(Uri address, string part, long have, long? expected, long most, Action<long>? arrived, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(options.Silence);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
            if (File.Exists(Mark(part)) && EntityTagHeaderValue.TryParse(await File.ReadAllTextAsync(Mark(part), stop).ConfigureAwait(false), out var mark)) request.Headers.IfRange = new RangeConditionHeaderValue(mark);
        }
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && have > 0)
        {
            Forget(part); // the part is as long as the file or longer: another file
            return await AttemptAsync(address, part, 0, expected, most, arrived, stop).ConfigureAwait(false);
        }
        Refuse(address, response.StatusCode);
        var goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (response.StatusCode == HttpStatusCode.PartialContent && !goesOn)
        {
            Forget(part);
            return have > 0 ? await AttemptAsync(address, part, 0, expected, most, arrived, stop).ConfigureAwait(false) : throw new HttpRequestException("the server sent another part than it was asked for");
        }
        if ((goesOn ? response.Content.Headers.ContentRange!.Length : response.Content.Headers.ContentLength) is { } whole && expected is not null && whole != expected)
            throw new RequestException($"{address.AbsoluteUri}: has {whole} bytes, expected {expected}: it is not the file that was published");
        if (!goesOn)
        {
            File.Delete(Mark(part));
            if (response.Headers.ETag is { IsWeak: false } tag) await File.WriteAllTextAsync(Mark(part), tag.ToString(), stop).ConfigureAwait(false);
        }
        using var file = new FileStream(part, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read);
        using var body = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
        var buffer = new byte[1 << 16];
        for (int read; (read = await body.ReadAsync(buffer, patience.Token).ConfigureAwait(false)) > 0;)
        {
            patience.CancelAfter(options.Silence);
            await file.WriteAsync(buffer.AsMemory(0, read), stop).ConfigureAwait(false);
            arrived?.Invoke(file.Position);
            if (file.Position > most) throw new RequestException($"{address.AbsoluteUri}: more than the {most} bytes that it may have");
        }
        return goesOn;
    }

    private static void Refuse(Uri address, HttpStatusCode status)
    {
        var code = (int)status;
        if (code is 408 or 429 or >= 500) throw new HttpRequestException($"the server answers {code} {status}"); // may be over soon
        if (code is not (200 or 206)) throw new WorkException($"{address.AbsoluteUri}: the server answers {code} {status}");
    }
}
