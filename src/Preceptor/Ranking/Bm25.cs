using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Ranking;

/// <summary>
/// The weights of BM25 (Robertson and Zaragoza 2009): a term that occurs f times in a document of length |d| adds idf · f (k1 + 1) / (f + k1 (1 − b + b |d| / mean length)),
/// where idf = ln(1 + (N − n + ½) / (n + ½)) for a term in n of N documents.
/// </summary>
public sealed record Bm25
{
    /// <summary>How soon more occurrences of a term stop to count.</summary>
    [Description("How soon more occurrences of a term stop to count; 0: at once")]
    [Range(0, 1000)]
    [Source("Robertson & Zaragoza 2009, eq. 3.15")]
    public double K1 { get; set; } = 1.2;

    /// <summary>How much long documents are discounted.</summary>
    [Description("How much long documents are discounted, from 0, not at all, to 1")]
    [Range(0, 1)]
    [Source("Robertson & Zaragoza 2009, eq. 3.15")]
    public double B { get; set; } = 0.75;

    /// <summary>Whether a term that a query repeats counts as often.</summary>
    [Description("Whether a term that a query repeats counts as often as it does: for documents as queries")]
    public bool CountsRepeats { get; set; }

    /// <summary>Most terms of a query.</summary>
    [Description("Most terms of a query, those of the highest count times idf: for documents as queries; 0: all")]
    [Range(0, 1_000_000)]
    public int QueryTerms { get; set; }

    /// <summary>The weight of a term that is in some of the documents.</summary>
    internal static double Idf(int documents, int having) => Math.Log(1 + (documents - having + 0.5) / (having + 0.5));
}
