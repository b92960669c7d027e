using Preceptor.Catalogue.Experiments;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Tests.Catalogue.Experiments;

/// <summary>Experiments on a kind whose exam gives named scores.</summary>
public sealed class ExamKindExperimentTests
{
    [Fact]
    public void An_arm_answers_with_a_score_an_item_and_reads_back()
    {
        var conditions = new Conditions("burgers", ["problem.name=burgers", "problem.size=tiny", "training.epochs=1", "training.batch=4"], [""]);
        var arm = new Arm(conditions, "pi-hc-moe", "method.basis=4");
        ArmAnswers Answer(bool isTuning)
        {
            using var run = new Run(new RunSettings());
            return new ArmJob(arm, "", 0, isTuning).Answer((_, _, _, _) => throw new InvalidOperationException(), run);
        }
        var error = MeasuredScores.Metric("relative-error", "", Better.Lower, 0, double.PositiveInfinity);
        var (answers, tuning) = (Answer(isTuning: false), Answer(isTuning: true));
        var score = error.Score(answers.Scores);
        Assert.Equal(2, score.Items);
        Assert.NotEqual(score.Value, error.Score(tuning.Scores).Value); // other initial states
        Assert.Contains("Preceptor.Fields.HardConstraintExperts", answers.Versions.Keys);
        Assert.Contains("Preceptor.Fields.BuiltIn.BurgersProblem", answers.Versions.Keys);
        Assert.True(answers.IsCurrent);
        var folder = Directory.CreateTempSubdirectory("preceptor-arm-").FullName;
        try
        {
            answers.Save(folder);
            var read = error.Score(ArmAnswers.Load(folder).Scores);
            Assert.Equal(score.Value, read.Value);
            Assert.Equal(score.Resampled([2, 0]), read.Resampled([2, 0]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
