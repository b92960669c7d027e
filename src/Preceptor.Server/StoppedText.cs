using System.Text;
using Preceptor.Models;

namespace Preceptor.Server;

/// <summary>Text as it comes, up to the first of some texts; what may yet become one of those is held back.</summary>
/// <param name="stream">From tokens to text.</param>
/// <param name="stops">The texts.</param>
internal sealed class StoppedText(TextStream stream, IReadOnlyList<string> stops)
{
    private readonly StringBuilder held = new();

    /// <summary>Whether one of the texts has come.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The text that a token sets free.</summary>
    public string Add(int token) => IsOver ? "" : Take(stream.Add(token), isLast: false);

    /// <summary>What is left at the end.</summary>
    public string Finish() => IsOver ? "" : Take(stream.Finish(), isLast: true);

    private string Take(string more, bool isLast)
    {
        var text = held.Append(more).ToString();
        var end = stops.Select(s => text.IndexOf(s, StringComparison.Ordinal)).Where(i => i >= 0).DefaultIfEmpty(-1).Min();
        held.Clear();
        if (end >= 0)
        {
            IsOver = true;
            return text[..end];
        }
        var kept = isLast ? 0 : stops.Select(s => Begun(text, s)).DefaultIfEmpty(0).Max();
        held.Append(text, text.Length - kept, kept);
        return text[..^kept];
    }

    // How many last characters of a text begin another.
    private static int Begun(string text, string stop) => Enumerable.Range(1, Math.Min(text.Length, stop.Length - 1)).LastOrDefault(n => text.EndsWith(stop[..n], StringComparison.Ordinal));
}
