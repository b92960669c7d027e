using CsCheck;
using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Prediction.WeakSupervision;
using Preceptor.Readers;

namespace Preceptor.Tests.Prediction.WeakSupervision;

/// <summary>From the votes of several sources to labels: majority vote, Dawid–Skene, data programming.</summary>
public sealed class LabelModelTests
{
    private static VoteMatrix Matrix(int[,] votes, int classes, params int[] known) =>
        new([.. Enumerable.Range(0, votes.GetLength(1)).Select(s => $"s{s}")], classes, votes.GetLength(0) - known.Length, known, (row, source) => votes[row, source]);

    private static IImprove<PredictionProblem> Step(string slug, params (string Key, string Value)[] options)
    {
        var info = MethodCatalogue.All.Single(m => m.Slug == slug);
        return (IImprove<PredictionProblem>)info.Create(Options.Bind(info.OptionsType, new MapSetting("test", "method", [.. options.Select(o => KeyValuePair.Create(o.Key, (Setting)new ScalarSetting("test", o.Key, o.Value)))])));
    }

    [Fact]
    public void A_round_of_Dawid_and_Skene_by_hand()
    {
        // From shares (2/3, 1/3), (0, 1), (1, 0): p = (5/9, 4/9), π¹₁ = π²₁ = (1/4, 3/4), π³₀ = (3/5, 2/5); row 0: 5/9 · 2/5 = 2/9 against 4/9 · 1/16 = 1/36.
        var (of, confusions, _, _) = DawidSkene.Estimate(Matrix(new[,] { { 0, 0, 1 }, { 1, 1, 1 }, { 0, 0, 0 } }, 2), new() { Rounds = 1, Smoothing = 1e-12 });
        Assert.Equal([8.0 / 9, 1.0 / 9, 0, 1, 1, 0], of, (a, b) => Math.Abs(a - b) < 1e-8);
        Assert.Equal([1, 0, 0.25, 0.75, 1, 0, 0.25, 0.75, 0.6, 0.4, 0, 1], confusions.Select(p => Math.Round(p, 8)));
    }

    [Fact]
    public void A_round_of_data_programming_by_hand()
    {
        var (of, accuracies, _, _) = DataProgramming.Estimate(Matrix(new[,] { { 0, 0, 1 } }, 2), new() { Rounds = 1 });
        Assert.Equal([0.7, 0.3], of.Select(p => Math.Round(p, 9)));
        Assert.Equal([7.7 / 11, 7.7 / 11, 7.3 / 11], accuracies, (a, b) => Math.Abs(a - b) < 1e-9); // ten votes before, seven of them right
        // Three classes: a wrong vote is one of two others. 0.7 · 0.15 twice, and 0.15².
        (of, _, _, _) = DataProgramming.Estimate(Matrix(new[,] { { 0, 1, -1 } }, 3), new() { Rounds = 1 });
        Assert.Equal(0.105 / 0.2325, of[0], 9);
        Assert.Equal(0.0225 / 0.2325, of[2], 9);
    }

    [Fact]
    public void Planted_accuracies_are_found()
    {
        double[] planted = [0.9, 0.8, 0.7, 0.6, 0.55];
        var (votes, truth) = Crowd(4000, 3, planted, 0.3);
        var matrix = Matrix(votes, 3);
        var programmed = DataProgramming.Estimate(matrix, new());
        for (var s = 0; s < planted.Length; s++) Assert.Equal(planted[s], programmed.Accuracies[s], 0.04);
        var dawid = DawidSkene.Estimate(matrix, new());
        Assert.Equal(0.9, dawid.Confusions[0], 0.04);
        Assert.Equal(0.05, dawid.Confusions[1], 0.03);
        double Right(double[] of) => LabelModel.Labels(matrix, of, 0).Where((label, row) => label == truth[row]).Count() / 4000.0;
        Assert.True(Right(programmed.Classes) > Right(matrix.Shares()) + 0.02);
        Assert.True(Right(dawid.Classes) > Right(matrix.Shares()) + 0.02);
    }

