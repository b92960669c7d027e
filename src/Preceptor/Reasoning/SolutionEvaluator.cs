using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Reasoning;

/// <summary>What an evaluator learns from.</summary>
public enum EvaluatorSupervision
{
    /// <summary>From both: steps, and whether answers are right.</summary>
    Both,

    /// <summary>From steps.</summary>
    Process,

    /// <summary>From whether answers are right.</summary>
    Outcome,
}

/// <summary>Who says whether a step is right.</summary>
public enum StepJudge
{
    /// <summary>The problem's check of steps.</summary>
    Checker,

    /// <summary>Roll-outs: whether any that goes on from there ends right (Wang et al. 2024, Math-Shepherd).</summary>
    Rollouts,
}

/// <summary>How an evaluator of solutions is trained.</summary>
public record EvaluatorOptions
{
    /// <summary>What it learns from.</summary>
    [Description("What the evaluator learns from: process: which steps are right | outcome: which answers are | both")]
    [Source("Sun et al. 2024, section 3.2")]
    public EvaluatorSupervision Evaluator { get; set; }

    /// <summary>Who judges steps.</summary>
    [Description("Who says whether a step is right: checker: the problem's program | rollouts: whether any of method.rollouts continuations ends right")]
    public StepJudge Judge { get; set; }

    /// <summary>Roll-outs.</summary>
    [Description("With judge rollouts: continuations of each beginning")]
    [Range(1, 1000)]
    [Source("Wang et al. 2024, section 4.1")]
    public int Rollouts { get; set; } = 8;

    /// <summary>Solutions.</summary>
    [Description("Solutions that the policy draws to each training question whose answer is known")]
    [Range(1, 10_000)]
    public int Samples { get; set; } = 8;

    /// <summary>Questions.</summary>
    [Description("Most training questions that solutions are drawn to, those without a worked solution first; 0: all")]
    [Range(0, 10_000_000)]
    public int Questions { get; set; }

    /// <summary>The temperature.</summary>
    [Description("The temperature at which they are drawn")]
    [Range(0, 10, MinimumIsExclusive = true)]
    public double Temperature { get; set; } = 1;

    /// <summary>Whether every token is labelled.</summary>
    [Description("Whether every token of a step, or of a solution, has its label to learn, and not the last alone")]
    [Source("train_on_every_token in the published recipe")]
    public bool EveryToken { get; set; } = true;

    /// <summary>Passes.</summary>
    [Description("Passes of the evaluator over what is labelled")]
    [Range(1, 10_000)]
    [Source("examples/README.md of the official code")]
    public int EvaluatorEpochs { get; set; } = 2;

    /// <summary>The evaluator's rate.</summary>
    [Description("The evaluator's learning rate; left out: training.rate")]
    [Range(0, 100, MinimumIsExclusive = true)]
    public double? EvaluatorRate { get; set; }

    /// <summary>The score of a solution.</summary>
    [Description("A solution's score by its steps: least, product or last; an evaluator of outcomes always has last")]
    public SolutionScore Score { get; set; } = SolutionScore.Least;

    /// <summary>The same without what a derived record adds.</summary>
    internal EvaluatorOptions Plain() => GetType() == typeof(EvaluatorOptions) ? this : new(this);
}

/// <summary>
/// Evaluators of solutions (Sun et al. 2024), trained where there is supervision, on easy questions, and used where there is none: a copy of the policy with a logit a token, σ of which is the probability that the steps up to it are right, learned by
/// Σ w · BCE / (Σ w + 10⁻⁶). A labelled step is what the policy drew after a beginning that is right so far; the beginning itself has weight 0. Labelled answers weigh with all their tokens. Both kinds of examples together give the evaluator that the paper finds best.
/// </summary>
[Version(1)]
internal static class SolutionEvaluator
{
    /// <summary>The evaluator, a stage of its own.</summary>
    public static SolutionVerifier Evaluator(this Run run, ReasoningProblem problem, LanguageModel policy, EvaluatorOptions options)
    {
        if (options.Evaluator != EvaluatorSupervision.Outcome && options.Judge == StepJudge.Checker && !problem.Checker.Checker.ChecksSteps)
            throw new RequestException($"method.judge: nothing checks the steps of {problem.Name}; expected rollouts, or method.evaluator outcome");
        var own = options.Plain();
        var drawing = Options.Resolve(own with { Evaluator = default, Judge = default, Rollouts = 1, EveryToken = true, EvaluatorEpochs = 1, EvaluatorRate = null, Score = default });
        var labelling = Options.Resolve(own with { Evaluator = default, EveryToken = true, EvaluatorEpochs = 1, EvaluatorRate = null, Score = default });
        run.Uses(typeof(SolutionEvaluator));
        var rated = run.Stage("solutions", problem.Describe(drawing), () => RatedSolutions.Draw(problem, run, policy, own.Samples, own.Temperature, 0, own.Questions));
        var steps = own.Evaluator == EvaluatorSupervision.Outcome ? null : run.Stage("step-labels", problem.Describe(labelling), () => Label(problem, run, policy, rated, own));
        return run.Stage("evaluator", problem.Describe(Options.Resolve(own)), () => Learn(problem, run, policy, own.Evaluator == EvaluatorSupervision.Process ? [] : rated.All, steps?.All ?? [], own));
    }

