using CsCheck;
using Preceptor.Foundation;
using Preceptor.Reasoning;
using TorchSharp;

namespace Preceptor.Tests.Reasoning;

/// <summary>Flow of reasoning's losses, rewards, policy and memory: those of the published code, and what they come to where the answer is known.</summary>
public sealed class TrajectoryBalanceTests
{
    private const string File = "56-flow-of-reasoning.json";

    public static TheoryData<string> Losses => [.. Goldens.Names(File).Select(row => row.Data).Where(n => !n.StartsWith("reward", StringComparison.Ordinal) && n is not ("policy_over_legal_actions" or "replay_buffer"))];

    public static TheoryData<string> Rewards => [.. Goldens.Names(File).Select(row => row.Data).Where(n => n.StartsWith("reward", StringComparison.Ordinal) || n.StartsWith('('))];

    [Theory, MemberData(nameof(Losses))]
    public void Losses_and_gradients_are_the_published_ones(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        torch.Tensor Of(string input) => torch.tensor(golden.Input(input).Json.GetProperty("shape").GetArrayLength() == 0 ? [(double)golden.Input(input).Floats[0]] : golden.Input(input).Floats.Select(v => (double)v).ToArray(), requires_grad: true);
        var (forward, reward) = (Of("log_pf"), Of("log_r").detach());
        // The published module hands over the last trajectory's log P_B alone, which cancels.
        var isReleased = name == "released_last_log_bf_only";
        var backward = golden.HasInput("log_bf") ? Of("log_bf") : null;
        var power = golden.HasSetting("reward_temperature") ? golden.Setting("reward_temperature").Number : 1;
        var imbalance = TrajectoryBalance.Imbalance(forward, reward * power, isReleased ? backward![3] : backward);
        var partition = golden.HasInput("logz") ? Of("logz") : null;
        var loss = partition is null ? TrajectoryBalance.Variance(imbalance) : TrajectoryBalance.Squares(imbalance, partition);
        loss.backward();
        golden.AssertClose("loss", [loss.item<double>()]);
        golden.AssertClose("grad_log_pf", forward.grad!.data<double>().ToArray());
        if (golden.HasOutput("grad_log_bf")) golden.AssertClose("grad_log_bf", backward!.grad!.data<double>().ToArray());
        if (golden.HasOutput("grad_logz")) golden.AssertClose("grad_logz", [partition!.grad!.item<double>()]);
    }

    [Fact]
    public void The_policy_over_legal_steps_is_the_published_one()
    {
        var golden = Goldens.Case(File, "policy_over_legal_actions");
        using var scope = torch.NewDisposeScope();
        torch.Tensor[] scores = [.. Enumerable.Range(0, 3).Select(i => torch.tensor(golden.Input($"action_scores_{i}").Floats.Select(v => (double)v).ToArray(), requires_grad: true))];
        int[] legal = [3, 5, 2], chosen = [1, 4, 0];
        var logs = StepPolicy.Chosen(torch.cat(scores), legal, [0, 1, 2], chosen);
        logs.sum().backward();
        golden.AssertClose("log_pf", [logs.sum().item<double>()]);
        golden.AssertClose("log_pf_per_step", logs.data<double>().ToArray());
        for (var i = 0; i < 3; i++) golden.AssertClose($"grad_scores_{i}", scores[i].grad!.data<double>().ToArray());
        var trajectory = new Trajectory(new Line(legal, 0));
        foreach (var choice in chosen) trajectory.Take(choice, []);
        golden.AssertClose("log_bf", [GenerativeFlowPolicy.Backward(trajectory, released: true)]);
        Assert.Equal(-Math.Log(2) - Math.Log(3) - Math.Log(4), GenerativeFlowPolicy.Backward(trajectory, released: false), 1e-12);
    }

    [Theory, MemberData(nameof(Rewards))]
    public void Rewards_are_the_published_ones(string name)
    {
        var golden = Goldens.Case(File, name);
        var isSolved = name == "reward_success";
        var options = new GenerativeFlowPolicy.Options { LikelihoodWeight = golden.Setting("ll_weight").Number, Partial = golden.Input("r1").Floats[0] };
        golden.AssertClose("log_reward", [GenerativeFlowPolicy.LogReward(new Line([], 0, isSolved, 1), [.. golden.Input("base_logprob_per_action").Floats.Select(l => (double)l)], options)]);
    }

