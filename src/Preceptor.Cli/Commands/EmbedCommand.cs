using System.CommandLine;
using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Readers;
using Preceptor.Representation;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor embed</c>: the features of rows, by an encoder that was trained here.</summary>
internal static class EmbedCommand
{
    private const int Block = 4096;

    public static Command Create()
    {
        var data = new Argument<string>("DATA") { Description = "The rows: a folder of images, a table (CSV, TSV, Parquet, JSON Lines), or a data set by name" };
        var encoder = new Option<string>("--encoder") { Description = "The folder of a run of kind representation, or of its model", Required = true };
        var output = new Option<string>("--out") { Description = "The file to write: .csv, .tsv or .parquet", Required = true };
        var badImages = new Option<BadImages>("--bad-images") { Description = "What becomes of a folder's images that are damaged or of another size than most: fail, or skip, which leaves them out" };
        var command = new Command("embed", "Write the features of rows by a trained encoder: row, then a column a feature") { data, encoder, output, badImages };
        command.SetAction(parsed =>
        {
            var (folder, path) = (parsed.GetValue(encoder)!, parsed.GetValue(output)!);
            var place = Find(folder) ?? throw new RequestException($"--encoder {folder}: holds no encoder; a run of kind representation leaves one, such as {Terminal.Command} run --problem unlabelled-digits");
            using var trained = TrainedEncoder.Load(place);
            var rows = Whole(parsed.GetValue(data)!, trained.Encoding, parsed.GetValue(badImages));
            if (rows.Note is { } note) Console.Error.WriteLine(note);
            var header = Enumerable.Range(0, trained.Features).Select(f => $"f{f}").Prepend("row").ToArray();
            if (Path.GetExtension(path).Equals(".parquet", StringComparison.OrdinalIgnoreCase)) ParquetWriter.Write(header, Lines(trained, rows), path);
            else DelimitedWriter.Write(header, Lines(trained, rows), path);
            Console.Out.WriteLine($"{Catalogue.ResultText.Count(rows.Rows, "row")}, {trained.Features} features each → {path}");
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The folder of the encoder that a run's folder, or a model's, holds; null where it holds another model or none.</summary>
    private static string? Find(string folder) => new[] { folder, Path.Combine(folder, "model") }.FirstOrDefault(place => File.Exists(Path.Combine(place, TrainedEncoder.FileName)));

    // A published set comes in two parts; both are wanted.
    private static Table Whole(string data, InputEncoding encoding, BadImages badImages)
    {
        var (rows, test) = DataFiles.Read(data, [.. encoding.Categories.Select(c => c.Column)], [.. encoding.Numbers.Select(n => n.Column)], badImages);
        return test is null ? rows : Table.Concatenate(rows.Name, [rows, test]);
    }

    private static IEnumerable<IReadOnlyList<string>> Lines(TrainedEncoder encoder, Table rows)
    {
        for (var start = 0; start < rows.Rows; start += Block)
        {
            var features = encoder.Embed(rows.Take([.. Enumerable.Range(start, Math.Min(Block, rows.Rows - start))]));
            for (var i = 0; i < features.Length / encoder.Features; i++)
            {
                var line = new string[encoder.Features + 1];
                line[0] = (start + i).ToString(CultureInfo.InvariantCulture);
                for (var f = 0; f < encoder.Features; f++) line[f + 1] = features[i * encoder.Features + f].ToString("R", CultureInfo.InvariantCulture);
                yield return line;
            }
        }
    }
}
