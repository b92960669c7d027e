using Preceptor.Data;
using Preceptor.Models;
using Preceptor.Prediction.Text;
using Preceptor.Training;

namespace Preceptor.Prediction.Audit;

/// <summary>Which words of a row speak for the suggested class and which for the given one.</summary>
public static class TellingWords
{
    private const int MostWords = 150;

    /// <summary>By the weights of the logistic regression that judged the row: of single words; pairs are left aside.</summary>
    /// <param name="row">A table of that row alone.</param>
    /// <param name="encoding">How it was encoded.</param>
    /// <param name="models">The regressions.</param>
    /// <param name="fold">The row's fold.</param>
    /// <param name="classes">C.</param>
    /// <param name="suggested">The suggested class.</param>
    /// <param name="given">The given one.</param>
    public static RowExplanation? ByWeights(Table row, TextEncoding? encoding, FoldedLogisticRegression models, byte fold, int classes, int suggested, int given)
    {
        if (encoding is null) return null;
        var (text, words) = Words(row, encoding.Columns);
        if (words.Length == 0) return null;
        var alone = new TextColumn(encoding.Columns[0], [.. words.Select(w => text.Substring(w.Start, w.Length))]);
        var (tokens, starts) = (encoding with { Columns = [encoding.Columns[0]] }).Encode([alone], words.Length);
        return Explain(text, words, classes, suggested, given, i => starts[i] == starts[i + 1] ? 0
            : models.WeightOf(tokens[starts[i]], fold, suggested) - models.WeightOf(tokens[starts[i]], fold, given));
    }

    /// <summary>By occlusion: how far the log-odds of the two classes fall without each word, by the model that judged the row.</summary>
    /// <param name="row">A table of that row alone.</param>
    /// <param name="model">The model.</param>
    /// <param name="suggested">The suggested class.</param>
    /// <param name="given">The given one.</param>
    public static RowExplanation? ByOcclusion(Table row, Predictor model, int suggested, int given)
    {
        var columns = model.Encoding.TextColumns;
        if (columns.Count == 0) return null;
        var (text, words) = Words(row, columns);
        if (words.Length == 0) return null;
        var variants = row.Take(new int[words.Length + 1]);
        var offsets = new Dictionary<string, int>();
        var at = 0;
        foreach (var name in columns)
        {
            offsets[name] = at;
            at += Cell(row, name).Length + 1;
        }
        var changed = variants.Columns.Select(column => !offsets.TryGetValue(column.Name, out var offset) ? column : new TextColumn(column.Name,
            [Cell(row, column.Name), .. words.Select(w => Without(Cell(row, column.Name), w.Start - offset, w.Length))]));
        var predictions = model.Predict(new Table(row.Name, [.. changed]));
        double Odds(int variant) => Math.Log(Math.Max(predictions.Row(variant)[suggested], 1e-9)) - Math.Log(Math.Max(predictions.Row(variant)[given], 1e-9));
        return Explain(text, words, predictions.Classes.Count, suggested, given, i => Odds(0) - Odds(i + 1));
    }

    private static RowExplanation Explain(string text, (int Start, int Length)[] words, int classes, int suggested, int given, Func<int, double> speaks)
    {
        TextBlock Block(int start, int length, double forSuggested, IReadOnlyList<TextBlock> parts)
        {
            var confidences = new double[classes];
            confidences[forSuggested > 0 ? suggested : given] = Math.Abs(forSuggested);
            return new(start, length, confidences, parts);
        }
        var blocks = words.Select((w, i) => Block(w.Start, w.Length, speaks(i), [])).ToArray();
        var all = new double[classes];
        foreach (var block in blocks)
            for (var c = 0; c < classes; c++) all[c] += block.Confidences[c];
        var sentence = new TextBlock(0, text.Length, all, blocks);
        return RowExplanation.Of(new(text, all, [new(0, text.Length, all, [sentence])]), suggested, given);
    }

    private static string Without(string cell, int start, int length) => start < 0 || start >= cell.Length ? cell : cell.Remove(start, length);

    private static string Cell(Table row, string column) => ((TextColumn)row.Find(column)!)[0].ToString();

    // Runs of letters, digits and apostrophes, as the encoding reads them; cells one after the other with a blank between.
    private static (string Text, (int Start, int Length)[] Words) Words(Table row, IReadOnlyList<string> columns)
    {
        var text = string.Join(' ', columns.Select(name => Cell(row, name)));
        var words = new List<(int, int)>();
        for (var at = 0; at < text.Length && words.Count < MostWords; at++)
        {
            var start = at;
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '\'')) at++;
            if (at > start) words.Add((start, at - start));
        }
        return (text, [.. words]);
    }
}
