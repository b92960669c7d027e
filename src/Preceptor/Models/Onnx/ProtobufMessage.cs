using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Preceptor.Models.Onnx;

/// <summary>Writes one message of the protocol buffers' wire format: fields by number, nested messages as bytes.</summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0, Bytes = 2, Fixed32 = 5;
    private readonly ArrayBufferWriter<byte> content = new();

    public ProtobufMessage Add(int field, long value)
    {
        Number((ulong)field << 3 | Varint);
        Number((ulong)value);
        return this;
    }

    public ProtobufMessage Add(int field, float value)
    {
        Number((ulong)field << 3 | Fixed32);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        content.Write(bytes);
        return this;
    }

    public ProtobufMessage Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

    public ProtobufMessage Add(int field, ProtobufMessage message) => Add(field, message.content.WrittenSpan);

    public ProtobufMessage Add(int field, ReadOnlySpan<byte> bytes)
    {
        Number((ulong)field << 3 | Bytes);
        Number((ulong)bytes.Length);
        content.Write(bytes);
        return this;
    }

    public ProtobufMessage AddAll<T>(int field, IEnumerable<T> values, Func<T, ProtobufMessage> message)
    {
        foreach (var value in values) Add(field, message(value));
        return this;
    }

    public byte[] ToArray() => content.WrittenSpan.ToArray();

    // Seven bits a byte, the lowest first; the highest bit says that more follow.
    private void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7) content.Write([(byte)(value | 0x80)]);
        content.Write([(byte)value]);
    }
}
