using Preceptor.Foundation;

namespace Preceptor.Reasoning;

/// <summary>A solution that a policy drew, and what is to be learned of each of its tokens.</summary>
/// <param name="Prompt">The question's tokens.</param>
/// <param name="Tokens">The solution's tokens [T].</param>
/// <param name="Log">Their log-probabilities when they were drawn [T].</param>
/// <param name="Values">The values of what stood before each [T].</param>
/// <param name="Advantages">Their advantages [T].</param>
/// <param name="Returns">Their returns [T].</param>
internal sealed record DrawnSolution(int[] Prompt, int[] Tokens, float[] Log, float[] Values, float[] Advantages, float[] Returns);

/// <summary>Solutions that several steps learn from, kept in checkpoints: the policy that drew them has changed since.</summary>
internal sealed class DrawnSolutions : IKept
{
    /// <summary>The solutions.</summary>
    public IReadOnlyList<DrawnSolution> All { get; private set; } = [];

    /// <summary>One of some parts of about equal size, at least one solution, in an order of the pass's own.</summary>
    public DrawnSolution[] Part(int part, int parts, RandomStream random)
    {
        var order = random.Permutation(All.Count);
        var (first, end) = (order.Length * part / parts, order.Length * (part + 1) / parts);
        return [.. (first == end ? order[..1] : order[first..end]).Select(i => All[i])];
    }

    /// <summary>Puts others in their place.</summary>
    public void Set(IReadOnlyList<DrawnSolution> solutions) => All = solutions;

    /// <inheritdoc/>
    public void Save(State state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Add<int>("prompt-lengths", (int[])[.. All.Select(s => s.Prompt.Length)]);
        state.Add<int>("lengths", (int[])[.. All.Select(s => s.Tokens.Length)]);
        state.Add<int>("prompts", (int[])[.. All.SelectMany(s => s.Prompt)]);
        state.Add<int>("tokens", (int[])[.. All.SelectMany(s => s.Tokens)]);
        foreach (var (name, of) in Numbers) state.Add<float>(name, (float[])[.. All.SelectMany(of)]);
    }

    /// <inheritdoc/>
    public void Restore(State state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var (prompts, tokens) = (Parts(state.ReadArray<int>("prompts"), state.ReadArray<int>("prompt-lengths")), state.ReadArray<int>("tokens"));
        var lengths = state.ReadArray<int>("lengths");
        var parts = Parts(tokens, lengths);
        float[][][] numbers = [.. Numbers.Select(n => Parts(state.ReadArray<float>(n.Name), lengths))];
        All = [.. parts.Select((t, i) => new DrawnSolution(prompts[i], t, numbers[0][i], numbers[1][i], numbers[2][i], numbers[3][i]))];
    }

    private static (string Name, Func<DrawnSolution, float[]> Of)[] Numbers => [("log", s => s.Log), ("values", s => s.Values), ("advantages", s => s.Advantages), ("returns", s => s.Returns)];

    private static T[][] Parts<T>(T[] all, int[] lengths)
    {
        var at = 0;
        return [.. lengths.Select(length => all[at..(at += length)])];
    }
}
