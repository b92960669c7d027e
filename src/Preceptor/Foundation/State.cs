using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using TorchSharp;

namespace Preceptor.Foundation;

/// <summary>Something whose state outlives a step and is saved in checkpoints: a network, an optimiser, a memory, a loop's position.</summary>
public interface IKept
{
    /// <summary>Writes the whole state.</summary>
    void Save(State state);

    /// <summary>Reads back what <see cref="Save"/> wrote; every entry must be read.</summary>
    void Restore(State state);
}

/// <summary>
/// Named arrays and values of a checkpoint. Reading is strict: a missing name, another shape, or a name that nobody read
/// is an error, because a silently dropped tensor resumes as a different run.
/// </summary>
public sealed class State
{
    // Losses start at infinity and may become NaN; a checkpoint keeps them as they are.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly SortedDictionary<string, StoredArray> arrays;
    private readonly SortedDictionary<string, string> values;
    private readonly HashSet<string> read;
    private readonly string prefix;

    /// <summary>Creates an empty state.</summary>
    public State() : this(new(StringComparer.Ordinal), new(StringComparer.Ordinal), new(StringComparer.Ordinal), "") { }

    private State(SortedDictionary<string, StoredArray> arrays, SortedDictionary<string, string> values, HashSet<string> read, string prefix) =>
        (this.arrays, this.values, this.read, this.prefix) = (arrays, values, read, prefix);

    /// <summary>The part of this state whose names start with <paramref name="name"/> and a slash.</summary>
    public State Within(string name) => new(arrays, values, read, prefix + name + "/");

    /// <summary>Whether any entry of this part exists.</summary>
    public bool IsEmpty => !arrays.Keys.Concat(values.Keys).Any(k => k.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Whether there is an array of a name.</summary>
    public bool Holds(string name) => arrays.ContainsKey(prefix + name);

    /// <summary>Adds numbers; they are copied.</summary>
    public void Add<T>(string name, ReadOnlySpan<T> numbers, params long[] shape) where T : unmanaged =>
        AddArray(name, StoredArray.Of(numbers, shape.Length == 0 ? [numbers.Length] : shape));

    /// <summary>Adds a tensor's values; they are copied.</summary>
    public void Add(string name, torch.Tensor tensor) => AddArray(name, StoredArray.Of(tensor));

    /// <summary>Adds a value as JSON.</summary>
    public void Add<T>(string name, T value)
    {
        // A parameter's own type makes this overload the better match, where a tensor is meant.
        if (value is torch.Tensor tensor) AddArray(name, StoredArray.Of(tensor));
        else if (arrays.ContainsKey(prefix + name)) throw new ArgumentException($"'{prefix}{name}' is already an array", nameof(name));
        else values.Add(prefix + name, JsonSerializer.Serialize(value, Json));
    }

    /// <summary>Copies numbers back into an array of the same length.</summary>
    public void Read<T>(string name, Span<T> into) where T : unmanaged
    {
        var stored = Array(name);
        if (stored.Type != StoredArray.TypeOf<T>() || stored.Data.Length != (long)into.Length * Unsafe.SizeOf<T>())
            throw new WorkException($"checkpoint: '{prefix}{name}' holds {stored.Type} × {stored.Count}, expected {StoredArray.TypeOf<T>()} × {into.Length}");
        MemoryMarshal.Cast<byte, T>(stored.Data.Span).CopyTo(into);
    }

    /// <summary>Copies numbers back into a tensor of the same shape and type.</summary>
    public void Read(string name, torch.Tensor into) => Array(name).CopyTo(into, $"checkpoint: '{prefix}{name}'");

    /// <summary>Reads an array of a length the checkpoint decides.</summary>
    public T[] ReadArray<T>(string name) where T : unmanaged
    {
        var stored = Array(name);
        if (stored.Type != StoredArray.TypeOf<T>()) throw new WorkException($"checkpoint: '{prefix}{name}' holds {stored.Type}, expected {StoredArray.TypeOf<T>()}");
        return MemoryMarshal.Cast<byte, T>(stored.Data.Span).ToArray();
    }

    /// <summary>Reads a value.</summary>
    public T Read<T>(string name)
    {
        read.Add(prefix + name);
        if (!values.TryGetValue(prefix + name, out var json)) throw new WorkException($"checkpoint: '{prefix}{name}' is missing");
        try
        {
            return JsonSerializer.Deserialize<T>(json, Json)!;
        }
        catch (JsonException fault)
        {
            throw new WorkException($"checkpoint: '{prefix}{name}' holds {json}, expected {typeof(T).Name}", fault);
        }
    }

    /// <summary>Copies every entry of this part into another state, and counts it as read.</summary>
    public void CopyTo(State other)
    {
        foreach (var (name, array) in arrays.Where(a => a.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            read.Add(name);
            other.arrays.Add(other.prefix + name[prefix.Length..], array);
        }
        foreach (var (name, value) in values.Where(v => v.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            read.Add(name);
            other.values.Add(other.prefix + name[prefix.Length..], value);
        }
    }

    /// <summary>Throws if an entry of this part was never read.</summary>
    /// <exception cref="WorkException">Names the entries.</exception>
    public void RequireAllRead()
    {
        var extra = arrays.Keys.Concat(values.Keys).Where(k => k.StartsWith(prefix, StringComparison.Ordinal) && !read.Contains(k)).ToArray();
        if (extra.Length > 0) throw new WorkException($"checkpoint: nothing here keeps {string.Join(", ", extra.Select(e => $"'{e}'"))}; it was written by another version or specification");
    }

    /// <summary>Writes the state as one safetensors file, beside its place and then renamed, so that it is whole or not there.</summary>
    public void Write(string path) => Safetensors.Write(path, arrays, values);

    /// <summary>Reads a state from a safetensors file.</summary>
    /// <exception cref="RequestException">The file is missing, truncated or lies about its sizes.</exception>
    public static State Load(string path)
    {
        var file = Safetensors.Read(path);
        return new(new(file.Arrays, StringComparer.Ordinal), new(file.Metadata, StringComparer.Ordinal), new(StringComparer.Ordinal), "");
    }

    private void AddArray(string name, StoredArray array)
    {
        if (values.ContainsKey(prefix + name)) throw new ArgumentException($"'{prefix}{name}' is already a value", nameof(name));
        arrays.Add(prefix + name, array);
    }

    private StoredArray Array(string name)
    {
        read.Add(prefix + name);
        return arrays.TryGetValue(prefix + name, out var stored) ? stored : throw new WorkException($"checkpoint: '{prefix}{name}' is missing");
    }
}
