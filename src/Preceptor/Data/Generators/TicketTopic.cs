namespace Preceptor.Data.Generators;

/// <summary>What a class of tickets sounds like and how common it is.</summary>
/// <param name="Name">The class.</param>
/// <param name="Prior">Its share among all tickets, before customers and dates change it.</param>
/// <param name="Drift">The change of the logarithm of its share over the two years.</param>
/// <param name="Priorities">Weights of the priorities low, normal, high, urgent.</param>
internal sealed record TicketTopic(string Name, double Prior, double Drift, double[] Priorities)
{
    /// <summary>Subjects that name the topic.</summary>
    internal required Phrase[] Subjects { get; init; }

    /// <summary>Sentences that tell the topic.</summary>
    internal required Phrase[] Cues { get; init; }

    /// <summary>Requests that fit the topic.</summary>
    internal required Phrase[] Asks { get; init; }

    /// <summary>Sentences that hint at the topic and could be said of a similar one.</summary>
    internal required Phrase[] Hints { get; init; }

    /// <summary>The topic as something to be about.</summary>
    internal required Phrase[] Names { get; init; }
}
