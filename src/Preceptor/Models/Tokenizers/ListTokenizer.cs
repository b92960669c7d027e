using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>A tokenizer without merges: a token for each entry of a list. 0 is padding, 1 ends a text, 2 stands for what is not in the list where there is such a token; padding and end have no text.</summary>
public abstract class ListTokenizer : Tokenizer
{
    private const string PaddingName = "<pad>", EndName = "<end>", UnknownName = "<unk>";

    private readonly string[] tokens;
    private readonly Dictionary<string, int> numbers;
    private readonly int listed;
    private readonly AddedTokens? control;

    private protected ListTokenizer(IEnumerable<string> entries, bool unknown, JsonNode cutting, IReadOnlyList<string> control)
    {
        tokens = [PaddingName, EndName, .. unknown ? [UnknownName] : Array.Empty<string>(), .. entries];
        listed = tokens.Length;
        tokens = [.. tokens, .. control];
        if (control.Count > 0) this.control = new(control.Select((name, i) => new AddedToken(listed + i, name, IsSpecial: true)));
        numbers = new(tokens.Length, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Length; id++)
            if (!numbers.TryAdd(tokens[id], id)) throw new ArgumentException($"'{JsonKey.Shown(tokens[id])}' is there twice, or the name of a token with a part of its own", nameof(entries));
        First = unknown ? 3 : 2;
        Description = Describe(cutting);
    }

    /// <inheritdoc/>
    public override int Size => tokens.Length;

    /// <inheritdoc/>
    public override int? End => 1;

    /// <inheritdoc/>
    public override int? Padding => 0;

    /// <inheritdoc/>
    public override int? Begin => null;

    /// <summary>The token of what is not in the list; null without one.</summary>
    public int? Unknown => First > 2 ? 2 : null;

    /// <inheritdoc/>
    internal override TokenizerFile Description { get; }

    /// <inheritdoc/>
    internal override JsonObject Configuration => new() { ["eos_token"] = EndName, ["pad_token"] = PaddingName, ["unk_token"] = UnknownName };

    /// <summary>The first token that is an entry of the list.</summary>
    private protected int First { get; }

    /// <inheritdoc/>
    public override string Token(int token) => tokens[token];

    /// <inheritdoc/>
    public override int? Find(string token) => numbers.TryGetValue(token, out var id) ? id : null;

    /// <inheritdoc/>
    /// <exception cref="RequestException">Something in it is not in the list, and there is no token for that.</exception>
    public sealed override int[] Encode(string text, bool special = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length / 4 + 1);
        text = CharacterClasses.WellFormed(text);
        if (special && control is not null) control.Between(text, ids, part => Encode(part, ids));
        else Encode(text, ids);
        return [.. ids];
    }

    /// <summary>Adds the tokens of a text without control tokens.</summary>
    private protected abstract void Encode(string text, List<int> ids);

    /// <inheritdoc/>
    private protected override Tokenizer Build(TokenizerFile file) => Of(file);

    /// <inheritdoc/>
    internal override void Write(int token, IBufferWriter<byte> text, ref int before)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)tokens.Length, nameof(token));
        if (token < 2) return;
        if (before >= 0) text.Write(Between(before, token));
        Encoding.UTF8.GetBytes(token < First ? "\uFFFD" : tokens[token], text);
        before = token;
    }

    /// <summary>The bytes between two tokens.</summary>
    private protected virtual ReadOnlySpan<byte> Between(int before, int token) => [];

    /// <summary>The token of an entry.</summary>
    /// <exception cref="RequestException">It is not in the list, and there is no token for that.</exception>
    private protected int NumberOf(ReadOnlySpan<char> entry) =>
        numbers.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(entry, out var id) && id >= First && id < listed ? id : Unknown ?? throw new RequestException($"'{JsonKey.Shown(entry.ToString())}' is no token");

    /// <summary>The tokenizer that a file of this kind describes.</summary>
    /// <exception cref="RequestException">It was not saved here.</exception>
    internal static ListTokenizer Of(TokenizerFile file)
    {
        var found = new string?[file.Vocabulary.Count];
        foreach (var (token, id) in file.Vocabulary)
        {
            if (id >= found.Length || found[id] is not null) throw new RequestException($"{file.Path}: model.vocab: '{JsonKey.Shown(token)}' has the number {id}, expected the numbers from 0 to {found.Length - 1} once each");
            found[id] = token;
        }
        if (found is not [PaddingName, EndName, ..]) throw new RequestException($"{file.Path}: model.vocab: does not begin with {PaddingName} and {EndName}, as the lists do that are read here");
        var unknown = found is [_, _, UnknownName, ..];
        var entries = found[(unknown ? 3 : 2)..].Select(e => e!);
        var cutting = file["pre_tokenizer"].Node;
        var control = new List<string>();
        if (!file["added_tokens"].IsMissing)
            foreach (var entry in file["added_tokens"].Items)
                if (entry["id"].Integer >= found.Length) control.Add(entry["id"].Integer == found.Length + control.Count && entry["content"].Text.Length > 0 ? entry["content"].Text : throw entry.Wrong($"a control token with a name and the number {found.Length + control.Count}, the next one"));
        try
        {
            if (JsonNode.DeepEquals(cutting, CharacterTokenizer.Cutting)) return new CharacterTokenizer(entries, unknown, control);
            if (JsonNode.DeepEquals(cutting, WordTokenizer.Cutting)) return new WordTokenizer(entries, unknown, control);
        }
        catch (ArgumentException e)
        {
            throw new RequestException($"{file.Path}: model.vocab: {e.Message}", e);
        }
        throw file["pre_tokenizer"].Wrong("that of characters or of words as they are saved here, since model.type is WordLevel");
    }

    private protected static JsonObject Split(string pattern, string behavior) => new() { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = behavior, ["invert"] = false };

    private TokenizerFile Describe(JsonNode cutting)
    {
        var file = new TokenizerFile("tokenizer");
        var added = Enumerable.Range(0, First).Concat(Enumerable.Range(listed, tokens.Length - listed)).Select(id => (JsonNode)TokenizerFile.Control(id, tokens[id]));
        (file.Parts["version"], file.Parts["truncation"], file.Parts["padding"], file.Parts["added_tokens"], file.Parts["normalizer"]) = ("1.0", null, null, new JsonArray([.. added]), null);
        (file.Parts["pre_tokenizer"], file.Parts["post_processor"], file.Parts["decoder"]) = (cutting.DeepClone(), null, null);
        (file.Model["type"], file.Model["unk_token"]) = ("WordLevel", UnknownName);
        for (var id = 0; id < listed; id++) file.Vocabulary.Add(tokens[id], id);
        return file;
    }
}
