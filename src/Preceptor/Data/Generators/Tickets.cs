using System.Globalization;
using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Data.Generators;

/// <summary>
/// Support tickets of an invented shop: text from a grammar in nine unevenly common classes, written by customers with habits
/// of their own over two years, labelled by people who confuse some classes with others, and judged by rules and teachers.
/// </summary>
/// <remarks>
/// Ticket i depends on the seed, i and the options alone, so that a smaller set is a prefix of a larger one. The label's noise
/// depends on the true class alone; text, dates and teachers do not depend on the label.
/// </remarks>
[Version(1)]
public static class Tickets
{
    private const int Block = 256;
    private const int Days = 730;

    private static readonly DateOnly FirstDay = new(2023, 1, 1);
    private static readonly string[] Priorities = ["low", "normal", "high", "urgent"];

    /// <summary>The rules that come with the tickets.</summary>
    public static IReadOnlyList<TicketRule> Rules => TicketRules.All;

    /// <summary>Generates tickets on all processors.</summary>
    /// <param name="count">How many tickets, from 0; the full problem has 20,000.</param>
    /// <param name="seed">Equal seeds give equal tickets.</param>
    /// <param name="options">How hard to make them; null for the defaults.</param>
    /// <exception cref="RequestException">The noise rate is negative or higher than the confusion matrix allows.</exception>
    public static TicketData Generate(int count, ulong seed, TicketOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        options ??= new();
        var classes = TicketTopics.All.Select(t => t.Name).ToArray();
        var rows = new Rows(count, classes.Length);
        var noise = TicketNoise.Matrix(options.NoiseRate);
        Parallel.For(0, (count + Block - 1) / Block, () => new TicketWriter(options), (block, _, writer) =>
        {
            Fill(rows, block * Block, Math.Min(count, (block + 1) * Block), seed, options, noise, writer);
            return writer;
        }, _ => { });
        return new()
        {
            Table = rows.ToTable(classes),
            Classes = classes,
            Truth = rows.Truth,
            Noisy = rows.Noisy,
            NoiseMatrix = noise,
            Rules = Rules,
            WeakTeacher = rows.Weak,
            StrongTeacher = rows.Strong,
        };
    }

    private static void Fill(Rows rows, int from, int to, ulong seed, TicketOptions options, double[,] noise, TicketWriter writer)
    {
        var text = new StringBuilder(Block * 400);
        var ends = new (int Subject, int Body)[to - from];
        var classes = noise.GetLength(0);
        var logPriors = TicketTopics.All.Select(t => Math.Log(t.Prior)).ToArray();
        for (var i = from; i < to; i++)
        {
            var random = RandomStream.Of(seed, "ticket", i);
            var customer = new TicketCustomer(seed, TicketCustomer.Of(seed, i, options.Customers), options);
            var day = random.Next(Days);
            var start = text.Length;
            var content = writer.Write(random, customer, day / (double)Days, text, out var subjectLength);
            ends[i - from] = (start + subjectLength, text.Length);
            rows.Customers[i] = customer.Id;
            rows.Days[i] = day;
            rows.Truth[i] = content.Truth;
            rows.Noisy[i] = NoisyLabel(seed, i, content.Truth, options.LabelledFraction, noise);
            rows.Priority[i] = random.NextIndex(TicketTopics.All[content.Truth].Priorities);
            TicketTeachers.Weak(seed, i, content, logPriors, rows.Weak.AsSpan(i * classes, classes));
            TicketTeachers.Strong(seed, i, content, logPriors, rows.Strong.AsSpan(i * classes, classes));
        }
        rows.AddText(from, text.ToString().AsMemory(), ends);
    }

    private static int NoisyLabel(ulong seed, int id, int truth, double labelledFraction, double[,] noise)
    {
        var random = RandomStream.Of(seed, "ticket label", id);
        if (random.NextDouble() >= labelledFraction) return -1;
        var u = random.NextDouble();
        for (var c = 0; c < noise.GetLength(1); c++)
            if ((u -= noise[truth, c]) < 0) return c;
        return truth;
    }

    private sealed class Rows(int count, int classes)
    {
        private readonly ReadOnlyMemory<char>[] subjects = new ReadOnlyMemory<char>[count];
        private readonly ReadOnlyMemory<char>[] bodies = new ReadOnlyMemory<char>[count];

        internal int[] Customers { get; } = new int[count];

        internal int[] Days { get; } = new int[count];

        internal int[] Priority { get; } = new int[count];

        internal int[] Truth { get; } = new int[count];

        internal int[] Noisy { get; } = new int[count];

        internal float[] Weak { get; } = new float[count * classes];

        internal float[] Strong { get; } = new float[count * classes];

        internal void AddText(int from, ReadOnlyMemory<char> text, (int Subject, int Body)[] ends)
        {
            var start = 0;
            for (var i = 0; i < ends.Length; i++)
            {
                subjects[from + i] = text[start..ends[i].Subject];
                bodies[from + i] = text[ends[i].Subject..ends[i].Body];
                start = ends[i].Body;
            }
        }

        internal Table ToTable(string[] names) => new("tickets",
        [
            Text("id", Enumerable.Range(1, count).Select(i => $"T{i:000000}")),
            new TextColumn("subject", [.. subjects.Select(s => s.ToString())]),
            new TextColumn("body", [.. bodies.Select(s => s.ToString())]),
            Text("customer", Customers.Select(c => $"C{c + 1:0000}")),
            Text("created_at", Days.Select(d => FirstDay.AddDays(d).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))),
            Text("priority", Priority.Select(p => Priorities[p])),
            Text("category", Noisy.Select(c => c < 0 ? "" : names[c])),
        ]);

        private static TextColumn Text(string name, IEnumerable<string> cells) => new(name, [.. cells]);
    }
}
