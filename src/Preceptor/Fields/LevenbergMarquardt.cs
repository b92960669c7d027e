using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Preceptor.Fields;

/// <summary>
/// The Levenberg–Marquardt method for one least-squares problem after another. A problem's rows stay in the processor's cache over all its steps, and it ends by itself, so that its solution depends on no other in the batch.
/// </summary>
internal sealed class LevenbergMarquardt
{
    // Four partial sums on every processor, so that the last bit is the same on all.
    private const int Lanes = 4;
    private const double Grow = 10, Shrink = 0.2, LeastDamping = 1e-12, MostDamping = 1e12, Rounding = 1e-13;

    private readonly FieldEquation equation;
    private readonly Tensor value, time, slope, curvature, condition, target;
    private readonly Tensor? source, weight;
    private readonly int places, conditions, size, padded;
    private readonly double square;
    private readonly FieldCoefficients at;
    private readonly double[] time1, slope1, curvature1, residual, gradient, matrix, conditionMatrix, block;

    /// <summary>Takes the rows of a batch of problems.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="rows">What the bases are, without a graph; the caller's scope keeps what is made of them.</param>
    /// <param name="ridge">ρ of the rows ρ ω.</param>
    public LevenbergMarquardt(FieldEquation equation, EquationRows rows, double ridge)
    {
        (this.equation, square) = (equation, ridge * ridge);
        (places, conditions, size) = ((int)rows.Value.shape[1], (int)rows.Condition.shape[1], (int)rows.Value.shape[2]);
        padded = (size + Lanes - 1) / Lanes * Lanes;
        Tensor Padded(Tensor matrix) => (padded == size ? matrix : nn.functional.pad(matrix, [0, padded - size])).contiguous();
        (value, time, slope, curvature, condition) = (Padded(rows.Value), Padded(rows.Time), Padded(rows.Slope), Padded(rows.Curvature), Padded(rows.Condition));
        (target, source, weight) = (rows.Target.contiguous(), rows.Source?.contiguous(), rows.Weight?.contiguous());
        at = new(places);
        (time1, slope1, curvature1, residual) = (new double[places], new double[places], new double[places], new double[places + conditions]);
        (gradient, matrix, conditionMatrix, block) = (new double[padded], new double[padded * padded], new double[padded * padded], new double[4 * padded]);
    }

    /// <summary>Solves one problem in place.</summary>
    /// <param name="problem">Which.</param>
    /// <param name="omega">Where to begin, and then the solution [N].</param>
    /// <param name="options">How.</param>
    /// <returns>How many steps were taken.</returns>
    public int Solve(int problem, Span<double> omega, LeastSquaresOptions options)
    {
        double[] here = new double[padded], next = new double[padded], change = new double[padded], factor = new double[size * size];
        omega.CopyTo(here);
        AddConditions(problem);
        var cost = Evaluate(problem, here);
        Normal(problem, here);
        var trace = 0.0;
        for (var n = 0; n < size; n++) trace += matrix[n * padded + n];
        var damping = Math.Clamp(trace / size * options.Damping, LeastDamping, MostDamping);
        var taken = 0;
        for (var isSettled = false; taken < options.Iterations && !isSettled; taken++)
        {
            var isStep = Factor(damping, factor);
            if (isStep) Substitute(factor, change);
            for (var n = 0; n < size; n++) next[n] = here[n] - change[n];
            var nextCost = isStep ? Evaluate(problem, next) : double.NaN;
            var isBetter = nextCost <= cost * (1 + Rounding); // NaN is not
            // The cost says nothing of steps below the root of its rounding: those are taken as they come, and a problem has ended when its step is small.
            isSettled = isStep && Largest(change) <= Largest(next) * options.Tolerance + 1e-14;
            if (options.CostTolerance > 0) isSettled |= isBetter && cost - nextCost <= cost * options.CostTolerance;
            damping = Math.Clamp(damping * (isBetter ? Shrink : Grow), LeastDamping, MostDamping);
            if (!isBetter) continue;
            cost = nextCost;
            next.CopyTo(here, 0);
            if (!isSettled) Normal(problem, here);
        }
        here.AsSpan(0, size).CopyTo(omega);
        return taken;
    }

