using Preceptor.Catalogue.Papers;

namespace Preceptor.Papers;

/// <summary>A paper of the store.</summary>
/// <param name="Id">Its number in the store.</param>
/// <param name="Title">Its title.</param>
/// <param name="Abstract">Its abstract; empty if none is known.</param>
/// <param name="Authors">Its authors; empty if unknown.</param>
/// <param name="Published">When it was published; null if unknown.</param>
/// <param name="Address">Where it can be read; empty if unknown.</param>
/// <param name="Identifier">What the world calls it; empty if unknown.</param>
/// <param name="Imported">When it was first imported.</param>
/// <param name="Imports">In how many imports it was.</param>
public sealed record StoredPaper(long Id, string Title, string Abstract, string Authors, DateOnly? Published, string Address, string Identifier, DateOnly Imported, int Imports)
{
    /// <summary>The paper of Preceptor's catalogue with this title, whose methods and experiments implement it; null for others.</summary>
    public Paper? Known { get; } = PaperCatalogue.OfTitle(Title);

    /// <summary>The day by which it is listed: that of publication, or else of the first import.</summary>
    public DateOnly Date => Published ?? Imported;

    /// <summary>Its key on the command line: the catalogue's slug, or its number.</summary>
    public string Key => Known?.Slug ?? Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
