using Preceptor.Foundation;

namespace Preceptor.Reasoning;

/// <summary>A right rationale of each question, or none yet; kept in checkpoints.</summary>
[Version(1)]
internal sealed class RationaleMemory : IKept
{
    private readonly int[]?[] rationales;

    /// <summary>With some at first.</summary>
    /// <param name="asked">The questions' places among the training questions.</param>
    /// <param name="first">What is remembered at first.</param>
    public RationaleMemory(int[] asked, IEnumerable<RatedSolution> first)
    {
        var known = first.ToDictionary(r => r.Question, r => r.Tokens);
        rationales = [.. asked.Select(i => known.GetValueOrDefault(i))];
    }

    /// <summary>How many questions have one.</summary>
    public int Known => rationales.Count(r => r is not null);

    /// <summary>A question's, by its number among those that are asked.</summary>
    public int[]? this[int question]
    {
        get => rationales[question];
        set => rationales[question] = value;
    }

    /// <inheritdoc/>
    public void Save(State state) => state.Add("rationales", rationales.ToArray());

    /// <inheritdoc/>
    public void Restore(State state) => state.Read<int[]?[]>("rationales").CopyTo(rationales, 0);
}