    /// <summary>The Hessian of half of what is made least, of one problem.</summary>
    /// <param name="problem">Which.</param>
    /// <param name="omega">Where [N].</param>
    /// <param name="hessian">What becomes of it [N × N].</param>
    /// <param name="isGaussNewton">Leaves out the second-order terms, Σ_i r_i d²r_i.</param>
    public void Hessian(int problem, ReadOnlySpan<double> omega, Span<double> hessian, bool isGaussNewton)
    {
        var here = new double[padded];
        omega.CopyTo(here);
        AddConditions(problem);
        Evaluate(problem, here);
        Normal(problem, here);
        if (!isGaussNewton) AddSecondOrder(problem);
        for (var n = 0; n < size; n++)
            for (var m = n; m < size; m++) hessian[n * size + m] = hessian[m * size + n] = matrix[n * padded + m];
    }

    /// <summary>u and what the equation and the conditions leave over at some coefficients; returns |r|² + ρ²|ω|².</summary>
    private double Evaluate(int problem, double[] omega)
    {
        ReadOnlySpan<double> v = Of(value, problem), t = Of(time, problem), s = Of(slope, problem), c = Of(curvature, problem), by = omega;
        for (var i = 0; i < places; i++)
        {
            var row = i * padded;
            at.U[i] = Dot(v, row, by);
            time1[i] = Dot(t, row, by);
            slope1[i] = Dot(s, row, by);
            curvature1[i] = Dot(c, row, by);
        }
        equation.Fill(at);
        ReadOnlySpan<double> add = source is null ? [] : Of(source, problem), scale = weight is null ? [] : Of(weight, problem), wanted = Of(target, problem), rows = Of(condition, problem);
        var cost = 0.0;
        for (var i = 0; i < places; i++)
        {
            var left = time1[i] - at.Diffusion[i] * curvature1[i] + at.Advection[i] * slope1[i];
            if (source is not null) left += add[i];
            if (weight is not null) left *= scale[i];
            residual[i] = left;
            cost += left * left;
        }
        for (var i = 0; i < conditions; i++)
        {
            var left = Dot(rows, i * padded, by) - wanted[i];
            residual[places + i] = left;
            cost += left * left;
        }
        for (var n = 0; n < size; n++) cost += square * omega[n] * omega[n];
        return cost;
    }

    /// <summary>JᵀJ + ρ² I and Jᵀr + ρ² ω where <see cref="Evaluate"/> was last, of the upper triangle's vectors.</summary>
    private void Normal(int problem, double[] omega)
    {
        conditionMatrix.CopyTo(matrix, 0);
        Array.Clear(gradient);
        ReadOnlySpan<double> v = Of(value, problem), t = Of(time, problem), s = Of(slope, problem), c = Of(curvature, problem), scale = weight is null ? [] : Of(weight, problem), rows = Of(condition, problem);
        for (var first = 0; first < places; first += 4)
        {
            var count = Math.Min(4, places - first);
            if (count < 4) Array.Clear(block);
            for (var k = 0; k < count; k++)
            {
                var i = first + k;
                var w = weight is null ? 1 : scale[i];
                // The terms in b itself share a factor.
                var (own, across, along) = (w * (at.AdvectionFirst[i] * slope1[i] - at.DiffusionFirst[i] * curvature1[i]), w * at.Advection[i], -w * at.Diffusion[i]);
                for (var n = 0; n < padded; n += Lanes)
                {
                    var place = i * padded + n;
                    var j = At(t, place) * w + At(c, place) * along + At(s, place) * across + At(v, place) * own;
                    j.CopyTo(block.AsSpan(k * padded + n));
                    (At(gradient, n) + j * residual[i]).CopyTo(gradient.AsSpan(n));
                }
            }
            AddProducts(block, matrix);
        }
        for (var i = 0; i < conditions; i++)
            for (var n = 0; n < padded; n += Lanes)
                (At(gradient, n) + At(rows, i * padded + n) * residual[places + i]).CopyTo(gradient.AsSpan(n));
        for (var n = 0; n < size; n++) (gradient[n], matrix[n * padded + n]) = (gradient[n] + square * omega[n], matrix[n * padded + n] + square);
    }