    [Fact]
    public void Trusted_rows_weigh_a_biased_labeller_instead_of_believing_it()
    {
        // Two of three sources call class 1 what is class 0, nearly always; the third is right three times in four.
        var random = RandomStream.Of(1, "biased");
        var truth = Enumerable.Range(0, 1200).Select(_ => random.Next(2)).ToArray();
        var votes = new int[1200, 3];
        for (var row = 0; row < 1200; row++)
        {
            for (var s = 0; s < 2; s++) votes[row, s] = random.NextDouble() < 0.95 ? truth[row] == 0 ? 1 : 0 : truth[row];
            votes[row, 2] = random.NextDouble() < 0.75 ? truth[row] : 1 - truth[row];
        }
        double Right(VoteMatrix matrix) => LabelModel.Labels(matrix, DawidSkene.Estimate(matrix, new()).Classes, 0).Where((label, row) => label == truth[row]).Count() / (double)matrix.Rows;
        Assert.True(Right(Matrix(votes, 2)) < 0.2);
        var anchored = Matrix(votes, 2, truth[1100..]);
        Assert.Equal(1100, anchored.Rows);
        Assert.True(Right(anchored) > 0.95);
        Assert.True(DataProgramming.Estimate(anchored, new()).Accuracies[0] < 0.15);
    }

    [Fact]
    public void Checked_rows_of_a_file_anchor_its_annotators()
    {
        // a and b say the other class nearly always, c is right three times in four; every fifth row was checked.
        var random = RandomStream.Of(2, "file");
        var truth = Enumerable.Range(0, 400).Select(_ => random.Next(2)).ToArray();
        string Said(int row, double right) => (random.NextDouble() < right ? truth[row] : 1 - truth[row]) == 0 ? "p" : "q";
        var csv = string.Concat(truth.Select((t, row) => $"{row}.5,{Said(row, 0.05)},{Said(row, 0.05)},{Said(row, 0.75)},{(row % 5 == 0 ? t == 0 ? "p" : "q" : t == 0 ? "q" : "p")},{(row % 5 == 0 ? "yes" : "no")}\n").Prepend("x,a,b,c,label,checked\n"));
        var task = PredictionRunner.Prepare(Specification.From(SpecificationReader.Parse("problem: {data: data.csv, numbers: [x], label: label, annotators: [a, b, c], trusted: checked}\nmodel: {hidden: [4]}", "spec.yaml"), []), 0, (path, text, numbers, _) => (Tests.Data.Tables.Csv(path, csv, text, numbers), null));
        Assert.Equal(40, task.Problem.Validation.Count);
        using var run = Problems.Memory();
        double Right(PredictionProblem problem) => Enumerable.Range(0, problem.Train.Count).Average(row => problem.Labels.Train[row] == truth[task.TrainRows.Origin(row)] ? 1 : 0);
        Assert.Equal(0, Right(task.Problem));
        foreach (var slug in new[] { "dawid-skene", "data-programming" }) Assert.True(Right(Step(slug).Improve(task.Problem, run)) > 0.9);
        Assert.True(Right(Step("majority-vote").Improve(task.Problem, run)) < 0.2);
    }

