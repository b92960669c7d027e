using System.Globalization;
using Preceptor.Foundation;

namespace Preceptor.Catalogue.Trials;

/// <summary>One way to train that a trial considers: a method with its defaults, or with one setting changed.</summary>
/// <param name="Specification">The complete specification.</param>
/// <param name="Setting">The setting that differs from the defaults, such as <c>method.l2=10</c>; null for the defaults.</param>
public sealed record TrialCandidate(Specification Specification, string? Setting)
{
    // A network's rate matters more than most options, and the best differs by an order of magnitude from problem to problem.
    private static readonly double[] RateFactors = [1 / 3.0, 3];

    /// <summary>Its name, unique in the trial.</summary>
    public string Name => Setting is null ? Specification.MethodName : $"{Specification.MethodName} {Setting}";

    /// <summary>Whether it is a plain method that everyone should have tried before any other, at whatever setting.</summary>
    public bool IsPlain => Specification.Methods is [{ Info.Declaration.IsPlain: true }];

    /// <summary>The candidates that some methods come to: all defaults first, the plain methods' before the others'; then one changed setting each.</summary>
    public static IReadOnlyList<TrialCandidate> Of(IReadOnlyList<Specification> methods)
    {
        TrialCandidate[] defaults = [.. methods.Select(m => new TrialCandidate(m, null)).OrderBy(c => !c.IsPlain)];
        return [.. defaults, .. defaults.SelectMany(c => Settings(c.Specification).Select(setting => new TrialCandidate(With(c.Specification, setting), setting)))];
    }

    private static IEnumerable<string> Settings(Specification specification)
    {
        if (specification.Fit.Info.Declaration.TrainsNetwork)
            foreach (var factor in RateFactors) yield return $"training.rate={Rounded(specification.Training.Rate * factor)}";
        var options = specification.Methods.SelectMany(m => Options.Describe(m.Info.OptionsType)).ToArray();
        foreach (var option in options.Where(o => options.Count(other => other.Key == o.Key) == 1))
            foreach (var value in option.Tried) yield return $"method.{option.Key}={value}";
    }

    private static string Rounded(double rate) => rate.ToString("G1", CultureInfo.InvariantCulture) is var text && double.Parse(text, CultureInfo.InvariantCulture) is var number ? number.ToString(CultureInfo.InvariantCulture) : text;

    private static Specification With(Specification specification, string setting) => Specification.From(SpecificationReader.Parse(specification.ToYaml(), "specification"), [setting]);
}
