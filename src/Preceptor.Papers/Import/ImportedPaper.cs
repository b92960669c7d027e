namespace Preceptor.Papers;

/// <summary>A paper as a file tells of it.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Abstract">Its abstract; empty if the file has none.</param>
public sealed record ImportedPaper(string Title, string Abstract)
{
    /// <summary>Its authors, separated by commas; empty if unknown.</summary>
    public string Authors { get; init; } = "";

    /// <summary>When it was published; null if unknown.</summary>
    public DateOnly? Published { get; init; }

    /// <summary>Where it can be read: an http or https address; empty if unknown.</summary>
    public string Address { get; init; } = "";

    /// <summary>What the world calls it, such as <c>arxiv:2312.15112</c> or <c>doi:10.1000/1</c>; empty if unknown.</summary>
    public string Identifier { get; init; } = "";
}
