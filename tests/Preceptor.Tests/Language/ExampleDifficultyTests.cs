using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;

namespace Preceptor.Tests.Language;

/// <summary>Parts of the training pairs by difficulty.</summary>
public sealed class ExampleDifficultyTests
{
    private static readonly LanguageProblem Problem = DataFactorsTests.Commands(new() { Size = ProblemSize.Tiny, Primitives = 3 });

    private static LanguageProblem Improved(ExampleDifficulty.Options options, LanguageProblem? problem = null)
    {
        using var run = new Run(new RunSettings());
        return new ExampleDifficulty(options).Improve(problem ?? Problem, run);
    }

    private static double[] Difficulties(DifficultyKind by, TokenSequences sequences, int clusters = 5)
    {
        using var run = new Run(new RunSettings());
        return new ExampleDifficulty(new() { By = by, Clusters = clusters }).Difficulties(sequences, run);
    }

    [Theory]
    [InlineData(DifficultyKind.Length)]
    [InlineData(DifficultyKind.Words)]
    public void Parts_are_of_equal_size_and_from_easy_to_hard(DifficultyKind by)
    {
        var parts = Enumerable.Range(1, 4).Select(part => Improved(new() { By = by, Part = part }).Train).ToArray();
        Assert.All(parts, p => Assert.Equal(Problem.Train.Count / 4, p.Count));
        for (var part = 1; part < 4; part++) Assert.True(Difficulties(by, parts[part - 1]).Max() <= Difficulties(by, parts[part]).Min());
        Assert.True(Difficulties(by, parts[0]).Average() < Difficulties(by, parts[3]).Average());
    }

    [Fact]
    public void What_is_far_from_its_prototype_is_difficult()
    {
        // Two kinds of pairs, each with ten that are alike; one of the first kind has words of its own.
        var sequences = TokenSequences.Of([.. Enumerable.Range(0, 20).Select(i => i == 0 ? ((int[])[1, 2, 7], (int[])[8, 9]) : i < 10 ? ([1, 2, 3], [3, 2]) : ([4, 5, 6], [6, 5]))]);
        var difficulties = Difficulties(DifficultyKind.Prototype, sequences, clusters: 2);
        Assert.Equal(0, Array.IndexOf(difficulties, difficulties.Max()));
        Assert.All(difficulties[10..], d => Assert.Equal(0, d, 9));
    }

    [Fact]
    public void A_mixture_has_as_many_pairs_some_of_them_hard()
    {
        var (easy, hard, mixed) = (Improved(new()).Train, Improved(new() { Part = 4 }).Train, Improved(new() { Hard = 0.5 }).Train);
        Assert.Equal(easy.Count, mixed.Count);
        var least = Difficulties(DifficultyKind.Length, hard).Min();
        Assert.Equal((int)Math.Round(0.5 * easy.Count), Difficulties(DifficultyKind.Length, mixed).Count(d => d >= least));
    }

    [Fact]
    public void One_part_changes_nothing_and_what_cannot_be_is_refused()
    {
        Assert.Same(Problem, Improved(new() { Parts = 1 }));
        Assert.Contains("5 of 4 parts", Assert.Throws<RequestException>(() => Improved(new() { Part = 5 })).Message);
        Assert.Contains("comes before augzero", Assert.Throws<RequestException>(() => Improved(new(), Problem with { Copies = 2 })).Message);
    }
}
