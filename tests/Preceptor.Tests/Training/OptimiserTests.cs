using Preceptor.Foundation;
using Preceptor.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Tests.Training;

public sealed class OptimiserTests
{
    public static TheoryData<OptimiserOptions> Rules =>
    [
        new OptimiserOptions { Kind = OptimiserKind.Sgd, Momentum = 0 },
        new OptimiserOptions { Kind = OptimiserKind.Sgd, Momentum = 0, WeightDecay = 0.01 },
        new OptimiserOptions { Kind = OptimiserKind.Sgd, Momentum = 0.9, WeightDecay = 0.01 },
        new OptimiserOptions { Kind = OptimiserKind.Sgd, Momentum = 0.8, Nesterov = true, WeightDecay = 0.02 },
        new OptimiserOptions { Kind = OptimiserKind.Adam },
        new OptimiserOptions { Kind = OptimiserKind.Adam, WeightDecay = 0.05, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6 },
        new OptimiserOptions { Kind = OptimiserKind.AdamW, WeightDecay = 0.05 },
    ];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Fifty_steps_agree_with_torch_to_a_millionth(OptimiserOptions options)
    {
        using var scope = NewDisposeScope();
        var (ours, theirs) = (Problem.Create(ScalarType.Float32), Problem.Create(ScalarType.Float32));
        using var optimiser = Optimiser.Create(options, ours.Parameters);
        using var reference = Reference(options, theirs.Parameters.Select(p => p.Parameter));
        for (var step = 0; step < 50; step++)
        {
            var rate = 0.01 / (1 + step % 7);
            ours.Backward(optimiser, step);
            optimiser.Step(rate);
            reference.zero_grad();
            foreach (var (_, parameter) in theirs.Parameters) parameter.grad = null;
            theirs.Backward(null, step);
            foreach (var group in reference.ParamGroups) group.LearningRate = rate;
            reference.step();
        }
        foreach (var (mine, torchs) in ours.Parameters.Zip(theirs.Parameters))
        {
            var difference = (mine.Parameter - torchs.Parameter).abs().max().item<float>();
            Assert.InRange(difference, 0, 1e-6 * torchs.Parameter.abs().max().item<float>());
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Another_number_type_takes_torchs_rule_and_agrees_with_ours(OptimiserOptions options)
    {
        using var scope = NewDisposeScope();
        var (narrow, wide) = (Problem.Create(ScalarType.Float32), Problem.Create(ScalarType.Float64));
        using var ours = Optimiser.Create(options, narrow.Parameters);
        using var torchs = Optimiser.Create(options, wide.Parameters);
        Assert.NotEqual(ours.GetType(), torchs.GetType());
        for (var step = 0; step < 20; step++)
        {
            narrow.Backward(ours, step);
            wide.Backward(torchs, step);
            ours.Step(0.01);
            torchs.Step(0.01);
        }
        foreach (var (a, b) in narrow.Parameters.Zip(wide.Parameters))
            Assert.InRange((a.Parameter - b.Parameter).abs().max().item<double>(), 0, 3e-6);
    }

    [Theory]
    [InlineData(OptimiserKind.Sgd, ScalarType.Float32)]
    [InlineData(OptimiserKind.Adam, ScalarType.Float32)]
    [InlineData(OptimiserKind.AdamW, ScalarType.Float32)]
    [InlineData(OptimiserKind.Sgd, ScalarType.Float64)]
    [InlineData(OptimiserKind.Adam, ScalarType.Float64)]
    [InlineData(OptimiserKind.AdamW, ScalarType.Float64)]
    public void A_restored_optimiser_continues_bit_for_bit(OptimiserKind kind, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var options = new OptimiserOptions { Kind = kind, WeightDecay = 0.01 };
        var (unbroken, resumed) = (Problem.Create(type), Problem.Create(type));
        using var whole = Optimiser.Create(options, unbroken.Parameters);
        Run(unbroken, whole, 0, 7);
        var state = new State();
        whole.Save(state.Within("optimiser"));
        unbroken.Save(state);
        Run(unbroken, whole, 7, 14);

        using var second = Optimiser.Create(options, resumed.Parameters);
        Run(resumed, second, 0, 2); // a used one, so that nothing of its own may stay
        second.Restore(state.Within("optimiser"));
        resumed.Restore(state);
        state.RequireAllRead();
        Run(resumed, second, 7, 14);
        foreach (var (a, b) in unbroken.Parameters.Zip(resumed.Parameters))
            Assert.Equal(a.Parameter.bytes.ToArray(), b.Parameter.bytes.ToArray());
    }

    [Theory]
    [InlineData(OptimiserKind.Sgd, new[] { "first.bias/momentum", "first.weight/momentum", "second.weight/momentum" })]
    [InlineData(OptimiserKind.Adam, new[] { "first.bias/first-moment", "first.bias/second-moment", "first.weight/first-moment", "first.weight/second-moment", "second.weight/first-moment", "second.weight/second-moment" })]
    public void Both_ways_of_stepping_keep_the_same_names_and_shapes(OptimiserKind kind, string[] names)
    {
        using var scope = NewDisposeScope();
        var path = Path.GetTempFileName();
        foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
        {
            using var optimiser = Optimiser.Create(new() { Kind = kind }, Problem.Create(type).Parameters);
            var state = new State();
            optimiser.Save(state);
            state.Write(path);
            var arrays = Safetensors.Read(path).Arrays;
            Assert.Equal(names, arrays.Keys.Order(StringComparer.Ordinal));
            Assert.Equal([13, 11], arrays[names.First(n => n.StartsWith("first.weight", StringComparison.Ordinal))].Shape);
        }
        File.Delete(path);
    }

    [Fact]
    public void A_parameter_without_gradient_keeps_its_weights_and_its_count_of_steps()
    {
        using var scope = NewDisposeScope();
        var (moved, idle) = (new Parameter(ones(3)), new Parameter(ones(3)));
        using var optimiser = Optimiser.Create(new() { Kind = OptimiserKind.Adam, WeightDecay = 0.1 }, [("moved", moved), ("idle", idle)]);
        moved.grad = tensor([1f, 2, 3]);
        optimiser.Step(0.1);
        optimiser.Step(0.1);
        Assert.Equal([1f, 1, 1], idle.data<float>().ToArray());
        Assert.True(moved[0].item<float>() < 0.9);
        var state = new State();
        optimiser.Save(state);
        Assert.Equal(2, state.Within("moved").Read<long>("step"));
        Assert.Equal(0, state.Within("idle").Read<long>("step"));
    }

    [Fact]
    public void A_gradient_that_is_a_view_steps_as_its_copy_does()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (new Parameter(zeros(3, 2)), new Parameter(zeros(3, 2)));
        using var optimiser = Optimiser.Create(new() { Momentum = 0 }, [("a", a), ("b", b)]);
        a.grad = arange(6f).reshape(2, 3).t();
        b.grad = arange(6f).reshape(2, 3).t().contiguous();
        optimiser.ClipGradients(2);
        optimiser.Step(1);
        Assert.Equal(b.bytes.ToArray(), a.bytes.ToArray());
        Assert.NotEqual(0, a.abs().sum().item<float>());
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Clipping_scales_all_gradients_to_the_common_norm(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var parameters = new[] { ("a", new Parameter(zeros([3, 7], type))), ("b", new Parameter(zeros([1], type))), ("none", new Parameter(zeros([2], type))) };
        using var optimiser = Optimiser.Create(new(), parameters);
        parameters[0].Item2.grad = full([3, 7], 2, type); // 21 · 4 = 84
        parameters[1].Item2.grad = full([1], 4, type); // + 16 = 10²
        Assert.Equal(10, optimiser.ClipGradients(10.1), 12);
        Assert.Equal(2, parameters[0].Item2.grad![2, 6].to(ScalarType.Float64).item<double>());
        Assert.Equal(10, optimiser.ClipGradients(1), 12);
        Assert.Equal(2 / (10 + 1e-6), parameters[0].Item2.grad![2, 6].to(ScalarType.Float64).item<double>(), 1e-7);
        Assert.Equal(4 / (10 + 1e-6), parameters[1].Item2.grad![0].to(ScalarType.Float64).item<double>(), 1e-7);
        Assert.Equal(1, optimiser.ClipGradients(double.PositiveInfinity), 6);
        parameters[1].Item2.grad = full([1], double.NaN, type);
        Assert.True(double.IsNaN(optimiser.ClipGradients(1)));
    }

    [Fact]
    public void Zeroing_removes_the_gradients()
    {
        using var scope = NewDisposeScope();
        var problem = Problem.Create(ScalarType.Float32);
        using var optimiser = Optimiser.Create(new(), problem.Parameters);
        problem.Backward(optimiser, 0);
        Assert.NotNull(problem.Parameters[0].Parameter.grad);
        optimiser.ZeroGrad();
        Assert.Null(problem.Parameters[0].Parameter.grad);
    }

    [Fact]
    public void Constants_out_of_range_are_refused()
    {
        Assert.Contains("momentum is 1", Assert.Throws<RequestException>(() => Optimiser.Create(new() { Momentum = 1 }, [])).Message, StringComparison.Ordinal);
        Assert.Throws<RequestException>(() => Optimiser.Create(new() { Momentum = 0, Nesterov = true }, []));
        Assert.Throws<RequestException>(() => Optimiser.Create(new() { WeightDecay = -1 }, []));
        Assert.Throws<RequestException>(() => Optimiser.Create(new() { Beta1 = double.NaN }, []));
        Assert.Throws<RequestException>(() => Optimiser.Create(new() { Beta2 = 1 }, []));
        Assert.Throws<RequestException>(() => Optimiser.Create(new() { Epsilon = -1e-8 }, []));
    }

    [Theory]
    [InlineData(OptimiserKind.Sgd)]
    [InlineData(OptimiserKind.AdamW)]
    public void A_step_leaves_nothing_behind(OptimiserKind kind)
    {
        using var scope = NewDisposeScope();
        var problem = Problem.Create(ScalarType.Float32);
        using var optimiser = Optimiser.Create(new() { Kind = kind, WeightDecay = 0.01 }, problem.Parameters);
        Run(problem, optimiser, 0, 2);
        problem.Backward(optimiser, 2);
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        const int steps = 1_000;
        for (var step = 0; step < steps; step++)
        {
            optimiser.ClipGradients(1);
            optimiser.Step(1e-3);
        }
        var each = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)(steps * problem.Parameters.Length);
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.InRange(each, 0, 120); // two handles of a gradient, 48 bytes each; one Scalar more an operation would be 24
    }

    private static void Run(Problem problem, Optimiser optimiser, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            problem.Backward(optimiser, step);
            optimiser.Step(0.01);
        }
    }

