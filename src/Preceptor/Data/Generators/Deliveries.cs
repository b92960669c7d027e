using Preceptor.Foundation;

namespace Preceptor.Data.Generators;

/// <summary>Generated deliveries, how long each took, and what was written down.</summary>
/// <param name="Table">The columns "id", "distance" (km), "items", "weight" (kg), "hour", "weekday", "vehicle", "district" and "minutes", what was written down.</param>
/// <param name="Truth">The minutes that each took [count].</param>
/// <param name="Noted">The minutes that were written down [count].</param>
public sealed record DeliveryData(Table Table, double[] Truth, double[] Noted);

/// <summary>
/// Deliveries of an invented courier: minutes from distance, vehicle, hour and district, which act together (bicycles do not stand in
/// the rush hour, trucks do), and from chance. Some drivers confirm late, so that what is written down is too long.
/// </summary>
/// <remarks>Delivery i depends on the seed, i and the share of late ones alone, so that a smaller set is a prefix of a larger one; what it is and how long it took do not depend on that share.</remarks>
[Version(1)]
public static class Deliveries
{
    private const double Chance = 0.08, LeastDelay = 5, MeanFurtherDelay = 20;

    private static readonly string[] Weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    private static readonly (string Name, double Speed, double Jam)[] Vehicles = [("bicycle", 16, 0.1), ("van", 34, 0.9), ("truck", 26, 1.3)]; // km/h; how much slower at rush hour
    private static readonly (string Name, double Crowd, double Stairs)[] Districts = [("harbour", 0.7, 1), ("old town", 1.5, 3.5), ("hills", 1, 2), ("suburb", 0.5, 1.2)]; // traffic; minutes a parcel

    /// <summary>Generates deliveries.</summary>
    /// <param name="count">How many, from 0.</param>
    /// <param name="seed">Equal seeds give equal deliveries.</param>
    /// <param name="late">The share confirmed late, in [0, 1].</param>
    public static DeliveryData Generate(int count, ulong seed, double late)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        double[] distance = new double[count], items = new double[count], weight = new double[count], hours = new double[count], truth = new double[count], noted = new double[count];
        string[] weekdays = new string[count], vehicles = new string[count], districts = new string[count];
        for (var i = 0; i < count; i++)
        {
            var random = RandomStream.Of(seed, "delivery", i);
            var (vehicle, district, weekday) = (Vehicles[random.Next(Vehicles.Length)], Districts[random.Next(Districts.Length)], random.Next(7));
            (weekdays[i], vehicles[i], districts[i]) = (Weekdays[weekday], vehicle.Name, district.Name);
            distance[i] = Math.Round(0.5 + 12 * random.NextDouble() * random.NextDouble(), 1);
            items[i] = 1 + random.Next(6);
            weight[i] = Math.Round(items[i] * (0.3 + 4 * random.NextDouble()), 1);
            hours[i] = Math.Round(7 + 13 * random.NextDouble(), 2);
            var rush = weekday < 5 ? Math.Exp(-Square(hours[i] - 8.2)) + Math.Exp(-Square((hours[i] - 17.3) / 1.4)) : 0;
            var driving = 60 * distance[i] / vehicle.Speed * (1 + vehicle.Jam * district.Crowd * rush);
            var carrying = items[i] * district.Stairs * (1 + weight[i] / 40);
            truth[i] = (4 + driving + carrying) * Math.Exp(Chance * random.NextGaussian());
            var confirming = RandomStream.Of(seed, "delivery confirmed", i);
            noted[i] = confirming.NextDouble() < late ? truth[i] + LeastDelay - MeanFurtherDelay * Math.Log(1 - confirming.NextDouble()) : truth[i];
            (truth[i], noted[i]) = (Math.Round(truth[i], 1), Math.Round(noted[i], 1));
        }
        return new(new("deliveries",
        [
            new TextColumn("id", [.. Enumerable.Range(1, count).Select(i => $"D{i:000000}")]),
            new NumberColumn("distance", distance), new NumberColumn("items", items), new NumberColumn("weight", weight), new NumberColumn("hour", hours),
            new TextColumn("weekday", weekdays), new TextColumn("vehicle", vehicles), new TextColumn("district", districts), new NumberColumn("minutes", noted),
        ]), truth, noted);
    }

    private static double Square(double value) => value * value;
}
