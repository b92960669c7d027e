using Preceptor.Catalogue;
using Preceptor.Prediction;
using Preceptor.Prediction.Text;

namespace Preceptor.Reports.Sections;

/// <summary>
/// A text whose words are shaded by how much they speak for the predicted class or for its rival, each class in its colour; the rival's
/// words are dotted underneath as well, and the strongest words are listed with their numbers, so that nothing is said by colour alone.
/// </summary>
internal static class WordShades
{
    private const int Colours = 6, Shades = 4;

    // Below it a word's number would read as none.
    private const double LeastNamed = 0.00005;

    /// <summary>How to read the shades; nothing where no row has them.</summary>
    public static Html Legend(IEnumerable<ShownRow> rows) => rows.All(r => r.Explanation is null) ? Html.None : Html.Of(
        $"""
        <p class="note">The darker a word, the more it speaks for the class of its colour; <span class="rival">dotted</span>: for the class that was not predicted. Sentences are underlined, and paragraphs marked at the side, in the colour of the class they speak for. Below each text: confidences, and the strongest words of the whole text.</p>

        """);

    /// <summary>The text of a row.</summary>
    /// <param name="explanation">What its words say.</param>
    /// <param name="classes">The classes' names.</param>
    public static Html Of(RowExplanation explanation, IReadOnlyList<string> classes)
    {
        var excerpt = explanation.Excerpt;
        var drawing = new Drawing(explanation, [.. explanation.Classes.Select(c => classes[c])]);
        var paragraphs = excerpt.Paragraphs.Count == 0 ? Html.Of($"<p class=\"cell\">{excerpt.Text}</p>") : Html.Join(excerpt.Paragraphs.Select(drawing.Paragraph));
        return Html.Of(
            $"""
            {paragraphs}{(explanation.LeftOut > 0 ? Html.Of($"<p class=\"note\">… {ResultText.Count(explanation.LeftOut, "more character")}</p>") : Html.None)}
            <ul class="reasons">{explanation.Classes.Select((_, i) => drawing.Reasons(i))}</ul>
            """);
    }

    private sealed class Drawing(RowExplanation explanation, string[] names)
    {
        private readonly string text = explanation.Excerpt.Text;
        private readonly bool hasParagraphs = explanation.Excerpt.Paragraphs.Count > 1;
        private readonly bool hasSentences = explanation.Excerpt.Paragraphs.Sum(p => p.Parts.Count) > 1;
        private readonly double largest = explanation.Excerpt.Paragraphs.SelectMany(p => p.Parts).SelectMany(s => s.Parts).SelectMany(w => w.Confidences).DefaultIfEmpty().Max();

        public Html Paragraph(TextBlock paragraph)
        {
            var inside = Inside(paragraph, Sentence);
            return hasParagraphs && Leader(paragraph) is >= 0 and var leader
                ? Html.Of($"<p class=\"cell paragraph {Colour(leader)}\" title=\"{Numbers("paragraph", paragraph)}\">{inside}</p>") : Html.Of($"<p class=\"cell\">{inside}</p>");
        }

        public Html Reasons(int which) => Html.Of(
            $"""
            <li class="{Colour(which)}"><span class="hue"></span><strong>{names[which]}</strong> {ResultText.Number(explanation.Excerpt.Confidences[which], "0.00")}{(Words(which) is { Length: > 0 } words ? $": {words}" : ": no word")}</li>
            """);

        private string Words(int which) => string.Join(", ", explanation.Strongest[which].Where(w => w.Confidence >= LeastNamed));

        private Html Sentence(TextBlock sentence)
        {
            var inside = Inside(sentence, Word);
            return hasSentences && Leader(sentence) is >= 0 and var leader
                ? Html.Of($"<span class=\"sentence {Colour(leader)}\" title=\"{Numbers("sentence", sentence)}\">{inside}</span>") : inside;
        }

        private Html Word(TextBlock word)
        {
            var leader = Math.Max(Leader(word), 0);
            var shade = (int)Math.Round(Shades * word.Confidences[leader] / largest);
            return shade == 0 ? Html.Of($"{Cell(word)}") : Html.Of($"<mark class=\"{Colour(leader)} shade{shade}{(leader > 0 ? " rival" : "")}\" title=\"{Numbers(Cell(word), word)}\">{Cell(word)}</mark>");
        }

        private Html Inside(TextBlock block, Func<TextBlock, Html> draw)
        {
            var pieces = new List<Html>();
            var at = block.Start;
            foreach (var part in block.Parts)
            {
                pieces.Add(Html.Of($"{text[at..part.Start]}"));
                pieces.Add(draw(part));
                at = part.Start + part.Length;
            }
            pieces.Add(Html.Of($"{text[at..(block.Start + block.Length)]}"));
            return Html.Join(pieces);
        }

        private string Cell(TextBlock block) => text.Substring(block.Start, block.Length);

        private string Numbers(string what, TextBlock block) => $"{what}: {string.Join(", ", names.Select((n, i) => $"{n} {ResultText.Number(block.Confidences[i], "0.00##")}"))}";

        // The class that a part speaks for most; −1 if for none.
        private static int Leader(TextBlock block)
        {
            var leader = block.Confidences.Count > 1 && block.Confidences[1] > block.Confidences[0] ? 1 : 0;
            return block.Confidences[leader] > 0 ? leader : -1;
        }

        // A class has its colour in every row; only a rival that would have the predicted class's takes the opposite one.
        private string Colour(int which)
        {
            var colour = explanation.Classes[which] % Colours;
            return $"hue{(which > 0 && colour == explanation.Classes[0] % Colours ? (colour + Colours / 2) % Colours : colour)}";
        }
    }
}
