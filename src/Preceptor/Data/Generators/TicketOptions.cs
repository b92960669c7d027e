namespace Preceptor.Data.Generators;

/// <summary>How hard <see cref="Tickets"/> makes its tickets, labels and customers. Shares lie in [0, 1].</summary>
public sealed record TicketOptions
{
    /// <summary>How many customers there are to write, at least 1; some write far more often than others.</summary>
    public int Customers { get; init; } = 3000;

    /// <summary>Expected share of wrong labels, 0 to about 0.8: scales the class-dependent confusion matrix.</summary>
    public double NoiseRate { get; init; } = 0.26;

    /// <summary>Share of rows with a label; a row labelled at a smaller share is labelled at every larger one.</summary>
    public double LabelledFraction { get; init; } = 1;

    /// <summary>Share of tickets that mention a second topic.</summary>
    public double MixedFraction { get; init; } = 0.2;

    /// <summary>Share of tickets that merely hint at their topic.</summary>
    public double VagueFraction { get; init; } = 0.05;

    /// <summary>Share of letters that the average customer mistypes.</summary>
    public double TypoRate { get; init; } = 0.006;
}
