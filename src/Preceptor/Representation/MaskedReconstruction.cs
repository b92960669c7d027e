using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>
/// Masked reconstruction (Pathak et al. 2016; He et al. 2022): patches of an image, or columns of a table, are blanked, and a decoder fills them in from the features of what is left. A baseline that needs no second view.
/// </summary>
[Method("masked-reconstruction", "Masked reconstruction", Summary = "Blanks patches of images or columns of tables, and learns to fill them in from the features of the rest.", Citation = "He et al. 2022 (Masked Autoencoders Are Scalable Vision Learners), with any encoder", IsPlain = true)]
[Version(1)]
public sealed class MaskedReconstruction(MaskedReconstruction.Options options) : IFit<RepresentationProblem, TrainedEncoder>, INeeds<RawRows>
{
    /// <summary>The options.</summary>
    public sealed record Options
    {
        /// <summary>The share that is blanked.</summary>
        [Description("The share of an image's patches, or a table's columns, that is blanked in each row")]
        [Range(0, 1, MinimumIsExclusive = true, MaximumIsExclusive = true)]
        [Source("section 4.1: 0.75")]
        [Tried("0.3", "0.5")]
        public double Share { get; set; } = 0.75;

        /// <summary>The side of a patch.</summary>
        [Description("The side of an image's patches in pixels; those at the right and lower edges may be smaller")]
        [Range(1, 1024)]
        [Source("section 4: 16 of 224")]
        public int Patch { get; set; } = 4;

        /// <summary>Hidden numbers of the decoder.</summary>
        [Description("Numbers in the decoder's hidden layer")]
        [Range(1, 65536)]
        public int DecoderHidden { get; set; } = 256;
    }

    /// <inheritdoc/>
    /// <exception cref="RequestException">The rows are texts, or images and a table at once.</exception>
    public TrainedEncoder Fit(RepresentationProblem problem, Run run)
    {
        var shape = problem.Train.Shape;
        if (shape is { Tokens: > 0 } or { Pixels: > 0, Numbers: > 0 }) throw new RequestException($"{problem.Name}: what is blanked are patches of images or columns of tables, and its rows are {string.Join(" and ", shape.Parts)}");
        problem.Training.Check(shape);
        var encoder = run.NewEncoder(problem);
        var decoder = nn.Sequential(nn.Linear(encoder.Features, options.DecoderHidden), nn.GELU(), nn.Linear(options.DecoderHidden, shape.Pixels > 0 ? shape.Pixels : shape.Numbers));
        var layout = ColumnLayout.Of(problem.Encoding);
        var seed = (ulong)run.TorchSeed("masks");
        run.Uses(typeof(ImageAugmentation));
        var summary = TrainingLoop.Fit(run, new ModuleGroup(encoder, decoder), new ViewBatches(run, problem, shape.Pixels > 0 ? 1 : 0), problem.Training, epoch => batch =>
        {
            // Columns are blanked by themselves; the corruption that views of tables have would be learned too.
            var whole = shape.Pixels > 0 ? batch.Views()[0] : batch.Plain();
            var kept = shape.Pixels > 0 ? KeptPixels(batch.Rows, epoch.Number, shape, seed) : KeptColumns(batch.Rows, epoch.Number, layout, shape.Numbers, seed);
            return Loss(whole, kept, encoder, decoder);
        }, null);
        return new(problem.Encoding, problem.Model, new(encoder), summary, run.Threads);
    }

    /// <summary>The mean squared error over all that was blanked.</summary>
    /// <param name="whole">Rows as they are.</param>
    /// <param name="kept">1 where a value is left, 0 where it is blanked: [B, 1, H, W] or [B, F].</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="decoder">From its features to all values.</param>
    internal static Tensor Loss(Inputs whole, Tensor kept, nn.Module<Inputs, Tensor> encoder, nn.Module<Tensor, Tensor> decoder)
    {
        var values = whole.Image ?? whole.Numbers!;
        var seen = values * kept; // values are standardised, so that a blank is the mean
        var errors = (decoder.forward(encoder.forward(whole.Image is null ? whole with { Numbers = seen } : whole with { Image = seen })).view_as(values) - values).square();
        var blank = (1 - kept).expand_as(values);
        return (errors * blank).sum() / blank.sum().clamp(1);
    }

    private Tensor KeptPixels(ReadOnlySpan<int> rows, int epoch, InputShape shape, ulong seed)
    {
        int down = (shape.Height + options.Patch - 1) / options.Patch, across = (shape.Width + options.Patch - 1) / options.Patch;
        var kept = tensor(Kept(rows, epoch, down * across, seed), [rows.Length, 1, down, across]);
        return kept.repeat_interleave(options.Patch, 2).repeat_interleave(options.Patch, 3).narrow(2, 0, shape.Height).narrow(3, 0, shape.Width);
    }

    private Tensor KeptColumns(ReadOnlySpan<int> rows, int epoch, ColumnLayout layout, int width, ulong seed)
    {
        var kept = Kept(rows, epoch, layout.Count, seed);
        var values = new float[rows.Length * width];
        Array.Fill(values, 1);
        for (var i = 0; i < rows.Length; i++)
            for (var column = 0; column < layout.Count; column++)
            {
                var (start, length) = layout.Place(column);
                values.AsSpan(i * width + start, length).Fill(kept[i * layout.Count + column]);
            }
        return tensor(values, [rows.Length, width]);
    }

    // As many blanks in every row, at least one and never all: the places with the smallest numbers of a row's own.
    private float[] Kept(ReadOnlySpan<int> rows, int epoch, int places, ulong seed)
    {
        var blanks = Math.Clamp((int)Math.Round(options.Share * places), 1, Math.Max(1, places - 1));
        var kept = new float[rows.Length * places];
        Array.Fill(kept, 1);
        var (draws, order) = (new double[places], new int[places]);
        for (var i = 0; i < rows.Length; i++)
        {
            var random = RandomStream.Of(seed, "masks", epoch, rows[i]);
            for (var place = 0; place < places; place++) (draws[place], order[place]) = (random.NextDouble(), place);
            Array.Sort(draws, order);
            foreach (var place in order.AsSpan(0, blanks)) kept[i * places + place] = 0;
        }
        return kept;
    }
}
