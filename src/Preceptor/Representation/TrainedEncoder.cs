using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;

namespace Preceptor.Representation;

/// <summary>A trained encoder with the whole path from raw row to features.</summary>
public sealed class TrainedEncoder : IArtifact<TrainedEncoder>, IDisposable
{
    /// <summary>The file that every encoder's folder has.</summary>
    public const string FileName = "encoder.json";

    private const string WeightsFile = "encoder.safetensors";
    private const int Block = 256;
    private readonly ModelOptions options;
    private readonly FeatureNetwork network;
    private readonly int threads;

    internal TrainedEncoder(InputEncoding encoding, ModelOptions options, FeatureNetwork network, TrainingSummary? training, int threads)
    {
        (Encoding, this.options, this.network, Training, this.threads) = (encoding, options, network, training, threads);
    }

    /// <summary>From raw rows to inputs.</summary>
    public InputEncoding Encoding { get; }

    /// <summary>The course of its training; null where there was none.</summary>
    public TrainingSummary? Training { get; }

    /// <summary>Classes that it tells apart by itself, having been fine-tuned; 0 for none.</summary>
    public int Classes => network.Classes;

    /// <summary>The network.</summary>
    internal FeatureNetwork Network => network;

    /// <summary>Numbers a feature vector, F.</summary>
    public int Features => network.Features;

    /// <summary>The features of all rows [N × F]. A row's do not depend on its neighbours.</summary>
    public float[] Embed(Examples examples) => Run(examples, Features, network.forward);

    /// <summary>The class of each row, by the classifier that was fine-tuned [N].</summary>
    public int[] Classify(Examples examples)
    {
        var logits = Run(examples, Classes, network.Classify);
        return [.. Enumerable.Range(0, examples.Count).Select(i => Enumerable.Range(0, Classes).MaxBy(c => logits[i * Classes + c]))];
    }

    private float[] Run(Examples examples, int width, Func<Inputs, torch.Tensor> forward)
    {
        torch.set_num_threads(threads);
        network.eval();
        using var noGradient = torch.no_grad();
        var (features, buffer, rows) = (new float[examples.Count * width], new InputBuffer(), new int[Block]);
        for (var start = 0; start < examples.Count; start += Block)
        {
            using var scope = torch.NewDisposeScope();
            for (var i = 0; i < Block; i++) rows[i] = Math.Min(start + i, examples.Count - 1);
            examples.Gather(rows, buffer);
            var block = forward(buffer.ToTensors()).contiguous();
            MemoryMarshal.Cast<byte, float>(block.bytes)[..(Math.Min(Block, examples.Count - start) * width)].CopyTo(features.AsSpan(start * width));
        }
        return features;
    }

    /// <summary>The features of raw rows.</summary>
    public float[] Embed(Table rows) => Embed(Encoding.Encode(rows));

    /// <inheritdoc/>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        ModelFiles.WriteJson(Path.Combine(folder, FileName), new Description(options, Encoding, network.HeadLayers, network.Classes, network.Columns, Training, threads));
        new KeptModule(network).Write(Path.Combine(folder, WeightsFile));
    }

    /// <inheritdoc/>
    public static TrainedEncoder Load(string folder)
    {
        var d = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        if (d.HeadLayers is < 0 or > 100 || d.Classes is < 0 or > 1_000_000) throw new RequestException($"{Path.Combine(folder, FileName)}: describes a network of impossible size");
        var network = d.Columns is { } columns ? new FeatureNetwork(new ColumnEncoder(ColumnLayout.Of(d.Encoding), columns)) : new FeatureNetwork(Encoder.Create(d.Model, d.Encoding.Shape), d.HeadLayers, d.Classes);
        new KeptModule(network).Read(Path.Combine(folder, WeightsFile));
        return new(d.Encoding, d.Model, network, d.Training, d.Threads);
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    private sealed record Description(ModelOptions Model, InputEncoding Encoding, int HeadLayers, int Classes, ColumnEncoderOptions? Columns, TrainingSummary? Training, int Threads);
}
