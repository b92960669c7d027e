using System.CommandLine;
using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Readers;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor data</c>: known data sets, fetched from their public homes and compared with what was published.</summary>
internal static class DataCommand
{
    public static Command Create(CancellationToken stop) => new("data", "List known data sets, fetch them from their public homes, check them") { List(), Pull(stop), Check(stop) };

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object a data set" };
        var command = new Command("list", "List the known data sets: size, licence, whether they are here, whether their addresses were tried") { json };
        command.SetAction(parsed =>
        {
            foreach (var set in PublishedSet.All)
                if (parsed.GetValue(json)) Console.Out.WriteLine(ToJson(set).ToJsonString());
                else Console.Out.WriteLine($"{set.Name}: {set.What}\n    {Size(set.Bytes)}, {ResultText.Count(set.Files.Count, "file")}; licence: {set.Licence}; {Place(set)}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Pull(CancellationToken stop)
    {
        var name = new Argument<string>("NAME") { Description = "A known data set (see data list)" };
        var to = new Option<string?>("--to") { Description = "The folder to put the data set's folder into; left out: PRECEPTOR_DATA where that is set, else the user's data folder" };
        var mirror = new Option<string?>("--mirror") { Description = "Fetch MIRROR/NAME/FILE, from a copy of a data folder, instead of the files' own homes" };
        var command = new Command("pull", "Fetch a data set and compare every file with the published SHA-256; broken off, the same command goes on") { name, to, mirror };
        command.SetAction(parsed =>
        {
            var set = PublishedSet.Find(parsed.GetValue(name)!);
            var root = parsed.GetValue(to) ?? DataFolder.PullFolder;
            var address = parsed.GetValue(mirror) is not { } given ? null
                : Uri.TryCreate(given, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : throw new RequestException($"--mirror {given}: expected an address such as https://example.org/data");
            if (address is null && !set.IsVerified) Console.Error.WriteLine($"{set.Name}: its addresses were not tried when they were written down; what arrives is compared with the published SHA-256 in any case");
            Console.Out.WriteLine($"{set.Name}: {Size(set.Bytes)}, licence: {set.Licence} → {Path.Combine(root, set.Name)}");
            using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
            client.DefaultRequestHeaders.UserAgent.ParseAdd("preceptor");
            using var display = new PullDisplay();
            try
            {
                var fetched = new DataPull(client, new DownloadOptions()).PullAsync(set, root, address, display, stop).GetAwaiter().GetResult();
                display.Clear();
                Console.Out.WriteLine($"{ResultText.Count(fetched, "file")} fetched, {set.Files.Count - fetched} there before; all as published");
                return ExitCode.Done;
            }
            catch (OperationCanceledException)
            {
                display.Clear();
                Console.Error.WriteLine("interrupted; what arrived is kept, and the same command goes on from there");
                throw;
            }
        });
        return command;
    }

    private static Command Check(CancellationToken stop)
    {
        var folder = new Argument<string>("DIR") { Description = "The folder of a known data set, or a folder of such folders" };
        var command = new Command("check", "Compare the files of a folder with the published SHA-256") { folder };
        command.SetAction(parsed =>
        {
            var wrong = 0;
            foreach (var (set, path) in Sets(parsed.GetValue(folder)!))
            {
                var findings = FileCheck.Of(set, path, stop).ToArray();
                foreach (var finding in findings.Where(f => !f.IsRight)) Console.Error.WriteLine(finding.Words);
                var right = findings.Count(f => f.IsRight);
                Console.Out.WriteLine($"{set.Name}: {(right == findings.Length ? $"{ResultText.Count(right, "file")}, all as published" : $"{right} of {ResultText.Count(findings.Length, "file")} as published")}");
                wrong += findings.Length - right;
            }
            return wrong == 0 ? ExitCode.Done : Terminal.Fail(ExitCode.WrongRequest, $"{ResultText.Count(wrong, "file")} not as published");
        });
        return command;
    }

    private static (PublishedSet Set, string Path)[] Sets(string folder)
    {
        if (!Directory.Exists(folder)) throw new RequestException($"there is no folder {folder}");
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (PublishedSet.All.FirstOrDefault(s => s.Name == name) is { } own) return [(own, folder)];
        var found = PublishedSet.All.Select(s => (Set: s, Path: Path.Combine(folder, s.Name))).Where(s => Directory.Exists(s.Path)).ToArray();
        return found.Length > 0 ? found : throw new RequestException(
            $"{folder} is neither the folder of a known data set{Spelling.Hint(name, PublishedSet.All.Select(s => s.Name))} nor does it hold one; {Terminal.Command} data list names them");
    }

    private static string Place(PublishedSet set) =>
        $"{(DataFolder.Find(set.Name) is { } here ? $"here: {here}" : "not here")}; {(set.HasHome ? $"addresses {(set.IsVerified ? "verified" : "not verified")}" : "made from other files, so that only --mirror fetches it")}";

    private static JsonObject ToJson(PublishedSet set) => new()
    {
        ["type"] = "data",
        ["name"] = set.Name,
        ["what"] = set.What,
        ["bytes"] = set.Bytes,
        ["files"] = set.Files.Count,
        ["licence"] = set.Licence,
        ["hasHome"] = set.HasHome,
        ["verified"] = set.IsVerified,
        ["here"] = DataFolder.Find(set.Name),
    };

    internal static string Size(long bytes) => bytes < 1_000_000 ? $"{bytes / 1e3:0.0} kB" : $"{bytes / 1e6:0.0} MB";
}
