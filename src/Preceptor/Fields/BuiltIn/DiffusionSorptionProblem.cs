using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Fields.BuiltIn;

/// <summary>The problem <c>diffusion-sorption</c>: a substance enters the ground from one end, and the less of it there is, the more is held back.</summary>
[Version(2)]
public static class DiffusionSorptionProblem
{
    /// <summary>The options of diffusion-sorption.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 18 points, 8 steps, 8 initial states to train on; small: 66 points, 20 steps, 128 states; full: 512 states")]
        public ProblemSize Size { get; set; } = ProblemSize.Small;

        /// <summary>The weight of the conditions.</summary>
        [Description("How much the mean square of the conditions, initial state and ends, counts beside that of the equation")]
        [Range(1e-6, 1e6)]
        public double ConditionWeight { get; set; } = 10;
    }

    /// <summary>The keys of the problem that these options come to.</summary>
    public static FieldData Data(Options options)
    {
        var (points, steps, states) = options.Size switch { ProblemSize.Tiny => (18, 8, 8), ProblemSize.Small => (66, 20, 128), _ => (66, 20, 512) };
        return new() { Equation = EquationName.DiffusionSorption, ConditionWeight = options.ConditionWeight, Points = points, Steps = steps, States = states };
    }
}
