namespace Preceptor.Foundation;

/// <summary>Puts together what ranks have computed each for some places.</summary>
internal static class RankExchange
{
    /// <summary>All places' answers, given to every rank.</summary>
    /// <param name="answers">This rank's; null at the places of others.</param>
    /// <param name="write">Writes one.</param>
    /// <param name="read">Reads one back, to the bit.</param>
    public static T[] FromAllRanks<T>(this T?[] answers, Action<BinaryWriter, T> write, Func<BinaryReader, T> read) where T : class
    {
        var ranks = Ranks.Current;
        if (!ranks.AreMany) return answers!;
        using var own = new MemoryStream();
        using (var writer = new BinaryWriter(own))
        {
            for (var place = 0; place < answers.Length; place++)
            {
                if (answers[place] is not { } answer) continue;
                writer.Write(place);
                write(writer, answer);
            }
        }
        foreach (var part in ranks.GatherAll(own.ToArray()))
        {
            using var reader = new BinaryReader(new MemoryStream(part));
            while (reader.BaseStream.Position < part.Length) answers[reader.ReadInt32()] = read(reader);
        }
        return answers!;
    }

    /// <summary>All places' numbers, given to every rank.</summary>
    /// <param name="answers">This rank's; null at the places of others.</param>
    public static double[][] FromAllRanks(this double[]?[] answers) => answers.FromAllRanks(Write, reader => Read(reader, reader.ReadDouble));

    /// <summary>Writes a list of numbers.</summary>
    internal static void Write(BinaryWriter writer, IReadOnlyCollection<double> numbers)
    {
        writer.Write(numbers.Count);
        foreach (var number in numbers) writer.Write(number);
    }

    /// <summary>Reads a list.</summary>
    internal static T[] Read<T>(BinaryReader reader, Func<T> read)
    {
        var items = new T[reader.ReadInt32()];
        for (var i = 0; i < items.Length; i++) items[i] = read();
        return items;
    }
}
