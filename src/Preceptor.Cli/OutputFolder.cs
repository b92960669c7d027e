using System.Globalization;
using Preceptor.Cli.Commands;
using Preceptor.Foundation;

namespace Preceptor.Cli;

/// <summary>The folder of something that a command begins.</summary>
/// <param name="Path">The folder.</param>
/// <param name="WasThere">Whether it was there, empty, before.</param>
internal sealed record OutputFolder(string Path, bool WasThere)
{
    /// <summary>Chooses a folder, and creates nothing.</summary>
    /// <param name="output">The value of --out; null for a folder under runs/.</param>
    /// <param name="name">What the folder under runs/ is named after the time.</param>
    /// <param name="thing">What such a folder holds: run or comparison.</param>
    /// <param name="mark">The file by which one that holds it is known.</param>
    public static OutputFolder Choose(string? output, string name, string thing, string mark)
    {
        var folder = output ?? Free(System.IO.Path.Combine("runs", $"{DateTime.Now.ToString("yyyy-MM-ddTHH-mm-ss", CultureInfo.InvariantCulture)}-{name}"));
        if (File.Exists(folder)) throw new RequestException($"--out {folder}: is a file");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            if (!File.Exists(System.IO.Path.Combine(folder, mark))) throw new RequestException($"--out {folder}: the folder is not empty and holds no {thing}");
            using (new RunFolder(folder)) { } // in use: says so
            throw new RequestException($"--out {folder}: holds a {thing} already; continue it with --resume {RunCommand.Quote(folder)}, or choose another folder");
        }
        return new(folder, Directory.Exists(folder));
    }

    /// <summary>Creates it.</summary>
    public void Create()
    {
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"--out {Path}: cannot be created: {e.Message}", e);
        }
    }

    /// <summary>Removes what was written, the folder, and the folder runs/ around it if that is empty then: a wrong request leaves nothing behind.</summary>
    public void Withdraw()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path)) Directory.Delete(folder, recursive: true);
        foreach (var file in Directory.EnumerateFiles(Path)) File.Delete(file);
        if (WasThere) return;
        Directory.Delete(Path);
        var parent = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path));
        if (System.IO.Path.GetFileName(parent) == "runs" && !Directory.EnumerateFileSystemEntries(parent!).Any()) Directory.Delete(parent!);
    }

    /// <summary>The end of a message about a folder that was not found: the nearest spelling among those under runs/.</summary>
    public static string Hint(string folder) => Directory.Exists("runs")
        ? Spelling.Hint(System.IO.Path.GetFileName(folder), Directory.EnumerateDirectories("runs").Select(d => System.IO.Path.GetFileName(d))) : "";

    private static string Free(string folder)
    {
        for (var i = 1; ; i++)
        {
            var candidate = i == 1 ? folder : $"{folder}-{i}";
            if (!Directory.Exists(candidate)) return candidate;
        }
    }
}
