using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>The constants of Glicko-2.</summary>
public sealed record Glicko2Options
{
    /// <summary>The first rating.</summary>
    [Description("Rating of a player who has not played")]
    [Range(-100_000, 100_000), Source("Glickman: 1500")]
    public double Rating { get; set; } = 1500;

    /// <summary>The first deviation.</summary>
    [Description("Rating deviation of a player who has not played")]
    [Range(1, 100_000), Source("Glickman: 350")]
    public double Deviation { get; set; } = 350;

    /// <summary>The first volatility.</summary>
    [Description("Volatility of a player who has not played")]
    [Range(0.0001, 10), Source("Glickman: 0.06")]
    public double Volatility { get; set; } = 0.06;

    /// <summary>τ.</summary>
    [Description("System constant τ: how fast volatilities change")]
    [Range(0.01, 10), Source("Glickman: 0.3 to 1.2")]
    public double Tau { get; set; } = 0.5;

    /// <summary>Games a rating period.</summary>
    [Description("Attempts a rating period, all of which are rated at once; 0: ten for each solver or each item, whichever are more")]
    [Range(0, int.MaxValue), Source("Glickman: at least 10 to 15 games a player")]
    public int Period { get; set; }
}

/// <summary>
/// Glicko-2 ratings (Glickman, Example of the Glicko-2 system). All players of a period are updated from what they were before it. The
/// state is three arrays; a period allocates nothing.
/// </summary>
public sealed class Glicko2
{
    /// <summary>Rating points of one unit of the internal scale.</summary>
    public const double Scale = 173.7178;

    private const double Tolerance = 1e-10, Origin = 1500;
    private readonly double tau;
    private readonly double[] mu, phi, sigma, weight, information, surplus;

    /// <summary>Starts with given players.</summary>
    /// <param name="rating">Their ratings [P].</param>
    /// <param name="deviation">Their rating deviations [P].</param>
    /// <param name="volatility">Their volatilities [P].</param>
    /// <param name="tau">τ.</param>
    public Glicko2(IEnumerable<double> rating, IEnumerable<double> deviation, IEnumerable<double> volatility, double tau)
    {
        this.tau = tau;
        (mu, phi, sigma) = ([.. rating.Select(r => (r - Origin) / Scale)], [.. deviation.Select(d => d / Scale)], [.. volatility]);
        (weight, information, surplus) = (new double[mu.Length], new double[mu.Length], new double[mu.Length]);
    }

    /// <summary>Starts with players who have not played.</summary>
    public Glicko2(int players, Glicko2Options options)
        : this(Enumerable.Repeat(options.Rating, players), Enumerable.Repeat(options.Deviation, players), Enumerable.Repeat(options.Volatility, players), options.Tau) { }

    /// <summary>The ratings [P].</summary>
    public double[] Ratings => [.. mu.Select(m => m * Scale + Origin)];

    /// <summary>The rating deviations [P].</summary>
    public double[] Deviations => [.. phi.Select(p => p * Scale)];

    /// <summary>The volatilities [P].</summary>
    public double[] Volatilities => [.. sigma];

    /// <summary>Rates one period.</summary>
    /// <param name="first">A player of each game.</param>
    /// <param name="second">The other.</param>
    /// <param name="scores">The first one's score: 1 for a win, 0 for a loss, ½ for a draw.</param>
    /// <param name="offset">Added to <paramref name="second"/>, so that solvers and items can be numbered apart.</param>
    public void Rate(ReadOnlySpan<int> first, ReadOnlySpan<int> second, ReadOnlySpan<double> scores, int offset = 0)
    {
        for (var p = 0; p < mu.Length; p++) weight[p] = Weight(phi[p]);
        Array.Clear(information);
        Array.Clear(surplus);
        for (var n = 0; n < first.Length; n++)
        {
            var (i, j) = (first[n], second[n] + offset);
            Meet(i, j, scores[n]);
            Meet(j, i, 1 - scores[n]);
        }
        Parallel.For(0, mu.Length, Update);
    }

    /// <summary>Rates all attempts of solvers at items, in their order; items are the players after the solvers, and win where a solver fails.</summary>
    public static Glicko2 Of(Responses responses, Glicko2Options options, CancellationToken cancellation = default)
    {
        var (solvers, items) = (responses.Solvers.Length, responses.Items.Length);
        var rating = new Glicko2(solvers + items, options);
        var period = options.Period > 0 ? options.Period : (int)Math.Min(int.MaxValue, 10L * Math.Max(solvers, items));
        var scores = new double[Math.Min(period, responses.Count)];
        for (var start = 0; start < responses.Count; start += period)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(period, responses.Count - start);
            for (var n = 0; n < count; n++) scores[n] = responses.Correct[start + n];
            rating.Rate(responses.Solver.AsSpan(start, count), responses.Item.AsSpan(start, count), scores.AsSpan(0, count), solvers);
        }
        return rating;
    }

    /// <summary>g(φ) = 1/√(1 + 3φ²/π²).</summary>
    internal static double Weight(double phi) => 1 / Math.Sqrt(1 + 3 * phi * phi / (Math.PI * Math.PI));

    /// <summary>E = 1/(1 + exp(−g (μ − μ_j))).</summary>
    internal static double Expected(double mu, double other, double weight) => 1 / (1 + Math.Exp(-weight * (mu - other)));

    /// <summary>The probability that one player wins against another, both as uncertain as they are.</summary>
    public double Probability(int player, int other) => Expected(mu[player], mu[other], Weight(Math.Sqrt(phi[player] * phi[player] + phi[other] * phi[other])));

    private void Meet(int player, int other, double score)
    {
        var (g, expected) = (weight[other], Expected(mu[player], mu[other], weight[other]));
        information[player] += g * g * expected * (1 - expected);
        surplus[player] += g * (score - expected);
    }

    private void Update(int player)
    {
        var spread = phi[player] * phi[player];
        if (information[player] == 0)
        {
            phi[player] = Math.Sqrt(spread + sigma[player] * sigma[player]);
            return;
        }
        var v = 1 / information[player];
        sigma[player] = Volatility(sigma[player], spread, v, v * surplus[player], tau);
        var before = spread + sigma[player] * sigma[player]; // φ*²
        var after = 1 / (1 / before + 1 / v);
        phi[player] = Math.Sqrt(after);
        mu[player] += after * surplus[player];
    }

    /// <summary>σ′: the root of step 5 by the Illinois form of regula falsi, in ln σ².</summary>
    private static double Volatility(double sigma, double spread, double v, double delta, double tau)
    {
        var a = Math.Log(sigma * sigma);
        double F(double x)
        {
            var e = Math.Exp(x);
            var total = spread + v + e;
            return e * (delta * delta - total) / (2 * total * total) - (x - a) / (tau * tau);
        }
        double low = a, high;
        if (delta * delta > spread + v) high = Math.Log(delta * delta - spread - v);
        else
        {
            var k = 1;
            while (F(a - k * tau) < 0) k++;
            high = a - k * tau;
        }
        double atLow = F(low), atHigh = F(high);
        while (Math.Abs(high - low) > Tolerance)
        {
            var middle = low + (low - high) * atLow / (atHigh - atLow);
            var value = F(middle);
            if (value * atHigh <= 0) (low, atLow) = (high, atHigh);
            else atLow /= 2;
            (high, atHigh) = (middle, value);
        }
        return Math.Exp(low / 2);
    }
}
