using CsCheck;
using Preceptor.Foundation;
using Preceptor.Ranking;

namespace Preceptor.Tests.Ranking;

public sealed class InvertedIndexTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private InvertedIndex Index(TermForm form, params IEnumerable<string> documents)
    {
        var writer = new InvertedIndexWriter(form);
        foreach (var (i, document) in documents.Index()) writer.Add($"d{i}", document);
        writer.Write(Path.Combine(folder, "index"));
        return InvertedIndex.Open(Path.Combine(folder, "index"));
    }

    public static TheoryData<string> Bm25Cases => [.. Goldens.Names("79-doc2doc.json").Where(n => n.Data is not ("idf" or "top_terms") && !n.Data.StartsWith("ensemble", StringComparison.Ordinal))];

    private static string[] Texts(GoldenCase golden, string name) => [.. golden.Input(name).Json.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!)];

    [Theory, MemberData(nameof(Bm25Cases))]
    public void Scores_are_those_of_bm25(string name)
    {
        var golden = Goldens.Case("79-doc2doc.json", name);
        using var index = Index(TermForm.Words, Texts(golden, "documents"));
        Assert.Equal(golden.Output("avgdl").Doubles[0], index.MeanLength, 1e-9);
        foreach (var (output, repeats) in new[] { ("unique_query_terms", false), ("weighted_query_terms", true) })
        {
            var options = new Bm25 { K1 = golden.Setting("k1").Number, B = golden.Setting("b").Number, CountsRepeats = repeats };
            var actual = Texts(golden, "queries").SelectMany(query =>
            {
                var scores = new double[index.Count];
                index.Score(query, options, scores);
                return scores;
            });
            golden.AssertClose(output, [.. actual]);
        }
    }

    [Fact]
    public void Weights_of_terms_are_those_of_the_golden_numbers()
    {
        var golden = Goldens.Case("79-doc2doc.json", "idf");
        golden.AssertClose("idf", golden.Output("df").Ints.Select(n => Bm25.Idf(golden.Setting("N").Integer, n)).ToArray());
        // Counted by an index: without saturation a term scores its weight in every document that has it.
        using var index = Index(TermForm.Words, Texts(golden, "documents"));
        double[][] found = [.. golden.Output("terms").Json.EnumerateArray().Select(term => index.Search(term.GetString()!, index.Count, new() { K1 = 0 }).Select(h => h.Score).ToArray())];
        Assert.Equal(golden.Output("df").Ints, found.Select(f => f.Length));
        golden.AssertClose("idf", found.Select(f => f.Max()).ToArray());
    }

    [Fact]
    public void Of_ten_documents_a_term_in_one_weighs_as_the_formula_says()
    {
        using var index = Index(TermForm.Words, [.. Enumerable.Repeat("common words", 9), "rare common words"]);
        var hit = Assert.Single(index.Search("rare", 5, new() { K1 = 0 }));
        Assert.Equal(("d9", 1.992430), (index.NameOf(hit.Document), Math.Round(hit.Score, 6)));
    }

    [Fact]
    public void A_search_gives_the_best_as_a_plain_count_over_all_documents_does() => Gen.Select(Gen.Int[0, 7].Array[0, 12].Array[1, 40], Gen.Int[0, 8].Array[0, 5], Gen.Int[1, 6]).Sample((documents, query, most) =>
    {
        using var index = Index(TermForm.Words, documents.Select(d => string.Join(' ', d.Select(w => $"w{w}"))));
        var options = new Bm25();
        var mean = documents.Average(d => d.Length);
        var scores = documents.Select((d, i) => (Document: i, Score: query.Distinct().Sum(q => d.Count(w => w == q) is var f && f == 0 ? 0
            : Math.Log(1 + (documents.Length - documents.Count(o => o.Contains(q)) + 0.5) / (documents.Count(o => o.Contains(q)) + 0.5)) * f * 2.2 / (f + 1.2 * (0.25 + 0.75 * d.Length / mean)))));
        var expected = scores.Where(s => s.Score > 0).OrderByDescending(s => Math.Round(s.Score, 9)).ThenBy(s => s.Document).Take(most).ToArray();
        var found = index.Search(string.Join(' ', query.Select(w => $"w{w}")), most, options);
        Assert.Equal(expected.Select(e => Math.Round(e.Score, 8)), found.Select(h => Math.Round(h.Score, 8)));
    }, iter: 60, threads: 1);

    [Theory]
    [InlineData("relational", "relat"), InlineData("conditional", "condit"), InlineData("generalizations", "gener"), InlineData("oscillators", "oscil"), InlineData("hopping", "hop"), InlineData("falling", "fall"),
     InlineData("agreed", "agre"), InlineData("happy", "happi"), InlineData("sky", "sky"), InlineData("controll", "control"), InlineData("caresses", "caress"), InlineData("ponies", "poni"), InlineData("feed", "feed"),
     InlineData("plastered", "plaster"), InlineData("motoring", "motor"), InlineData("sized", "size"), InlineData("filing", "file"), InlineData("rationale", "rational"), InlineData("adoption", "adopt"), InlineData("as", "as"), InlineData("naïve", "naïve")]
    public void Words_are_cut_as_porter_published_it(string word, string stem) => Assert.Equal(stem, PorterStemmer.Stem(word));

    [Fact]
    public void English_finds_other_forms_of_a_word_and_ignores_the_commonest()
    {
        using var index = Index(TermForm.English, "The label's noise", "Learning with noisy labelling", "of the and");
        Assert.Equal([0, 1], index.Search("labels", 5, new()).Select(h => h.Document).Order());
        Assert.Empty(index.Search("the of", 5, new()));
        Assert.Empty(index.Search("", 5, new()));
        Assert.Equal(3, index.Count);
    }

    [Fact]
    public void An_index_cut_short_or_changed_is_refused_or_answers_within_itself()
    {
        Index(TermForm.Words, Enumerable.Range(0, 300).Select(i => $"word{i % 7} other{i % 3} same")).Dispose();
        var place = Path.Combine(folder, "index");
        foreach (var name in Directory.GetFiles(place))
        {
            var bytes = File.ReadAllBytes(name);
            File.WriteAllBytes(name, bytes[..(bytes.Length / 2)]);
            Assert.Throws<RequestException>(() => InvertedIndex.Open(place).Dispose());
            for (var at = 0; at < bytes.Length; at += Math.Max(1, bytes.Length / 40))
            {
                var changed = bytes.ToArray();
                changed[at] ^= 0xFF;
                File.WriteAllBytes(name, changed);
                try
                {
                    using var index = InvertedIndex.Open(place);
                    foreach (var hit in index.Search("word1 other2 same", 5, new())) Assert.InRange(hit.Document, 0, 299);
                }
                catch (RequestException) { }
            }
            File.WriteAllBytes(name, bytes);
        }
        var message = Assert.Throws<RequestException>(() => InvertedIndex.Open(folder)).Message;
        Assert.Contains("no index", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_writing_that_is_broken_off_anywhere_leaves_the_old_index_or_the_new_one()
    {
        var place = Path.Combine(folder, "index");
        string Found()
        {
            using var index = InvertedIndex.Open(place);
            return index.NameOf(Assert.Single(index.Search("common", 5, new())).Document);
        }
        for (var steps = 0; steps <= 5; steps++)
        {
            foreach (var directory in Directory.GetDirectories(folder)) Directory.Delete(directory, recursive: true);
            var (before, after) = (new InvertedIndexWriter(TermForm.Words), new InvertedIndexWriter(TermForm.Words));
            before.Add("before", "common");
            after.Add("after", "common");
            before.Write(place);
            after.Write(place + ".next");
            Directory.Move(place + ".next", place + ".new");
            foreach (var _ in RunFolder.Exchange(place).Take(steps)) { } // the process dies here
            Assert.Equal(steps < 2 ? "before" : "after", Found());
            // Whatever was left, the next writing takes.
            after = new(TermForm.Words);
            after.Add("later", "common");
            after.Write(place);
            Assert.Equal("later", Found());
            Assert.Equal([place], Directory.GetDirectories(folder));
        }
        // Moved aside, and the new contents lost: the old ones come back.
        Directory.Move(place, place + ".old");
        Assert.Equal("later", Found());
    }

    [Fact]
    public void A_writing_that_fails_leaves_the_old_contents()
    {
        var place = Path.Combine(folder, "kept");
        RunFolder.ReplaceWhole(place, at => File.WriteAllText(Path.Combine(at, "file"), "old"));
        Assert.Throws<IOException>(() => RunFolder.ReplaceWhole(place, at =>
        {
            File.WriteAllText(Path.Combine(at, "file"), "half");
            throw new IOException("the disk is full");
        }));
        Assert.Equal("old", File.ReadAllText(Path.Combine(place, "file")));
        RunFolder.ReplaceWhole(place, at => File.WriteAllText(Path.Combine(at, "file"), "new"));
        Assert.Equal("new", File.ReadAllText(Path.Combine(place, "file")));
        Assert.Equal([place], Directory.GetDirectories(folder));
    }

    [Fact]
    public void A_score_grows_with_how_often_a_term_occurs_and_never_beyond_its_bound()
    {
        using var index = Index(TermForm.Words, Enumerable.Range(0, 40).Select(n => string.Join(' ', Enumerable.Repeat("term", n).Concat(Enumerable.Repeat("other", 40 - n)))));
        var scores = new double[index.Count];
        index.Score("term", new() { K1 = 1.2, B = 0.75 }, scores);
        Assert.Equal(0, scores[0]);
        Assert.True(scores.Zip(scores.Skip(1)).All(s => s.First < s.Second));
        Assert.InRange(scores[^1], 0, Bm25.Idf(40, 39) * 2.2);
        Assert.True(scores[^1] > 0.9 * Bm25.Idf(40, 39) * 2.2);
    }
}
