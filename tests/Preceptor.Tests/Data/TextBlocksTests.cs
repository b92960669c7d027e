using System.Text;
using CsCheck;
using Preceptor.Data;

namespace Preceptor.Tests.Data;

public sealed class TextBlocksTests
{
    [Fact]
    public void Texts_of_several_appenders_come_back()
    {
        var lengths = Gen.Frequency((20, Gen.Int[0, 40]), (1, Gen.Int[80_000, 1_200_000]));
        Gen.Select(lengths, Gen.Int[0, 2].Select(i => "aé漢"[i]), Gen.Int[0, 1]).Array[1, 40].Sample(texts =>
        {
            var blocks = new TextBlocks();
            TextAppender[] appenders = [new(blocks), new(blocks)];
            var expected = texts.Select(text => new string(text.Item2, text.Item1)).ToArray();
            var handles = texts.Select((text, i) => appenders[text.Item3].Add(Encoding.UTF8.GetBytes(expected[i]))).ToArray();
            Assert.Equal(expected, handles.Select(handle => Encoding.UTF8.GetString(blocks[handle])));
        }, iter: 12);
    }

    [Fact]
    public void Threads_may_add_at_once()
    {
        var blocks = new TextBlocks();
        var handles = new long[4][];
        Parallel.For(0, handles.Length, thread =>
        {
            var appender = new TextAppender(blocks);
            handles[thread] = [.. Enumerable.Range(0, 20_000).Select(i => appender.Add($"text {i} of thread {thread}, too long to be looked up among the recent ones"))];
        });
        Assert.All(handles, (ofThread, thread) => Assert.All(ofThread, (handle, i) =>
            Assert.True(blocks[handle].StartsWith(Encoding.UTF8.GetBytes($"text {i} of thread {thread},")))));
    }

    [Fact]
    public void Repeated_short_texts_are_stored_once()
    {
        var appender = new TextAppender(new TextBlocks());
        Assert.Equal(appender.Add("Private"u8), appender.Add("Private"u8));
    }

    [Fact]
    public void Columns_are_read_by_threads_at_once()
    {
        var column = new TextColumn("a", [.. Enumerable.Range(0, 1000).Select(i => $"é{i % 100}"), "", "\uD83D"]);
        Parallel.For(0, 4, thread =>
        {
            for (var row = 0; row < 1000; row++) Assert.Equal($"é{row % 100}", column[row].ToString());
        });
        Assert.Equal("", column[1000].ToString());
        Assert.Equal("\uFFFD", column[1001].ToString());
    }
}
