using System.Text.Json.Serialization;
using Preceptor.Foundation;

namespace Preceptor.Data;

/// <summary>A frozen network's features as numbers, standardised by the training rows.</summary>
/// <param name="Network">The network; its files are whole paths, or names within the model's folder.</param>
/// <param name="Inputs">The columns that it reads.</param>
/// <param name="Mean">Mean of each feature [F].</param>
/// <param name="Deviation">Standard deviation of each feature [F]; 1 for one that is always the same.</param>
public sealed record FrozenEncoding(FrozenNetwork Network, InputRoles Inputs, IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation)
{
    /// <summary>Runs the network; null where the program brought nothing that does.</summary>
    [JsonIgnore]
    public RunOnnx? Run { get; init; }

    /// <summary>Learns mean and deviation from training rows.</summary>
    /// <exception cref="RequestException">The network cannot be run on these rows.</exception>
    public static FrozenEncoding Fit(FrozenNetwork network, Table train, InputRoles roles, RunOnnx? run)
    {
        if (network.Onnx is null) throw new RequestException("model.frozen: onnx: is missing; name the network's file");
        var meanings = network.Inputs?.Values.ToHashSet() ?? [];
        var inputs = new InputRoles
        {
            Text = meanings.Overlaps([OnnxInput.Ids, OnnxInput.Mask, OnnxInput.Types]) ? roles.Text : [],
            Image = meanings.Contains(OnnxInput.Image) ? roles.Image : null,
            Numbers = meanings.Contains(OnnxInput.Numbers) ? roles.Numbers : [],
        };
        var whole = network with { Onnx = Path.GetFullPath(network.Onnx), Tokenizer = network.Tokenizer is null ? null : Path.GetFullPath(network.Tokenizer) };
        var raw = new FrozenEncoding(whole, inputs, [], []) { Run = run };
        var (values, width) = raw.Ask(train);
        double[] mean = new double[width], deviation = new double[width];
        for (var i = 0; i < values.Length; i++) mean[i % width] += values[i] / (double)train.Rows;
        for (var i = 0; i < values.Length; i++) deviation[i % width] += Math.Pow(values[i] - mean[i % width], 2) / train.Rows;
        for (var f = 0; f < width; f++) deviation[f] = Math.Sqrt(deviation[f]) is > 1e-12 and var d ? d : 1;
        return raw with { Mean = mean, Deviation = deviation };
    }

    /// <summary>Writes the standardised features of rows.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="into">Room for all numbers of all rows [rows × stride].</param>
    /// <param name="at">Where the features of a row begin.</param>
    /// <param name="stride">How many numbers a row has.</param>
    public void Encode(Table table, Span<float> into, int at, int stride)
    {
        if (table.Rows == 0) return;
        var (values, width) = Ask(table);
        if (width != Mean.Count) throw new RequestException($"model.frozen: {Network.Onnx} gives {width} features, and the model was trained on {Mean.Count}");
        for (var i = 0; i < values.Length; i++) into[i / width * stride + at + i % width] = (float)((values[i] - Mean[i % width]) / Deviation[i % width]);
    }

    /// <summary>The same with its files in a folder, to which they are copied.</summary>
    public FrozenEncoding CopyTo(string folder)
    {
        File.Copy(Network.Onnx!, Path.Combine(folder, "encoder.onnx"));
        if (Network.Tokenizer is not null) File.Copy(Network.Tokenizer, Path.Combine(folder, "vocab.txt"));
        return this with { Network = Network with { Onnx = "encoder.onnx", Tokenizer = Network.Tokenizer is null ? null : "vocab.txt" } };
    }

    /// <summary>The same as a model's folder holds it, ready to run.</summary>
    public FrozenEncoding In(string folder, RunOnnx? run) =>
        this with { Network = Network with { Onnx = Path.Combine(folder, Network.Onnx ?? ""), Tokenizer = Network.Tokenizer is null ? null : Path.Combine(folder, Network.Tokenizer) }, Run = run };

    private (float[] Values, int Width) Ask(Table rows)
    {
        if (Run is null) throw new RequestException($"model.frozen: {Network.Onnx}: this program does not run ONNX models; Preceptor.Readers has OnnxRows.Run to pass, as to Predictor.Load");
        foreach (var name in Inputs.All)
            if (rows.Find(name) is null) throw new RequestException($"{rows.Name}: there is no column '{name}'{Spelling.Hint(name, rows.Columns.Select(c => c.Name))}; it has {string.Join(", ", rows.Columns.Select(c => c.Name))}");
        try
        {
            var (values, width) = Run(Network, rows, Inputs);
            if (Array.FindIndex(values, v => !float.IsFinite(v)) is >= 0 and var wrong) throw new RequestException($"{Network.Onnx}: for {rows.Name} row {rows.Origin(wrong / width) + 1} a feature is not a finite number");
            return (values, width);
        }
        catch (RequestException e)
        {
            throw new RequestException($"model.frozen: {e.Message}", e);
        }
    }
}
