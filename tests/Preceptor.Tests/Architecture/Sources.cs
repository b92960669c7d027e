using System.Text.RegularExpressions;
using Preceptor.Tests.Packaging;

namespace Preceptor.Tests.Architecture;

/// <summary>The source files under src/, by their paths from the checkout's root.</summary>
internal static partial class Sources
{
    public static IReadOnlyList<string> All { get; } = [.. Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(Checkout.Root, f).Replace('\\', '/')).Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The files that declare a method to the catalogue.</summary>
    public static IReadOnlyList<string> OfMethods { get; } = [.. All.Where(f => Code(f).Contains("\n[Method(", StringComparison.Ordinal))];

    public static string Read(string file) => File.ReadAllText(Path.Combine(Checkout.Root, file));

    /// <summary>A file without its comments.</summary>
    public static string Code(string file) => Comment().Replace(Read(file), "");

    [GeneratedRegex(@"(^|\s)//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
