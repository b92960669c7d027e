using Preceptor.Foundation;
using TorchSharp;

namespace Preceptor.Tests.Foundation;

public sealed class StateTests : IDisposable
{
    private sealed record Position(int Epoch, double Best);

    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("state-").FullName, "state.safetensors");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Fact]
    public void Everything_written_is_read_back_from_the_file()
    {
        using var scope = torch.NewDisposeScope();
        var parameter = new TorchSharp.Modules.Parameter(torch.arange(6f).reshape(2, 3));
        var state = new State();
        state.Within("network").Add("weight", parameter); // a parameter, not merely a tensor
        state.Within("network").Add("buffer", torch.tensor(3L));
        state.Add<double>("history", [1, double.NaN]);
        state.Add<bool>("seen", [true, false, true]);
        state.Add("position", new Position(4, double.PositiveInfinity));
        state.Add("note", "a/b \"c\" ü");
        state.Write(path);

        var back = State.Load(path);
        var weight = new TorchSharp.Modules.Parameter(torch.zeros(2, 3));
        var buffer = torch.tensor(0L);
        var seen = new bool[3];
        back.Within("network").Read("weight", weight);
        back.Within("network").Read("buffer", buffer);
        back.Read<bool>("seen", seen);
        Assert.True(weight.eq(parameter).all().item<bool>());
        Assert.Equal(3, buffer.item<long>());
        Assert.Equal([1, double.NaN], back.ReadArray<double>("history"));
        Assert.Equal([true, false, true], seen);
        Assert.Equal(new Position(4, double.PositiveInfinity), back.Read<Position>("position"));
        Assert.Equal("a/b \"c\" ü", back.Read<string>("note"));
        back.RequireAllRead();
    }

    [Fact]
    public void A_missing_name_is_an_error()
    {
        var state = new State();
        Assert.Contains("'a/b' is missing", Assert.Throws<WorkException>(() => state.Within("a").Read<int>("b")).Message, StringComparison.Ordinal);
        Assert.Throws<WorkException>(() => state.Within("a").ReadArray<float>("b"));
    }

    [Fact]
    public void A_name_that_nobody_read_is_an_error_in_its_part_only()
    {
        var state = new State();
        state.Within("a").Add("value", 1);
        state.Within("a").Add<float>("array", [1]);
        state.Within("ab").Add("value", 2);
        state.Within("a").Read<int>("value");
        Assert.Contains("nothing here keeps 'a/array';", Assert.Throws<WorkException>(state.Within("a").RequireAllRead).Message, StringComparison.Ordinal);
        state.Within("a").ReadArray<float>("array");
        state.Within("a").RequireAllRead();
        Assert.Throws<WorkException>(state.RequireAllRead);
        Assert.True(state.Within("b").IsEmpty);
        Assert.False(state.Within("ab").IsEmpty);
    }

    [Fact]
    public void Another_shape_length_or_type_is_an_error()
    {
        using var tensor = torch.zeros(3, 2);
        var state = new State();
        state.Add<float>("a", [1, 2, 3, 4, 5, 6], 2, 3);
        state.Add("text", "no number");
        Assert.Contains("checkpoint: 'a' holds F32 [2, 3], expected Float32 [3, 2]", Assert.Throws<WorkException>(() => state.Read("a", tensor)).Message, StringComparison.Ordinal);
        Assert.Throws<WorkException>(() => state.Read<float>("a", new float[5]));
        Assert.Throws<WorkException>(() => state.Read<int>("a", new int[6]));
        Assert.Throws<WorkException>(() => state.ReadArray<double>("a"));
        Assert.Throws<WorkException>(() => state.Read<int>("text"));
    }

    [Fact]
    public void A_name_is_used_once()
    {
        var state = new State();
        state.Add("value", 1);
        state.Add<float>("array", [1]);
        Assert.Throws<ArgumentException>(() => state.Add("value", 2));
        Assert.Throws<ArgumentException>(() => state.Add<float>("array", [1]));
        Assert.Throws<ArgumentException>(() => state.Add<float>("value", [1]));
        Assert.Throws<ArgumentException>(() => state.Add("array", 1));
    }
}
