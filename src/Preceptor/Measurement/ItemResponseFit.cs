using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>The priors of item response models.</summary>
public sealed record ItemPriors
{
    /// <summary>τ_b.</summary>
    [Description("Standard deviation of the prior of difficulties, b ~ N(0, τ²); abilities have 1")]
    [Range(0.01, 1000), Source("1–3, vague; py-irt")]
    public double Spread { get; set; } = 2;

    /// <summary>Of log a.</summary>
    [Description("Standard deviation of the prior of log discriminations, log a ~ N(0, σ²)")]
    [Range(0.01, 10), Source("0.5")]
    public double LogDiscrimination { get; set; } = 0.5;

    /// <summary>The mean of c.</summary>
    [Description("Mean of the Beta prior of guessing rates")]
    [Range(0.001, 0.9), Source("BILOG-MG's Beta(5, 17): 0.2")]
    public double Guessing { get; set; } = 0.2;
}

/// <summary>
/// Fits item response models by maximum a posteriori: θ ~ N(0, 1), b ~ N(0, τ²), log a ~ N(0, σ²), c ~ Beta(20 m + 1, 20 (1 − m) + 1).
/// </summary>
/// <remarks>
/// Solvers and items take turns: given the items each solver's θ is one Fisher-scoring step, given the solvers each item's (b, log a,
/// logit c) is another, each independent of the others of its kind. Two directions that the likelihood does not see, the common shift of
/// θ and b and the common scale of θ, b and 1/a, would be settled by the priors only over hundreds of turns; they are solved exactly after each.
/// </remarks>
public sealed class ItemResponseFit
{
    private const double Tolerance = 1e-8, LongestStep = 2;
    private const int MostTurns = 2000;
    private const double GuessWeight = 20; // of the Beta prior, in answers

    private readonly ItemModel form;
    private readonly ItemPriors priors;
    private readonly SparseAnswers bySolver, byItem;
    private readonly double[] theta, b, logA, logitC, damping;
    private readonly (double B, double A, double C)[] lastSteps;

    private ItemResponseFit(Responses responses, ItemModel form, ItemPriors priors)
    {
        (this.form, this.priors) = (form, priors);
        bySolver = SparseAnswers.Of(responses.Solver, responses.Item, responses.Correct, responses.Solvers.Length);
        byItem = SparseAnswers.Of(responses.Item, responses.Solver, responses.Correct, responses.Items.Length);
        (theta, b, logA, logitC) = (new double[responses.Solvers.Length], new double[responses.Items.Length], new double[responses.Items.Length], new double[responses.Items.Length]);
        (damping, lastSteps) = (new double[responses.Items.Length], new (double, double, double)[responses.Items.Length]);
        Array.Fill(damping, 1);
        Array.Fill(logitC, form == ItemModel.ThreeParameter ? Math.Log(priors.Guessing / (1 - priors.Guessing)) : double.NegativeInfinity);
    }

    /// <summary>Fits a model.</summary>
    /// <param name="responses">Who solved what; every solver at most once an item.</param>
    /// <param name="form">How many parameters an item has.</param>
    /// <param name="priors">The priors.</param>
    /// <param name="cancellation">Stops it.</param>
    public static ItemResponseModel Fit(Responses responses, ItemModel form, ItemPriors priors, CancellationToken cancellation = default)
    {
        var fit = new ItemResponseFit(responses, form, priors);
        for (var turn = 0; turn < MostTurns; turn++)
        {
            cancellation.ThrowIfCancellationRequested();
            var moved = Math.Max(Moved(fit.theta, fit.SolveSolver), Moved(fit.b, fit.SolveItem));
            fit.Centre();
            if (moved < Tolerance) break;
        }
        return fit.Model();
    }

    /// <summary>Standard errors of the difficulties with all else held: 1/√(Σ a² I + 1/τ²).</summary>
    public static double[] StandardErrors(Responses responses, ItemResponseModel model, ItemPriors priors)
    {
        var information = new double[model.Difficulty.Length];
        for (var n = 0; n < responses.Count; n++)
        {
            var (s, i) = (responses.Solver[n], responses.Item[n]);
            information[i] += Curvature(model, s, i);
        }
        return [.. information.Select(sum => 1 / Math.Sqrt(sum + 1 / (priors.Spread * priors.Spread)))];
    }

    /// <summary>The curvature that one answer gives θ, b and, negated, the pair: a² I.</summary>
    internal static double Curvature(ItemResponseModel model, int solver, int item)
    {
        var (a, c) = (model.Discrimination[item], model.Guessing[item]);
        var logistic = ItemResponseModel.Logistic(a * (model.Ability[solver] - model.Difficulty[item]));
        return a * a * ItemResponseModel.Information(c + (1 - c) * logistic, logistic, c);
    }

    private ItemResponseModel Model() => new(theta, b, [.. logA.Select(Math.Exp)], [.. logitC.Select(z => double.IsNegativeInfinity(z) ? 0 : ItemResponseModel.Logistic(z))]);

    // The parameters of one side do not see each other, so that threads change no bit of the result.
    private static double Moved(double[] parameters, Func<int, double> solve)
    {
        var moved = new double[parameters.Length];
        Parallel.For(0, parameters.Length, k => moved[k] = solve(k));
        return moved.Length == 0 ? 0 : moved.Max();
    }

    private double SolveSolver(int solver)
    {
        var (gradient, information) = (-theta[solver], 1.0);
        foreach (var (item, correct) in bySolver.Of(solver))
        {
            var (a, c) = (Math.Exp(logA[item]), Guess(item));
            var logistic = ItemResponseModel.Logistic(a * (theta[solver] - b[item]));
            var p = c + (1 - c) * logistic;
            gradient += a * ItemResponseModel.Score(correct, p, logistic, c);
            information += a * a * ItemResponseModel.Information(p, logistic, c);
        }
        var step = Math.Clamp(gradient / information, -LongestStep, LongestStep);
        theta[solver] += step;
        return Math.Abs(step);
    }

