using System.Text.Json.Nodes;
using Preceptor.Fields;
using static TorchSharp.torch;

namespace Preceptor.Tests.Fields;

public sealed class LeastSquaresLayerTests
{
    private const string File = "29-pi-hc-moe.json";
    private static readonly LeastSquaresOptions Exact = new(500, 1e-13) { CostTolerance = 0 };

    public static TheoryData<string> Layers => ["linear_overdetermined", "nonlinear_zero_residual", "nonlinear_nonzero_residual", "card_5_points_2_basis"];

    [Theory, MemberData(nameof(Layers))]
    public void Solution_and_gradients_equal_the_goldens(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = NewDisposeScope();
        var line = new Line(golden);
        var basis = line.Basis.clone().requires_grad_();
        var rows = line.Rows(basis, [.. Enumerable.Range(0, line.Points)]);
        var (omega, _) = LeastSquaresLayer.Solve(line.Equation, rows, Of(golden.Input("w_start")).unsqueeze(0), Exact);
        golden.AssertClose("omega", Numbers(omega));
        golden.AssertClose("u", Numbers(EquationRows.Times(line.Basis.unsqueeze(0), omega)));
        var residual = rows.Residual(line.Equation, omega).detach();
        // Theirs has the equation's terms on the other side, which changes the sign of its rows and nothing else.
        golden.AssertClose("residual", [.. Numbers(residual).Select((r, i) => i < line.Points - 2 ? -r : r)]);
        golden.AssertClose("half_squared_residual", [Numbers((residual * residual).sum() / 2)[0]]);
        golden.AssertClose("gauss_newton_matrix", Numbers(LeastSquaresLayer.Hessian(line.Equation, rows.Detached(), omega, isGaussNewton: true)));
        golden.AssertClose("hessian", Numbers(LeastSquaresLayer.Hessian(line.Equation, rows.Detached(), omega)));

        var leaf = omega.detach().requires_grad_();
        var u = EquationRows.Times(basis.unsqueeze(0), leaf).squeeze(0);
        var loss = (Of(golden.Input("c")) * u * u / 2 + Of(golden.Input("d")) * u).sum();
        golden.AssertClose("loss", [Numbers(loss.detach())[0]]);
        var through = autograd.grad([loss], [leaf], retain_graph: true)[0];
        golden.AssertClose("dL_domega", Numbers(through));
        double[] Total(bool isGaussNewton)
        {
            var both = stack([omega, LeastSquaresLayer.Direction(line.Equation, rows, omega, through, isGaussNewton: isGaussNewton)], 2).squeeze(0);
            return Numbers(autograd.grad([loss - LeastSquaresLayer.ImplicitTerm(line.Equation, line.Rows(matmul(basis, both), [.. Enumerable.Range(0, line.Points)]))], [basis], retain_graph: true)[0]);
        }
        golden.AssertClose("dL_db_detached", Numbers(autograd.grad([loss], [basis], retain_graph: true)[0]));
        golden.AssertClose("dL_db_exact_implicit", Total(isGaussNewton: false));
        golden.AssertClose("dL_db_finite_difference", Total(isGaussNewton: false));
        golden.AssertClose("dL_db_gauss_newton", Total(isGaussNewton: true));
    }

    [Fact]
    public void Experts_share_a_basis_and_glue_as_in_the_golden()
    {
        var golden = Goldens.Case(File, "moe_linear_glued");
        using var scope = NewDisposeScope();
        var line = new Line(golden);
        var experts = (int)golden.Setting("K").Number;
        int[] owners = golden.Output("owner").Ints;
        var omegas = new List<Tensor>();
        for (var expert = 0; expert < experts; expert++)
        {
            var rows = line.Rows(line.Basis, [.. Enumerable.Range(0, line.Points).Where(i => owners[i] == expert)]);
            omegas.Add(LeastSquaresLayer.Solve(line.Equation, rows, zeros(1, line.Basis.shape[1], dtype: float64), Exact).Omega.squeeze(0));
        }
        var all = stack([.. omegas]);
        golden.AssertClose("omegas", Numbers(all));
        golden.AssertClose("u_glued", Numbers((line.Basis * all.index_select(0, tensor(owners, dtype: int64))).sum(1, keepdim: false)));
        var single = LeastSquaresLayer.Solve(line.Equation, line.Rows(line.Basis, [.. Enumerable.Range(0, line.Points)]), zeros(1, line.Basis.shape[1], dtype: float64), Exact).Omega;
        golden.AssertClose("omega_single_expert", Numbers(single));
    }

    [Theory, InlineData("0", 0), InlineData("0.01", 0.01), InlineData("10", 10)]
    public void A_damped_step_equals_the_golden(string name, double damping)
    {
        var golden = Goldens.Case(File, "lm_step");
        using var scope = NewDisposeScope();
        golden.AssertClose($"step_lambda_{name}", Numbers(LeastSquaresLayer.Step(Of(golden.Input("J")).unsqueeze(0), Of(golden.Input("r")).unsqueeze(0), tensor(damping, dtype: float64).reshape(1))));
    }

