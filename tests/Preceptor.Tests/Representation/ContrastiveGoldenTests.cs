using Preceptor.Representation;
using TorchSharp;

namespace Preceptor.Tests.Representation;

/// <summary>The contrastive losses against the published programs, in double precision.</summary>
public sealed class ContrastiveGoldenTests
{
    private const string Cacr = "54-cacr.json", Groco = "71-groco.json", Simclr = "70-simclr-v2.json";

    public static TheoryData<string> CacrCases => [.. Goldens.Names(Cacr).Where(n => !n.Data.StartsWith("momentum", StringComparison.Ordinal))];

    public static TheoryData<string> MomentumCases => [.. Goldens.Names(Cacr).Where(n => n.Data.StartsWith("momentum", StringComparison.Ordinal) || n.Data.StartsWith('('))];

    public static TheoryData<string> GrocoCases => [.. Goldens.Names(Groco)];

    public static TheoryData<string> SimclrCases => [.. Goldens.Names(Simclr)];

    // The inputs are single precision, widened.
    private static torch.Tensor Tensor(GoldenValue value) => torch.tensor(value.Floats.Select(f => (double)f).ToArray(), value.Shape).requires_grad_(true);

    private static torch.Tensor[] Views(GoldenCase golden, string prefix = "view") => [.. Enumerable.Range(1, 99).TakeWhile(v => golden.HasInput($"{prefix}{v}")).Select(v => Tensor(golden.Input($"{prefix}{v}")))];

    private static void Close(GoldenCase golden, string output, torch.Tensor actual) => golden.AssertClose(output, actual.detach().to_type(torch.ScalarType.Float64).contiguous().data<double>().ToArray());

    private static void CloseNumber(GoldenCase golden, string output, torch.Tensor actual) => golden.AssertClose(output, actual.item<double>());

    private static void CloseGradients(GoldenCase golden, torch.Tensor loss, torch.Tensor[] views, string prefix = "grad_view")
    {
        var gradients = torch.autograd.grad([loss], views, allow_unused: true);
        for (var v = 0; v < views.Length; v++)
            if (gradients[v] is { } gradient && !gradient.IsInvalid) Close(golden, $"{prefix}{v + 1}", gradient);
            else Assert.All(golden.Output($"{prefix}{v + 1}").Doubles, g => Assert.Equal(0, g, 1e-9));
    }

    [Theory, MemberData(nameof(CacrCases))]
    public void Attraction_and_repulsion_are_those_of_the_released_losses(string name)
    {
        var golden = Goldens.Case(Cacr, name);
        using var scope = torch.NewDisposeScope();
        var choice = golden.Setting("choice").Text;
        var options = new AttractionRepulsion.Options
        {
            PositiveSharpness = golden.Setting("t_plus").Number,
            NegativeSharpness = golden.Setting("t_minus").Number,
            Attract = golden.Setting("alpha").Number,
            Repel = golden.Setting("beta").Number,
            Attraction = choice is "full" or "without_w2",
            Repulsion = choice is "full" or "without_w1",
            Cost = golden.Setting("cost").Text == "rbf" ? RepulsionCost.Rbf : RepulsionCost.Euclidean,
            Kernel = golden.HasSetting("rbf_t") ? golden.Setting("rbf_t").Number : 2,
            Debias = golden.Setting("debiased").Text switch { "official" => Debiasing.Released, "textbook" => Debiasing.Mixture, _ => Debiasing.None },
            SameClass = golden.HasSetting("tau_plus") ? golden.Setting("tau_plus").Number : 0.1,
        };
        var views = Views(golden);
        var (attraction, repulsion) = (AttractionRepulsion.AttractionOf(views, options), AttractionRepulsion.RepulsionOf(views, options));
        CloseNumber(golden, "L_CA", attraction);
        CloseNumber(golden, "L_CR", repulsion);
        CloseNumber(golden, "L", attraction + repulsion);
        CloseGradients(golden, attraction + repulsion, views);
        var cost = torch.stack([.. views.SkipLast(1).Select(v => (views[^1] - v).square().sum(1))], 1) * options.Attract;
        if (options.Attraction) Close(golden, "attraction_weights_last_view", AttractionRepulsion.PositiveWeights(cost, options));
        if (AttractionRepulsion.Negatives(views[^2], views[^1], options).Weights is { } weights) Close(golden, "repulsion_weights_last_pair", weights);
    }

    [Theory, MemberData(nameof(MomentumCases))]
    public void Losses_with_a_momentum_encoder_are_those_of_the_released_code(string name)
    {
        var golden = Goldens.Case(Cacr, name);
        using var scope = torch.NewDisposeScope();
        var queries = Views(golden, "q");
        var loss = AttractionRepulsion.MomentumLoss(queries, Tensor(golden.Input("k")), golden.Setting("T").Number, golden.Setting("cost").Text == "rbf" ? RepulsionCost.Rbf : RepulsionCost.Euclidean);
        CloseNumber(golden, "loss", loss);
        CloseGradients(golden, loss, queries, "grad_q");
    }

