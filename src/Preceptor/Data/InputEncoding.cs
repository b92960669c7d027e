using System.Text.Json.Serialization;
using Preceptor.Foundation;

namespace Preceptor.Data;

/// <summary>Which columns are inputs, by type.</summary>
public sealed record InputRoles
{
    /// <summary>Text columns.</summary>
    public IReadOnlyList<string> Text { get; init; } = [];

    /// <summary>Number columns.</summary>
    public IReadOnlyList<string> Numbers { get; init; } = [];

    /// <summary>Columns of a few distinct values.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The image column, or null.</summary>
    public string? Image { get; init; }

    /// <summary>All input columns.</summary>
    public IEnumerable<string> All => [.. Text, .. Numbers, .. Categories, .. (Image is null ? Array.Empty<string>() : [Image])];
}

/// <summary>A number column, standardised by the training rows; missing values become the mean, marked in a column of their own where training rows miss any.</summary>
public sealed record NumberEncoding(string Column, double Mean, double Deviation, bool MarksMissing);

/// <summary>A category column, one-hot over the values of the training rows; others become all zeros.</summary>
public sealed record CategoryEncoding(string Column, IReadOnlyList<string> Values);

/// <summary>An image column, normalised by channel.</summary>
public sealed record ImageEncoding(string Column, int Channels, int Height, int Width, IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation);

/// <summary>The path from raw row to network input, learned from the training rows alone and stored with the model.</summary>
[Version(1)]
public sealed record InputEncoding
{
    private const int MostCategories = 200;

    /// <summary>Number columns.</summary>
    public IReadOnlyList<NumberEncoding> Numbers { get; init; } = [];

    /// <summary>Category columns.</summary>
    public IReadOnlyList<CategoryEncoding> Categories { get; init; } = [];

    /// <summary>Text columns, or null.</summary>
    public TextEncoding? Text { get; init; }

    /// <summary>The image column, or null.</summary>
    public ImageEncoding? Image { get; init; }

    /// <summary>A frozen network in place of text, image or both, whose features are numbers; null without.</summary>
    public FrozenEncoding? Frozen { get; init; }

    /// <summary>All text columns, whatever reads them.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> TextColumns => Text?.Columns ?? Frozen?.Inputs.Text ?? [];

    /// <summary>The image column, whatever reads it, or null.</summary>
    [JsonIgnore]
    public string? ImageColumn => Image?.Column ?? Frozen?.Inputs.Image;

    /// <summary>What the encoded inputs look like.</summary>
    public InputShape Shape => new(
        Image?.Channels ?? 0, Image?.Height ?? 0, Image?.Width ?? 0,
        Numbers.Sum(n => n.MarksMissing ? 2 : 1) + Categories.Sum(c => c.Values.Count) + (Frozen?.Mean.Count ?? 0), Text?.Size ?? 0);

    /// <summary>Learns the encoding from training rows.</summary>
    /// <param name="train">The training rows.</param>
    /// <param name="roles">The input columns.</param>
    /// <param name="tokens">How text is cut.</param>
    /// <param name="vocabulary">Most token ids.</param>
    /// <param name="limit">Most tokens a row.</param>
    /// <param name="frozen">A frozen network that reads text, image or both instead, and gives numbers; null for none.</param>
    /// <param name="run">Runs it.</param>
    /// <exception cref="RequestException">A column is missing, of another type, or without any value; or the frozen network cannot be run.</exception>
    public static InputEncoding Fit(Table train, InputRoles roles, TextTokens tokens, int vocabulary, int limit = 400, FrozenNetwork? frozen = null, RunOnnx? run = null)
    {
        if (frozen is null) return Fit(train, roles, tokens, vocabulary, limit);
        var encoding = FrozenEncoding.Fit(frozen, train, roles, run);
        return Fit(train, roles with { Text = encoding.Inputs.Text.Count > 0 ? [] : roles.Text, Image = encoding.Inputs.Image is null ? roles.Image : null }, tokens, vocabulary, limit) with { Frozen = encoding };
    }

    private static InputEncoding Fit(Table train, InputRoles roles, TextTokens tokens, int vocabulary, int limit) => new()
    {
        Numbers = [.. roles.Numbers.Select(name => FitNumbers(Find<NumberColumn>(train, name)))],
        Categories = [.. roles.Categories.Select(name => FitCategories(train, name))],
        Text = roles.Text.Count == 0 ? null : TextEncoding.Fit([.. roles.Text.Select(name => Find<TextColumn>(train, name))], tokens, vocabulary, limit),
        Image = roles.Image is null ? null : FitImage(Find<ImageColumn>(train, roles.Image)),
    };