    private double SolveItem(int item)
    {
        var (a, c, guesses) = (Math.Exp(logA[item]), Guess(item), form == ItemModel.ThreeParameter);
        var tau = 1 / (priors.Spread * priors.Spread);
        var sigma = 1 / (priors.LogDiscrimination * priors.LogDiscrimination);
        // Gradient and expected information of (b, log a, logit c), priors first.
        var (gB, gA, gC) = (-tau * b[item], -sigma * logA[item], 0.0);
        var (bb, aa, cc, ba, bc, ac) = (tau, sigma, 1.0, 0.0, 0.0, 0.0);
        if (guesses)
        {
            gC = GuessWeight * (priors.Guessing - c);
            cc = GuessWeight * c * (1 - c);
        }
        foreach (var (solver, correct) in byItem.Of(item))
        {
            var distance = theta[solver] - b[item];
            var logistic = ItemResponseModel.Logistic(a * distance);
            var p = c + (1 - c) * logistic;
            var score = ItemResponseModel.Score(correct, p, logistic, c);
            var information = ItemResponseModel.Information(p, logistic, c);
            gB -= a * score;
            bb += a * a * information;
            if (form == ItemModel.OneParameter) continue;
            var dA = a * distance;
            gA += dA * score;
            aa += dA * dA * information;
            ba -= a * dA * information;
            if (!guesses) continue;
            // ∂P/∂logit c = c (1 − c) (1 − σ); ∂ log L/∂P = (x − P) / (P (1 − P)).
            var dC = c * (1 - c) * (1 - logistic);
            gC += correct == 1 ? dC / p : -c;
            var shared = dC * logistic / p; // ∂P/∂logit c · ∂P/∂z / (P (1 − P))
            cc += dC * c / p;
            bc -= a * shared;
            ac += dA * shared;
        }
        if (form == ItemModel.OneParameter) return Step(b, item, gB / bb);
        if (!guesses)
        {
            var determinant = bb * aa - ba * ba;
            return Math.Max(Step(b, item, (aa * gB - ba * gA) / determinant), Step(logA, item, (bb * gA - ba * gB) / determinant));
        }
        // With guessing the expected information may be half of the curvature, and steps would swing around the maximum for ever.
        var (stepB, stepA, stepC) = Solve(bb, ba, bc, aa, ac, cc, gB, gA, gC);
        var last = lastSteps[item];
        damping[item] = stepB * last.B + stepA * last.A + stepC * last.C < 0 ? damping[item] / 2 : Math.Min(1, damping[item] * 1.2);
        lastSteps[item] = (stepB, stepA, stepC);
        var share = damping[item];
        return Math.Max(Step(b, item, share * stepB), Math.Max(Step(logA, item, share * stepA), Step(logitC, item, share * stepC))) / share;
    }

    private static double Step(double[] parameters, int k, double step)
    {
        step = Math.Clamp(step, -LongestStep, LongestStep);
        parameters[k] += step;
        return Math.Abs(step);
    }

    // Cramer's rule for a symmetric positive matrix of three rows.
    private static (double, double, double) Solve(double a11, double a12, double a13, double a22, double a23, double a33, double g1, double g2, double g3)
    {
        double c11 = a22 * a33 - a23 * a23, c12 = a13 * a23 - a12 * a33, c13 = a12 * a23 - a13 * a22;
        double c22 = a11 * a33 - a13 * a13, c23 = a12 * a13 - a11 * a23, c33 = a11 * a22 - a12 * a12;
        var determinant = a11 * c11 + a12 * c12 + a13 * c13;
        return ((c11 * g1 + c12 * g2 + c13 * g3) / determinant, (c12 * g1 + c22 * g2 + c23 * g3) / determinant, (c13 * g1 + c23 * g2 + c33 * g3) / determinant);
    }

    private double Guess(int item) => form == ItemModel.ThreeParameter ? ItemResponseModel.Logistic(logitC[item]) : 0;

    /// <summary>Moves along the directions that the likelihood does not see to where the priors are largest.</summary>
    private void Centre()
    {
        var tau = 1 / (priors.Spread * priors.Spread);
        var shift = -(theta.Sum() + tau * b.Sum()) / (theta.Length + tau * b.Length);
        for (var s = 0; s < theta.Length; s++) theta[s] += shift;
        for (var i = 0; i < b.Length; i++) b[i] += shift;
        if (form == ItemModel.OneParameter) return;
        // θ, b → e^u θ, e^u b and log a → log a − u: Newton on ½ e^{2u} q + ½ σ⁻² Σ (log a − u)².
        var squares = theta.Sum(t => t * t) + tau * b.Sum(d => d * d);
        var (sigma, sum, u) = (1 / (priors.LogDiscrimination * priors.LogDiscrimination), logA.Sum(), 0.0);
        for (var i = 0; i < 50; i++)
        {
            var e = Math.Exp(2 * u) * squares;
            var step = (e + sigma * (logA.Length * u - sum)) / (2 * e + sigma * logA.Length);
            u -= step;
            if (Math.Abs(step) < 1e-12) break;
        }
        var scale = Math.Exp(u);
        for (var s = 0; s < theta.Length; s++) theta[s] *= scale;
        for (var i = 0; i < b.Length; i++) (b[i], logA[i]) = (b[i] * scale, logA[i] - u);
    }
}
