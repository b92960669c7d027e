using Microsoft.ML.OnnxRuntime;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>The inputs of some rows; the parts that a model doesn't read stay empty.</summary>
/// <param name="Rows">How many rows, above 0.</param>
public sealed record OnnxBatch(int Rows)
{
    /// <summary>Token ids [rows × length].</summary>
    public long[] Ids { get; init; } = [];

    /// <summary>1 for a token, 0 for padding [rows × length].</summary>
    public long[] Mask { get; init; } = [];

    /// <summary>Normalised pixels [rows × channels × height × width].</summary>
    public float[] Image { get; init; } = [];

    /// <summary>Channels, height and width.</summary>
    public (int Channels, int Height, int Width) ImageShape { get; init; }

    /// <summary>Numbers [rows × count].</summary>
    public float[] Numbers { get; init; } = [];
}

/// <summary>A frozen model in an ONNX file: opened once, each of its inputs mapped to what it is given, one of its outputs read.</summary>
public sealed class OnnxModel : IDisposable
{
    private readonly string path;
    private readonly InferenceSession session;
    private readonly (string Name, OnnxInput Meaning, bool IsInt32)[] inputs;
    private readonly string[] inputNames, outputNames;

    /// <summary>Opens a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="inputs">What each input of the model is given, by its name.</param>
    /// <param name="output">The output to read, of floats; null for the only one.</param>
    /// <param name="threads">How many threads compute it.</param>
    /// <exception cref="RequestException">The file is missing or damaged, or has other inputs or outputs; the message lists those found.</exception>
    public OnnxModel(string path, IReadOnlyDictionary<string, OnnxInput> inputs, string? output, int threads = 1)
    {
        this.path = path;
        if (!File.Exists(path)) throw new RequestException($"{path}: there is no such file");
        session = Open(path, threads);
        try
        {
            var found = session.InputMetadata;
            foreach (var name in inputs.Keys)
                if (!found.ContainsKey(name)) throw new RequestException($"{path}: the model has no input '{name}'{Spelling.Hint(name, found.Keys)}; its inputs: {Describe(found)}");
            foreach (var name in found.Keys)
                if (!inputs.ContainsKey(name)) throw new RequestException($"{path}: the model's input '{name}' is given nothing; its inputs: {Describe(found)}");
            this.inputs = [.. inputs.Select(i => (i.Key, i.Value, IsInt32(i.Key, i.Value, found[i.Key])))];
            inputNames = [.. inputs.Keys];
            var outputs = session.OutputMetadata;
            output ??= outputs.Count == 1 ? outputs.First().Key : throw new RequestException($"{path}: the model has several outputs; name one: {Describe(outputs)}");
            if (!outputs.TryGetValue(output, out var read)) throw new RequestException($"{path}: the model has no output '{output}'{Spelling.Hint(output, outputs.Keys)}; its outputs: {Describe(outputs)}");
            if (!read.IsTensor || read.ElementDataType != Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float) throw new RequestException($"{path}: the output '{output}' is not of 32-bit floats; its outputs: {Describe(outputs)}");
            outputNames = [output];
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The file's own texts by name, such as classes.</summary>
    public IReadOnlyDictionary<string, string> Metadata => session.ModelMetadata.CustomMetadataMap;

    /// <summary>The output for some rows.</summary>
    /// <returns>Its values, and its shape, whose first dimension is the rows.</returns>
    /// <exception cref="RequestException">The model does not take such inputs, or gives another number of rows.</exception>
    public (float[] Values, int[] Shape) Run(OnnxBatch rows)
    {
        var values = new List<OrtValue>();
        try
        {
            foreach (var (_, meaning, isInt32) in inputs) values.Add(Value(meaning, isInt32, rows));
            using var options = new RunOptions();
            using var results = session.Run(options, inputNames, values, outputNames);
            int[] shape = [.. results[0].GetTensorTypeAndShape().Shape.Select(d => checked((int)d))];
            if (shape.Length < 2 || shape[0] != rows.Rows) throw new RequestException($"{path}: the output '{outputNames[0]}' has the shape [{string.Join(", ", shape)}] for {rows.Rows} rows; its first dimension must be the rows");
            return (results[0].GetTensorDataAsSpan<float>().ToArray(), shape);
        }
        catch (OnnxRuntimeException e)
        {
            throw new RequestException($"{path}: the model does not take these inputs: {e.Message}", e);
        }
        finally
        {
            foreach (var value in values) value.Dispose();
        }
    }

    /// <summary>The outputs of many rows, a batch at a time and in their order.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="batch">How many at a time, at most.</param>
    /// <param name="make">The inputs of rows from a start, so many.</param>
    /// <param name="take">Takes each batch's start, values and shape.</param>
    public void Run(int rows, int batch, Func<int, int, OnnxBatch> make, Action<int, float[], int[]> take)
    {
        for (var start = 0; start < rows; start += batch)
        {
            var (values, shape) = Run(make(start, Math.Min(batch, rows - start)));
            take(start, values, shape);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    private static InferenceSession Open(string path, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        try
        {
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new RequestException($"{path}: is not a model that ONNX Runtime can open: {e.Message}", e);
        }
    }

    private bool IsInt32(string name, OnnxInput meaning, NodeMetadata metadata)
    {
        var type = metadata.ElementDataType;
        var wholes = meaning is OnnxInput.Ids or OnnxInput.Mask or OnnxInput.Types;
        if (wholes && type == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int32) return true;
        if (type != (wholes ? Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int64 : Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float))
            throw new RequestException($"{path}: the input '{name}' holds {type}, but {Options.Key(meaning.ToString())} are {(wholes ? "int64 or int32" : "float")}");
        return false;
    }

    private static OrtValue Value(OnnxInput meaning, bool isInt32, OnnxBatch rows)
    {
        long[] Shape(int values) => [rows.Rows, values / rows.Rows];
        OrtValue Wholes(long[] values) => isInt32
            ? OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(values, v => (int)v), Shape(values.Length))
            : OrtValue.CreateTensorValueFromMemory(values, Shape(values.Length));
        return meaning switch
        {
            OnnxInput.Ids => Wholes(rows.Ids),
            OnnxInput.Mask => Wholes(rows.Mask),
            OnnxInput.Types => Wholes(new long[rows.Ids.Length]),
            OnnxInput.Image => OrtValue.CreateTensorValueFromMemory(rows.Image, [rows.Rows, rows.ImageShape.Channels, rows.ImageShape.Height, rows.ImageShape.Width]),
            _ => OrtValue.CreateTensorValueFromMemory(rows.Numbers, Shape(rows.Numbers.Length)),
        };
    }

    private static string Describe(IReadOnlyDictionary<string, NodeMetadata> values) =>
        string.Join(", ", values.Select(v => $"{v.Key} ({v.Value.ElementDataType.ToString().ToLowerInvariant()} [{string.Join(", ", v.Value.Dimensions.Select((d, i) => d >= 0 ? $"{d}" : v.Value.SymbolicDimensions[i] is { Length: > 0 } name ? name : "any"))}])"));
}
