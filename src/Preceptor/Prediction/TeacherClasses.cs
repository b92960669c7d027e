using Preceptor.Foundation;

namespace Preceptor.Prediction;

/// <summary>From a teacher's classes to the problem's.</summary>
internal sealed class TeacherClasses
{
    private const double Least = 1e-9;

    private readonly int[] ours; // the problem's class of each of the teacher's, -1 for none
    private readonly int classes;

    /// <summary>Matches classes by name.</summary>
    /// <param name="theirs">The teacher's, K.</param>
    /// <param name="classes">The problem's, C.</param>
    /// <param name="renamed">their name → our name, where they differ.</param>
    /// <exception cref="RequestException">They have none in common.</exception>
    public TeacherClasses(IReadOnlyList<string> theirs, IReadOnlyList<string> classes, IReadOnlyDictionary<string, string> renamed)
    {
        this.classes = classes.Count;
        var index = classes.Select((name, c) => (name, c)).ToDictionary(p => p.name, p => p.c, StringComparer.Ordinal);
        ours = [.. theirs.Select(name => index.GetValueOrDefault(renamed.GetValueOrDefault(name, name), -1))];
        if (ours.All(c => c < 0)) throw new RequestException($"has the classes {Names(theirs)}, none of which is one of {Names(classes)}; say which is which with classes: {{their name: our name}}");
        var known = ours.ToHashSet();
        string[] missing = [.. classes.Where((_, c) => !known.Contains(c))], further = [.. theirs.Where((_, k) => ours[k] < 0)];
        Caveats = [.. missing.Length > 0 ? [$"it has no class {Names(missing)} and gives it probability 0"] : Array.Empty<string>(),
            .. further.Length > 0 ? [$"its class {Names(further)} is none of the problem's and is left out of its answers"] : Array.Empty<string>()];
    }

    /// <summary>What a reader should know: classes that only one side has.</summary>
    public IReadOnlyList<string> Caveats { get; }

    /// <summary>The teacher's log-probabilities of the problem's classes [N × C].</summary>
    /// <param name="logits">The teacher's logits of its own classes [N × K]; −∞ for a probability of 0. Those that are none of the problem's are left out.</param>
    public float[] Logits(ReadOnlySpan<double> logits)
    {
        var aligned = new float[logits.Length / ours.Length * classes];
        var sums = new double[classes];
        for (var (start, at) = (0, 0); start < logits.Length; start += ours.Length, at += classes)
        {
            var row = logits.Slice(start, ours.Length);
            var largest = double.NegativeInfinity;
            for (var k = 0; k < ours.Length; k++)
                if (ours[k] >= 0) largest = Math.Max(largest, row[k]);
            Array.Clear(sums);
            for (var k = 0; k < ours.Length; k++)
                if (ours[k] >= 0) sums[ours[k]] += double.IsNegativeInfinity(largest) ? 1 : Math.Exp(row[k] - largest); // it gave all it had to classes that are left out
            var total = sums.Sum();
            // A probability of 0 has no logarithm: it becomes the smaller of a least one and the row's smallest.
            var least = Math.Min(Least, sums.Where(s => s > 0).Min() / total);
            for (var c = 0; c < classes; c++) aligned[at + c] = (float)Math.Log(sums[c] > 0 ? sums[c] / total : least);
        }
        return aligned;
    }

    private static string Names(IReadOnlyList<string> names) => string.Join(", ", names.Take(8).Select(n => $"'{n}'")) + (names.Count > 8 ? $" and {names.Count - 8} more" : "");
}
