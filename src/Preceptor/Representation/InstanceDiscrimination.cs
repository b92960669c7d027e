using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Representation;

/// <summary>Instance discrimination by contrast (SimCLR; Chen et al. 2020a): the two views of a row should be nearer to each other than to the views of all other rows. The baseline of representation.</summary>
[Method("simclr", "Contrast of views", Summary = "Brings two random views of an image together and pushes those of others away: the baseline of representation.", Citation = "Chen et al. 2020 (A Simple Framework for Contrastive Learning)", IsPlain = true)]
[Version(1)]
public sealed class InstanceDiscrimination(InstanceDiscrimination.Options options) : IFit<RepresentationProblem, TrainedEncoder>, INeeds<RawRows>
{
    /// <summary>The options.</summary>
    public sealed record Options
    {
        /// <summary>τ.</summary>
        [Description("τ, what similarities are divided by")]
        [Range(0, 100, MinimumIsExclusive = true)]
        [Tried("0.2")]
        public double Temperature { get; set; } = 0.5;

        /// <summary>Layers of the head.</summary>
        [Description("Layers of the projection head")]
        [Range(1, 10)]
        public int HeadDepth { get; set; } = 2;

        /// <summary>Numbers a projection.</summary>
        [Description("Numbers a projection")]
        [Range(1, 65536)]
        public int HeadWidth { get; set; } = 64;

        /// <summary>How many negatives count.</summary>
        [Description("How many negatives count, the nearest ones; 0: all")]
        [Range(0, 1_000_000)]
        public int Hardest { get; set; }
    }

    /// <inheritdoc/>
    public TrainedEncoder Fit(RepresentationProblem problem, Run run) =>
        run.Train(problem, 2, new(options.HeadDepth, options.HeadWidth), views => ContrastiveLoss.NtXent(views[0], views[1], options.Temperature, options.Hardest));
}
