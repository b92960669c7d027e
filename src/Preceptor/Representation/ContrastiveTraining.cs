using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>The head that is trained with an encoder and dropped afterwards.</summary>
/// <param name="Depth">Its layers.</param>
/// <param name="Width">Numbers a projection.</param>
internal sealed record HeadForm(int Depth, int Width);

/// <summary>Trains an encoder so that the projections of its rows' views have a low loss.</summary>
internal static class ContrastiveTraining
{
    private static readonly Augmentation[] Usual = [Augmentation.Crop, Augmentation.Rotate, Augmentation.Colour, Augmentation.Noise, Augmentation.Erasing];

    /// <summary>Creates the encoder and trains it.</summary>
    /// <param name="run">The run; only one training fits into a stage.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="views">Views of each row.</param>
    /// <param name="head">The head.</param>
    /// <param name="loss">The loss of a batch, given the projections of each view [B, d].</param>
    /// <exception cref="RequestException">The rows are no images, or too few.</exception>
    public static TrainedEncoder Train(this Run run, RepresentationProblem problem, int views, HeadForm head, Func<Tensor[], Tensor> loss)
    {
        var (projected, summary) = run.TrainProjected(problem, views, head, loss);
        return new(problem.Encoding, problem.Model, new(projected.Encoder), summary, run.Threads);
    }

    /// <inheritdoc cref="Train"/>
    /// <returns>The encoder with its head, and the course of the training.</returns>
    public static (ProjectedEncoder Projected, Models.TrainingSummary Summary) TrainProjected(this Run run, RepresentationProblem problem, int views, HeadForm head, Func<Tensor[], Tensor> loss)
    {
        var projected = run.NewProjected(problem, head);
        var summary = TrainingLoop.Fit(run, projected, new ViewBatches(run, problem.Augmented(), views), problem.Training, _ => batch => loss(projected.Project(batch.Views())), null);
        return (projected, summary);
    }

    /// <summary>The problem's encoder with a head, both with random weights, once it is sure that views of its rows can be contrasted.</summary>
    /// <exception cref="RequestException">The rows are no images, or too few.</exception>
    public static ProjectedEncoder NewProjected(this Run run, RepresentationProblem problem, HeadForm head)
    {
        problem.CheckViews();
        if (problem.Train.Count < 2 || problem.Training.Batch < 2) throw new RequestException($"{problem.Name}: contrasts need at least two rows, and two a batch; there are {problem.Train.Count}, {problem.Training.Batch} a batch");
        var encoder = run.NewEncoder(problem);
        run.Uses(typeof(ProjectionHead));
        run.Uses(typeof(ImageAugmentation));
        return new(encoder, head.Depth, head.Width);
    }

    /// <summary>Checks that there are views of the problem's rows.</summary>
    /// <exception cref="RequestException">There are none, or images cannot be changed as its options say.</exception>
    public static void CheckViews(this RepresentationProblem problem)
    {
        if (problem.Train.Shape is { Tokens: > 0 } or { Pixels: > 0, Numbers: > 0 }) throw new RequestException($"{problem.Name}: views are of images or of tables, and its rows are {string.Join(" and ", problem.Train.Shape.Parts)}");
        problem.Training.Check(problem.Train.Shape);
    }

    /// <summary>The problem with the usual changes of images where it names none.</summary>
    public static RepresentationProblem Augmented(this RepresentationProblem problem) =>
        problem.Training.Augment.Length > 0 || problem.Train.Shape.Pixels == 0 ? problem : problem with { Training = problem.Training with { Augment = Usual, Strength = problem.Training.Strength ?? new() { Crop = 0.5 } } };

    /// <summary>The problem's encoder with random weights.</summary>
    public static Encoder NewEncoder(this Run run, RepresentationProblem problem)
    {
        set_num_threads(run.Threads);
        manual_seed(run.TorchSeed("initialisation"));
        var encoder = Encoder.Create(problem.Model, problem.Train.Shape);
        run.Uses(encoder.GetType());
        return encoder;
    }
}
