using System.Reflection;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Measurement;
using Preceptor.Prediction;
using Preceptor.Supervision;

namespace Preceptor.Catalogue;

/// <summary>A method as the catalogue knows it.</summary>
/// <param name="Declaration">Slug, title, summary, citation.</param>
/// <param name="Kind">The kind of problem, such as <c>prediction</c>.</param>
/// <param name="Type">The class.</param>
/// <param name="Needs">Alternatives of what it needs, each a set of types of supervision.</param>
/// <param name="Gives">The types of supervision that it adds for the steps after it.</param>
public sealed record MethodInfo(MethodAttribute Declaration, string Kind, Type Type, IReadOnlyList<IReadOnlyList<Type>> Needs, IReadOnlyList<Type> Gives)
{
    /// <summary>Its key on the command line.</summary>
    public string Slug => Declaration.Slug;

    /// <summary>The record of its options.</summary>
    public Type OptionsType => Type.GetConstructors()[0].GetParameters()[0].ParameterType;

    /// <summary>Whether it trains a model, rather than bettering the supervision.</summary>
    public bool IsFit => MethodCatalogue.ProblemOf(Type, typeof(IFit<,>)) is not null;

    /// <summary>What to write after --method: itself, or the chain in which it works before the plainest method that trains.</summary>
    public string Chain => IsFit ? Slug : $"{Slug}+{ProblemKinds.All.First(k => k.Name == Kind).Baseline}";

    /// <summary>Whether it measures something, and neither trains a model for the user nor betters the supervision.</summary>
    public bool IsMeasure => Type.IsAssignableTo(typeof(IMeasure<MeasurementProblem, MeasurementReport>));

    /// <summary>Whether several ranks may divide its batches; null where they may not.</summary>
    public DistributedAttribute? Distributed { get; } = Type.GetCustomAttribute<DistributedAttribute>();

    /// <summary>What several ranks make of it, in a clause.</summary>
    public string OverRanks => Distributed switch
    {
        { InDistribution: { } why } => $"several ranks come to the weights of one in distribution: {why}",
        { } => "several ranks come to the weights of one, to rounding",
        null => TrainsOnBatches ? "one rank only" : "several ranks compute it alike",
    };

    /// <summary>Whether it may take steps on batches; what takes none is computed alike by each rank.</summary>
    public bool TrainsOnBatches => Declaration.TrainsNetwork;

    /// <summary>Creates the method.</summary>
    /// <param name="options">An object of <see cref="OptionsType"/>.</param>
    public object Create(object options) => Activator.CreateInstance(Type, options)!;

    /// <summary>Why a problem does not meet its needs; null if it does.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="given">What steps before it add.</param>
    public string? Unmet(IProblem problem, params IEnumerable<Type> given)
    {
        if (LacksText(problem)) return $"{Slug} needs text, and no input of {problem.Name} is text";
        if (Missing(problem, given) is not { } missing) return null;
        return IsOfOtherTargets(problem) ? $"{Slug} needs {missing}" : $"{Slug} needs {DescribeNeeds(" or ")}";
    }

    /// <summary>What a problem lacks, by alternative, in words; null if its needs are met.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="given">What steps before it add.</param>
    public string? Missing(IProblem problem, params IEnumerable<Type> given)
    {
        if (LacksText(problem)) return "text among the inputs";
        if (IsOfOtherTargets(problem)) return $"{string.Join(" or ", Targets.Select(Name))} a row, and a row of {problem.Name} has {Name(((PredictionProblem)problem).Target.Kind)}";
        var types = problem.Supervision.Select(o => o.GetType()).Concat(given).ToHashSet();
        Type[][] missing = [.. Needs.Select(alternative => alternative.Where(t => !types.Contains(t)).ToArray())];
        return missing.Any(m => m.Length == 0) ? null : Describe(missing, " or ");
    }

    /// <summary>The forms of targets that it learns; none if it needs no targets.</summary>
    public IReadOnlyList<TargetKind> Targets => [.. Needs.SelectMany(a => a).Distinct().Select(Target).OfType<TargetKind>()];

