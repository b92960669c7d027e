using System.ComponentModel;

namespace Preceptor.Prediction;

/// <summary>A rule that gives a class to the rows that pass its tests, and says nothing of others.</summary>
public sealed record LabelRule
{
    /// <summary>The columns to look at.</summary>
    [Description("The column to look at, or a list: the rule matches where one of them passes all tests")]
    public string[] Column { get; set; } = [];

    /// <summary>A regular expression.</summary>
    [Description("A .NET regular expression that the cell must match somewhere, letter case aside; no lookarounds and no backreferences, so that no text is slow")]
    public string? Matches { get; set; }

    /// <summary>Whether letter case counts.</summary>
    [Description("Whether letter case counts in matches and is")]
    public bool Case { get; set; }

    /// <summary>Whole cells.</summary>
    [Description("The whole cell, or a list of what it may be")]
    public string[] Is { get; set; } = [];

    /// <summary>A bound.</summary>
    [Description("The number must be greater")]
    public double? Above { get; set; }

    /// <summary>A bound.</summary>
    [Description("The number must be less")]
    public double? Below { get; set; }

    /// <summary>A bound.</summary>
    [Description("The number must be no less")]
    public double? AtLeast { get; set; }

    /// <summary>A bound.</summary>
    [Description("The number must be no greater")]
    public double? AtMost { get; set; }

    /// <summary>The class.</summary>
    [Description("The class that it votes for")]
    public string? Label { get; set; }

    /// <summary>Whether it compares numbers.</summary>
    internal bool IsAboutNumbers => Above is not null || Below is not null || AtLeast is not null || AtMost is not null;
}
