using System.CommandLine;
using System.Globalization;
using System.Text;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Readers;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor init</c>: looks at a data file and writes a commented specification for it.</summary>
internal static class InitCommand
{
    private static readonly string[] Examples = ["tickets"];
    private static readonly string[] LabelNames = ["label", "class", "category", "target", "y", "intent", "topic", "sentiment", "species", "outcome"];

    public static Command Create()
    {
        var data = new Argument<string?>("DATA") { Description = "A CSV, TSV, Parquet or JSON Lines file, a folder of images, or the name of a known data set (see docs/data.md)", Arity = ArgumentArity.ZeroOrOne };
        var example = new Option<string?>("--example") { Description = $"Write an example's data first: {string.Join(", ", Examples)}" };
        var label = new Option<string?>("--label") { Description = "The column to predict; left out: guessed" };
        var output = new Option<string?>("--out") { Description = "The specification to write; left out: beside the data, with .yaml" };
        var command = new Command("init", "Look at your data and write a commented specification for it") { data, example, label, output };
        command.SetAction(parsed => Execute(parsed.GetValue(data), parsed.GetValue(example), parsed.GetValue(label), parsed.GetValue(output)));
        return command;
    }

    private static int Execute(string? data, string? example, string? label, string? output)
    {
        if (example is not null)
        {
            if (!Examples.Contains(example)) throw new RequestException($"--example: there is no example '{example}'{Spelling.Hint(example, Examples)}; known: {string.Join(", ", Examples)}");
            data ??= $"{example}.csv";
            if (File.Exists(data)) throw new RequestException($"{data}: exists already; name another file, or leave out --example");
            DelimitedWriter.Write(TicketsProblem.Generate(new TicketsProblem.Options(), 0).Table, data);
            Console.Out.WriteLine($"wrote {data}");
        }
        if (data is null) throw new RequestException("name a data file, or an example with --example");
        var (table, test) = DataFiles.Read(data, [], []);
        var path = output ?? Path.ChangeExtension(data, ".yaml");
        if (File.Exists(path)) throw new RequestException($"{path}: exists already; name another with --out");
        var view = Look(table, label, test);
        foreach (var line in view.Findings) Console.Out.WriteLine(line);
        RunFolder.WriteWhole(path, view.Specification);
        Console.Out.WriteLine($"wrote {path}; look it over, then: {Terminal.Command} run {path}");
        return ExitCode.Done;
    }