    [Fact]
    public void Rewards_have_a_logarithm_and_certain_steps_are_not_worth_everything()
    {
        var options = new GenerativeFlowPolicy.Options { LikelihoodWeight = 1 };
        Assert.Equal(Math.Log(0.001), GenerativeFlowPolicy.LogReward(new Line([], 0, false, 0), [], options with { Least = 0.001 }), 1e-12);
        Assert.Equal(0, GenerativeFlowPolicy.LogReward(new Line([], 0, false, 0), [], options), 1e-12);
        Assert.Equal(Math.Log(100 + 1000), GenerativeFlowPolicy.LogReward(new Line([], 0, true, 1), [0], options), 1e-12);
        Assert.Equal(Math.Log(2.5), GenerativeFlowPolicy.LogReward(new Line([], 0, false, 0.25), [], options), 1e-12);
    }

    [Fact]
    public void The_memory_is_the_published_one()
    {
        var golden = Goldens.Case(File, "replay_buffer");
        var memory = new TrajectoryMemory(2, golden.Setting("buffer_size").Integer);
        foreach (var add in golden.Input("adds").Json.GetProperty("sequence").EnumerateArray()) memory.Add(1, [add.GetProperty("plan").GetString()![1] - '0'], add.GetProperty("log_reward").GetDouble());
        var content = golden.Output("content_high_to_low").Json;
        Assert.Equal(content.GetProperty("plans").EnumerateArray().Select(p => p.GetString()), memory.Of(1).Select(r => $"p{r.Choices[0]}"));
        Assert.Equal(content.GetProperty("log_rewards").EnumerateArray().Select(p => p.GetDouble()), memory.Of(1).Select(r => r.LogReward));
        golden.AssertClose("sampling_probabilities", memory.Probabilities(1));
        Assert.Empty(memory.Of(0));
    }

    [Fact]
    public void The_memory_keeps_the_best_once_draws_by_reward_and_comes_back_from_a_checkpoint()
    {
        Gen.Select(Gen.Int[0, 9], Gen.Double[-5, 5]).Array[0, 60].Sample(adds =>
        {
            var memory = new TrajectoryMemory(1, 5);
            foreach (var (plan, reward) in adds)
            {
                memory.Add(0, [plan, 1], reward);
                Assert.True(memory.Of(0).Count <= 5 && memory.Of(0).Select(r => r.Choices[0]).Distinct().Count() == memory.Of(0).Count);
                Assert.Equal(memory.Of(0).Select(r => r.LogReward).OrderDescending(), memory.Of(0).Select(r => r.LogReward));
            }
            var (state, again) = (new State(), new TrajectoryMemory(1, 5));
            memory.Save(state);
            again.Restore(state);
            Assert.Equal(memory.Of(0).Select(r => $"{string.Join(' ', r.Choices)} {r.LogReward:R}"), again.Of(0).Select(r => $"{string.Join(' ', r.Choices)} {r.LogReward:R}"));
            Assert.Null(memory.Draw(0, memory.Of(0).Count + 1, RandomStream.Of(1, "draw")));
            if (memory.Of(0).Count > 1) Assert.Equal(2, memory.Draw(0, 2, RandomStream.Of(1, "draw"))!.Distinct().Count());
        }, iter: 100);
        var two = new TrajectoryMemory(1, 5);
        two.Add(0, [0], Math.Log(3));
        two.Add(0, [1], Math.Log(1));
        Assert.Equal(0.75, Enumerable.Range(0, 2000).Average(i => two.Draw(0, 1, RandomStream.Of(2, "draw", i))![0].Choices[0] == 0 ? 1.0 : 0), 0.03);
    }

