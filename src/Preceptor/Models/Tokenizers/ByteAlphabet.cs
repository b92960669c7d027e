using System.Text;

namespace Preceptor.Models;

/// <summary>GPT-2's letters for bytes: printable bytes are themselves, the others follow from U+0100 on.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Letters = MakeLetters();
    private static readonly short[] Bytes = MakeBytes();

    /// <summary>The letter of a byte.</summary>
    public static char Letter(byte value) => Letters[value];

    /// <summary>Bytes as letters.</summary>
    public static string Spell(ReadOnlySpan<byte> bytes)
    {
        var letters = new char[bytes.Length];
        for (var i = 0; i < letters.Length; i++) letters[i] = Letters[bytes[i]];
        return new(letters);
    }

    /// <summary>The bytes that a token's letters stand for; a token with another letter in it is the text that it looks like.</summary>
    public static byte[] Read(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (token[i] >= Bytes.Length || Bytes[token[i]] < 0) return Encoding.UTF8.GetBytes(token);
            bytes[i] = (byte)Bytes[token[i]];
        }
        return bytes;
    }

    private static char[] MakeLetters()
    {
        var (letters, next) = (new char[256], 0x100);
        for (var value = 0; value < 256; value++) letters[value] = value is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174 ? (char)value : (char)next++;
        return letters;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[Letters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < 256; value++) bytes[Letters[value]] = (short)value;
        return bytes;
    }
}
