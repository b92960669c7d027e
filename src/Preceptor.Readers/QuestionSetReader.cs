using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Reasoning;
using Preceptor.Reasoning.BuiltIn;

namespace Preceptor.Readers;

/// <summary>
/// Published questions with solutions or answers, by the names of their folders: GSM8K (Cobbe et al. 2021), whose solutions end in <c>#### answer</c>, and the Game of 24 (4nums.com, as Yao et al. 2023 use it): the puzzles ranked 901 to
/// 1,000 are its test rows, the 900 easier ones its training rows, and the rest is left out. PrOntoQA (Saparov and He 2023) has questions of deduction with the steps of a proof (<see cref="DeductionFiles"/>). A folder of PDDL files (or one with a folder <c>instances</c> of them, as PlanBench's <c>blocksworld</c>) has problems of BlocksWorld.
/// </summary>
internal static class QuestionSetReader
{
    private const string GradeSchool = "gsm8k", Game = "game24", GameFile = "24.csv", Ontologies = "prontoqa", OntologyFile = "dev.json";

    /// <summary>Whether a folder holds such a set.</summary>
    public static bool IsFolder(string folder) => Name(folder) switch
    {
        GradeSchool => File.Exists(Path.Combine(folder, "train.jsonl")),
        Game => File.Exists(Path.Combine(folder, GameFile)),
        Ontologies => File.Exists(Path.Combine(folder, OntologyFile)),
        _ => Plans(folder).Length > 0,
    };

    /// <summary>Its training rows.</summary>
    public static Table ReadTrain(string folder) => Name(folder) switch { GradeSchool => Solved(folder, "train.jsonl", GradeSchool), Game => Puzzles(folder, 1, 900, Game), Ontologies => Deductions(folder), var name => Blocks(folder, name) };

    /// <summary>Its test rows; null where it has none of its own.</summary>
    public static Table? ReadTest(string folder) => Name(folder) switch { GradeSchool => Solved(folder, "test.jsonl", $"{GradeSchool} (test rows)"), Game => Puzzles(folder, 901, 1000, $"{Game} (test rows)"), _ => null };

    private static string Name(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    private static Table Solved(string folder, string file, string name)
    {
        var path = Path.Combine(folder, file);
        var table = JsonLinesReader.Read(path, new DelimitedOptions { Text = new HashSet<string> { "question", "answer" } });
        var (questions, worked) = (Words(table, "question", path), Words(table, "answer", path));
        string[] solutions = [.. Enumerable.Range(0, table.Rows).Select(worked)];
        return new(name,
        [
            new TextColumn("question", [.. Enumerable.Range(0, table.Rows).Select(questions)]),
            new TextColumn("solution", solutions),
            new TextColumn("answer", [.. solutions.Select(s => s[(s.LastIndexOf("####", StringComparison.Ordinal) is >= 0 and var at ? at + 4 : 0)..].Trim())]),
        ]);
    }

    private static Table Puzzles(string folder, int from, int to, string name)
    {
        var path = Path.Combine(folder, GameFile);
        var table = DelimitedReader.Read(path, new DelimitedOptions { Text = new HashSet<string> { "Rank", "Puzzles" } });
        var (rank, puzzle) = (Words(table, "Rank", path), Words(table, "Puzzles", path));
        int[] rows = [.. Enumerable.Range(0, table.Rows).Where(r => int.TryParse(rank(r), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to)];
        return new(name, [new TextColumn("question", [.. rows.Select(puzzle)]), new TextColumn("answer", [.. rows.Select(_ => "24")])]);
    }

    // In the order of the numbers in their names.
    private static string[] Plans(string folder) => new[] { folder, Path.Combine(folder, "instances") }.Where(Directory.Exists).Select(f => Directory.GetFiles(f, "*.pddl").Where(p => !Path.GetFileName(p).Contains("domain", StringComparison.OrdinalIgnoreCase)).OrderBy(p => p.Length).ThenBy(p => p, StringComparer.Ordinal).ToArray()).FirstOrDefault(p => p.Length > 0) ?? [];

    private static Table Blocks(string folder, string name)
    {
        Question[] problems = [.. Plans(folder).Select(BlocksFiles.Read).Where(q => q.Level > 0)];
        return new(name, [new TextColumn("question", [.. problems.Select(q => q.Text)]), new TextColumn("answer", [.. problems.Select(q => q.Answer)])]);
    }

    private static Table Deductions(string folder)
    {
        var problems = DeductionFiles.Read(Path.Combine(folder, OntologyFile));
        return new(Ontologies,
        [
            new TextColumn("question", [.. problems.Select(p => p.Question.Text)]),
            new TextColumn("solution", [.. problems.Select(p => p.Question.Solution)]),
            new TextColumn("answer", [.. problems.Select(p => p.Question.Answer)]),
            new TextColumn("explanation", [.. problems.Select(p => p.Explanation)]),
        ]);
    }

    private static Func<int, string> Words(Table table, string column, string path) => (table.Find(column) ?? throw new RequestException($"{path}: has no column '{column}'")).Words();
}
