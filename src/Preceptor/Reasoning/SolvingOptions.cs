using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Preceptor.Reasoning;

/// <summary>How solutions are sought in the exam, by all methods alike.</summary>
public record SolvingOptions
{
    /// <summary>Solutions a question.</summary>
    [Description("Solutions that the exam draws a question, to vote or to be ranked; a search over steps draws as many next steps")]
    [Range(1, 10_000)]
    public int Samples { get; set; } = 16;

    /// <summary>The temperature.</summary>
    [Description("The temperature at which the exam draws solutions")]
    [Range(0, 10, MinimumIsExclusive = true)]
    public double Temperature { get; set; } = 0.7;

    /// <summary>Tokens drawn from.</summary>
    [Description("Only the likeliest so many tokens are drawn; 0 for all")]
    [Range(0, 10_000_000)]
    public int TopK { get; set; } = 50;

    /// <summary>Longest solution.</summary>
    [Description("Most tokens of a solution; 0: a quarter more than the longest to learn from")]
    [Range(0, 100_000)]
    public int AnswerTokens { get; set; }

    /// <summary>The same without what a derived record adds.</summary>
    internal SolvingOptions Plain() => GetType() == typeof(SolvingOptions) ? this : new SolvingOptions(this);
}
