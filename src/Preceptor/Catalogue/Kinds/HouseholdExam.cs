using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Control.Household;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Catalogue;

/// <summary>The exam of the built-in problem household: goals of pairs that nobody demonstrated, goals of pairs that somebody did, and those in unusual houses.</summary>
internal static class HouseholdExam
{
    private const int Episodes = 100, Shown = 3;

    /// <summary>What the problem asks for.</summary>
    internal static readonly Metric Novel = MeasuredScores.Metric("novel-goal-success", "share of episodes that reach a goal made of pairs of thing and receptacle that no demonstration was about", Better.Higher, 0, 1);

    /// <summary>As in demonstrations.</summary>
    internal static readonly Metric Known = MeasuredScores.Metric("known-goal-success", "share of episodes that reach a goal made of pairs that demonstrations were about", Better.Higher, 0, 1);

    /// <summary>In unusual houses.</summary>
    internal static readonly Metric Scenes = MeasuredScores.Metric("novel-scene-success", "share of episodes that reach a goal made of demonstrated pairs in houses where everything may be anywhere", Better.Higher, 0, 1);

    /// <summary>Draws the problem and its exam.</summary>
    internal static ExamTask<ControlProblem, Policy> Task(Specification specification, ulong seed)
    {
        var options = (HouseholdProblem.Options)specification.Problem;
        var (train, validation, test) = HouseholdProblem.Draw(options, seed);
        var problem = ControlKind.Problem(specification, train, validation) with { Scene = HouseholdNames.Form, Texts = HouseholdProblem.Texts(options, seed), Practice = HouseholdProblem.Practice(options, seed) };
        var roll = RandomStream.Key(seed, "household-exam");
        return new(problem, policy => Examine(policy, seed, roll), policy => Validate(policy, seed, RandomStream.Key(seed, "household-validation")))
        {
            Truth = options.Pairs == HouseholdPairs.All ? null : problem with { Demonstrations = HouseholdProblem.Draw(options with { Pairs = HouseholdPairs.All }, seed).Train },
            FurtherMetrics = [Novel, Known, Scenes],
            Show = policy => Show(policy, seed, roll),
            ScoredOn = ScoredOn.Truth,
            TestItems = Episodes,
            TrainingItems = train.Log.Count,
            LabelledItems = train.Log.Count,
            Fingerprint = ControlKind.Fingerprint(train, validation, test),
            Notes = [$"{train.Log.Steps} actions; the ceiling learns from as many episodes about any pairs"],
        };
    }

    private static MeasuredScores Examine(Policy policy, ulong seed, ulong roll)
    {
        var (demonstrated, heldOut) = HouseholdProblem.Pairs(seed);
        return MeasuredScores.Of(new Dictionary<string, double[]>
        {
            [Novel.Name] = Reached(policy, new(heldOut), roll),
            [Known.Name] = Reached(policy, new(demonstrated), roll + 1),
            [Scenes.Name] = Reached(policy, new(demonstrated, isUsual: false), roll + 2),
        });
    }

    // Pairs that demonstrations lack belong to the exam alone.
    private static MeasuredScores Validate(Policy policy, ulong seed, ulong roll) => MeasuredScores.Of(new Dictionary<string, double[]> { [Known.Name] = Reached(policy, new(HouseholdProblem.Pairs(seed).Demonstrated), roll) });

    private static double[] Reached(Policy policy, HouseholdTasks tasks, ulong seed) => [.. Rollouts.Play(Ask(tasks, Episodes), seed, policy, HouseholdNames.Form.Goal).Select(o => o.Terminated ? 1.0 : 0)];

    private static Households Ask(HouseholdTasks tasks, int count) => new(count, HouseholdProblem.Longest, (_, random, house) => tasks.Draw(random, house));

    /// <summary>Three episodes with goals that nobody demonstrated, in words.</summary>
    private static ReportParts Show(Policy policy, ulong seed, ulong roll)
    {
        var form = HouseholdNames.Form;
        var seen = Enumerable.Range(0, Shown).Select(_ => new List<float[]>()).ToArray();
        var outcomes = Rollouts.Play(Ask(new(HouseholdProblem.Pairs(seed).HeldOut), Shown), roll, policy, form.Goal, (episode, observation) => seen[episode].Add(observation.ToArray()));
        string[] Did(List<float[]> of) => [.. of.Skip(1).Select(o => string.Join(' ', form.History(o).Split(' ')[^2..]))];
        return new()
        {
            Tables =
            [
                new("three episodes with goals that nobody demonstrated",
                [
                    new TextColumn("asked for", [.. seen.Select(of => form.GoalText(of[0]))]),
                    new TextColumn("reached", [.. outcomes.Select(o => o.Terminated ? $"after {o.Steps} actions" : "no")]),
                    new TextColumn("done before the last action", [.. seen.Select(of => string.Join(", ", Did(of).Take(30)))]),
                ]),
            ],
        };
    }
}
