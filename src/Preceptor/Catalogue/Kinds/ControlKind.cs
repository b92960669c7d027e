using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Catalogue;

/// <summary>Control: policies learned from logs of episodes. Built-in problems let them act; logs of one's own are scored by how near actions come to those that were taken.</summary>
internal sealed class ControlKind : ExamKind<ControlProblem, Policy>
{
    private const int EpisodesAPair = 10;

    /// <summary>Success from starts to goals that no episode of the log joined.</summary>
    internal static readonly Metric Unseen = MeasuredScores.Metric("unseen-success", "share of episodes that reach their goal, from starts to goals that no episode of the log joined", Better.Higher, 0, 1);

    /// <summary>Success from starts to goals that episodes of the log joined.</summary>
    internal static readonly Metric Seen = MeasuredScores.Metric("seen-success", "share of episodes that reach their goal, from starts to goals that episodes of the log joined", Better.Higher, 0, 1);

    /// <summary>Success where two episodes are enough.</summary>
    internal static readonly Metric One = MeasuredScores.Metric("one-stitch-success", "share of unseen episodes that reach their goal where parts of two episodes are enough", Better.Higher, 0, 1);

    /// <summary>Success where it takes more.</summary>
    internal static readonly Metric More = MeasuredScores.Metric("more-stitches-success", "share of unseen episodes that reach their goal where it takes parts of three or four", Better.Higher, 0, 1);

    internal static readonly Metric Error = MeasuredScores.Metric("action-error", "root mean square of the difference to the actions of a log that was held out, asked for where its episodes end", Better.Lower, 0, double.PositiveInfinity);

    public override string Name => ControlData.KindName;

    public override Type DataType => typeof(ControlData);

    public override Type ModelType => typeof(PolicyModelOptions);

    public override string Baseline => "behaviour-cloning";

    public override IReadOnlyList<Metric> Metrics(ExamTask<ControlProblem, Policy> task) => [.. task.FurtherMetrics, Error];

    public override TrainingSummary? Training(Policy model) => model.Training;

    public override string Use(string folder) => $"predict {folder} states.csv --out actions.csv";

    public override ExamTask<ControlProblem, Policy> Draw(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx)
    {
        var data = (ControlData)specification.Problem;
        var (train, validation, test) = data.Draw(specification.ProblemSettings, read, seed);
        MeasuredScores Score(Policy policy, EpisodeLog log) => MeasuredScores.Of(new Dictionary<string, double[]> { [Error.Name] = policy.ActionErrors(log) });
        return new(Problem(specification, train, validation), policy => Score(policy, test), policy => Score(policy, validation))
        {
            ScoredOn = ScoredOn.Truth,
            TestItems = test.Count,
            TrainingItems = train.Log.Count,
            LabelledItems = train.Log.Count,
            Fingerprint = Fingerprint(train, validation, test),
            Notes = [$"{train.Log.Steps} actions; scored by the actions of {test.Count} episodes that were held out, not by acting"],
        };
    }

    /// <summary>The built-in problem stitching-maze.</summary>
    internal static ExamTask<ControlProblem, Policy> StitchingMaze(Specification specification, ulong seed)
    {
        var options = (StitchingMazeProblem.Options)specification.Problem;
        var (train, validation, test) = StitchingMazeProblem.Draw(options, seed);
        var problem = Problem(specification, train, validation);
        // Where episodes join any two cells, the same pairs are asked for: there is nothing to stitch then.
        (int Start, int Goal)[] pairs = [.. Maze.U.Free.SelectMany(start => Maze.U.Free.Where(goal => goal != start).Select(goal => (start, goal)))];
        (int Start, int Goal)[] seen = [.. pairs.Where(p => StitchingMazeProblem.Stitches(p.Start, p.Goal) == 0)], unseen = [.. pairs.Where(p => StitchingMazeProblem.Stitches(p.Start, p.Goal) > 0)];
        var roll = RandomStream.Key(seed, "stitching-maze-exam");
        return new(problem, policy => Examine(policy, unseen, seen, test, roll), policy => Validate(policy, seen, validation, RandomStream.Key(seed, "stitching-maze-validation")))
        {
            Truth = options.Pairs == DemonstratedPairs.All ? null : problem with { Demonstrations = StitchingMazeProblem.Draw(options with { Pairs = DemonstratedPairs.All }, seed).Train },
            FurtherMetrics = [Unseen, Seen, One, More],
            Show = policy => Show(policy, roll),
            ScoredOn = ScoredOn.Truth,
            TestItems = unseen.Length * EpisodesAPair,
            TrainingItems = train.Log.Count,
            LabelledItems = train.Log.Count,
            Fingerprint = Fingerprint(train, validation, test),
            Notes = [$"{train.Log.Steps} actions; the ceiling learns from as many episodes between any two cells"],
        };
    }

