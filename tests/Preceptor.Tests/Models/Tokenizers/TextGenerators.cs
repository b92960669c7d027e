using CsCheck;

namespace Preceptor.Tests.Models.Tokenizers;

/// <summary>Random texts of the pieces that tokenizers stumble over.</summary>
internal static class TextGenerators
{
    private static readonly Gen<int> AnyPoint = Gen.OneOf(Gen.Int[0x20, 0xD7FF], Gen.Int[0xE000, 0x2FFFF]);

    /// <summary>Well-formed texts.</summary>
    public static Gen<string> Unicode { get; } = Gen.OneOf(
        AnyPoint.Select(char.ConvertFromUtf32),
        Gen.Int[0x300, 0x36F].Select(char.ConvertFromUtf32),
        Gen.Select(Gen.Int[0x1100, 0x1112], Gen.Int[0x1161, 0x1175], Gen.Int[0x11A7, 0x11C2], (a, b, c) => $"{(char)a}{(char)b}{(char)c}"),
        Gen.OneOf(Gen.Int[0x1D400, 0x1D7FF], Gen.Int[0x1F300, 0x1F64F]).Select(char.ConvertFromUtf32),
        One("'s", "'LL", "'\u017F", "'Re", " 's", "don't", "\u00A0", "\u3000", "\u0085", "<|im_", "é", "\0"),
        One(" ", "  ", "\n", "\r\n", "\t", "\n\n", " \n ", "\u2028"),
        Gen.String[Gen.Char['a', 'z'], 1, 8], Gen.String[Gen.Char['!', '~'], 1, 5], Gen.String[Gen.Char['0', '9'], 1, 4])
        .Array[0, 12].Select(string.Concat);

    /// <summary>Texts with halves of surrogate pairs among them.</summary>
    public static Gen<string> Broken { get; } = Gen.Select(Unicode, Gen.Char['\uD800', '\uDFFF'], Unicode, (a, half, b) => a + half + b);

    private static Gen<string> One(params string[] of) => Gen.Int[0, of.Length - 1].Select(i => of[i]);
}
