using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Data.Generators;
using Preceptor.Foundation;

namespace Preceptor.Representation.BuiltIn;

/// <summary>The problem <c>unlabelled-digits</c>: rendered strokes of ten digits, 28×28, deformed, on backgrounds, without labels to learn from.</summary>
[Version(1)]
public static class UnlabelledDigitsProblem
{
    /// <summary>The options of unlabelled-digits.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 64 images in all; small: 2,000 to learn from; full: 10,000")]
        public ProblemSize Size { get; set; } = ProblemSize.Small;

        /// <summary>Few labels.</summary>
        [Description("Labels a digit that methods are given, for those that use a few; 0: none")]
        [Range(0, 1000)]
        public int Labels { get; set; } = 10;
    }

    /// <summary>Images and their digits: those to learn from, to validate and to test.</summary>
    public static (Table Rows, int[] Digits)[] Draw(Options options, ulong seed)
    {
        int[] sizes = options.Size switch { ProblemSize.Tiny => [40, 12, 12], ProblemSize.Small => [2000, 400, 1000], _ => [10_000, 1000, 2000] };
        var (table, digits) = DigitImages.Generate(sizes.Sum(), RandomStream.Key(seed, "unlabelled-digits"));
        return [.. Splits.Consecutive(sizes).Select(rows => (table.Take(rows), rows.Select(r => digits[r]).ToArray()))];
    }
}
