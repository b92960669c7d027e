using System.Globalization;
using System.Runtime.InteropServices;
using Preceptor.Data;
using TorchSharp;
using TorchSharp.Modules;

namespace Preceptor.Models.Onnx;

/// <summary>A value in a graph: an input, a weight or what a node gives.</summary>
/// <param name="Name">Its name, of which the graph has one.</param>
public readonly record struct OnnxValue(string Name);

/// <summary>
/// An ONNX graph in the making. A network adds its inputs, weights and operators in the order of its forward pass; the graph names the
/// values and writes them as the messages of onnx.proto (operator set 20).
/// </summary>
public sealed class OnnxGraph
{
    /// <summary>Which version of the operators the nodes mean.</summary>
    internal const int OperatorSet = 20;

    private const int IrVersion = 9; // the one that came with operator set 20
    private const int Float = 1, Int64 = 7; // TensorProto.DataType

    private readonly List<ProtobufMessage> nodes = [], initializers = [], inputs = [], outputs = [];
    private readonly Dictionary<string, OnnxValue> constants = new(StringComparer.Ordinal);
    private int count;

    /// <summary>Creates a graph with the inputs that a shape has: image [batch, C, H, W], numbers [batch, D], tokens [batch, length].</summary>
    public OnnxGraph(InputShape shape)
    {
        if (shape.Pixels > 0) Image = Input("image", Float, "batch", shape.Channels, shape.Height, shape.Width);
        if (shape.Numbers > 0) Numbers = Input("numbers", Float, "batch", shape.Numbers);
        if (shape.Tokens > 0) Tokens = Input("tokens", Int64, "batch", "length");
    }

    /// <summary>[batch, C, H, W], normalised.</summary>
    public OnnxValue? Image { get; }

    /// <summary>[batch, D], standardised.</summary>
    public OnnxValue? Numbers { get; }

    /// <summary>[batch, length] of 64-bit ids, 0 = padding.</summary>
    public OnnxValue? Tokens { get; }

    /// <summary>Adds a node with one output.</summary>
    /// <param name="operation">An operator of ONNX.</param>
    /// <param name="operands">Its inputs in their order.</param>
    /// <param name="attributes">Its attributes: whole numbers, floats, texts and lists of whole numbers.</param>
    public OnnxValue Add(string operation, OnnxValue[] operands, params (string Name, object Value)[] attributes)
    {
        var output = new OnnxValue($"{operation}_{count++}");
        var node = new ProtobufMessage();
        foreach (var operand in operands) node.Add(1, operand.Name);
        nodes.Add(node.Add(2, output.Name).Add(3, output.Name).Add(4, operation).AddAll(5, attributes, Attribute));
        return output;
    }

    /// <inheritdoc cref="Add(string, OnnxValue[], ValueTuple{string, object}[])"/>
    public OnnxValue Add(string operation, OnnxValue operand, params (string Name, object Value)[] attributes) => Add(operation, [operand], attributes);

    /// <summary>A tensor of floats with the values that it has now, under its published name.</summary>
    public OnnxValue Weight(string name, torch.Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        var values = tensor.detach().to(torch.float32).cpu().contiguous();
        return Initializer(name, Float, tensor.shape, values.bytes);
    }

    /// <summary>Whole numbers: a list, or with <paramref name="scalar"/> a single one without dimension.</summary>
    public OnnxValue Whole(long[] values, bool scalar = false) =>
        Constant($"{(scalar ? "scalar" : "list")}_{string.Join('_', values)}", Int64, scalar ? [] : [values.Length], MemoryMarshal.AsBytes<long>(values));

    /// <summary>A number without dimension.</summary>
    public OnnxValue Number(float value) =>
        Constant("number_" + value.ToString("R", CultureInfo.InvariantCulture), Float, [], MemoryMarshal.AsBytes([value]));

    /// <summary>Another shape; −1 is what remains, 0 keeps a dimension.</summary>
    public OnnxValue Reshape(OnnxValue value, params long[] shape) => Add("Reshape", [value, Whole(shape)]);

    /// <summary>Dimensions in another order.</summary>
    public OnnxValue Transpose(OnnxValue value, params long[] order) => Add("Transpose", value, ("perm", order));

    /// <summary>x·Wᵀ + b over the last dimension of x; without b where the layer has none.</summary>
    public OnnxValue Linear(string name, OnnxValue value, Linear linear)
    {
        var product = Add("MatMul", [value, Transpose(Weight(name + ".weight", linear.weight!), 1, 0)]);
        return linear.bias is { } bias ? Add("Add", [product, Weight(name + ".bias", bias)]) : product;
    }

