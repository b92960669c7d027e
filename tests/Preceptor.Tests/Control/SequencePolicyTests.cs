using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Tests.Control;

/// <summary>Policies that act by the last moments of an episode: what they learn from, what stops them, and how they act.</summary>
public sealed class SequencePolicyTests
{
    private static readonly SequenceModelOptions Small = new() { Context = 3, Layers = 1, Width = 16, Dropout = 0.1, InitialDeviation = 0.2 };

    private static readonly (Demonstrations Train, EpisodeLog Validation, EpisodeLog Test) Few = StitchingMazeProblem.Draw(new() { Episodes = 32 }, 7);

    private static ControlProblem Problem(int epochs = 2, int episodes = 32)
    {
        var (train, validation, _) = episodes == 32 ? Few : StitchingMazeProblem.Draw(new() { Episodes = episodes }, 7);
        return new("maze", train, validation) { Model = new() { Reader = PolicyReader.Transformer, Sequence = Small }, Training = new() { Epochs = epochs, Batch = 32, Rate = 0.003, Clip = 0.25 } };
    }

    /// <summary>Episodes whose states, goals and actions say which observation they are: its place among all, in the log [Σ(T + 1)].</summary>
    private static ControlProblem Counted(params int[] lengths)
    {
        var (steps, places) = (lengths.Sum(), lengths.Sum() + lengths.Length);
        int[] taken = [.. lengths.SelectMany((length, e) => Enumerable.Range(lengths[..e].Sum() + e, length))];
        var log = new EpisodeLog(1, 1, lengths, [.. Enumerable.Range(0, places).Select(i => (float)i)], [.. taken.Select(i => (float)i)], new float[steps], new float[steps], [.. lengths.Select(_ => true)]);
        return new("counted", new(log, BoxSpace.Of(1, 0, places), [0], [0]), log) { Model = new() { Reader = PolicyReader.Transformer, Sequence = Small }, Training = new() { Epochs = 1, Batch = 64 } };
    }

    private static (int[] Seen, int Goal, int[] Done)[] Drawn(ControlProblem problem, int context, double stitched, int[]? clusters = null)
    {
        var log = problem.Demonstrations.Log;
        using var run = new Run(new RunSettings());
        var draws = new GoalDraws([.. log.Lengths.Select(length => length + 1)], clusters ?? new int[log.Steps + log.Count]);
        var batches = new GoalSequenceBatches(run, problem, draws, context, stitched);
        return [.. Enumerable.Range(1, 12).SelectMany(epoch => batches.Epoch(epoch, 0).SelectMany(batch => Enumerable.Range(0, batch.Count).Select(row =>
        {
            float[][] seen = [.. Enumerable.Range(0, context).Select(moment => batch.InputsOf(row, moment).ToArray())];
            Assert.Equal((int)seen[0][0], batch.Rows[row]);
            Assert.All(seen, s => Assert.Equal(seen[0][1..], s[1..])); // one goal for all moments, or none
            return ((int[])[.. seen.Select(s => (int)s[0])], (int)seen[0][^1], (int[])[.. Enumerable.Range(0, context).Select(moment => (int)batch.ActionsOf(row, moment)[0])]);
        })))];
    }

    private static float[] Actions(Policy policy, ControlProblem problem)
    {
        var (log, memory) = (problem.Validation, policy.Remember(4));
        var (inputs, actions, all) = (new float[4 * policy.Inputs], new float[4 * policy.ActionSize], new List<float>());
        for (var moment = 0; moment < 6; moment++)
        {
            for (var i = 0; i < 4; i++) problem.Demonstrations.See(log.Seen(moment + 8 * i), log.Seen(9 + 8 * i), inputs.AsSpan(i * policy.Inputs, policy.Inputs));
            policy.Act(inputs, actions, 0, memory, [0, 1, 2, 3]);
            all.AddRange(actions);
        }
        return [.. all];
    }

    private static float[] Fit(IFit<ControlProblem, Policy> method, ControlProblem problem)
    {
        using var run = new Run(new RunSettings());
        using var policy = method.Fit(problem, run);
        return Actions(policy, problem);
    }

