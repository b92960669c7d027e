using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;

namespace Preceptor.Prediction;

/// <summary>How batches differ from the rows that they hold: images changed at random, examples mixed with each other. Both depend on the epoch and on row or batch alone.</summary>
internal sealed class PredictionVariation
{
    private readonly ulong seed;
    private readonly InputShape shape;
    private readonly ImageAugmentation? augmentation;
    private readonly ExampleMixing? mixing;
    private readonly Func<int, int> views;

    private PredictionVariation(PredictionProblem problem, Run run)
    {
        var training = problem.Training;
        shape = problem.Train.Shape;
        views = training.ViewOf;
        seed = (ulong)run.TorchSeed("variation");
        if (training.Augment.Length > 0)
        {
            augmentation = new ImageAugmentation(training.Augment, training.Strength ?? new(), seed);
            run.Uses(typeof(ImageAugmentation));
        }
        if (training.Mixes)
        {
            mixing = new ExampleMixing(training.Mixup ?? 0, training.Cutmix ?? 0);
            run.Uses(typeof(ExampleMixing));
        }
    }

    /// <summary>The variation that a problem's training asks for; null for none.</summary>
    public static PredictionVariation? Of(PredictionProblem problem, Run run)
    {
        problem.Training.Check(problem.Train.Shape);
        return problem.Training.Augment.Length > 0 || problem.Training.Mixes ? new(problem, run) : null;
    }

    /// <summary>Mixes a filled batch's targets, and says how its inputs become. Calls no torch function.</summary>
    public void Prepare(PredictionBatch batch, int epoch, int index)
    {
        batch.Mixture = mixing?.Draw(RandomStream.Of(seed, "mixing", epoch, index), batch.Count, shape);
        batch.Mixture?.Mix(batch.OneHotBuffer.AsSpan(0, batch.Count * batch.Classes), batch.Classes);
        batch.Change = (filled, inputs) => Change(filled, inputs, views(epoch));
    }

    /// <summary>The inputs of some rows as a view shows them.</summary>
    public Inputs Show(Inputs inputs, ReadOnlySpan<int> rows, int view) =>
        augmentation is null ? inputs : inputs with { Image = augmentation.Augment(inputs.Image!, rows, view) };

    private Inputs Change(PredictionBatch batch, Inputs inputs, int view)
    {
        inputs = Show(inputs, batch.Rows, view);
        return batch.Mixture is { } mixture ? mixture.Mix(inputs) : inputs;
    }
}
