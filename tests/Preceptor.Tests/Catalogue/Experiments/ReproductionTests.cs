using Preceptor.Catalogue.Experiments;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Tests.Catalogue.Experiments;

public sealed class ReproductionTests
{
    private const int Items = 500;

    private static readonly Conditions Tiny = new("tiny", ["problem.name=digits", "problem.size=tiny", "model.encoder=mlp", "model.hidden=[8]", "training.epochs=2", "training.batch=16"],
        ["training.rate=0.001", "training.rate=0.01"]);

    private static readonly Arm Plain = new(Tiny, "supervised");
    private static readonly Arm Better = new(Tiny, "ps-kd");
    private static readonly Arm Nothing = new(Tiny, "ps-kd", "method.final-weight=0") { TunedAs = Plain, DrawnAnew = true };

    private readonly List<ArmJob> asked = [];

    /// <summary>An experiment of one claim, guarded by one control.</summary>
    private static Experiment One(double smallest = 0.02) => new("ps-kd", Metrics.Accuracy, [new Claim("better", Better, Plain, Metrics.Accuracy, smallest, "somewhere", new NullControl("nothing", Nothing, Plain))]);

    /// <summary>Answers as if an arm were right on a share of the items that its job decides.</summary>
    private AnswerJobs Right(Func<ArmJob, double> share) => jobs =>
    {
        asked.AddRange(jobs);
        return [.. jobs.Select(job =>
        {
            var right = (int)Math.Round(share(job) * Items);
            // The seed shifts which items are right, so that test items as such are not to blame.
            var probabilities = Enumerable.Range(0, Items).SelectMany(i => (i + 7 * (int)job.Seed) % Items < right ? new[] { 0.9f, 0.1f } : [0.1f, 0.9f]).ToArray();
            return new ArmAnswers(probabilities, new int[Items], 2, 1, new Dictionary<string, int>(), "data");
        })];
    };

    private EvidenceValues Judge(Experiment experiment, Func<ArmJob, double> share, Tier tier = Tier.Full) => new Reproduction(experiment, tier, Right(share)).Run();

    private int Seeds(Arm arm) => asked.Count(j => j.Arm.Name == arm.Name && !j.IsTuning);

    [Fact]
    public void A_clear_effect_is_reproduced_at_the_first_look_with_all_seeds_of_the_control()
    {
        var claim = Judge(One(), job => job.Arm.Name == Better.Name ? 0.9 + job.Seed % 2 * 0.01 : 0.8).Claims.Single();
        Assert.Equal(Verdict.Reproduced, claim.Verdict);
        Assert.Equal((5, Verdicts.Level(1)), (claim.Seeds, claim.Level));
        Assert.Equal((5, 20), (Seeds(Better), Seeds(Nothing)));
        Assert.Equal(0.104, claim.Difference.Mean, 6);
        Assert.True(claim.Controls.Single().Passes);
    }

    [Fact]
    public void An_unsteady_effect_is_looked_at_three_times()
    {
        var claim = Judge(One(), job => job.Arm.Name == Better.Name ? 0.8 + (job.Seed % 3 - 1.0) * 0.15 + 0.02 : 0.8).Claims.Single();
        Assert.Equal((Verdict.Inconclusive, 20), (claim.Verdict, claim.Seeds));
        Assert.Equal(20, Seeds(Better));
        Assert.Equal(asked.Count, asked.DistinctBy(j => j.Key).Count()); // no training twice
    }

    [Fact]
    public void An_effect_that_the_control_shows_too_is_confounded()
    {
        var claim = Judge(One(), job => job.Arm.Name == Plain.Name ? 0.8 : 0.9).Claims.Single();
        Assert.Equal(Verdict.Confounded, claim.Verdict);
        Assert.False(claim.Controls.Single().Passes);
    }

    [Fact]
    public void Seeds_that_settings_were_chosen_on_are_left_out_and_change_what_was_fixed()
    {
        var later = One() with { FirstSeed = 3 };
        var evidence = Judge(later, job => job.Arm.Name == Better.Name ? 0.9 + job.Seed % 2 * 0.01 : 0.8);
        Assert.Equal(5, evidence.Claims.Single().Seeds);
        Assert.Equal([3, 4, 5, 6, 7], asked.Where(j => j.Arm.Name == Better.Name && !j.IsTuning).Select(j => (int)j.Seed));
        Assert.Equal([0.91, 0.9, 0.91, 0.9, 0.91], evidence.Arms.Single(a => a.Arm == Better.Name).Scores[Metrics.Accuracy.Name]);
        Assert.NotEqual(One().Fingerprint(Tier.Full), later.Fingerprint(Tier.Full));
    }

