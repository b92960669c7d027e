using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Preceptor.Foundation;
using TorchSharp;

namespace Preceptor.Supervision;

/// <summary>
/// A teacher's answers over many classes, kept small: for every row and view the k largest logits, and how much the others weigh
/// together at temperatures 1, 2, 4 and 8, in half precision. On disk it is a safetensors file that is mapped, not read.
/// </summary>
/// <remarks>
/// Logits are relative to the row's largest. The weight of the rest is r(β) = log Σ exp(β z_j) over the classes left out, β = 1/T. It
/// is smooth and convex in β, and r(0) = log(C − k) is known, so that between the stored temperatures, and above them, it is
/// interpolated by the polynomial through all five points. How the classes left out share their weight is not stored: a student is left its
/// own opinion of it, so that it learns the kept classes and the weight of the others together, and nothing false about each of those.
/// </remarks>
[Version(1)]
public sealed unsafe class TeacherCache : IArtifact<TeacherCache>, IDisposable
{
    /// <summary>How many logits are kept if nobody says otherwise.</summary>
    public const int DefaultKept = 96;

    private const string FileName = "teacher.safetensors";
    internal const int MostClasses = 1 << 16;
    private static readonly double[] Temperatures = [1, 2, 4, 8];
    private static readonly double[] Nodes = [0, .. Temperatures.Select(t => 1 / t)];

    private readonly ushort[]? ownClasses;
    private readonly Half[]? ownLogits, ownRest;
    private readonly MemoryMappedFile? file;
    private readonly MemoryMappedViewAccessor? view;
    private readonly byte* start;
    private readonly long classesAt, logitsAt, restAt;

    private TeacherCache(int rows, int classes, int kept, int views, ushort[] keptClasses, Half[] logits, Half[] rest)
    {
        (Rows, Classes, Kept, Views) = (rows, classes, kept, views);
        (ownClasses, ownLogits, ownRest) = (keptClasses, logits, rest);
    }

    private TeacherCache(string path)
    {
        var (entries, metadata, bytes) = Header(path);
        int Number(string key) => metadata.TryGetValue(key, out var text) && int.TryParse(text, out var number) && number > 0 ? number : throw Damaged($"'{key}' is missing or not a number above 0");
        (Rows, Classes, Kept, Views) = (Number("rows"), Number("classes"), Number("kept"), Number("views"));
        if (Classes > MostClasses || Kept > Classes) throw Damaged($"it says {Kept} of {Classes} classes");
        long At(string name, string type, long width)
        {
            var entry = entries.FirstOrDefault(e => e.Name == name);
            return entry.Name is not null && entry.Type == type && entry.Shape.SequenceEqual([(long)Views * Rows, width]) ? bytes + entry.Start : throw Damaged($"'{name}' is missing or has not the size that its header says");
        }
        (classesAt, logitsAt, restAt) = (At("classes", "I16", Kept), At("logits", "F16", Kept), At("rest", "F16", Temperatures.Length));
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);

