namespace Preceptor.Control.Household;

/// <summary>At least so many things of a kind are in or on a receptacle.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Receptacle">The receptacle.</param>
/// <param name="Count">How many, 1 or 2; 0 asks for nothing.</param>
public readonly record struct HouseholdPredicate(byte Kind, byte Receptacle, byte Count)
{
    /// <summary>Whether it is true.</summary>
    public bool Holds(House house) => house.CountOf(Kind, Receptacle) >= Count;
}

/// <summary>What is asked for: one predicate, or two of different kinds.</summary>
/// <param name="First">The first.</param>
/// <param name="Second">The second; its count is 0 where there is none.</param>
public readonly record struct HouseholdGoal(HouseholdPredicate First, HouseholdPredicate Second = default)
{
    /// <summary>Whether all of it is true.</summary>
    public bool Holds(House house) => First.Holds(house) && Second.Holds(house);

    /// <summary>Its words, such as "put two apple inside the fridge and put one book on the table".</summary>
    public override string ToString()
    {
        var words = new float[HouseholdNames.Form.GoalWords];
        Write(words);
        return HouseholdNames.Form.Text(words);
    }

    /// <summary>Writes its words.</summary>
    /// <param name="words">Receives them, and 0 behind the last [13].</param>
    public void Write(Span<float> words)
    {
        words.Clear();
        Write(First, words);
        if (Second.Count == 0) return;
        words[6] = HouseholdNames.AndWord;
        Write(Second, words[7..]);
    }

    /// <summary>The goal of some words.</summary>
    public static HouseholdGoal Read(ReadOnlySpan<float> words) => new(ReadOne(words), words[6] == HouseholdNames.AndWord ? ReadOne(words[7..]) : default);

    private static void Write(HouseholdPredicate predicate, Span<float> words)
    {
        words[0] = HouseholdNames.PutWord;
        words[1] = HouseholdNames.OneWord + predicate.Count - 1;
        words[2] = HouseholdNames.FirstKindWord + predicate.Kind;
        words[3] = HouseholdNames.HasDoor(predicate.Receptacle) ? HouseholdNames.InsideWord : HouseholdNames.OnWord;
        words[4] = HouseholdNames.TheWord;
        words[5] = HouseholdNames.FirstReceptacleWord + predicate.Receptacle;
    }

    private static HouseholdPredicate ReadOne(ReadOnlySpan<float> words) =>
        new((byte)(words[2] - HouseholdNames.FirstKindWord), (byte)(words[5] - HouseholdNames.FirstReceptacleWord), (byte)(words[1] - HouseholdNames.OneWord + 1));
}
