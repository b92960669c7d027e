using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Data.Generators;
using Preceptor.Foundation;

namespace Preceptor.Representation.BuiltIn;

/// <summary>The problem <c>textured-shapes</c>: colour images of four shapes in three textures each, 24×24, without labels to learn from; scored by texture and shape, and by shape alone.</summary>
[Version(1)]
public static class TexturedShapesProblem
{
    /// <summary>The options of textured-shapes.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 64 images in all; small: 3,000 to learn from; full: 6,000")]
        public ProblemSize Size { get; set; } = ProblemSize.Small;

        /// <summary>Few labels.</summary>
        [Description("Labels a class that methods are given, for those that use a few; 0: none")]
        [Range(0, 100)]
        public int Labels { get; set; }
    }

    /// <summary>Images, their twelve classes and their four shapes: those to learn from, to validate and to test.</summary>
    public static (Table Rows, int[] Classes, int[] Shapes)[] Draw(Options options, ulong seed)
    {
        int[] sizes = options.Size switch { ProblemSize.Tiny => [40, 12, 12], ProblemSize.Small => [3000, 500, 1000], _ => [6000, 1000, 2000] };
        var (table, classes) = TexturedShapes.Generate(sizes.Sum(), RandomStream.Key(seed, "textured-shapes"));
        return [.. Splits.Consecutive(sizes).Select(rows => (table.Take(rows), rows.Select(r => classes[r]).ToArray(), rows.Select(r => classes[r] / TexturedShapes.Textures).ToArray()))];
    }
}
