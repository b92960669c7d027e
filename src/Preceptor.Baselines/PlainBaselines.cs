using Preceptor.Catalogue;
using Preceptor.Models;

namespace Preceptor.Baselines;

/// <summary>Makes the plain baselines known.</summary>
public static class PlainBaselines
{
    /// <summary>
    /// Adds the methods of this assembly to the catalogue and their models to the formats that are read. Cheap: Microsoft.ML
    /// is loaded only when a baseline trains.
    /// </summary>
    public static void Register()
    {
        MethodCatalogue.Register(typeof(PlainBaselines).Assembly);
        ClassifierFormats.Register(LinearClassifier.FormatName, LinearClassifier.Load);
        ClassifierFormats.Register(NaiveBayes.FormatName, folder => LinearClassifier.Load(folder, NaiveBayes.FormatName));
        ClassifierFormats.Register(TreeClassifier.FormatName, TreeClassifier.Load);
    }
}
