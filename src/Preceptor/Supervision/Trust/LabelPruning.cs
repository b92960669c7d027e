using System.Numerics;
using System.Runtime.InteropServices;

namespace Preceptor.Supervision.Trust;

/// <summary>Which rows confident learning takes for wrongly labelled (Northcutt et al. 2021, section 3.2).</summary>
public enum PruneBy
{
    /// <summary>Of each class as many rows as the joint distribution puts off its diagonal, those with the least self-confidence.</summary>
    Class,

    /// <summary>Of each pair (given i, truly j) as many rows as the joint distribution has, those that most prefer j to i.</summary>
    NoiseRate,

    /// <summary>Rows that both find.</summary>
    Both,
}

/// <summary>What rows are ranked by, the most suspicious first.</summary>
public enum RankBy
{
    /// <summary>The probability of the given class.</summary>
    SelfConfidence,

    /// <summary>The probability of the given class less that of the most probable other.</summary>
    NormalisedMargin,
}

/// <summary>Finds and ranks rows whose labels are probably wrong.</summary>
public static class LabelPruning
{
    /// <summary>Finds the rows, class by class on all processors. Memory: a byte a row, and what the largest class needs to be sorted a processor.</summary>
    /// <param name="joint">The estimated joint distribution.</param>
    /// <param name="probabilities">Out-of-fold probabilities [N × C].</param>
    /// <param name="labels">The given classes [N]; −1 for none.</param>
    /// <param name="by">Which rows.</param>
    /// <param name="share">How many of the rows found, from the most certain down, in [0, 1] of the estimated number.</param>
    /// <param name="keepsAgreeing">Whether rows stay whose most probable class is the given one, as in the released code; the paper has them found.</param>
    /// <returns>Whether each row is found [N]; never all rows of a class.</returns>
    public static bool[] Find(ConfidentJoint joint, float[] probabilities, int[] labels, PruneBy by = PruneBy.Both, double share = 1, bool keepsAgreeing = true)
    {
        var classes = joint.Classes;
        var found = new bool[labels.Length];
        var (starts, rows) = RowsByClass(labels, joint.ClassRows);
        Parallel.For(0, classes, () => new Work(classes), (i, _, work) =>
        {
            var own = rows.AsSpan(starts[i], starts[i + 1] - starts[i]);
            if (own.Length < ConfidentJoint.LeastRows) return work;
            work.Clear(own.Length);
            if (by != PruneBy.NoiseRate)
            {
                var off = 0.0;
                for (var j = 0; j < classes; j++)
                    if (j != i) off += joint.Joint[i * classes + j];
                for (var r = 0; r < own.Length; r++) work.Keys[r] = -probabilities[own[r] * classes + i];
                Mark(work, [], own.Length, Count(off, joint.Rows, share), 1);
            }
            if (by != PruneBy.Class)
            {
                for (var r = 0; r < own.Length; r++) Preferred(probabilities.AsSpan(own[r] * classes, classes), i, r, work.Preferring);
                for (var j = 0; j < classes; j++)
                {
                    var count = j == i ? 0 : Count(joint.Joint[i * classes + j], joint.Rows, share);
                    if (count == 0) continue;
                    // Rows that prefer j to i come before all others; mostly they are enough, and few.
                    ReadOnlySpan<int> places = work.Preferring[j].Count >= count ? CollectionsMarshal.AsSpan(work.Preferring[j]) : [];
                    var length = places.IsEmpty ? own.Length : places.Length;
                    for (var k = 0; k < length; k++)
                    {
                        var row = own[places.IsEmpty ? k : places[k]] * classes;
                        work.Keys[k] = probabilities[row + j] - probabilities[row + i];
                    }
                    Mark(work, places, length, count, 2);
                }
            }
            var wanted = by switch { PruneBy.Class => 1, PruneBy.NoiseRate => 2, _ => 3 };
            for (var r = 0; r < own.Length; r++)
                if ((work.Marks[r] & wanted) == wanted && (!keepsAgreeing || Best(probabilities.AsSpan(own[r] * classes, classes)) != i)) found[own[r]] = true;
            // No class is emptied: the row that is surest of it stays.
            var surest = own[0];
            foreach (var row in own)
            {
                if (!found[row]) return work;
                if (probabilities[row * classes + i] > probabilities[surest * classes + i]) surest = row;
            }
            found[surest] = false;
            return work;
        }, _ => { });
        return found;
    }

