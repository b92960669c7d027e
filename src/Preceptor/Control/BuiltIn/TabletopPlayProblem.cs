using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Control.BuiltIn;

/// <summary>The problem <c>tabletop-play</c>: hours of play with discs, a drawer and buttons, without a word of what was meant (Lynch et al. 2020). Asked for are states in which one thing is elsewhere.</summary>
[Version(1)]
public static class TabletopPlayProblem
{
    /// <summary>The numbers of an observation that say which goal is asked for.</summary>
    public static IReadOnlyList<int> Asked { get; } = [.. Enumerable.Range(Tabletop.State, Tabletop.State)];

    /// <summary>The options of tabletop-play.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 1,000 actions of play; small: 30,000; full: 60,000")]
        public ProblemSize Size { get; set; } = ProblemSize.Small;

        /// <summary>Actions.</summary>
        [Description("Actions of play; left out: as the size says")]
        [Range(500, 10_000_000)]
        public int? Actions { get; set; }

        /// <summary>Noise.</summary>
        [Description("The standard deviation of the noise on the player's movements")]
        [Range(0, 1)]
        public double Noise { get; set; } = 0.1;
    }

    /// <summary>Draws the play of a seed, in episodes of 500 actions: to learn from, to validate, and to test what is imitated.</summary>
    public static (Demonstrations Train, EpisodeLog Validation, EpisodeLog Test) Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        const int each = 500;
        var episodes = (options.Actions ?? options.Size switch { ProblemSize.Tiny => 1000, ProblemSize.Small => 30_000, _ => 60_000 }) / each;
        int[] all = [.. Enumerable.Range(0, Tabletop.State)];
        return (new(Play("train", episodes), BoxSpace.Of(3, -1, 1), all, all), Play("validation", Math.Max(1, episodes / 10)), Play("test", Math.Max(1, episodes / 10)));

        EpisodeLog Play(string role, int count)
        {
            var (random, tables) = (RandomStream.Of(seed, $"tabletop-play-{role}"), new Tabletop(count, each));
            var players = Enumerable.Range(0, count).Select(_ => new TabletopPlayer(options.Noise)).ToArray();
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
            var (start, player) = (Tabletop.AnyState(random), new TabletopPlayer(0));
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
