using Preceptor.Language;
using Preceptor.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Tests.Language;

/// <summary>Losses of preferences and rewards against golden numbers and by hand.</summary>
public sealed class PreferenceLossTests
{
    private const string File = "67-qwen2.5-losses.json";

    public static TheoryData<string> Cases => Goldens.Names(File);

    private static Tensor Exact(GoldenCase golden, string name, bool learns = false) => tensor([.. golden.Input(name).Floats.Select(f => (double)f)], golden.Input(name).Shape, requires_grad: learns); // the numbers were of 32 bits

    private static double[] Numbers(Tensor tensor) => tensor.contiguous().data<double>().ToArray();

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_is_as_published(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = NewDisposeScope();
        if (golden.HasInput("chosen_token_logps")) Direct(golden);
        else if (golden.HasInput("r_chosen")) BradleyTerry(golden);
        else if (golden.HasInput("old_logps")) Group(golden);
        else if (golden.HasInput("logits")) Responses(golden);
        else if (golden.HasInput("kl_logratios")) Kahneman(golden);
        else if (golden.HasInput("sft_weights_start")) Merging(golden);
        else Chunks(golden);
    }

    private static void Direct(GoldenCase golden)
    {
        var (chosen, rejected) = (Exact(golden, "chosen_token_logps", true), Exact(golden, "rejected_token_logps", true));
        Tensor Sum(Tensor logs, string side) => (logs * Exact(golden, side + "_mask")).sum(1);
        var margin = PreferenceLoss.Margin(Sum(chosen, "chosen"), Sum(rejected, "rejected"), Sum(Exact(golden, "ref_chosen_token_logps"), "chosen"), Sum(Exact(golden, "ref_rejected_token_logps"), "rejected"));
        var beta = golden.Setting("beta").Number;
        var loss = PreferenceLoss.Direct(margin, beta);
        loss.backward();
        golden.AssertClose("loss", [loss.item<double>()]);
        golden.AssertClose("implicit_reward_margin", Numbers(margin * beta));
        golden.AssertClose("grad_chosen_token_logps", Numbers(chosen.grad!));
        golden.AssertClose("grad_rejected_token_logps", Numbers(rejected.grad!));
    }

    private static void BradleyTerry(GoldenCase golden)
    {
        var (chosen, rejected) = (Exact(golden, "r_chosen", true), Exact(golden, "r_rejected", true));
        var loss = PreferenceLoss.BradleyTerry(chosen, rejected);
        loss.backward();
        golden.AssertClose("loss", [loss.item<double>()]);
        golden.AssertClose("grad_chosen", Numbers(chosen.grad!));
        golden.AssertClose("grad_rejected", Numbers(rejected.grad!));
    }

    private static void Group(GoldenCase golden)
    {
        var (mask, rewards) = (Exact(golden, "mask"), golden.Input("rewards").Doubles);
        foreach (var (suffix, byAll) in new[] { ("population_std", true), ("sample_std", false) })
        {
            var log = Exact(golden, "logps", true);
            var advantages = GroupRelativeLoss.Advantages(rewards, rewards.Length, byAll);
            golden.AssertClose("advantages_" + suffix, advantages);
            var weights = mask / (mask.sum(1, keepdim: true) * rewards.Length);
            var loss = GroupRelativeLoss.Of(log, Exact(golden, "old_logps"), Exact(golden, "ref_logps"), tensor(advantages).unsqueeze(1), weights, golden.Setting("clip_eps").Number, golden.Setting("beta_kl").Number);
            loss.backward();
            golden.AssertClose("loss_" + suffix, [loss.item<double>()]);
            golden.AssertClose("grad_" + suffix, Numbers(log.grad!));
            golden.AssertClose("kl_mean_per_sequence", Numbers((GroupRelativeLoss.Divergence(log.detach(), Exact(golden, "ref_logps")) * mask).sum(1) / mask.sum(1)));
        }
    }

    // The token at a place is predicted before it: so logits but the last, labels but the first.
    private static void Responses(GoldenCase golden)
    {
        var (logits, labels) = (Exact(golden, "logits", true), Exact(golden, "labels").to(ScalarType.Int64));
        var length = labels.shape[1] - 1;
        var (places, targets) = (logits.narrow(1, 0, length).reshape(-1, logits.shape[2]), labels.narrow(1, 1, length).flatten());
        var counted = targets.ge(0).nonzero().flatten();
        var loss = nn.functional.cross_entropy(places.index_select(0, counted), targets.index_select(0, counted));
        loss.backward();
        golden.AssertClose("loss", [loss.item<double>()]);
        golden.AssertClose("grad_logits", Numbers(logits.grad!));
    }

    private static void Kahneman(GoldenCase golden)
    {
        var log = Exact(golden, "logp", true);
        var (losses, divergence) = PreferenceLoss.KahnemanTversky(log - Exact(golden, "ref_logp"), Exact(golden, "kl_logratios"), Exact(golden, "desirable"), golden.Setting("beta").Number, golden.Setting("desirable_weight").Number, golden.Setting("undesirable_weight").Number);
        var loss = losses.mean();
        loss.backward();
        golden.AssertClose("kl", [divergence.item<double>()]);
        golden.AssertClose("losses", Numbers(losses));
        golden.AssertClose("loss", [loss.item<double>()]);
        golden.AssertClose("grad_logp", Numbers(log.grad!));
    }

