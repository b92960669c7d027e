using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Tests.Models.Tokenizers;

/// <summary>Damaged copies of a small tokenizer.json: bytes changed, cut out, doubled or put elsewhere, and values changed for others.</summary>
/// <param name="seed">Which.</param>
internal sealed class TokenizerMutations(ulong seed)
{
    private static readonly byte[] Whole = Encoding.UTF8.GetBytes(SmallTokenizer.Json().ToJsonString());

    private static readonly string[] Values = ["null", "true", "-1", "4194303", "1e400", "\"\"", "\"\\ud800\"", "[]", "{}", "{\"type\": \"NFC\"}", "\"BPE\"", "99999999999999999999", "\"Ġ t\"", "[\"t\", \"h\"]", "{\"type\": \"ByteLevel\"}"];

    private readonly RandomStream random = RandomStream.Of(seed, "tokenizer-mutations");

    /// <summary>The next copy.</summary>
    public byte[] Next()
    {
        var json = Whole.ToList();
        for (var left = 1 + Below(3); left > 0; left--)
        {
            var (at, length) = (Below(json.Count), 1 + Below(Below(4) == 0 ? 400 : 12));
            length = Math.Min(length, json.Count - at);
            if (length == 0) continue;
            switch (Below(7))
            {
                case 0: json[at] = (byte)Below(256); break;
                case 1: json.RemoveRange(at, length); break;
                case 2: json.InsertRange(at, json.GetRange(at, length)); break;
                case 3: json.RemoveRange(at, json.Count - at); break;
                case 4: json.InsertRange(Below(json.Count), json.GetRange(at, length)); break;
                default: Swap(json, at); break;
            }
        }
        return [.. json];
    }

    /// <summary>Puts another value in place of the next one after a colon or a comma.</summary>
    private void Swap(List<byte> json, int at)
    {
        var start = json.FindIndex(at, b => b is (byte)':' or (byte)',') + 1;
        if (start == 0) return;
        var end = json.FindIndex(start, b => b is (byte)',' or (byte)'}' or (byte)']');
        if (end < 0) return;
        json.RemoveRange(start, end - start);
        json.InsertRange(start, Encoding.UTF8.GetBytes(Values[Below(Values.Length)]));
    }

    private int Below(int count) => count <= 1 ? 0 : random.Next(count);
}