    /// <summary>Adds Σ_i r_i d²r_i, as sums v qᵀ + q vᵀ over places.</summary>
    private void AddSecondOrder(int problem)
    {
        ReadOnlySpan<double> v = Of(value, problem), s = Of(slope, problem), c = Of(curvature, problem), scale = weight is null ? [] : Of(weight, problem);
        var q = block.AsSpan(0, padded);
        for (var i = 0; i < places; i++)
        {
            var factor = residual[i] * (weight is null ? 1 : scale[i]); // a weight stands in r and in d²r
            var (across, along, own) = (factor * at.AdvectionFirst[i], -factor * at.DiffusionFirst[i], factor / 2 * (at.AdvectionSecond[i] * slope1[i] - at.DiffusionSecond[i] * curvature1[i]));
            var row = i * padded;
            for (var n = 0; n < padded; n += Lanes) (At(s, row + n) * across + At(c, row + n) * along + At(v, row + n) * own).CopyTo(q[n..]);
            for (var n = 0; n < size; n++)
            {
                var (vn, qn) = (v[row + n], q[n]);
                for (var m = n / Lanes * Lanes; m < padded; m += Lanes) (At(matrix, n * padded + m) + At(q, m) * vn + At(v, row + m) * qn).CopyTo(matrix.AsSpan(n * padded + m));
            }
        }
    }

    // The conditions' rows are the same in every step.
    private void AddConditions(int problem)
    {
        Array.Clear(conditionMatrix);
        var rows = Of(condition, problem);
        for (var first = 0; first < conditions; first += 4)
        {
            Array.Clear(block);
            rows.Slice(first * padded, Math.Min(4, conditions - first) * padded).CopyTo(block);
            AddProducts(block, conditionMatrix);
        }
    }

    /// <summary>Adds the products of four rows with themselves.</summary>
    private void AddProducts(ReadOnlySpan<double> four, Span<double> into)
    {
        ReadOnlySpan<double> a = four[..padded], b = four.Slice(padded, padded), c = four.Slice(2 * padded, padded), d = four.Slice(3 * padded, padded);
        for (var n = 0; n < size; n++)
        {
            var (an, bn, cn, dn) = (Vector256.Create(a[n]), Vector256.Create(b[n]), Vector256.Create(c[n]), Vector256.Create(d[n]));
            var row = into.Slice(n * padded, padded);
            for (var m = n / Lanes * Lanes; m < padded; m += Lanes)
            {
                var sum = At(row, m) + (At(a, m) * an + At(b, m) * bn) + (At(c, m) * cn + At(d, m) * dn);
                sum.CopyTo(row[m..]);
            }
        }
    }

    /// <summary>The Cholesky factor of JᵀJ + λ I; whether there is one.</summary>
    private bool Factor(double damping, double[] factor)
    {
        for (var n = 0; n < size; n++)
            for (var m = 0; m <= n; m++)
            {
                var sum = matrix[m * padded + n] + (m == n ? damping : 0);
                for (var k = 0; k < m; k++) sum -= factor[n * size + k] * factor[m * size + k];
                if (m < n) factor[n * size + m] = sum / factor[m * size + m];
                else if (sum > 0) factor[n * size + n] = Math.Sqrt(sum);
                else return false;
            }
        return true;
    }

    private void Substitute(double[] factor, double[] change)
    {
        for (var n = 0; n < size; n++)
        {
            var sum = gradient[n];
            for (var k = 0; k < n; k++) sum -= factor[n * size + k] * change[k];
            change[n] = sum / factor[n * size + n];
        }
        for (var n = size - 1; n >= 0; n--)
        {
            var sum = change[n];
            for (var k = n + 1; k < size; k++) sum -= factor[k * size + n] * change[k];
            change[n] = sum / factor[n * size + n];
        }
    }

    private double Dot(ReadOnlySpan<double> matrix, int row, ReadOnlySpan<double> vector)
    {
        var sum = Vector256<double>.Zero;
        for (var n = 0; n < padded; n += Lanes) sum += At(matrix, row + n) * At(vector, n);
        return Vector256.Sum(sum);
    }

    private static Vector256<double> At(ReadOnlySpan<double> numbers, int first) => Vector256.Create(numbers.Slice(first, Lanes));

    private static double Largest(double[] vector)
    {
        var largest = 0.0;
        foreach (var number in vector) largest = Math.Max(largest, Math.Abs(number));
        return largest;
    }

    private static ReadOnlySpan<double> Of(Tensor all, int problem)
    {
        var numbers = MemoryMarshal.Cast<byte, double>(all.bytes);
        var each = numbers.Length / (int)all.shape[0];
        return numbers.Slice(problem * each, each);
    }
}
