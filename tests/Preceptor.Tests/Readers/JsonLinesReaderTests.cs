using System.Text;
using System.Text.Json;
using CsCheck;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Readers;

namespace Preceptor.Tests.Readers;

public sealed class JsonLinesReaderTests
{
    private static readonly string[] Keys = ["a", "b", "c"], Values = ["1", "2.5", "\"x\"", "\"long enough for a block\"", "null", "true"];

    private static readonly Gen<string> Cell = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 40]).Select(pick => $"\"{Keys[pick.Item1]}\":{(pick.Item2 < 6 ? Values[pick.Item2] : pick.Item2 == 6 ? "[1]" : "\"y\"")}");

    private static Table Read(byte[] content, DelimitedOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        return JsonLinesReader.Read(folder.Write("rows.jsonl", content), options);
    }

    private static string Show(string content, DelimitedOptions? options = null) => DelimitedReaderTests.Show(Read(Encoding.UTF8.GetBytes(content), options));

    private static string Fault(string content, DelimitedOptions? options = null) => Fault(Encoding.UTF8.GetBytes(content), options);

    private static string Fault(byte[] content, DelimitedOptions? options = null)
    {
        var message = Assert.Throws<RequestException>(() => Read(content, options)).Message;
        return message[message.IndexOf("rows.jsonl", StringComparison.Ordinal)..];
    }

    [Fact]
    public void Objects_become_rows_and_keys_columns()
    {
        Assert.Equal(
            "text: text late \"again\" é\n😀¦¦x\nn: numbers 1¦-2500¦NaN\nok: text true¦false¦\nlater: text ¦¦yes\nnone: numbers NaN¦NaN¦NaN",
            Show("\uFEFF{\"text\":\"late \\\"again\\\" \\u00e9\\n\\ud83d\\ude00\",\"n\":1,\"ok\":true,\"none\":null}\r\n\n  \n{\"n\": -2.5e3, \"ok\": false, \"text\": \"\"}\n{\"later\":\"yes\",\"n\":null,\"text\":\"x\"}").Replace("none: numbers NaN¦NaN¦NaN\nlater: text ¦¦yes", "later: text ¦¦yes\nnone: numbers NaN¦NaN¦NaN", StringComparison.Ordinal));
        Assert.Equal("a: numbers 1", DelimitedReaderTests.Show(Read(TemporaryFolder.Compress("{\"a\":1}\n"u8.ToArray()))));
    }

    [Fact]
    public void Where_texts_turn_up_numbers_are_kept_as_they_are_written()
    {
        Assert.Equal("a: text 1.50¦1e3¦x\nb: numbers 1¦2¦3", Show("{\"a\":1.50,\"b\":1}\n{\"a\":1e3,\"b\":2}\n{\"a\":\"x\",\"b\":3}"));
        Assert.Equal("a: text x¦12345678901234567890", Show("{\"a\":\"x\"}\n{\"a\":12345678901234567890}"));
        Assert.Equal("a: text 1¦true", Show("{\"a\":1}\n{\"a\":true}"));
    }

    [Fact]
    public void Declarations_win_over_looking()
    {
        var options = new DelimitedOptions { Text = new HashSet<string> { "label" }, Numbers = new HashSet<string> { "age" } };
        Assert.Equal("label: text 1.0¦2\nage: numbers 17¦NaN", Show("{\"label\":1.0,\"age\":\"17\"}\n{\"label\":2,\"age\":\"\"}", options));
        Assert.Equal("rows.jsonl line 2 has 'old' as 'age', expected a number", Fault("{\"label\":1,\"age\":3}\n{\"label\":1,\"age\":\"old\"}", options));
        Assert.Equal("rows.jsonl line 1 has true as 'age', expected a number", Fault("{\"label\":1,\"age\":true}", options));
        Assert.EndsWith("no column 'label' (did you mean 'labels'?); columns are labels, age", Fault("{\"labels\":1,\"age\":3}", options));
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("\n\n", "the file is empty")]
    [InlineData("{}\n{}", "none of its 2 objects has a key")]
    [InlineData("{\"a\":1}\n\n[1]", "line 3 is a list, expected an object; JSON Lines have one object a line")]
    [InlineData("{\"a\":1}\n3", "line 2 is a number, expected an object; JSON Lines have one object a line")]
    [InlineData("{\"a\":1}\n{\"a\":1,\"b\":2,\"a\":3}", "line 2 has the key 'a' twice")]
    [InlineData("{\"a\":1,\"\\u0061\":3}", "line 1 has the key 'a' twice")]
    [InlineData("{\"\":1}", "line 1 has a key without a name")]
    [InlineData("{\"a\":[1,2]}", "line 1 has a list as 'a', expected a text, a number, a boolean or null; leave it out or spread it over several keys")]
    [InlineData("{\"a\":1}\n{\"a\":{\"b\":1}}", "line 2 has an object as 'a', expected a text, a number, a boolean or null; leave it out or spread it over several keys")]
    [InlineData("{\"a\":1e999}", "line 1 has 1e999 as 'a', which is not a finite number; leave it out or declare the column as text")]
    [InlineData("{\"a\":\"\\ud800\"}", "line 1 has an escape that is half a surrogate pair")]
    public void Faults_name_file_line_and_key(string content, string expected) => Assert.Contains(expected, Fault(content));

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":1", 2, 7)]
    [InlineData("{\"a\":1}\n{\"a\":tru}", 2, 9)]
    [InlineData("{\"a\":1} {\"a\":2}", 1, 9)]
    [InlineData("a,b\n1,2", 1, 1)]
    [InlineData("{\n\"a\": 1\n}", 1, 2)]
    public void What_is_no_JSON_is_found_by_line_and_byte(string content, int line, int at) =>
        Assert.StartsWith($"rows.jsonl line {line} is not valid JSON from byte {at} on", Fault(content));

    [Fact]
    public void Bytes_that_are_not_text_are_found_by_line()
    {
        Assert.Contains("line 2 is not UTF-8", Fault([.. "{\"a\":\"x\"}\n{\"a\":\""u8, 0xE9, .. "\"}"u8]));
        Assert.Contains("UTF-16", Fault(Encoding.Unicode.GetPreamble()));
        Assert.Contains("cut short", Fault(TemporaryFolder.Compress("{\"a\":1}\n"u8.ToArray())[..^9]));
    }

    [Fact]
    public void Data_written_as_keys_is_no_table() =>
        Assert.Contains("at most 10000 are read", Fault("{" + string.Join(',', Enumerable.Range(0, 10_001).Select(i => $"\"{i}\":1")) + "}"));

    [Fact]
    public void Neither_threads_nor_blocks_change_the_table_or_the_fault() =>
        Gen.Select(Cell.Array[0, 3].Array[1, 30], Gen.Int[16, 200], Gen.Int[2, 4]).Sample((lines, block, threads) =>
        {
            var content = Encoding.UTF8.GetBytes(string.Join('\n', lines.Select(cells => "{" + string.Join(',', cells) + "}")));
            Assert.Equal(Outcome(content, new() { Threads = 1 }), Outcome(content, new() { Threads = threads, BlockBytes = block }));
        }, iter: 50);

    [Fact]
    public void Texts_come_back_as_they_were_written() =>
        Gen.String.Array[1, 20].Sample(texts =>
        {
            texts = [.. texts.Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)))];
            var table = Read(Encoding.UTF8.GetBytes(string.Join('\n', texts.Select(text => JsonSerializer.Serialize(new { text })))));
            var column = (TextColumn)table.Find("text")!;
            Assert.Equal(texts, Enumerable.Range(0, texts.Length).Select(row => column[row].ToString()));
        }, iter: 25);

    private static string Outcome(byte[] content, DelimitedOptions options)
    {
        using var folder = new TemporaryFolder();
        try
        {
            return DelimitedReaderTests.Show(JsonLinesReader.Read(folder.Write("rows.jsonl", content), options));
        }
        catch (RequestException fault)
        {
            return fault.Message[fault.Message.IndexOf("rows.jsonl", StringComparison.Ordinal)..];
        }
    }
}
