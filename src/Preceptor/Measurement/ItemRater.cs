namespace Preceptor.Measurement;

/// <summary>By what items are rated.</summary>
public enum RatingSystem
{
    /// <summary>Item response theory: for responses of which most solvers gave one to most items, in any order.</summary>
    Irt,

    /// <summary>Glicko-2: for attempts in the order of time, of solvers who come and go.</summary>
    Glicko,

    /// <summary>The share of wrong answers: the naive reference, biased where who attempts an item depends on how hard it is.</summary>
    PercentCorrect,
}

/// <summary>Ratings with what they say of an answer.</summary>
/// <param name="Items">The items' ratings.</param>
/// <param name="Abilities">The solvers' ratings [S].</param>
/// <param name="Probability">How likely a solver answers an item right.</param>
internal sealed record Rated(ItemRatings Items, double[] Abilities, Func<int, int, double> Probability);

/// <summary>Rates items and solvers by one of the systems.</summary>
internal static class ItemRater
{
    public static Rated Rate(Responses responses, Easy2HardBench.Options options, CancellationToken cancellation)
    {
        var (right, tries) = (new double[responses.Items.Length], new double[responses.Items.Length]);
        for (var n = 0; n < responses.Count; n++)
        {
            tries[responses.Item[n]]++;
            right[responses.Item[n]] += responses.Correct[n];
        }
        double[] accuracies = [.. right.Select((r, i) => r / tries[i])];
        switch (options.System)
        {
            case RatingSystem.Glicko:
                var glicko = Glicko2.Of(responses, options.Glicko, cancellation);
                var solvers = responses.Solvers.Length;
                return new(new(responses.Items, glicko.Ratings[solvers..], glicko.Deviations[solvers..]) { Accuracies = accuracies, Volatilities = glicko.Volatilities[solvers..] },
                    glicko.Ratings[..solvers], (s, i) => glicko.Probability(s, solvers + i));
            case RatingSystem.PercentCorrect:
                double[] smoothed = [.. right.Select((r, i) => (r + 1) / (tries[i] + 2))]; // Laplace's rule: no answer is impossible
                double[] errors = [.. smoothed.Select((p, i) => Math.Sqrt(p * (1 - p) / Math.Max(tries[i], 1)))];
                return new(new(responses.Items, [.. smoothed.Select(p => 1 - p)], errors) { Accuracies = accuracies }, OfSolvers(responses), (_, i) => smoothed[i]);
            default:
                var model = ItemResponseFit.Fit(responses, options.Model, options.Priors, cancellation);
                var deviations = options.JointUncertainty ? JointUncertainty.Of(responses, model, options.Priors) : ItemResponseFit.StandardErrors(responses, model, options.Priors);
                return new(new(responses.Items, model.Difficulty, deviations)
                {
                    Accuracies = accuracies,
                    Discriminations = options.Model == ItemModel.OneParameter ? [] : model.Discrimination,
                    Guessing = options.Model == ItemModel.ThreeParameter ? model.Guessing : [],
                }, model.Ability, model.Probability);
        }
    }

    /// <summary>The share of each solver's answers that are right [S].</summary>
    public static double[] OfSolvers(Responses responses)
    {
        var (right, tries) = (new double[responses.Solvers.Length], new double[responses.Solvers.Length]);
        for (var n = 0; n < responses.Count; n++)
        {
            tries[responses.Solver[n]]++;
            right[responses.Solver[n]] += responses.Correct[n];
        }
        return [.. right.Select((r, s) => r / tries[s])];
    }
}
