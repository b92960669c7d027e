using CsCheck;
using Preceptor.Foundation;
using Preceptor.Reasoning;

namespace Preceptor.Tests.Reasoning;

/// <summary>The gradient of latent rationales on tables, where everything can be gone through: what is estimated, what the control variate is good for, and the subsample.</summary>
public sealed class RationaleGradientTests
{
    /// <summary>Questions with softmax policies over rationales, some of which are right.</summary>
    private sealed record Table(double[][] Policy, bool[][] Right)
    {
        public int Questions => Policy.Length;

        public int Rationales => Policy[0].Length;

        public double Accuracy(int x) => Policy[x].Where((_, z) => Right[x][z]).Sum();

        public double[] Posterior(int x) => [.. Policy[x].Select((p, z) => Right[x][z] ? p / Accuracy(x) : 0)];

        /// <summary>∇ of the mean log p(y | x) by the logits: posterior less prior.</summary>
        public double[] Exact() => [.. Enumerable.Range(0, Questions).SelectMany(x => Posterior(x).Zip(Policy[x], (post, prior) => (post - prior) / Questions))];

        /// <summary>Adds a term's score ∇ log p(z | x) to a gradient.</summary>
        public void Add(double[] gradient, int x, int z, double weight)
        {
            if (weight == 0) return;
            for (var k = 0; k < Rationales; k++) gradient[x * Rationales + k] += weight / Questions * ((k == z ? 1 : 0) - Policy[x][k]);
        }

        public double[] Estimate(int[] proposed, int?[] remembered, bool hasControl)
        {
            var gradient = new double[Questions * Rationales];
            var (ofProposed, ofRemembered) = RationaleGradient.Weights([.. proposed.Select((z, x) => Right[x][z])], [.. remembered.Select(z => z is not null)], hasControl);
            for (var x = 0; x < Questions; x++)
            {
                Add(gradient, x, proposed[x], ofProposed[x]);
                if (remembered[x] is { } z) Add(gradient, x, z, ofRemembered[x]);
            }
            return gradient;
        }
    }

    /// <summary>Tables whose policies are right this often, in the mean.</summary>
    private static Table Drawn(int questions, int rationales, double accuracy, ulong seed)
    {
        var random = RandomStream.Of(seed, "tables");
        double[][] noise = [.. Enumerable.Range(0, questions).Select(_ => Enumerable.Range(0, rationales).Select(_ => random.NextGaussian()).ToArray())];
        bool[][] right = [.. Enumerable.Range(0, questions).Select(_ => { var order = random.Permutation(rationales); var count = 1 + random.Next(6); return Enumerable.Range(0, rationales).Select(z => Array.IndexOf(order, z) < count).ToArray(); })];
        Table With(double shift) => new([.. noise.Select((n, x) => { double[] e = [.. n.Select((v, z) => Math.Exp(v + (right[x][z] ? shift : 0)))]; return e.Select(v => v / e.Sum()).ToArray(); })], right);
        var (low, high) = (-10.0, 15.0);
        while (high - low > 1e-6)
        {
            var middle = (low + high) / 2;
            if (Enumerable.Range(0, questions).Average(With(middle).Accuracy) < accuracy) low = middle;
            else high = middle;
        }
        return With(low);
    }

    private static readonly Table Two = new([[0.25, 0.75]], [[true, false]]);

    [Fact]
    public void The_gradient_is_the_posterior_less_the_prior()
    {
        Assert.Equal([0.75, -0.75], Two.Exact());
        // A right memory has it exactly, whatever is proposed.
        Assert.Equal([0.75, -0.75], Two.Estimate([1], [0], hasControl: false));
        Assert.Equal([0.75, -0.75], Two.Estimate([0], [0], hasControl: false));
        // With one question nothing is taken away; without a rationale nothing is learned.
        Assert.Equal([0.75, -0.75], Two.Estimate([1], [0], hasControl: true));
        Assert.All(Two.Estimate([1], [null], hasControl: false), g => Assert.Equal(0, g));
    }

    [Fact]
    public void Where_all_proposals_are_right_nothing_is_learned_and_where_none_is_it_is_the_basic_one()
    {
        var table = Drawn(5, 8, 0.5, 1);
        int[] right = [.. table.Right.Select(r => Array.IndexOf(r, true))], wrong = [.. table.Right.Select(r => Array.IndexOf(r, false))];
        Assert.All(table.Estimate(right, [.. right.Select(z => (int?)z)], hasControl: true), g => Assert.Equal(0, g));
        Assert.Equal(table.Estimate(wrong, [.. right.Select(z => (int?)z)], hasControl: false), table.Estimate(wrong, [.. right.Select(z => (int?)z)], hasControl: true));
        var (proposed, remembered) = RationaleGradient.Weights([true, true, false, false], [true, false, true, false], hasControl: true);
        Assert.All(new[] { 2.0 / 3, 2.0 / 3, -2.0 / 3, -2.0 / 3 }.Zip(proposed), p => Assert.Equal(p.First, p.Second, 1e-12));
        Assert.Equal([0, 0, 1, 0], remembered);
    }

