using System.Text.RegularExpressions;

namespace Preceptor.Tests.Architecture;

/// <summary>
/// What two methods share becomes a part, what one alone needs stays in its file. A part is a file in a shared folder, known by
/// the types and extension methods that it declares, or one method of a static class in such a file. Uses are found by
/// name, so that a name with two meanings can hide a lonely part but never accuse a shared one.
/// </summary>
public sealed partial class SharedPartsTests
{
    private const int MethodsBeforeTheRuleHolds = 3;

    private static readonly string[] SharedFolders = ["Data", "Evaluation", "Models", "Objectives", "Selection", "Supervision", "Training"];

    private static readonly Dictionary<string, string> Code = Sources.All.ToDictionary(f => f, Sources.Code);

    [Fact]
    public void Nothing_shared_is_used_by_one_method_alone()
    {
        var kinds = Sources.OfMethods.Select(f => Library().Match(f)).Where(m => m.Success).GroupBy(m => m.Groups["folder"].Value);
        Assert.Contains(kinds, k => k.Count() >= MethodsBeforeTheRuleHolds);
        var parts = Sources.All.Where(f => Library().Match(f) is { Success: true } m && SharedFolders.Contains(m.Groups["folder"].Value)).ToArray();
        Assert.NotEmpty(parts);
        Assert.Equal("", string.Join('\n', parts.SelectMany(LonelyParts)));
    }

    private static IEnumerable<string> LonelyParts(string file)
    {
        string[] names = [.. Type().Matches(Code[file]).Select(m => $@"\b{m.Groups["name"].Value}\b"), .. ExtensionMethod().Matches(Code[file]).Select(m => $@"\.{m.Groups["name"].Value}\b")];
        Assert.NotEmpty(names);
        if (OnlyUser(file, string.Join('|', names)) is { } user) yield return $"{file} is used by {user} alone";

        if (!Code[file].Contains("static class", StringComparison.Ordinal)) yield break;
        foreach (var name in StaticMethod().Matches(Code[file]).Select(m => $@"\b{m.Groups["name"].Value}\b").Distinct())
            if (Regex.Count(Code[file], name) == 1 && OnlyUser(file, name) is { } only) yield return $"{name.Trim('\\', 'b')} in {file} is used by {only} alone";
    }

    /// <summary>The method file that alone mentions a name outside the file that declares it; null if it is another kind of file, or there are none or several.</summary>
    private static string? OnlyUser(string declaring, string name)
    {
        var users = Code.Where(f => f.Key != declaring && Regex.IsMatch(f.Value, name)).Select(f => f.Key).Take(2).ToArray();
        return users is [var only] && Sources.OfMethods.Contains(only) ? only : null;
    }

    [GeneratedRegex("^src/Preceptor/(?<folder>[A-Za-z]+)/")]
    private static partial Regex Library();

    [GeneratedRegex(@"^(public|internal) ((?!delegate)\w+ )*(class|record struct|record|struct|interface|enum) (?<name>\w+)|^(public|internal) delegate .*? (?<name>\w+)(<[^>(]*>)?\(", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"^\s+(public|internal) static [^=;{]*? (?<name>\w+)(<[^>(]*>)?\(this ", RegexOptions.Multiline)]
    private static partial Regex ExtensionMethod();

    [GeneratedRegex(@"^    (public|internal) static [^=;{(]*? (?<name>\w+)(<[^>(]*>)?\(", RegexOptions.Multiline)]
    private static partial Regex StaticMethod();
}
