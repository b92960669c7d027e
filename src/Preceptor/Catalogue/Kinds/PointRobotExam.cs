using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Catalogue;

/// <summary>The exam of the built-in problem point-robot: policies act from starts where hazards can be avoided, and from others where they cannot.</summary>
internal static class PointRobotExam
{
    private const int Episodes = 192, UnavoidableEpisodes = 64, Grid = 60;

    /// <summary>What the problem asks for.</summary>
    internal static readonly Metric SafeSuccess = MeasuredScores.Metric("safe-success", "share of episodes that reach the goal and never enter a hazard, from starts where hazards can be avoided", Better.Higher, 0, 1);

    /// <summary>Harm.</summary>
    internal static readonly Metric ViolationRate = MeasuredScores.Metric("violation-rate", "share of episodes that enter a hazard, from starts where hazards can be avoided", Better.Lower, 0, 1);

    /// <summary>Reward.</summary>
    internal static readonly Metric Return = MeasuredScores.Metric("return", "sum of an episode's rewards, from starts where hazards can be avoided", Better.Higher, double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>Harm where some must come.</summary>
    internal static readonly Metric Depth = MeasuredScores.Metric("depth", "how deep an episode goes into a hazard, from starts where hazards cannot be avoided", Better.Lower, -4, PointRobots.HazardRadius);

    /// <summary>What is known of feasibility.</summary>
    internal static readonly Metric FeasibleSet = MeasuredScores.Metric("feasible-set-iou", "places from which the policy holds hazards to be avoidable, at speed 2 heading to the upper right, against those from which they are: intersection over union", Better.Higher, 0, 1);

    /// <summary>Draws the problem and its exam.</summary>
    internal static ExamTask<ControlProblem, Policy> Task(Specification specification, ulong seed)
    {
        var (train, validation, test) = PointRobotProblem.Draw((PointRobotProblem.Options)specification.Problem, seed);
        var roll = RandomStream.Key(seed, "point-robot-exam");
        return new(ControlKind.Problem(specification, train, validation), policy => Examine(policy, test, roll), policy => Examine(policy, validation, RandomStream.Key(seed, "point-robot-validation")))
        {
            FurtherMetrics = [SafeSuccess, ViolationRate, Return, Depth, FeasibleSet],
            Show = policy => Show(policy, roll),
            ScoredOn = ScoredOn.Truth,
            TestItems = Episodes,
            TrainingItems = train.Log.Count,
            LabelledItems = train.Log.Count,
            Fingerprint = ControlKind.Fingerprint(train, validation, test),
            Notes = [Note(train.Log)],
        };
    }

    private static string Note(EpisodeLog log)
    {
        var (violating, at) = (0, 0);
        foreach (var length in log.Lengths)
        {
            if (log.Costs.AsSpan(at, length).ContainsAnyInRange(float.Epsilon, float.MaxValue)) violating++;
            at += length;
        }
        return $"{log.Steps} actions; {100.0 * violating / log.Count:0} % of the log's episodes enter a hazard";
    }

    private static MeasuredScores Examine(Policy policy, EpisodeLog log, ulong seed)
    {
        var outcomes = Rollouts.Play(new PointRobots(Episodes + UnavoidableEpisodes, (robot, random) => PointRobotProblem.Start(random, isAvoidable: robot < Episodes)), seed, policy, []);
        EpisodeOutcome[] safe = outcomes[..Episodes], unavoidable = outcomes[Episodes..];
        double[] Of(Func<EpisodeOutcome, double> score) => [.. safe.Select(score)];
        var perItem = new Dictionary<string, double[]>
        {
            [SafeSuccess.Name] = Of(o => o.LastReward > 0.5f && o.LargestCost <= 0 ? 1 : 0),
            [ViolationRate.Name] = Of(o => o.LargestCost > 0 ? 1 : 0),
            [Return.Name] = Of(o => o.Return),
        };
        var others = new Dictionary<string, double> { [Depth.Name] = unavoidable.Average(o => o.LargestCost), [ControlKind.Error.Name] = policy.ActionErrors(log).Average() };
        if (policy is DiffusionPolicy diffusion) others[FeasibleSet.Name] = Overlap(diffusion);
        return MeasuredScores.Of(perItem, others);
    }

    private static double Overlap(DiffusionPolicy policy)
    {
        var (states, known) = Field(policy);
        var (both, either) = (0, 0);
        for (var i = 0; i < states.Length; i++)
        {
            var isAvoidable = PointRobots.IsAvoidable(states[i]);
            if (isAvoidable && known[i] <= 0) both++;
            if (isAvoidable || known[i] <= 0) either++;
        }
        return (double)both / either;
    }

    private static (RobotState[] States, float[] Harm) Field(DiffusionPolicy policy)
    {
        RobotState[] states = [.. Enumerable.Range(0, Grid * Grid).Select(i => new RobotState(-3 + 6 * (i % Grid + 0.5) / Grid, -3 + 6 * (i / Grid + 0.5) / Grid, 2, Math.PI / 4))];
        var seen = new float[states.Length * PointRobots.Seen];
        for (var i = 0; i < states.Length; i++) PointRobots.See(states[i], seen.AsSpan(i * PointRobots.Seen, PointRobots.Seen));
        return (states, policy.Harm(seen));
    }

    private static ReportParts Show(Policy policy, ulong seed)
    {
        var (x, y) = (new List<double>(), new List<double>());
        Rollouts.Play(new PointRobots(8, (_, random) => PointRobotProblem.Start(random, isAvoidable: true)), seed, policy, [], (_, seen) =>
        {
            x.Add(seen[0]);
            y.Add(seen[1]);
        });
        double[] round = [.. Enumerable.Range(0, 41).Select(i => 2 * Math.PI * i / 40)];
        ChartSeries Ring((double X, double Y) middle, string name) => new(name, [.. round.Select(a => middle.X + PointRobots.HazardRadius * Math.Cos(a))], [.. round.Select(a => middle.Y + PointRobots.HazardRadius * Math.Sin(a))]);
        var curves = new List<ChartSeries> { Ring(PointRobots.Hazards[0], "hazard"), Ring(PointRobots.Hazards[1], "the other hazard"), new("places", [.. x], [.. y]) { IsPoints = true } };
        if (policy is DiffusionPolicy diffusion)
        {
            var (states, harm) = Field(diffusion);
            RobotState[] held = [.. states.Where((_, i) => harm[i] > 0)];
            curves.Insert(0, new("held to be too late, at speed 2 heading to the upper right", [.. held.Select(s => s.X)], [.. held.Select(s => s.Y)]) { IsPoints = true });
        }
        return new() { Charts = [new CurveChart("Eight episodes among the hazards", "Where the method's policy went, a point a step, from the lower left; the goal lies at 2.2, 2.2.", "x", "y", curves)] };
    }
}
