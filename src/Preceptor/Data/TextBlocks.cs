using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Preceptor.Data;

/// <summary>
/// The texts of millions of cells, as UTF-8 in a few large blocks. A cell is a 64-bit handle, so that it costs eight bytes and no
/// object, selecting rows copies no text, and the collector has no references to follow.
/// </summary>
/// <remarks>
/// Most of the time it takes to read a large file goes into touching new memory, which is why texts are kept as they are in files:
/// characters take twice the room. Texts are added by a <see cref="TextAppender"/>; several may add at once.
/// A handle is block × 2⁴⁰ + start × 2²⁰ + length; a text that is long for a block has one of its own, and the largest length.
/// </remarks>
public sealed class TextBlocks
{
    private const int Bits = 20, Mask = (1 << Bits) - 1;

    /// <summary>Bytes of the largest block that several texts share.</summary>
    internal const int BlockLength = 1 << Bits;

    private readonly Lock adding = new();
    private byte[][] blocks = new byte[4][];
    private int count;

    /// <summary>The UTF-8 bytes of a text; 0 is the empty text. Whoever has a handle can use it while others add texts.</summary>
    public ReadOnlySpan<byte> this[long handle]
    {
        get
        {
            var length = (int)(handle & Mask);
            if (length == 0) return [];
            var block = blocks[handle >> (2 * Bits)];
            return length == Mask ? block : block.AsSpan((int)(handle >> Bits) & Mask, length);
        }
    }

    /// <summary>Adds a block; returns the handle of an empty text at its start.</summary>
    internal long AddBlock(byte[] block)
    {
        lock (adding)
        {
            if (count == blocks.Length) Array.Resize(ref blocks, 2 * count);
            blocks[count] = block;
            return (long)count++ << (2 * Bits);
        }
    }

    /// <summary>The handle of a text in a block that it shares.</summary>
    internal static long Handle(long block, int start, int length) => block + ((long)start << Bits) + length;

    /// <summary>The handle of a text that is all of a block.</summary>
    internal static long WholeBlock(long block) => block + Mask;
}

/// <summary>Adds texts to <see cref="TextBlocks"/>, in blocks that no other appender writes to: each thread has one of its own.</summary>
/// <param name="texts">Where to.</param>
public sealed class TextAppender(TextBlocks texts)
{
    private const int SmallestBlock = 1 << 8;
    private const int RecentTexts = 1024, RecentBytes = 32;

    private readonly long[] recent = new long[RecentTexts];
    private byte[] block = [];
    private long blockHandle;
    private int used;

    /// <summary>Adds a text of valid UTF-8 and returns its handle; a short text that occurred recently is not stored again.</summary>
    public long Add(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return 0;
        if (text.Length > RecentBytes) return Store(text);
        ref var last = ref recent[Slot(text)];
        if (last != 0 && text.SequenceEqual(texts[last])) return last;
        return last = Store(text);
    }

    /// <summary>Adds a text and returns its handle; half a surrogate pair becomes U+FFFD.</summary>
    public long Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    private long Store(ReadOnlySpan<byte> text)
    {
        if (text.Length > TextBlocks.BlockLength / 4) return TextBlocks.WholeBlock(texts.AddBlock(text.ToArray()));
        if (used + text.Length > block.Length)
        {
            // Blocks grow with what is added, so that small tables stay small.
            var length = BitOperations.RoundUpToPowerOf2((uint)Math.Max(text.Length, Math.Max(SmallestBlock, 2 * block.Length)));
            block = GC.AllocateUninitializedArray<byte>((int)Math.Min(length, TextBlocks.BlockLength));
            (blockHandle, used) = (texts.AddBlock(block), 0);
        }
        text.CopyTo(block.AsSpan(used));
        var handle = TextBlocks.Handle(blockHandle, used, text.Length);
        used += text.Length;
        return handle;
    }

    private static int Slot(ReadOnlySpan<byte> text)
    {
        ulong first = 0, last = 0;
        if (text.Length >= sizeof(ulong))
        {
            first = BinaryPrimitives.ReadUInt64LittleEndian(text);
            last = BinaryPrimitives.ReadUInt64LittleEndian(text[^sizeof(ulong)..]);
        }
        else foreach (var letter in text) first = (first << 8) | letter;
        var hash = (first * 0x9E3779B97F4A7C15UL ^ last) * 0xD1B54A32D192ED03UL + (ulong)text.Length;
        return (int)(hash >> 40) & (RecentTexts - 1);
    }
}
