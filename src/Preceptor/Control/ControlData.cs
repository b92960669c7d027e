using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>The keys of a control problem: a log of episodes, and what of an observation is a state and what a goal.</summary>
public sealed record ControlData : IProblemData
{
    /// <summary>The name of the kind.</summary>
    public const string KindName = "control";

    string IProblemData.Name => Path.GetFileNameWithoutExtension(Episodes);

    /// <summary>The kind.</summary>
    [Description("The kind of problem"), AllowedValues(KindName)]
    public string Kind { get; set; } = KindName;

    /// <summary>The log.</summary>
    [Description("A file of episodes: episode, step, observation-0 …, action-0 …, reward, terminated, truncated, and cost if there is one; the last row of an episode has an observation alone")]
    public string Episodes { get; set; } = "";

    /// <summary>What a policy sees.</summary>
    [Description("Which numbers of an observation a policy sees, from 0; left out: all")]
    public int[] State { get; set; } = [];

    /// <summary>What goals are.</summary>
    [Description("Which numbers of an observation are what a goal asks for, from 0, such as a place's; left out: there are no goals")]
    public int[] Goal { get; set; } = [];

    /// <summary>Reads the log and divides its episodes.</summary>
    /// <param name="settings">The settings these options were bound from, for messages that point at a line; null where there are none.</param>
    /// <param name="read">Reads a file.</param>
    /// <param name="seed">Decides how episodes are divided.</param>
    /// <exception cref="RequestException">The file is no log, or what the keys name is not in it.</exception>
    public (Demonstrations Train, EpisodeLog Validation, EpisodeLog Test) Draw(MapSetting? settings, ReadTable read, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(read);
        Setting At(string key) => settings?.Find(key) ?? new ScalarSetting(settings?.Place ?? "specification", $"problem.{key}", "");
        if (Episodes.Length == 0) throw At("episodes").Wrong("expected a file of episodes");
        var log = EpisodeLog.Of(read(Episodes, [], [], BadImages.Fail).Rows, At("episodes"));
        if (log.Count < 5) throw At("episodes").Wrong($"{Episodes} has {log.Count} episodes, expected at least 5, to train, validate and test");
        int[] Numbers(string key, int[] given) => given.All(i => i >= 0 && i < log.Observation) && given.Distinct().Count() == given.Length ? given
            : throw At(key).Wrong($"{string.Join(", ", given)}: expected different numbers from 0 to {log.Observation - 1}, since an observation of {Episodes} has {log.Observation}");
        var (state, goal) = (Numbers("state", State.Length > 0 ? State : [.. Enumerable.Range(0, log.Observation)]), Numbers("goal", Goal));
        var order = RandomStream.Of(seed, "episode-division").Permutation(log.Count);
        var held = Math.Max(1, log.Count / 5);
        var train = log.Take(order[(2 * held)..]);
        return (new(train, Bounds(train), state, goal), log.Take(order[..held]), log.Take(order[held..(2 * held)]));
    }

    // A log says no bounds; what was never done is not to be imitated.
    private static BoxSpace Bounds(EpisodeLog log)
    {
        float[] low = [.. Enumerable.Repeat(float.PositiveInfinity, log.Action)], high = [.. Enumerable.Repeat(float.NegativeInfinity, log.Action)];
        for (var i = 0; i < log.Actions.Length; i++) (low[i % log.Action], high[i % log.Action]) = (Math.Min(low[i % log.Action], log.Actions[i]), Math.Max(high[i % log.Action], log.Actions[i]));
        return new(low, high);
    }
}
