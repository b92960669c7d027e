namespace Preceptor.Models;

/// <summary>A token beside the learned ones, found in texts verbatim.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Content">Its text.</param>
/// <param name="IsSpecial">Whether it controls a model, as the end of a text does.</param>
/// <param name="IsNormalized">Whether it is looked for in the normalised text, and not in the text as it is.</param>
/// <param name="TakesLeft">Whether white space before it is part of it.</param>
/// <param name="TakesRight">Whether white space behind it is part of it.</param>
internal sealed record AddedToken(int Id, string Content, bool IsSpecial, bool IsNormalized = false, bool TakesLeft = false, bool TakesRight = false);

/// <summary>Finds added tokens in a text: the leftmost, and of those that begin at one place the longest.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<(int Node, char Unit), int> children = [];
    private readonly Dictionary<int, AddedToken> ends = [];
    private readonly System.Buffers.SearchValues<char> firsts;

    /// <summary>Prepares the search.</summary>
    /// <param name="tokens">The tokens; no content is empty or stands twice.</param>
    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        var nodes = 1;
        foreach (var token in tokens)
        {
            var node = 0;
            foreach (var unit in token.Content)
                if (!children.TryGetValue((node, unit), out var child)) children.Add((node, unit), node = nodes++);
                else node = child;
            ends.Add(node, token);
        }
        firsts = System.Buffers.SearchValues.Create([.. children.Keys.Where(k => k.Node == 0).Select(k => k.Unit)]);
    }

    /// <summary>The first token from a place on, and the text that it takes; null if there is none.</summary>
    public AddedToken? Find(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (var at = from; ; at++)
        {
            var skip = text[at..].IndexOfAny(firsts);
            if (skip < 0) break;
            at += skip;
            if (At(text, at) is not { } token) continue;
            (start, end) = (at, at + token.Content.Length);
            if (token.TakesLeft) while (start > from && char.IsWhiteSpace(text[start - 1])) start--;
            if (token.TakesRight) while (end < text.Length && char.IsWhiteSpace(text[end])) end++;
            return token;
        }
        (start, end) = (text.Length, text.Length);
        return null;
    }

    /// <summary>Adds the tokens in a text to others, and gives what stands between them away.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ids">Where the tokens go.</param>
    /// <param name="other">Takes what is none of them.</param>
    public void Between(string text, List<int> ids, Action<string> other)
    {
        for (var place = 0; place < text.Length;)
        {
            var token = Find(text, place, out var start, out var end);
            if (start > place) other(place == 0 && start == text.Length ? text : text[place..start]);
            if (token is not null) ids.Add(token.Id);
            place = end;
        }
    }

    private AddedToken? At(ReadOnlySpan<char> text, int at)
    {
        AddedToken? longest = null;
        for (var node = 0; at < text.Length && children.TryGetValue((node, text[at]), out node); at++)
            if (ends.TryGetValue(node, out var token)) longest = token;
        return longest;
    }
}
