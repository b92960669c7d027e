using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>
/// Active data gathering (Li et al. 2022, LID-ADG): with nobody to imitate, a policy explores, at first by actions at random; whatever an episode happened to bring about was its goal, in hindsight; and cloning what was gathered so far,
/// from the language model's weights, makes the policy that explores next. Without rounds, and with demonstrations, it is lid, bit for bit.
/// </summary>
[Method("active-data-gathering", "Active data gathering", Paper = 77, Summary = "Without anybody to imitate: explores, takes what each episode happened to reach for its goal, imitates that, and explores again.", Citation = "Li et al. 2022 (Pre-Trained Language Models for Interactive Decision-Making)")]
[Version(1)]
public sealed class ActiveDataGathering(ActiveDataGathering.Options options) : IFit<ControlProblem, Policy>, INeeds<PracticeEnvironments, SceneForm>
{
    /// <summary>The options.</summary>
    public sealed record Options : LanguageStartOptions
    {
        /// <summary>M.</summary>
        [Description("Rounds of exploring and learning")]
        [Range(0, 1000)]
        [Source("section 4.2, until it no longer improves")]
        public int Rounds { get; set; } = 4;

        /// <summary>Episodes a round.</summary>
        [Description("Episodes of each round")]
        [Range(1, 100_000)]
        public int Episodes { get; set; } = 400;

        /// <summary>Exploration.</summary>
        [Description("How often an action is one at random, of those that can be done; in the first round all are, unless there are demonstrations")]
        [Range(0, 1)]
        public double Random { get; set; } = 0.2;

        /// <summary>Hindsight.</summary>
        [Description("Whether episodes teach goals that they reached though nobody asked for them; otherwise only those that reached the goal asked for")]
        [Source("section 4.2, hindsight relabelling")]
        public bool Relabel { get; set; } = true;

        /// <summary>Whether detours are left out.</summary>
        [Description("Whether actions that a goal did not take are left out of its episode")]
        public bool Shorten { get; set; } = true;

        /// <summary>Most episodes kept.</summary>
        [Description("Most episodes that a round keeps to learn from, of all goals as evenly as there are; 0: all, which may be ten times those played")]
        [Range(0, 10_000_000)]
        public int Most { get; set; } = 600;

        /// <summary>Whether demonstrations count.</summary>
        [Description("Whether the problem's demonstrations are learned from as well")]
        public bool Demonstrations { get; set; }
    }

    /// <inheritdoc/>
    public Policy Fit(ControlProblem problem, Run run)
    {
        if (options.Rounds == 0 && !options.Demonstrations) throw new RequestException("method.rounds: 0 rounds gather nothing, and method.demonstrations is false; expected at least one round, or demonstrations");
        using var language = run.Language(problem, options);
        var log = options.Demonstrations ? problem.Demonstrations.Log : null;
        if (options.Rounds == 0) return run.TrainScenes(problem, log!, language, options.Frozen);
        var policy = log is null ? null : Learn(0, log);
        for (var round = 1; round <= options.Rounds; round++)
        {
            var explorer = policy;
            var gathered = Stage(round, "episodes", () => Explore(problem, run, round, explorer));
            if (gathered.Log.Count > 0) log = log is null ? gathered.Log : EpisodeLog.Join([log, gathered.Log]);
            if (log is null) continue; // nothing to imitate yet
            policy?.Dispose();
            policy = Learn(round, log);
        }
        return policy ?? throw new WorkException($"none of {options.Rounds * options.Episodes} episodes reached its goal, so that there is nothing to imitate; raise method.episodes, or let episodes teach what they reached (method.relabel)");

        Policy Learn(int round, EpisodeLog from) => Stage<Policy>(round, "policy", () => run.TrainScenes(problem, from, language, options.Frozen));

        T Stage<T>(int round, string what, Func<T> work) where T : IArtifact<T> =>
            run.Stage($"round-{round}-{what}", new JsonObject { ["round"] = round, ["problem"] = problem.Describe(Foundation.Options.Resolve(options)) }, work);
    }

