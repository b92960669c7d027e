using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Catalogue.Experiments;

/// <summary>A mean with its interval.</summary>
public sealed record Estimate(double Mean, double Low, double High)
{
    /// <summary>The numbers of an interval, rounded for a file that people read.</summary>
    public static Estimate Of(Interval interval) => new(Reproduction.Round(interval.Mean), Reproduction.Round(interval.Low), Reproduction.Round(interval.High));
}

/// <summary>A null control's outcome.</summary>
public sealed record ControlEvidence(string Control, string Method, string Reference, int Seeds, Estimate Difference, bool Passes);

/// <summary>A claim's outcome; positive differences mean that the method is better.</summary>
/// <param name="Claim">The claim, in words.</param>
/// <param name="Published">The paper's figure and its place.</param>
/// <param name="Method">The arm that should be better.</param>
/// <param name="Reference">The arm it is compared with.</param>
/// <param name="Metric">By what.</param>
/// <param name="SmallestEffect">The smallest effect of interest.</param>
/// <param name="Seeds">After how many seeds it was judged.</param>
/// <param name="Level">The interval's confidence level.</param>
/// <param name="MethodMean">The method's mean score.</param>
/// <param name="ReferenceMean">The reference's mean score.</param>
/// <param name="Difference">The interval of the difference.</param>
/// <param name="Controls">What guards it.</param>
/// <param name="Verdict">The verdict; null in the tier quick.</param>
public sealed record ClaimEvidence(string Claim, string Published, string Method, string Reference, string Metric, double SmallestEffect, int Seeds, double Level,
    double MethodMean, double ReferenceMean, Estimate Difference, IReadOnlyList<ControlEvidence> Controls, Verdict? Verdict);

/// <summary>One setting's score on the tuning seed's validation rows.</summary>
public sealed record TuningEvidence(string Setting, double Score);

/// <summary>An arm's scores.</summary>
/// <param name="Arm">Its name.</param>
/// <param name="Setting">The setting chosen.</param>
/// <param name="TunedAs">The arm whose choice it takes over; null where it was tuned itself.</param>
/// <param name="Tuning">Every setting's score.</param>
/// <param name="Scores">By metric, a score a seed, from the first that counts.</param>
/// <param name="TrainSeconds">Mean time of a training.</param>
public sealed record ArmEvidence(string Arm, string Setting, string? TunedAs, IReadOnlyList<TuningEvidence> Tuning, IReadOnlyDictionary<string, IReadOnlyList<double>> Scores, double TrainSeconds);

/// <summary>What was found.</summary>
/// <param name="Claims">The claims.</param>
/// <param name="TunedBy">The metric by which every arm was tuned.</param>
/// <param name="Arms">The arms.</param>
public sealed record EvidenceValues(IReadOnlyList<ClaimEvidence> Claims, string TunedBy, IReadOnlyList<ArmEvidence> Arms);

/// <summary>What it was found with.</summary>
/// <param name="Experiment">The experiment's <see cref="Experiments.Experiment.Fingerprint"/>.</param>
/// <param name="Versions">The versions of all types that took part.</param>
/// <param name="Data">A hash of the first seed's rows, by the conditions' name.</param>
/// <param name="Preceptor">Preceptor's version.</param>
/// <param name="TorchSharp">TorchSharp's version.</param>
/// <param name="Runtime">The runtime.</param>
/// <param name="Processor">The kind of processor, and how many.</param>
/// <param name="Date">The day.</param>
/// <param name="Minutes">The time it took, all processes of the last reproduction together.</param>
public sealed record EvidenceProvenance(string Experiment, IReadOnlyDictionary<string, int> Versions, IReadOnlyDictionary<string, string> Data,
    string Preceptor, string TorchSharp, string Runtime, string Processor, string Date, double Minutes)
{
    /// <summary>What a reader should know about the data, by the conditions' name; null for nothing.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Notes { get; init; }

    /// <summary>The provenance of work done now on this machine.</summary>
    public static EvidenceProvenance Now(string experiment, Reproduction reproduction, double minutes) => new(
        experiment, reproduction.Versions, reproduction.Data, typeof(Run).Assembly.GetName().Version!.ToString(3), typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3),
        RuntimeInformation.FrameworkDescription, $"{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}, {Environment.ProcessorCount} processors, a thread each",
        DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), Math.Round(minutes, 1))
    {
        Notes = reproduction.Notes is { Count: > 0 } notes ? notes : null,
    };
}

/// <summary>What reproducing a method's paper found: evidence/NN-slug.json; or a league (<see cref="LeagueTable"/>): evidence/league-name.json.</summary>
/// <param name="Slug">The experiment's slug: a method's, or a league's.</param>
/// <param name="Tier">How much was done.</param>
/// <param name="Values">What was found.</param>
/// <param name="Provenance">What it was found with.</param>
public sealed record EvidenceFile(string Slug, Tier Tier, EvidenceValues Values, EvidenceProvenance Provenance)
{
    /// <summary>The name of a method's file.</summary>
    public static string Name(MethodInfo method) => method.Declaration.Paper > 0 ? $"{method.Declaration.Paper:00}-{method.Slug}.json" : $"{method.Slug}.json";

    /// <summary>The name of an experiment's file.</summary>
    /// <param name="slug">A method's slug, or a league's.</param>
    /// <returns>null where there is no such method, and it is no league.</returns>
    public static string? Name(string slug) => MethodCatalogue.All.FirstOrDefault(m => m.Slug == slug) is { } method ? Name(method) : LeagueTable.Is(slug) ? $"{slug}.json" : null;

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="RequestException">It is missing or malformed.</exception>
    public static EvidenceFile Read(string path) => Checked(ModelFiles.ReadJson<EvidenceFile>(path), path);

    /// <summary>The evidence that the library was built with.</summary>
    public static IReadOnlyList<EvidenceFile> Known { get; } = [.. typeof(EvidenceFile).Assembly.GetManifestResourceNames().Where(n => n.StartsWith("evidence/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name =>
    {
        using var reader = new StreamReader(typeof(EvidenceFile).Assembly.GetManifestResourceStream(name)!);
        return Checked(ModelFiles.ParseJson<EvidenceFile>(reader.ReadToEnd(), name), name);
    })];

    private static EvidenceFile Checked(EvidenceFile file, string path)
    {
        if (file is not { Slug.Length: > 0, Values: { Claims.Count: > 0, Arms: not null, TunedBy: not null }, Provenance: { Experiment: not null, Versions: not null, Data: not null } }
            || file.Values.Claims.Any(c => c is not { Claim: not null, Metric: not null, Difference: not null, Controls: not null, Verdict: not null }))
            throw new RequestException($"{path}: is not an evidence file; write it anew with preceptor reproduce");
        return file;
    }

    /// <summary>Writes the file whole.</summary>
    public void Write(string path) => ModelFiles.WriteJsonWhole(path, this);

    /// <summary>The result object of <c>--json</c>.</summary>
    public JsonObject ToJson()
    {
        var json = ModelFiles.ToJson(this);
        json.Insert(0, "type", "result");
        return json;
    }

    /// <summary>Why it no longer describes the code as it is; null where it does.</summary>
    public string? Stale()
    {
        if (ExperimentCatalogue.Find(Slug) is not { } experiment) return "there is no such experiment any more";
        if (experiment.Fingerprint(Tier) != Provenance.Experiment) return "the experiment was changed";
        var changed = Provenance.Versions.FirstOrDefault(v => VersionAttribute.Current(v.Key, v.Value) is null).Key;
        return changed is null ? null : $"{changed[(changed.LastIndexOf('.') + 1)..]} has another version";
    }
}
