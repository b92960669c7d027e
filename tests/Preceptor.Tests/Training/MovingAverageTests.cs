using Preceptor.Foundation;
using Preceptor.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Tests.Training;

public sealed class MovingAverageTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Averages_follow_the_values_and_counts_are_copied(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var module = new Counted(11, type);
        using var average = new MovingAverage(module, 0.75);
        module.Set(8, 1);
        average.Update(); // 0.75 · 0 + 0.25 · 8 = 2
        module.Set(4, 2);
        average.Update(); // 0.75 · 2 + 0.25 · 4 = 2.5
        var copy = new Counted(11, type);
        average.CopyTo(copy);
        Assert.All(Enumerable.Range(0, 11), i => Assert.Equal(2.5, copy.Weight[i].to(ScalarType.Float64).item<double>()));
        Assert.Equal(2.5, copy.Mean.to(ScalarType.Float64).item<double>());
        Assert.Equal(2, copy.Count.item<long>());
        Assert.Equal(4, module.Mean.to(ScalarType.Float64).item<double>());
        Assert.True(copy.Weight.requires_grad && copy.Weight.is_leaf);
    }

    [Fact]
    public void A_decay_of_zero_copies_and_of_one_keeps_the_start()
    {
        using var scope = NewDisposeScope();
        foreach (var (decay, expected) in ((double, float)[])[(0, 5), (1, 0)])
        {
            var module = new Counted(3, ScalarType.Float32);
            using var average = new MovingAverage(module, decay);
            module.Set(5, 1);
            average.Update();
            average.CopyTo(module);
            Assert.Equal(expected, module.Weight[2].item<float>());
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new MovingAverage(new Counted(3, ScalarType.Float32), 1.5));
    }

    [Fact]
    public void A_restored_average_continues_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        var module = new Counted(9, ScalarType.Float32);
        using var average = new MovingAverage(module, 0.9);
        module.Set(1.1f, 1);
        average.Update();
        var state = new State();
        average.Save(state.Within("average"));
        module.Set(2.3f, 2);
        using var restored = new MovingAverage(module, 0.9);
        restored.Restore(state.Within("average"));
        state.RequireAllRead();
        average.Update();
        restored.Update();
        var (a, b) = (new Counted(9, ScalarType.Float32), new Counted(9, ScalarType.Float32));
        average.CopyTo(a);
        restored.CopyTo(b);
        Assert.Equal(a.Weight.bytes.ToArray(), b.Weight.bytes.ToArray());
        Assert.NotEqual(2.3f, b.Weight[0].item<float>());
    }

    [Fact]
    public void Another_module_is_refused()
    {
        using var scope = NewDisposeScope();
        using var average = new MovingAverage(new Counted(3, ScalarType.Float32), 0.9);
        Assert.Contains("'Weight' is Float32 [4], expected Float32 [3]", Assert.Throws<WorkException>(() => average.CopyTo(new Counted(4, ScalarType.Float32))).Message, StringComparison.Ordinal);
        Assert.Throws<WorkException>(() => average.CopyTo(nn.Linear(2, 2)));
    }

    private sealed class Counted : nn.Module
    {
        internal Parameter Weight { get; }
        internal Tensor Mean { get; }
        internal Tensor Count { get; }

        internal Counted(int size, ScalarType type) : base("counted")
        {
            Weight = new Parameter(zeros([size], type));
            Mean = zeros([], type);
            Count = tensor(0L);
            register_parameter("Weight", Weight);
            register_buffer("Mean", Mean);
            register_buffer("Count", Count);
        }

        internal void Set(float value, long count)
        {
            using var noGradient = no_grad();
            Weight.fill_(value);
            Mean.fill_(value);
            Count.fill_(count);
        }
    }
}
