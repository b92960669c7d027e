using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>How much of an experiment is done.</summary>
public enum Tier
{
    /// <summary>Two seeds at the first setting of each grid: a look, not evidence, and no verdict.</summary>
    Quick,

    /// <summary>The headline claim, at most two more contrasts and the null controls, tuning included.</summary>
    Full,

    /// <summary>All arms and claims.</summary>
    All,
}

/// <summary>What several arms share: the problem, the network, the training, and the settings among which each of them is tuned.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Settings">Assignments of <c>problem.*</c>, <c>model.*</c> and <c>training.*</c>.</param>
/// <param name="Grid">At most four settings, each some assignments separated by blanks.</param>
public sealed record Conditions(string Name, IReadOnlyList<string> Settings, IReadOnlyList<string> Grid);

/// <summary>One way to train: with a setting of its conditions' grid it is a complete specification.</summary>
/// <param name="Conditions">What it shares with others.</param>
/// <param name="Method">The method's slug.</param>
/// <param name="Options">Assignments of <c>method.*</c> and of what else differs from the conditions.</param>
public sealed record Arm(Conditions Conditions, string Method, params IReadOnlyList<string> Options)
{
    // Far above any seed in use, so that redrawn streams are nobody else's.
    private const ulong Redraw = 1_000_000;

    /// <summary>The arm whose choice among the settings it takes over instead of being tuned; null to be tuned.</summary>
    public Arm? TunedAs { get; init; }

    /// <summary>Whether initialisation and order are drawn anew instead of shared with the other arms: for controls that ask what chance alone does.</summary>
    public bool DrawnAnew { get; init; }

    /// <summary>Its name, unique in the experiment.</summary>
    public string Name => $"{Conditions.Name}: {string.Join(' ', Options.Select(o => o.Replace("method.", "", StringComparison.Ordinal)).Prepend(Method))}{(DrawnAnew ? " (drawn anew)" : "")}";

    /// <summary>The seed of its streams; the problem is drawn by the seed itself.</summary>
    public ulong RunSeed(ulong seed) => DrawnAnew ? seed + Redraw : seed;

    /// <summary>The complete specification.</summary>
    /// <param name="setting">One of the grid.</param>
    /// <param name="seed">The seed; files are divided by it, as generated problems are drawn by it.</param>
    public Specification Specify(string setting, ulong seed)
    {
        var method = new MapSetting("experiment", "", [new("method", new ScalarSetting("experiment", "method", Method))]);
        string[] assignments = [.. Conditions.Settings, .. setting.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. Options];
        var specification = Specification.From(method, assignments);
        return specification.Problem is not (Prediction.PredictionData or Ranking.RankingData or Representation.RepresentationData or Language.LanguageData or Reasoning.ReasoningData) ? specification : Specification.From(method, [.. assignments, $"problem.split-seed={seed}"]);
    }
}

/// <summary>A contrast in which the effect of the claims that it guards must vanish.</summary>
/// <param name="Text">Why it must.</param>
/// <param name="Method">The arm in the method's place.</param>
/// <param name="Reference">The arm it is compared with.</param>
public sealed record NullControl(string Text, Arm Method, Arm Reference);

/// <summary>What a paper says one arm has over another in one metric.</summary>
/// <param name="Text">The claim, in words.</param>
/// <param name="Method">The arm that should be better.</param>
/// <param name="Reference">The arm it is compared with.</param>
/// <param name="Metric">By what.</param>
/// <param name="SmallestEffect">The smallest effect of interest, positive, in units of the metric.</param>
/// <param name="Published">The paper's figure and its place.</param>
/// <param name="Controls">What guards it.</param>
public sealed record Claim(string Text, Arm Method, Arm Reference, Metric Metric, double SmallestEffect, string Published, params IReadOnlyList<NullControl> Controls)
{
    /// <summary>The least tier that judges it.</summary>
    public Tier Tier { get; init; } = Tier.Full;
}

/// <summary>How a paper's claims are put to the test: fixed before the first run.</summary>
/// <param name="Slug">The slug of the method whose paper it is; or a name that starts with <see cref="LeagueTable.Prefix"/> for many methods against one reference.</param>
/// <param name="TunedBy">The metric of the validation rows by which every arm is tuned.</param>
/// <param name="Claims">The claims; the abstract's headline first.</param>
public sealed record Experiment(string Slug, Metric TunedBy, IReadOnlyList<Claim> Claims)
{
    /// <summary>What a reader of the results should know besides; null for nothing.</summary>
    public string? Remark { get; init; }

    /// <summary>The first seed that counts: above those whose test scores were seen while sizes and settings were chosen.</summary>
    public int FirstSeed { get; init; }

    /// <summary>The seeds of verdicts, as many as asked for.</summary>
    public IEnumerable<int> Seeds(int count) => Enumerable.Range(FirstSeed, count);

    /// <summary>The claims of a tier.</summary>
    public IReadOnlyList<Claim> Of(Tier tier) => [.. Claims.Where(c => c.Tier <= (tier == Tier.Quick ? Tier.Full : tier))];

    /// <summary>The arms of a tier, controls included.</summary>
    public IReadOnlyList<Arm> Arms(Tier tier) => [.. Of(tier).SelectMany(c => c.Controls.SelectMany(k => new[] { k.Method, k.Reference }).Prepend(c.Reference).Prepend(c.Method)).DistinctBy(a => a.Name)];

    /// <summary>A hash of everything that was fixed: claims, smallest effects, and what every arm assigns in every setting. An option that comes later, with the old behaviour for its default, does not change it.</summary>
    public string Fingerprint(Tier tier)
    {
        var text = new StringBuilder($"{TunedBy}\n");
        if (FirstSeed > 0) text.Append(CultureInfo.InvariantCulture, $"from seed {FirstSeed}\n");
        foreach (var claim in Of(tier))
            text.Append(CultureInfo.InvariantCulture, $"{claim.Method.Name}|{claim.Reference.Name}|{claim.Metric}|{claim.SmallestEffect}|{string.Join(';', claim.Controls.Select(c => $"{c.Method.Name}|{c.Reference.Name}"))}\n");
        foreach (var arm in Arms(tier))
            foreach (var setting in arm.Conditions.Grid) text.Append($"{arm.Name}|{arm.TunedAs?.Name}|{string.Join(' ', [.. arm.Conditions.Settings, setting, .. arm.Options])}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }
}