    [Fact]
    public void A_stitched_sequence_goes_on_where_another_trajectory_passes_and_ends_before_its_goal()
    {
        // Three episodes of 9, 6 and 4 observations; the last is too short to begin in.
        int[] ends = [8, 14, 18], clusters = [.. Enumerable.Range(0, 19).Select(i => i % 3)];
        int End(int place) => ends.First(e => place <= e);
        var drawn = Drawn(Counted(8, 5, 3), 5, stitched: 1, clusters);
        var (spliced, last) = (0, 0);
        Assert.All(drawn, d =>
        {
            Assert.Equal((5, 5), (d.Seen.Length, d.Done.Length));
            Assert.Equal(d.Seen, d.Done); // what was done there
            Assert.InRange(d.Seen[0], 0, 13);
            var own = Enumerable.Range(0, 5).TakeWhile(t => d.Seen[t] == d.Seen[0] + t && End(d.Seen[t]) == End(d.Seen[0])).Count();
            if (own < 5) spliced++;
            for (var t = own + 1; t < 5; t++) Assert.Equal(d.Seen[own] + t - own, d.Seen[t]);
            // What it goes on with lies in the cluster of the observation that would have been next, and so did its old goal.
            if (own < 5) Assert.Equal(clusters[d.Seen[own]], clusters[d.Seen[own - 1] + 1]);
            if (own < 5) Assert.True(d.Goal > d.Seen[4] && End(d.Goal) == End(d.Seen[own]), $"{string.Join(' ', d.Seen)} → {d.Goal}");
            if (End(d.Seen[^1]) == 18) last++;
        });
        Assert.True(spliced > drawn.Length / 4 && last > 0, $"{spliced} and {last} of {drawn.Length}");
    }

    [Fact]
    public void A_plain_sequence_lies_in_one_long_enough_episode_with_its_goal_behind_it_and_no_share_of_stitches_changes_it()
    {
        var problem = Counted(8, 5, 4, 3);
        var plain = Drawn(problem, 5, stitched: 0);
        Assert.All(plain, d => Assert.True((d.Seen[4], d.Goal) is ( <= 7, > 4 and <= 8) or (13, 14), $"{string.Join(' ', d.Seen)} → {d.Goal}"));
        Assert.All(plain, d => Assert.True(d.Goal > d.Seen[4] && d.Seen.SequenceEqual(Enumerable.Range(d.Seen[0], 5)) && d.Done.SequenceEqual(d.Seen)));
        var mixed = Drawn(problem, 5, stitched: 0.5);
        var kept = mixed.Zip(plain).Count(p => p.First.Seen.SequenceEqual(p.Second.Seen) && p.First.Goal == p.Second.Goal);
        Assert.InRange(kept, 0.35 * plain.Length, 0.75 * plain.Length);
        // Without goals all sequences are as likely, those of an episode of five actions too.
        var free = Drawn(problem with { Demonstrations = problem.Demonstrations with { Goal = [] } }, 5, stitched: 0);
        Assert.Equal([0, 1, 2, 3, 9], free.Select(d => d.Seen[0]).Distinct().Order());
    }

    [Fact]
    public void Without_stitches_it_is_cloning_to_the_bit_and_goals_are_near_by_their_place()
    {
        var cloning = Fit(new BehaviourCloning(new()), Problem());
        Assert.Equal(cloning, Fit(new TemporalStitching(new() { Probability = 0 }), Problem()));
        var stitched = Fit(new TemporalStitching(new()), Problem());
        Assert.NotEqual(cloning, stitched);
        Assert.Equal(stitched, Fit(new TemporalStitching(new() { Near = TemporalStitching.Closeness.Goal }), Problem()));
        Assert.NotEqual(stitched, Fit(new TemporalStitching(new() { Near = TemporalStitching.Closeness.State }), Problem()));
        Assert.NotEqual(cloning, Fit(new BehaviourCloning(new()), Problem() with { Model = new() { Width = 16 } }));
    }

