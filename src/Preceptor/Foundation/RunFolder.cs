using System.Text;
using System.Text.Json.Nodes;

namespace Preceptor.Foundation;

/// <summary>
/// A run's folder: lock, checkpoint/, stages/ and metrics.jsonl. Files are written beside their place and renamed, so that
/// a killed process leaves the old file or the new one.
/// </summary>
public sealed class RunFolder : IDisposable
{
    private const string CheckpointFile = "state.safetensors", Filled = ".new", Old = ".old", Gone = ".gone";
    private readonly FileStream guard;
    private readonly string root;
    private readonly HashSet<string> recorded;

    /// <summary>Takes the folder for this process, creating it where needed.</summary>
    /// <exception cref="RequestException">Another process uses it, or it can't be written.</exception>
    public RunFolder(string root)
    {
        this.root = root;
        try
        {
            Directory.CreateDirectory(root);
            guard = Lock(Path.Combine(root, "lock"));
            recorded = WholeLines(MetricsPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestException(e is IOException && File.Exists(Path.Combine(root, "lock"))
                ? $"{root}: this run directory is in use by another process; wait for it, or choose another with --out"
                : $"{root}: can't be written ({e.Message})", e);
        }
    }

    private string CheckpointPath => CheckpointOf(root);

    private string MetricsPath => Path.Combine(root, "metrics.jsonl");

    /// <summary>Replaces the checkpoint.</summary>
    public void SaveCheckpoint(State state)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(CheckpointPath)!);
        state.Write(CheckpointPath);
    }

    /// <summary>Where finished stages of a run's folder are stored.</summary>
    public static string StagesOf(string root) => Path.Combine(root, "stages");

    /// <summary>Reads the checkpoint of a run's folder, if there is one.</summary>
    public static State? LoadCheckpoint(string root) => File.Exists(CheckpointOf(root)) ? State.Load(CheckpointOf(root)) : null;

    private static string CheckpointOf(string root) => Path.Combine(root, "checkpoint", CheckpointFile);

    /// <summary>
    /// Appends one line to metrics.jsonl unless it is there: a resumed run repeats the steps since the checkpoint, bit for
    /// bit, and the process before it recorded them already.
    /// </summary>
    public void AppendMetrics(JsonObject line)
    {
        var text = line.ToJsonString();
        if (recorded.Add(text)) File.AppendAllText(MetricsPath, text + "\n");
    }

    /// <summary>Writes a file of the folder's own.</summary>
    internal void WriteFile(string name, string text) => WriteWhole(Path.Combine(root, name), text);

    /// <summary>Writes a text file beside its place and renames it.</summary>
    public static void WriteWhole(string path, string text) => WriteWhole(path, new UTF8Encoding(false).GetBytes(text));

    /// <summary>Writes a file beside its place and renames it.</summary>
    public static void WriteWhole(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + "." + Path.GetRandomFileName();
        try
        {
            File.WriteAllBytes(temporary, content);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>
    /// Fills a folder beside its place and exchanges the two, so that a killed process leaves the old contents or all of the new ones, if beside the place: <see cref="Recover"/> puts them there.
    /// </summary>
    /// <param name="place">The folder to create or replace.</param>
    /// <param name="fill">Writes the contents into the existing, empty folder it is given.</param>
    public static void ReplaceWhole(string place, Action<string> fill)
    {
        Recover(place);
        var filled = Beside(place, Filled);
        if (Directory.Exists(filled)) Directory.Delete(filled, recursive: true);
        Directory.CreateDirectory(filled);
        fill(filled);
        foreach (var _ in Exchange(place)) { }
    }

    /// <summary>Finishes an exchange of <see cref="ReplaceWhole"/> that was broken off before its place was filled again. Whoever opens what may have been replaced calls it first.</summary>
    /// <param name="place">The folder.</param>
    public static void Recover(string place)
    {
        if (Directory.Exists(place) || !Directory.Exists(Beside(place, Old))) return;
        // The old contents are moved aside only when the new ones are whole.
        var filled = Beside(place, Filled);
        Directory.Move(Directory.Exists(filled) ? filled : Beside(place, Old), place);
    }

    /// <summary>Puts the filled folder in its place, step by step: whatever step a process dies after, a whole folder is left.</summary>
    internal static IEnumerable<string> Exchange(string place)
    {
        var (filled, old, gone) = (Beside(place, Filled), Beside(place, Old), Beside(place, Gone));
        if (Directory.Exists(gone)) Directory.Delete(gone, recursive: true);
        if (Directory.Exists(old)) Directory.Move(old, gone);
        yield return "what an earlier one left is out of the way";
        if (Directory.Exists(place)) Directory.Move(place, old);
        yield return "the old contents are aside";
        Directory.Move(filled, place);
        yield return "the new contents are in their place";
        // Renamed before it is deleted, for half of it must not be taken for the old contents.
        if (Directory.Exists(gone)) Directory.Delete(gone, recursive: true);
        if (Directory.Exists(old)) Directory.Move(old, gone);
        yield return "the old contents are no more";
        if (Directory.Exists(gone)) Directory.Delete(gone, recursive: true);
    }

    private static string Beside(string place, string ending) => Path.TrimEndingDirectorySeparator(place) + ending;

    /// <summary>Gives the folder free.</summary>
    public void Dispose()
    {
        guard.Dispose();
        File.Delete(guard.Name);
    }

    // A process may have been killed while it wrote the last line.
    private static HashSet<string> WholeLines(string path)
    {
        if (!File.Exists(path)) return [];
        var text = File.ReadAllText(path);
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        if (whole.Length < text.Length) WriteWhole(path, whole);
        return [.. whole.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    // A killed process's children may hold the lock for a moment longer: they end when their input closes.
    private static FileStream Lock(string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < 15)
            {
                Thread.Sleep(100);
            }
        }
    }
}
