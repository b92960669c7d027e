using Preceptor.Foundation;

namespace Preceptor.Data.Generators;

/// <summary>A customer's habits, which all of its tickets share.</summary>
internal sealed class TicketCustomer
{
    internal TicketCustomer(ulong seed, int id, TicketOptions options)
    {
        var random = RandomStream.Of(seed, "ticket customer", id);
        Id = id;
        Name = TicketVocabulary.FirstNames[random.Next(TicketVocabulary.FirstNames.Length)];
        if (random.NextDouble() < 0.6) Name += " " + TicketVocabulary.LastNames[random.Next(TicketVocabulary.LastNames.Length)];
        Greeting = random.Next(TicketVocabulary.Greetings.Length);
        Closing = random.Next(TicketVocabulary.Closings.Length);
        Product = random.NextDouble();
        Chattiness = random.NextDouble(0.1, 0.9);
        Lowercase = random.NextDouble() < 0.15;
        Stop = random.NextDouble() switch { < 0.15 => "!", < 0.2 => "...", < 0.25 => "!!", _ => "." };
        // Most people type well; a few do not.
        TypoRate = options.TypoRate * 3 * Math.Pow(random.NextDouble(), 2);
        for (var c = 0; c < Interests.Length; c++) Interests[c] = Math.Exp(0.6 * random.NextGaussian());
    }

    internal int Id { get; }

    internal string Name { get; }

    internal int Greeting { get; }

    internal int Closing { get; }

    /// <summary>Which product it owns, as a position in [0, 1) among those on the market.</summary>
    internal double Product { get; }

    /// <summary>The probability of each further sentence beside the matter.</summary>
    internal double Chattiness { get; }

    internal bool Lowercase { get; }

    internal string Stop { get; }

    internal double TypoRate { get; }

    /// <summary>Factors on the classes' priors.</summary>
    internal double[] Interests { get; } = new double[TicketTopics.All.Length];

    /// <summary>The customer who wrote a ticket: often one who wrote shortly before, or else one of the whole pool.</summary>
    internal static int Of(ulong seed, int ticket, int customers)
    {
        while (true)
        {
            var random = RandomStream.Of(seed, "ticket author", ticket);
            if (ticket == 0 || random.NextDouble() >= 0.35) return (int)(customers * Math.Pow(random.NextDouble(), 1.5));
            ticket -= 1 + random.Next(Math.Min(ticket, 40));
        }
    }
}
