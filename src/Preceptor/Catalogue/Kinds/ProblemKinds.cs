using Preceptor.Foundation;

namespace Preceptor.Catalogue;

/// <summary>All kinds of problems.</summary>
public static class ProblemKinds
{
    /// <summary>Prediction: the kind where a specification names none.</summary>
    public static ProblemKind Prediction { get; } = new PredictionKind();

    /// <summary>All, prediction first.</summary>
    public static IReadOnlyList<ProblemKind> All { get; } = [Prediction, new MeasurementKind(), new FieldsKind(), new RankingKind(), new RepresentationKind(), new ControlKind(), new LanguageKind(), new ReasoningKind()];

    /// <summary>The kind of a specification's problem.</summary>
    public static ProblemKind Of(Specification specification) => All.First(k => k.Name == specification.Kind);

    /// <summary>The kind of a name.</summary>
    /// <exception cref="RequestException">There is none; the message has the nearest spelling.</exception>
    public static ProblemKind Find(Setting name) => name is not ScalarSetting { Text: var text } ? throw name.Wrong("expected the name of a kind")
        : All.FirstOrDefault(k => k.Name == text) ?? throw name.Wrong($"'{text}' is not allowed{Spelling.Hint(text, All.Select(k => k.Name))}; allowed: {string.Join(" | ", All.Select(k => k.Name))}");
}