    [Fact]
    public void Scaling_a_basis_scales_its_coefficients_the_other_way()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var (line, basis) = (new Line(9, 0.2, isLinear: false), randn(9, 3, dtype: float64));
        int[] all = [.. Enumerable.Range(0, 9)];
        var one = LeastSquaresLayer.Solve(line.Equation, line.Rows(basis, all), zeros(1, 3, dtype: float64), Exact).Omega;
        var two = LeastSquaresLayer.Solve(line.Equation, line.Rows(basis * 2, all), zeros(1, 3, dtype: float64), Exact).Omega;
        Assert.All(Numbers(one).Zip(Numbers(two)), p => Assert.Equal(p.First, 2 * p.Second, 6));
    }

    [Fact]
    public void A_ridge_is_rows_of_the_coefficients_themselves_in_solution_and_gradient()
    {
        const double ridge = 0.3;
        using var scope = NewDisposeScope();
        manual_seed(4);
        var (line, start) = (new Line(9, 0.2, isLinear: false), randn(9, 3, dtype: float64));
        int[] all = [.. Enumerable.Range(0, 9)];
        var options = Exact with { Ridge = ridge };
        Tensor Solve(Tensor b) => LeastSquaresLayer.Solve(line.Equation, line.Rows(b, all), zeros(1, 3, dtype: float64), options).Omega;
        var omega = Solve(start);
        Assert.True(omega.norm().item<double>() < LeastSquaresLayer.Solve(line.Equation, line.Rows(start, all), zeros(1, 3, dtype: float64), Exact).Omega.norm().item<double>());
        var basis = start.clone().requires_grad_();
        var rows = line.Rows(basis.detach(), all);
        var leaf = omega.clone().requires_grad_();
        var loss = EquationRows.Times(basis.unsqueeze(0), leaf).square().sum();
        LeastSquaresLayer.Through(line.Equation, rows, vectors => line.Rows(matmul(basis, vectors.squeeze(0)), all), leaf, loss, ridge).backward();
        var gradient = Numbers(basis.grad!);
        double Loss(Tensor b) => EquationRows.Times(b.unsqueeze(0), Solve(b)).square().sum().item<double>();
        for (var place = 0; place < 27; place += 5)
        {
            var step = zeros_like(start);
            using (var flat = step.view(-1)) flat[place] = 1e-5;
            Assert.Equal((Loss(start + step) - Loss(start - step)) / 2e-5, gradient[place], 1e-6 * gradient.Max(Math.Abs));
        }
    }

    [Fact]
    public void Numbers_of_the_equations_equal_their_tensors()
    {
        using var scope = NewDisposeScope();
        double[] u = [-0.5, 0, 5e-7, 2e-6, 0.01, 0.3, 1, 2];
        foreach (var equation in new FieldEquation[] { new BurgersEquation(0.03), new DiffusionSorptionEquation() })
        {
            var at = new FieldCoefficients(u.Length);
            u.CopyTo(at.U, 0);
            equation.Fill(at);
            var (advection, diffusion) = (equation.Advection(tensor(u)), equation.Diffusion(tensor(u)));
            foreach (var (expected, actual) in new[] { (advection.Value, at.Advection), (advection.First, at.AdvectionFirst), (advection.Second, at.AdvectionSecond), (diffusion.Value, at.Diffusion), (diffusion.First, at.DiffusionFirst), (diffusion.Second, at.DiffusionSecond) })
                Assert.All((expected is null ? new double[u.Length] : Numbers(expected)).Zip(actual), p => Assert.True(Math.Abs(p.First - p.Second) <= 1e-12 * Math.Abs(p.First), $"{p.First} {p.Second}"));
        }
    }

    private static Tensor Of(GoldenValue value) => tensor(value.Doubles, value.Shape);

    private static double[] Numbers(Tensor tensor) => tensor.detach().contiguous().data<double>().ToArray();

    /// <summary>The goldens' problem: ν u'' − u u' + s = 0 on a line, or without the middle term, with both ends given.</summary>
    private sealed class Line
    {
        private readonly double h, left, right;
        private readonly Tensor source;

        public Line(GoldenCase golden)
        {
            Points = (int)golden.Setting("P").Number;
            h = golden.Setting("h").Number;
            Basis = Of(golden.Input("b"));
            source = Of(golden.Input("source"));
            (left, right) = (golden.Input("g0").Doubles[0], golden.Input("g1").Doubles[0]);
            Equation = new LineEquation(golden.Setting("nu").Number, golden.Setting("linear").Flag);
        }

        public Line(int points, double viscosity, bool isLinear)
        {
            (Points, h, left, right) = (points, 1.0 / (points - 1), 0.3, -0.2);
            (Basis, source) = (zeros(points, 1, dtype: float64), linspace(0, 1, points, dtype: float64));
            Equation = new LineEquation(viscosity, isLinear);
        }

        public int Points { get; }

        public Tensor Basis { get; }

        public FieldEquation Equation { get; }

        public EquationRows Rows(Tensor basis, int[] owned)
        {
            var inner = tensor(owned.Where(i => i > 0 && i < Points - 1).Select(i => (long)i).ToArray());
            var (l, m, r) = (basis.index_select(0, inner - 1), basis.index_select(0, inner), basis.index_select(0, inner + 1));
            return new(m.unsqueeze(0), zeros_like(m).unsqueeze(0), ((r - l) / (2 * h)).unsqueeze(0), ((l - 2 * m + r) / (h * h)).unsqueeze(0),
                stack([basis[0], basis[Points - 1]]).unsqueeze(0), tensor(new[] { left, right }).unsqueeze(0))
            {
                Source = -source.index_select(0, inner).unsqueeze(0),
            };
        }
    }

    private sealed class LineEquation(double viscosity, bool isLinear) : FieldEquation
    {
        public override string Name => "line";

        public override bool IsPeriodic => false;

        public override JsonObject Describe() => [];

        public override (Tensor? Value, Tensor? First, Tensor? Second) Advection(Tensor u) => isLinear ? (null, null, null) : (u, ones_like(u), null);

        public override (Tensor Value, Tensor? First, Tensor? Second) Diffusion(Tensor u) => (full_like(u, viscosity), null, null);
    }
}