    private static TargetKind? Target(Type supervision) =>
        supervision == typeof(Labels) ? TargetKind.One : supervision == typeof(ManyLabels) ? TargetKind.Many : supervision == typeof(NumberTargets) ? TargetKind.Number : null;

    private static string Name(TargetKind target) => target switch { TargetKind.Many => "a set of labels", TargetKind.Number => "a number", _ => "one class" };

    private bool IsOfOtherTargets(IProblem problem) => problem is PredictionProblem prediction && Targets.Count > 0 && !Targets.Contains(prediction.Target.Kind);

    private bool LacksText(IProblem problem) => Declaration.NeedsText && problem is PredictionProblem { Train.Texts.Count: 0 };

    /// <summary>The alternatives of what it needs, in words.</summary>
    /// <param name="between">What stands between two alternatives.</param>
    public string DescribeNeeds(string between) => Describe(Needs, between) + (Declaration.NeedsText ? "; text among the inputs" : "");

    private static string Describe(IEnumerable<IReadOnlyList<Type>> alternatives, string between) =>
        string.Join(between, alternatives.Select(a => string.Join(" and ", a.Select(t => Options.Key(t.Name)))).Distinct());
}

/// <summary>All methods of the loaded assemblies.</summary>
public static class MethodCatalogue
{
    private static readonly List<Assembly> Assemblies = [typeof(MethodCatalogue).Assembly];
    private static IReadOnlyList<MethodInfo>? all;

    /// <summary>All methods, by slug.</summary>
    public static IReadOnlyList<MethodInfo> All => all ??= [.. Assemblies.SelectMany(a => a.GetTypes())
        .Select(t => (Type: t, Declaration: t.GetCustomAttribute<MethodAttribute>()))
        .Where(t => t.Declaration is not null)
        .Select(t => new MethodInfo(t.Declaration!, KindOf(t.Type), t.Type, NeedsOf(t.Type), [.. Arguments(t.Type, typeof(IGives<>)).SelectMany(a => a)]))
        .OrderBy(m => m.Slug, StringComparer.Ordinal)];

    /// <summary>Adds the methods of another assembly.</summary>
    public static void Register(Assembly assembly)
    {
        if (Assemblies.Contains(assembly)) return;
        Assemblies.Add(assembly);
        all = null;
    }

    /// <summary>The method of a slug.</summary>
    /// <param name="slug">The slug, with its place.</param>
    /// <exception cref="RequestException">There is none; the message has the nearest spelling.</exception>
    public static MethodInfo Find(ScalarSetting slug) => All.FirstOrDefault(m => m.Slug == slug.Text)
        ?? throw slug.Wrong($"there is no method '{slug.Text}'{Spelling.Hint(slug.Text, All.Select(m => m.Slug))}; known: {string.Join(", ", All.Select(m => m.Slug))}");

    /// <summary>The type of problem that a method is for, by the interface of what it does; null where it does not do that.</summary>
    internal static Type? ProblemOf(Type method, Type does) => method.GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == does)?.GetGenericArguments()[0];

    // RankingProblem is of kind ranking.
    private static string KindOf(Type method)
    {
        var problem = ProblemOf(method, typeof(IFit<,>)) ?? ProblemOf(method, typeof(IImprove<>)) ?? ProblemOf(method, typeof(IMeasure<,>)) ?? throw new InvalidOperationException($"{method.Name} neither trains, betters nor measures anything");
        return Options.Key(problem.Name[..^"Problem".Length]);
    }

    private static IReadOnlyList<IReadOnlyList<Type>> NeedsOf(Type type) => [.. Arguments(type, typeof(INeeds<>)), .. Arguments(type, typeof(INeeds<,>))];

    private static IEnumerable<Type[]> Arguments(Type type, Type marker) =>
        type.GetInterfaces().Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == marker).Select(i => i.GetGenericArguments());
}
