using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Preceptor.Foundation;

namespace Preceptor.Models;

/// <summary>From text to tokens and back. Its methods may be called from several threads.</summary>
public abstract class Tokenizer
{
    /// <summary>The names of its files in a folder.</summary>
    internal const string FileName = "tokenizer.json", ConfigurationName = "tokenizer_config.json";

    /// <summary>How many numbers tokens have: one more than the largest.</summary>
    public abstract int Size { get; }

    /// <summary>The token that ends a text; null without one.</summary>
    public abstract int? End { get; }

    /// <summary>The token of padding; null without one.</summary>
    public abstract int? Padding { get; }

    /// <summary>The token that begins a text; null without one. <see cref="Encode"/> does not add it.</summary>
    public abstract int? Begin { get; }

    /// <summary>A hash of all that decides its answers.</summary>
    public string Fingerprint => field ??= Hash();

    /// <summary>What describes it, as a file.</summary>
    internal abstract TokenizerFile Description { get; }

    /// <summary>Its settings beside the file: which tokens end, pad and begin texts, a chat template, …</summary>
    internal abstract JsonObject Configuration { get; }

    /// <summary>The tokens of a text; none is added. Half a surrogate pair is read as U+FFFD.</summary>
    /// <param name="text">The text.</param>
    /// <param name="special">Whether the names of control tokens, such as <c>&lt;|im_end|&gt;</c>, are those tokens; otherwise, as texts of strangers should be read, they are ordinary text.</param>
    public abstract int[] Encode(string text, bool special = true);

    /// <summary>The text of tokens. Bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="tokens">Tokens below <see cref="Size"/>.</param>
    public string Decode(ReadOnlySpan<int> tokens)
    {
        var (bytes, before) = (new ArrayBufferWriter<byte>(16 + tokens.Length * 4), -1);
        foreach (var token in tokens) Write(token, bytes, ref before);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Turns tokens into text as they come.</summary>
    public TextStream Stream() => new(this);

    /// <summary>A token as the vocabulary spells it; empty for a number that no token has.</summary>
    /// <param name="token">A number below <see cref="Size"/>.</param>
    public abstract string Token(int token);

    /// <summary>The number of a token by its spelling, or null.</summary>
    public abstract int? Find(string token);

    /// <summary>The same tokenizer with control tokens behind its others, such as those that announce a task; a network needs a row for each.</summary>
    /// <param name="control">Their names; those that it has are not added again.</param>
    public Tokenizer With(IEnumerable<string> control)
    {
        string[] missing = [.. control.Where(name => Find(name) is null)];
        return missing.Length == 0 ? this : Build(Description.With(Size, missing));
    }

    /// <summary>The tokenizer of this kind, with this one's settings, that a file describes.</summary>
    private protected abstract Tokenizer Build(TokenizerFile file);

    /// <summary>Writes the text of a token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="text">Where to.</param>
    /// <param name="before">The last token that had a text, -1 at the start; moved on.</param>
    internal abstract void Write(int token, IBufferWriter<byte> text, ref int before);

    /// <summary>Writes tokenizer.json and tokenizer_config.json into a folder, in Hugging Face's form.</summary>
    public void Save(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        Directory.CreateDirectory(folder);
        using var content = new MemoryStream();
        Description.Write(content);
        RunFolder.WriteWhole(Path.Combine(folder, FileName), content.GetBuffer().AsSpan(0, (int)content.Length));
        if (Configuration.Count > 0) ModelFiles.WriteJsonWhole(Path.Combine(folder, ConfigurationName), Configuration);
    }

    /// <summary>Reads a tokenizer: one saved here, or a byte-level BPE of others.</summary>
    /// <param name="path">A tokenizer.json, or a folder with one, or with vocab.json and merges.txt.</param>
    /// <exception cref="RequestException">There is none, or one of another kind.</exception>
    public static Tokenizer Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var isFolder = Directory.Exists(path);
        var folder = isFolder ? path : Path.GetDirectoryName(path) ?? "";
        var configuration = new JsonKey(Path.Combine(folder, ConfigurationName), "", new JsonObject());
        if (File.Exists(configuration.File))
        {
            if (new FileInfo(configuration.File).Length > JsonKey.MostBytes) throw new RequestException($"{configuration.File}: is longer than {JsonKey.MostBytes} bytes");
            configuration = JsonKey.Parse(configuration.File, "", File.ReadAllBytes(configuration.File));
        }
        var file = isFolder ? Path.Combine(path, FileName) : path;
        if (File.Exists(file))
        {
            var read = TokenizerFile.Read(file);
            return read.Model["type"] is JsonValue type && type.TryGetValue(out string? name) && name == "WordLevel" ? ListTokenizer.Of(read) : BytePairFiles.Build(read, configuration);
        }
        string vocabulary = Path.Combine(folder, "vocab.json"), merges = Path.Combine(folder, "merges.txt");
        if (isFolder && File.Exists(vocabulary) && File.Exists(merges)) return BytePairFiles.Build(BytePairFiles.Complete(TokenizerFile.Read(vocabulary, merges), configuration), configuration);
        throw new RequestException($"{path}: {(isFolder ? $"has neither {FileName} nor vocab.json with merges.txt" : "there is no such file or folder")}");
    }

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var content = new MemoryStream();
        Description.Write(content);
        hash.AppendData(content.GetBuffer().AsSpan(0, (int)content.Length));
        hash.AppendData(Encoding.UTF8.GetBytes($"{End} {Padding} {Begin}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}

/// <summary>Text from tokens as they come; a character whose bytes are not all there yet is held back.</summary>
public sealed class TextStream
{
    private readonly Tokenizer tokenizer;
    private readonly ArrayBufferWriter<byte> bytes = new(64);
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private int before = -1;

    internal TextStream(Tokenizer tokenizer) => this.tokenizer = tokenizer;

    /// <summary>The text that a token brings, which may be empty.</summary>
    public string Add(int token)
    {
        bytes.ResetWrittenCount();
        tokenizer.Write(token, bytes, ref before);
        return Text(bytes.WrittenSpan, flush: false);
    }

    /// <summary>What was held back, at the end: U+FFFD for a character that stayed incomplete.</summary>
    public string Finish()
    {
        before = -1;
        return Text([], flush: true);
    }

    private string Text(ReadOnlySpan<byte> some, bool flush)
    {
        Span<char> text = some.Length < 200 ? stackalloc char[256] : new char[some.Length + 8];
        return new(text[..decoder.GetChars(some, text, flush)]);
    }
}
