using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Catalogue;

/// <summary>The exam of the built-in problem tabletop-play: policies are asked to bring one thing into the state that a player left it in.</summary>
internal static class TabletopPlayExam
{
    private const int EpisodesAThing = 40, Longest = 120, Frames = 10;

    private static readonly TabletopThing[] Things = Enum.GetValues<TabletopThing>();

    /// <summary>What the problem asks for.</summary>
    internal static readonly Metric Success = MeasuredScores.Metric("success", "share of tasks in which the thing comes to be as the goal has it, all six things alike", Better.Higher, 0, 1);

    /// <summary>Where there are many ways.</summary>
    internal static readonly Metric Discs = MeasuredScores.Metric("disc-success", "share of the tasks with discs, which must be carried past the obstacle on either side", Better.Higher, 0, 1);

    /// <summary>Where there are few.</summary>
    internal static readonly Metric Fixed = MeasuredScores.Metric("fixture-success", "share of the tasks with the drawer and the buttons", Better.Higher, 0, 1);

    /// <summary>From elsewhere.</summary>
    internal static readonly Metric Shifted = MeasuredScores.Metric("shifted-success", "share of tasks, where the gripper starts up to 0.3 away in each direction", Better.Higher, 0, 1);

    /// <summary>Draws the problem and its exam.</summary>
    internal static ExamTask<ControlProblem, Policy> Task(Specification specification, ulong seed)
    {
        var (train, validation, test) = TabletopPlayProblem.Draw((TabletopPlayProblem.Options)specification.Problem, seed);
        var roll = RandomStream.Key(seed, "tabletop-play-exam");
        return new(ControlKind.Problem(specification, train, validation), policy => Examine(policy, test, roll), policy => Examine(policy, validation, RandomStream.Key(seed, "tabletop-play-validation")))
        {
            FurtherMetrics = [Success, Discs, Fixed, Shifted],
            Show = policy => Show(policy, roll),
            ScoredOn = ScoredOn.Truth,
            TestItems = Things.Length * EpisodesAThing,
            TrainingItems = train.Log.Steps,
            LabelledItems = train.Log.Steps,
            Fingerprint = ControlKind.Fingerprint(train, validation, test),
            Notes = [$"{train.Log.Steps} actions in {train.Log.Count} episodes"],
        };
    }

    private static MeasuredScores Examine(Policy policy, EpisodeLog log, ulong seed)
    {
        double[] Reached(double shift) => [.. Rollouts.Play(new Tabletop(Things.Length * EpisodesAThing, Longest, (table, random) => TabletopPlayProblem.Task(Things[table / EpisodesAThing], random, shift)), seed, policy, TabletopPlayProblem.Asked).Select(o => o.Terminated ? 1.0 : 0)];
        double[] reached = Reached(0), shifted = Reached(0.3);
        var (discs, fixtures) = (reached[..(3 * EpisodesAThing)], reached[(3 * EpisodesAThing)..]);
        return MeasuredScores.Of(new Dictionary<string, double[]> { [Success.Name] = reached },
            new Dictionary<string, double> { [Discs.Name] = discs.Average(), [Fixed.Name] = fixtures.Average(), [Shifted.Name] = shifted.Average(), [ControlKind.Error.Name] = policy.ActionErrors(log).Average() });
    }

    /// <summary>An episode with a disc, one with the drawer and one with a button, in pictures evenly apart.</summary>
    private static ReportParts Show(Policy policy, ulong seed)
    {
        TabletopThing[] things = [TabletopThing.FirstDisc, TabletopThing.Drawer, TabletopThing.SecondButton];
        var seen = things.Select(_ => new List<float[]>()).ToArray();
        var outcomes = Rollouts.Play(new Tabletop(things.Length, Longest, (table, random) => TabletopPlayProblem.Task(things[table], random)), seed, policy, TabletopPlayProblem.Asked, (table, observation) => seen[table].Add(observation.ToArray()));
        Picture Frame(int table, int step, bool isLast) => new(TabletopPicture.Of(seen[table][step].AsSpan(0, Tabletop.State), seen[table][step].AsSpan(Tabletop.State)), isLast && outcomes[table].Terminated ? $"{step}, then done" : $"{step}");
        IReadOnlyList<Picture> Strip(int table)
        {
            int[] steps = [.. Enumerable.Range(0, Frames).Select(frame => frame * (seen[table].Count - 1) / (Frames - 1)).Distinct()];
            return [.. steps.Select((step, frame) => Frame(table, step, frame == steps.Length - 1))];
        }
        return new()
        {
            Charts = [new PictureChart("Three episodes", "What the method's policy did where a disc, the drawer and a button were to be as a player left them: the table from above and the number of actions so far. Rings are where the goal has things; the gripper is black when it is closed.", [.. Enumerable.Range(0, things.Length).Select(Strip)])],
        };
    }
}
