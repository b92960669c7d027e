using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>The columns of a table that an ONNX model reads, as what its inputs are given.</summary>
internal sealed class OnnxColumns
{
    private const int DefaultLength = 128;

    private readonly WordPieces? pieces;
    private readonly TextColumn[] texts = [];
    private readonly ImageColumn? image;
    private readonly NumberColumn[] numbers = [];
    private readonly (double Mean, double Deviation)[] scales = [];

    /// <summary>Finds the columns.</summary>
    /// <exception cref="RequestException">The problem lacks what an input is to be given, or the tokenizer or a scale does not fit.</exception>
    public OnnxColumns(OnnxSource source, IEnumerable<OnnxInput> meanings, Table rows, InputRoles inputs)
    {
        T[] Columns<T>(IReadOnlyList<string> names, string what, string held) where T : Column => names.Count == 0
            ? throw new RequestException($"{source.Onnx}: an input is to be given {what}, and the problem has no {held} column")
            : [.. names.Select(name => rows.Find(name) as T ?? throw new RequestException($"{rows.Name}: column '{name}' does not hold {held}"))];
        foreach (var meaning in meanings)
            switch (meaning)
            {
                case OnnxInput.Image:
                    image = Columns<ImageColumn>(inputs.Image is null ? [] : [inputs.Image], "image", "image")[0];
                    scales = Scales(source, image.Channels, 255);
                    break;
                case OnnxInput.Numbers:
                    numbers = Columns<NumberColumn>(inputs.Numbers, "numbers", "number");
                    if (image is null) scales = Scales(source, numbers.Length, 1);
                    break;
                default:
                    texts = Columns<TextColumn>(inputs.Text, Options.Key(meaning.ToString()), "text");
                    pieces ??= new WordPieces(source.Tokenizer ?? throw new RequestException($"{source.Onnx}: tokenizer: is missing; name the model's vocab.txt, whose pieces its token ids count"), source.Length ?? DefaultLength, source.LowerCase ?? true);
                    break;
            }
        if (image is not null && numbers.Length > 0 && source.Mean.Length + source.Deviation.Length > 0)
            throw new RequestException($"{source.Onnx}: mean and deviation are of the image where the model reads numbers beside it; give it numbers as they are");
    }

    /// <summary>The inputs of one row. Several text columns are one text, with a blank between.</summary>
    public OnnxBatch Batch(int row) => (pieces?.Batch([string.Join(' ', texts.Select(c => c[row].ToString()))]) ?? new(1)) with
    {
        Image = image is null ? [] : Pixels(image, row),
        ImageShape = image is null ? default : (image.Channels, image.Height, image.Width),
        Numbers = [.. numbers.Select((column, i) => Number(column.Values[row], image is null ? scales[i] : (0, 1)))],
    };

    /// <summary>A hash of what the model is given of a row.</summary>
    public UInt128 Key(int row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var column in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(column[row].ToString());
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
        foreach (var column in numbers) hash.AppendData(BitConverter.GetBytes(column.Values[row]));
        if (image is not null)
        {
            hash.AppendData(MemoryMarshal.AsBytes([image.Channels, image.Height, image.Width]));
            hash.AppendData(PixelsOf(image, row));
        }
        return BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset());
    }

    /// <summary>Mean and deviation of each channel or column, in the unit of the values as they are stored.</summary>
    private static (double Mean, double Deviation)[] Scales(OnnxSource source, int count, double unit)
    {
        double At(double[] values, int i, double otherwise, string key) => values.Length == 0 ? otherwise : values.Length == 1 ? values[0] : values.Length == count ? values[i]
            : throw new RequestException($"{source.Onnx}: {key}: has {values.Length} numbers, expected 1 or {count}");
        return [.. Enumerable.Range(0, count).Select(i => (unit * At(source.Mean, i, 0, "mean"), unit * At(source.Deviation, i, 1, "deviation")))];
    }

    private static ReadOnlySpan<byte> PixelsOf(ImageColumn image, int row)
    {
        var size = image.Channels * image.Height * image.Width;
        return image.Pixels.AsSpan(row * size, size);
    }

    private float[] Pixels(ImageColumn image, int row)
    {
        var bytes = PixelsOf(image, row);
        var values = new float[bytes.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (mean, deviation) = scales[i / (image.Height * image.Width)];
            values[i] = (float)((bytes[i] - mean) / deviation);
        }
        return values;
    }

    // A missing number is an ordinary one.
    private static float Number(double value, (double Mean, double Deviation) scale) => double.IsNaN(value) ? 0 : (float)((value - scale.Mean) / scale.Deviation);
}
