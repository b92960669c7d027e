using Preceptor.Supervision;

namespace Preceptor.Tests.Supervision;

public sealed class AnnotatorLabelsTests
{
    private static readonly int[,] Answers = { { 0, 1, 1 }, { 2, 1, -1 }, { -1, -1, -1 }, { 2, 2, 2 } };

    [Fact]
    public void The_majority_wins_and_of_equals_the_first_class() => Assert.Equal([1, 1, -1, 2], WeakVotes.MajorityVote(Answers, 3));

    [Fact]
    public void The_summary_counts_answers_and_agreement() =>
        Assert.Equal("3 annotators (a, b, c) gave 8 answers, 2.0 a training row; 57.1 % of two answers to a row agree", new AnnotatorLabels(["a", "b", "c"], Answers).Summary); // 1 + 0 + 3 of 3 + 1 + 3 pairs

    [Fact]
    public void The_fingerprint_knows_answers_and_names()
    {
        string Print(string name, int answer) => new AnnotatorLabels(["a", name], new[,] { { 0, answer } }).Fingerprint;
        Assert.Equal(Print("b", 1), Print("b", 1));
        Assert.Equal(3, new[] { Print("b", 1), Print("c", 1), Print("b", 0) }.Distinct().Count());
    }
}