    [Fact]
    public void The_objective_never_falls_and_classes_have_no_order() =>
        Gen.Select(Gen.Int[2, 4], Gen.Int[2, 5], Gen.Int[3, 12], Gen.ULong).Sample((classes, sources, rows, seed) =>
        {
            var random = RandomStream.Of(seed, "votes");
            var (votes, turned) = (new int[rows, sources], new int[rows, sources]);
            for (var row = 0; row < rows; row++)
                for (var s = 0; s < sources; s++) turned[row, s] = (votes[row, s] = random.Next(classes + 1) - 1) is >= 0 and var vote ? (vote + 1) % classes : -1;
            var (plain, other) = (Matrix(votes, classes), Matrix(turned, classes));
            foreach (var (first, second, objective) in new[]
            {
                Pair(DawidSkene.Estimate(plain, new() { Rounds = 5, Smoothing = 0.1 }), DawidSkene.Estimate(other, new() { Rounds = 5, Smoothing = 0.1 })),
                Pair(DataProgramming.Estimate(plain, new() { Rounds = 5, LearnBalance = true }), DataProgramming.Estimate(other, new() { Rounds = 5, LearnBalance = true })),
                (plain.Shares(), other.Shares(), []),
            })
            {
                for (var i = 1; i < objective.Count; i++)
                    if (objective[i] < objective[i - 1] - 1e-9 * Math.Abs(objective[i - 1])) return false;
                for (var row = 0; row < rows; row++)
                    for (var c = 0; c < classes; c++)
                        if (Math.Abs(first[row * classes + c] - second[row * classes + (c + 1) % classes]) > 1e-7) return false;
            }
            return true;
            static (double[], double[], List<double>) Pair((double[] Classes, double[], double[], List<double> Objective) a, (double[] Classes, double[], double[], List<double>) b) => (a.Classes, b.Classes, a.Objective);
        }, iter: 200);

    [Theory]
    [InlineData("majority-vote")]
    [InlineData("dawid-skene")]
    [InlineData("data-programming")]
    public void A_single_source_gives_back_its_labels_and_the_baseline_bit_for_bit(string slug)
    {
        var problem = Problems.Tickets().Problem;
        using var run = Problems.Memory();
        var improved = Step(slug, ("sources", "labels")).Improve(problem, run);
        Assert.Equal(problem.Labels.Train, improved.Labels.Train);
        Assert.Null(improved.Labels.Soft);
        using var plain = run.Stage("plain", problem.Describe(), () => Problems.Create("supervised").Fit(problem, run));
        using var after = run.Stage("after", problem.Describe(), () => Problems.Create("supervised").Fit(improved, run));
        Assert.Equal(Problems.Weights(plain), Problems.Weights(after));
    }

