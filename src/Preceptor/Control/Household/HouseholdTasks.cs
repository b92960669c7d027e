using Preceptor.Foundation;

namespace Preceptor.Control.Household;

/// <summary>Draws houses, and goals that are not yet true in them but can become so.</summary>
/// <param name="pairs">Which pairs of a kind and a receptacle goals are made of [12 × 6].</param>
/// <param name="isUsual">Whether receptacles and things are where they usually are; otherwise anywhere.</param>
public sealed class HouseholdTasks(IReadOnlyList<bool> pairs, bool isUsual = true)
{
    /// <summary>All pairs.</summary>
    public static IReadOnlyList<bool> AllPairs { get; } = [.. Enumerable.Repeat(true, HouseholdNames.Kinds * HouseholdNames.Receptacles)];

    private readonly bool[] pairs = pairs.Count == AllPairs.Count ? [.. pairs] : throw new ArgumentException($"expected {AllPairs.Count} pairs, found {pairs.Count}", nameof(pairs));

    /// <summary>Draws a house and a goal: one predicate or two, each of one thing or, where there are two of a kind, of both.</summary>
    /// <param name="random">The draw.</param>
    /// <param name="house">Receives the house.</param>
    public HouseholdGoal Draw(RandomStream random, House house)
    {
        ArgumentNullException.ThrowIfNull(random);
        while (true)
        {
            house.Draw(random, isUsual);
            // Some kinds of a house may have no pair, and some goals may be true already: then another house.
            for (var attempt = 0; attempt < 20; attempt++)
            {
                var first = Predicate(random, house);
                var second = random.Next(2) == 0 ? default : Predicate(random, house);
                if (first.Count == 0 || first.Kind == second.Kind && second.Count > 0) continue;
                if (!first.Holds(house) && (second.Count == 0 || !second.Holds(house))) return new(first, second);
            }
        }
    }

    private HouseholdPredicate Predicate(RandomStream random, House house)
    {
        var (thing, receptacle, both) = (random.Next(HouseholdNames.Things), (byte)random.Next(HouseholdNames.Receptacles), random.Next(2) == 0);
        var kind = house.Kinds[thing];
        if (!pairs[kind * HouseholdNames.Receptacles + receptacle]) return default;
        var count = 0;
        foreach (var other in house.Kinds) count += other == kind ? 1 : 0;
        return new(kind, receptacle, (byte)(both ? count : 1));
    }
}
