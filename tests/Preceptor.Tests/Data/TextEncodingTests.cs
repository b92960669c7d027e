using Preceptor.Data;

namespace Preceptor.Tests.Data;

public sealed class TextEncodingTests
{
    private static int[] Encode(TextEncoding encoding, params string[] columns) => encoding.Encode([.. columns.Select((c, i) => Tables.Text($"{i}", c))], 1).Tokens;

    private static TextEncoding Fit(TextTokens tokens, int size, int limit, params string[] cells) => TextEncoding.Fit([Tables.Text("0", cells)], tokens, size, limit);

    [Fact]
    public void Words_that_occur_twice_have_ids_from_two_by_frequency_then_letters()
    {
        var encoding = Fit(TextTokens.Words, 100, 400, "Red, red RED blue", "blue: green! green? once it's it's");
        Assert.Equal(["red", "blue", "green", "it's"], encoding.Vocabulary);
        Assert.Equal(6, encoding.Size);
        Assert.Equal([2, 1, 3, 1, 5], Encode(encoding, "RED once (blue) unheard It's"));
        Assert.Empty(Encode(encoding, " .,; "));
    }

    [Fact]
    public void The_vocabulary_keeps_the_most_frequent_words() =>
        Assert.Equal(["c", "a"], Fit(TextTokens.Words, 4, 400, "a a b b c c c").Vocabulary);

    /// <summary>Reckoned apart from this code: FNV-1a over UTF-16 units, the pair mixed by the golden ratio, the high half of a product as the bucket.</summary>
    [Theory]
    [InlineData("My card doesn't WORK", 16384, new[] { 2932, 13790, 15553, 14477, 5086, 14411, 2865 })]
    [InlineData("Über 漢字, 3", 100, new[] { 81, 20, 59, 59, 64 })]
    public void Hashed_words_and_pairs_are_the_same_on_every_machine(string text, int size, int[] expected) =>
        Assert.Equal(expected, Encode(Fit(TextTokens.Ngrams, size, 400), text));

    [Fact]
    public void Hashed_ids_lie_between_the_unknown_word_and_the_size()
    {
        var ids = Encode(Fit(TextTokens.Ngrams, 16, 10_000), string.Join(' ', Enumerable.Range(0, 2_000)));
        Assert.Equal(Enumerable.Range(2, 14), ids.Distinct().Order());
    }

    [Fact]
    public void Pairs_do_not_reach_from_one_column_into_the_next()
    {
        var encoding = Fit(TextTokens.Ngrams, 16384, 400);
        Assert.Equal(2, Encode(encoding, "red", "blue").Length);
        Assert.Equal(3, Encode(encoding, "red blue").Length);
    }

    [Fact]
    public void Rows_are_cut_at_the_limit_and_start_where_the_last_one_ends()
    {
        var encoding = Fit(TextTokens.Words, 100, 3, "a a b b c c");
        var (tokens, starts) = encoding.Encode([Tables.Text("0", "a b c a b c", "", "c")], 3);
        Assert.Equal([2, 3, 4, 4], tokens);
        Assert.Equal([0, 3, 3, 4], starts);
    }

    [Fact]
    public void A_very_long_word_is_cut_rather_than_refused() =>
        Assert.Single(Encode(Fit(TextTokens.Words, 100, 400, $"{new string('x', 5_000)} {new string('x', 5_001)}"), new string('x', 90)), 2);
}