    private static OptimizerHelper Reference(OptimiserOptions o, IEnumerable<Parameter> parameters) => o.Kind switch
    {
        OptimiserKind.Sgd => optim.SGD(parameters, 1, o.Momentum, 0, o.WeightDecay, o.Nesterov),
        OptimiserKind.Adam => optim.Adam(parameters, 1, o.Beta1, o.Beta2, o.Epsilon, o.WeightDecay),
        _ => optim.AdamW(parameters, 1, o.Beta1, o.Beta2, o.Epsilon, o.WeightDecay),
    };

    /// <summary>A small network whose sizes leave rests beside whole vectors, and data that differ at each step.</summary>
    private sealed record Problem((string Name, Parameter Parameter)[] Parameters, Tensor[] Inputs, ScalarType Type)
    {
        internal static Problem Create(ScalarType type)
        {
            var stream = RandomStream.Of(3, "problem");
            Tensor Draw(params long[] shape)
            {
                var numbers = new float[shape.Aggregate(1L, (a, b) => a * b)];
                foreach (ref var number in numbers.AsSpan()) number = (float)stream.NextGaussian() / 3;
                return tensor(numbers, shape).to(type);
            }
            return new([("first.weight", new(Draw(13, 11))), ("first.bias", new(Draw(13))), ("second.weight", new(Draw(1, 13)))], [.. Enumerable.Range(0, 50).Select(_ => Draw(16, 11))], type);
        }

        internal void Backward(Optimiser? optimiser, int step)
        {
            optimiser?.ZeroGrad();
            var hidden = tanh(Inputs[step].matmul(Parameters[0].Parameter.t()) + Parameters[1].Parameter);
            (hidden.matmul(Parameters[2].Parameter.t()) - 1).square().mean().backward();
        }

        internal void Save(State state)
        {
            foreach (var (name, parameter) in Parameters) state.Add(name, parameter);
        }

        internal void Restore(State state)
        {
            foreach (var (name, parameter) in Parameters) state.Read(name, parameter);
        }
    }
}
