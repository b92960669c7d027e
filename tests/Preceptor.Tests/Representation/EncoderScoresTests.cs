using Preceptor.Foundation;
using Preceptor.Representation;
using TorchSharp;

namespace Preceptor.Tests.Representation;

/// <summary>Ties and collapse of features, and the baseline on few labels.</summary>
public sealed class EncoderScoresTests
{
    [Fact]
    public void Of_equally_near_rows_the_earlier_counts_and_of_equal_says_the_lower_class()
    {
        // Forty rows in one place: the first twenty are of class 1.
        float[] same = [.. Enumerable.Range(0, 40).SelectMany(_ => new[] { 0.6f, 0.8f })];
        int[] labels = [.. Enumerable.Range(0, 40).Select(i => i < 20 ? 1 : 0)];
        var (right, purity) = EncoderScores.Nearest(same, labels, [3, 4], [1], 2);
        Assert.Equal([1.0], right);
        Assert.Equal([1.0], purity);
        Assert.Equal([0.0], EncoderScores.Nearest(same, labels, [3, 4], [1], 2, nearest: 40).Right); // twenty against twenty
        Assert.Equal([1.0], EncoderScores.Nearest(same, labels, [3, 4], [0], 2, nearest: 40).Right);
        // A nearer row still comes before those that tie.
        float[] nearer = [.. same, 0, 1];
        Assert.Equal([1.0], EncoderScores.Nearest(nearer, [.. labels, 2], [0, 5], [2], 2, nearest: 1).Right);
        Assert.Equal([0, 1, 2], EncoderScores.Neighbours(same, [3, 4], 2, 3)[0]);
    }

    [Fact]
    public void Collapsed_features_are_told_from_those_of_a_small_rank_or_size()
    {
        string? Of(int width, Func<int, int, double> value)
        {
            float[] features = [.. Enumerable.Range(0, 60).SelectMany(row => Enumerable.Range(0, width).Select(f => (float)value(row, f)))];
            return EncoderScores.Collapse(features, width, EncoderScores.EffectiveRank(features, width));
        }
        Assert.Contains("deviate by 0.0 of their size, and below 0.001", Of(8, (_, f) => f + 1), StringComparison.Ordinal);
        Assert.Contains("deviate by 0.0005", Of(8, (row, f) => 1 + (row % 2 == 0 ? 1 : -1) * (f % 2 == 0 ? 1 : -1) * 0.0005), StringComparison.Ordinal);
        Assert.Contains("of 8 dimensions they use 1.0 (effective rank), and below 1.5", Of(8, (row, f) => row * (f + 1)), StringComparison.Ordinal);
        Assert.Null(Of(8, (row, f) => Math.Sin(row * (f + 1)) * 1e-6)); // small, and still all dimensions
        Assert.Null(Of(2, (row, f) => f == 0 ? Math.Sin(row) : Math.Cos(row)));
        Assert.Null(Of(1, (row, _) => row)); // one number has no more than one dimension
    }

    [Fact]
    public void An_encoder_that_collapsed_is_remarked_upon()
    {
        var task = RepresentationMethodTests.Built("unlabelled-digits", "problem.size=tiny", "model.encoder=mlp", "model.hidden=[16]");
        using var encoder = RepresentationMethodTests.Fit(new RandomEncoder(new()), task.Problem);
        Assert.Empty(task.Examine(encoder).Remarks);
        using (torch.no_grad())
            foreach (var parameter in encoder.Network.parameters()) parameter.zero_();
        Assert.Contains("the features have collapsed", Assert.Single(task.Examine(encoder).Remarks), StringComparison.Ordinal);
        Assert.Equal(1, task.Examine(encoder).Values["effective-rank"]);
    }

    [Fact]
    public void Few_labels_alone_teach_something_in_the_views_and_steps_of_the_others()
    {
        var task = RepresentationMethodTests.Built("unlabelled-digits", "model.encoder=mlp", "model.hidden=[64]", "training.epochs=2", "training.batch=64", "training.rate=0.003");
        using var encoder = RepresentationMethodTests.Fit(new SupervisedEncoder(new()), task.Problem);
        using var random = RepresentationMethodTests.Fit(new RandomEncoder(new()), task.Problem);
        Assert.Equal(10, encoder.Classes);
        var (learned, chance) = (task.Examine(encoder).Values["few-shot"], task.Examine(random).Values["few-shot"]);
        Assert.True(learned > chance + 0.03, $"{learned}, random features {chance}");
        var (all, few) = (task.Problem.Train.Count, task.Problem.Few!.Labelled.Length);
        Assert.Equal((int)Math.Ceiling(2.0 * (all / 64) / (few / Math.Min(64, few))), encoder.Training!.Epochs.Count);
        // Other rows are not looked at, only counted.
        int[] labelled = task.Problem.Few.Labelled;
        var fewer = task.Problem with { Train = task.Problem.Train.Take(labelled), Few = new([.. labelled.Select(r => task.Problem.Few.Train[r])], task.Problem.Few.Validation) };
        using var alone = RepresentationMethodTests.Fit(new SupervisedEncoder(new() { Epochs = 3 }), fewer);
        Assert.Equal(3, alone.Training!.Epochs.Count);
        Assert.Contains("at least two labelled rows", Assert.Throws<RequestException>(() => RepresentationMethodTests.Fit(new SupervisedEncoder(new()), task.Problem with { Few = new([.. task.Problem.Few.Train.Select((l, i) => i == labelled[0] ? l : -1)], task.Problem.Few.Validation) })).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(RepulsionCost.Euclidean), InlineData(RepulsionCost.Rbf)]
    public void Attraction_and_repulsion_learn_from_a_momentum_encoders_keys(RepulsionCost cost)
    {
        var task = RepresentationMethodTests.Built("unlabelled-digits", "model.encoder=mlp", "model.hidden=[64]", "training.epochs=4", "training.batch=128", "training.rate=0.003");
        using var encoder = RepresentationMethodTests.Fit(new AttractionRepulsion(new() { Views = 3, Momentum = 0.99, Cost = cost, Temperature = cost == RepulsionCost.Rbf ? 0.2 : 1 }), task.Problem);
        using var random = RepresentationMethodTests.Fit(new RandomEncoder(new()), task.Problem);
        var (learned, chance) = (task.Examine(encoder).Values["linear-probe"], task.Examine(random).Values["linear-probe"]);
        Assert.True(learned > chance + 0.03, $"{learned}, random features {chance}");
    }
}
