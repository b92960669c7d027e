using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Reasoning;

/// <summary>How the scores of a solution's steps come together.</summary>
public enum StepAggregation
{
    /// <summary>By the least so far.</summary>
    Least,

    /// <summary>By the product so far.</summary>
    Product,
}

/// <summary>What a policy is rewarded with by an evaluator of steps and, where an answer is known, by a check.</summary>
public record ProcessRewardOptions : EvaluatorOptions
{
    /// <summary>How scores come together.</summary>
    [Description("A step costs as much as it lowers the least score so far, or the product of the scores so far: least | product")]
    [Source("Sun et al. 2024, section 3.3; process_reward_scheme in the code")]
    public StepAggregation Aggregation { get; set; }

    /// <summary>u.</summary>
    [Description("The score from which on steps begin to cost: a least score, or a product, above it costs nothing")]
    [Range(0, 1)]
    [Source("process_reward_upper_bound in the published recipe; 1 by default in the code")]
    public double UpperBound { get; set; } = 0.5;

    /// <summary>The factor of step rewards.</summary>
    [Description("Factor of the rewards of steps; 0: outcomes alone")]
    [Range(0, 1000)]
    [Source("process_reward_scale")]
    public double ProcessScale { get; set; } = 1;

    /// <summary>The bonus of a solution's steps.</summary>
    [Description("What the steps of a solution are given together, in equal parts")]
    [Range(0, 100)]
    [Source("positive_score in the code")]
    public double Bonus { get; set; } = 0.25;

    /// <summary>The reward of a right answer.</summary>
    [Description("Whether a right answer to a question whose answer is known is rewarded with 1 and a wrong one with 0; if not, every answer gets method.unknown")]
    [Source("easy_outcome_reward")]
    public bool Outcomes { get; set; } = true;

    /// <summary>The reward of an answer to a question whose answer nobody knows.</summary>
    [Description("The reward of an answer to a question whose answer is not known")]
    [Range(-100, 100)]
    [Source("unavailable_reward in the code")]
    public double Unknown { get; set; } = 0.25;

    /// <summary>What is taken off where there is no answer.</summary>
    [Description("What is taken off the reward of a solution that does not end, or without an answer that can be read")]
    [Range(0, 100)]
    [Source("penalty_reward_value")]
    public double NoAnswer { get; set; } = 1;

    /// <summary>Whether it is taken off.</summary>
    [Description("Whether method.no-answer is taken off the reward; false: the reward is then less than nothing by it, whatever else there is")]
    [Source("relative_stop_token_penalty in the published recipe")]
    public bool NoAnswerTakenOff { get; set; } = true;
}

/// <summary>Rewards of a solution's tokens (Sun et al. 2024; shape_math_process_rewards in the official code).</summary>
[Version(1)]
public static class ProcessRewardShaping
{
    /// <summary>
    /// ρ of each step: how far it lowers the least score so far, or the product, below u; 0 for a step that does not. So they sum to min(u, min v) − u, or with the product in place of the least; and a bonus in equal parts.
    /// </summary>
    /// <param name="scores">The steps' scores v, from 0 to 1.</param>
    /// <param name="options">How.</param>
    public static double[] OfSteps(IReadOnlyList<double> scores, ProcessRewardOptions options)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(options);
        const double floor = 1e-6; // as published: the bonus of no steps would otherwise be divided by 0
        var (least, product, rewards) = (options.UpperBound, 1.0, new double[scores.Count]);
        for (var k = 0; k < scores.Count; k++)
        {
            product *= scores[k];
            var score = options.Aggregation == StepAggregation.Product ? product : scores[k];
            if (score < least) (rewards[k], least) = (score - least, score);
            rewards[k] = options.ProcessScale * (rewards[k] + options.Bonus / (scores.Count + floor));
        }
        return rewards;
    }

    /// <summary>The reward of an answer as a whole.</summary>
    /// <param name="isRight">Whether it is right; null where nobody knows.</param>
    /// <param name="missing">How much an answer is missing: 0 where there is one, 1 where there is none.</param>
    /// <param name="options">How.</param>
    public static double OfAnswer(bool? isRight, double missing, ProcessRewardOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (missing > 0 && !options.NoAnswerTakenOff) return -options.NoAnswer;
        return (options.Outcomes && isRight is { } right ? right ? 1 : 0 : options.Unknown) - missing * options.NoAnswer;
    }

    /// <summary>Rewards of tokens: each step's at the tokens that end it, in equal parts, and the answer's at the last.</summary>
    /// <param name="length">Tokens of the solution.</param>
    /// <param name="steps">Rewards of the steps.</param>
    /// <param name="ends">The first of the tokens that end each step.</param>
    /// <param name="answer">The reward of the answer.</param>
    /// <param name="width">How many tokens end a step: one, or two in the official code's texts.</param>
    public static double[] OfTokens(int length, IReadOnlyList<double> steps, IReadOnlyList<int> ends, double answer, int width = 1)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(ends);
        var rewards = new double[length];
        foreach (var (reward, end) in steps.Zip(ends))
            for (var i = 0; i < width; i++) rewards[end + i] += reward / width;
        rewards[^1] += answer;
        return rewards;
    }
}
