using System.ComponentModel;
using Preceptor.Catalogue.Experiments;
using Preceptor.Foundation;

namespace Preceptor.Catalogue.Papers;

/// <summary>What is written down of a paper, whether it is built or not.</summary>
public sealed record PaperEntry
{
    /// <summary>Its exact title.</summary>
    [Description("Its exact title")]
    public string Title { get; set; } = "";

    /// <summary>The kind of problem it belongs to.</summary>
    [Description("The kind of problem it belongs to")]
    public string Kind { get; set; } = "";

    /// <summary>What it is: method, measure, data set, benchmark, platform, model, study or survey.</summary>
    [Description("What it is: method, measure, data set, benchmark, platform, model, study, survey")]
    public string[] Artefact { get; set; } = [];

    /// <summary>The supervision it uses.</summary>
    [Description("The supervision it uses")]
    public string[] Supervision { get; set; } = [];

    /// <summary>Its idea, in a sentence or two.</summary>
    [Description("Its idea, in a sentence or two")]
    public string Idea { get; set; } = "";

    /// <summary>Its central formula.</summary>
    [Description("Its central formula")]
    public string Formula { get; set; } = "";

    /// <summary>What this library scales down; null where it is not built.</summary>
    [Description("What this library scales down")]
    public string? Scale { get; set; }

    /// <summary>How long its command takes where no evidence says so.</summary>
    [Description("Minutes of its command where no evidence says them")]
    public double? Minutes { get; set; }
}

/// <summary>One of the papers that the library is about.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Slug">Its key.</param>
/// <param name="Entry">What is written down of it.</param>
public sealed record Paper(int Number, string Slug, PaperEntry Entry)
{
    /// <summary>The methods and measures that implement it, by slug; the one of its own name first.</summary>
    public IReadOnlyList<MethodInfo> Methods => [.. MethodCatalogue.All.Where(m => m.Declaration.Paper == Number).OrderByDescending(m => m.Slug == Slug)];

    /// <summary>Whether it is built.</summary>
    public bool IsBuilt => Methods.Count > 0;

    /// <summary>What came of its claims.</summary>
    public IReadOnlyList<EvidenceFile> Evidence => [.. Methods.SelectMany(m => EvidenceFile.Known.Where(e => e.Slug == m.Slug))];

    /// <summary>The experiments that put its claims to the test.</summary>
    public IReadOnlyList<Experiment> Experiments => [.. Methods.Select(m => ExperimentCatalogue.Find(m.Slug)).OfType<Experiment>()];

    /// <summary>The arguments of the command that puts its claims to the test or, without claims, that tries it.</summary>
    public string? Command => Evidence is [var evidence, ..] ? $"reproduce {evidence.Slug}{(evidence.Tier == Tier.Full ? "" : $" --tier {Options.Key(evidence.Tier.ToString())}")}" : Methods is [var method, ..] ? Try(method) : null;

    /// <summary>How long <see cref="Command"/> takes.</summary>
    public double? Minutes => Evidence is [var evidence, ..] ? evidence.Provenance.Minutes : Entry.Minutes;

    /// <summary>The arguments of the command that uses it on one's own data.</summary>
    public string? OwnData => Methods is not [var method, ..] ? null : method.IsMeasure ? $"measure {method.Slug} my.yaml" : $"run my.yaml --method {method.Chain}";

    /// <summary>How many of its claims came to each verdict, in words; null without evidence.</summary>
    public string? Verdicts => Evidence.Count == 0 ? null : string.Join(", ", Evidence.SelectMany(e => e.Values.Claims).GroupBy(c => c.Verdict!.Value).OrderBy(g => g.Key).Select(g => $"{g.Count()} {EvidenceReport.Words(g.Key)}"));

    /// <summary>What its claims were measured on; without evidence, what it can be tried on.</summary>
    public IReadOnlyList<string> Data => Evidence.Count == 0 ? [.. Methods.Select(BuiltInProblems.ExampleFor).OfType<BuiltInProblem>().Select(p => p.Name).Distinct()] : [.. Evidence.SelectMany(e => e.Provenance.Data.Keys).Select(k => k.Split(',')[0]).Distinct().Order(StringComparer.Ordinal)];

    private static string? Try(MethodInfo method) => BuiltInProblems.ExampleFor(method) is not { } example ? null
        : method.IsMeasure ? $"measure {method.Slug} --problem {example.Name}" : $"run --problem {example.Name} --method {method.Chain}";
}
