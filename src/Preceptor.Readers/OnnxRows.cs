using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models.Onnx;

namespace Preceptor.Readers;

/// <summary>Gives the rows of tables to frozen ONNX models, on one thread, and keeps their answers by what the model and the rows hold.</summary>
public sealed class OnnxRows
{
    private const int Batch = 32, DefaultLength = 128;

    private readonly Dictionary<string, (float[] Values, int Width)> kept = new(StringComparer.Ordinal);
    private string? folder;

    /// <summary>Starts with the answers that a folder holds, and adds new ones to it.</summary>
    /// <param name="folder">The folder, made when it is needed; null keeps them in memory alone.</param>
    public OnnxRows(string? folder = null) => this.folder = folder;

    /// <summary>Writes the answers of this process, and those to come, into a folder.</summary>
    public void KeepIn(string folder)
    {
        this.folder = folder;
        foreach (var (key, answer) in kept) Write(key, answer);
    }

    /// <summary>A model's outputs for rows: see <see cref="RunOnnx"/>.</summary>
    /// <exception cref="RequestException">The model cannot be opened, or does not take these rows.</exception>
    public (float[] Values, int Width) Run(OnnxSource source, Table rows, InputRoles inputs)
    {
        if (source.Inputs is not { Count: > 0 } meanings)
        {
            using var opened = new OnnxModel(source.Onnx!, new Dictionary<string, OnnxInput>(), null); // says which inputs there are
            throw new RequestException($"{source.Onnx}: the model has no inputs");
        }
        var make = Inputs(source, meanings.Values, rows, inputs);
        var key = Key(source, rows, inputs);
        if (kept.TryGetValue(key, out var answer)) return answer;
        answer = Read(key) ?? Ask(source, meanings, rows.Rows, make);
        kept[key] = answer;
        Write(key, answer);
        return answer;
    }

    private static (float[] Values, int Width) Ask(OnnxSource source, IReadOnlyDictionary<string, OnnxInput> meanings, int rows, Func<int, int, OnnxBatch> make)
    {
        using var model = new OnnxModel(source.Onnx!, meanings, source.Output);
        var (values, width) = (Array.Empty<float>(), 0);
        model.Run(rows, Batch, make, (start, answers, shape) =>
        {
            if (shape.Length != 2) throw new RequestException($"{source.Onnx}: the output has the shape [{string.Join(", ", shape)}], expected one list of values a row");
            if (width == 0) (width, values) = (shape[1], new float[checked(rows * shape[1])]);
            answers.CopyTo(values, start * width);
        });
        return (values, width);
    }

    private static Func<int, int, OnnxBatch> Inputs(OnnxSource source, IEnumerable<OnnxInput> meanings, Table rows, InputRoles inputs)
    {
        Func<int, int, OnnxBatch>? texts = null;
        ImageColumn? image = null;
        NumberColumn[] numbers = [];
        foreach (var meaning in meanings)
            switch (meaning)
            {
                case OnnxInput.Image:
                    image = inputs.Image is { } name ? (ImageColumn)rows.Find(name)! : throw Lacks("image", "no image column");
                    break;
                case OnnxInput.Numbers:
                    if (inputs.Numbers.Count == 0) throw Lacks("numbers", "no number columns");
                    numbers = [.. inputs.Numbers.Select(n => (NumberColumn)rows.Find(n)!)];
                    break;
                default:
                    if (inputs.Text.Count == 0) throw Lacks("ids", "no text columns");
                    texts ??= Texts(source, [.. inputs.Text.Select(t => (TextColumn)rows.Find(t)!)]);
                    break;
            }
        RequestException Lacks(string what, string why) => new($"{source.Onnx}: an input is to be given {what}, and the problem has {why}");
        var pixels = image is null ? [] : Normalised(source, image.Channels, 255);
        var columns = numbers.Length == 0 ? [] : Normalised(source, numbers.Length, 1);
        return (start, count) => (texts?.Invoke(start, count) ?? new(count)) with
        {
            Image = image is null ? [] : Pixels(image, pixels, start, count),
            ImageShape = image is null ? default : (image.Channels, image.Height, image.Width),
            Numbers = Numbers(numbers, columns, start, count),
        };
    }

