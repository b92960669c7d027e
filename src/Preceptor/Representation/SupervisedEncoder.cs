using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using Preceptor.Supervision;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>Supervised training of an encoder and a linear classifier on the few labelled rows, in the views that contrastive methods see: what the few labels and the changes of images are worth without the other rows.</summary>
[Method("supervised-encoder", "Supervised encoder", Summary = "Trains on the few labelled rows alone, in the same views as contrastive methods: what these must beat.", Citation = "Chen et al. 2020 (A Simple Framework for Contrastive Learning), its supervised baseline", IsPlain = true)]
[Version(1)]
public sealed class SupervisedEncoder(SupervisedEncoder.Options options) : IFit<RepresentationProblem, TrainedEncoder>, INeeds<RawRows, Labels>
{
    /// <summary>The options.</summary>
    public sealed record Options
    {
        /// <summary>Passes over the labelled rows.</summary>
        [Description("Passes over the labelled rows; left out: as many steps as training.epochs are over all rows")]
        [Range(1, 1_000_000)]
        public int? Epochs { get; set; }
    }

    /// <inheritdoc/>
    /// <exception cref="RequestException">There are no views of the rows, or fewer than two labels.</exception>
    public TrainedEncoder Fit(RepresentationProblem problem, Run run)
    {
        problem.CheckViews();
        var (labels, rows) = (problem.Few!, problem.Few!.Labelled);
        if (rows.Length < 2) throw new RequestException($"{problem.Name}: training needs at least two labelled rows; there are {rows.Length}");
        var network = new FeatureNetwork(run.NewEncoder(problem), 0, problem.Classes);
        var few = problem.Augmented() with { Train = problem.Train.Take(rows) };
        int Steps(int count) => count / Math.Min(problem.Training.Batch, count);
        var epochs = options.Epochs ?? (problem.Training.Epochs * Steps(problem.Train.Count) + Steps(rows.Length) - 1) / Steps(rows.Length);
        run.Uses(typeof(ImageAugmentation));
        few = few with { Training = few.Training with { Epochs = epochs } };
        var summary = TrainingLoop.Fit(run, network, new ViewBatches(run, few, 1), few.Training, _ => batch => nn.functional.cross_entropy(network.Classify(batch.Views()[0]), batch.Targets(r => labels.Train[rows[r]])), null);
        return new(problem.Encoding, problem.Model, network, summary, run.Threads);
    }
}
