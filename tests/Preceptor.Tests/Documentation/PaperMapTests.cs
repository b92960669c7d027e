using System.Text.RegularExpressions;
using Preceptor.Baselines;
using Preceptor.Catalogue.Papers;
using Preceptor.Cli;
using Preceptor.Tests.Packaging;

namespace Preceptor.Tests.Documentation;

public sealed partial class PaperMapTests
{
    private static readonly string Map = Path.Combine(Checkout.Root, "docs", "papers.md");

    private static string[][] Rows() => [.. File.ReadAllLines(Map).Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(l => l.Split('|', StringSplitOptions.TrimEntries)[1..^1])];

    [Fact]
    public void The_map_in_docs_is_what_the_code_says_and_the_readme_leads_to_it()
    {
        PlainBaselines.Register();
        Assert.Equal(PaperMap.Render(), File.ReadAllText(Map));
        Assert.Contains("(docs/papers.md)", string.Join('\n', File.ReadLines(Path.Combine(Checkout.Root, "README.md")).Take(20)), StringComparison.Ordinal);
    }

    [Fact]
    public void All_eighty_one_papers_have_a_row_in_their_order()
    {
        var rows = Rows();
        Assert.Equal(Enumerable.Range(1, 81).Select(n => $"{n}"), rows.Select(r => r[0]));
        Assert.All(rows, r => Assert.Equal(10, r.Length));
        Assert.Equal(PaperCatalogue.All.Select(p => p.Entry.Title), rows.Select(r => r[1]));
        Assert.All(rows, r => Assert.True(r[5] == "not built yet" || r[5].StartsWith("`preceptor ", StringComparison.Ordinal) && r[9].Length > 0, r[1]));
    }

    [Fact]
    public void Every_command_parses()
    {
        PlainBaselines.Register();
        var commands = Rows().SelectMany(r => Code().Matches(r[5] + r[6])).Select(m => m.Groups[1].Value).ToArray();
        Assert.NotEmpty(commands);
        Assert.All(commands, command =>
        {
            var parsed = CommandLine.Create(CancellationToken.None).Parse(command);
            Assert.True(parsed.Errors.Count == 0, $"{command}: {string.Join("; ", parsed.Errors.Select(e => e.Message))}");
        });
    }

    [Fact]
    public void Every_link_resolves()
    {
        foreach (Match link in Link().Matches(File.ReadAllText(Map)))
        {
            var parts = link.Groups[1].Value.Split('#');
            var file = Path.Combine(Path.GetDirectoryName(Map)!, parts[0]);
            Assert.True(File.Exists(file), link.Value);
            if (parts.Length > 1) Assert.Contains($"\n## {parts[1]}\n", File.ReadAllText(file), StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("`preceptor ([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();
}
