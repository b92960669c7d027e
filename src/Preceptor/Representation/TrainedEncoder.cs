using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;

namespace Preceptor.Representation;

/// <summary>A trained encoder with the whole path from raw row to features.</summary>
/// <param name="encoding">From raw rows to inputs.</param>
/// <param name="options">The network's form.</param>
/// <param name="network">The network, whose owner this becomes.</param>
/// <param name="training">The course of its training; null where there was none.</param>
/// <param name="threads">Threads that encode.</param>
public sealed class TrainedEncoder(InputEncoding encoding, ModelOptions options, Encoder network, TrainingSummary? training, int threads) : IArtifact<TrainedEncoder>, IDisposable
{
    /// <summary>The file that every encoder's folder has.</summary>
    public const string FileName = "encoder.json";

    private const string WeightsFile = "encoder.safetensors";
    private const int Block = 256;

    /// <summary>From raw rows to inputs.</summary>
    public InputEncoding Encoding { get; } = encoding;

    /// <summary>The course of its training; null where there was none.</summary>
    public TrainingSummary? Training { get; } = training;

    /// <summary>Numbers a feature vector, F.</summary>
    public int Features => network.Features;

    /// <summary>The features of all rows [N × F]. A row's do not depend on its neighbours.</summary>
    public float[] Embed(Examples examples)
    {
        torch.set_num_threads(threads);
        network.eval();
        using var noGradient = torch.no_grad();
        var (features, buffer, rows) = (new float[examples.Count * Features], new InputBuffer(), new int[Block]);
        for (var start = 0; start < examples.Count; start += Block)
        {
            using var scope = torch.NewDisposeScope();
            for (var i = 0; i < Block; i++) rows[i] = Math.Min(start + i, examples.Count - 1);
            examples.Gather(rows, buffer);
            var block = network.forward(buffer.ToTensors()).contiguous();
            MemoryMarshal.Cast<byte, float>(block.bytes)[..(Math.Min(Block, examples.Count - start) * Features)].CopyTo(features.AsSpan(start * Features));
        }
        return features;
    }

    /// <summary>The features of raw rows.</summary>
    public float[] Embed(Table rows) => Embed(Encoding.Encode(rows));

    /// <inheritdoc/>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        ModelFiles.WriteJson(Path.Combine(folder, FileName), new Description(options, Encoding, Training, threads));
        new KeptModule(network).Write(Path.Combine(folder, WeightsFile));
    }

    /// <inheritdoc/>
    public static TrainedEncoder Load(string folder)
    {
        var d = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        var network = Encoder.Create(d.Model, d.Encoding.Shape);
        new KeptModule(network).Read(Path.Combine(folder, WeightsFile));
        return new(d.Encoding, d.Model, network, d.Training, d.Threads);
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    private sealed record Description(ModelOptions Model, InputEncoding Encoding, TrainingSummary? Training, int Threads);
}