    /// <summary>Layer normalisation over the last dimension.</summary>
    public OnnxValue LayerNorm(string name, OnnxValue value, torch.nn.Module norm, double epsilon) =>
        Add("LayerNormalization", [value, Weight(name + ".weight", norm.get_parameter("weight")!), Weight(name + ".bias", norm.get_parameter("bias")!)], ("axis", -1L), ("epsilon", (float)epsilon));

    /// <summary>1 for a word and 0 for padding, [batch, length, 1].</summary>
    public OnnxValue Words() => Add("Unsqueeze", [Add("Cast", Add("Cast", Tokens!.Value, ("to", 9L)), ("to", (long)Float)), Whole([2])]);

    /// <summary>The mean of [batch, length, D] over words, [batch, D]; 0 without a word.</summary>
    public OnnxValue MeanOverWords(OnnxValue features, OnnxValue words)
    {
        OnnxValue Sum(OnnxValue value) => Add("ReduceSum", [value, Whole([1])], ("keepdims", 0L));
        return Add("Div", [Sum(Add("Mul", [features, words])), Add("Max", [Sum(words), Number(1)])]);
    }

    /// <summary>Features [batch, D] with the numbers beside them, if there are any.</summary>
    public OnnxValue BesideNumbers(OnnxValue features) => Numbers is { } numbers ? Add("Concat", [features, numbers], ("axis", 1L)) : features;

    /// <summary>Names a value [batch, <paramref name="width"/>] of floats as an output.</summary>
    public void Output(string name, OnnxValue value, int width)
    {
        nodes.Add(new ProtobufMessage().Add(1, value.Name).Add(2, name).Add(3, name).Add(4, "Identity"));
        outputs.Add(Value(name, Float, ["batch", width]));
    }

    /// <summary>The file's bytes.</summary>
    /// <param name="name">What the graph is.</param>
    /// <param name="metadata">Texts for whoever uses the file, by name.</param>
    public byte[] ToBytes(string name, IReadOnlyDictionary<string, string> metadata)
    {
        var graph = new ProtobufMessage().AddAll(1, nodes, n => n).Add(2, name).AddAll(5, initializers, i => i).AddAll(11, inputs, i => i).AddAll(12, outputs, o => o);
        return new ProtobufMessage().Add(1, IrVersion).Add(2, "preceptor").Add(3, typeof(OnnxGraph).Assembly.GetName().Version!.ToString(3)).Add(7, graph)
            .Add(8, new ProtobufMessage().Add(1, "").Add(2, OperatorSet))
            .AddAll(14, metadata, m => new ProtobufMessage().Add(1, m.Key).Add(2, m.Value)).ToArray();
    }

    private OnnxValue Input(string name, int type, params object[] dimensions)
    {
        inputs.Add(Value(name, type, dimensions));
        return new(name);
    }

    private OnnxValue Constant(string name, int type, long[] shape, ReadOnlySpan<byte> values)
    {
        if (!constants.TryGetValue(name, out var value)) constants[name] = value = Initializer(name, type, shape, values);
        return value;
    }

    private OnnxValue Initializer(string name, int type, long[] shape, ReadOnlySpan<byte> values)
    {
        var tensor = new ProtobufMessage();
        foreach (var size in shape) tensor.Add(1, size);
        initializers.Add(tensor.Add(2, type).Add(8, name).Add(9, values));
        return new(name);
    }

    // ValueInfoProto: a name and a TypeProto.Tensor, whose dimensions are sizes or names.
    private static ProtobufMessage Value(string name, int type, object[] dimensions)
    {
        var shape = new ProtobufMessage().AddAll(1, dimensions, d => d is int size ? new ProtobufMessage().Add(1, size) : new ProtobufMessage().Add(2, (string)d));
        return new ProtobufMessage().Add(1, name).Add(2, new ProtobufMessage().Add(1, new ProtobufMessage().Add(1, type).Add(2, shape)));
    }

    private static ProtobufMessage Attribute((string Name, object Value) attribute)
    {
        var message = new ProtobufMessage().Add(1, attribute.Name);
        switch (attribute.Value)
        {
            case float number: return message.Add(2, number).Add(20, 1);
            case long whole: return message.Add(3, whole).Add(20, 2);
            case string text: return message.Add(4, text).Add(20, 3);
            case long[] list:
                foreach (var whole in list) message.Add(8, whole);
                return message.Add(20, 7);
            default: throw new ArgumentException($"attribute {attribute.Name} is of type {attribute.Value.GetType().Name}", nameof(attribute));
        }
    }
}