    /// <summary>Encodes rows.</summary>
    /// <exception cref="RequestException">A column is missing or of another type.</exception>
    public Examples Encode(Table table)
    {
        var shape = Shape;
        var numbers = new float[(long)table.Rows * shape.Numbers];
        var at = 0;
        foreach (var encoding in Numbers)
        {
            var values = Find<NumberColumn>(table, encoding.Column).Values;
            for (var row = 0; row < values.Length; row++)
            {
                var missing = double.IsNaN(values[row]);
                numbers[row * shape.Numbers + at] = missing ? 0 : (float)((values[row] - encoding.Mean) / encoding.Deviation);
                if (encoding.MarksMissing && missing) numbers[row * shape.Numbers + at + 1] = 1;
            }
            at += encoding.MarksMissing ? 2 : 1;
        }
        foreach (var encoding in Categories)
        {
            var index = encoding.Values.Select((v, i) => (v, i)).ToDictionary(p => p.v, p => p.i, StringComparer.Ordinal);
            var values = Words(table, encoding.Column);
            for (var row = 0; row < table.Rows; row++)
                if (index.TryGetValue(values(row), out var value)) numbers[row * shape.Numbers + at + value] = 1;
            at += encoding.Values.Count;
        }
        Frozen?.Encode(table, numbers, at, shape.Numbers);
        TextColumn[] texts = Text is null ? [] : [.. Text.Columns.Select(name => Find<TextColumn>(table, name))];
        var (tokens, starts) = Text?.Encode(texts, table.Rows) ?? ([], []);
        var (pixels, pixelValues) = Image is null ? ([], []) : EncodeImages(table, Image);
        return new Examples(shape, table.Rows, pixels, pixelValues, numbers, tokens, starts) { Texts = texts };
    }

    private static NumberEncoding FitNumbers(NumberColumn column)
    {
        double sum = 0, squares = 0;
        var count = 0;
        foreach (var value in column.Values)
        {
            if (double.IsNaN(value)) continue;
            sum += value;
            count++;
        }
        if (count == 0) throw new RequestException($"column '{column.Name}': every training row is empty; leave it out of numbers");
        var mean = sum / count;
        foreach (var value in column.Values)
            if (!double.IsNaN(value)) squares += (value - mean) * (value - mean);
        var deviation = Math.Sqrt(squares / count);
        if (!double.IsFinite(deviation)) throw new RequestException($"column '{column.Name}': its numbers are too large to standardise");
        return new(column.Name, mean, deviation > 1e-12 * Math.Max(1, Math.Abs(mean)) ? deviation : 1, count < column.Rows);
    }

    private static CategoryEncoding FitCategories(Table train, string name)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var values = Words(train, name);
        for (var row = 0; row < train.Rows; row++) counts[values(row)] = counts.GetValueOrDefault(values(row)) + 1;
        counts.Remove("");
        return new(name, [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(MostCategories).Select(c => c.Key).Order(StringComparer.Ordinal)]);
    }

    private static ImageEncoding FitImage(ImageColumn column)
    {
        var area = column.Height * column.Width;
        double[] mean = new double[column.Channels], deviation = new double[column.Channels];
        for (var channel = 0; channel < column.Channels; channel++)
        {
            long sum = 0, squares = 0, count = (long)column.Rows * area;
            for (var row = 0; row < column.Rows; row++)
                foreach (var pixel in column.Pixels.AsSpan((row * column.Channels + channel) * area, area))
                {
                    sum += pixel;
                    squares += pixel * pixel;
                }
            mean[channel] = sum / (double)count;
            deviation[channel] = Math.Max(1, Math.Sqrt(Math.Max(0, squares / (double)count - mean[channel] * mean[channel])));
        }
        return new(column.Name, column.Channels, column.Height, column.Width, mean, deviation);
    }

    private static (byte[] Pixels, float[] Values) EncodeImages(Table table, ImageEncoding encoding)
    {
        var column = Find<ImageColumn>(table, encoding.Column);
        if ((column.Channels, column.Height, column.Width) != (encoding.Channels, encoding.Height, encoding.Width))
            throw new RequestException($"{table.Name}: images are {column.Channels}×{column.Height}×{column.Width}, the model was trained on {encoding.Channels}×{encoding.Height}×{encoding.Width}");
        var values = new float[encoding.Channels * 256];
        for (var i = 0; i < values.Length; i++) values[i] = (float)((i % 256 - encoding.Mean[i / 256]) / encoding.Deviation[i / 256]);
        return (column.Pixels, values);
    }

    private static T Find<T>(Table table, string name) where T : Column
    {
        var column = table.Find(name) ?? throw new RequestException($"{table.Name}: there is no column '{name}'{Spelling.Hint(name, table.Columns.Select(c => c.Name))}; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");
        return column as T ?? throw new RequestException($"{table.Name}: column '{name}' holds {Kind(column.GetType())}, expected {Kind(typeof(T))}");
    }

    private static string Kind(Type type) => type == typeof(TextColumn) ? "text" : type == typeof(NumberColumn) ? "numbers" : "images";

    private static Func<int, string> Words(Table table, string name) => Find<Column>(table, name).Words();
}
