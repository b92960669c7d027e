using Preceptor.Tests.Packaging;

namespace Preceptor.Tests.Papers;

/// <summary>Files of papers that lie beside the repository and never in it.</summary>
internal static class SharedPapers
{
    private static string Folder => Path.GetFullPath(Path.Combine(Checkout.Root, "..", "shared", "papers"));

    /// <summary>A file's path; skips the test where it is missing.</summary>
    public static string Locate(string name)
    {
        var path = Path.Combine(Folder, name);
        if (!File.Exists(path)) Assert.Skip($"{name} is missing in ../shared/papers");
        return path;
    }

    /// <summary>The rows of the index: number, slug, kind, artefact, title.</summary>
    public static string[][] Index() => [.. File.ReadAllLines(Locate("index.tsv")).Skip(1).Where(l => l.Length > 0).Select(l => l.Split('\t'))];
}
