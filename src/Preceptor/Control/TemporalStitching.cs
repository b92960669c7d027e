using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>
/// Temporal goal augmentation (Ghugare et al. 2024, algorithm 1): goal-conditioned cloning in which a goal is, with a probability, exchanged for a later place of any trajectory that passes through the same cluster of observations
/// as the goal. The action led to the old goal, the other trajectory leads from there to the new one; so pairs of start and goal are learned that no episode has. With probability 0 it is behaviour-cloning, bit for bit; with one cluster
/// the new goal has nothing to do with the old one. Of a policy that reads the last moments (<c>model.reader: transformer</c>), a sequence that comes to the old goal before its end goes on in the other trajectory.
/// </summary>
[Method("temporal-stitching", "Temporal goal stitching", Paper = 68, Summary = "Goal-conditioned cloning that exchanges goals for later ones of other episodes passing nearby, to reach goals that no episode reached from there.", Citation = "Ghugare, Geist, Berseth & Eysenbach 2024 (Closing the Gap between TD Learning and Supervised Learning)")]
[Distributed]
[Version(1)]
public sealed class TemporalStitching(TemporalStitching.Options options) : IFit<ControlProblem, Policy>, INeeds<ReachedGoals>
{
    /// <summary>What clusters are of.</summary>
    public enum Closeness
    {
        /// <summary>All numbers that the policy sees, speeds included.</summary>
        State,

        /// <summary>The numbers that a goal asks for.</summary>
        Goal,
    }

    /// <summary>The options.</summary>
    public sealed record Options
    {
        /// <summary>ε.</summary>
        [Description("How often a goal is exchanged; 0: behaviour-cloning")]
        [Range(0, 1)]
        [Source("algorithm 1, ε; released README: 0.5")]
        [Tried("0.25", "0.5")]
        public double Probability { get; set; } = 0.5;

        /// <summary>K.</summary>
        [Description("Clusters of observations by k-means; 1: any goal is near any other")]
        [Range(1, 100_000)]
        [Source("released README: 40 for the U maze")]
        public int Clusters { get; set; } = 40;

        /// <summary>What is near.</summary>
        [Description("state: observations are near if all that the policy sees is; goal: if the numbers that a goal asks for are; left out: goal with model.reader: transformer, else state")]
        [Source("released code: the observation for perceptrons, the goal for sequences")]
        public Closeness? Near { get; set; }
    }

    /// <inheritdoc/>
    public Policy Fit(ControlProblem problem, Run run)
    {
        var log = problem.Demonstrations.Log;
        return run.Train(problem, options.Probability == 0 ? new int[log.Steps + log.Count] : Cluster(problem, run), options.Probability);
    }

    // Standardised, so that places count as much as speeds.
    private int[] Cluster(ControlProblem problem, Run run)
    {
        var (log, _, state, goal) = problem.Demonstrations;
        var near = options.Near ?? (problem.Model.Reader == PolicyReader.Transformer ? Closeness.Goal : Closeness.State);
        int[] numbers = [.. near == Closeness.State ? state : goal];
        var (means, deviations) = GoalTraining.Standard(log, numbers);
        var points = new float[(log.Steps + log.Count) * numbers.Length];
        for (var i = 0; i < points.Length; i++)
        {
            var number = i % numbers.Length;
            points[i] = (log.Seen(i / numbers.Length)[numbers[number]] - means[number]) / deviations[number];
        }
        return Data.Clusters.Find(points, numbers.Length, Math.Min(options.Clusters, points.Length / numbers.Length), run.Random("clusters")).Clusters;
    }
}