        RequestException Damaged(string why) => new($"{path}: is not a teacher's cache: {why}");
    }

    /// <summary>How many rows, N.</summary>
    public int Rows { get; }

    /// <summary>How many classes, C.</summary>
    public int Classes { get; }

    /// <summary>How many logits of a row are kept, k.</summary>
    public int Kept { get; }

    /// <summary>How many views of a row, V.</summary>
    public int Views { get; }

    /// <summary>Bytes a row and view.</summary>
    public int BytesPerRow => Kept * (sizeof(ushort) + sizeof(ushort)) + Temperatures.Length * sizeof(ushort);

    /// <summary>Compresses a teacher's logits.</summary>
    /// <param name="rows">N.</param>
    /// <param name="classes">C, at most 65,536.</param>
    /// <param name="kept">k; all classes if there are fewer.</param>
    /// <param name="views">V.</param>
    /// <param name="logits">The logits [N × C] of a view, 0 … V − 1.</param>
    public static TeacherCache Build(int rows, int classes, int kept, int views, Func<int, float[]> logits)
    {
        return Build(rows, classes, kept, views, put =>
        {
            for (var v = 0; v < views; v++)
            {
                var ofView = logits(v);
                if (ofView.Length != (long)rows * classes) throw new ArgumentException($"a view has {ofView.Length} logits, expected {rows} × {classes}", nameof(logits));
                put((long)v * rows, ofView);
            }
        });
    }

    /// <summary>Compresses a teacher's logits, of which only some rows are in memory at once.</summary>
    /// <param name="rows">N.</param>
    /// <param name="classes">C, at most 65,536.</param>
    /// <param name="kept">k; all classes if there are fewer.</param>
    /// <param name="views">V.</param>
    /// <param name="answer">Puts the logits [n × C] of the rows from a place on, view · N + row; all places, in any order.</param>
    public static TeacherCache Build(int rows, int classes, int kept, int views, Action<Action<long, float[]>> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, MostClasses);
        kept = Math.Min(kept, classes);
        var (ownClasses, ownLogits) = (new ushort[(long)views * rows * kept], new Half[(long)views * rows * kept]);
        var rest = new Half[(long)views * rows * Temperatures.Length];
        answer((first, logits) => Parallel.For(0, logits.Length / classes, () => (new float[classes], new int[classes]), (row, _, room) =>
        {
            var place = first + row;
            Compress(logits.AsSpan(row * classes, classes), kept, room.Item1, room.Item2,
                ownClasses.AsSpan(checked((int)(place * kept)), kept), ownLogits.AsSpan(checked((int)(place * kept)), kept), rest.AsSpan(checked((int)(place * Temperatures.Length)), Temperatures.Length));
            return room;
        }, _ => { }));
        return new(rows, classes, kept, views, ownClasses, ownLogits, rest);
    }

    /// <summary>Logits [B, C] of some rows, whose softmax at the temperature is the teacher's kept distribution.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="view">Which view; counted round.</param>
    /// <param name="temperature">T, at least 1.</param>
    /// <param name="student">Logits [B, C] by which the classes left out share their weight; no gradient passes. Null: equally.</param>
    public torch.Tensor Gather(ReadOnlySpan<int> rows, int view, double temperature, torch.Tensor? student = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(temperature, 1);
        var tensor = torch.empty(rows.Length, Classes);
        var together = torch.empty(rows.Length, 1);
        var room = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        var weights = MemoryMarshal.Cast<byte, float>(together.bytes);
        Span<double> interpolation = stackalloc double[Nodes.Length];
        InterpolationWeights(1 / temperature, interpolation);
        for (var i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)Rows) throw new ArgumentOutOfRangeException(nameof(rows), rows[i], $"there are {Rows} rows");
            weights[i] = Fill((long)(view % Views) * Rows + rows[i], temperature, interpolation, room.Slice(i * Classes, Classes), student is null);
        }
        if (student is null || Kept == Classes) return tensor;
        using var noGradient = torch.no_grad();
        using Scalar scale = temperature, nothing = double.NegativeInfinity;
        var left = tensor.isnan();
        var shares = torch.nn.functional.log_softmax((student.detach() / scale).masked_fill(left.logical_not(), nothing), 1);
        return torch.where(left, (shares + together) * scale, tensor);
    }

    /// <inheritdoc/>
    public void Save(string folder) => Safetensors.Write(Path.Combine(folder, FileName),
        [
            new("classes", new("I16", [(long)Views * Rows, Kept], MemoryMarshal.AsBytes(Span<ushort>(ownClasses, classesAt, (long)Views * Rows * Kept)).ToArray())),
            new("logits", new("F16", [(long)Views * Rows, Kept], MemoryMarshal.AsBytes(Span<Half>(ownLogits, logitsAt, (long)Views * Rows * Kept)).ToArray())),
            new("rest", new("F16", [(long)Views * Rows, Temperatures.Length], MemoryMarshal.AsBytes(Span<Half>(ownRest, restAt, (long)Views * Rows * Temperatures.Length)).ToArray())),
        ],
        [new("rows", $"{Rows}"), new("classes", $"{Classes}"), new("kept", $"{Kept}"), new("views", $"{Views}")]);

    /// <inheritdoc/>
    public static TeacherCache Load(string folder) => new(Path.Combine(folder, FileName));

    /// <inheritdoc/>
    public void Dispose()
    {
        view?.SafeMemoryMappedViewHandle.ReleasePointer();
        view?.Dispose();
        file?.Dispose();
    }

    private static void Compress(ReadOnlySpan<float> logits, int kept, float[] sorted, int[] order, Span<ushort> classes, Span<Half> values, Span<Half> rest)
    {
        for (var c = 0; c < logits.Length; c++) (sorted[c], order[c]) = (-logits[c], c);
        Array.Sort(sorted, order);
        var largest = logits[order[0]];
        for (var i = 0; i < kept; i++) (classes[i], values[i]) = ((ushort)order[i], (Half)(logits[order[i]] - largest));
        for (var t = 0; t < Temperatures.Length; t++)
        {
            if (kept == logits.Length)
            {
                rest[t] = Half.NegativeInfinity;
                continue;
            }
            var (highest, sum) = ((logits[order[kept]] - largest) / Temperatures[t], 0.0);
            for (var i = kept; i < logits.Length; i++) sum += Math.Exp((logits[order[i]] - largest) / Temperatures[t] - highest);
            rest[t] = (Half)(highest + Math.Log(sum));
        }
    }

    // Returns what the classes left out weigh together; they are NaN, or share it equally.
    private float Fill(long place, double temperature, ReadOnlySpan<double> interpolation, Span<float> logits, bool equally)
    {
        var together = 0.0;
        if (Kept < Classes)
        {
            var rest = Span<Half>(ownRest, restAt, (place + 1) * Temperatures.Length)[(int)(place * Temperatures.Length)..];
            var others = Math.Log(Classes - Kept);
            together = interpolation[0] * others;
            for (var t = 0; t < Temperatures.Length; t++) together += interpolation[t + 1] * (double)rest[t];
            logits.Fill(equally ? (float)(temperature * (together - others)) : float.NaN);
        }
        var first = checked((int)(place * Kept));
        var classes = Span<ushort>(ownClasses, classesAt, first + Kept)[first..];
        var values = Span<Half>(ownLogits, logitsAt, first + Kept)[first..];
        for (var i = 0; i < classes.Length; i++) logits[classes[i]] = (float)values[i]; // the span's own check keeps a damaged file's classes inside
        return (float)together;
    }

    /// <summary>Lagrange's weights of the five nodes at β.</summary>
    private static void InterpolationWeights(double beta, Span<double> weights)
    {
        for (var i = 0; i < Nodes.Length; i++)
        {
            weights[i] = 1;
            for (var j = 0; j < Nodes.Length; j++)
                if (j != i) weights[i] *= (beta - Nodes[j]) / (Nodes[i] - Nodes[j]);
        }
    }

    private Span<T> Span<T>(T[]? own, long at, long count) where T : unmanaged => own is not null ? own.AsSpan(0, checked((int)count)) : new Span<T>(start + at, checked((int)count));

    private static (IReadOnlyList<SafetensorsHeader.Entry> Entries, IDictionary<string, string> Metadata, long Start) Header(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var prefix = new byte[Safetensors.PrefixLength];
            if (stream.Length < prefix.Length) throw new RequestException($"{path}: is too short for a teacher's cache");
            stream.ReadExactly(prefix);
            var length = BitConverter.ToUInt64(prefix);
            var left = stream.Length - prefix.Length;
            if (length > (ulong)Math.Min(left, Safetensors.LongestHeader)) throw new RequestException($"{path}: the header is longer than the file");
            var header = new byte[(int)length];
            stream.ReadExactly(header);
            var (entries, metadata) = SafetensorsHeader.Parse(header, left - header.Length, path);
            return (entries, metadata, prefix.Length + header.Length);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{path}: cannot be read: {fault.Message}", fault);
        }
    }
}
