using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>Rows as random views show them: changed images, or columns of a table some of which are another row's. A view depends on the seed, the row and the epoch alone, so that a resumed run sees what an unbroken one would have.</summary>
/// <param name="problem">The problem, whose training options say how images are changed.</param>
/// <param name="seed">The seed of all views.</param>
/// <param name="views">Views of each row.</param>
internal sealed class RandomViews(RepresentationProblem problem, ulong seed, int views)
{
    private const double CorruptedShare = 0.3;
    private readonly ImageAugmentation augmentation = new(problem.Training.Augment, problem.Training.Strength ?? new(), seed);
    private readonly ColumnLayout layout = ColumnLayout.Of(problem.Encoding);

    /// <summary>The rows of a batch as each view shows them; every view of every epoch is another one.</summary>
    public Inputs[] Of(ViewBatch batch)
    {
        var (image, first) = (batch.Plain().Image, batch.Epoch * views);
        return [.. Enumerable.Range(first, views).Select(view => image is null ? new Inputs(null, Corrupted(batch, view), null) : new Inputs(augmentation.Augment(image, batch.Rows, view), null, null))];
    }

    // Some columns of each row are those of another row of the batch (Bahri et al. 2022, SCARF).
    private Tensor Corrupted(ViewBatch batch, int view)
    {
        var width = batch.Buffer.Shape.Numbers;
        var rows = batch.Rows;
        var own = batch.Buffer.Numbers.AsSpan(0, batch.Count * width);
        var values = own.ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            var random = RandomStream.Of(seed, "corruption", view, rows[i]);
            for (var column = 0; column < layout.Count; column++)
            {
                if (random.NextDouble() >= CorruptedShare) continue;
                var (start, length) = layout.Place(column);
                own.Slice(random.Next(rows.Length) * width + start, length).CopyTo(values.AsSpan(i * width + start));
            }
        }
        return tensor(values, [batch.Count, width]);
    }
}
