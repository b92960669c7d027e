using CsCheck;
using Preceptor.Representation;
using TorchSharp;

namespace Preceptor.Tests.Representation;

/// <summary>Mugs against the released program, and its limits by hand, in double precision.</summary>
public sealed class MultiGranularityTests
{
    private const string File = "32-mugs.json";

    public static TheoryData<string> InstanceCases => Cases("infonce");

    public static TheoryData<string> GroupCases => Cases("cluster");

    public static TheoryData<string> MemoryCases => Cases("memory");

    private static TheoryData<string> Cases(string kind) => [.. Goldens.Names(File).Where(n => n.Data.StartsWith(kind, StringComparison.Ordinal) || n.Data.StartsWith('('))];

    // The inputs are single precision, widened.
    private static torch.Tensor Tensor(GoldenValue value) => torch.tensor(value.Floats.Select(f => (double)f).ToArray(), value.Shape);

    private static double[] Numbers(torch.Tensor tensor) => tensor.detach().to_type(torch.ScalarType.Float64).contiguous().data<double>().ToArray();

    private static torch.Tensor Doubles(params double[] row) => torch.tensor(row, [1, row.Length]);

    [Theory, MemberData(nameof(InstanceCases))]
    public void Telling_instances_apart_is_that_of_the_released_program(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        var student = Tensor(golden.Input("student")).requires_grad_(true);
        using var keys = new VectorMemory(Tensor(golden.Input("queue")).t().contiguous()) { Next = (int)golden.Setting("queue_ptr").Number };
        var loss = MultiCropLoss.OfInstances(student.chunk((int)golden.Setting("ncrops").Number, 0), Tensor(golden.Input("teacher")).chunk(2, 0), keys, golden.Setting("tau").Number);
        golden.AssertClose("loss", loss.item<double>());
        loss.backward();
        golden.AssertClose("grad_student", Numbers(student.grad!));
        golden.AssertClose("queue_after", Numbers(keys.Values.t()));
        Assert.Equal(golden.Output("queue_ptr_after").Number, keys.Next);
    }

    [Theory, MemberData(nameof(GroupCases))]
    public void Groups_are_those_of_the_released_program(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        var student = Tensor(golden.Input("student")).requires_grad_(true);
        using var centre = new GroupCentre(Tensor(golden.Input("center")), golden.Setting("center_momentum").Number);
        var temperature = MultiGranularity.TeacherTemperature(new() { TeacherTemperature = golden.Setting("teacher_temp").Number, FirstTeacherTemperature = golden.Setting("warmup_teacher_temp").Number, TemperatureWarmup = (int)golden.Setting("warmup_teacher_temp_epochs").Number },
            (int)golden.Setting("epoch").Number + 1);
        golden.AssertClose("teacher_temp_used", temperature);
        var loss = MultiCropLoss.OfGroups(student.chunk((int)golden.Setting("ncrops").Number, 0), Tensor(golden.Input("teacher")).chunk(2, 0), centre, golden.Setting("student_temp").Number, temperature);
        golden.AssertClose("loss", loss.item<double>());
        loss.backward();
        golden.AssertClose("grad_student", Numbers(student.grad!));
        golden.AssertClose("center_after", Numbers(centre.Value));
    }

    [Theory, MemberData(nameof(MemoryCases))]
    public void Memory_and_neighbours_are_those_of_the_released_program(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        using var memory = new VectorMemory(Tensor(golden.Input("queue")), golden.Setting("pointer").Text == "official");
        for (var i = 0; golden.HasInput($"enqueue{i}"); i++)
        {
            var vectors = Tensor(golden.Input($"enqueue{i}"));
            if (golden.HasInput($"weak_flags{i}"))
            {
                long[] weak = [.. golden.Input($"weak_flags{i}").Floats.Select((f, row) => (f, row)).Where(p => p.f != 0).Select(p => (long)p.row)];
                vectors = vectors.index_select(0, torch.tensor(weak, torch.int64));
            }
            memory.Add(vectors);
        }
        golden.AssertClose("queue_after", Numbers(memory.Values));
        Assert.Equal(golden.Output("queue_ptr_after").Number, memory.Next);
        var places = memory.Nearest(Tensor(golden.Input("queries")), (int)golden.Setting("top_n").Number);
        golden.AssertClose("neighbour_index", Numbers(places));
        golden.AssertClose("neighbours", Numbers(memory.At(places)));
    }

    [Fact]
    public void A_key_orthogonal_to_a_matched_pair_costs_log_of_1_plus_exp_minus_1_over_temperature()
    {
        using var scope = torch.NewDisposeScope();
        var own = Doubles(1, 0);
        using var keys = new VectorMemory(Doubles(0, 1));
        Assert.Equal(0.006715, MultiCropLoss.OfInstances([own, own], [own, own], keys, 0.2).item<double>(), 1e-6);
    }

    [Fact]
    public void Equal_logits_at_equal_temperature_cost_the_entropy_and_have_no_gradient()
    {
        using var scope = torch.NewDisposeScope();
        var logits = Doubles(0.3, -0.1, 0.2).requires_grad_(true);
        using var centre = new GroupCentre(torch.zeros(1, 3, torch.float64), 0.9);
        var loss = MultiCropLoss.OfGroups([logits, logits], [logits.detach(), logits.detach()], centre, 0.1, 0.1);
        var p = torch.nn.functional.softmax(logits.detach() / 0.1, 1);
        Assert.Equal(-(p * p.log()).sum().item<double>(), loss.item<double>(), 1e-12);
        loss.backward();
        Assert.All(Numbers(logits.grad!), g => Assert.Equal(0, g, 1e-12));
        Assert.Equal([0.03, -0.01, 0.02], Numbers(centre.Value).Select(v => Math.Round(v, 12)));
    }