    // Each solution's beginnings, up to the first wrong step: what follows it is no longer asked about. All solutions are looked at side by side, a step at a time.
    private static RatedSolutions Label(ReasoningProblem problem, Run run, LanguageModel policy, RatedSolutions rated, EvaluatorOptions options)
    {
        run.Uses(typeof(SolutionSampler));
        var sampler = new SolutionSampler(policy);
        var drawing = new Drawing(options.Temperature, 0, problem.Solving.AnswerTokens, (ulong)run.TorchSeed("roll-outs"));
        var ends = rated.All.Select(s => sampler.StepEnds(s.Tokens)).ToArray();
        var (labelled, known, open) = (new List<RatedSolution>(), new Dictionary<string, double>(StringComparer.Ordinal), Enumerable.Range(0, rated.All.Count).ToArray());
        for (var k = 0; open.Length > 0; k++)
        {
            RatedSolution Begun(int i) => rated.All[i].Tokens[..ends[i][k]] is var tokens && ends[i][k] == rated.All[i].Tokens.Length ? rated.All[i] : rated.All[i] with { Tokens = tokens, Text = policy.Tokenizer.Decode(tokens) };
            string Key(RatedSolution s) => $"{s.Question} {string.Join(' ', s.Tokens)}";
            RatedSolution[] begun = [.. open.Select(Begun)], asked = [.. begun.Where(b => !known.ContainsKey(Key(b))).DistinctBy(Key)];
            foreach (var (beginning, rating) in asked.Zip(Judge(problem, run, sampler, policy, asked, options, drawing)))
            {
                known[Key(beginning)] = rating;
                labelled.Add(beginning with { Rating = rating });
            }
            open = [.. open.Zip(begun).Where(o => known[Key(o.Second)] > 0 && ends[o.First].Length > k + 1).Select(o => o.First)];
        }
        run.Log.LogInformation("{Count} steps labelled, {Wrong} of them wrong; roll-outs took {Tokens} tokens", labelled.Count, labelled.Count(s => s.Rating == 0), sampler.Cost.Tokens);
        return new([.. labelled.OrderBy(s => s.Question)], [.. problem.Train.Select(q => q.Text)]);
    }

    // 1 where the last step of a beginning is right, given that those before are.
    private static double[] Judge(ReasoningProblem problem, Run run, SolutionSampler sampler, LanguageModel policy, RatedSolution[] asked, EvaluatorOptions options, Drawing drawing)
    {
        if (options.Judge == StepJudge.Checker) return [.. asked.Select(b => problem.Checker.AreStepsRight(problem.Train[b.Question].Text, b.Text) is [.., true] ? 1.0 : 0)];
        bool IsWhole(RatedSolution b) => policy.Ends.Contains(b.Tokens[^1]);
        RatedSolution[] begun = [.. asked.Where(b => !IsWhole(b))];
        var drawn = sampler.GoOn([.. begun.Select(b => problem.PromptOf(problem.Train[b.Question].Text))], [.. begun.Select(b => b.Tokens)], options.Rollouts, drawing, null, null, run.Cancellation);
        var share = begun.Zip(drawn, (b, of) => of.Any(s => problem.Checker.Check(problem.Train[b.Question], s) == CheckOutcome.Right) ? 1.0 : 0).GetEnumerator();
        return [.. asked.Select(b => IsWhole(b) ? b.Rating : share.MoveNext() ? share.Current : 0)];
    }

    private static SolutionVerifier Learn(ReasoningProblem problem, Run run, LanguageModel policy, IReadOnlyList<RatedSolution> answers, IReadOnlyList<RatedSolution> steps, EvaluatorOptions options)
    {
        var network = run.Onward(problem.Policy, policy);
        var head = run.New("step-head", () => new ValueHead(network.Options.Width, 0));
        head.SetWeights(network.MeanOutput());
        head.SetScale(1, 0);
        var sampler = new SolutionSampler(policy);
        RatedSolution[] all = [.. answers, .. steps];
        // Where the labelled part of each example begins: an answer's at its first token, a step's behind the one before.
        int[] from = [.. all.Select((s, i) => !options.EveryToken ? s.Tokens.Length - 1 : i < answers.Count ? 0 : sampler.StepEnds(s.Tokens) is [.., var before, _] ? before : 0)];
        return run.TrainVerifier(problem, policy, network, head, new(all, [.. problem.Train.Select(q => q.Text)]), options.EvaluatorEpochs, options.EvaluatorRate, (batch, examples) =>
        {
            int[] begins = [.. batch.Rows.ToArray().Select(example => from[example])];
            var places = new SolutionPlaces(batch, _ => false, (row, tokens, _) => tokens > begins[row] ? examples[row].Rating : null);
            return Loss(head.forward(places.ToValue(batch.Features(network))), places.Labels(), null);
        }, ValueRange.Probability, options.Evaluator == EvaluatorSupervision.Outcome ? SolutionScore.Last : options.Score);
    }

    /// <summary>Σ w · BCE / (Σ w + 10⁻⁶) of logits against labels from 0 to 1, of equal shapes; weights of null are 1.</summary>
    internal static Tensor Loss(Tensor logits, Tensor labels, Tensor? weights)
    {
        using Scalar floor = 1e-6;
        var each = nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction: nn.Reduction.None);
        return weights is null ? each.sum() / (each.numel() + 1e-6) : (each * weights).sum() / (weights.sum() + floor);
    }
}
