using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>
/// Gives the rows of tables to frozen ONNX models and keeps their answers by what model and row hold, so that each is computed once. A row
/// at a time and on one thread: its answer depends on no neighbour, and texts need no padding.
/// </summary>
public sealed class OnnxRows
{
    private readonly Dictionary<string, Answers> kept = new(StringComparer.Ordinal);
    private string? folder;

    /// <summary>Starts with the answers that a folder holds, and adds new ones to it.</summary>
    /// <param name="folder">The folder, made when it is needed; null keeps them in memory alone.</param>
    public OnnxRows(string? folder = null) => this.folder = folder;

    /// <summary>Writes the answers of this process, and those to come, into a folder.</summary>
    public void KeepIn(string folder)
    {
        this.folder = folder;
        foreach (var (key, answers) in kept) Write(key, answers);
    }

    /// <summary>A model's outputs for rows: see <see cref="RunOnnx"/>.</summary>
    /// <exception cref="RequestException">The model cannot be opened, or does not take these rows.</exception>
    public (float[] Values, int Width) Run(OnnxSource source, Table rows, InputRoles inputs)
    {
        if (source.Inputs is not { Count: > 0 } meanings)
        {
            using var opened = new OnnxModel(source.Onnx!, new Dictionary<string, OnnxInput>(), source.Output); // its message says which inputs there are
            throw new RequestException($"{source.Onnx}: the model has no inputs");
        }
        var columns = new OnnxColumns(source, meanings.Values, rows, inputs);
        var key = Key(source);
        if (!kept.TryGetValue(key, out var answers)) kept[key] = answers = Read(key) ?? new Answers();
        UInt128[] ids = [.. Enumerable.Range(0, rows.Rows).Select(columns.Key)];
        var unknown = new Dictionary<UInt128, int>();
        for (var row = 0; row < ids.Length; row++)
            if (!answers.Places.ContainsKey(ids[row])) unknown.TryAdd(ids[row], row);
        if (unknown.Count > 0)
        {
            Ask(source, meanings, unknown, columns, answers);
            Write(key, answers);
        }
        var values = new float[checked(rows.Rows * answers.Width)];
        var known = CollectionsMarshal.AsSpan(answers.Values);
        for (var row = 0; row < ids.Length; row++) known.Slice(answers.Places[ids[row]] * answers.Width, answers.Width).CopyTo(values.AsSpan(row * answers.Width));
        return (values, answers.Width);
    }

    private static void Ask(OnnxSource source, IReadOnlyDictionary<string, OnnxInput> meanings, Dictionary<UInt128, int> rows, OnnxColumns columns, Answers answers)
    {
        using var model = new OnnxModel(source.Onnx!, meanings, source.Output);
        foreach (var (id, row) in rows)
        {
            var batch = columns.Batch(row);
            var (values, shape) = model.Run(batch);
            if (source is FrozenNetwork frozen && shape.Length == 3) values = Pooled(values, shape[1], shape[2], batch.Mask, frozen.Pool ?? FeaturePool.Mean);
            else if (shape.Length != 2) throw new RequestException($"{source.Onnx}: the output has the shape [{string.Join(", ", shape)}] for a row, expected one list of values{(source is FrozenNetwork ? ", or one for each place" : "")}");
            if (answers.Width == 0) answers.Width = values.Length;
            if (answers.Width != values.Length || values.Length == 0) throw new RequestException($"{source.Onnx}: the output has {values.Length} values for one row and {answers.Width} for another");
            answers.Places.Add(id, answers.Places.Count);
            answers.Values.AddRange(values);
        }
    }

    /// <summary>One list of the values of all places [places × width]; those that the mask leaves out do not count.</summary>
    private static float[] Pooled(float[] values, int places, int width, long[] mask, FeaturePool pool)
    {
        int[] counted = [.. Enumerable.Range(0, places).Where(p => mask.Length != places || mask[p] != 0)];
        if (pool == FeaturePool.First) return values[..width];
        var pooled = new float[width];
        for (var f = 0; f < width; f++)
        {
            var column = counted.Select(p => values[p * width + f]);
            pooled[f] = pool == FeaturePool.Max ? column.Max() : (float)column.Average(v => (double)v);
        }
        return pooled;
    }

    private static string Key(OnnxSource source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in new[] { source.Onnx!, source.Tokenizer }.OfType<string>())
        {
            using var file = InputFile.Open(path);
            hash.AppendData(SHA256.HashData(file));
        }
        var settings = Options.Resolve(source);
        foreach (var path in new[] { "onnx", "tokenizer" }) settings.Remove(path); // by what they hold, whatever they are called
        hash.AppendData(Encoding.UTF8.GetBytes(settings.ToJsonString()));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    private Answers? Read(string key)
    {
        if (folder is null || !File.Exists(PathOf(key))) return null;
        var state = State.Load(PathOf(key));
        var answers = new Answers { Width = state.ReadArray<int>("width")[0] };
        var ids = state.ReadArray<byte>("rows");
        answers.Values.AddRange(state.ReadArray<float>("values"));
        for (var at = 0; at < ids.Length; at += 16) answers.Places.Add(BinaryPrimitives.ReadUInt128LittleEndian(ids.AsSpan(at)), answers.Places.Count);
        if (answers.Values.Count != (long)answers.Places.Count * answers.Width) throw new RequestException($"{PathOf(key)}: is damaged; delete it, and the model is asked again");
        return answers;
    }

    private void Write(string key, Answers answers)
    {
        if (folder is null) return;
        Directory.CreateDirectory(folder);
        var ids = new byte[16 * answers.Places.Count];
        foreach (var (id, place) in answers.Places) BinaryPrimitives.WriteUInt128LittleEndian(ids.AsSpan(16 * place), id);
        var state = new State();
        state.Add<byte>("rows", ids);
        state.Add<float>("values", answers.Values.ToArray());
        state.Add<int>("width", [answers.Width]);
        state.Write(PathOf(key));
    }

    private string PathOf(string key) => Path.Combine(folder!, key + ".safetensors");

    /// <summary>One model's answers, in the order in which their rows were first seen.</summary>
    private sealed class Answers
    {
        public int Width { get; set; }

        public Dictionary<UInt128, int> Places { get; } = [];

        public List<float> Values { get; } = [];
    }
}
