using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>
/// How the numbers of an observation read as words. An observation has a block of numbers for each thing that may be there (its slot), then the words of what was done last, then those of the goal. A word is a number from 1, its place
/// in <see cref="Words"/>; 0 is none. An action is two numbers, a verb and a slot; which pairs are possible, each slot says itself.
/// </summary>
/// <param name="Words">All words.</param>
/// <param name="Verbs">What can be done, at most 24.</param>
/// <param name="Slots">Things that may be there, V.</param>
/// <param name="NameWords">Words a name, N; a thing whose first word is 0 is not there, or not seen.</param>
/// <param name="Flags">States that a thing may be in, each 0 or 1, F.</param>
/// <param name="Numbers">Numbers that say where a thing is, P.</param>
/// <param name="HistoryWords">Words of what was done, the last action's last, with 0 before the first.</param>
/// <param name="GoalWords">Words of a goal, 0 behind the last.</param>
public sealed record SceneForm(IReadOnlyList<string> Words, IReadOnlyList<string> Verbs, int Slots, int NameWords, int Flags, int Numbers, int HistoryWords, int GoalWords) : ISupervision
{
    /// <summary>Numbers of a slot: the words of its name, its states, where it is, and the sum of 2^v over the verbs v that are possible on it.</summary>
    public int SlotSize => NameWords + Flags + Numbers + 1;

    /// <summary>Numbers of an observation.</summary>
    public int Size => Slots * SlotSize + HistoryWords + GoalWords;

    /// <summary>The largest number of words and things that an observation can have.</summary>
    public int Longest => GoalWords + HistoryWords + Slots;

    /// <summary>Which numbers of an observation are what can be seen and what was done.</summary>
    public int[] State => [.. Enumerable.Range(0, Size - GoalWords)];

    /// <summary>Which are the goal.</summary>
    public int[] Goal => [.. Enumerable.Range(Size - GoalWords, GoalWords)];

    /// <summary>What observations may be.</summary>
    public BoxSpace Observations
    {
        get
        {
            float[] slot = [.. Enumerable.Repeat((float)Words.Count, NameWords), .. Enumerable.Repeat(1f, Flags + Numbers), (1 << Verbs.Count) - 1];
            float[] high = [.. Enumerable.Repeat(slot, Slots).SelectMany(s => s), .. Enumerable.Repeat((float)Words.Count, HistoryWords + GoalWords)];
            return new(new float[high.Length], high);
        }
    }

    /// <summary>What actions may be: a verb and a slot.</summary>
    public BoxSpace Actions => new([0, 0], [Verbs.Count - 1, Slots - 1]);

    string ISupervision.Name => "";

    /// <inheritdoc/>
    public string Fingerprint => Contents.Hash(Encoding.UTF8.GetBytes($"{string.Join(' ', Words)}|{string.Join(' ', Verbs)}|{Slots} {NameWords} {Flags} {Numbers} {HistoryWords} {GoalWords}"));

    /// <summary>The block of a slot.</summary>
    public ReadOnlySpan<float> Slot(ReadOnlySpan<float> observation, int slot) => observation.Slice(slot * SlotSize, SlotSize);

    /// <summary>Whether a verb is possible on a slot.</summary>
    public bool IsPossible(ReadOnlySpan<float> observation, int verb, int slot) => ((int)observation[(slot + 1) * SlotSize - 1] >> verb & 1) == 1;

    /// <summary>The verbs and slots that are possible.</summary>
    public IEnumerable<(int Verb, int Slot)> Possible(ReadOnlyMemory<float> observation) =>
        from slot in Enumerable.Range(0, Slots) from verb in Enumerable.Range(0, Verbs.Count) where IsPossible(observation.Span, verb, slot) select (verb, slot);

    /// <summary>The words of what was done.</summary>
    public string History(ReadOnlySpan<float> observation) => Text(observation.Slice(Slots * SlotSize, HistoryWords));

    /// <summary>The words of the goal.</summary>
    public string GoalText(ReadOnlySpan<float> observation) => Text(observation[(Size - GoalWords)..]);

    /// <summary>The words of a slot's name; empty where nothing is seen.</summary>
    public string Name(ReadOnlySpan<float> observation, int slot) => Text(Slot(observation, slot)[..NameWords]);

    /// <summary>The text of words.</summary>
    public string Text(ReadOnlySpan<float> words)
    {
        var text = new StringBuilder();
        foreach (var word in words)
            if (word > 0) text.Append(text.Length > 0 ? " " : "").Append(Words[(int)word - 1]);
        return text.ToString();
    }
}

/// <summary>Texts about what a policy deals with, without labels: what a language model can learn from before there is anything to imitate.</summary>
/// <param name="Texts">The texts.</param>
public sealed record RelatedTexts(IReadOnlyList<string> Texts) : ISupervision
{
    /// <inheritdoc/>
    public string Name => $"{Texts.Count} texts";

    /// <inheritdoc/>
    public string Fingerprint { get; } = Contents.Hash(Encoding.UTF8.GetBytes(string.Join('\n', Texts)));
}
