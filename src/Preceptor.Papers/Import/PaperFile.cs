using Preceptor.Foundation;

namespace Preceptor.Papers;

/// <summary>Reads a file of papers, whatever its form: a page saved as text or as HTML, JSON Lines, BibTeX.</summary>
public static class PaperFile
{
    /// <summary>Reads the papers of a file one after another; only one of them is in memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="today">The day by which a page's dates without a year are understood.</param>
    /// <exception cref="RequestException">The file is missing, not text, or malformed; the message names the line. Also where no paper is in it.</exception>
    public static IEnumerable<ImportedPaper> Read(string path, DateOnly today)
    {
        using var lines = new TextLines(path);
        string? first;
        do first = lines.Read();
        while (first is not null && first.AsSpan().Trim().IsEmpty);
        if (first is null) throw new RequestException($"{path}: is empty");
        var start = first.TrimStart();
        var papers = start.StartsWith('{') ? PaperJson.Read(first, lines)
            : start.StartsWith('@') || Path.GetExtension(path) is ".bib" ? BibTex.Read(first, lines)
            : start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase) ? PageText.Read(HtmlBlocks.Of(first, lines), today)
            : PageText.Read(PageText.Blocks(first, lines), today);
        var count = 0;
        foreach (var paper in papers)
        {
            count++;
            yield return paper;
        }
        if (count == 0) throw new RequestException($"{path}: no paper found; expected titles with their abstracts (a blank line between them), JSON Lines with title and abstract, or BibTeX");
    }

    /// <summary>A text without line breaks, repeated blanks and control characters.</summary>
    internal static string Clean(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(w => w.Any(char.IsControl) ? string.Concat(w.Where(c => !char.IsControl(c))) : w));

    /// <summary>An address if it leads to the web, else nothing.</summary>
    internal static string WebAddress(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri.AbsoluteUri : "";
}
