using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Catalogue;

/// <summary>A method that a comparison leaves out.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record LeftOut(string Method, string Reason);

/// <summary>The methods that a comparison runs on one problem.</summary>
/// <param name="Specifications">One a method, the baseline's first; they differ in their methods alone.</param>
/// <param name="LeftOut">The methods that were to be considered, but need what the problem does not offer.</param>
public sealed record ComparedMethods(IReadOnlyList<Specification> Specifications, IReadOnlyList<LeftOut> LeftOut)
{
    /// <summary>The word for all methods that fit the problem.</summary>
    public const string Automatic = "auto";

    /// <summary>Chooses the methods that a list names.</summary>
    /// <param name="specification">The problem, model and training, and the options of the methods that it names; the others have their defaults.</param>
    /// <param name="names">Slugs, or slugs of a chain joined by +, parted by commas, or <see cref="Automatic"/>.</param>
    /// <param name="read">Reads files.</param>
    /// <param name="onnx">Runs ONNX models; null where the specification names none.</param>
    /// <exception cref="RequestException">A name is unknown or given twice, a named method does not fit the problem, or the data do not fit the specification.</exception>
    public static ComparedMethods Choose(Specification specification, string names, ReadTable read, RunOnnx? onnx = null)
    {
        var chains = names == Automatic ? null : Read(names);
        var kind = ProblemKinds.Of(specification);
        var baseline = MethodCatalogue.Find(new ScalarSetting("compare", "", kind.Baseline));
        var supervised = With(specification, [baseline]);
        var problem = kind.Prepare(supervised, 0, read, onnx).Problem;
        if (chains is null) return Fitting(specification, problem, [.. MethodCatalogue.All.Where(m => m.Kind == kind.Name).Select(m => m.IsFit ? new[] { m } : [m, baseline])]);
        Specification[] chosen = [.. chains.Where(c => c is not [{ } only] || only != baseline).Select(c => With(specification, c))];
        if (chosen.Select(c => ProblemKind.Unmet(c, problem)).FirstOrDefault(u => u is not null) is { } unmet) throw new RequestException($"--methods {names}: {unmet}");
        return new([supervised, .. chosen], []);
    }

    /// <summary>Chooses, of some chains, those whose needs the problem meets; the specification's own is among them.</summary>
    internal static ComparedMethods Fitting(Specification specification, IProblem problem, IReadOnlyList<IReadOnlyList<MethodInfo>> candidates)
    {
        var all = candidates.OrderBy(c => c is not [{ } only] || only.Slug != ProblemKinds.Of(specification).Baseline).Select(c => With(specification, c)).Append(specification).DistinctBy(s => s.MethodName).Select(s => (Specification: s, Unmet: ProblemKind.Unmet(s, problem))).ToArray();
        return new([.. all.Where(s => s.Unmet is null).Select(s => s.Specification)], [.. all.Where(s => s.Unmet is not null).Select(s => new LeftOut(s.Specification.MethodName, s.Unmet!))]);
    }

    private static MethodInfo[][] Read(string names)
    {
        var place = new ScalarSetting($"--methods {names}", "", names);
        var words = names.Split(',', StringSplitOptions.TrimEntries);
        if (words.Any(w => w.Length == 0)) throw place.Wrong($"expected methods parted by commas, such as ps-kd,lightgbm, or {Automatic}");
        if (words.Contains(Automatic)) throw place.Wrong($"{Automatic} stands for all methods that fit; leave out the others");
        if (words.GroupBy(w => w).FirstOrDefault(g => g.Count() > 1) is { } twice) throw place.Wrong($"{twice.Key} is named twice");
        MethodInfo[][] chains = [.. words.Select(w => MethodSettings.Read(place with { Text = w }).Select(m => m.Info).ToArray())];
        if (chains.FirstOrDefault(c => c[^1].IsMeasure) is { } measure) throw place.Wrong($"{measure[^1].Slug} measures and trains no model; name methods that train");
        return chains;
    }

    // The methods that the specification names keep their options.
    private static Specification With(Specification specification, IReadOnlyList<MethodInfo> chain)
    {
        MethodChoice[] steps = [.. chain.Select(m => specification.Methods.FirstOrDefault(s => s.Info == m) ?? new(m, Options.Bind(m.OptionsType, new MapSetting("defaults", "method", []))))];
        return steps.SequenceEqual(specification.Methods) ? specification : specification with { Methods = steps };
    }
}
