using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Catalogue.Experiments;
using Preceptor.Catalogue.Papers;
using Preceptor.Foundation;
using Preceptor.Papers;
using Spectre.Console;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor papers</c>: a local store of papers, what implements each, and the site and digest made from it.</summary>
internal static class PapersCommand
{
    private static readonly Option<string?> Store = new("--store") { Description = "The file of the store; left out: PRECEPTOR_PAPERS where that is set, else a file in the user's data folder", Recursive = true };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object a paper" };

    public static Command Create(CancellationToken stop)
    {
        var command = new Command("papers", "Keep papers by title and abstract: import, search, what runs them, a site, a digest by mail")
        {
            Import(stop), List(), Search(stop), Show(), TrendingOnes(), PapersPublishing.Site(Open), PapersPublishing.Digest(Open, stop), PapersPublishing.Subscribe(Open, stop), PapersPublishing.Confirm(Open), PapersPublishing.Unsubscribe(Open), Map(),
        };
        command.Options.Add(Store);
        return command;
    }

    internal static DateOnly Today => DateOnly.FromDateTime(DateTime.Now);

    private static PaperStore Open(ParseResult parsed) => new(parsed.GetValue(Store) ?? PaperStore.DefaultPlace);

    private static Command Import(CancellationToken stop)
    {
        var files = new Argument<string[]>("FILE") { Description = "A page of titles and abstracts saved as text or HTML, JSON Lines in arXiv's form, or BibTeX", Arity = ArgumentArity.OneOrMore };
        var command = new Command("import", "Take the papers of files into the store; known ones are merged") { files };
        command.SetAction(parsed =>
        {
            using var store = Open(parsed);
            foreach (var file in parsed.GetValue(files)!)
            {
                var result = store.Import(PaperFile.Read(file, Today), Today, stop);
                Console.Out.WriteLine($"{file}: {ResultText.Count(result.Found, "paper")}, {result.Added} new → {store.Place}");
            }
            using (PaperSearch.Open(store, stop)) { } // made now, so that no search has to wait
            var known = store.All().Count(p => p.Known is not null);
            Console.Out.WriteLine($"{ResultText.Count(store.Count, "paper")} in the store, {known} of the {PaperCatalogue.All.Count} that preceptor is about; next: {Terminal.Command} papers search WORDS, {Terminal.Command} papers site --out DIR");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List()
    {
        var kind = new Option<string?>("--kind") { Description = "Only those of a kind of problem" };
        var supervision = new Option<string?>("--supervision") { Description = "Only those that use a supervision, such as \"noisy labels\"" };
        var since = new Option<string?>("--since") { Description = "Only those from this day on (YYYY-MM-DD)" };
        var command = new Command("list", "List the papers of the store, the latest first") { kind, supervision, since, Json };
        command.SetAction(parsed =>
        {
            var (ofKind, ofSupervision, from) = (parsed.GetValue(kind), parsed.GetValue(supervision), Day(parsed.GetValue(since), "--since"));
            RequireKnown(ofKind, "--kind", PaperCatalogue.All.Select(p => p.Entry.Kind));
            RequireKnown(ofSupervision, "--supervision", PaperCatalogue.All.SelectMany(p => p.Entry.Supervision));
            using var store = Open(parsed);
            var papers = store.All().Where(p => (ofKind is null || p.Known?.Entry.Kind == ofKind) && (ofSupervision is null || p.Known?.Entry.Supervision.Contains(ofSupervision) == true) && p.Date >= from)
                .OrderByDescending(p => p.Date).ThenBy(p => p.Id).ToArray();
            return Print(store, parsed, papers.Select(p => (p, Word(p.Date))), "date");
        });
        return command;
    }

    private static Command Search(CancellationToken stop)
    {
        var words = new Argument<string[]>("WORDS") { Description = "What to look for", Arity = ArgumentArity.OneOrMore };
        var most = new Option<int>("--most") { Description = "How many at most", DefaultValueFactory = _ => 10 };
        var command = new Command("search", "Find papers by words (BM25) and by meaning (vectors of an encoder that learned from the store)") { words, most, Json };
        command.SetAction(parsed =>
        {
            var number = parsed.GetValue(most);
            if (number < 1) throw new RequestException($"--most {number}: expected a number of at least 1");
            using var store = Open(parsed);
            if (store.Count == 0) throw Empty(store);
            using var search = PaperSearch.Open(store, stop);
            var query = string.Join(' ', parsed.GetValue(words)!);
            var found = search.Find(query, number);
            if (found.Count == 0 && !parsed.GetValue(Json)) AnsiConsole.WriteLine($"no paper mentions {query}; {Terminal.Command} papers list lists all");
            return Print(store, parsed, store.Of(found.Select(f => f.Id)).Zip(found, (p, f) => (p, f.Score.ToString("0.00", CultureInfo.InvariantCulture))), "score");
        });
        return command;
    }

    private static Command TrendingOnes()
    {
        var runs = new Option<string>("--runs") { Description = "The folder of run folders that are counted", DefaultValueFactory = _ => "runs" };
        var most = new Option<int>("--most") { Description = "How many at most", DefaultValueFactory = _ => 10 };
        var command = new Command("trending", $"List what is cared for now: {Trending.Formula}") { runs, most, Json };
        command.SetAction(parsed =>
        {
            using var store = Open(parsed);
            var trending = Trending.Of(store.All(), Trending.Runs(parsed.GetValue(runs)!), Today).Take(Math.Max(1, parsed.GetValue(most))).ToArray();
            if (!parsed.GetValue(Json)) AnsiConsole.WriteLine(Trending.Formula);
            return Print(store, parsed, trending.Select(t => (t.Paper, string.Create(CultureInfo.InvariantCulture, $"{t.Score:0.###e+0} = {t.Recency:0.###} × {t.Imports} × {1 + t.Runs}"))), "score");
        });
        return command;
    }

    private static Command Show()
    {
        var name = new Argument<string>("PAPER") { Description = "A slug, a method's slug, a number of the store, or a title" };
        var command = new Command("show", "Show a paper: idea, formula, what runs it, what came of its claims, abstract") { name };
        command.SetAction(parsed =>
        {
            using var store = Open(parsed);
            var wanted = parsed.GetValue(name)!;
            var stored = store.Find(wanted);
            var known = stored is not null ? stored.Known : PaperCatalogue.Find(wanted) ?? PaperCatalogue.OfTitle(wanted);
            if (stored is null && known is null)
                throw new RequestException($"there is no paper '{wanted}'{Spelling.Hint(wanted, PaperCatalogue.All.Select(p => p.Slug))}; {Terminal.Command} papers search {wanted} looks in titles and abstracts");
            var text = AnsiConsole.Profile.Out.Writer;
            text.WriteLine(stored?.Title ?? known!.Entry.Title);
            if (stored is not null) text.WriteLine(string.Join(" · ", new[] { stored.Authors, Word(stored.Date), stored.Address, $"imported {ResultText.Count(stored.Imports, "time")}" }.Where(t => t.Length > 0)));
            if (known is not null) ShowKnown(text, known);
            if (stored is { Abstract.Length: > 0 }) AnsiConsole.WriteLine($"\n{stored.Abstract}");
            return ExitCode.Done;
        });
        return command;
    }

    private static void ShowKnown(TextWriter text, Paper paper)
    {
        text.WriteLine($"{paper.Entry.Kind}; {string.Join(", ", paper.Entry.Artefact)}; supervision: {string.Join(", ", paper.Entry.Supervision)}");
        AnsiConsole.WriteLine($"\n{paper.Entry.Idea}");
        text.WriteLine($"    {paper.Entry.Formula}\n");
        if (!paper.IsBuilt)
        {
            text.WriteLine("Not built yet.");
            return;
        }
        text.WriteLine($"Built as {string.Join(", ", paper.Methods.Select(m => m.Slug))}{(paper.Entry.Scale is { } scale ? $"; scaled down: {scale}" : "")}");
        foreach (var claim in paper.Evidence.SelectMany(e => e.Values.Claims))
            text.WriteLine($"  {EvidenceReport.Words(claim.Verdict!.Value)}: {claim.Claim} ({EvidenceReport.Conditions(claim.Method)}: {claim.Metric} {EvidenceReport.Difference(claim)})");
        text.WriteLine($"Try: {Terminal.Command} {paper.Command}{(paper.Minutes is { } minutes ? $" ({Math.Max(1, Math.Round(minutes)).ToString(CultureInfo.InvariantCulture)} min)" : "")}");
        text.WriteLine($"Your data: {Terminal.Command} {paper.OwnData}");
    }

    private static Command Map()
    {
        var path = new Argument<string?>("FILE") { Description = "The file; left out: standard output", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("map", "Write the map from every paper that preceptor is about to the command that runs it (docs/papers.md)") { path };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(path) is { } file) RunFolder.WriteWhole(file, PaperMap.Render());
            else Console.Out.Write(PaperMap.Render());
            return ExitCode.Done;
        });
        return command;
    }

    internal static RequestException Empty(PaperStore store) => new($"{store.Place}: holds no paper yet; {Terminal.Command} papers import FILE takes some in");

    /// <summary>The day of an option; the first of all days where it is left out.</summary>
    internal static DateOnly Day(string? text, string option) => text is null ? DateOnly.MinValue
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : throw new RequestException($"{option} {text}: is no day; expected a form such as 2026-03-11");

    private static string Word(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static void RequireKnown(string? value, string option, IEnumerable<string> known)
    {
        string[] all = [.. known.Distinct().Order(StringComparer.Ordinal)];
        if (value is not null && !all.Contains(value)) throw new RequestException($"{option} {value}: is not allowed{Spelling.Hint(value, all)}; allowed: {string.Join(" | ", all)}");
    }

    private static int Print(PaperStore store, ParseResult parsed, IEnumerable<(StoredPaper Paper, string Value)> papers, string name)
    {
        var all = papers.ToArray();
        if (parsed.GetValue(Json))
        {
            foreach (var (paper, value) in all) Console.Out.WriteLine(ToJson(paper, name, value).ToJsonString());
            return ExitCode.Done;
        }
        if (store.Count == 0) throw Empty(store);
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn { Padding = new(0, 0, 0, 0) });
        foreach (var (paper, value) in all) grid.AddRow(new Text(value), new Text(paper.Key), new Text(paper.Known is { IsBuilt: true } ? $"{paper.Title} (built)" : paper.Title));
        AnsiConsole.Write(grid);
        return ExitCode.Done;
    }

    private static JsonObject ToJson(StoredPaper paper, string name, string value) => new()
    {
        ["type"] = "paper",
        ["id"] = paper.Id,
        ["slug"] = paper.Known?.Slug,
        ["title"] = paper.Title,
        ["date"] = Word(paper.Date),
        ["authors"] = paper.Authors,
        ["address"] = paper.Address,
        ["imports"] = paper.Imports,
        ["methods"] = new JsonArray([.. (paper.Known?.Methods ?? []).Select(m => (JsonNode)m.Slug)]),
        ["experiments"] = new JsonArray([.. (paper.Known?.Experiments ?? []).Select(e => (JsonNode)e.Slug)]),
        [name == "date" ? "listed" : name] = value,
    };
}