    [Theory]
    [InlineData("majority-vote")]
    [InlineData("dawid-skene")]
    [InlineData("data-programming")]
    public void Rules_and_teachers_become_labels_and_what_they_replaced_is_kept(string slug)
    {
        var folder = Directory.CreateTempSubdirectory("preceptor-test-").FullName;
        try
        {
            var task = TicketsProblem.Draft(new() { Size = ProblemSize.Small, Teacher = TicketTeacher.Both, Rules = true }, 1).Encode(new ModelOptions { Hidden = [4], Embedding = 4, Vocabulary = 64 }, new());
            var problem = task.Problem;
            PredictionProblem improved;
            using (var run = new Run(new RunSettings { Folder = folder })) improved = Step(slug, ("soft", "true")).Improve(problem, run);
            double Right(int[] labels) => labels.Where((label, row) => label == task.Exam.TrainTruth![row]).Count() / (double)labels.Length;
            Assert.True(Right(improved.Labels.Train) > Right(problem.Labels.Train) + 0.05, $"{Right(problem.Labels.Train)} became {Right(improved.Labels.Train)}");
            Assert.Equal(problem.Labels.Validation, improved.Labels.Validation);
            Assert.Equal(problem.Train.Count * problem.Classes.Count, improved.Labels.Soft!.Length);
            var target = new float[problem.Classes.Count];
            improved.Labels.Write(0, target);
            Assert.Equal(1, target.Sum(), 5);
            Assert.NotEqual(improved.Labels.Fingerprint, (improved.Labels with { Soft = null }).Fingerprint);

            var stage = Assert.Single(Directory.GetDirectories(Path.Combine(folder, "stages")));
            var kept = CombinedLabels.Load(stage);
            Assert.Equal(problem.Labels.Train, kept.Replaced);
            Assert.Equal(improved.Labels.Train, kept.Labels);
            Assert.Equal(kept.Changed, File.ReadAllLines(Path.Combine(stage, "changed.jsonl")).Length);
            Assert.Equal(17, kept.Sources.Count);
            Assert.True(kept.Sources.Single(s => s.Name == "strong").Accuracy > kept.Sources.Single(s => s.Name == "weak").Accuracy);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Sources_that_are_not_offered_are_named()
    {
        using var run = Problems.Memory();
        Assert.Equal("method.sources: tickets offers no annotators", Assert.Throws<RequestException>(() => Step("dawid-skene", ("sources", "annotators")).Improve(Problems.Tickets().Problem, run)).Message);
        Assert.StartsWith("digits: majority-vote weighs the votes", Assert.Throws<RequestException>(() => Step("majority-vote").Improve(Problems.Digits().Problem, run)).Message, StringComparison.Ordinal);
        Assert.Contains("no training row got a label", Assert.Throws<RequestException>(() => Step("data-programming", ("least-confidence", "1"), ("sources", "teachers")).Improve(TicketsProblem.Draft(new() { Size = ProblemSize.Tiny, Teacher = TicketTeacher.Both }, 1).Encode(new(), new()).Problem, run)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("duck", 0.7593, 0.8889)] // birds: Zhang et al. 2014, table 2: errors 24.07 % by majority, 11.11 % by Dawid–Skene from it
    [InlineData("dog", 0.8042, 0.8334)] // table 2: errors 19.58 % and 16.66 %
    [InlineData("snow2008/rte.standardized.tsv", 0.8969, 0.9288)] // table 2: errors 10.31 % and 7.12 %
    public void On_real_crowds_it_is_as_good_as_published(string name, double majority, double dawidSkene)
    {
        if (DataFolder.Find("crowd-labels") is not { } folder) { Assert.Skip("needs the data set crowd-labels"); return; }
        var crowd = CrowdAnswers.Read(Path.Combine(folder, name));
        string[] classes = [.. crowd.Answers.Select(a => a.Answer).Distinct().Order(StringComparer.Ordinal)];
        var (questions, workers) = (Places(crowd.Questions), Places(crowd.Workers));
        var votes = new int[questions.Count, workers.Count];
        foreach (ref var vote in System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref votes[0, 0], votes.Length)) vote = -1;
        var truth = new string?[questions.Count];
        foreach (var answer in crowd.Answers)
        {
            votes[questions[answer.Question], workers[answer.Worker]] = Array.IndexOf(classes, answer.Answer);
            truth[questions[answer.Question]] = answer.Truth;
        }
        var matrix = Matrix(votes, classes.Length);
        double Right(double[] of)
        {
            var labels = LabelModel.Labels(matrix, of, 0);
            return Enumerable.Range(0, truth.Length).Where(q => truth[q] is not null).Average(q => classes[labels[q]] == truth[q] ? 1 : 0);
        }
        // Of equally many votes they draw one, we take the first; a prior of a hundredth of a vote differs from none by a few questions.
        Assert.Equal(majority, Right(matrix.Shares()), 0.025);
        Assert.Equal(dawidSkene, Right(DawidSkene.Estimate(matrix, new()).Classes), 0.01);
        static Dictionary<string, int> Places(IReadOnlyList<string> names) => names.Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i, StringComparer.Ordinal);
    }

    private static (int[,] Votes, int[] Truth) Crowd(int rows, int classes, double[] accuracies, double abstains)
    {
        var random = RandomStream.Of(5, "crowd");
        var truth = Enumerable.Range(0, rows).Select(_ => random.Next(classes)).ToArray();
        var votes = new int[rows, accuracies.Length];
        for (var row = 0; row < rows; row++)
            for (var s = 0; s < accuracies.Length; s++)
                votes[row, s] = random.NextDouble() < abstains ? -1 : random.NextDouble() < accuracies[s] ? truth[row] : (truth[row] + 1 + random.Next(classes - 1)) % classes;
        return (votes, truth);
    }
}
