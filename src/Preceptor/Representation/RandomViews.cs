using Preceptor.Foundation;
using Preceptor.Training;

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
    private readonly RandomStream random = RandomStream.Of(seed, "corruption");

    /// <summary>Adds the views of a batch's rows; every view of every epoch is another one.</summary>
    public void See(ViewBatch batch)
    {
        var first = batch.Epoch * views;
        for (var view = first; view < first + views; view++)
            if (problem.Train.Shape.Pixels > 0) batch.SeeImages(augmentation, view);
            else Corrupt(batch, view);
    }

    // Some columns of each row are those of another row of the batch (Bahri et al. 2022, SCARF).
    private void Corrupt(ViewBatch batch, int view)
    {
        var (width, plain) = (batch.Buffer.Shape.Numbers, batch.Buffer.Numbers);
        var rows = batch.Rows;
        var seen = batch.Add(width);
        plain.AsSpan(0, seen.Length).CopyTo(seen);
        for (var i = 0; i < rows.Length; i++)
        {
            random.MoveTo(seed, "corruption", view, rows[i]);
            for (var column = 0; column < layout.Count; column++)
            {
                if (random.NextDouble() >= CorruptedShare) continue;
                var (start, length) = layout.Place(column);
                plain.AsSpan(random.Next(rows.Length) * width + start, length).CopyTo(seen[(i * width + start)..]);
            }
        }
    }
}
