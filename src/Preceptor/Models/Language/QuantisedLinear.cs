using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Foundation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>A linear layer whose weights are rounded to few bits; it answers, and does not learn. Its products are managed code, on the threads that torch has.</summary>
internal sealed class QuantisedLinear : nn.Module<Tensor, Tensor>
{
    // From so many vectors on (a prompt, not a step of generation) arithmetic costs more than reading, and torch's product of dense matrices is quicker.
    private const int Few = 16;

    // Numbers of a thread's room for some rows: allocated for each product, rooms of many sizes would leave holes as large as the model.
    private const long Room = 1 << 21;

    [ThreadStatic]
    private static Tensor? scratch;

    private readonly Parameter? bias;

    public QuantisedLinear(int inputs, int outputs, bool hasBias, int bits) : base(nameof(QuantisedLinear))
    {
        Weights = new(outputs, inputs, bits);
        if (!hasBias) return;
        bias = nn.Parameter(zeros(outputs), requires_grad: false);
        register_parameter("bias", bias);
    }

    /// <summary>The weights [out × in].</summary>
    public QuantisedMatrix Weights { get; }

    public override Tensor forward(Tensor features)
    {
        var product = Multiply(Weights, features);
        return bias is null ? product : product + bias;
    }

    /// <summary>Features [B, T, out] of features [B, T, in].</summary>
    public static Tensor Multiply(QuantisedMatrix weights, Tensor features)
    {
        var dense = features.contiguous();
        if (dense.numel() > Few * weights.Columns) return MultiplyMany(weights, dense);
        long[] shape = [.. features.shape[..^1], weights.Rows];
        var product = empty(shape);
        weights.Multiply(MemoryMarshal.Cast<byte, float>(dense.bytes), MemoryMarshal.Cast<byte, float>(product.bytes), get_num_threads());
        return product;
    }

    private static Tensor MultiplyMany(QuantisedMatrix weights, Tensor dense)
    {
        var room = scratch ??= empty(Room).DetachFromDisposeScope();
        var most = (int)Math.Max(1, Room / weights.Columns);
        var parts = new List<Tensor>();
        for (var first = 0; first < weights.Rows; first += most)
        {
            var count = Math.Min(most, weights.Rows - first);
            using var numbers = room.narrow(0, 0, (long)count * weights.Columns).view(count, weights.Columns);
            weights.Get(first, MemoryMarshal.Cast<byte, float>(numbers.bytes));
            parts.Add(nn.functional.linear(dense, numbers));
        }
        return parts.Count == 1 ? parts[0] : cat(parts, -1);
    }

    /// <summary>Rounds stored weights, whatever their type.</summary>
    public static void Take(QuantisedMatrix matrix, StoredArray array, string what)
    {
        if (!array.Shape.SequenceEqual([matrix.Rows, matrix.Columns])) throw new RequestException($"{what} is {array.Type} [{string.Join(", ", array.Shape)}], expected [{matrix.Rows}, {matrix.Columns}]");
        using var scope = NewDisposeScope();
        var weights = array.ToTensor();
        for (var first = 0; first < matrix.Rows; first += 1024)
        {
            using var block = NewDisposeScope();
            var count = Math.Min(1024, matrix.Rows - first);
            var some = weights.narrow(0, first, count).to(ScalarType.Float32).contiguous();
            var numbers = MemoryMarshal.Cast<byte, float>(some.bytes);
            for (var row = 0; row < count; row++) matrix.Set(first + row, numbers.Slice(row * matrix.Columns, matrix.Columns));
        }
    }

    /// <summary>Rows of a matrix as token vectors [B, T, D] of ids [B, T].</summary>
    public static Tensor Embed(QuantisedMatrix matrix, Tensor ids)
    {
        var of = MemoryMarshal.Cast<byte, long>(ids.contiguous().bytes);
        var vectors = new float[of.Length * matrix.Columns];
        for (var i = 0; i < of.Length; i++) matrix.Get((int)of[i], vectors.AsSpan(i * matrix.Columns, matrix.Columns));
        return InputBuffer.Tensor<float>(vectors, float32, [.. ids.shape, matrix.Columns]);
    }
}
