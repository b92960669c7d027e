using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Prediction.Audit;
using Preceptor.Readers;
using Preceptor.Training;

namespace Preceptor.Cli.Auditing;

/// <summary>
/// A delimited file larger than the memory it may take: read once for the labels, once for the features, which go to files beside the audit in random
/// order, and once for each thing that is written. In memory stays what <see cref="AuditRows"/> keeps, the probabilities, and the models.
/// </summary>
internal sealed class StreamedAuditData : AuditData
{
    private const long BlockBytes = 16 << 20;
    private const int SampleRows = 20_000, MostBlocks = 256;

    private readonly string path, folder;
    private readonly PredictionData data;
    private readonly long memory;
    private readonly Setting at;
    private readonly CancellationToken stop;
    private readonly InputRoles roles;
    private readonly DelimitedChunks file;
    private string[] classes = [];
    private int[] labels = [];
    private byte[] foldOf = [];
    private FoldedLogisticRegression? models;
    private InputEncoding? encoding;

    /// <param name="path">The file.</param>
    /// <param name="data">The problem's keys.</param>
    /// <param name="settings">The settings they were bound from.</param>
    /// <param name="memory">About how many bytes may be used.</param>
    /// <param name="folder">The audit's folder, where features go meanwhile.</param>
    /// <param name="stop">Stops between blocks.</param>
    public StreamedAuditData(string path, PredictionData data, MapSetting settings, long memory, string folder, CancellationToken stop)
    {
        (this.path, this.data, this.memory, this.folder, this.stop) = (path, data, memory, folder, stop);
        at = settings.Find("data") ?? settings;
        Label = data.Label ?? throw settings.Wrong("label: is missing; name the column to check");
        var names = new DelimitedChunks(path, new DelimitedOptions()).Columns;
        foreach (var name in new[] { data.Label, data.Group, data.Id }.Concat(data.Text).Concat(data.Numbers).Concat(data.Categories).OfType<string>())
            if (!names.Contains(name)) throw settings.Wrong($"{path} has no column '{name}'{Spelling.Hint(name, names)}; it has {string.Join(", ", names)}");
        roles = new InputRoles { Text = data.Text, Numbers = data.Numbers, Categories = data.Categories };
        if (!roles.All.Any()) throw settings.Wrong($"{path} is larger than the memory that may be used and is read in parts, so that columns are not typed by looking; name them under text:, numbers: or categories: (columns: {string.Join(", ", names)})");
        if (roles.All.Contains(Label)) throw settings.Wrong($"'{Label}' is the label; it can't be an input");
        file = new DelimitedChunks(path, new DelimitedOptions { Numbers = data.Numbers.ToHashSet() });
        HasLines = true;
    }

    public override string Judge => "logistic regression on hashed words and numbers, read in parts";

    public override AuditFindings Find(Run run, AuditOptions options)
    {
        var groups = ReadLabels();
        encoding = Encoding(run.Seed, FoldedLogisticRegression.BucketsWithin(memory / 8, classes.Length, options.Folds));
        foldOf = Folds.Of(labels, groups, options.Folds, run.Random("folds"));
        var rows = new AuditRows(labels.Length, encoding.Shape.Tokens > 0);
        var dense = SparseRows.DenseOf(encoding.Shape);
        using var blocks = new BlockFiles(Path.Combine(folder, "blocks"), dense, (int)Math.Clamp(new FileInfo(path).Length * 2 / BlockBytes, 1, MostBlocks));
        foreach (var chunk in file.Read(stop))
        {
            var examples = encoding.Encode(chunk.Rows);
            var first = rows.Count;
            rows.Add(examples, labels.AsSpan(first, examples.Count), chunk.Lines);
            blocks.Add(SparseRows.Of(examples, first), run.Seed);
        }
        blocks.End();
        var exactOf = rows.Exact();
        if (groups is null)
            for (var row = 0; row < foldOf.Length; row++) foldOf[row] = foldOf[exactOf[row]];
        (var probabilities, models) = OutOfFold.Quick(blocks.Read, dense, encoding.Shape.Tokens, labels, classes.Length, foldOf, run);
        var outlying = encoding.Shape.Tokens > 0 ? Outliers.OfWords(blocks.Read, encoding.Shape.Tokens, labels.Length) : new float[labels.Length];
        return AuditFindings.Of(rows, classes, probabilities, exactOf, rows.Near(exactOf, null), outlying, options);
    }

