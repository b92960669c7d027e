using System.Buffers.Binary;
using System.Text;

namespace Preceptor.Foundation;

/// <summary>
/// The processes that do one piece of work together, each a rank with a number of its own. All of them run the same code on the same specification; calls of this class are made by all of them in the
/// same order, on the thread that started the work, and each returns when all have made it.
/// </summary>
public abstract class Ranks
{
    private static Ranks current = Alone;

    /// <summary>A process that works by itself.</summary>
    public static Ranks Alone => Single.Instance;

    /// <summary>Those among whom the work that is going on now is divided.</summary>
    public static Ranks Current => current;

    /// <summary>This process's number, from 0.</summary>
    public abstract int Number { get; }

    /// <summary>How many there are.</summary>
    public abstract int Count { get; }

    /// <summary>Whether this is the one that writes and speaks for all.</summary>
    public bool IsFirst => Number == 0;

    /// <summary>Whether there are others.</summary>
    public bool AreMany => Count > 1;

    /// <summary>Adds all ranks' numbers, place by place; afterwards all have the sums, with the same bits.</summary>
    public abstract void Sum(Span<float> numbers);

    /// <summary>Gives all ranks the first one's bytes.</summary>
    public abstract void Broadcast(Span<byte> bytes);

    /// <summary>Gives all ranks every rank's part of the bytes; rank r brings those from <paramref name="ends"/>[r − 1] (or 0) to <paramref name="ends"/>[r].</summary>
    public abstract void Gather(Span<byte> whole, ReadOnlySpan<int> ends);

    /// <summary>Waits for all.</summary>
    public abstract void Barrier();

    /// <summary>Divides work among ranks until it is disposed.</summary>
    public static IDisposable Use(Ranks ranks)
    {
        var before = current;
        current = ranks;
        return new Back(before);
    }

    /// <summary>Where a rank's share of so many things ends; it begins where that of the rank before ends. Shares differ by one at most.</summary>
    /// <param name="count">How many things.</param>
    /// <param name="rank">The rank.</param>
    public int EndOf(int count, int rank) => (int)((long)count * (rank + 1) / Count);

    /// <summary>This rank's share of so many things.</summary>
    public Range Share(int count) => (Number == 0 ? 0 : EndOf(count, Number - 1))..EndOf(count, Number);

    /// <summary>This rank's share of a batch.</summary>
    /// <param name="count">Rows of the batch, at least one.</param>
    public BatchShare ShareOfBatch(int count)
    {
        var (first, length) = Share(count).GetOffsetAndLength(count);
        return length > 0 ? new(first, length, false) : new(0, 1, true);
    }

    /// <summary>What the first rank says.</summary>
    public bool Agree(bool says) => Agree(says ? 1L : 0) != 0;

    /// <summary>The first rank's number.</summary>
    public long Agree(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        Broadcast(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    /// <summary>The first rank's number, to the bit.</summary>
    public double Agree(double number) => BitConverter.Int64BitsToDouble(Agree(BitConverter.DoubleToInt64Bits(number)));

    /// <summary>The first rank's text.</summary>
    public string Agree(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Array.Resize(ref bytes, (int)Agree((long)bytes.Length));
        Broadcast(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>What each rank brings, of any length, in their order.</summary>
    public byte[][] GatherAll(byte[] own)
    {
        var lengths = new byte[Count * sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(lengths.AsSpan(Number * sizeof(int)), own.Length);
        Gather(lengths, [.. Enumerable.Range(1, Count).Select(r => r * sizeof(int))]);
        var ends = new int[Count];
        for (var (rank, end) = (0, 0); rank < Count; rank++) ends[rank] = end = checked(end + BinaryPrimitives.ReadInt32LittleEndian(lengths.AsSpan(rank * sizeof(int))));
        var whole = new byte[ends[^1]];
        own.CopyTo(whole, ends[Number] - own.Length);
        Gather(whole, ends);
        return [.. ends.Select((end, rank) => whole[(rank == 0 ? 0 : ends[rank - 1])..end])];
    }

    private sealed class Single : Ranks
    {
        public static Single Instance { get; } = new();

        public override int Number => 0;

        public override int Count => 1;

        public override void Sum(Span<float> numbers) { }

        public override void Broadcast(Span<byte> bytes) { }

        public override void Gather(Span<byte> whole, ReadOnlySpan<int> ends) { }

        public override void Barrier() { }
    }

    private sealed class Back(Ranks before) : IDisposable
    {
        public void Dispose() => current = before;
    }
}

/// <summary>A rank's part of a batch.</summary>
/// <param name="First">Its first row's place in the batch.</param>
/// <param name="Count">How many rows, at least one.</param>
/// <param name="IsSpare">Whether they are another rank's, since there are fewer rows than ranks: they are computed, so that all ranks take the same steps, and do not count.</param>
public readonly record struct BatchShare(int First, int Count, bool IsSpare)
{
    /// <summary>Whether a row of the batch is among them.</summary>
    public bool Holds(int row) => row >= First && row < First + Count;
}
