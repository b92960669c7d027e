using Microsoft.ML.Tokenizers;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>Texts as the padded WordPiece ids that BERT and its kin read, by a vocab.txt: a piece a line, its id the line's number from 0.</summary>
public sealed class WordPieces
{
    private static readonly string[] Needed = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    private readonly BertTokenizer tokenizer;
    private readonly int length;

    /// <summary>Reads a vocabulary.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">Most ids a text, [CLS] and [SEP] included; at least 3.</param>
    /// <param name="lowerCase">Whether the vocabulary is of small letters alone, as that of an uncased model.</param>
    /// <exception cref="RequestException">The file is missing or lacks a special piece.</exception>
    public WordPieces(string path, int length = 128, bool lowerCase = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 3);
        if (!File.Exists(path)) throw new RequestException($"{path}: there is no such file");
        var missing = Needed.Except(File.ReadLines(path).Select(line => line.Trim())).ToArray();
        if (missing.Length > 0) throw new RequestException($"{path}: is not a WordPiece vocabulary, a piece a line: it lacks {string.Join(", ", missing)}");
        try
        {
            tokenizer = BertTokenizer.Create(path, new BertOptions { LowerCaseBeforeTokenization = lowerCase });
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException)
        {
            throw new RequestException($"{path}: is not a WordPiece vocabulary, a piece a line: {e.Message}", e);
        }
        this.length = length;
    }

    /// <summary>Ids and mask of some texts, as wide as the longest of them; longer ones are cut before [SEP].</summary>
    /// <param name="texts">At least one text.</param>
    public OnnxBatch Batch(IReadOnlyList<string> texts)
    {
        var rows = texts.Select(Encode).ToArray();
        var width = rows.Max(row => row.Count);
        long[] ids = new long[rows.Length * width], mask = new long[rows.Length * width];
        Array.Fill(ids, tokenizer.PaddingTokenId);
        for (var row = 0; row < rows.Length; row++)
            for (var i = 0; i < rows[row].Count; i++) (ids[row * width + i], mask[row * width + i]) = (rows[row][i], 1);
        return new(rows.Length) { Ids = ids, Mask = mask };
    }

    private List<int> Encode(string text)
    {
        var pieces = tokenizer.EncodeToIds(text, addSpecialTokens: false);
        return [tokenizer.ClassificationTokenId, .. pieces.Take(length - 2), tokenizer.SeparatorTokenId];
    }
}