    internal static ControlProblem Problem(Specification specification, Demonstrations train, EpisodeLog validation) =>
        new(specification.ProblemName, train, validation) { Model = (PolicyModelOptions)specification.ModelSection, Training = specification.Training };

    private static MeasuredScores Examine(Policy policy, (int Start, int Goal)[] unseen, (int Start, int Goal)[] seen, EpisodeLog test, ulong seed)
    {
        double[] reached = Reached(policy, unseen, seed), known = Reached(policy, seen, seed + 1);
        double Mean(Func<int, bool> has) => reached.Where((_, i) => has(StitchingMazeProblem.Stitches(unseen[i / EpisodesAPair].Start, unseen[i / EpisodesAPair].Goal))).Average();
        return MeasuredScores.Of(new Dictionary<string, double[]> { [Unseen.Name] = reached },
            new Dictionary<string, double> { [Seen.Name] = known.Average(), [One.Name] = Mean(stitches => stitches == 1), [More.Name] = Mean(stitches => stitches > 1), [Error.Name] = policy.ActionErrors(test).Average() });
    }

    // Pairs that the log lacks belong to the exam alone.
    private static MeasuredScores Validate(Policy policy, (int Start, int Goal)[] seen, EpisodeLog validation, ulong seed) =>
        MeasuredScores.Of(new Dictionary<string, double[]> { [Seen.Name] = Reached(policy, seen, seed) }, new Dictionary<string, double> { [Error.Name] = policy.ActionErrors(validation).Average() });

    private static double[] Reached(Policy policy, (int Start, int Goal)[] pairs, ulong seed) =>
        [.. Rollouts.Play(StitchingMazeProblem.Ask(pairs, EpisodesAPair), seed, policy, StitchingMazeProblem.Asked).Select(o => o.Terminated ? 1.0 : 0)];

    internal static string Fingerprint(Demonstrations train, EpisodeLog validation, EpisodeLog test) => $"{train.Fingerprint}-{validation.Fingerprint}-{test.Fingerprint}";

    private static ReportParts Show(Policy policy, ulong seed)
    {
        var (x, y) = (new List<double>(), new List<double>());
        Rollouts.Play(StitchingMazeProblem.Ask([(StitchingMazeProblem.Parts[0][0], StitchingMazeProblem.Parts[^1][^1])], 1), seed, policy, StitchingMazeProblem.Asked, (_, seen) =>
        {
            x.Add(seen[0]);
            y.Add(Maze.U.Height - seen[1]);
        });
        double[] walls = [.. Enumerable.Range(0, Maze.U.Width * Maze.U.Height).Where(cell => Maze.U.IsWall(cell / Maze.U.Width, cell % Maze.U.Width))];
        return new()
        {
            Charts = [new CurveChart("An episode from the upper left to the lower left", "Where the method's policy went, a point a step; no episode of the log goes from there to there. Walls fill the middle, left of the right corridor.", "x", "y",
                [new("walls, their middles", [.. walls.Select(cell => Maze.U.Middle((int)cell).X)], [.. walls.Select(cell => (double)Maze.U.Height - Maze.U.Middle((int)cell).Y)]) { IsPoints = true }, new("places", [.. x], [.. y]) { IsPoints = true }])],
        };
    }
}
