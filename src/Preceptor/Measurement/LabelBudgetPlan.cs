namespace Preceptor.Measurement;

/// <summary>What a budget buys.</summary>
/// <param name="Budget">The budget.</param>
/// <param name="Fraction">The share of it that is meant for clean labels, f.</param>
/// <param name="Clean">n_o, how many clean labels are bought.</param>
/// <param name="Weak">n_w, how many weak ones.</param>
public sealed record LabelPurchase(int Budget, double Fraction, int Clean, int Weak)
{
    // Prices such as 0.1 have no exact binary form: 52/0.1 must not become 519.
    private const double Rounding = 1e-9;

    /// <summary>n_o = ⌊f B / c_o⌋, n_w = ⌊(B − n_o c_o) / c_w⌋.</summary>
    /// <param name="budget">B, in the unit of the prices.</param>
    /// <param name="fraction">f.</param>
    /// <param name="cleanPrice">c_o.</param>
    /// <param name="weakPrice">c_w.</param>
    public static LabelPurchase Of(int budget, double fraction, double cleanPrice, double weakPrice)
    {
        var clean = (int)Math.Floor(fraction * budget / cleanPrice + Rounding);
        // All for clean labels: what is left over buys no weak one, so that the corner of the surface is pure.
        return new(budget, fraction, clean, fraction == 1 ? 0 : (int)Math.Floor((budget - clean * cleanPrice) / weakPrice + Rounding));
    }

    /// <summary>Which way of spending it is: a budget too small for one clean label is spent on weak ones, whatever was meant.</summary>
    public BudgetRegime Regime => Clean == 0 ? BudgetRegime.Quantity : Weak == 0 ? BudgetRegime.Quality : BudgetRegime.Mixture;

    /// <summary>What it costs.</summary>
    public double Cost(double cleanPrice, double weakPrice) => Clean * cleanPrice + Weak * weakPrice;
}

/// <summary>The best way to spend a budget, as it was measured.</summary>
public enum BudgetRegime
{
    /// <summary>All of it on weak labels.</summary>
    Quantity,

    /// <summary>Some on each.</summary>
    Mixture,

    /// <summary>All of it on clean labels.</summary>
    Quality,
}

/// <summary>Arithmetic of label budgets.</summary>
public static class LabelBudgetPlan
{
    /// <summary>The best accuracy at or below each budget, budgets ascending: what a smaller budget buys, a larger one can buy too.</summary>
    public static double[] Envelope(double[] best)
    {
        var envelope = (double[])best.Clone();
        for (var k = 1; k < envelope.Length; k++) envelope[k] = Math.Max(envelope[k], double.IsNaN(envelope[k - 1]) ? double.NegativeInfinity : envelope[k - 1]);
        return envelope;
    }

    /// <summary>The entropy of a distribution in bits.</summary>
    public static double Entropy(ReadOnlySpan<float> probabilities)
    {
        var bits = 0.0;
        foreach (var p in probabilities)
            if (p > 0) bits -= p * Math.Log2(p);
        return bits;
    }

    /// <summary>
    /// Chooses the rows that a model is least sure of: the highest entropies at temperature 0; else without replacement with chances
    /// proportional to H^(1/T), by the Gumbel trick.
    /// </summary>
    /// <param name="entropies">H of each row.</param>
    /// <param name="count">How many rows; all where there are no more.</param>
    /// <param name="temperature">T.</param>
    /// <param name="uniform">A uniform number in [0, 1) for each row; asked for at temperatures above 0 only.</param>
    /// <returns>Places in <paramref name="entropies"/>, the surest choice first.</returns>
    public static int[] LeastConfident(double[] entropies, int count, double temperature, Func<int, double> uniform) => [.. Enumerable.Range(0, entropies.Length)
        .OrderByDescending(k => temperature == 0 ? entropies[k] : Math.Log(Math.Max(entropies[k], 1e-12)) / temperature - Math.Log(-Math.Log(Math.Max(uniform(k), 1e-300)))).ThenBy(k => k).Take(count)];

    /// <summary>How many rows of a stage validate: a share of them, at least two; none where fewer than four rows would be left out of so few.</summary>
    public static int HeldOut(int rows, double share) => share == 0 || rows < 4 ? 0 : Math.Max(2, (int)(share * rows));

    /// <summary>Passes over a stage's rows: as many as see so many examples, at least one, and not more than so many steps.</summary>
    public static int Epochs(int rows, int examples, int steps, int batch)
    {
        var perEpoch = (rows + batch - 1) / batch;
        return Math.Max(1, Math.Min(examples / Math.Max(rows, 1), steps / perEpoch));
    }
}
