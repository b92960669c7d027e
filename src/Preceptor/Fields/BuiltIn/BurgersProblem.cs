using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Fields.BuiltIn;

/// <summary>The problem <c>burgers</c>: waves on a ring that steepen and wear away, from any initial state of three sine waves.</summary>
[Version(1)]
public static class BurgersProblem
{
    /// <summary>The options of burgers.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 16 points, 8 steps, 8 initial states to train on; small: 64 points, 20 steps, 128 states; full: 512 states")]
        public ProblemSize Size { get; set; } = ProblemSize.Small;

        /// <summary>ν.</summary>
        [Description("Viscosity ν: the smaller, the steeper waves become")]
        [Range(1e-3, 10)]
        public double Viscosity { get; set; } = 0.02;

        /// <summary>The weight of the conditions.</summary>
        [Description("How much the mean square of the initial condition counts beside that of the equation")]
        [Range(1e-6, 1e6)]
        public double ConditionWeight { get; set; } = 10;
    }

    /// <summary>The keys of the problem that these options come to.</summary>
    public static FieldData Data(Options options)
    {
        var (points, steps, states) = options.Size switch { ProblemSize.Tiny => (16, 8, 8), ProblemSize.Small => (64, 20, 128), _ => (64, 20, 512) };
        return new() { Equation = EquationName.Burgers, Viscosity = options.Viscosity, ConditionWeight = options.ConditionWeight, Points = points, Steps = steps, States = states };
    }
}
