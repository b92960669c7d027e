using Preceptor.Foundation;

namespace Preceptor.Data.Generators;

/// <summary>Which class the people who label tickets take for which.</summary>
internal static class TicketNoise
{
    // Relative frequency of each mistake: true class (row) taken for another (column), in the order of TicketTopics.All.
    private static readonly double[][] Mistakes =
    [
        [0, 19, 2, 1, 1, 0, 3, 2, 2],  // billing
        [21, 0, 6, 0, 2, 0, 3, 0, 2],  // refund
        [3, 8, 0, 1, 2, 0, 0, 3, 3],   // shipping
        [2, 0, 0, 0, 20, 1, 4, 3, 1],  // login
        [1, 2, 0, 14, 0, 6, 0, 5, 2],  // bug
        [0, 0, 0, 1, 15, 0, 0, 16, 3], // feature-request
        [11, 6, 0, 10, 1, 0, 0, 1, 4], // account-closure
        [3, 1, 2, 5, 9, 11, 0, 0, 6],  // product-question
        [4, 1, 3, 1, 2, 3, 1, 8, 0],   // other
    ];

    /// <summary>The confusion matrix [classes × classes] whose expected share of mistakes is <paramref name="rate"/>.</summary>
    /// <exception cref="RequestException">The rate is negative, or so high that some class would have more mistakes than labels.</exception>
    internal static double[,] Matrix(double rate)
    {
        var classes = Mistakes.Length;
        var priors = TicketTopics.All.Select(t => t.Prior).ToArray();
        var expected = 0.0;
        for (var c = 0; c < classes; c++) expected += priors[c] / priors.Sum() * Mistakes[c].Sum();
        var largest = expected / Mistakes.Max(m => m.Sum());
        if (!(rate >= 0 && rate <= largest)) throw new RequestException($"tickets: the noise rate is {rate}; allowed are 0 to {largest:0.##}");
        var scale = rate / expected;
        var matrix = new double[classes, classes];
        for (var c = 0; c < classes; c++)
        {
            for (var k = 0; k < classes; k++) matrix[c, k] = Mistakes[c][k] * scale;
            matrix[c, c] = 1 - Mistakes[c].Sum() * scale;
        }
        return matrix;
    }

    /// <summary>Draws a class that is often mistaken for another.</summary>
    internal static int Neighbour(int topic, RandomStream random) => random.NextIndex(Mistakes[topic]);
}
