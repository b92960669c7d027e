using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Supervision;

namespace Preceptor.Tests.Prediction;

/// <summary>Some rows of a problem, and its folds.</summary>
public sealed class FoldsOfTaskTests
{
    [Fact]
    public void Taking_rows_takes_all_that_is_offered_of_them()
    {
        var problem = Problems.Tickets().Problem
            .With(new SoftLabels([.. Enumerable.Range(0, Problems.Tickets().Problem.Train.Count * 9).Select(i => (float)i)], 9))
            .With(new LabelConfidence([.. Enumerable.Range(0, Problems.Tickets().Problem.Train.Count).Select(i => i / 100f)]))
            .With(new AnnotatorLabels(["a", "b"], Votes(Problems.Tickets().Problem.Train.Count)));
        int[] rows = [7, 3, 11];
        var taken = problem.Take(rows);
        Assert.Equal(rows.Length, taken.Train.Count);
        for (var i = 0; i < rows.Length; i++)
        {
            Assert.Equal(problem.Train.Tokens(rows[i]).ToArray(), taken.Train.Tokens(i).ToArray());
            Assert.Equal(problem.Train.Texts[0][rows[i]].ToString(), taken.Train.Texts[0][i].ToString());
            Assert.Equal(problem.Labels.Train[rows[i]], taken.Labels.Train[i]);
            Assert.Equal(problem.Find<TeacherLogits>()!.Train[(rows[i] * 9)..(rows[i] * 9 + 9)], taken.Find<TeacherLogits>()!.Train[(i * 9)..(i * 9 + 9)]);
            Assert.Equal(rows[i] * 9f, taken.Find<SoftLabels>()!.Train[i * 9]);
            Assert.Equal(rows[i] / 100f, taken.Find<LabelConfidence>()!.Train[i]);
            Assert.Equal((rows[i] % 3, rows[i] % 4), (taken.Find<AnnotatorLabels>()!.Train[i, 0], taken.Find<AnnotatorLabels>()!.Train[i, 1]));
        }
        Assert.Same(problem.Labels.Validation, taken.Labels.Validation);
        Assert.NotEqual(problem.Train.Fingerprint, taken.Train.Fingerprint);
        Assert.Equal(problem.Train.Fingerprint, problem.Take([.. Enumerable.Range(0, problem.Train.Count)]).Train.Fingerprint);
    }

    [Fact]
    public void Every_supervision_that_has_an_entry_a_row_can_be_divided() =>
        Assert.DoesNotContain(typeof(Labels).Assembly.GetTypes(), t => t.Namespace == typeof(Labels).Namespace && t.IsAssignableTo(typeof(ISupervision)) && !t.IsInterface && t.GetProperty("Train") is not null && !t.IsAssignableTo(typeof(IRowSupervision)));

    [Fact]
    public void Each_labelled_row_is_examined_once_by_who_never_saw_it_and_groups_stay_whole()
    {
        var task = Problems.Tickets();
        var folds = task.Folds(4, 0);
        Assert.Equal(task.Problem.Labels.Labelled, folds.SelectMany(f => f.Rows).Order());
        var texts = Enumerable.Range(0, task.Problem.Train.Count).Select(r => task.Problem.Train.Texts[1][r].ToString()).ToArray();
        foreach (var (rows, make) in folds)
        {
            var held = make();
            Assert.Equal(rows.Select(r => texts[r]), Enumerable.Range(0, rows.Length).Select(r => held.Exam.Test.Texts[1][r].ToString()));
            Assert.Equal(rows.Select(r => task.Problem.Labels.Train[r]), held.Exam.Labels);
            Assert.Equal(task.Problem.Train.Count - rows.Length, held.Problem.Train.Count);
            Assert.Empty(rows.Select(r => task.Problem.Groups![r]).Intersect(held.Problem.Groups!));
            Assert.Equal(ScoredOn.Unverified, held.Exam.ScoredOn);
        }
    }

    [Fact]
    public void Label_sets_and_numbers_have_folds_too()
    {
        var numbers = TargetProblems.Numbers();
        foreach (var (rows, make) in numbers.Folds(3, 0))
            Assert.Equal(rows.Select(r => ((NumberTargets)numbers.Problem.Targets).Train[r]), ((TestNumbers)make().Exam.Targets!).Values);
    }

    private static int[,] Votes(int rows)
    {
        var votes = new int[rows, 2];
        for (var row = 0; row < rows; row++) (votes[row, 0], votes[row, 1]) = (row % 3, row % 4);
        return votes;
    }
}