    /// <summary>Plays episodes and keeps what they reached.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="run">The run.</param>
    /// <param name="round">The round, from 1.</param>
    /// <param name="policy">Who acts; null for actions at random.</param>
    internal GatheredEpisodes Explore(ControlProblem problem, Run run, int round, Policy? policy)
    {
        var (form, random, seed) = (problem.Scene!, run.Random("exploration", round), run.Random("practice", round).NextUInt64());
        var environments = new WatchedEnvironment(problem.Practice!.Create(options.Episodes), $"round {round}");
        var (episodes, kept) = (Enumerable.Range(0, environments.Count).Select(_ => new EpisodeRecorder()).ToArray(), new List<EpisodeRecorder>());
        var (hindsight, acts) = (new Hindsight(environments, options.Shorten), policy is null ? null : Rollouts.By(policy, seed, environments, form.Goal));
        var outcomes = Rollouts.Play(environments, seed, (moment, who, now, actions) =>
        {
            run.Cancellation.ThrowIfCancellationRequested();
            acts?.Invoke(moment, who, now, actions);
            foreach (var i in who)
            {
                var seen = now.Observations.AsMemory(i * form.Size, form.Size);
                if (moment == 0) episodes[i].Begin(seen.Span);
                if (acts is not null && random.NextDouble() >= options.Random || form.Possible(seen).ToArray() is not { Length: > 0 } possible) continue;
                (actions[2 * i], actions[2 * i + 1]) = possible[random.Next(possible.Length)];
            }
        }, (i, actions, now) =>
        {
            episodes[i].Add(actions.AsSpan(2 * i, 2), now, i);
            kept.AddRange(hindsight.Reached(i, episodes[i], now, options.Relabel));
        });
        run.Record(new JsonObject { ["stage"] = run.StagePath, ["round"] = round, ["reached"] = outcomes.Count(o => o.Terminated), ["episodes"] = outcomes.Length, ["kept"] = kept.Count });
        return new(EpisodeRecorder.Log(form.Size, 2, Balanced(kept, random)), outcomes.Length, outcomes.Count(o => o.Terminated));

        // One of each goal, then a second of each that has one, and so on: what happens by chance is mostly the same.
        IReadOnlyList<EpisodeRecorder> Balanced(List<EpisodeRecorder> episodes, RandomStream random)
        {
            if (options.Most == 0 || episodes.Count <= options.Most) return episodes;
            var turns = new Dictionary<string, int>(StringComparer.Ordinal);
            (int Turn, double Draw)[] keys = [.. episodes.Select(e =>
            {
                var goal = form.GoalText(e.First(form.Size));
                turns[goal] = turns.GetValueOrDefault(goal) + 1;
                return (turns[goal], random.NextDouble());
            })];
            return [.. Enumerable.Range(0, episodes.Count).OrderBy(i => keys[i]).Take(options.Most).Order().Select(i => episodes[i])];
        }
    }
}

/// <summary>What a round gathered.</summary>
/// <param name="Log">Episodes that reached their goals, in hindsight or as asked.</param>
/// <param name="Played">Episodes that were played.</param>
/// <param name="Succeeded">How many of them reached the goal that was asked for.</param>
internal sealed record GatheredEpisodes(EpisodeLog Log, int Played, int Succeeded) : IArtifact<GatheredEpisodes>
{
    private const string FileName = "episodes.safetensors";

    /// <inheritdoc/>
    public void Save(string folder)
    {
        var state = new State();
        state.Add("sizes", new[] { Log.Observation, Log.Action, Played, Succeeded });
        state.Add<int>("lengths", Log.Lengths);
        state.Add<float>("observations", Log.Observations);
        state.Add<float>("actions", Log.Actions);
        state.Add<float>("rewards", Log.Rewards);
        state.Add<float>("costs", Log.Costs);
        state.Add("terminated", Log.Terminated);
        state.Write(Path.Combine(folder, FileName));
    }

    /// <inheritdoc/>
    public static GatheredEpisodes Load(string folder)
    {
        var state = State.Load(Path.Combine(folder, FileName));
        var sizes = state.Read<int[]>("sizes");
        float[] Floats(string name) => state.ReadArray<float>(name);
        return new(new(sizes[0], sizes[1], state.ReadArray<int>("lengths"), Floats("observations"), Floats("actions"), Floats("rewards"), Floats("costs"), state.Read<bool[]>("terminated")), sizes[2], sizes[3]);
    }
}
