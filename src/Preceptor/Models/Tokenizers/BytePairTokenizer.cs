using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>
/// Byte-level byte pair encoding, as of GPT-2, Qwen2 and their kin (Radford et al. 2019, after Sennrich et al. 2016): added tokens are split out verbatim, the text between them is brought into normal form C where the file says so,
/// cut into words, and the bytes of each word merge, the pair of lowest rank first.
/// </summary>
public sealed class BytePairTokenizer : Tokenizer
{
    private readonly string?[] tokens;
    private readonly byte[]?[] bytes;
    private readonly int[] byteTokens = new int[256];
    private readonly PairMerges merges;
    private readonly IReadOnlyList<SplitStage> stages;
    private readonly bool composes, ignoresMerges;
    private readonly Dictionary<string, int> added;
    private readonly WordCache cache = new();

    // Of the text as it is, and of the normalised one; with and without control tokens.
    private readonly (AddedTokens Raw, AddedTokens Normalized) all, harmless;

    internal BytePairTokenizer(TokenizerFile file, JsonObject configuration, string?[] tokens, AddedToken[] added, PairMerges merges, IReadOnlyList<SplitStage> stages, bool composes, bool ignoresMerges, TokenRoles roles)
    {
        (Description, Configuration, this.tokens, this.merges, this.stages, this.composes, this.ignoresMerges) = (file, configuration, tokens, merges, stages, composes, ignoresMerges);
        (End, Padding, Begin) = (roles.End, roles.Padding, roles.Begin);
        this.added = added.ToDictionary(a => a.Content, a => a.Id, StringComparer.Ordinal);
        bytes = new byte[]?[tokens.Length];
        for (var id = 0; id < tokens.Length; id++)
            if (tokens[id] is { } token) bytes[id] = this.added.ContainsKey(token) ? Encoding.UTF8.GetBytes(token) : ByteAlphabet.Read(token);
        for (var value = 0; value < 256; value++) byteTokens[value] = file.Vocabulary.TryGetValue(ByteAlphabet.Letter((byte)value).ToString(), out var id) ? id : roles.Unknown ?? -1;
        (all, harmless) = (Finders(added), Finders([.. added.Where(a => !a.IsSpecial)]));

        (AddedTokens, AddedTokens) Finders(AddedToken[] some) => (new(some.Where(a => !a.IsNormalized)),
            new(some.Where(a => a.IsNormalized).Select(a => composes ? a with { Content = CanonicalComposition.Compose(a.Content) } : a).DistinctBy(a => a.Content)));
    }

    /// <inheritdoc/>
    public override int Size => tokens.Length;

    /// <inheritdoc/>
    public override int? End { get; }

    /// <inheritdoc/>
    public override int? Padding { get; }

    /// <inheritdoc/>
    public override int? Begin { get; }

    /// <inheritdoc/>
    internal override TokenizerFile Description { get; }

    /// <inheritdoc/>
    internal override JsonObject Configuration { get; }

    /// <inheritdoc/>
    public override string Token(int token) => tokens[token] ?? "";

    /// <inheritdoc/>
    public override int? Find(string token) => added.TryGetValue(token, out var id) || Description.Vocabulary.TryGetValue(token, out id) ? id : null;

    /// <inheritdoc/>
    /// <exception cref="RequestException">The vocabulary has no token for a byte of the text, or the pattern takes too long over it.</exception>
    public override int[] Encode(string text, bool special = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (raw, normalized) = special ? all : harmless;
        var encoding = new Work(this, text.Length);
        text = CharacterClasses.WellFormed(text);
        raw.Between(text, encoding.Ids, part =>
        {
            if (composes) part = CanonicalComposition.Compose(part);
            normalized.Between(part, encoding.Ids, rest => encoding.Split(rest, 0));
        });
        return [.. encoding.Ids];
    }

    /// <inheritdoc/>
    private protected override Tokenizer Build(TokenizerFile file) => BytePairFiles.Build(file, new(ConfigurationName, "", Configuration.DeepClone()));

    /// <inheritdoc/>
    internal override void Write(int token, IBufferWriter<byte> text, ref int before)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)tokens.Length, nameof(token));
        text.Write(bytes[token]);
        before = token;
    }

    /// <summary>The work on one text.</summary>
    private sealed class Work(BytePairTokenizer of, int length)
    {
        public List<int> Ids { get; } = new(length / 4 + 4);

        private readonly Stack<List<int>> spare = new();

        public void Split(ReadOnlySpan<char> text, int stage)
        {
            var last = stage == of.stages.Count - 1;
            var (splitter, _, addsBlank) = of.stages[stage];
            if (addsBlank && text is not [' ', ..]) text = $" {text}";
            if (splitter is null)
            {
                AddWord(text);
                return;
            }
            var ends = spare.TryPop(out var used) ? used : [];
            ends.Clear();
            try
            {
                splitter.Split(text, ends);
            }
            catch (System.Text.RegularExpressions.RegexMatchTimeoutException e)
            {
                throw new RequestException($"{of.Description.Path}: pre_tokenizer: the pattern takes too long over a text of {text.Length} characters", e);
            }
            var start = 0;
            foreach (var end in ends)
            {
                if (last) AddWord(text[start..end]);
                else Split(text[start..end], stage + 1);
                start = end;
            }
            spare.Push(ends);
        }

        private void AddWord(ReadOnlySpan<char> word)
        {
            if (of.cache.Find(word) is { } known)
            {
                Ids.AddRange(known);
                return;
            }
            var some = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(word.Length));
            var encoded = some.AsSpan(0, Encoding.UTF8.GetBytes(word, some));
            var ids = ArrayPool<int>.Shared.Rent(encoded.Length);
            var count = of.Merge(encoded, ids);
            of.cache.Keep(word, ids.AsSpan(0, count));
            Ids.AddRange(ids.AsSpan(0, count));
            ArrayPool<int>.Shared.Return(ids);
            ArrayPool<byte>.Shared.Return(some);
        }
    }

    /// <summary>The tokens of a word's bytes.</summary>
    private int Merge(ReadOnlySpan<byte> word, Span<int> ids)
    {
        if (ignoresMerges && Description.Vocabulary.TryGetValue(ByteAlphabet.Spell(word), out ids[0])) return 1;
        for (var i = 0; i < word.Length; i++)
        {
            ids[i] = byteTokens[word[i]];
            if (ids[i] < 0) throw new RequestException($"{Description.Path}: the vocabulary has no token for the byte 0x{word[i]:X2}, and no unknown token");
        }
        return merges.Merge(ids[..word.Length]);
    }
}