    // The trajectories of a graph that begins at one state, by which of its logits each takes, their rewards and log P_B; what their probabilities come to.
    private static double[] Learned((int[] Logits, double Reward, double Backward)[] paths, int[][] softmaxes, bool hasPartition, double power = 1)
    {
        using var scope = torch.NewDisposeScope();
        var logits = torch.zeros(softmaxes.Sum(s => s.Length), torch.float64, requires_grad: true);
        var z = torch.zeros(1, torch.float64, requires_grad: true);
        torch.Tensor Forward()
        {
            var logs = torch.cat([.. softmaxes.Select(s => torch.nn.functional.log_softmax(logits[torch.tensor(s.Select(i => (long)i).ToArray())], 0))]);
            return torch.stack([.. paths.Select(p => logs[torch.tensor(p.Logits.Select(i => (long)i).ToArray())].sum())]);
        }
        for (var turn = 0; turn < 1500; turn++)
        {
            logits.grad?.zero_();
            z.grad?.zero_();
            using var inner = torch.NewDisposeScope();
            var imbalance = TrajectoryBalance.Imbalance(Forward(), torch.tensor(paths.Select(p => power * Math.Log(p.Reward)).ToArray()), torch.tensor(paths.Select(p => p.Backward).ToArray()));
            (hasPartition ? TrajectoryBalance.Squares(imbalance, z) : TrajectoryBalance.Variance(imbalance)).backward();
            using var hold = torch.no_grad();
            logits.sub_(logits.grad! * 0.3);
            if (hasPartition) z.sub_(z.grad! * 0.3);
        }
        if (hasPartition) Assert.Equal(Math.Log(paths.Sum(p => Math.Pow(p.Reward, power) * Math.Exp(p.Backward))), z.item<double>(), 1e-4);
        return Forward().exp().data<double>().ToArray();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_minimises_the_loss_draws_in_proportion_to_reward(bool hasPartition)
    {
        void Near(double[] expected, double[] found) => Assert.All(expected.Zip(found), p => Assert.Equal(p.First, p.Second, 1e-4));
        // Two leaves with 1 and 3; a power of 2 makes 0.25 and 0.75 into 0.1 and 0.9.
        (int[], double, double)[] leaves = [([0], 1, 0), ([1], 3, 0)];
        Near([0.25, 0.75], Learned(leaves, [[0, 1]], hasPartition));
        Near([0.1, 0.9], Learned(leaves, [[0, 1]], hasPartition, power: 2));
        // A diamond: two ways to a state with 2, beside a leaf with 2. By half a way back the state gets as much as the leaf, else twice.
        (int[], double, double)[] Diamond(double back) => [([0], 2, back), ([1], 2, back), ([2], 2, 0)];
        Near([0.25, 0.25, 0.5], Learned(Diamond(Math.Log(0.5)), [[0, 1, 2]], hasPartition));
        Near([1.0 / 3, 1.0 / 3, 1.0 / 3], Learned(Diamond(0), [[0, 1, 2]], hasPartition));
        // Three levels, four ends alike and four without.
        (int[], double, double)[] tree = [.. from a in new[] { 0, 1 } from b in new[] { 0, 1 } from c in new[] { 0, 1 } select (new[] { a, 2 + 2 * a + b, 6 + 4 * a + 2 * b + c }, c == 0 ? 1 : 0.01, 0.0)];
        int[][] softmaxes = [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9], [10, 11], [12, 13]];
        Near([.. tree.Select(t => t.Item2 / 4.04)], Learned(tree, softmaxes, hasPartition));
    }

    [Fact]
    public void A_factor_of_all_rewards_changes_the_variance_not_and_one_trajectory_teaches_nothing()
    {
        using var scope = torch.NewDisposeScope();
        var (forward, reward) = (torch.tensor([-1.0, -2, -0.5]), torch.tensor([0.3, 1, -2.0]));
        double Of(Func<torch.Tensor, torch.Tensor> loss, double factor) => loss(TrajectoryBalance.Imbalance(forward, reward + Math.Log(factor), null)).item<double>();
        Assert.Equal(Of(TrajectoryBalance.Variance, 1), Of(TrajectoryBalance.Variance, 7), 1e-12);
        Assert.NotEqual(Of(i => TrajectoryBalance.Squares(i, torch.zeros(1, torch.float64)), 1), Of(i => TrajectoryBalance.Squares(i, torch.zeros(1, torch.float64)), 7), 1e-3);
        Assert.Equal(0, TrajectoryBalance.Variance(torch.tensor([-3.0])).item<double>());
    }

    /// <summary>A line of states with so many legal steps each, all of which lead to the next; the n-th has n + 1 parents.</summary>
    private sealed class Line(int[] legal, int at, bool isSolved = true, double progress = 1) : StepState
    {
        public override string Key => $"{at}";

        public override bool IsSolved => at >= legal.Length && isSolved;

        public override double Reached => progress;

        public override int Parents => at + 1;

        protected override IEnumerable<NextStep> Next() => at >= legal.Length ? [] : Enumerable.Range(0, legal[at]).Select(i => new NextStep($"{i}", new Line(legal, at + 1)));
    }
}
