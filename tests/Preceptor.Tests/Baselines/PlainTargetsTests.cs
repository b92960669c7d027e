using Preceptor.Evaluation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Supervision;
using Preceptor.Tests.Prediction;

namespace Preceptor.Tests.Baselines;

/// <summary>The plain baselines on label sets and numbers.</summary>
public sealed class PlainTargetsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-test-").FullName;

    [Theory]
    [InlineData("lightgbm")]
    [InlineData("logistic-regression")]
    public void Label_sets_are_learned_label_by_label(string slug)
    {
        var task = TargetProblems.Sets();
        using var model = Fit(slug, task.Problem);
        var answers = ArmOutcome.Of(model, task.Exam.Test);
        Assert.InRange(Metrics.MicroF1.Value(task.Exam.Targets!.Score(answers)), 0.93, 1);
        AssertReadsBack(model, task, answers);
    }

    [Theory]
    [InlineData("lightgbm", 0.85)]
    [InlineData("ridge", 0.2)] // a straight line sees x alone, not y²
    public void Numbers_are_learned(string slug, double least)
    {
        var task = TargetProblems.Numbers();
        using var model = Fit(slug, task.Problem);
        var answers = ArmOutcome.Of(model, task.Exam.Test);
        Assert.InRange(Metrics.Determination.Value(task.Exam.Targets!.Score(answers)), least, 1);
        AssertReadsBack(model, task, answers);
    }

    [Theory]
    [InlineData("lightgbm")]
    [InlineData("logistic-regression")]
    public void A_label_that_all_or_no_rows_have_is_answered_so(string slug)
    {
        var task = TargetProblems.Sets();
        var sets = (ManyLabels)task.Problem.Targets;
        using var model = Fit(slug, task.Problem.With<ITargets>(sets with { Train = [.. sets.Train.Select(s => s is null ? null : s.Contains(0) ? new[] { 0, 2 } : [2])] }));
        var predictions = model.Predict(task.Exam.Test);
        for (var row = 0; row < predictions.Count; row++)
        {
            Assert.Equal(0.5 / 271, predictions.Row(row)[1], 1e-5);
            Assert.Equal(270.5 / 271, predictions.Row(row)[2], 1e-5);
        }
    }

    [Fact]
    public void Ridge_solves_its_normal_equations()
    {
        var task = TargetProblems.Numbers();
        // In standard units (x − x̄)ᵀ(y − ŷ) = λ w and Σ (y − ŷ) = 0 at the minimum; w is read off two answers.
        foreach (var penalty in new[] { 0.0, 50 })
        {
            using var model = Fit("ridge", task.Problem, ("l2", $"{penalty}"));
            var (targets, inputs) = ((NumberTargets)task.Problem.Targets, task.Problem.Train);
            var rows = targets.Labelled;
            var outputs = model.Classifier.Logits(inputs);
            double[] residuals = [.. rows.Select(row => targets.Encoding.Standardise(targets.Train[row]) - outputs[row])];
            Assert.Equal(0, residuals.Average(), 1e-5);
            double[][] gradients = [.. Enumerable.Range(0, 3).Select(d =>
            {
                var mean = rows.Average(row => (double)inputs.Numbers(row)[d]);
                return rows.Select((row, i) => (inputs.Numbers(row)[d] - mean) * residuals[i]).ToArray();
            })];
            double[] weights = [.. gradients.Select(g => penalty == 0 ? 0 : g.Sum() / penalty)];
            if (penalty == 0) Assert.All(gradients, g => Assert.Equal(0, g.Sum(), 1e-3));
            else
                foreach (var row in rows.Take(20))
                    Assert.Equal(outputs[row] - outputs[rows[0]], Enumerable.Range(0, 3).Sum(d => weights[d] * (inputs.Numbers(row)[d] - inputs.Numbers(rows[0])[d])), 1e-4);
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static Predictor Fit(string slug, PredictionProblem problem, params (string Key, string Value)[] options)
    {
        using var run = Problems.Memory();
        return Problems.Create(slug, options).Fit(problem, run);
    }

    private void AssertReadsBack(Predictor model, PredictionTask task, ArmOutcome answers)
    {
        model.Save(folder);
        using var loaded = Predictor.Load(folder);
        var again = ArmOutcome.Of(loaded, task.Exam.Test);
        Assert.Equal(answers.Probabilities, again.Probabilities);
        Assert.Equal(answers.Numbers, again.Numbers);
        Assert.True(answers.Probabilities.Length + answers.Numbers.Distinct().Count() > 10);
    }
}
