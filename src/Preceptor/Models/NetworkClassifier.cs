using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Foundation;
using TorchSharp;

namespace Preceptor.Models;

/// <summary>A trained network as a classifier. Rows run in blocks of one size, the last one padded, so that a row's logits do not depend on how many others are asked for.</summary>
public sealed class NetworkClassifier : IClassifier
{
    internal const string FormatName = "network";
    private const int Block = 256;
    private readonly Form form;

    /// <summary>Wraps a network, whose owner this becomes.</summary>
    public NetworkClassifier(Network network, ModelOptions options, InputShape shape, int outputs, int threads)
    {
        Network = network;
        form = new(options, shape, outputs, threads);
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <inheritdoc/>
    public string Format => FormatName;

    /// <inheritdoc/>
    public float[] Logits(Examples examples) => Run(examples, form.Outputs, (inputs, _) => Network.forward(inputs));

    /// <summary>Logits [N × C] of all rows, changed first.</summary>
    /// <param name="examples">The rows.</param>
    /// <param name="change">Changes the inputs of some rows.</param>
    public float[] Logits(Examples examples, Func<Inputs, int[], Inputs> change) => Run(examples, form.Outputs, (inputs, rows) => Network.forward(change(inputs, rows)));

    /// <summary>The encoder's features [N × F] of all rows.</summary>
    public float[] Features(Examples examples) => Run(examples, Network.Encoder.Features, (inputs, _) => Network.Encoder.forward(inputs));

    private float[] Run(Examples examples, int width, Func<Inputs, int[], torch.Tensor> forward)
    {
        torch.set_num_threads(form.Threads);
        Network.eval();
        using var noGradient = torch.no_grad();
        var outputs = new float[examples.Count * width];
        var buffer = new InputBuffer();
        var rows = new int[Block];
        var ranks = Ranks.Current;
        var blocks = (examples.Count + Block - 1) / Block;
        // A rank answers for some of the blocks, which are the same ones for any number of ranks.
        var (firstBlock, ownBlocks) = ranks.Share(blocks).GetOffsetAndLength(blocks);
        for (var start = firstBlock * Block; start < Math.Min(examples.Count, (firstBlock + ownBlocks) * Block); start += Block)
        {
            using var scope = torch.NewDisposeScope();
            for (var i = 0; i < Block; i++) rows[i] = Math.Min(start + i, examples.Count - 1);
            examples.Gather(rows, buffer);
            var block = forward(buffer.ToTensors(), rows).cpu().contiguous();
            var values = MemoryMarshal.Cast<byte, float>(block.bytes);
            values[..(Math.Min(Block, examples.Count - start) * width)].CopyTo(outputs.AsSpan(start * width));
        }
        ranks.Gather(MemoryMarshal.AsBytes(outputs.AsSpan()), [.. Enumerable.Range(0, ranks.Count).Select(rank => Math.Min(examples.Count, ranks.EndOf(blocks, rank) * Block) * width * sizeof(float))]);
        return outputs;
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        ModelFiles.WriteJson(Path.Combine(folder, "network.json"), form);
        new KeptModule(Network).Write(Path.Combine(folder, "weights.safetensors"));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="RequestException">A file is missing or damaged.</exception>
    public static NetworkClassifier Load(string folder)
    {
        var form = ModelFiles.ReadJson<Form>(Path.Combine(folder, "network.json"));
        if (form.Outputs is < 1 or > 1_000_000 || form.Shape.Tokens is < 0 or > 1 << 24 || form.Shape.Numbers is < 0 or > 1 << 24 || form.Shape.Pixels is < 0 or > 1 << 26)
            throw new RequestException($"{folder}: network.json describes a network of impossible size");
        var network = new Network(form.Model, form.Shape, form.Outputs);
        new KeptModule(network).Read(Path.Combine(folder, "weights.safetensors"));
        return new NetworkClassifier(network, form.Model, form.Shape, form.Outputs, form.Threads);
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();

    private sealed record Form(ModelOptions Model, InputShape Shape, int Outputs, int Threads);
}
