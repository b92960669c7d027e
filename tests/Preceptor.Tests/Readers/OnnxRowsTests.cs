using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models.Onnx;
using Preceptor.Readers;

namespace Preceptor.Tests.Readers;

/// <summary>Rows given to ONNX models: what each input receives, and how often a model is asked.</summary>
public sealed class OnnxRowsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>A model that gives its input back, a list of values a row.</summary>
    private string Mirror(InputShape shape, string name = "mirror.onnx")
    {
        var graph = new OnnxGraph(shape);
        var width = shape.Pixels + shape.Numbers;
        graph.Output("out", graph.Reshape((graph.Image ?? graph.Numbers)!.Value, 0, width), width);
        return folder.Write(name, graph.ToBytes("mirror", new Dictionary<string, string>()));
    }

    private static ImageColumn Images(int rows) => new("image", [.. Enumerable.Range(0, rows * 8).Select(i => (byte)(5 * i))], rows, 2, 2, 2);

    [Fact]
    public void Images_are_pixels_over_255_normalised_by_channel()
    {
        var table = new Table("images", [Images(3)]);
        var source = new OnnxSource { Onnx = Mirror(new(2, 2, 2, 0, 0)), Inputs = new Dictionary<string, OnnxInput> { ["image"] = OnnxInput.Image } };
        var roles = new InputRoles { Image = "image" };
        var (values, width) = new OnnxRows().Run(source, table, roles);
        Assert.Equal(8, width);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => 5 * i / 255f), values);
        var (normalised, _) = new OnnxRows().Run(source with { Mean = [0.5, 0.25], Deviation = [2] }, table, roles);
        Assert.All(normalised.Select((v, i) => (v, i)), p => Assert.Equal((5 * p.i / 255.0 - (p.i / 4 % 2 == 0 ? 0.5 : 0.25)) / 2, p.v, 1e-6));
        Assert.Equal($"{source.Onnx}: mean: has 3 numbers, expected 1 or 2", Assert.Throws<RequestException>(() => new OnnxRows().Run(source with { Mean = [1, 2, 3] }, table, roles)).Message);
    }

    [Fact]
    public void Numbers_are_normalised_by_column_and_missing_ones_are_ordinary()
    {
        var table = new Table("numbers", [new NumberColumn("a", [1, double.NaN, 3]), new NumberColumn("b", [10, 20, 30])]);
        var source = new OnnxSource { Onnx = Mirror(new(0, 0, 0, 2, 0)), Inputs = new Dictionary<string, OnnxInput> { ["numbers"] = OnnxInput.Numbers }, Mean = [1, 20], Deviation = [1, 10] };
        Assert.Equal([0, -1, 0, 0, 2, 1], new OnnxRows().Run(source, table, new InputRoles { Numbers = ["a", "b"] }).Values);
    }

    [Fact]
    public void Rows_come_in_their_order_and_answers_are_kept_by_content()
    {
        var table = new Table("numbers", [new NumberColumn("a", [.. Enumerable.Range(0, 70).Select(i => (double)i)])]);
        var (source, roles) = (new OnnxSource { Onnx = Mirror(new(0, 0, 0, 1, 0)), Inputs = new Dictionary<string, OnnxInput> { ["numbers"] = OnnxInput.Numbers } }, new InputRoles { Numbers = ["a"] });
        var kept = System.IO.Path.Combine(folder.Path, "kept");
        var rows = new OnnxRows();
        var (values, _) = rows.Run(source, table, roles);
        Assert.Equal(Enumerable.Range(0, 70).Select(i => (float)i), values);
        Assert.False(Directory.Exists(kept));
        rows.KeepIn(kept);
        rows.Run(source, table, roles);
        var file = Assert.Single(Directory.GetFiles(kept));

        // What is read back is what was kept, for the same model under whatever name and the same row wherever it stands.
        var stored = State.Load(file);
        var state = new State();
        state.Add<byte>("rows", stored.ReadArray<byte>("rows"));
        state.Add<float>("values", [.. stored.ReadArray<float>("values").Select(v => v + 1000)]);
        state.Add<int>("width", [1]);
        state.Write(file);
        var more = new Table("more", [new NumberColumn("a", [69, 70, 2, 70])]);
        Assert.Equal([1069, 70, 1002, 70], new OnnxRows(kept).Run(source with { Onnx = Mirror(new(0, 0, 0, 1, 0), "again.onnx") }, more, roles).Values);
        Assert.Equal(71, State.Load(file).ReadArray<float>("values").Length);
        Assert.Equal([1], new OnnxRows(kept).Run(source with { Mean = [1] }, table.Take([2]), roles).Values);
        Assert.Equal(2, Directory.GetFiles(kept).Length);
        File.WriteAllBytes(file, [1, 2, 3]);
        Assert.Throws<RequestException>(() => new OnnxRows(kept).Run(source, more, roles));
    }

    [Fact]
    public void An_output_of_more_than_a_list_a_row_is_refused()
    {
        var graph = new OnnxGraph(new(0, 0, 0, 2, 0));
        graph.Output("out", graph.Reshape(graph.Numbers!.Value, 0, 1, 2), 2);
        var source = new OnnxSource { Onnx = folder.Write("deep.onnx", graph.ToBytes("deep", new Dictionary<string, string>())), Inputs = new Dictionary<string, OnnxInput> { ["numbers"] = OnnxInput.Numbers } };
        var table = new Table("numbers", [new NumberColumn("a", [1, 2]), new NumberColumn("b", [3, 4])]);
        Assert.Contains("the output has the shape [1, 1, 2] for a row, expected one list of values", Assert.Throws<RequestException>(() => new OnnxRows().Run(source, table, new InputRoles { Numbers = ["a", "b"] })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FeaturePool.First, new float[] { 0, 7 })]
    [InlineData(FeaturePool.Mean, new float[] { 10, 17 })]
    [InlineData(FeaturePool.Max, new float[] { 20, 27 })]
    public void Features_of_several_places_are_pooled(FeaturePool pool, float[] expected)
    {
        // Three places of two features each: 0 and 7, 10 and 17, 20 and 27.
        var graph = new OnnxGraph(new(0, 0, 0, 6, 0));
        graph.Output("out", graph.Reshape(graph.Numbers!.Value, 0, 3, 2), 2);
        var path = folder.Write("places.onnx", graph.ToBytes("places", new Dictionary<string, string>()));
        var table = new Table("numbers", [.. new double[] { 0, 7, 10, 17, 20, 27 }.Select((v, i) => new NumberColumn($"c{i}", [v]))]);
        var source = new FrozenNetwork { Onnx = path, Inputs = new Dictionary<string, OnnxInput> { ["numbers"] = OnnxInput.Numbers }, Pool = pool };
        Assert.Equal(expected, new OnnxRows().Run(source, table, new InputRoles { Numbers = [.. table.Columns.Select(c => c.Name)] }).Values);
    }

    public void Dispose() => folder.Dispose();
}