    private static void Merging(GoldenCase golden)
    {
        using var weights = new Parameter(tensor([.. golden.Input("sft_weights_start").Doubles.Select(d => (float)d)]));
        var (gradients, betas) = (golden.Input("gradients"), golden.Setting("betas").Json.EnumerateArray().Select(b => b.GetDouble()).ToArray());
        using var optimiser = new OnlineMerging(new() { Kind = OptimiserKind.AdamW, Beta1 = betas[0], Beta2 = betas[1], Epsilon = golden.Setting("eps").Number, WeightDecay = golden.Setting("weight_decay").Number },
            [("w", weights)], _ => [.. golden.Input("base_weights").Doubles.Select(d => (float)d)], golden.Setting("alpha").Number, 1, 0);
        var (expected, width) = (golden.Output("weights_after_each_step").Doubles, (int)gradients.Shape[1]);
        for (var t = 0; t < gradients.Shape[0]; t++)
        {
            weights.grad = tensor([.. gradients.Doubles.Skip(t * width).Take(width).Select(d => (float)d)]);
            optimiser.Step(golden.Setting("lr").Number);
            // Weights are of 32 bits here, the golden ones of 64.
            for (var i = 0; i < width; i++) Assert.Equal(expected[t * width + i], weights[i].item<float>(), 2e-6);
        }
    }

    private static void Chunks(GoldenCase golden)
    {
        var (chunk, local) = (golden.Setting("chunk_size").Integer, golden.Setting("local").Integer);
        var (query, key) = (Exact(golden, "q"), Exact(golden, "k"));
        var length = (int)query.shape[0];
        var (used, relative) = (new double[length * length], new double[length * length]);
        for (var i = 0; i < length; i++)
            for (var j = 0; j < length; j++)
            {
                var (of, by) = Preceptor.Models.ChunkedPositions.Of(i, j, chunk, local);
                (used[i * length + j], relative[i * length + j]) = j <= i ? (of, of - by) : (-1, -1);
            }
        golden.AssertClose("query_position_used", used);
        golden.AssertClose("relative_position", relative);
        using var chunked = new Preceptor.Models.ChunkedPositions(new() { Width = golden.Setting("head_dim").Integer, Heads = 1, Chunk = chunk, ChunkOverlap = local, RotaryBase = golden.Setting("theta").Number });
        using var noGradient = no_grad();
        var (q, k) = (query.to(ScalarType.Float32).view(1, 1, length, -1), key.to(ScalarType.Float32).view(1, 1, length, -1));
        var places = arange(length).view(1, -1);
        var scores = chunked.Scores(q / Math.Sqrt(q.shape[3]), chunked.TurnKeys(k, places), places, places);
        var weights = nn.functional.softmax(scores.masked_fill(ones(length, length).triu(1).to(ScalarType.Bool), double.NegativeInfinity), 3);
        var actual = weights.contiguous().data<float>().ToArray();
        var expected = golden.Output("attention_weights").Doubles;
        for (var i = 0; i < actual.Length; i++) Assert.Equal(expected[i], actual[i], 1e-6);
    }

    [Fact]
    public void At_the_reference_the_loss_is_the_logarithm_of_two_and_a_margin_of_two_counts_a_tenth()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0.693147, PreferenceLoss.Direct(zeros(3), 0.1).item<float>(), 1e-6);
        Assert.Equal(0.598139, PreferenceLoss.Direct(full([2], 2f), 0.1).item<float>(), 1e-6);
    }

    [Fact]
    public void Equal_rewards_move_nothing_and_the_first_step_is_not_clipped()
    {
        using var scope = NewDisposeScope();
        Assert.All(GroupRelativeLoss.Advantages([1, 1, 1, 0, 0, 0], 3), a => Assert.Equal(0, a));
        var log = tensor(new[] { -1f, -2, -3 }, requires_grad: true);
        var advantages = tensor(new[] { 1f, -1, 0.5f });
        GroupRelativeLoss.Of(log, log.detach(), null, advantages, full([3], 1 / 3f), 0.2, 0).backward();
        Assert.Equal([-1 / 3f, 1 / 3f, -1 / 6f], log.grad!.data<float>().ToArray());
        Assert.True(GroupRelativeLoss.Divergence(randn(50), randn(50)).ge(0).all().item<bool>());
        Assert.Equal(0, GroupRelativeLoss.Divergence(log, log).sum().item<float>());
    }

    [Fact]
    public void Thinned_steps_are_right_on_average_and_can_be_had_again()
    {
        float[] After(ulong seed)
        {
            using var weights = new Parameter(zeros(4000));
            using var optimiser = new OnlineMerging(new() { Kind = OptimiserKind.AdamW }, [("w", weights)], _ => new float[4000], 0, 0.25, seed);
            weights.grad = ones(4000);
            optimiser.Step(0.1);
            return weights.data<float>().ToArray();
        }
        var once = After(1);
        Assert.Equal(once, After(1));
        Assert.NotEqual(once, After(2));
        Assert.InRange(once.Average(), -0.11, -0.09);
        Assert.Equal(2, once.Select(v => MathF.Round(v, 3)).Distinct().Count());
    }
}
