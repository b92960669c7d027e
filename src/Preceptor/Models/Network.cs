using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>An encoder and a linear head: inputs to features [B, F] to logits [B, C].</summary>
public sealed class Network : nn.Module<Inputs, Tensor>
{
    private readonly Encoder encoder;
    private readonly Linear head;

    /// <summary>Creates a network with torch's present generator.</summary>
    /// <param name="options">Its form.</param>
    /// <param name="shape">What the inputs look like.</param>
    /// <param name="outputs">How many logits, C.</param>
    /// <exception cref="RequestException">The encoder does not fit the inputs.</exception>
    public Network(ModelOptions options, InputShape shape, int outputs) : base(nameof(Network))
    {
        encoder = Encoder.Create(options, shape);
        head = nn.Linear(encoder.Features, outputs, hasBias: options.HeadBias);
        register_module("encoder", encoder);
        register_module("head", head);
    }

    /// <summary>The encoder.</summary>
    public Encoder Encoder => encoder;

    /// <summary>The linear head, from features to logits.</summary>
    public Linear Head => head;

    /// <summary>Logits [B, C].</summary>
    public override Tensor forward(Inputs inputs) => head.forward(encoder.forward(inputs));

    /// <summary>Adds the network to a graph; gives the logits.</summary>
    public OnnxValue Export(OnnxGraph graph) => graph.Linear("head", encoder.Export(graph, "encoder"), head);
}
