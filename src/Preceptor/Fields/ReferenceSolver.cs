namespace Preceptor.Fields;

/// <summary>Solves an equation by the method of lines: central differences on a finer grid, the classical Runge–Kutta method in time with a step that diffusion leaves stable.</summary>
internal static class ReferenceSolver
{
    private const int LeastPoints = 256;
    private const double Stability = 0.35;

    /// <summary>The solutions of some initial states.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="grid">Where the solutions are wanted.</param>
    /// <param name="initial">The initial states at the grid's points [N × X].</param>
    /// <returns>The solutions [N × X × (T + 1)].</returns>
    public static double[] Solve(FieldEquation equation, FieldGrid grid, double[] initial)
    {
        var states = initial.Length / grid.Points;
        var solutions = new double[states * grid.Points * grid.Moments];
        Parallel.For(0, states, state => Solve(equation, grid, initial.AsSpan(state * grid.Points, grid.Points), solutions.AsSpan(state * grid.Points * grid.Moments, grid.Points * grid.Moments)));
        return solutions;
    }

    private static void Solve(FieldEquation equation, FieldGrid grid, ReadOnlySpan<double> initial, Span<double> solution)
    {
        var refine = Math.Max(1, (LeastPoints + grid.Points - 1) / grid.Points);
        var points = grid.IsPeriodic ? grid.Points * refine : (grid.Points - 1) * refine + 1;
        var h = grid.Length / (grid.IsPeriodic ? points : points - 1);
        var u = Refine(initial, refine, points, grid.IsPeriodic);
        double[] k1 = new double[points], k2 = new double[points], k3 = new double[points], k4 = new double[points], at = new double[points];
        if (!grid.IsPeriodic) Ends(equation, u, h); // at the ends their conditions hold, from the first moment on
        for (var x = 0; x < grid.Points; x++) solution[x * grid.Moments] = u[x * refine];
        for (var moment = 1; moment < grid.Moments; moment++)
        {
            var (fastest, strongest) = (0.0, 0.0);
            foreach (var value in u)
            {
                var (advection, diffusion) = equation.Coefficients(value);
                (fastest, strongest) = (Math.Max(fastest, Math.Abs(advection)), Math.Max(strongest, diffusion));
            }
            // Diffusion changes with u within a moment: a margin covers it.
            var parts = (int)Math.Ceiling(grid.TimeStep / Math.Min(Stability * h * h / Math.Max(strongest * 1.5, 1e-12), 0.5 * h / Math.Max(fastest * 1.5, 1e-12)));
            var dt = grid.TimeStep / parts;
            for (var part = 0; part < parts; part++)
            {
                Change(equation, u, h, grid.IsPeriodic, k1);
                Ahead(u, k1, dt / 2, at);
                Change(equation, at, h, grid.IsPeriodic, k2);
                Ahead(u, k2, dt / 2, at);
                Change(equation, at, h, grid.IsPeriodic, k3);
                Ahead(u, k3, dt, at);
                Change(equation, at, h, grid.IsPeriodic, k4);
                for (var i = 0; i < points; i++) u[i] += dt / 6 * (k1[i] + 2 * (k2[i] + k3[i]) + k4[i]);
                if (!grid.IsPeriodic) Ends(equation, u, h);
            }
            for (var x = 0; x < grid.Points; x++) solution[x * grid.Moments + moment] = u[x * refine];
        }
    }

    private static void Ahead(double[] u, double[] change, double dt, double[] into)
    {
        for (var i = 0; i < u.Length; i++) into[i] = u[i] + dt * change[i];
    }

    private static void Change(FieldEquation equation, double[] u, double h, bool isPeriodic, double[] into)
    {
        var (first, last) = isPeriodic ? (0, u.Length) : (1, u.Length - 1);
        for (var i = first; i < last; i++)
        {
            var (left, right) = (u[i == 0 ? ^1 : i - 1], u[i == u.Length - 1 ? 0 : i + 1]);
            var (advection, diffusion) = equation.Coefficients(u[i]);
            into[i] = diffusion * (left - 2 * u[i] + right) / (h * h) - advection * (right - left) / (2 * h);
        }
    }

    private static void Ends(FieldEquation equation, double[] u, double h)
    {
        // value · u + slope · (inner − u) / h = target, the slope taken inwards
        var (value, slope, target) = equation.End(isRight: false);
        u[0] = (target - slope * u[1] / h) / (value - slope / h);
        (value, slope, target) = equation.End(isRight: true);
        u[^1] = (target - slope * u[^2] / h) / (value - slope / h);
    }

    // Cubic between the points of a ring, linear elsewhere, where initial states meet the ends with a jump.
    private static double[] Refine(ReadOnlySpan<double> initial, int refine, int points, bool isPeriodic)
    {
        var u = new double[points];
        var n = initial.Length;
        for (var i = 0; i < points; i++)
        {
            var (cell, at) = (i / refine, (double)(i % refine) / refine);
            var (b, c) = (initial[cell % n], initial[(cell + 1) % n]);
            if (at == 0) u[i] = b;
            else if (!isPeriodic) u[i] = b + at * (c - b);
            else
            {
                var (a, d) = (initial[(cell + n - 1) % n], initial[(cell + 2) % n]);
                u[i] = b + 0.5 * at * (c - a + at * (2 * a - 5 * b + 4 * c - d + at * (3 * (b - c) + d - a)));
            }
        }
        return u;
    }
}
