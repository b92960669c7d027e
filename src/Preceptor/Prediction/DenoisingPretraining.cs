using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Prediction;

/// <summary>
/// Trains an encoder without labels: from inputs of which a share is masked, a linear decoder has to restore the whole (Vincent et
/// al., 2008). Pixels and numbers are restored by their values, text by which words it has.
/// </summary>
internal static class DenoisingPretraining
{
    /// <summary>The problem's network with a body trained on all training rows; its head is as it was made.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="run">The run; needs a stage of its own.</param>
    /// <param name="masked">The share of the inputs that is masked.</param>
    public static Predictor Pretrain(PredictionProblem problem, Run run, double masked)
    {
        var (shape, network) = (problem.Train.Shape, run.NewNetwork(problem));
        var decoder = nn.Linear(network.Network.Encoder.Features, shape.Pixels + shape.Numbers + shape.Tokens);
        var module = new ModuleGroup(network.Network, decoder);
        var summary = run.Train(problem, module, _ => batch =>
        {
            var restored = decoder.forward(network.Network.Encoder.forward(Masked(batch.Inputs, masked)));
            return Restoration(restored, batch.Inputs, shape);
        }, () => network.Logits(problem.Validation), [.. Enumerable.Range(0, problem.Train.Count)]);
        return new(problem.Encoding, problem.Classes, network, summary);
    }

    private static Inputs Masked(Inputs inputs, double share) => new(
        inputs.Image is { } image ? image * (rand_like(image) >= share) : null,
        inputs.Numbers is { } numbers ? numbers * (rand_like(numbers) >= share) : null,
        inputs.Tokens is { } tokens ? tokens * (rand(tokens.shape) >= share) : null);

    private static Tensor Restoration(Tensor restored, Inputs inputs, InputShape shape)
    {
        var loss = zeros(1).squeeze();
        if (inputs.Image is { } image) loss += nn.functional.mse_loss(restored.narrow(1, 0, shape.Pixels), image.flatten(1));
        if (inputs.Numbers is { } numbers) loss += nn.functional.mse_loss(restored.narrow(1, shape.Pixels, shape.Numbers), numbers);
        if (inputs.Tokens is not { } tokens) return loss;
        var words = zeros(tokens.shape[0], shape.Tokens).scatter_add(1, tokens, ones(tokens.shape));
        words.narrow(1, 0, 1).zero_(); // padding
        words /= words.sum(1, keepdim: true).clamp_min(1);
        return loss + Objectives.Loss.SoftCrossEntropy(restored.narrow(1, shape.Pixels + shape.Numbers, shape.Tokens), words);
    }
}
