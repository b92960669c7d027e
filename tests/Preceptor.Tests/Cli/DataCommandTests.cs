using Preceptor.Data;
using Preceptor.Readers;
using Preceptor.Tests.Readers;

namespace Preceptor.Tests.Cli;

/// <summary><c>preceptor data</c> as a user types it.</summary>
public sealed class DataCommandTests
{
    private static string Here(string name) => DataFolder.Find(name) ?? throw Xunit.Sdk.SkipException.ForSkip($"needs the data set {name}");

    [Fact]
    public void The_list_says_what_is_known()
    {
        var (code, output, error) = Workspace.Child(["data", "list"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("mnist: 70,000 grey images of handwritten digits\n    11.6 MB, 4 files; licence: CC BY-SA 3.0 commonly stated; ", output);
        Assert.Contains("addresses not verified", output);
        Assert.Contains("made from other files, so that only --mirror fetches it", output);
        var (_, json, _) = Workspace.Child(["data", "list", "--json"]);
        Assert.Equal(PublishedSet.All.Count, json.Trim().Split('\n').Length);
        Assert.Contains("\"name\":\"sst2\"", json);
    }

    [Fact]
    public void A_set_is_pulled_broken_off_pulled_on_used_and_checked()
    {
        var source = Here("uci-optdigits");
        using var workspace = new Workspace();
        var isBroken = true;
        using var server = new FileServer(r => FileServer.Serve(r, File.ReadAllBytes(Path.Combine(source, Path.GetFileName(r.Path))), "\"1\"") is var answer
            && isBroken && r.Path.EndsWith("optdigits.tra", StringComparison.Ordinal) && r.From is null ? answer with { CutAfter = 100_000 } : isBroken && r.From is not null ? new(404, []) : answer);
        string[] pull = ["data", "pull", "uci-optdigits", "--to", "data", "--mirror", server.Address.ToString()];
        var (code, output, error) = Workspace.Child(pull);
        Assert.Equal((1, true), (code, error.StartsWith("error: http", StringComparison.Ordinal)));
        Assert.Contains("404", error);
        Assert.DoesNotContain(Path.Combine(workspace.Folder, "data", "uci-optdigits", "optdigits.tra"), workspace.Names());
        isBroken = false;
        (code, output, error) = Workspace.Child(pull);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("all as published", output);
        Assert.Contains(server.Requests, r => r.From > 0 && r.IfRange == "\"1\"");
        Assert.Equal(PublishedSet.Find("uci-optdigits").Files.Count, workspace.Names().Count(File.Exists));
        Assert.Equal((0, "uci-optdigits: 3 files, all as published"), Workspace.Child(["data", "check", "data"]) is var check ? (check.Code, check.Output.Trim()) : default);
        Assert.Equal(3_823, TableReader.ReadSplit(Path.Combine(workspace.Folder, "data", "uci-optdigits")).Train.Rows);

        File.AppendAllText(Path.Combine(workspace.Folder, "data", "uci-optdigits", "optdigits.tes"), "x");
        (code, output, error) = Workspace.Child(["data", "check", Path.Combine("data", "uci-optdigits")]);
        Assert.Equal((2, "uci-optdigits: 2 of 3 files as published"), (code, output.Trim()));
        Assert.Contains("optdigits.tes: SHA-256 expected ", error);
        Assert.EndsWith("error: 1 file not as published", error.Trim());
        Assert.Equal(2, Workspace.Child(pull).Code); // it is left as it is
    }

    [Fact]
    public void Wrong_requests_are_told()
    {
        using var workspace = new Workspace();
        Assert.Contains("there is no known data set 'mnits' (did you mean 'mnist'?)", Told("data", "pull", "mnits"));
        Assert.Contains("expected an address such as", Told("data", "pull", "mnist", "--mirror", "here"));
        Assert.Contains("there is no folder nowhere", Told("data", "check", "nowhere"));
        Assert.Contains("is neither the folder of a known data set", Told("data", "check", "."));
        Assert.Contains("has no home: it was made from other files", Told("data", "pull", "cifar10-subset", "--to", "data"));
        using var server = new FileServer(_ => new(200, new byte[PublishedSet.Find("tinyshakespeare").Bytes]));
        Assert.Contains("SHA-256 expected ", Told("data", "pull", "tinyshakespeare", "--to", "data", "--mirror", server.Address.ToString()));
        static string Told(params string[] arguments)
        {
            var (code, error) = Workspace.Run(arguments);
            Assert.Equal(2, code);
            return error;
        }
    }
}
