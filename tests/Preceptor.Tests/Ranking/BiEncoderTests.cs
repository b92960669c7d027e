using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Ranking;

namespace Preceptor.Tests.Ranking;

public sealed class BiEncoderTests
{
    private const int Topics = 20;

    // A query and its document share no word, only the topic: what is learned is which words go together.
    private static IReadOnlyList<(string Query, string Document)> Pairs(int count, long part)
    {
        var random = RandomStream.Of(3, "pairs", part);
        string Words(string side, int topic, int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => random.Next(3) == 0 ? $"common{random.Next(30)}" : $"{side}{topic}x{random.Next(6)}"));
        return [.. Enumerable.Range(0, count).Select(i => (Words("q", i % Topics, 6), Words("d", i % Topics, 12)))];
    }

    private static double Right(BiEncoder encoder)
    {
        var pairs = Pairs(Topics, 1);
        var vectors = new float[Topics * encoder.Width];
        for (var i = 0; i < Topics; i++) encoder.Encode(pairs[i].Document, vectors.AsSpan(i * encoder.Width, encoder.Width));
        var index = new VectorIndex(vectors, encoder.Width);
        var (query, scores) = (new float[encoder.Width], new float[Topics]);
        return Enumerable.Range(0, Topics).Average(i =>
        {
            encoder.Encode(pairs[i].Query, query);
            index.Score(query, scores);
            return scores.Index().MaxBy(s => s.Item).Index == i ? 1.0 : 0;
        });
    }

    [Fact]
    public void It_learns_which_words_go_together_where_texts_share_none()
    {
        using var run = new Run(new() { Seed = 1 });
        var options = new BiEncoderOptions { Width = 32, Training = new() { Epochs = 6, Batch = 64, Rate = 0.02 } };
        Assert.InRange(Right(run.Stage("bi-encoder", new JsonObject(), () => BiEncoder.Train(run, Pairs(1200, 0), options))), 0.8, 1);
        var untrained = run.Stage("untrained", new JsonObject(), () => BiEncoder.Train(run, Pairs(1200, 0), options with { Training = new() { Epochs = 1, Rate = 1e-9 } }));
        Assert.InRange(Right(untrained), 0, 0.3);
    }

    [Fact]
    public void Saved_and_loaded_it_gives_the_same_vectors_of_length_one()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        using var run = new Run(new());
        var encoder = run.Stage("bi-encoder", new JsonObject(), () => BiEncoder.Train(run, Pairs(40, 0), new() { Width = 8, Training = new() { Epochs = 1 } }));
        encoder.Save(folder);
        var (before, after) = (new float[8], new float[8]);
        encoder.Encode("q3x1 common2", before);
        BiEncoder.Load(folder).Encode("q3x1 common2", after);
        Assert.Equal(before, after);
        Assert.Equal(1, before.Sum(v => v * v), 1e-5);
        encoder.Encode("never seen", before);
        Assert.All(before, v => Assert.Equal(0, v));
        File.WriteAllText(Path.Combine(folder, "encoder.json"), """{"terms":["a"],"weights":[1],"width":8}""");
        Assert.Throws<RequestException>(() => BiEncoder.Load(folder));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Without_words_there_is_nothing_to_learn_from()
    {
        using var run = new Run(new());
        Assert.Contains("words", Assert.Throws<RequestException>(() => run.Stage("bi-encoder", new JsonObject(), () => BiEncoder.Train(run, [("the", "..."), ("", "")], new()))).Message, StringComparison.Ordinal);
    }
}
