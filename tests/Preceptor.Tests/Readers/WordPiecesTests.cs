using Preceptor.Foundation;
using Preceptor.Readers;

namespace Preceptor.Tests.Readers;

public sealed class WordPiecesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Vocabulary => folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nplay\n##ing\n##ed\nthe\ncafe\n!\n");

    [Fact]
    public void Texts_become_padded_ids_and_a_mask()
    {
        var batch = new WordPieces(Vocabulary).Batch(["Playing the", "played!", "", "zebra"]);
        Assert.Equal(
            [2, 5, 6, 8, 3,
             2, 5, 7, 10, 3,
             2, 3, 0, 0, 0,
             2, 1, 3, 0, 0], batch.Ids);
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0], batch.Mask);
    }

    [Fact]
    public void Long_texts_are_cut_before_their_end() =>
        Assert.Equal([2, 8, 8, 3], new WordPieces(Vocabulary, 4).Batch(["the the the the"]).Ids);

    [Fact]
    public void A_file_that_is_no_vocabulary_is_refused()
    {
        var wrong = folder.Write("words.txt", "[PAD]\n[UNK]\nplay\n");
        Assert.Equal($"{wrong}: is not a WordPiece vocabulary, a piece a line: it lacks [CLS], [SEP], [MASK]", Assert.Throws<RequestException>(() => new WordPieces(wrong)).Message);
        Assert.Equal("nothing.txt: there is no such file", Assert.Throws<RequestException>(() => new WordPieces("nothing.txt")).Message);
    }

    public void Dispose() => folder.Dispose();
}