    [Fact]
    public void A_constant_added_to_the_teachers_logits_changes_nothing()
    {
        using var scope = torch.NewDisposeScope();
        var (student, teacher) = (torch.randn(4, 5, torch.float64), torch.randn(4, 5, torch.float64));
        double Loss(double constant)
        {
            using var centre = new GroupCentre(torch.zeros(1, 5, torch.float64), 0.9);
            return MultiCropLoss.OfGroups([student, student, student], [teacher + constant, teacher + constant], centre, 0.1, 0.04).item<double>();
        }
        Assert.Equal(Loss(0), Loss(7), 1e-9);
    }

    [Fact]
    public void A_memory_holds_the_newest_vectors_in_their_order() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 20].Array[1, 6]).Sample((places, batches) =>
        {
            using var scope = torch.NewDisposeScope();
            using var memory = new VectorMemory(torch.full([places, 1], -1f));
            var count = 0;
            foreach (var batch in batches)
            {
                memory.Add(torch.arange(count, count + batch, torch.float32).unsqueeze(1));
                count += batch;
            }
            Assert.Equal(count % places, memory.Next);
            Assert.Equal(count >= places, memory.IsFull);
            var held = memory.Values.data<float>().ToArray();
            for (var i = Math.Max(0, count - places); i < count; i++) Assert.Equal(i, held[i % places]);
        }, iter: 100);

    [Fact]
    public void A_remembered_vector_is_its_own_nearest_at_any_length()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(3);
        var values = torch.randn(50, 8);
        using var memory = new VectorMemory(values);
        foreach (var length in new[] { 0.01, 1, 300 }) Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), memory.Nearest(values * length, 3).select(1, 0).contiguous().data<long>().ToArray());
    }

    [Fact]
    public void The_prototypes_lengths_do_not_matter_and_stay_where_they_are_frozen()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var network = new MultiGranularNetwork(Preceptor.Models.Encoder.Create(new(), new(0, 0, 0, 4, 0)), new() { Prototypes = 6, HeadHidden = 8, HeadWidth = 5 });
        var features = torch.randn(3, network.Encoder.Features);
        var prototypes = network.named_parameters().Single(p => p.name == "prototypes").parameter;
        var before = network.Group(features);
        using (torch.no_grad()) prototypes.mul_(3);
        Assert.True(before.allclose(network.Group(features), 1e-5, 1e-6));
        network.Group(features, isFrozen: true).sum().backward();
        Assert.True(prototypes.grad is null or { IsInvalid: true });
        network.Group(features).sum().backward();
        Assert.NotNull(prototypes.grad);
    }

    [Fact]
    public void Heads_start_with_signals_of_the_same_size_at_any_width_and_tell_inputs_apart()
    {
        torch.random.manual_seed(3);
        foreach (var width in new[] { 32, 512 })
        {
            using var scope = torch.NewDisposeScope();
            using var head = new GeluHead(width, width, 64, 3);
            var first = head.parameters().First();
            Assert.Equal(0.02 * Math.Sqrt(2048.0 / width), first.std().item<float>(), 0.02 * 0.5);
            Assert.True(head.forward(torch.randn(16, width)).std(0).mean().item<float>() > 0.05);
        }
    }

    [Fact]
    public void Groups_alone_are_dino()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(5);
        torch.Tensor[] student = [torch.randn(6, 4, torch.float64), torch.randn(6, 4, torch.float64)], teacher = [torch.randn(6, 4, torch.float64), torch.randn(6, 4, torch.float64)];
        using var centre = new GroupCentre(torch.randn(1, 4, torch.float64), 0.9);
        var before = centre.Value.clone();
        // Caron et al. 2021, algorithm 1.
        torch.Tensor H(torch.Tensor t, torch.Tensor s) => (torch.nn.functional.softmax((t - before) / 0.04, 1) * torch.nn.functional.log_softmax(s / 0.1, 1)).sum(1).mean().neg();
        var expected = H(teacher[0], student[1]) / 2 + H(teacher[1], student[0]) / 2;
        Assert.Equal(expected.item<double>(), MultiCropLoss.OfGroups(student, teacher, centre, 0.1, 0.04).item<double>(), 1e-12);
        Assert.Equal(Numbers(before * 0.9 + torch.cat(teacher, 0).mean([0], keepdim: true) * 0.1), Numbers(centre.Value), (a, b) => Math.Abs(a - b) < 1e-12);
        // In training, with weights (0, 0, 1), nothing of the other branches reaches the encoder.
        var problem = RepresentationMethodTests.Built("unlabelled-digits", "problem.size=tiny", "model.encoder=vit", "model.patch=7", "model.embedding=16", "model.layers=1", "model.heads=2", "training.epochs=2", "training.batch=12").Problem;
        float[] Features(MultiGranularity.Options options)
        {
            using var encoder = RepresentationMethodTests.Fit(new MultiGranularity(options with { Keys = 20, Memory = 10, Neighbours = 2, Prototypes = 8, HeadHidden = 16, PredictorHidden = 16, HeadWidth = 8, Crops = new() { PartMultiple = 7 } }), problem);
            return encoder.Embed(problem.Validation);
        }
        var alone = new MultiGranularity.Options { InstanceWeight = 0, LocalGroupWeight = 0 };
        Assert.Equal(Features(alone), Features(alone with { Temperature = 5, Neighbourhood = Neighbourhood.Random, GroupWeight = 0.3 }));
        Assert.NotEqual(Features(alone), Features(alone with { StudentTemperature = 0.3 }));
        Assert.NotEqual(Features(alone), Features(new()));
    }
}
