namespace Preceptor.Evaluation;

/// <summary>
/// The risk-coverage curve: how many errors a model makes when it answers only where it is sure.
/// Items are answered in order of descending confidence; the risk after n answers is the share of errors among them, and the area under
/// the curve is the mean of the risk over n = 1 … N. Among items of one confidence the order is arbitrary, so the area is its mean over
/// all their orders: the result depends neither on the order of the rows nor on a sorting routine.
/// </summary>
internal sealed class RiskCoverage
{
    private readonly int[] order;
    private readonly double[] wrong;
    private readonly int[] tieEnds;
    private readonly double[] harmonic;

    /// <summary>Sorts the items.</summary>
    /// <param name="confidences">The largest probability of each item [N].</param>
    /// <param name="right">1 for a right prediction, 0 for a wrong one [N].</param>
    public RiskCoverage(ReadOnlySpan<float> confidences, ReadOnlySpan<double> right)
    {
        order = Order(confidences);
        wrong = new double[order.Length];
        List<int> ends = new(order.Length);
        for (var i = 0; i < order.Length; i++)
        {
            wrong[i] = 1 - right[order[i]];
            if (i + 1 == order.Length || confidences[order[i]] != confidences[order[i + 1]]) ends.Add(i + 1);
        }
        tieEnds = [.. ends];
        harmonic = HarmonicNumbers(order.Length);
    }

    /// <summary>The area in [0, 1] and the least one that any order with as many errors could reach.</summary>
    /// <param name="counts">How often each item is counted [N], whole numbers.</param>
    /// <remarks>
    /// After n answers with E errors, m tied ones with e errors among them bring the risks (E + e·k/m) / (n + k), k = 1 … m, in the mean
    /// over their orders. Their sum is e + (E − e·n/m) · (H(n + m) − H(n)) with harmonic numbers H.
    /// </remarks>
    public (double Area, double Optimum) Areas(ReadOnlySpan<double> counts)
    {
        var total = (int)ItemSums.Sum(counts);
        var h = total < harmonic.Length ? harmonic : HarmonicNumbers(total);
        var answered = 0;
        double errors = 0, area = 0;
        for (int group = 0, i = 0; group < tieEnds.Length; group++)
        {
            var end = tieEnds[group];
            var tied = (int)counts[order[i]];
            var share = wrong[i];
            if (end - i > 1) (tied, share) = Together(counts, i, end);
            area += tied * share + (errors - share * answered) * (h[answered + tied] - h[answered]);
            errors += tied * share;
            answered += tied;
            i = end;
        }
        // Σ_{j=1..r} j / (N − r + j) for r errors, all of them less sure than every right answer.
        var hits = answered - (int)Math.Round(errors);
        var optimum = errors - hits * (h[answered] - h[hits]);
        return (area / answered, optimum / answered);
    }

    /// <summary>
    /// What a confidence loses past the coverage A that equals the accuracy, where a perfect one would have answered all that is right and
    /// nothing else: the area between the curve and the best one over coverages in (A, 1], and the risk at A itself.
    /// </summary>
    /// <param name="counts">How often each item is counted [N], whole numbers.</param>
    /// <remarks>Ao, Rueger and Siddharthan (2023): the area is E-AUoptRC, and one less the risk is the Trust Index. Tied items take the mean over their orders. Without a right answer the risk is 1.</remarks>
    public (double ExcessArea, double Risk) PastOptimum(ReadOnlySpan<double> counts)
    {
        var total = (int)ItemSums.Sum(counts);
        double hits = 0;
        for (var i = 0; i < order.Length; i++) hits += counts[order[i]] * (1 - wrong[i]);
        var optimum = (int)Math.Round(hits);
        var h = total < harmonic.Length ? harmonic : HarmonicNumbers(total);
        var answered = 0;
        double errors = 0, area = 0, risk = optimum == 0 ? 1 : 0;
        for (int group = 0, i = 0; group < tieEnds.Length; group++)
        {
            var (tied, share) = Together(counts, i, tieEnds[group]);
            var (first, last) = (Math.Max(answered, optimum), answered + tied);
            if (last > first) area += (last - first) * share + (errors - share * answered) * (h[last] - h[first]);
            if (answered < optimum && optimum <= last) risk = (errors + share * (optimum - answered)) / optimum;
            errors += tied * share;
            answered = last;
            i = tieEnds[group];
        }
        return ((area - (total - optimum - optimum * (h[total] - h[optimum]))) / total, risk);
    }

    /// <summary>The expected risk after n answers, n = 1 … N [N], every item counted once.</summary>
    public double[] Risks()
    {
        var risks = new double[order.Length];
        var errors = 0.0;
        for (int group = 0, start = 0; group < tieEnds.Length; start = tieEnds[group++])
        {
            var share = wrong.AsSpan(start, tieEnds[group] - start).ToArray().Average();
            for (var i = start; i < tieEnds[group]; i++) risks[i] = (errors += share) / (i + 1);
        }
        return risks;
    }

    private (int Tied, double Share) Together(ReadOnlySpan<double> counts, int start, int end)
    {
        double tied = 0, errors = 0;
        for (var i = start; i < end; i++)
        {
            tied += counts[order[i]];
            errors += counts[order[i]] * wrong[i];
        }
        return ((int)tied, tied == 0 ? 0 : errors / tied);
    }

    /// <summary>The items in order of descending confidence, equal ones in their given order.</summary>
    private static int[] Order(ReadOnlySpan<float> confidences)
    {
        // Bits of non-negative floats order as the floats do; the row below them makes the sort stable.
        var keys = new ulong[confidences.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = (ulong)~BitConverter.SingleToUInt32Bits(confidences[i]) << 32 | (uint)i;
        keys.AsSpan().Sort();
        var order = new int[keys.Length];
        for (var i = 0; i < order.Length; i++) order[i] = (int)(uint)keys[i];
        return order;
    }

    /// <summary>H(0) … H(<paramref name="last"/>) with H(n) = 1 + 1/2 + … + 1/n.</summary>
    private static double[] HarmonicNumbers(int last)
    {
        var numbers = new double[last + 1];
        for (var n = 1; n <= last; n++) numbers[n] = numbers[n - 1] + 1.0 / n;
        return numbers;
    }
}
