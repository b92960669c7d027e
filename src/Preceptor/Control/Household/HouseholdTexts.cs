using Preceptor.Foundation;

namespace Preceptor.Control.Household;

/// <summary>Sentences about households, as people might write them down: how something is put somewhere, where things usually are, where one looks for them. They speak of every thing and every receptacle.</summary>
[Version(1)]
public static class HouseholdTexts
{
    /// <summary>Draws sentences, words and marks between single blanks.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">The seed.</param>
    public static IReadOnlyList<string> Draw(int count, ulong seed)
    {
        var random = RandomStream.Of(seed, "household-texts");
        return [.. Enumerable.Range(0, count).Select(_ => Sentence(random))];
    }

    /// <summary>The same words in each sentence, in any order: what is left of texts without their order.</summary>
    public static IReadOnlyList<string> Shuffled(IReadOnlyList<string> sentences, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        return [.. sentences.Select((sentence, i) =>
        {
            var (words, random) = (sentence.Split(' '), RandomStream.Of(seed, "household-words", i));
            for (var at = words.Length - 1; at > 0; at--)
            {
                var other = random.Next(at + 1);
                (words[at], words[other]) = (words[other], words[at]);
            }
            return string.Join(' ', words);
        })];
    }

    /// <summary>As many words in each sentence, any of those that the sentences have: what is left of texts without anything that they say.</summary>
    public static IReadOnlyList<string> Meaningless(IReadOnlyList<string> sentences, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        string[] words = [.. sentences.SelectMany(s => s.Split(' ')).Distinct().Order(StringComparer.Ordinal)];
        var random = RandomStream.Of(seed, "household-meaningless");
        return [.. sentences.Select(sentence => string.Join(' ', sentence.Split(' ').Select(_ => words[random.Next(words.Length)])))];
    }

    private static string Sentence(RandomStream random)
    {
        var (kind, receptacle) = (random.Next(HouseholdNames.Kinds), random.Next(HouseholdNames.Receptacles));
        var usual = random.NextIndex(HouseholdNames.UsualPlaces(kind));
        var room = random.NextIndex(HouseholdNames.UsualRooms(usual));
        string thing = HouseholdNames.Kind(kind), target = HouseholdNames.Receptacle(receptacle), place = HouseholdNames.Receptacle(usual), where = HouseholdNames.Room(room);
        var put = $"{HouseholdNames.Relation(receptacle)} the {target}";
        var open = HouseholdNames.HasDoor(receptacle) ? $"open the {target} , " : "";
        var look = HouseholdNames.HasDoor(usual) ? $"walk to the {place} and open the {place}" : $"look at the {place}";
        return random.Next(10) switch
        {
            < 4 => $"to put the {thing} {put} , walk to the {thing} , grab the {thing} , walk to the {target} , {open}put the {thing} {put} .",
            4 => $"to put one {thing} {put} , find the {thing} , grab the {thing} and put the {thing} {put} .",
            5 => $"to put two {thing} {put} , put one {thing} {put} and put one {thing} {put} .",
            6 => $"the {thing} is {HouseholdNames.Relation(usual)} the {place} in the {where} .",
            7 => $"to find the {thing} , walk to the {where} , {look} .",
            8 => $"the {place} is in the {where} , and the {thing} is usually {HouseholdNames.Relation(usual)} the {place} .",
            _ => random.Next(2) == 0 ? $"open the {HouseholdNames.Receptacle(random.Next(3))} to see what is inside , and close what is open ." : $"grab the {thing} and walk to the {where} .",
        };
    }
}
