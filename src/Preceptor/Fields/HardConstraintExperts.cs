using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Fields;

/// <summary>How the loss's gradient passes through the solution of the least-squares problems.</summary>
public enum SolutionGradient
{
    /// <summary>By the implicit function theorem, with the full Hessian.</summary>
    Implicit,

    /// <summary>By the implicit function theorem, second-order terms left out of the Hessian.</summary>
    GaussNewton,

    /// <summary>Not at all: the coefficients count as constants.</summary>
    Detached,
}

/// <summary>
/// Hard constraints by a mixture of experts (Chalapathi, Du and Krishnapriyan 2024): a network gives N basis functions on the grid; space is cut into K slabs, and in each an expert finds by non-linear least squares the
/// coefficients of the shared basis with which the equation holds best at its own places, beside all conditions; the pieces together are the field. The loss is the mean square of what the equation, and by default its conditions, leave over of the field
/// (section 3 names the residual alone, for which u = 0 is a minimum unless the conditions weigh much in the solves), and its gradient passes through each expert's solution by the implicit function theorem (section 3). With <c>experts: 1</c> it is the single hard constraint (Négiar, Mahoney and Krishnapriyan 2023), its null setting.
/// There is none in which it equals <c>soft-constraint</c>, whose network answers alone.
/// </summary>
[Method("pi-hc-moe", "Hard constraints by a mixture of experts", Summary = "A network gives basis functions, and in each slab of space a least-squares solve finds the coefficients with which the equation holds: for equations that a fined network satisfies badly.", Citation = "Chalapathi, Du & Krishnapriyan 2024", Paper = 29)]
[Distributed]
[Version(2)]
public sealed class HardConstraintExperts(HardConstraintExperts.Options options) : IFit<FieldsProblem, Field>, INeeds<EquationResidual>
{
    /// <summary>The options of hard constraints.</summary>
    public sealed record Options
    {
        /// <summary>K.</summary>
        [Description("Experts, each with a slab of space: their number must divide that of the inner points; 1 for a single constraint")]
        [Range(1, 1024), Source("section 4: 4")]
        public int Experts { get; set; } = 4;

        /// <summary>N.</summary>
        [Description("Basis functions of the network")]
        [Range(1, 512), Source("section 4.1: 16")]
        public int Basis { get; set; } = 16;

        /// <summary>Steps of a solve.</summary>
        [Description("Steps of the Levenberg–Marquardt method at most")]
        [Range(1, 10_000), Source("section 4: 50")]
        public int Iterations { get; set; } = 50;

        /// <summary>When a solve ends.</summary>
        [Description("A solve ends where no coefficient moves by more than this share of the largest")]
        [Range(0, 1), Source("section 4.1: 1e-4")]
        public double Tolerance { get; set; } = 1e-4;

        /// <summary>ρ.</summary>
        [Description("Each solve has rows of this number times its coefficients besides, so that they stay small where basis functions are nearly alike")]
        [Range(0, 1e6), Source("official code: 1e-4")]
        public double Ridge { get; set; } = 1e-4;

        /// <summary>The weight of the conditions in a solve.</summary>
        [Description("How much the mean square of the conditions counts in a solve beside that of the equation; left out: as much as the problem says. Conditions are what all experts share: with little weight their pieces meet late, with much a short training ends before the equation holds")]
        [Range(1e-6, 1e9), Source("official code, diffusion-sorption, in these units: some 1e3 (ends) to 1e6 (initial state)")]
        public double? ConditionWeight { get; set; }

        /// <summary>The gradient through a solution.</summary>
        [Description("How the gradient passes through the solutions: implicit, with the full Hessian; gauss-newton, without second-order terms; detached, not at all")]
        [Source("section 3.2: implicit")]
        public SolutionGradient Gradient { get; set; }

        /// <summary>Which expert has which places.</summary>
        [Description("Slabs of space, or as many places drawn at random, as a control")]
        [Source("section 3: a fixed division")]
        public ExpertPlaces Places { get; set; }

        /// <summary>Whether conditions count in the loss.</summary>
        [Description("Count the conditions in the loss too, with the problem's weight; without them, and with little weight in the solves, a field of zeros, which satisfies the equation, costs nothing")]
        [Source("section 3: the norm of the residual alone, false")]
        public bool ConditionsInLoss { get; set; } = true;
    }

    /// <inheritdoc/>
    public Field Fit(FieldsProblem problem, Run run)
    {
        run.Uses(typeof(LeastSquaresLayer));
        var equation = problem.Residual.Equation;
        var form = new FieldForm(options.Experts, options.Places, new(options.Iterations, options.Tolerance) { Ridge = options.Ridge }, options.ConditionWeight);
        var constraint = form.Constrain(problem.Residual);
        return run.Train(problem, options.Basis, form, (network, batch) =>
        {
            var initial = batch.Initial();
            var basis = network.forward(initial.to_type(float32)).to_type(float64);              // b [B, X, T + 1, N]
            var rows = constraint.Rows(basis.detach(), initial);                                  // of the B K problems
            var (solved, _) = LeastSquaresLayer.Solve(equation, rows, zeros(batch.Count * options.Experts, options.Basis, dtype: float64), form.Solve);
            var omega = solved.requires_grad_();                                                  // argmin ½|r(b ω)|²
            var loss = constraint.Loss(constraint.Glue(basis, omega), initial, options.ConditionsInLoss);
            if (options.Gradient == SolutionGradient.Detached) return loss.to_type(float32);
            return LeastSquaresLayer.Through(equation, rows, vectors => constraint.Rows(basis, initial, vectors), omega, loss, options.Ridge, options.Gradient == SolutionGradient.GaussNewton).to_type(float32);
        });
    }
}
