using Preceptor.Objectives;
using Preceptor.Prediction.Distillation;
using Preceptor.Training;
using TorchSharp;

namespace Preceptor.Tests.Prediction;

public sealed class ProgressiveSelfDistillationTests
{
    private const string File = "28-ps-kd.json";

    public static TheoryData<string> Losses => [.. Goldens.Names(File, "loss")];

    public static TheoryData<string> Trajectories => [.. Goldens.Names(File, "trajectory")];

    [Theory, MemberData(nameof(Losses))]
    public void The_loss_equals_the_official_codes(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        var logits = GoldenTensors.Of(golden.Input("logits")).requires_grad_();
        var targets = ProgressiveSelfDistillation.Mix(GoldenTensors.OneHot(golden.Input("labels").Ints, logits.shape[1]), GoldenTensors.Of(golden.Input("previous")), golden.Setting("alpha").Number);
        var loss = Loss.SoftCrossEntropy(logits, targets);
        loss.backward();
        golden.AssertClose("soft_targets", targets.data<float>().ToArray());
        golden.AssertClose("loss", loss.item<float>());
        golden.AssertClose("grad_logits", logits.grad!.data<float>().ToArray());
    }

    [Theory, MemberData(nameof(Trajectories))]
    public void Whole_trainings_equal_the_official_codes(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        var inputs = GoldenTensors.Of(golden.Input("X"));
        var oneHot = GoldenTensors.OneHot(golden.Input("labels").Ints, golden.Input("W0").Shape[0]);
        var weights = new TorchSharp.Modules.Parameter(GoldenTensors.Of(golden.Input("W0")));
        var order = golden.Input("batch_order");
        int epochs = golden.Setting("epochs").Integer, batch = golden.Setting("batch_size").Integer, perEpoch = (int)order.Shape[1];
        using var optimiser = Optimiser.Create(new OptimiserOptions { Kind = OptimiserKind.Sgd, Momentum = golden.Setting("momentum").Number, Nesterov = true, WeightDecay = golden.Setting("weight_decay").Number }, [("weights", weights)]);
        using var past = new ProgressiveSelfDistillation.PastPredictions((int)inputs.shape[0], (int)oneHot.shape[1]);
        List<float> alphas = [], losses = [];
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            var alpha = ProgressiveSelfDistillation.Weight(golden.Setting("alpha_T").Number, epoch, epochs);
            alphas.Add((float)alpha);
            foreach (var rows in order.Ints.Skip((epoch - 1) * perEpoch).Take(perEpoch).Chunk(batch))
            {
                var ids = torch.tensor(rows.Select(r => (long)r).ToArray());
                var logits = inputs.index_select(0, ids).mm(weights.t());
                var labels = oneHot.index_select(0, ids);
                var loss = Loss.SoftCrossEntropy(logits, epoch == 1 ? labels : ProgressiveSelfDistillation.Mix(labels, past.Of(ids), alpha));
                past.Update(ids, logits);
                losses.Add(loss.item<float>());
                optimiser.ZeroGrad();
                loss.backward();
                optimiser.Step(golden.Setting("lr").Number);
            }
            golden.AssertClose($"memory_epoch{epoch - 1}", past.Of(torch.arange(inputs.shape[0])).data<float>().ToArray());
        }
        golden.AssertClose("alphas", [.. alphas]);
        golden.AssertClose("losses", [.. losses]);
        golden.AssertClose("W_final", weights.data<float>().ToArray());
    }

    [Fact]
    public void The_weight_grows_linearly_to_its_final_value() =>
        Assert.Equal([0.2, 0.4, 0.6, 0.8], Enumerable.Range(1, 4).Select(t => Math.Round(ProgressiveSelfDistillation.Weight(0.8, t, 4), 12)));

    [Fact]
    public void A_hand_computed_target_loss_and_gradient()
    {
        using var scope = torch.NewDisposeScope();
        var targets = ProgressiveSelfDistillation.Mix(torch.tensor(new[,] { { 1f, 0f } }), torch.tensor(new[,] { { 0.6f, 0.4f } }), 0.5);
        var logits = torch.zeros(1, 2).requires_grad_();
        var loss = Loss.SoftCrossEntropy(logits, targets);
        loss.backward();
        Assert.Equal(Math.Log(2), loss.item<float>(), 6);
        Assert.Equal([-0.3, 0.3], logits.grad!.data<float>().Select(g => Math.Round(g, 6)));
    }

    [Fact]
    public void The_first_epoch_is_cross_entropy_whatever_the_weight()
    {
        var problem = Problems.Digits(epochs: 1).Problem;
        using var plainRun = Problems.Memory();
        using var run = Problems.Memory();
        using var plain = Problems.Create("supervised").Fit(problem, plainRun);
        using var model = Problems.Create("ps-kd", ("final-weight", "1")).Fit(problem, run);
        Assert.Equal(Problems.Weights(plain), Problems.Weights(model));
    }

    [Fact]
    public void The_ablations_change_the_schedule_or_keep_the_first_predictions()
    {
        float[] Train(params (string, string)[] options)
        {
            using var run = Problems.Memory();
            using var model = Problems.Create("ps-kd", options).Fit(Problems.Digits(epochs: 3).Problem, run);
            return Problems.Weights(model);
        }
        var linear = Train();
        Assert.NotEqual(linear, Train(("schedule", "constant")));
        Assert.NotEqual(linear, Train(("refined", "false")));
        // Without a weight neither matters.
        var supervised = Train(("final-weight", "0"));
        Assert.Equal(supervised, Train(("final-weight", "0"), ("schedule", "constant")));
        Assert.Equal(supervised, Train(("final-weight", "0"), ("refined", "false")));
    }
}