    [Fact]
    public void Acceptance_leaves_the_posterior_as_it_is()
    {
        var table = Drawn(1, 8, 0.4, 2);
        var (posterior, after) = (table.Posterior(0), new double[8]);
        for (var z = 0; z < 8; z++)
            for (var proposal = 0; proposal < 8; proposal++)
            {
                if (posterior[z] == 0) continue;
                var (proposed, remembered) = RationaleGradient.Weights([table.Right[0][proposal]], [true], hasControl: false);
                after[proposed[0] == 1 ? proposal : z] += posterior[z] * table.Policy[0][proposal];
                Assert.Equal(1, proposed[0] + remembered[0]);
            }
        Assert.All(posterior.Zip(after), p => Assert.Equal(p.First, p.Second, 1e-12));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void By_enumeration_the_mean_is_the_gradient_and_would_not_be_if_the_proposal_counted_itself(bool countsItself)
    {
        var table = Drawn(2, 3, 0.5, 3);
        var mean = new double[6];
        foreach (var (a, b, c, d) in from a in Enumerable.Range(0, 3) from b in Enumerable.Range(0, 3) from c in Enumerable.Range(0, 3) from d in Enumerable.Range(0, 3) select (a, b, c, d))
        {
            var chance = table.Policy[0][a] * table.Policy[1][b] * table.Posterior(0)[c] * table.Posterior(1)[d];
            var estimate = table.Estimate([a, b], [c, d], hasControl: !countsItself);
            if (countsItself)
            {
                var share = ((table.Right[0][a] ? 1 : 0) + (table.Right[1][b] ? 1 : 0)) / 2.0;
                table.Add(estimate, 0, a, -share);
                table.Add(estimate, 1, b, -share);
            }
            for (var i = 0; i < 6; i++) mean[i] += chance * estimate[i];
        }
        var off = table.Exact().Zip(mean, (e, m) => Math.Abs(e - m)).Max();
        Assert.True(countsItself ? off > 0.01 : off < 1e-12, $"{off}");
    }

    // Mean and trace of the variance of an estimate over draws, memory from the exact posterior.
    private static (double[] Mean, double[] Variance) Moments(Table table, bool hasControl, int draws, ulong seed)
    {
        var random = RandomStream.Of(seed, "draws");
        var (sum, squares) = (new double[table.Questions * table.Rationales], new double[table.Questions * table.Rationales]);
        double[][] posteriors = [.. Enumerable.Range(0, table.Questions).Select(table.Posterior)];
        for (var draw = 0; draw < draws; draw++)
        {
            var estimate = table.Estimate([.. table.Policy.Select(p => random.NextIndex(p))], [.. posteriors.Select(p => (int?)random.NextIndex(p))], hasControl);
            for (var i = 0; i < sum.Length; i++) (sum[i], squares[i]) = (sum[i] + estimate[i], squares[i] + estimate[i] * estimate[i]);
        }
        return ([.. sum.Select(s => s / draws)], [.. sum.Zip(squares, (s, q) => q / draws - s / draws * (s / draws))]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Over_many_draws_the_mean_is_the_gradient(bool hasControl)
    {
        const int draws = 10_000;
        var table = Drawn(20, 32, 0.5, 4);
        var (mean, variance) = Moments(table, hasControl, draws, 5);
        var off = table.Exact().Zip(mean, (e, m) => m - e).ToArray();
        // Without a control variate a wrong rationale's number is −p always.
        Assert.All(off.Zip(variance).Where(p => p.Second < 1e-12), p => Assert.Equal(0, p.First, 1e-9));
        double[] errors = [.. off.Zip(variance).Where(p => p.Second >= 1e-12).Select(p => Math.Abs(p.First) / Math.Sqrt(p.Second / draws))];
        // One in 370 is farther off than 3 standard errors by chance.
        Assert.True(errors.Count(e => e > 3) <= 8 && errors.Max() < 5, $"{errors.Count(e => e > 3)} of {errors.Length} beyond 3 standard errors, at most {errors.Max()}");
        // Of some 35 independent numbers at least: 3 · √(2 / 35).
        Assert.Equal(1, errors.Average(e => e * e), 0.72);
    }

    [Theory]
    [InlineData(0.15, 0.9, 1.1)]
    [InlineData(0.48, 0.85, 1.15)]
    [InlineData(0.81, 0.5, 0.85)]
    [InlineData(0.97, 0.02, 0.25)]
    public void The_control_variate_is_of_no_use_at_first_and_of_much_at_last(double accuracy, double low, double high)
    {
        var table = Drawn(16, 16, accuracy, 6);
        var ratio = Moments(table, true, 3000, 7).Variance.Sum() / Moments(table, false, 3000, 7).Variance.Sum();
        Assert.InRange(ratio, low, high);
    }

    [Fact]
    public void A_subsample_has_the_mean_of_all_terms_and_is_exact_where_weights_are_alike()
    {
        Gen.Select(Gen.Double[-2, 2].Array[1, 12], Gen.Int[1, 8], Gen.Int[0, 11]).Sample((weights, count, zero) =>
        {
            weights[zero % weights.Length] = 0;
            var mean = new double[weights.Length];
            const int offsets = 4000;
            for (var k = 0; k < offsets; k++)
            {
                var drawn = RationaleGradient.Subsample(weights, count, (k + 0.5) / offsets);
                Assert.Equal(weights.All(w => w == 0) ? 0 : count, drawn.Count);
                Assert.All(drawn, d => Assert.True(weights[d.Term] != 0 && Math.Sign(d.Weight) == Math.Sign(weights[d.Term])));
                foreach (var (term, weight) in drawn) mean[term] += weight / offsets;
            }
            Assert.All(weights.Zip(mean), p => Assert.Equal(p.First, p.Second, 0.01));
        }, iter: 30);
        double[] alike = [0.7, -0.7, 0.7, 0.7];
        foreach (var offset in new[] { 0, 0.3, 0.999 })
            Assert.Equal(alike, RationaleGradient.Subsample(alike, 4, offset).OrderBy(d => d.Term).Select(d => Math.Round(d.Weight, 12)));
        Assert.Empty(RationaleGradient.Subsample([0, 0], 3, 0.5));
    }
}
