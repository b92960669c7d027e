using Preceptor.Models;

namespace Preceptor.Reasoning;

/// <summary>Legal steps of questions as texts that branch, so that what several trajectories share is read once.</summary>
/// <param name="tokensOf">The tokens of a step.</param>
internal sealed class StepTrees(Func<NextStep, int[]> tokensOf)
{
    private readonly Dictionary<string, int> texts = new(StringComparer.Ordinal);
    private readonly List<BranchedText> all = [];
    private readonly Dictionary<(int Text, string Path), int> branches = [], states = [];
    private readonly List<(int Text, int[] Branches)> legal = [];

    /// <summary>A text a question.</summary>
    public IReadOnlyList<BranchedText> Texts => all;

    /// <summary>How many legal steps each state has.</summary>
    public IReadOnlyList<int> Counts => [.. legal.Select(l => l.Branches.Length)];

    /// <summary>Adds where a trajectory stands after some steps, with all its legal steps.</summary>
    /// <param name="prompt">The question's tokens.</param>
    /// <param name="trajectory">The trajectory.</param>
    /// <param name="at">After how many steps.</param>
    /// <returns>The number of the state; the same for the same.</returns>
    public int Add(int[] prompt, Trajectory trajectory, int at)
    {
        var key = string.Join(' ', prompt);
        if (!texts.TryGetValue(key, out var text))
        {
            texts[key] = text = all.Count;
            all.Add(new(prompt));
        }
        var path = PathOf(trajectory, at);
        if (states.TryGetValue((text, path), out var known)) return known;
        var behind = -1;
        for (var i = 0; i < at; i++) behind = Branch(text, PathOf(trajectory, i + 1), behind, () => trajectory.Tokens[i]);
        legal.Add((text, [.. trajectory.States[at].Steps.Select((option, choice) => Branch(text, $"{path}{choice} ", behind, () => tokensOf(option)))]));
        return states[(text, path)] = legal.Count - 1;
    }

    /// <summary>Where the legal steps of each state are among the branches of all texts, state by state.</summary>
    public long[] Places()
    {
        var (firsts, at) = (new List<int>(), 0);
        foreach (var text in all)
        {
            firsts.Add(at);
            at += text.Branches.Count;
        }
        return [.. legal.SelectMany(l => l.Branches.Select(b => (long)firsts[l.Text] + b))];
    }

    private int Branch(int text, string path, int behind, Func<int[]> tokens)
    {
        if (!branches.TryGetValue((text, path), out var branch)) branches[(text, path)] = branch = all[text].Add(behind, tokens());
        return branch;
    }

    private static string PathOf(Trajectory trajectory, int length) => string.Concat(trajectory.Choices.Take(length).Select(c => $"{c} "));
}