    private static (List<string> Findings, string Specification) Look(Table table, string? wanted, Table? test)
    {
        var findings = new List<string> { $"{table.Rows:#,0} rows, {table.Columns.Count} columns{(test is null ? "" : $"; {test.Rows:#,0} test rows of its own")}" };
        var label = wanted ?? Guess(table) ?? throw new RequestException($"{table.Name}: no column looks like a label; name it with --label (columns: {string.Join(", ", table.Columns.Select(c => c.Name))})");
        var column = table.Find(label) ?? throw new RequestException($"--label: {table.Name} has no column '{label}'{Spelling.Hint(label, table.Columns.Select(c => c.Name))}; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");
        var kind = LabelLook.KindOf(column);
        findings.Add(LabelLook.Describe(column, kind));
        var id = table.Columns.FirstOrDefault(c => c.Name is "id" or "ID" or "Id" or "key" && c.Name != label)?.Name;
        var time = table.Columns.OfType<TextColumn>().FirstOrDefault(IsDate)?.Name;
        var group = table.Columns.OfType<TextColumn>().FirstOrDefault(c => c.Name is not null && (c.Name.Contains("customer", StringComparison.OrdinalIgnoreCase) || c.Name.Contains("user", StringComparison.OrdinalIgnoreCase) || c.Name.Contains("group", StringComparison.OrdinalIgnoreCase)) && c.Name != label)?.Name;
        string?[] others = [label, id, time, group];
        var roles = ColumnRoles.Look(table, others.OfType<string>().ToHashSet());
        var inputs = roles.All.ToArray();
        if (inputs.Length == 0) throw new RequestException($"{table.Name}: no column looks like an input");
        findings.Add($"inputs: {string.Join(", ", new[] { ("text", roles.Text), ("numbers", roles.Numbers), ("categories", roles.Categories) }.Where(r => r.Item2.Count > 0).Select(r => $"{r.Item1} {string.Join(", ", r.Item2)}"))}");
        findings.Add($"duplicates: {Duplicates(table, inputs):#,0} rows repeat another's inputs; empty cells: {Empty(table, inputs)}");
        return (findings, Write(table, label, kind, roles, id, group, time, test is not null));
    }

    private static string Write(Table table, string label, TargetKind kind, InputRoles roles, string? id, string? group, string? time, bool hasTest)
    {
        var yaml = new StringBuilder();
        yaml.Append("# What preceptor run is to do; every key: preceptor show data | model | training | <method>\nproblem:\n  kind: prediction\n");
        yaml.Append($"  data: {Scalar(table.Name)}\n");
        if (roles.Text.Count > 0) yaml.Append($"  text: [{string.Join(", ", roles.Text.Select(Scalar))}]\n");
        if (roles.Numbers.Count > 0) yaml.Append($"  numbers: [{string.Join(", ", roles.Numbers.Select(Scalar))}]\n");
        if (roles.Categories.Count > 0) yaml.Append($"  categories: [{string.Join(", ", roles.Categories.Select(Scalar))}]\n");
        yaml.Append($"  label: {Scalar(label)}          # blank cells are unlabelled rows\n");
        if (kind != TargetKind.One) yaml.Append($"  labels: {Options.Key(kind.ToString())}            # {(kind == TargetKind.Many ? "any number of labels a row, as in a|b; - for none of them" : "a number a row")}; one: a class a row\n");
        if (id is not null) yaml.Append($"  id: {Scalar(id)}                # names the rows in predictions, never an input\n");
        yaml.Append(group is not null ? $"  group: {Scalar(group)}       # equal values never lie on both sides of a split\n" : "  # group: customer       # equal values never lie on both sides of a split\n");
        yaml.Append(time is not null ? $"  # time: {Scalar(time)}      # the latest rows become the test rows (without group)\n" : "  # time: created_at      # the latest rows become the test rows\n");
        yaml.Append("  # teachers: {vendor: {probabilities: vendor.csv, id: id}}    # answers of another model: preceptor show teachers\n");
        yaml.Append("  # trusted: gold.csv     # rows whose labels were checked; scores then come from these\n");
        yaml.Append($"  validation: 0.1\n{(hasTest ? "  # test: 0.2           # instead of the data set's own test rows\n" : "  test: 0.2\n")}");
        yaml.Append($"model:\n  encoder: auto           # images: resnet, text: ngrams, numbers: mlp\nmethod: {(kind == TargetKind.One ? "ps-kd     " : "supervised")}        # preceptor methods lists them\ntraining:\n  epochs: 20\n  batch: 128\n");
        return yaml.ToString();
    }

    private static string Scalar(string text) => text.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/') && text.Length > 0 && !char.IsDigit(text[0]) && text[0] != '-' ? text : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string? Guess(Table table)
    {
        var named = LabelNames.Select(n => table.Columns.FirstOrDefault(c => c.Name.Equals(n, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(c => c is not null);
        return (named ?? table.Columns.LastOrDefault(c => c is not ImageColumn && Distinct(c) is > 1 and <= 100))?.Name;
    }

    private static int Distinct(Column column)
    {
        var words = column.Words();
        return Enumerable.Range(0, Math.Min(column.Rows, 20_000)).Select(words).Distinct().Count();
    }

    private static bool IsDate(TextColumn column) => column.Rows > 0 && Enumerable.Range(0, Math.Min(50, column.Rows)).All(r => DateTime.TryParse(column[r], CultureInfo.InvariantCulture, out _));

    private static int Duplicates(Table table, string[] inputs)
    {
        Func<int, string>[] words = [.. inputs.Select(i => table.Find(i)!).Where(c => c is not ImageColumn).Select(c => c.Words())];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return words.Length == 0 ? 0 : Enumerable.Range(0, table.Rows).Count(r => !seen.Add(string.Join('\u001f', words.Select(w => w(r)))));
    }

    private static string Empty(Table table, string[] inputs)
    {
        var counts = inputs.Select(i => table.Find(i)!).Where(c => c is not ImageColumn).Select(c => (c.Name, Words: c.Words())).Select(c => (c.Name, Count: Enumerable.Range(0, table.Rows).Count(r => c.Words(r).Length == 0))).Where(c => c.Count > 0).ToArray();
        return counts.Length == 0 ? "none" : string.Join(", ", counts.Select(c => $"{c.Name} {c.Count:#,0}"));
    }
}
