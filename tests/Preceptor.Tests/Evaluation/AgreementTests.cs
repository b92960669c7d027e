using CsCheck;
using Preceptor.Evaluation;

namespace Preceptor.Tests.Evaluation;

/// <summary>Agreement of a student with its teacher.</summary>
public sealed class AgreementTests
{
    private static ClassificationScores Scores(int[] answers, int[] labels) =>
        ClassificationScores.Of([.. answers.SelectMany(a => Enumerable.Range(0, 3).Select(c => c == a ? 1f : 0f))], labels);

    [Fact]
    public void It_counts_by_what_the_teacher_knew()
    {
        int[] labels = [0, 0, 1, 1, 2, 2];
        var agreement = Agreement.Of(Scores([0, 0, 1, 0, 0, 1], labels), Scores([0, 1, 1, 0, 2, 0], labels));
        Assert.Equal(new(RightRows: 3, AgreedRight: 2, WrongRows: 3, AgreedWrong: 1, Corrected: 1), agreement);
        Assert.Equal((2 / 3.0, 1 / 3.0, 1 / 3.0), (agreement.WhereRight, agreement.WhereWrong, agreement.CorrectedShare));
    }

    [Fact]
    public void A_perfect_teacher_has_no_mistakes_to_repeat() => Assert.True(double.IsNaN(Agreement.Of(Scores([0, 1], [0, 1]), Scores([1, 1], [0, 1])).WhereWrong));

    [Fact]
    public void The_teacher_agrees_with_itself_and_rows_add_up() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2]).Array[1, 40].Sample(rows =>
        {
            int[] teacher = [.. rows.Select(r => r.Item1)], student = [.. rows.Select(r => r.Item2)], labels = [.. rows.Select(r => r.Item3)];
            var scores = Scores(teacher, labels);
            var itself = Agreement.Of(scores, scores);
            Assert.Equal((itself.RightRows, itself.WrongRows, 0), (itself.AgreedRight, itself.AgreedWrong, itself.Corrected));
            var (whole, half) = (Agreement.Of(scores, Scores(student, labels)), rows.Length / 2);
            if (half == 0) return;
            Assert.Equal(whole, Agreement.Of(Scores(teacher[..half], labels[..half]), Scores(student[..half], labels[..half])) + Agreement.Of(Scores(teacher[half..], labels[half..]), Scores(student[half..], labels[half..])));
        });
}
