using System.Text.RegularExpressions;
using Preceptor.Catalogue;
using Preceptor.Tests.Packaging;

namespace Preceptor.Tests.Architecture;

/// <summary>The rules of docs/architecture.md that a reader can't be relied on to hold.</summary>
public sealed class ArchitectureTests
{
    private const int LongestFile = 300;

    private static readonly Dictionary<string, int> Layer = new()
    {
        ["Foundation"] = 0,
        ["Data"] = 1,
        ["Models"] = 1,
        ["Supervision"] = 2,
        ["Objectives"] = 2,
        ["Training"] = 2,
        ["Evaluation"] = 2,
        ["Prediction"] = 3,
        ["Catalogue"] = 4,
    };

    private static readonly string Root = Checkout.Root;

    public static TheoryData<string> SourceFiles => [.. Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/')).Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Arrows_point_down()
    {
        var wrong = from file in SourceFiles.Select(f => f.Data)
                    let match = Regex.Match(file, "^src/Preceptor/([A-Za-z]+)/")
                    where match.Success
                    let own = match.Groups[1].Value
                    from used in Regex.Matches(Read(file), @"\bPreceptor\.([A-Z][A-Za-z]+)").Select(m => m.Groups[1].Value).Distinct()
                    where Layer.ContainsKey(used) && used != own && (Layer[used] > Layer[own])
                    select $"{file} uses {used}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_folder_of_the_library_has_its_layer() =>
        Assert.Equal(Layer.Keys.Order(StringComparer.Ordinal), Directory.GetDirectories(Path.Combine(Root, "src", "Preceptor")).Select(d => Path.GetFileName(d)).Where(d => d is not ("bin" or "obj") && Directory.EnumerateFiles(Path.Combine(Root, "src", "Preceptor", d), "*.cs", SearchOption.AllDirectories).Any()).Order(StringComparer.Ordinal));

    [Fact]
    public void No_source_file_is_longer_than_it_should_be() =>
        Assert.Empty(SourceFiles.Select(f => (f.Data, Lines: Read(f.Data).Count(c => c == '\n'))).Where(f => f.Lines > LongestFile).Select(f => $"{f.Data}: {f.Lines} lines"));

    [Fact]
    public void Methods_leave_loops_scopes_and_optimisers_to_training()
    {
        var forbidden = new Regex(@"\.backward\(|NewDisposeScope|torch\.optim|Optimiser\.Create|manual_seed|lr_scheduler|inference_mode");
        var methods = MethodCatalogue.All.Where(m => m.Type.Assembly == typeof(MethodCatalogue).Assembly).Select(m => m.Type.Name + ".cs").ToHashSet();
        var wrong = SourceFiles.Select(f => f.Data).Where(f => methods.Contains(Path.GetFileName(f)) && forbidden.IsMatch(Read(f)));
        Assert.Empty(wrong);
        Assert.All(methods, m => Assert.Contains(SourceFiles.Select(f => f.Data), f => f.EndsWith("/" + m, StringComparison.Ordinal)));
    }

    [Fact]
    public void Convolutions_are_created_in_one_place() =>
        Assert.Equal(["src/Preceptor/Models/Convolution.cs"], SourceFiles.Select(f => f.Data).Where(f => Read(f).Contains("nn.Conv2d(", StringComparison.Ordinal)));

    [Fact]
    public void Nothing_draws_from_a_generator_of_its_own() =>
        Assert.DoesNotContain(SourceFiles.Select(f => f.Data), f => Regex.IsMatch(Read(f), @"new Random\(|Random\.Shared|Guid\.NewGuid"));

    private static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));
}
