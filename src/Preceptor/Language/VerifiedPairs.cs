using Microsoft.Extensions.Logging;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;

namespace Preceptor.Language;

/// <summary>Pairs that a check makes of a model's own answers: for each prompt, one that is right before one that is wrong (Qwen2.5 report, section 4.2).</summary>
[Version(1)]
internal static class VerifiedPairs
{
    /// <summary>Makes them; a prompt whose answers are all right or all wrong gives none.</summary>
    /// <param name="problem">The problem, which has a check.</param>
    /// <param name="run">The run.</param>
    /// <param name="model">The model that answers.</param>
    /// <param name="samples">Answers a prompt.</param>
    /// <param name="temperature">Their temperature.</param>
    /// <exception cref="WorkException">No prompt gives a pair.</exception>
    public static PreferencePairs Make(LanguageProblem problem, Run run, LanguageModel model, int samples, double temperature)
    {
        run.Uses(typeof(VerifiedPairs));
        var train = problem.Train;
        var prompts = train.PromptsOf(Enumerable.Range(0, train.Count));
        var answers = model.Generate(prompts, new() { Samples = samples, Temperature = temperature, MaxTokens = Answers.Most(train), Seed = (ulong)run.TorchSeed("answers") }, run.Cancellation);
        var (chosen, rejected) = (new List<(int[], int[])>(), new List<(int[], int[])>());
        for (var i = 0; i < train.Count; i++)
        {
            var rewards = Answers.Rewards(problem, i, answers[i]);
            var (right, wrong) = (Array.FindIndex(rewards, r => r > 0), Array.FindIndex(rewards, r => r <= 0));
            if (right < 0 || wrong < 0) continue;
            chosen.Add((prompts[i], Answers.Whole(answers[i][right], model.Ends)));
            rejected.Add((prompts[i], Answers.Whole(answers[i][wrong], model.Ends)));
        }
        if (chosen.Count == 0) throw new WorkException($"{problem.Name}: of {samples} answers to each of {train.Count} prompts, all are right or all are wrong, so that no pair can be made; raise method.samples, or train the model before for longer or shorter");
        run.Log.LogInformation("{Pairs} of {Prompts} prompts have a right and a wrong answer", chosen.Count, train.Count);
        return new(TokenSequences.Of(chosen), TokenSequences.Of(rejected));
    }
}

/// <summary>A model's answers to the problem's prompts.</summary>
internal static class Answers
{
    /// <summary>A limit to their length: a quarter more than the longest response.</summary>
    public static int Most(TokenSequences sequences)
    {
        var longest = Enumerable.Range(0, sequences.Count).Max(i => sequences.Lengths[i] - sequences.Prompts[i]);
        return longest + longest / 4 + 1;
    }

    /// <summary>What the problem's check says of each; an answer that never ended is wrong.</summary>
    public static double[] Rewards(LanguageProblem problem, int prompt, Generation[] answers)
    {
        ArgumentNullException.ThrowIfNull(problem.Check);
        return Rewards(problem.Check, problem.Tokenizer, prompt, answers);
    }

    /// <summary>What a check says of answers to its row; one that never ended is wrong.</summary>
    public static double[] Rewards(OutcomeCheck check, Tokenizer tokenizer, int row, Generation[] answers) => [.. answers.Select(a => a.Ended ? check.Reward(row, tokenizer.Decode([.. a.Tokens])) : 0)];

    /// <summary>An answer's tokens with the one that ended it; at least one.</summary>
    public static int[] Whole(Generation answer, IReadOnlyList<int> ends) => answer.Ended ? [.. answer.Tokens, ends[0]] : [.. answer.Tokens];
}
