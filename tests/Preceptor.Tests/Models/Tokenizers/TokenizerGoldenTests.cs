using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Preceptor.Models;
using Preceptor.Tests.Readers;

namespace Preceptor.Tests.Models.Tokenizers;

/// <summary>GPT-2's encoder (openai/gpt-2), Qwen2's vocabulary and template: every text, every piece of bytes, every conversation.</summary>
public sealed class TokenizerGoldenTests
{
    private const string File = "67-qwen2.5-tokenizer.json";

    public static TheoryData<string> Vocabularies => ["gpt2", "qwen2", "qwen2-tiny-tied", "qwen2-tiny-untied-sharded"];

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void TextsHaveThePublishedTokens(string name)
    {
        var golden = Goldens.Case(File, name);
        var tokenizer = PublishedTokenizers.Get(name);
        var texts = golden.Output("encode").Json.EnumerateArray().ToArray();
        Assert.Equal(36, texts.Length);
        foreach (var text in texts)
        {
            var given = text.GetProperty("text").GetString()!;
            var ids = Ids(text.GetProperty("ids"));
            Assert.Equal(ids, tokenizer.Encode(given));
            Assert.Equal(text.TryGetProperty("decoded", out var other) ? other.GetString() : given, tokenizer.Decode(ids));
            Assert.Equal(tokenizer.Decode(ids), Streamed(tokenizer, ids));
        }
    }

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void BytesThatAreNoTextAreReplaced(string name)
    {
        var golden = Goldens.Case(File, name);
        var tokenizer = PublishedTokenizers.Get(name);
        var pieces = golden.Output("decode_with_replacement").Json.EnumerateArray().ToArray();
        Assert.NotEmpty(pieces);
        foreach (var piece in pieces)
        {
            var ids = Ids(piece.GetProperty("ids"));
            Assert.Equal(piece.GetProperty("decoded").GetString(), tokenizer.Decode(ids));
            Assert.Equal(piece.GetProperty("decoded").GetString(), Streamed(tokenizer, ids));
        }
    }

    [Fact]
    public void ConversationsAreRenderedAsByThePublishedTemplate()
    {
        var golden = Goldens.Case(File, "chat_template_qwen2.5");
        var tokenizer = PublishedTokenizers.Get("qwen2");
        var conversations = golden.Output("conversations").Json.EnumerateArray().ToArray();
        Assert.Equal(5, conversations.Length);
        foreach (var conversation in conversations)
        {
            ChatTurn[] messages = [.. conversation.GetProperty("messages").EnumerateArray().Select(Turn)];
            var asks = conversation.GetProperty("add_generation_prompt").GetBoolean();
            var tools = conversation.GetProperty("tools") is { ValueKind: JsonValueKind.Array } some ? some.EnumerateArray().Select(t => JsonObject.Create(t)!).ToArray() : null;
            Assert.Equal(conversation.GetProperty("rendered").GetString(), ChatTemplate.Qwen.Render(messages, asks, tools));
            Assert.Equal(Ids(conversation.GetProperty("qwen2_ids")), ChatTemplate.For(tokenizer).Encode(tokenizer, messages, asks, tools).Ids);
            Assert.Equal(Ids(conversation.GetProperty("qwen2_ids")), tokenizer.Encode(ChatTemplate.Qwen.Render(messages, asks, tools)));
        }
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("qwen2")]
    public void TheOlderFilesMakeTheSameTokenizer(string name)
    {
        var folder = PublishedTokenizers.Folder(name);
        var whole = PublishedTokenizers.Get(name);
        using var older = new TemporaryFolder();
        foreach (var file in new[] { "vocab.json", "merges.txt", "tokenizer_config.json" }) System.IO.File.Copy(Path.Combine(folder, file), Path.Combine(older.Path, file));
        var other = Tokenizer.Load(older.Path);
        Assert.Equal((whole.Size, whole.End, whole.Padding, whole.Begin), (other.Size, other.End, other.Padding, other.Begin));
        foreach (var text in Goldens.Case(File, name).Output("encode").Json.EnumerateArray())
            Assert.Equal(Ids(text.GetProperty("ids")), other.Encode(text.GetProperty("text").GetString()!));
    }

    [Fact]
    public void QwensTokensHaveTheirParts()
    {
        var tokenizer = PublishedTokenizers.Get("qwen2");
        Assert.Equal((151665, 151645, 151643, null), (tokenizer.Size, tokenizer.End, tokenizer.Padding, tokenizer.Begin));
        Assert.Equal(("<|im_start|>", 151657), (tokenizer.Token(151644), tokenizer.Find("<tool_call>")));
        Assert.Equal([9707, 1879], tokenizer.Encode("Hello world"));
        var gpt = PublishedTokenizers.Get("gpt2");
        Assert.Equal((50257, 50256, null, 50256), (gpt.Size, gpt.End, gpt.Padding, gpt.Begin));
    }

    private static ChatTurn Turn(JsonElement message) => new(message.GetProperty("role").GetString()!, message.GetProperty("content").GetString()!)
    {
        ToolCalls = message.TryGetProperty("tool_calls", out var calls)
            ? [.. calls.EnumerateArray().Select(c => c.GetProperty("function")).Select(f => new ToolCall(f.GetProperty("name").GetString()!, JsonObject.Create(f.GetProperty("arguments"))))]
            : [],
    };

    private static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(i => i.GetInt32())];

    private static string Streamed(Tokenizer tokenizer, int[] ids)
    {
        var (stream, text) = (tokenizer.Stream(), new StringBuilder());
        foreach (var id in ids) text.Append(stream.Add(id));
        return text.Append(stream.Finish()).ToString();
    }
}
