using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>Rows that are harder to read than those a model learned from: noise of a strength on every input.</summary>
[Version(1)]
public static class InputNoise
{
    /// <summary>
    /// The rows with noise of a strength s on some columns: on images Gaussian noise of the deviation s of the range from black to white, on numbers
    /// Gaussian noise of s of the column's own deviation; of a text each word is dropped with the chance s, and a text without blanks, a category,
    /// is replaced with that chance by another row's. Strength 0 leaves them as they are.
    /// </summary>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">The columns that change.</param>
    /// <param name="strength">s, at least 0; at most 1 where there is text.</param>
    /// <param name="seed">Decides the noise; larger strengths are the same noise, larger.</param>
    public static Table Add(Table rows, IReadOnlySet<string> columns, double strength, ulong seed)
    {
        if (!(strength >= 0)) throw new ArgumentOutOfRangeException(nameof(strength), strength, "expected a strength of 0 or more");
        if (strength == 0) return rows;
        return new(rows.Name, [.. rows.Columns.Select((column, c) => !columns.Contains(column.Name) ? column : Changed(column, strength, RandomStream.Of(seed, "input-noise", c)))]) { Note = rows.Note, Targets = rows.Targets };
    }

    private static Column Changed(Column column, double strength, RandomStream random) => column switch
    {
        ImageColumn images => new ImageColumn(images.Name, [.. images.Pixels.Select(p => (byte)Math.Clamp(Math.Round(p + 255 * strength * random.NextGaussian()), 0, 255))], images.Rows, images.Channels, images.Height, images.Width),
        NumberColumn numbers => Shaken(numbers, strength, random),
        TextColumn texts => Dropped(texts, strength, random),
        _ => column,
    };

    private static NumberColumn Shaken(NumberColumn numbers, double strength, RandomStream random)
    {
        double[] known = [.. numbers.Values.Where(v => !double.IsNaN(v))];
        var mean = known.Length == 0 ? 0 : known.Average();
        var deviation = known.Length == 0 ? 0 : Math.Sqrt(known.Average(v => (v - mean) * (v - mean)));
        return new(numbers.Name, [.. numbers.Values.Select(v => v + strength * deviation * random.NextGaussian())]);
    }

    private static TextColumn Dropped(TextColumn texts, double strength, RandomStream random)
    {
        var cells = new string[texts.Rows];
        for (var row = 0; row < cells.Length; row++)
        {
            var cell = texts[row].ToString();
            var words = cell.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1) cells[row] = string.Join(' ', words.Where(_ => random.NextDouble() >= strength));
            else
            {
                var (isChanged, other) = (random.NextDouble() < strength, random.Next(texts.Rows));
                cells[row] = isChanged ? texts[other].ToString() : cell;
            }
        }
        return new(texts.Name, cells);
    }
}
