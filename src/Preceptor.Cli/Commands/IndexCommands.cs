using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Preceptor.Catalogue;
using Preceptor.Foundation;
using Preceptor.Ranking;

namespace Preceptor.Cli.Commands;

/// <summary><c>index</c> and <c>find</c>: BM25 over the user's own documents.</summary>
internal static class IndexCommands
{
    private const int LargestFile = 64 << 20;
    private static readonly string[] TextEndings = [".txt", ".md", ".rst", ".tex", ".html", ".htm", ".cs", ".py", ".json", ".yaml", ".yml", ".xml", ".csv", ".tsv", ".log", ""];

    public static Command Index(CancellationToken stop)
    {
        var documents = new Argument<string>("DOCS") { Description = "A folder of text files, or a file of documents: CSV, TSV, Parquet, JSON Lines" };
        var output = new Option<string?>("--out") { Description = "The folder of the index; left out: DOCS with .index" };
        var id = new Option<string>("--id") { Description = "The column of names, of a file of documents", DefaultValueFactory = _ => "id" };
        var text = new Option<string[]>("--text") { Description = "The columns of text, of a file of documents", DefaultValueFactory = _ => ["text"], AllowMultipleArgumentsPerToken = true };
        var words = new Option<bool>("--words") { Description = "Keep words as they are instead of cutting English ones down to their stems" };
        var command = new Command("index", "Index documents, so that find finds them") { documents, output, id, text, words };
        command.SetAction(parsed =>
        {
            var watch = Stopwatch.StartNew();
            var place = parsed.GetValue(documents)!;
            var writer = new InvertedIndexWriter(parsed.GetValue(words) ? TermForm.Words : TermForm.English);
            var left = Directory.Exists(place) ? AddFiles(place, writer, stop) : AddRows(place, parsed.GetValue(id)!, parsed.GetValue(text)!, writer, stop);
            if (writer.Count == 0) throw new RequestException($"{place}: holds no document of text");
            var folder = parsed.GetValue(output) ?? Path.TrimEndingDirectorySeparator(place) + ".index";
            if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() && !File.Exists(Path.Combine(folder, "index.json"))) throw new RequestException($"--out {folder}: the folder is not empty and holds no index");
            writer.Write(folder);
            Console.Out.WriteLine($"{ResultText.Count(writer.Count, "document")} in {watch.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s{(writer.Empty > 0 ? $", {writer.Empty} of them empty" : "")}{(left > 0 ? $", {ResultText.Count(left, "file")} left out that are no text" : "")} → {folder}; next: {Terminal.Command} find {RunCommand.Quote(folder)} WORDS");
            return ExitCode.Done;
        });
        return command;
    }

    public static Command Find()
    {
        var index = new Argument<string>("INDEX") { Description = "The folder that index wrote" };
        var words = new Argument<string[]>("WORDS") { Description = "What to look for", Arity = ArgumentArity.OneOrMore };
        var most = new Option<int>("--most") { Description = "How many at most", DefaultValueFactory = _ => 10 };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a document" };
        var command = new Command("find", "Find indexed documents by words (BM25)") { index, words, most, json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(most) < 1) throw new RequestException($"--most {parsed.GetValue(most)}: expected a number of at least 1");
            using var opened = InvertedIndex.Open(parsed.GetValue(index)!);
            var query = string.Join(' ', parsed.GetValue(words)!);
            var hits = opened.Search(query, parsed.GetValue(most), new());
            foreach (var hit in hits)
                Console.Out.WriteLine(parsed.GetValue(json)
                    ? new JsonObject { ["type"] = "document", ["name"] = opened.NameOf(hit.Document), ["score"] = hit.Score }.ToJsonString()
                    : $"{hit.Score.ToString("0.00", CultureInfo.InvariantCulture),7}  {opened.NameOf(hit.Document)}");
            if (hits.Length == 0) Console.Error.WriteLine($"none of {ResultText.Count(opened.Count, "document")} has a word of {query}");
            return ExitCode.Done;
        });
        return command;
    }

    private static int AddFiles(string folder, InvertedIndexWriter writer, CancellationToken stop)
    {
        var (left, strict) = (0, new UTF8Encoding(false, throwOnInvalidBytes: true));
        foreach (var file in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint }).Order(StringComparer.Ordinal))
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                if (TextEndings.Contains(Path.GetExtension(file).ToLowerInvariant()) && new FileInfo(file).Length <= LargestFile && strict.GetString(File.ReadAllBytes(file)) is var text && !text.Contains('\0', StringComparison.Ordinal))
                    writer.Add(Path.GetRelativePath(folder, file), Path.GetFileNameWithoutExtension(file), text);
                else left++;
            }
            catch (Exception e) when (e is DecoderFallbackException or IOException or UnauthorizedAccessException)
            {
                left++;
            }
        }
        return left;
    }

    private static int AddRows(string file, string id, string[] text, InvertedIndexWriter writer, CancellationToken stop)
    {
        var documents = NamedTexts.Of(DataFiles.Read(file, [.. text, id], []).Rows, id, text, null);
        for (var i = 0; i < documents.Names.Length; i++)
        {
            stop.ThrowIfCancellationRequested();
            writer.Add(documents.Names[i], documents.Texts[i]);
        }
        return 0;
    }
}
