using Preceptor.Foundation;

namespace Preceptor.Reasoning;

/// <summary>A trajectory with its reward.</summary>
/// <param name="Trajectory">The trajectory.</param>
/// <param name="LogReward">The logarithm of its reward.</param>
internal sealed record FoundTrajectory(Trajectory Trajectory, double LogReward);

/// <summary>Finds trajectories to learn a flow from: out of memory, or drawn by the policy with exploration and bettered by local search (Yu et al. 2024, section 3.3).</summary>
/// <param name="problem">The problem.</param>
/// <param name="run">The run, whose streams decide.</param>
/// <param name="policy">What draws.</param>
/// <param name="before">The policy before the training, whose likelihoods are rewarded; null where they are not.</param>
/// <param name="memory">The best of each question.</param>
/// <param name="options">How.</param>
internal sealed class TrajectorySearch(ReasoningProblem problem, Run run, StepPolicy policy, StepPolicy? before, TrajectoryMemory memory, GenerativeFlowPolicy.Options options)
{
    // As in the published code.
    private const double HotShare = 0.5;

    /// <summary>What draws.</summary>
    public StepPolicy Policy => policy;

    /// <summary>A group of trajectories of each question, each with a step.</summary>
    /// <param name="rows">The questions' places in the memory.</param>
    /// <param name="prompts">Their tokens.</param>
    /// <param name="starts">Where they begin.</param>
    /// <param name="progress">How much of the training is done, from 0 to 1.</param>
    /// <param name="pass">The pass over the questions.</param>
    /// <param name="number">The number within it.</param>
    public FoundTrajectory[][] Gather(int[] rows, int[][] prompts, StepState[] starts, double progress, int pass, int number)
    {
        var isOwn = options.Objective == GenerativeFlowPolicy.FlowObjective.Maximise;
        double Between(double first, double last) => first + (last - first) * progress;
        var groups = new FoundTrajectory[rows.Length][];
        if (!isOwn)
            for (var q = 0; q < rows.Length; q++)
            {
                var random = run.Random("replay", pass, number, q);
                if (random.NextDouble() < Between(options.FirstReplay, options.LastReplay) && memory.Draw(rows[q], options.Group, random) is { } kept) groups[q] = [.. kept.Select(k => new FoundTrajectory(policy.Repeat(starts[q], k.Choices), k.LogReward))];
            }
        int[] fresh = [.. Enumerable.Range(0, rows.Length).Where(q => groups[q] is null)];
        if (fresh.Length == 0) return groups;
        var drawing = new StepDrawing(isOwn ? 1 : Between(options.Heat, 1), problem.Solving.AnswerTokens, (ulong)run.TorchSeed("trajectories", pass, number)) { Share = HotShare, Exploration = isOwn ? 0 : Between(options.FirstExploration, options.LastExploration) };
        var drawn = policy.Draw([.. fresh.Select(q => prompts[q])], [.. fresh.Select(q => new Trajectory(starts[q]))], options.Group, drawing, run.Cancellation);
        foreach (var (q, of) in fresh.Zip(drawn))
        {
            var found = Rewarded(prompts[q], of);
            groups[q] = isOwn ? found : [.. found, .. Bettered(prompts[q], found.MaxBy(f => f.LogReward)!, run.Random("local-search", pass, number, q))];
            if (isOwn) continue;
            foreach (var (trajectory, reward) in groups[q]) memory.Add(rows[q], [.. trajectory.Choices], reward);
        }
        return groups;
    }

    // The first half of the best, finished at random; what is no better is left.
    private FoundTrajectory[] Bettered(int[] prompt, FoundTrajectory best, RandomStream random)
    {
        var half = best.Trajectory.First(best.Trajectory.Length / 2);
        Trajectory[] tried = [.. Enumerable.Range(0, options.LocalSearch).Select(_ => policy.Random(prompt, half, problem.Solving.AnswerTokens, random)).DistinctBy(t => t.Key)];
        return [.. Rewarded(prompt, tried).Where(f => f.LogReward > best.LogReward)];
    }

    private FoundTrajectory[] Rewarded(int[] prompt, Trajectory[] trajectories)
    {
        var likelihoods = before is null || trajectories.Length == 0 ? null : before.OfText([.. trajectories.Select(_ => prompt)], trajectories, run.Cancellation);
        return [.. trajectories.Select((t, i) => new FoundTrajectory(t, GenerativeFlowPolicy.LogReward(t.End, likelihoods?[i] ?? [], options)))];
    }
}
