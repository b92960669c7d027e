using System.Text;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>A published set of prompts with responses, divided as its authors divided it; several may lie in one folder.</summary>
/// <param name="Name">The name by which a specification names it.</param>
/// <param name="Folder">The data set in whose folder it lies.</param>
/// <param name="Train">Its training file.</param>
/// <param name="Test">Its test file.</param>
internal sealed record PairSet(string Name, string Folder, string Train, string Test)
{
    /// <summary>What the columns of its tab-separated files are; null for lines of <c>IN: prompt OUT: response</c>.</summary>
    public string[]? Columns { get; init; }
}

/// <summary>Sets of prompts with responses, by name: SCAN (Lake and Baroni 2018) and COGS (Kim and Linzen 2020; without variables, Qiu et al. 2022).</summary>
internal static class PairSets
{
    private const string In = "IN: ", Out = " OUT: ";

    private static readonly string[] Cogs = ["prompt", "response", "category"];

    /// <summary>All, by name.</summary>
    public static IReadOnlyList<PairSet> All { get; } =
    [
        new("cogs-generalisation", "cogs", "variable_free/train.tsv.gz", "variable_free/gen.tsv.gz") { Columns = Cogs },
        new("cogs-in-distribution", "cogs", "variable_free/train.tsv.gz", "variable_free/test.tsv.gz") { Columns = Cogs },
        .. from split in (string[])["addprim-jump", "addprim-turn-left", "length", "simple"]
           let file = split.Replace('-', '_')
           select new PairSet($"scan-{split}", "scan", $"tasks_train_{file}.txt.gz", $"tasks_test_{file}.txt.gz"),
    ];

    /// <summary>The set of a name; null if there is none.</summary>
    public static PairSet? Find(string name) => All.FirstOrDefault(s => s.Name == name);

    /// <summary>Its training and test rows.</summary>
    /// <exception cref="RequestException">Its folder or a file is not there, or a line is not a pair.</exception>
    public static (Table Train, Table Test) Read(PairSet set)
    {
        var folder = DataFolder.Require(set.Folder);
        Table Of(string file, string name)
        {
            var path = Path.Combine(folder, file);
            return new(name, (set.Columns is { } names ? DelimitedReader.Read(path, new DelimitedOptions { Names = names, Delimiter = '\t', Text = names.ToHashSet() }) : Lines(path)).Columns);
        }
        return (Of(set.Train, set.Name), Of(set.Test, $"{set.Name} (test rows)"));
    }

    private static Table Lines(string path)
    {
        var (prompts, responses) = (new List<string>(), new List<string>());
        using var stream = InputFile.Open(path);
        return InputFile.Reading(path, () =>
        {
            using var reader = new StreamReader(stream, Encoding.ASCII);
            for (var line = 1; reader.ReadLine() is { } text; line++)
            {
                var between = text.IndexOf(Out, StringComparison.Ordinal);
                if (!text.StartsWith(In, StringComparison.Ordinal) || between < In.Length) throw new RequestException($"{path} line {line}: expected '{In}command{Out}actions', found '{text}'");
                prompts.Add(text[In.Length..between]);
                responses.Add(text[(between + Out.Length)..].TrimEnd());
            }
            return new Table(path, [new TextColumn("prompt", [.. prompts]), new TextColumn("response", [.. responses])]);
        });
    }
}
