using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Control.BuiltIn;

/// <summary>What a log of a tabletop was made for.</summary>
public enum TabletopLog
{
    /// <summary>Whatever came to mind, one thing after the other, in episodes of 500 actions.</summary>
    Play,

    /// <summary>One thing an episode, from the place where tasks begin, too; a demonstrator who is done rests until 20 actions are over.</summary>
    Demonstrations,
}

/// <summary>The problem <c>tabletop-play</c>: hours of play with discs, a drawer and buttons, without a word of what was meant (Lynch et al. 2020). Asked for are states in which one thing is elsewhere.</summary>
[Version(2)]
public static class TabletopPlayProblem
{
    /// <summary>The numbers of an observation that say which goal is asked for.</summary>
    public static IReadOnlyList<int> Asked { get; } = [.. Enumerable.Range(Tabletop.State, Tabletop.State)];

    private const int Each = 500, Rest = 20;

    /// <summary>The options of tabletop-play.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 1,000 actions; small: 100,000; full: 300,000")]
        public ProblemSize Size { get; set; } = ProblemSize.Small;

        /// <summary>Actions.</summary>
        [Description("Actions; left out: as the size says")]
        [Range(500, 10_000_000)]
        public int? Actions { get; set; }

        /// <summary>Play or demonstrations.</summary>
        [Description("play: one thing after the other, whatever comes to mind; demonstrations: one thing an episode, as many actions, each from the place where tasks begin, too")]
        public TabletopLog Log { get; set; }

        /// <summary>Ways.</summary>
        [Description("many: past the obstacle on either side, fast or slowly; one: always on the same side, fast")]
        public PlayerWays Ways { get; set; }

        /// <summary>Noise.</summary>
        [Description("The standard deviation of the noise on the player's movements")]
        [Range(0, 1)]
        public double Noise { get; set; } = 0.1;
    }

    /// <summary>Draws the log of a seed: to learn from, to validate, and to test what is imitated.</summary>
    public static (Demonstrations Train, EpisodeLog Validation, EpisodeLog Test) Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        var actions = options.Actions ?? options.Size switch { ProblemSize.Tiny => 1000, ProblemSize.Small => 100_000, _ => 300_000 };
        int[] all = [.. Enumerable.Range(0, Tabletop.State)];
        return (new(Log("train", actions), BoxSpace.Of(3, -1, 1), all, all), Log("validation", actions / 10), Log("test", actions / 10));

        EpisodeLog Log(string role, int length) => options.Log == TabletopLog.Play ? Play(options, seed, role, Math.Max(1, length / Each)) : Demonstrate(options, seed, role, length);
    }

    private static EpisodeLog Play(Options options, ulong seed, string role, int count)
    {
        var (random, tables) = (RandomStream.Of(seed, $"tabletop-play-{role}"), new Tabletop(count, Each));
        var players = Enumerable.Range(0, count).Select(_ => new TabletopPlayer(options.Noise, options.Ways)).ToArray();
        return EpisodeLog.Play(tables, RandomStream.Key(seed, $"tabletop-play-episodes-{role}"), count, (seen, actions) =>
        {
            for (var i = 0; i < count; i++)
            {
                var state = seen.AsSpan(i * Tabletop.State, Tabletop.State);
                if (players[i].IsDone) players[i].Begin(state, (TabletopThing)random.Next(6), random);
                players[i].Act(state, random, actions.AsSpan(3 * i, 3));
            }
        }, keepsTruncated: true);
    }

    private static EpisodeLog Demonstrate(Options options, ulong seed, string role, int least)
    {
        var (random, lengths, seen, actions) = (RandomStream.Of(seed, $"tabletop-demonstrations-{role}"), new List<int>(), new List<float>(), new List<float>());
        while (actions.Count < 3 * least)
        {
            var (state, player, action) = (Tabletop.AnyStateAtHome(random), new TabletopPlayer(options.Noise, options.Ways), new float[3]);
            var length = 0;
            player.Begin(state, (TabletopThing)random.Next(6), random);
            seen.AddRange(state);
            for (; length < Rest || !player.IsDone && length < Each; length++)
            {
                player.Act(state, random, action);
                Tabletop.Move(state, action);
                seen.AddRange(state);
                actions.AddRange(action);
            }
            lengths.Add(length);
        }
        var steps = actions.Count / 3;
        return new(Tabletop.State, 3, [.. lengths], [.. seen], [.. actions], new float[steps], new float[steps], new bool[lengths.Count]);
    }

    /// <summary>A task that a player can do: where it ended is the goal.</summary>
    /// <param name="thing">The thing to change.</param>
    /// <param name="random">Draws the start and the way.</param>
    /// <param name="shift">How far the gripper then starts from where the player did, at most, in each direction.</param>
    public static TabletopTask Task(TabletopThing thing, RandomStream random, double shift = 0)
    {
        ArgumentNullException.ThrowIfNull(random);
        while (true)
        {
            var (start, player) = (Tabletop.AnyStateAtHome(random), new TabletopPlayer(0));
            var (state, action) = (start.ToArray(), new float[3]);
            player.Begin(state, thing, random);
            for (var i = 0; i < 200 && !player.IsDone; i++)
            {
                player.Act(state, random, action);
                Tabletop.Move(state, action);
            }
            if (!player.IsDone || Tabletop.IsReached(start, state, thing)) continue;
            for (var axis = 0; axis < 2; axis++) start[axis] = (float)Math.Clamp(start[axis] + random.NextDouble(-shift, shift), 0, 1);
            Tabletop.Move(start, [0, 0, -1]); // out of the obstacle, should the shift have put it there
            return new(start, state, thing);
        }
    }
}