    public override IReadOnlyList<ShownRow> Show(IReadOnlyList<int> rows, AuditFindings findings, Run run)
    {
        var wanted = rows.ToHashSet();
        var found = new Dictionary<int, ShownRow>();
        var first = 0;
        foreach (var chunk in file.Read(stop))
        {
            foreach (var row in Enumerable.Range(first, chunk.Rows.Rows).Where(wanted.Contains))
            {
                var alone = chunk.Rows.Take([row - first]);
                var (label, suggested) = (findings.Labels[row], findings.Suggested(row));
                found[row] = ShownRow.Of(alone, encoding!, [0], areFromFile: true)[0] with
                {
                    Row = row,
                    Key = data.Id is { } id ? alone.Find(id)!.Words()(0) : null,
                    Place = new RowPlace(Path.GetFileName(path), row + 1),
                    Explanation = label < 0 ? null : TellingWords.ByWeights(alone, encoding!.Text, models!, foldOf[row], classes.Length, suggested, label),
                };
            }
            first += chunk.Rows.Rows;
        }
        return [.. rows.Select(row => found[row])];
    }

    public override IReadOnlyList<string> Columns => file.Columns;

    public override IEnumerable<IReadOnlyList<string>> Cells() => new DelimitedChunks(path, new DelimitedOptions()).Read(stop).SelectMany(chunk => KeptAuditData.Cells(chunk.Rows));

    private ulong[]? ReadLabels()
    {
        var (index, all, groups) = (new Dictionary<string, int>(StringComparer.Ordinal), new List<int>(), data.Group is null ? null : new List<ulong>());
        foreach (var chunk in file.Read(stop))
        {
            var words = chunk.Rows.Find(Label!)!.Words();
            var group = data.Group is null ? null : chunk.Rows.Find(data.Group)!.Words();
            for (var row = 0; row < chunk.Rows.Rows; row++)
            {
                var word = words(row);
                if (word.Length > 0) index.TryAdd(word, index.Count);
                if (index.Count > 1000) throw at.Wrong($"{path}: column '{Label}' has more than 1,000 different values by line {chunk.Lines[row]}; a class column repeats its values");
                all.Add(word.Length == 0 ? -1 : index[word]);
                groups?.Add(RowSketch.Hash(System.Text.Encoding.UTF8.GetBytes(group!(row))));
            }
        }
        if (index.Count < 2) throw at.Wrong($"{path}: column '{Label}' has {(index.Count == 0 ? "no value" : $"only one value, '{index.Keys.First()}'")}; there is nothing to check");
        classes = [.. index.Keys.Order(StringComparer.Ordinal)];
        var places = classes.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => p.i, StringComparer.Ordinal);
        int[] sorted = [.. index.OrderBy(p => p.Value).Select(p => places[p.Key])];
        labels = [.. all.Select(label => label < 0 ? -1 : sorted[label])];
        return groups?.ToArray();
    }

    // Means, deviations and categories by a sample; words are hashed and need none.
    private InputEncoding Encoding(ulong seed, int buckets)
    {
        var sample = new List<Table>();
        var share = (double)SampleRows / labels.Length;
        var first = 0;
        foreach (var chunk in file.Read(stop))
        {
            int[] chosen = [.. Enumerable.Range(0, chunk.Rows.Rows).Where(row => RandomStream.At(seed, "sample", first + row) < share)];
            if (chosen.Length > 0) sample.Add(chunk.Rows.Take(chosen));
            first += chunk.Rows.Rows;
            if (roles.Numbers.Count + roles.Categories.Count == 0) break;
        }
        return InputEncoding.Fit(Table.Concatenate(path, sample), roles, TextTokens.Ngrams, buckets, 1000);
    }
}