    [Theory, InlineData(1, PositionKind.Learned), InlineData(0, PositionKind.Learned), InlineData(1, PositionKind.Rotary)]
    public void Each_action_is_told_by_what_is_before_it_and_every_parameter_learns(int goals, PositionKind positions)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var network = new SequencePolicyNetwork(Small with { Dropout = 0, Positions = positions }, (new float[2 + goals], [.. Enumerable.Repeat(2f, 2 + goals)]), 2, new([-1, 0, 3], [1, 4, 3]));
        var (inputs, done) = (randn(5, 3, 2 + goals), rand(5, 3, 3));
        float[] Of(Tensor seen, Tensor actions, int moment) => [.. network.Forward(seen, actions).select(1, moment).contiguous().data<float>()];
        Tensor Changed(Tensor from, int moment)
        {
            var copy = from.clone();
            copy.select(1, moment).add_(1);
            return copy;
        }
        for (var moment = 0; moment < 3; moment++)
        {
            var now = Of(inputs, done, moment);
            Assert.Equal(now, Of(inputs, Changed(done, moment), moment)); // its own action is what is asked for
            if (moment < 2) Assert.Equal(now, Of(Changed(inputs, moment + 1), done, moment));
            Assert.NotEqual(now, Of(Changed(inputs, moment), done, moment));
            if (moment > 0) Assert.NotEqual(now, Of(inputs, Changed(done, moment - 1), moment));
            Assert.All(now.Chunk(3), a => Assert.True(a[0] is > -1 and < 1 && a[1] is > 0 and < 4 && a[2] == 3, string.Join(' ', a)));
        }
        (network.Forward(inputs, done) - done).square().mean().backward();
        var parameters = network.named_parameters().ToArray();
        Assert.All(parameters, p => Assert.True(p.parameter.grad!.abs().sum().item<float>() > 0, p.name));
        string[] names = [.. parameters.Select(p => p.name).Where(n => !n.StartsWith("transformer.layers", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string[] learned = positions == PositionKind.Learned ? ["transformer.embed_positions"] : [];
        string[] both = [.. learned, "actions.bias", "actions.weight", "output.bias", "output.weight", "states.bias", "states.weight", "transformer.norm.bias", "transformer.norm.weight"];
        Assert.Equal((goals > 0 ? [.. both, "goals.bias", "goals.weight"] : both).Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void Acting_step_by_step_is_reading_the_last_moments_at_once_and_begins_anew_with_an_episode()
    {
        manual_seed(1);
        var problem = Problem();
        var (space, random) = (problem.Demonstrations.Actions, RandomStream.Of(1, "rows"));
        var network = new SequencePolicyNetwork(Small, (new float[6], [.. Enumerable.Repeat(1f, 6)]), 4, space);
        using var policy = new SequencePolicy(Small, network, [0, 1, 2, 3], [0, 1], space, new([], 0, 0, 0), 1);
        var (memory, seen, done) = (policy.Remember(3), new List<float>(), new List<float>());
        float[] now = new float[12], given = new float[4], alone = new float[2];
        for (var moment = 0; moment < 7; moment++)
        {
            for (var i = 0; i < now.Length; i++) now[i] = (float)random.NextGaussian();
            policy.Act(now, given, 0, memory, [2, 0]); // beside another episode, and one that has not begun
            seen.AddRange(now[..6]);
            var first = Math.Max(0, moment - 2);
            using (NewDisposeScope())
            {
                var length = moment - first + 1;
                var window = network.Forward(tensor(seen.Skip(6 * first).ToArray()).view(1, length, 6), tensor(done.Skip(2 * first).Concat([9f, 9]).ToArray()).view(1, length, 2));
                Assert.All(window.select(1, length - 1).contiguous().data<float>().Zip(given), p => Assert.Equal(p.First, p.Second, 1e-5f));
            }
            policy.Act(now.AsSpan(0, 6), alone);
            if (moment == 0) Assert.Equal(alone, given[..2]);
            else Assert.NotEqual(alone, given[..2]);
            done.AddRange(given[..2]);
        }
        memory.Forget(2);
        policy.Act(now.AsSpan(0, 6), given, 0, memory, [2]);
        Assert.Equal(alone, given[..2]);
        // The error on a log is asked for after what was done in it, not after what the policy would have done.
        var log = problem.Validation.Take([3]);
        var (own, error) = (policy.Remember(1), 0.0);
        for (var t = 0; t < log.Lengths[0]; t++)
        {
            problem.Demonstrations.See(log.Seen(t), log.Seen(log.Lengths[0]), now.AsSpan(0, 6));
            policy.Act(now.AsSpan(0, 6), alone, 0, own, [0]);
            log.Actions.AsSpan(2 * t, 2).CopyTo(own.Done(0)[(2 * Math.Min(t, 2))..]);
            for (var i = 0; i < 2; i++) error += Math.Pow(alone[i] - log.Actions[2 * t + i], 2) / (2 * log.Lengths[0]);
        }
        Assert.Equal(Math.Sqrt(error), policy.ActionErrors(log)[0], 1e-6);
    }

    [Fact]
    public void Training_makes_it_reach_goals_that_the_untrained_network_does_not()
    {
        (double Reached, double Error, double First, double Last) Learn(bool learns)
        {
            var problem = Problem(learns ? 20 : 1, 96) with { Validation = Few.Validation.Take([0]) };
            problem = problem with { Model = problem.Model with { Sequence = Small with { Width = 32, Dropout = 0 } }, Training = problem.Training with { Rate = learns ? 0.004 : 1e-12 } };
            using var run = new Run(new RunSettings());
            using var policy = new TemporalStitching(new()).Fit(problem, run);
            (int, int)[] pairs = [.. StitchingMazeProblem.Parts.SelectMany(part => part.SelectMany(start => part.Where(goal => goal != start).Select(goal => (start, goal)))).Distinct()];
            var reached = Rollouts.Play(StitchingMazeProblem.Ask(pairs, 2), 3, policy, StitchingMazeProblem.Asked).Average(o => o.Terminated ? 1.0 : 0);
            return (reached, policy.ActionErrors(Few.Validation).Average(), policy.Training.Epochs[0].Loss, policy.Training.Epochs[^1].Loss);
        }
        var (learned, untrained) = (Learn(true), Learn(false));
        Assert.True(learned.Reached >= 0.8 && untrained.Reached <= 0.4, $"{learned} {untrained}");
        Assert.True(learned.Error < 0.6 * untrained.Error, $"{learned} {untrained}");
        Pin(0.361073, learned.First, 0.003);
        Pin(0.175687, learned.Last, 0.03);
        static void Pin(double expected, double loss, double share) => Assert.True(Math.Abs(loss - expected) < share * expected, $"the loss is {loss:R}, pinned {expected:R}: if the algorithm changed, raise its version");
    }

    [Fact]
    public void It_reads_back_to_the_bit()
    {
        var problem = Problem();
        using var run = new Run(new RunSettings());
        using var policy = new TemporalStitching(new()).Fit(problem, run);
        var folder = Directory.CreateTempSubdirectory("preceptor-policy-").FullName;
        try
        {
            policy.Save(folder);
            using var read = Policy.Load(folder);
            Assert.IsType<SequencePolicy>(read);
            Assert.Equal(Actions(policy, problem), Actions(read, problem));
            Assert.Equal(policy.ActionErrors(problem.Validation), read.ActionErrors(problem.Validation));
            Assert.Equal([0, 1, 2, 3, 0, 1], read.State.Concat(read.Goal));
            Assert.Equal(2, read.ActionSize);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Stopped_at_any_step_and_continued_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = Problem(epochs: 8);
        var tensors = LiveTensors.Count();
        float[] unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var policy = new TemporalStitching(new()).Fit(problem, run)) unbroken = Actions(policy, problem);
        Assert.True(tensors.Count > 30 && tensors[^1] <= tensors[^20], $"{tensors.Count} steps, {tensors[^1] - tensors[^20]} more tensors after 19 of them");
        Interruptions.Outlast(13, run =>
        {
            using var policy = run.Stage("temporal-stitching", problem.Describe(), () => new TemporalStitching(new()).Fit(problem, run));
            Assert.Equal(unbroken, Actions(policy, problem));
        });
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused_and_so_is_a_method_that_cannot_use_it()
    {
        string Says(IFit<ControlProblem, Policy> method, SequenceModelOptions sequence)
        {
            using var run = new Run(new RunSettings());
            return Assert.Throws<RequestException>(() => method.Fit(Problem() with { Model = new() { Reader = PolicyReader.Transformer, Sequence = sequence } }, run)).Message;
        }
        var longest = Problem().Demonstrations.Log.Lengths.Max();
        Assert.Equal($"model.sequence.context: 999: no episode of maze has as many actions; expected at most {longest}", Says(new BehaviourCloning(new()), Small with { Context = 999 }));
        Assert.Contains("model.sequence.heads: 3 does not divide model.sequence.width 16", Says(new TemporalStitching(new()), Small with { Heads = 3 }), StringComparison.Ordinal);
        Assert.Contains("model.sequence.architecture: encoder-decoder: an episode is one sequence; expected decoder", Says(new BehaviourCloning(new()), Small with { Architecture = LanguageArchitecture.EncoderDecoder }), StringComparison.Ordinal);
        Assert.Contains("model.reader: transformer: implicit-q-learning weighs single actions; expected perceptron", Says(new ImplicitQLearning(new()), Small), StringComparison.Ordinal);
        Assert.Contains("model.reader: transformer: play-lmp acts by a recurrent network", Says(new LatentPlans(new()), Small), StringComparison.Ordinal);
    }
}
