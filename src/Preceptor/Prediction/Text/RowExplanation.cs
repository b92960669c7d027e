using Preceptor.Data;
using Preceptor.Models;

namespace Preceptor.Prediction.Text;

/// <summary>Why a model gives a row its class, cut down to what people read: two classes, and not the whole of a long text.</summary>
/// <param name="Classes">The predicted class, and its rival: the label where that is another, else the second most probable class. One class alone has no rival.</param>
/// <param name="Excerpt">The text's beginning; its confidences are those in <paramref name="Classes"/> alone, its words those that speak for one of them.</param>
/// <param name="LeftOut">How many characters of the text lie behind the excerpt.</param>
/// <param name="Strongest">For each of <paramref name="Classes"/> the strongest words of the whole text.</param>
public sealed record RowExplanation(IReadOnlyList<int> Classes, TextExplanation Excerpt, int LeftOut, IReadOnlyList<IReadOnlyList<WordWeight>> Strongest)
{
    /// <summary>Most characters of an excerpt.</summary>
    public const int LongestExcerpt = 1200;

    /// <summary>How many of a class's strongest words are named.</summary>
    public const int MostWords = 5;

    private const int Digits = 6;

    /// <summary>Cuts an explanation down.</summary>
    /// <param name="whole">The explanation of the whole text, in all classes.</param>
    /// <param name="predicted">The predicted class.</param>
    /// <param name="rival">The class to set beside it; the same for none.</param>
    public static RowExplanation Of(TextExplanation whole, int predicted, int rival)
    {
        int[] classes = predicted == rival ? [predicted] : [predicted, rival];
        var end = End(whole);
        double[] Chosen(IReadOnlyList<double> confidences) => [.. classes.Select(c => Math.Round(confidences[c], Digits))];
        TextBlock Cut(TextBlock block) => new(block.Start, Math.Min(block.Length, end - block.Start), Chosen(block.Confidences), [.. block.Parts.Where(IsShown).Select(Cut)]);
        bool IsShown(TextBlock block) => block.Start < end && (!block.IsWord || block.Start + block.Length <= end && classes.Any(c => block.Confidences[c] > 0));
        var text = string.Create(end, whole.Text, static (line, text) =>
        {
            // A control character is no character of a page; the places of all others must stay.
            for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(text[i]) ? ' ' : text[i];
        });
        return new(classes, new(text, Chosen(whole.Confidences), [.. whole.Paragraphs.Where(IsShown).Select(Cut)]), whole.Text.Length - end,
            [.. classes.Select(c => whole.Strongest(c, MostWords))]);
    }

    /// <summary>The rows, each with why the model gives it its class, where the model can say so; else the rows as they are.</summary>
    /// <param name="rows">Some of the examples, by their places among them.</param>
    /// <param name="model">The model.</param>
    /// <param name="examples">The encoded rows.</param>
    /// <param name="predictions">The model's answers for all of them.</param>
    /// <param name="labels">Their labels.</param>
    public static IReadOnlyList<ShownRow> Explain(IReadOnlyList<ShownRow> rows, Predictor model, Examples examples, Predictions predictions, int[] labels) =>
        model.Classifier is not IExplainsText explaining ? rows : [.. rows.Select(row =>
        {
            var predicted = predictions.Best(row.Row);
            var rival = labels[row.Row] != predicted ? labels[row.Row] : predictions.Second(row.Row);
            return row with { Explanation = Of(explaining.Explain(examples, row.Row), predicted, rival) };
        })];

    // Behind a word, not within one, nor between the halves of a pair.
    private static int End(TextExplanation whole)
    {
        if (whole.Text.Length <= LongestExcerpt) return whole.Text.Length;
        var words = whole.Paragraphs.SelectMany(p => p.Parts).SelectMany(s => s.Parts);
        var end = words.Select(w => w.Start + w.Length).TakeWhile(e => e <= LongestExcerpt).LastOrDefault();
        return end > 0 ? end : LongestExcerpt - (char.IsHighSurrogate(whole.Text[LongestExcerpt - 1]) ? 1 : 0);
    }
}
