namespace Preceptor.Measurement;

/// <summary>How many parameters an item has.</summary>
public enum ItemModel
{
    /// <summary>1PL (Rasch): P = σ(θ − b).</summary>
    OneParameter,

    /// <summary>2PL: P = σ(a (θ − b)), a &gt; 0.</summary>
    TwoParameter,

    /// <summary>3PL: P = c + (1 − c) σ(a (θ − b)), 0 ≤ c &lt; 1: for items that can be guessed.</summary>
    ThreeParameter,
}

/// <summary>Abilities of solvers and parameters of items.</summary>
/// <param name="Ability">θ [S].</param>
/// <param name="Difficulty">b [I].</param>
/// <param name="Discrimination">a [I]; ones for 1PL.</param>
/// <param name="Guessing">c [I]; zeros for 1PL and 2PL.</param>
public sealed record ItemResponseModel(double[] Ability, double[] Difficulty, double[] Discrimination, double[] Guessing)
{
    /// <summary>The probability that a solver answers an item right.</summary>
    public double Probability(int solver, int item) => Probability(Ability[solver], Difficulty[item], Discrimination[item], Guessing[item]);

    /// <summary>P = c + (1 − c) σ(a (θ − b)).</summary>
    public static double Probability(double ability, double difficulty, double discrimination = 1, double guessing = 0) =>
        guessing + (1 - guessing) * Logistic(discrimination * (ability - difficulty));

    /// <summary>The log-likelihood of responses, in nats.</summary>
    public double LogLikelihood(Responses responses)
    {
        var sum = 0.0;
        for (var n = 0; n < responses.Count; n++) sum += LogLikelihood(responses.Solver[n], responses.Item[n], responses.Correct[n] == 1);
        return sum;
    }

    /// <summary>The log-likelihood of one answer, in nats.</summary>
    public double LogLikelihood(int solver, int item, bool correct)
    {
        var (z, c) = (Discrimination[item] * (Ability[solver] - Difficulty[item]), Guessing[item]);
        // log(1 − P) = log(1 − c) + log σ(−z) exactly; log P = log σ(z) where nothing is guessed.
        return !correct ? Math.Log(1 - c) + LogLogistic(-z) : c == 0 ? LogLogistic(z) : Math.Log(c + (1 - c) * Logistic(z));
    }

    /// <summary>The gradient of <see cref="LogLikelihood(Responses)"/> for all parameters.</summary>
    public ItemResponseModel Gradient(Responses responses)
    {
        var (theta, b, a, c) = (new double[Ability.Length], new double[Difficulty.Length], new double[Difficulty.Length], new double[Difficulty.Length]);
        for (var n = 0; n < responses.Count; n++)
        {
            var (s, i) = (responses.Solver[n], responses.Item[n]);
            var logistic = Logistic(Discrimination[i] * (Ability[s] - Difficulty[i]));
            var p = Guessing[i] + (1 - Guessing[i]) * logistic;
            var score = Score(responses.Correct[n], p, logistic, Guessing[i]); // ∂ log L / ∂ z
            theta[s] += score * Discrimination[i];
            b[i] -= score * Discrimination[i];
            a[i] += score * (Ability[s] - Difficulty[i]);
            c[i] += responses.Correct[n] == 1 ? (1 - logistic) / p : -1 / (1 - Guessing[i]);
        }
        return new(theta, b, a, c);
    }

    /// <summary>∂ log L / ∂ z of one answer: x − σ(z) where nothing is guessed.</summary>
    internal static double Score(byte correct, double probability, double logistic, double guessing) =>
        guessing == 0 || correct == 0 ? correct - logistic : (1 - guessing) * logistic * (1 - logistic) / probability;

    /// <summary>The expected information that one answer holds about z: σ(z) (1 − σ(z)) where nothing is guessed.</summary>
    internal static double Information(double probability, double logistic, double guessing) =>
        guessing == 0 ? logistic * (1 - logistic) : (1 - guessing) * logistic * logistic * (1 - logistic) / probability;

    /// <summary>σ(z).</summary>
    internal static double Logistic(double z)
    {
        if (z >= 0) return 1 / (1 + Math.Exp(-z));
        var e = Math.Exp(z);
        return e / (1 + e);
    }

    private static double LogLogistic(double z) => z >= 0 ? -Math.Log(1 + Math.Exp(-z)) : z - Math.Log(1 + Math.Exp(z));
}
