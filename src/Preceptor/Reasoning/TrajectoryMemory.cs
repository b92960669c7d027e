using Preceptor.Foundation;

namespace Preceptor.Reasoning;

/// <summary>The best trajectories of each question, each once, kept in checkpoints. One that is there already is refused, whatever its reward; where there are too many, the one with the least reward goes.</summary>
/// <param name="questions">How many questions there are.</param>
/// <param name="most">Most trajectories a question.</param>
[Version(1)]
internal sealed class TrajectoryMemory(int questions, int most) : IKept
{
    private readonly List<Remembered>[] of = [.. Enumerable.Range(0, questions).Select(_ => new List<Remembered>())];

    /// <summary>A trajectory and its reward.</summary>
    /// <param name="Choices">Which of the legal steps each was.</param>
    /// <param name="LogReward">The logarithm of its reward.</param>
    public sealed record Remembered(int[] Choices, double LogReward)
    {
        internal string Key => string.Join(' ', Choices);
    }

    /// <summary>A question's trajectories, the best first; of equal ones the earlier.</summary>
    public IReadOnlyList<Remembered> Of(int question) => of[question];

    /// <summary>Adds a trajectory.</summary>
    public void Add(int question, int[] choices, double logReward)
    {
        var (all, added) = (of[question], new Remembered(choices, logReward));
        if (all.Exists(r => r.Key == added.Key)) return;
        var place = all.FindIndex(r => r.LogReward < logReward);
        all.Insert(place < 0 ? all.Count : place, added);
        if (all.Count > most) all.RemoveAt(all.Count - 1);
    }

    /// <summary>The probabilities by which a question's trajectories are drawn: in proportion to their rewards.</summary>
    public double[] Probabilities(int question)
    {
        var all = of[question];
        double[] rewards = [.. all.Select(r => Math.Exp(r.LogReward - all[0].LogReward))];
        var sum = rewards.Sum();
        return [.. rewards.Select(r => r / sum)];
    }

    /// <summary>Draws different trajectories of a question; null where there are too few.</summary>
    public Remembered[]? Draw(int question, int count, RandomStream random)
    {
        if (of[question].Count < count) return null;
        var (weights, drawn) = (Probabilities(question), new List<Remembered>());
        while (drawn.Count < count)
        {
            var taken = random.NextIndex(weights);
            // Weights that are nothing beside the others may leave none to draw.
            if (weights[taken] == 0) taken = Enumerable.Range(0, weights.Length).First(i => !drawn.Contains(of[question][i]));
            drawn.Add(of[question][taken]);
            weights[taken] = 0;
        }
        return [.. drawn];
    }

    /// <inheritdoc/>
    public void Save(State state) => state.Add("trajectories", of.Select(all => all.ToArray()).ToArray());

    /// <inheritdoc/>
    public void Restore(State state)
    {
        foreach (var (saved, question) in state.Read<Remembered[][]>("trajectories").Select((s, q) => (s, q)))
        {
            of[question].Clear();
            of[question].AddRange(saved);
        }
    }
}
