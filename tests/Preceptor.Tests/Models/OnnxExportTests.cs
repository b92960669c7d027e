using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Models.Onnx;
using Preceptor.Readers;
using Preceptor.Tests.Readers;
using static TorchSharp.torch;

namespace Preceptor.Tests.Models;

/// <summary>ONNX Runtime computes from our files what our networks compute.</summary>
public sealed class OnnxExportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<EncoderKind, InputShape> Networks => new()
    {
        { EncoderKind.Linear, new(1, 6, 6, 3, 0) },
        { EncoderKind.Linear, new(0, 0, 0, 5, 0) },
        { EncoderKind.Mlp, new(3, 4, 4, 0, 0) },
        { EncoderKind.Mlp, new(1, 4, 4, 2, 0) },
        { EncoderKind.Resnet, new(3, 16, 20, 0, 0) },
        { EncoderKind.Vit, new(3, 8, 12, 0, 0) },
        { EncoderKind.Bag, new(0, 0, 0, 0, 30) },
        { EncoderKind.Ngrams, new(0, 0, 0, 3, 30) },
        { EncoderKind.Conv, new(0, 0, 0, 0, 30) },
        { EncoderKind.Conv, new(0, 0, 0, 3, 30) },
        { EncoderKind.Transformer, new(0, 0, 0, 0, 30) },
        { EncoderKind.Transformer, new(0, 0, 0, 3, 30) },
    };

    [Fact]
    public void Every_encoder_is_tried() =>
        Assert.Equal(Enum.GetValues<EncoderKind>().Where(k => k != EncoderKind.Auto), Networks.Select(n => n.Data.Item1).Distinct().Order());

    [Theory, MemberData(nameof(Networks))]
    public void Logits_are_ours_whatever_the_number_of_rows(EncoderKind kind, InputShape shape)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        using var network = new Network(new ModelOptions { Encoder = kind, Hidden = [12, 8], Embedding = 16, Heads = 2, Filters = 6, Depth = 2, Length = 12, Dropout = 0.3, HeadBias = kind != EncoderKind.Mlp }, shape, 5);
        using (no_grad())
        {
            foreach (var (_, parameter) in network.named_parameters()) parameter.add_(randn_like(parameter).mul_(0.1));
            network.train();
            for (var i = 0; i < 3; i++) network.forward(Draw(shape, 9, 7)); // moves the running moments
            network.eval();
        }
        var graph = new OnnxGraph(shape);
        graph.Output("logits", network.Export(graph), 5);
        var path = folder.Write("network.onnx", graph.ToBytes("network", new Dictionary<string, string> { ["a"] = "ä" }));
        using var model = new OnnxModel(path, Inputs(shape), "logits");
        Assert.Equal("ä", model.Metadata["a"]);
        foreach (var (rows, length) in new[] { (1, 1), (7, 4), (3, 12) })
        {
            var inputs = Draw(shape, rows, length);
            using var noGradient = no_grad();
            var expected = network.forward(inputs).data<float>().ToArray();
            var (values, size) = model.Run(Batch(shape, inputs, rows));
            Assert.Equal([rows, 5], size);
            Assert.All(expected.Zip(values), p => Assert.Equal(p.First, p.Second, 1e-4f));
            Assert.True(expected.Max() - expected.Min() > 1e-2f);
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_was_found()
    {
        var shape = new InputShape(0, 0, 0, 4, 0);
        using var network = new Network(new ModelOptions { Encoder = EncoderKind.Linear }, shape, 2);
        var graph = new OnnxGraph(shape);
        graph.Output("logits", network.Export(graph), 2);
        var path = folder.Write("network.onnx", graph.ToBytes("network", new Dictionary<string, string>()));
        var broken = folder.Write("broken.onnx", "not a model");
        string Message(string file, string input, OnnxInput meaning, string output) => Assert.Throws<RequestException>(() => new OnnxModel(file, new Dictionary<string, OnnxInput> { [input] = meaning }, output)).Message;
        Assert.Equal($"{path}: the model has no input 'number' (did you mean 'numbers'?); its inputs: numbers (float [batch, 4])", Message(path, "number", OnnxInput.Numbers, "logits"));
        Assert.Equal($"{path}: the model has no output 'logit' (did you mean 'logits'?); its outputs: logits (float [batch, 2])", Message(path, "numbers", OnnxInput.Numbers, "logit"));
        Assert.Equal($"{path}: the input 'numbers' holds Float, but ids are int64 or int32", Message(path, "numbers", OnnxInput.Ids, "logits"));
        Assert.Equal("nothing.onnx: there is no such file", Message("nothing.onnx", "numbers", OnnxInput.Numbers, "logits"));
        Assert.StartsWith($"{broken}: is not a model that ONNX Runtime can open", Message(broken, "numbers", OnnxInput.Numbers, "logits"), StringComparison.Ordinal);
        using var model = new OnnxModel(path, new Dictionary<string, OnnxInput> { ["numbers"] = OnnxInput.Numbers }, "logits");
        Assert.StartsWith($"{path}: the model does not take these inputs", Assert.Throws<RequestException>(() => model.Run(new OnnxBatch(2) { Numbers = new float[6] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_run_in_batches_in_their_order()
    {
        var shape = new InputShape(0, 0, 0, 1, 0);
        using var network = new Network(new ModelOptions { Encoder = EncoderKind.Linear }, shape, 2);
        var graph = new OnnxGraph(shape);
        graph.Output("logits", network.Export(graph), 2);
        using var model = new OnnxModel(folder.Write("network.onnx", graph.ToBytes("network", new Dictionary<string, string>())), Inputs(shape), "logits");
        var logits = new float[14];
        model.Run(7, 3, (start, count) => new OnnxBatch(count) { Numbers = [.. Enumerable.Range(start, count).Select(i => (float)i)] }, (start, values, _) => values.CopyTo(logits, 2 * start));
        var whole = model.Run(new OnnxBatch(7) { Numbers = [0, 1, 2, 3, 4, 5, 6] });
        Assert.Equal(whole.Values, logits);
    }

    public void Dispose() => folder.Dispose();

    private static Dictionary<string, OnnxInput> Inputs(InputShape shape)
    {
        var inputs = new Dictionary<string, OnnxInput>();
        if (shape.Pixels > 0) inputs["image"] = OnnxInput.Image;
        if (shape.Numbers > 0) inputs["numbers"] = OnnxInput.Numbers;
        if (shape.Tokens > 0) inputs["tokens"] = OnnxInput.Ids;
        return inputs;
    }

    // The last row's text is empty, the first one's ends in padding.
    private static Inputs Draw(InputShape shape, int rows, int length)
    {
        var tokens = shape.Tokens == 0 ? null : randint(1, shape.Tokens, [rows, length], int64);
        if (tokens is not null && rows > 1)
        {
            tokens[^1].zero_();
            tokens[0, ^1] = 0;
        }
        return new(shape.Pixels == 0 ? null : randn(rows, shape.Channels, shape.Height, shape.Width), shape.Numbers == 0 ? null : randn(rows, shape.Numbers), tokens);
    }

    private static OnnxBatch Batch(InputShape shape, Inputs inputs, int rows) => new(rows)
    {
        Ids = inputs.Tokens?.data<long>().ToArray() ?? [],
        Image = inputs.Image?.data<float>().ToArray() ?? [],
        ImageShape = (shape.Channels, shape.Height, shape.Width),
        Numbers = inputs.Numbers?.data<float>().ToArray() ?? [],
    };
}
