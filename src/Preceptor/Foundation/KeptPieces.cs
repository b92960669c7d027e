namespace Preceptor.Foundation;

/// <summary>Work that is done in pieces, those that are done being kept: a run that is interrupted goes on behind them.</summary>
public static class KeptPieces
{
    /// <summary>Does a number of things, some at a time, and gives what came of each, in order.</summary>
    /// <typeparam name="T">What comes of one; it can be written as JSON.</typeparam>
    /// <param name="run">The run; its open stage keeps what is done, and nothing else.</param>
    /// <param name="name">The name under which it is kept.</param>
    /// <param name="count">How many things there are.</param>
    /// <param name="together">How many are done at a time, the last time perhaps fewer.</param>
    /// <param name="work">Does those from the first number up to, and without, the second.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled, after a checkpoint.</exception>
    public static IReadOnlyList<T> InPieces<T>(this Run run, string name, int count, int together, Func<int, int, IEnumerable<T>> work)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfLessThan(together, 1);
        var done = run.Keep(name, new Done<T>());
        run.FinishRestoring();
        while (done.All.Count < count)
        {
            run.SafePoint();
            var (first, end) = (done.All.Count, Math.Min(count, done.All.Count + together));
            T[] made = [.. work(first, end)];
            if (made.Length != end - first) throw new InvalidOperationException($"{made.Length} results of {end - first} pieces of work");
            done.All.AddRange(made);
        }
        return done.All;
    }

    private sealed class Done<T> : IKept
    {
        public List<T> All { get; } = [];

        public void Save(State state) => state.Add("done", All.ToArray());

        public void Restore(State state)
        {
            All.Clear();
            All.AddRange(state.Read<T[]>("done"));
        }
    }
}