    /// <summary>How suspicious each row is: less is more suspicious [N]; NaN for rows without a label.</summary>
    public static float[] Score(float[] probabilities, int[] labels, int classes, RankBy by)
    {
        var scores = new float[labels.Length];
        Parallel.For(0, (labels.Length + 32767) / 32768, block =>
        {
            for (var row = block * 32768; row < Math.Min(labels.Length, (block + 1) * 32768); row++)
            {
                if (labels[row] < 0)
                {
                    scores[row] = float.NaN;
                    continue;
                }
                var own = probabilities.AsSpan(row * classes, classes);
                var given = own[labels[row]];
                scores[row] = by == RankBy.SelfConfidence ? given : given - own[BestOther(own, labels[row])];
            }
        });
        return scores;
    }

    /// <summary>The most probable class, the first of equals.</summary>
    public static int Best(ReadOnlySpan<float> row)
    {
        var best = 0;
        for (var c = 1; c < row.Length; c++)
            if (row[c] > row[best]) best = c;
        return best;
    }

    /// <summary>The most probable class but one, the first of equals.</summary>
    public static int BestOther(ReadOnlySpan<float> row, int but)
    {
        var best = but == 0 ? 1 : 0;
        for (var c = best + 1; c < row.Length; c++)
            if (c != but && row[c] > row[best]) best = c;
        return best;
    }

    private static int Count(double joint, int rows, double share) => (int)Math.Round(joint * rows * share, MidpointRounding.AwayFromZero);

    /// <summary>Notes at each class that a row finds more probable than the given one that it does.</summary>
    private static void Preferred(ReadOnlySpan<float> row, int given, int place, List<int>[] preferring)
    {
        var at = 0;
        var level = new Vector<float>(row[given]);
        for (; at <= row.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            if (!Vector.GreaterThanAny(new Vector<float>(row[at..]), level)) continue;
            for (var c = at; c < at + Vector<float>.Count; c++)
                if (row[c] > row[given]) preferring[c].Add(place);
        }
        for (; at < row.Length; at++)
            if (row[at] > row[given]) preferring[at].Add(place);
    }

    /// <summary>Marks the rows with the largest keys; of equal keys at the end the earlier rows.</summary>
    private static void Mark(Work work, ReadOnlySpan<int> places, int length, int count, byte mark)
    {
        count = Math.Min(count, length);
        if (count == 0) return;
        var keys = work.Keys.AsSpan(0, length);
        var least = KthLargest(keys, work.Sorted.AsSpan(0, length), count);
        for (var k = 0; k < length; k++)
            if (keys[k] > least)
            {
                work.Marks[places.IsEmpty ? k : places[k]] |= mark;
                count--;
            }
        for (var k = 0; k < length && count > 0; k++)
            if (keys[k] == least)
            {
                work.Marks[places.IsEmpty ? k : places[k]] |= mark;
                count--;
            }
    }

    // Quickselect with the median of three as pivot.
    private static float KthLargest(ReadOnlySpan<float> keys, Span<float> room, int k)
    {
        keys.CopyTo(room);
        var (low, high, at) = (0, room.Length - 1, k - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            float a = room[low], b = room[middle], c = room[high];
            var pivot = a > b ? b > c ? b : a > c ? c : a : a > c ? a : b > c ? c : b;
            var (i, j) = (low, high);
            while (i <= j)
            {
                while (room[i] > pivot) i++;
                while (room[j] < pivot) j--;
                if (i > j) break;
                (room[i], room[j]) = (room[j], room[i]);
                i++;
                j--;
            }
            if (at <= j) high = j;
            else if (at >= i) low = i;
            else break;
        }
        return room[at];
    }

    private static (int[] Starts, int[] Rows) RowsByClass(int[] labels, int[] counts)
    {
        var starts = new int[counts.Length + 1];
        for (var c = 0; c < counts.Length; c++) starts[c + 1] = starts[c] + counts[c];
        var next = starts.AsSpan(0, counts.Length).ToArray();
        var rows = new int[starts[^1]];
        for (var row = 0; row < labels.Length; row++)
            if (labels[row] >= 0) rows[next[labels[row]]++] = row;
        return (starts, rows);
    }

    private sealed class Work(int classes)
    {
        public readonly List<int>[] Preferring = [.. Enumerable.Range(0, classes).Select(_ => new List<int>())];
        public float[] Keys = [], Sorted = [];
        public byte[] Marks = [];

        public void Clear(int length)
        {
            if (Keys.Length < length) (Keys, Sorted, Marks) = (new float[length], new float[length], new byte[length]);
            Marks.AsSpan(0, length).Clear();
            foreach (var list in Preferring) list.Clear();
        }
    }
}
