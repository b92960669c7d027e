using Preceptor.Foundation;

namespace Preceptor.Data;

/// <summary>
/// Finds named data sets and golden values on this machine, so that nothing else in the project knows a path.
/// Looked at in turn: the variable <c>PRECEPTOR_DATA</c> (or <c>PRECEPTOR_GOLDENS</c>); <c>../shared/data</c> (or
/// <c>../shared/goldens</c>) from the current folder and from the nearest folder above that holds Preceptor.slnx; the user's data folder.
/// </summary>
public static class DataFolder
{
    /// <summary>The folder of a data set such as <c>mnist</c>, or null.</summary>
    public static string? Find(string name) =>
        IsName(name) ? Places().Select(place => Path.Combine(place, name)).FirstOrDefault(Directory.Exists) : null;

    /// <summary>The folder of a data set.</summary>
    /// <exception cref="RequestException">It is in none of the places; they are named.</exception>
    public static string Require(string name) => Find(name) ?? throw new RequestException(
        $"no data set '{name}'{Spelling.Hint(name, Names())}; looked in {string.Join(", ", Places())}");

    /// <summary>The names of all data sets found, in order.</summary>
    public static IReadOnlyList<string> Names() =>
        [.. Places().Where(Directory.Exists).SelectMany(Directory.GetDirectories).Select(folder => Path.GetFileName(folder)!).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The path of a file of golden values, or null.</summary>
    public static string? FindGolden(string file) =>
        Places("PRECEPTOR_GOLDENS", "goldens").Select(place => Path.Combine(place, file)).FirstOrDefault(File.Exists);

    /// <summary>The user's data folder, which need not exist.</summary>
    public static string UserFolder => UserPlace("data");

    /// <summary>Where fetched data sets go: <c>PRECEPTOR_DATA</c> where it is set, else the user's data folder. It need not exist.</summary>
    public static string PullFolder => Environment.GetEnvironmentVariable("PRECEPTOR_DATA") is { Length: > 0 } given ? Path.GetFullPath(given) : UserFolder;

    private static IEnumerable<string> Places() => Places("PRECEPTOR_DATA", "data");

    private static IEnumerable<string> Places(string variable, string kind)
    {
        var places = new List<string>();
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given) places.Add(Path.GetFullPath(given));
        places.Add(Shared(Environment.CurrentDirectory, kind));
        foreach (var start in (string[])[Environment.CurrentDirectory, AppContext.BaseDirectory])
            if (Checkout(start) is { } checkout) places.Add(Shared(checkout, kind));
        places.Add(UserPlace(kind));
        return places.Distinct();
    }

    private static string Shared(string from, string kind) => Path.GetFullPath(Path.Combine(from, "..", "shared", kind));

    private static string UserPlace(string kind) =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "preceptor", kind);

    private static string? Checkout(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Preceptor.slnx"))) return folder.FullName;
        return null;
    }

    /// <summary>A name is one folder's name, never a path that leads elsewhere.</summary>
    private static bool IsName(string name) =>
        name.Length > 0 && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\', ':') < 0;
}
