namespace Preceptor.Data.Generators;

/// <summary>Generated support tickets with the truth behind them and imperfect supervision of several kinds.</summary>
public sealed record TicketData
{
    /// <summary>The columns "id", "subject", "body", "customer", "created_at", "priority" and "category"; the category is the noisy label, empty where there is none.</summary>
    public required Table Table { get; init; }

    /// <summary>The classes' names.</summary>
    public required string[] Classes { get; init; }

    /// <summary>The true class of each ticket [count].</summary>
    public required int[] Truth { get; init; }

    /// <summary>The noisy class that "category" shows [count]; −1 where the row is unlabelled.</summary>
    public required int[] Noisy { get; init; }

    /// <summary>The probability of a noisy class (column) given the true class (row) [classes × classes].</summary>
    public required double[,] NoiseMatrix { get; init; }

    /// <summary>Rules that a support team might have written: incomplete and sometimes wrong.</summary>
    public required IReadOnlyList<TicketRule> Rules { get; init; }

    /// <summary>Probabilities of a weak, overconfident teacher [count × classes].</summary>
    public required float[] WeakTeacher { get; init; }

    /// <summary>Probabilities of a strong, calibrated teacher whose errors lie on ambiguous tickets [count × classes].</summary>
    public required float[] StrongTeacher { get; init; }

    /// <summary>What the rules say about each ticket [count]: a class or −1.</summary>
    /// <remarks>The class with most matching rules wins, the earliest rule's among equals.</remarks>
    public int[] RuleVotes()
    {
        var subjects = (TextColumn)Table.Find("subject")!;
        var bodies = (TextColumn)Table.Find("body")!;
        var targets = Rules.Select(rule => Array.IndexOf(Classes, rule.Class)).ToArray();
        var votes = new int[Table.Rows];
        Parallel.For(0, votes.Length, row =>
        {
            Span<int> counts = stackalloc int[Classes.Length];
            counts.Clear();
            var best = -1;
            for (var r = 0; r < targets.Length; r++)
                if (Rules[r].Matches(subjects[row], bodies[row])) counts[targets[r]]++;
            foreach (var target in targets)
                if (counts[target] > (best < 0 ? 0 : counts[best])) best = target;
            votes[row] = best;
        });
        return votes;
    }
}
