using CsCheck;
using Preceptor.Control;
using Preceptor.Control.Household;
using Preceptor.Foundation;

namespace Preceptor.Tests.Control;

/// <summary>Gathering episodes without anybody to imitate: what is kept of them, what is learned, and environments that fail.</summary>
public sealed class ActiveDataGatheringTests
{
    private static readonly SceneForm Form = HouseholdNames.Form;

    private static ActiveDataGathering.Options Small => new() { Start = TransformerStart.Random, Rounds = 2, Episodes = 20, Most = 40 };

    private static GatheredEpisodes Explore(ActiveDataGathering.Options options, ulong seed = 0)
    {
        using var run = new Run(new RunSettings { Seed = seed });
        return new ActiveDataGathering(options).Explore(LanguageInitialisationTests.Household(), run, 1, null);
    }

    private static Policy Fit(ControlProblem problem, ActiveDataGathering.Options options)
    {
        using var run = new Run(new RunSettings());
        return new ActiveDataGathering(options).Fit(problem, run);
    }

    [Fact]
    public void Every_episode_that_is_kept_reaches_its_goal_by_its_last_action_and_never_before()
    {
        var gathered = Explore(Small with { Episodes = 50, Most = 0 });
        var log = gathered.Log;
        Assert.True(log.Count > 30 && gathered.Succeeded < 20, $"{log.Count} {gathered.Succeeded}");
        for (var (e, at, action) = (0, 0, 0); e < log.Count; at += log.Lengths[e] + 1, action += log.Lengths[e], e++)
        {
            Assert.True(log.Terminated[e] && log.Rewards[action + log.Lengths[e] - 1] == 1 && log.Rewards.AsSpan(action, log.Lengths[e] - 1).IndexOf(1f) < 0);
            var goal = Form.GoalText(log.Seen(at));
            Assert.StartsWith("put ", goal, StringComparison.Ordinal);
            for (var t = 0; t < log.Lengths[e]; t++)
            {
                Assert.True(Form.IsPossible(log.Seen(at + t), (int)log.Actions[2 * (action + t)], (int)log.Actions[2 * (action + t) + 1]));
                Assert.Equal(goal, Form.GoalText(log.Seen(at + t + 1)));
            }
            // The last action puts something down, which is what the goal's last predicate says.
            Assert.Equal((float)HouseholdVerb.Put, log.Actions[2 * (action + log.Lengths[e] - 1)]);
            var receptacle = goal.Split(' ')[^1];
            Assert.Contains($"put {receptacle}", Form.History(log.Seen(at + log.Lengths[e])), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Hindsight_uses_more_of_what_was_played_and_shorter_episodes_lose_nothing()
    {
        var (all, asked, whole) = (Explore(Small with { Episodes = 50, Most = 0 }), Explore(Small with { Episodes = 50, Most = 0, Relabel = false }), Explore(Small with { Episodes = 50, Most = 0, Shorten = false }));
        // The same play: random actions do not depend on what is kept.
        Assert.Equal((all.Played, all.Succeeded), (asked.Played, asked.Succeeded));
        Assert.Equal(asked.Succeeded, asked.Log.Count);
        Assert.True(all.Log.Count > asked.Log.Count);
        Assert.Equal(all.Log.Count, whole.Log.Count);
        Assert.All(all.Log.Lengths.Zip(whole.Log.Lengths), p => Assert.True(p.First <= p.Second));
        Assert.True(all.Log.Steps < whole.Log.Steps / 2, $"{all.Log.Steps} of {whole.Log.Steps}");
        // None can be left out: as few as walking there, taking it, walking and putting it down.
        Assert.True(all.Log.Lengths.Min() >= 3);
    }

    [Fact]
    public void Of_too_many_episodes_goals_are_kept_evenly()
    {
        var (all, some) = (Explore(Small with { Episodes = 50, Most = 0 }), Explore(Small with { Episodes = 50, Most = 30 }));
        Dictionary<string, int> Goals(EpisodeLog log) => log.Places().Select((place, action) => (place, action)).Where(p => p.action == 0 || log.Rewards[p.action - 1] == 1).GroupBy(p => Form.GoalText(log.Seen(p.place))).ToDictionary(g => g.Key, g => g.Count());
        var (before, after) = (Goals(all.Log), Goals(some.Log));
        Assert.Equal(30, some.Log.Count);
        // Nobody has a second of a goal while another has none.
        Assert.True(after.Count == before.Count || after.Values.Max() == 1);
        Assert.True(after.Count >= Math.Min(30, before.Count));
    }

    [Fact]
    public void A_gathered_log_reads_back_and_an_empty_one_too()
    {
        var folder = Directory.CreateTempSubdirectory("preceptor-gathered-").FullName;
        try
        {
            var none = Explore(Small with { Episodes = 1, Relabel = false });
            Assert.Equal(0, none.Log.Count);
            foreach (var gathered in new[] { Explore(Small), none })
            {
                gathered.Save(folder);
                Assert.Equivalent(gathered, GatheredEpisodes.Load(folder), strict: true);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Without_rounds_it_is_cloning_from_demonstrations_to_the_bit_and_with_neither_there_is_nothing_to_learn()
    {
        var problem = LanguageInitialisationTests.Household();
        using var lid = LanguageInitialisationTests.Fit(problem, new() { PretrainingEpochs = 1 });
        using var gathered = Fit(problem, new() { PretrainingEpochs = 1, Rounds = 0, Demonstrations = true });
        Assert.Equal(LanguageInitialisationTests.Actions(lid, problem), LanguageInitialisationTests.Actions(gathered, problem));
        Assert.Contains("method.rounds: 0 rounds gather nothing", Assert.Throws<RequestException>(() => Fit(problem, new() { Rounds = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("none of 1 episodes reached its goal", Assert.Throws<WorkException>(() => Fit(problem, Small with { Rounds = 1, Episodes = 1, Relabel = false })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_gets_better_without_a_demonstration()
    {
        var problem = LanguageInitialisationTests.Household(epochs: 10);
        using var policy = Fit(problem, Small with { Rounds = 1, Episodes = 60, Most = 0 });
        using var untrained = LanguageInitialisationTests.Fit(problem with { Training = problem.Training with { Epochs = 1, Rate = 1e-12 } }, new() { Start = TransformerStart.Random });
        // Nothing of an expert was learned from; what one does becomes likelier all the same.
        var (before, after) = (untrained.Training.Epochs[^1].ValidationLoss!.Value, policy.Training.Epochs[^1].ValidationLoss!.Value);
        Assert.True(after < before - 0.3, $"{before} {after}");
        Pin(1.62500, policy.Training.Epochs[0].Loss, 0.003);
        Pin(1.12590, policy.Training.Epochs[^1].Loss, 0.03);
        static void Pin(double expected, double loss, double share) => Assert.True(Math.Abs(loss - expected) < share * Math.Abs(expected), $"the loss is {loss:R}, pinned {expected:R}: if the algorithm changed, raise its version");
    }

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bits()
    {
        var problem = LanguageInitialisationTests.Household(epochs: 1);
        float[] unbroken;
        using (var policy = Fit(problem, Small)) unbroken = LanguageInitialisationTests.Actions(policy, problem);
        Interruptions.Outlast(5, run =>
        {
            using var policy = run.Stage("gathering", problem.Describe(), () => new ActiveDataGathering(Small).Fit(problem, run));
            Assert.Equal(unbroken, LanguageInitialisationTests.Actions(policy, problem));
        }, attempts: 60);
    }

    [Fact]
    public void An_environment_that_fails_in_the_middle_is_named_and_the_rounds_before_are_kept()
    {
        var problem = LanguageInitialisationTests.Household(epochs: 1);
        var folder = Directory.CreateTempSubdirectory("preceptor-gathering-").FullName;
        try
        {
            int rounds = 0, created = 0;
            ControlProblem Failing(bool fails) => problem with
            {
                Practice = problem.Practice! with { Create = count => ++created > 0 && fails && ++rounds == 2 ? new Failing(problem.Practice.Create(count), 7) : problem.Practice.Create(count) },
            };
            float[] Go(bool fails)
            {
                using var run = new Run(new RunSettings { Folder = folder });
                using var policy = new ActiveDataGathering(Small with { Episodes = 10 }).Fit(Failing(fails), run);
                return LanguageInitialisationTests.Actions(policy, problem);
            }
            var fault = Assert.Throws<WorkException>(() => Go(fails: true));
            Assert.Contains("round 2: the environment Failing failed at action 7 of its episodes: out of order", fault.Message, StringComparison.Ordinal);
            Assert.IsType<InvalidOperationException>(fault.InnerException);
            created = 0;
            var mended = Go(fails: false);
            Assert.Equal(1, created); // the first round was not played again
            using var unbroken = Fit(problem, Small with { Episodes = 10 });
            Assert.Equal(LanguageInitialisationTests.Actions(unbroken, problem), mended);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Failing(IHindsightEnvironment inner, int after) : IHindsightEnvironment
    {
        private int actions;

        public int Count => inner.Count;

        public BoxSpace ObservationSpace => inner.ObservationSpace;

        public BoxSpace ActionSpace => inner.ActionSpace;

        public int GoalSize => inner.GoalSize;

        public int MostAchieved => inner.MostAchieved;

        public void Reset(ulong seed, EnvironmentStep into) => inner.Reset(seed, into);

        public void Step(ReadOnlySpan<float> actions, EnvironmentStep into)
        {
            if (++this.actions == after) throw new InvalidOperationException("out of order");
            inner.Step(actions, into);
        }

        public int Achieved(int environment, Span<float> goals) => inner.Achieved(environment, goals);

        public bool Replay(int environment, ReadOnlySpan<float> actions, ReadOnlySpan<float> goal, Span<float> observations) => inner.Replay(environment, actions, goal, observations);
    }
}