    // Several text columns are one text, with a blank between.
    private static Func<int, int, OnnxBatch> Texts(OnnxSource source, TextColumn[] columns)
    {
        var pieces = new WordPieces(source.Tokenizer ?? throw new RequestException($"{source.Onnx}: tokenizer: is missing; name the model's vocab.txt, whose pieces its token ids count"), source.Length ?? DefaultLength, source.LowerCase ?? true);
        return (start, count) => pieces.Batch([.. Enumerable.Range(start, count).Select(row => string.Join(' ', columns.Select(c => c[row].ToString())))]);
    }

    /// <summary>Mean and deviation of each channel or column, in the unit of the values as they are stored.</summary>
    private static (double Mean, double Deviation)[] Normalised(OnnxSource source, int count, double unit)
    {
        double At(double[] values, int i, double otherwise, string key) => values.Length == 0 ? otherwise : values.Length == 1 ? values[0] : values.Length == count ? values[i]
            : throw new RequestException($"{source.Onnx}: {key}: has {values.Length} numbers, expected 1 or {count}");
        return [.. Enumerable.Range(0, count).Select(i => (unit * At(source.Mean, i, 0, "mean"), unit * At(source.Deviation, i, 1, "deviation")))];
    }

    private static float[] Pixels(ImageColumn image, (double Mean, double Deviation)[] channels, int start, int count)
    {
        var area = image.Height * image.Width;
        var values = new float[count * image.Channels * area];
        var bytes = image.Pixels.AsSpan(start * image.Channels * area, values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var (mean, deviation) = channels[i / area % image.Channels];
            values[i] = (float)((bytes[i] - mean) / deviation);
        }
        return values;
    }

    private static float[] Numbers(NumberColumn[] columns, (double Mean, double Deviation)[] normalised, int start, int count)
    {
        var values = new float[count * columns.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (value, (mean, deviation)) = (columns[i % columns.Length].Values[start + i / columns.Length], normalised[i % columns.Length]);
            values[i] = double.IsNaN(value) ? 0 : (float)((value - mean) / deviation); // a missing number is an ordinary one
        }
        return values;
    }

    private static string Key(OnnxSource source, Table rows, InputRoles inputs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Text(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text.Length.ToString(CultureInfo.InvariantCulture) + ":" + text));
        foreach (var path in new[] { source.Onnx!, source.Tokenizer }.OfType<string>())
        {
            using var file = InputFile.Open(path);
            hash.AppendData(SHA256.HashData(file));
        }
        var settings = Options.Resolve(source);
        foreach (var path in new[] { "onnx", "tokenizer" }) settings.Remove(path);
        Text(settings.ToJsonString());
        foreach (var name in inputs.All)
            switch (rows.Find(name))
            {
                case TextColumn text:
                    for (var row = 0; row < rows.Rows; row++) Text(text[row].ToString());
                    break;
                case NumberColumn numbers:
                    hash.AppendData(MemoryMarshal.AsBytes<double>(numbers.Values));
                    break;
                case ImageColumn image:
                    Text($"{image.Channels} {image.Height} {image.Width}");
                    hash.AppendData(image.Pixels);
                    break;
            }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    private (float[] Values, int Width)? Read(string key)
    {
        if (folder is null || !File.Exists(PathOf(key))) return null;
        var state = State.Load(PathOf(key));
        return (state.ReadArray<float>("values"), state.ReadArray<int>("width")[0]);
    }

    private void Write(string key, (float[] Values, int Width) answer)
    {
        if (folder is null || File.Exists(PathOf(key))) return;
        Directory.CreateDirectory(folder);
        var state = new State();
        state.Add<float>("values", answer.Values);
        state.Add<int>("width", [answer.Width]);
        state.Write(PathOf(key));
    }

    private string PathOf(string key) => Path.Combine(folder!, key + ".safetensors");
}