    [Theory, MemberData(nameof(GrocoCases))]
    public void Sorting_and_group_ordering_are_those_of_the_released_code(string name)
    {
        var golden = Goldens.Case(Groco, name);
        using var scope = torch.NewDisposeScope();
        var kind = golden.Setting("kind").Text;
        if (kind == "diffsort")
        {
            var vectors = Tensor(golden.Input("vectors"));
            var (sorted, permutation) = SortingNetwork.Sort(vectors, golden.Setting("steepness").Number);
            Close(golden, "x", sorted);
            Close(golden, "X", permutation);
            Close(golden, "grad_vectors", torch.autograd.grad([(Tensor(golden.Input("C")) * permutation).sum()], [vectors])[0]);
            return;
        }
        var views = Views(golden);
        if (kind == "groco")
        {
            var options = new GroupOrdering.Options { Negatives = golden.Setting("topk_neg").Integer, Steepness = golden.Setting("steepness").Number, OneSided = golden.Setting("stop_grad").Flag };
            var positives = golden.Setting("n_pos_augs").Integer;
            var loss = torch.stack([.. views.Select((_, anchor) => GroupOrdering.AnchorLoss(views, anchor, positives, options))]).mean();
            CloseNumber(golden, "loss", loss);
            CloseGradients(golden, loss, views);
            var (negative, positive) = GroupOrdering.Similarities(views, 0, positives, options);
            CloseNumber(golden, "info_pos_min_view1", positive.min(1).values.mean());
            CloseNumber(golden, "info_neg_max_view1", negative.max(1).values.mean());
            if (!golden.HasOutput("perm_view1")) return;
            var sims = torch.cat([negative.sort(1).Values, positive.sort(1).Values], 1);
            Close(golden, "sorted_sims_view1", sims);
            Close(golden, "perm_view1", SortingNetwork.Sort(sims, options.Steepness).Permutation);
            return;
        }
        var temperature = golden.Setting("temperature").Number;
        var contrast = kind == "ntxent"
            ? ContrastiveLoss.NtXent(views[0], views[1], temperature, golden.Setting("topk_neg").Json.ValueKind == System.Text.Json.JsonValueKind.Null ? 0 : golden.Setting("topk_neg").Integer, golden.Setting("stop_grad").Flag)
            : ContrastiveLoss.OfAllPairs(views, temperature, golden.Setting("n_pos_augs").Json.ValueKind == System.Text.Json.JsonValueKind.Null ? null : golden.Setting("n_pos_augs").Integer);
        CloseNumber(golden, "loss", contrast);
        CloseGradients(golden, contrast, views);
    }

    [Theory, MemberData(nameof(SimclrCases))]
    public void Contrast_and_distillation_are_those_of_the_released_code(string name)
    {
        var golden = Goldens.Case(Simclr, name);
        using var scope = torch.NewDisposeScope();
        var temperature = golden.Setting("temperature").Number;
        if (golden.Setting("kind").Text == "kd")
        {
            var student = Tensor(golden.Input("student_logits"));
            var loss = ContrastiveLoss.Distillation(student, Tensor(golden.Input("teacher_logits")), temperature);
            CloseNumber(golden, "loss", loss);
            Close(golden, "grad_student", torch.autograd.grad([loss], [student])[0]);
            return;
        }
        var hidden = Tensor(golden.Input("hidden"));
        var half = hidden.shape[0] / 2;
        var isNormalised = golden.Setting("hidden_norm").Flag;
        // The released loss adds both directions: twice the mean over anchors.
        var contrast = ContrastiveLoss.NtXent(hidden.narrow(0, 0, half), hidden.narrow(0, half, half), temperature, isNormalised: isNormalised) * 2;
        CloseNumber(golden, "loss", contrast);
        Close(golden, "logits_ab", ContrastiveLoss.Similarities(hidden.narrow(0, 0, half), hidden.narrow(0, half, half), temperature, isNormalised: isNormalised).narrow(0, 0, half).narrow(1, half, half));
        Close(golden, "grad_hidden", torch.autograd.grad([contrast], [hidden])[0]);
    }

    [Fact]
    public void Hand_computed_values_and_limits_hold()
    {
        using var scope = torch.NewDisposeScope();
        static double GrocoOf(double negative, double positive)
        {
            var (_, x) = SortingNetwork.Sort(torch.tensor(new[] { negative, positive }, [1, 2]), 1);
            return -Math.Log(x[0, 1, 1].item<double>());
        }
        Assert.Equal(Math.Log(2), GrocoOf(0.3, 0.3), 1e-9);
        Assert.Equal(0.28768, GrocoOf(0, 1), 1e-5);
        Assert.Equal(0.15968, GrocoOf(-1, 1), 1e-5);
        var (sorted, permutation) = SortingNetwork.Sort(torch.tensor(new[] { 3.0, 1, 2, -5 }, [1, 4]), 1e9);
        Assert.Equal([-5, 1, 2, 3], sorted.data<double>().ToArray().Select(v => Math.Round(v, 6)));
        Assert.Equal(1, permutation[0, 0, 3].item<double>(), 1e-6);
        Assert.Equal(4, SortingNetwork.Sort(torch.tensor(new[] { 3.0, 1, 2, -5 }, [1, 4]), 0.7).Permutation.sum().item<double>(), 1e-9);
        var equal = torch.ones(2, 3, dtype: torch.float64);
        Assert.Equal(Math.Log(3), ContrastiveLoss.NtXent(equal, equal, 0.1).item<double>(), 1e-9);
        Assert.Equal(0, AttractionRepulsion.AttractionOf([equal, equal, equal], new()).item<double>(), 1e-12);
        Assert.Equal(0, AttractionRepulsion.RepulsionOf([equal, equal], new()).item<double>(), 1e-12);
    }
}
