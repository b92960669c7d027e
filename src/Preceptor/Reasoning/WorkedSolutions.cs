using Preceptor.Foundation;

namespace Preceptor.Reasoning;

/// <summary>Worked solutions that a program finds by going through all there are.</summary>
internal static class WorkedSolutions
{
    /// <summary>Questions with some of their solutions, a question as often as it has one; those without are as they were.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="simulator">Knows the legal steps.</param>
    /// <param name="count">Most solutions a question, drawn.</param>
    /// <param name="most">Of how many, the first that are found.</param>
    /// <param name="random">Draws them.</param>
    public static Question[] Of(IEnumerable<Question> questions, IStepSimulator simulator, int count, int most, RandomStream random) => [.. questions.SelectMany(q =>
    {
        string[] solutions = simulator.Begin(q.Text) is { } start ? [.. new StepSearch().Solutions(start).Take(most)] : [];
        return solutions.Length == 0 ? [q] : Some(solutions, count, random).Select(s => q with { Solution = s });
    })];

    /// <summary>Some of a question's solutions, drawn, in their own order.</summary>
    public static IEnumerable<string> Some(string[] solutions, int count, RandomStream random) => random.Permutation(solutions.Length).Take(count).Order().Select(i => solutions[i]);
}