    [Fact]
    public void Arms_are_tuned_on_a_seed_of_their_own_and_controls_take_over_the_choice()
    {
        // The first setting tunes best for the baseline, the second for the method; on the exam it is the other way round.
        double Share(ArmJob job)
        {
            var first = job.Setting == Tiny.Grid[0];
            var isBest = job.Arm.Name == Better.Name ? !first : first;
            return job.IsTuning == isBest ? 0.9 : 0.7;
        }
        var values = Judge(One(), Share);
        Assert.All(asked.Where(j => j.IsTuning), j => Assert.Equal(Reproduction.TuningSeed, j.Seed));
        Assert.All(asked.Where(j => !j.IsTuning), j => Assert.True(j.Seed < 20));
        Assert.Equal(Tiny.Grid[0], values.Arms.Single(a => a.Arm == Plain.Name).Setting);
        Assert.Equal(Tiny.Grid[1], values.Arms.Single(a => a.Arm == Better.Name).Setting);
        var control = values.Arms.Single(a => a.Arm == Nothing.Name);
        Assert.Equal((Tiny.Grid[0], Plain.Name), (control.Setting, control.TunedAs));
        Assert.DoesNotContain(asked, j => j.IsTuning && j.Arm.Name == Nothing.Name);
        Assert.Equal([0.9, 0.7], values.Arms.Single(a => a.Arm == Plain.Name).Tuning.Select(t => t.Score));
    }

    [Fact]
    public void The_quick_tier_looks_at_two_seeds_of_the_first_setting_and_gives_no_verdict()
    {
        var claim = Judge(One(), job => job.Arm.Name == Better.Name ? 0.9 : 0.8, Tier.Quick).Claims.Single();
        Assert.Null(claim.Verdict);
        Assert.Equal(2, claim.Seeds);
        Assert.DoesNotContain(asked, j => j.IsTuning || j.Setting != Tiny.Grid[0] || j.Seed > 1);
    }

    [Fact]
    public void Both_arms_of_a_contrast_share_draw_split_initialisation_and_order_and_a_control_draws_anew()
    {
        AnswerJobs train = jobs => [.. jobs.Select(job =>
        {
            using var run = new Run(new RunSettings { Seed = job.Arm.RunSeed(job.Seed) });
            return job.Answer((_, _, _, _) => throw new InvalidOperationException("there is no file to read"), run);
        })];
        var same = new Arm(Tiny, "ps-kd", "method.final-weight=0");
        var answers = train([new(Plain, Tiny.Grid[1], 3, false), new(same, Tiny.Grid[1], 3, false), new(Nothing, Tiny.Grid[1], 3, false), new(Plain, Tiny.Grid[1], 4, false), new(Plain, Tiny.Grid[1], 3, true)]);
        Assert.Equal(answers[0].Probabilities, answers[1].Probabilities);
        Assert.NotEqual(answers[0].Probabilities, answers[2].Probabilities);
        Assert.Equal(answers[0].Data, answers[2].Data);
        Assert.NotEqual(answers[0].Data, answers[3].Data);
        Assert.NotEqual(answers[0].Labels, answers[4].Labels); // tuning answers the validation rows
        Assert.Contains(answers[0].Versions, v => v.Key.EndsWith("DigitsProblem", StringComparison.Ordinal));
        Assert.True(answers[0].IsCurrent);
        Assert.False((answers[0] with { Versions = new Dictionary<string, int> { [typeof(Preceptor.Prediction.Plain.Supervised).FullName!] = 99 } }).IsCurrent);
    }

    [Fact]
    public void Answers_are_read_back_as_they_were_written()
    {
        var answers = Right(_ => 0.5)([new(Plain, Tiny.Grid[0], 0, false)])[0] with { Versions = new Dictionary<string, int> { ["A"] = 2 } };
        using var folder = new Readers.TemporaryFolder();
        answers.Save(folder.Path);
        var read = ArmAnswers.Load(folder.Path);
        Assert.Equal(answers.Probabilities, read.Probabilities);
        Assert.Equal(answers.Labels, read.Labels);
        Assert.Equal((answers.Classes, answers.TrainSeconds, answers.Data), (read.Classes, read.TrainSeconds, read.Data));
        Assert.Equal(answers.Versions, read.Versions);
    }

    [Fact]
    public void Rows_without_a_label_are_not_scored()
    {
        var (probabilities, labels) = ArmJob.Labelled([0.1f, 0.9f, 0.2f, 0.8f, 0.3f, 0.7f], [1, -1, 0], 2);
        Assert.Equal([0.1f, 0.9f, 0.3f, 0.7f], probabilities);
        Assert.Equal([1, 0], labels);
    }
}
