using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Representation;
using TorchSharp;

namespace Preceptor.Tests.Representation;

public sealed class MaskedReconstructionTests
{
    [Fact]
    public void Only_what_was_blanked_counts_and_only_what_was_left_is_seen()
    {
        using var scope = torch.NewDisposeScope();
        var whole = torch.tensor(new float[] { 1, 2, 3, -4, 5, 6 }, [2, 3]);
        var kept = torch.tensor(new float[] { 1, 0, 0, 1, 1, 0 }, [2, 3]);
        using var encoder = Encoder.Create(new() { Encoder = EncoderKind.Linear }, new(0, 0, 0, 3, 0));
        using var decoder = torch.nn.Linear(encoder.Features, 3);
        torch.nn.init.zeros_(decoder.weight!);
        torch.nn.init.zeros_(decoder.bias!);
        Assert.Equal((4 + 9 + 36) / 3f, MaskedReconstruction.Loss(new(null, whole, null), kept, encoder, decoder).item<float>(), 1e-5f);
        torch.nn.init.ones_(decoder.weight!);
        var changed = torch.tensor(new float[] { 1, 7, 3, -4, 5, 6 }, [2, 3]);
        var error = (MaskedReconstruction.Loss(new(null, changed, null), kept, encoder, decoder) - MaskedReconstruction.Loss(new(null, whole, null), kept, encoder, decoder)).item<float>();
        var seen = encoder.forward(new(null, whole * kept, null)).sum(1)[0].item<float>();
        Assert.Equal((Math.Pow(seen - 7, 2) - Math.Pow(seen - 2, 2)) / 3, error, 1e-3);
    }

    [Fact]
    public void Columns_of_a_table_are_filled_in_and_features_learned_from_it()
    {
        var task = RepresentationMethodTests.Factors("training.epochs=5", "training.batch=128", "training.rate=0.003", "model.encoder=mlp", "model.hidden=[64,32]");
        using var encoder = RepresentationMethodTests.Fit(new MaskedReconstruction(new() { Share = 0.3 }), task.Problem);
        Assert.True(encoder.Training!.Epochs[^1].Loss < 0.9 * encoder.Training.Epochs[0].Loss, $"{encoder.Training.Epochs[^1].Loss} after {encoder.Training.Epochs[0].Loss}");
        var texts = new Table("texts", [new TextColumn("text", ["one", "two"])]);
        Assert.Contains("what is blanked are patches", Assert.Throws<RequestException>(() => RepresentationMethodTests.Fit(new MaskedReconstruction(new()), task.Problem with { Train = InputEncoding.Fit(texts, new() { Text = ["text"] }, TextTokens.Words, 10, 10).Encode(texts) })).Message, StringComparison.Ordinal);
    }
}
