using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Reasoning;

/// <summary>
/// Process supervision by tree search (AlphaMath, Chen, Liao, Li and Fan 2024). A policy and a value v = tanh(w · h + b) share one transformer. Each round, trees of steps are searched for training questions, by PUCT and with
/// nothing but the check of answers (<see cref="StepTreeSearch"/>); of each tree some right and some wrong solutions are taken, with Q = W / N at the end of each step. From the policy that learned from worked solutions, one learns anew:
/// cross entropy on right solutions and β Σ (v − Q)² / |E| at the ends of the steps of all. In the end values guide a search over steps. Without rounds it is <c>self-consistency</c> to the bit.
/// </summary>
[Method("alphamath", "Process supervision by tree search", Summary = "Searches trees of steps for training questions, learns to propose what ended right and to value steps as the search did, round by round, and searches over steps by these values.", Citation = "Chen, Liao, Li and Fan 2024 (AlphaMath Almost Zero: Process Supervision without Process)", Paper = 37)]
[Version(1)]
public sealed class TreeSearchSupervision(TreeSearchSupervision.Options options) : IFit<ReasoningProblem, Solver>, INeeds<Demonstrations, AnswerCheck>
{
    /// <summary>What values learn.</summary>
    public enum ValueTargets
    {
        /// <summary>Q of each step in its tree.</summary>
        Quality,

        /// <summary>At each step what the solution came to, +1 or −1.</summary>
        Outcome,
    }

    /// <summary>What the policy learns to say.</summary>
    public enum PolicySolutions
    {
        /// <summary>Right solutions.</summary>
        Right,

        /// <summary>All that were taken from the trees, wrong ones too.</summary>
        All,
    }

    /// <summary>What guides the search in the end.</summary>
    public enum SearchGuide
    {
        /// <summary>What was learned.</summary>
        Values,

        /// <summary>Random numbers.</summary>
        Random,
    }

    /// <summary>How trees are searched and learned from.</summary>
    public sealed record Options
    {
        /// <summary>K.</summary>
        [Description("Rounds of search and training; 0: the policy stays as it learned from worked solutions, and method.search is majority or greedy")]
        [Range(0, 100)]
        [Source("Chen et al. 2024, section 4.1")]
        public int Rounds { get; set; } = 3;

        /// <summary>Questions.</summary>
        [Description("Most training questions that trees are searched for, those without a worked solution first; 0: all")]
        [Range(0, 10_000_000)]
        public int Questions { get; set; }

        /// <summary>N.</summary>
        [Description("Tries of a tree, each of which expands one beginning")]
        [Range(1, 100_000)]
        [Source("the published configurations")]
        public int Simulations { get; set; } = 40;

        /// <summary>Next steps.</summary>
        [Description("Next steps that a beginning is expanded to")]
        [Range(1, 1000)]
        [Source("the published configurations")]
        public int Expand { get; set; } = 5;

        /// <summary>c_puct.</summary>
        [Description("How much a tree search prefers likely steps that were seldom followed")]
        [Range(0, 1000)]
        [Source("the published configurations: 1.5 in the first round, 1.25 later")]
        public double Exploration { get; set; } = 1.5;

        /// <summary>The temperature.</summary>
        [Description("The temperature of the steps of training trees")]
        [Range(0, 10, MinimumIsExclusive = true)]
        [Source("the published configurations")]
        public double Temperature { get; set; } = 0.6;

        /// <summary>Most steps of a tree.</summary>
        [Description("Most steps of a solution in a tree; one that goes on is wrong")]
        [Range(1, 1000)]
        [Source("the published configurations")]
        public int Depth { get; set; } = 8;

        /// <summary>Most tokens of a tree.</summary>
        [Description("Most tokens that are drawn for a tree, up to the end of the try under way; 0: no limit")]
        [Range(0, 1_000_000_000)]
        public int Tokens { get; set; }

        /// <summary>Whether equal steps become one.</summary>
        [Description("Whether equal next steps of a beginning become one")]
        [Source("the published code")]
        public bool Unique { get; set; } = true;

        /// <summary>Whether children are valued when their parent is expanded.</summary>
        [Description("Whether the next steps are valued when a beginning is expanded, and not the beginning itself")]
        [Source("the published code, update_leaf_value")]
        public bool ValueChildren { get; set; }

        /// <summary>Solutions of a tree.</summary>
        [Description("Most right solutions, and most wrong ones, that are taken from a tree")]
        [Range(1, 1000)]
        [Source("Chen et al. 2024, section 4.1")]
        public int Paths { get; set; } = 4;

        /// <summary>β.</summary>
        [Description("Weight of the loss of values beside that of next tokens; 0: next-token training on the solutions found")]
        [Range(0, 1000)]
        [Source("Chen et al. 2024, section 3.3")]
        public double ValueWeight { get; set; } = 0.1;

        /// <summary>What values learn.</summary>
        [Description("What values learn: quality: what the search found at each step; outcome: what the solution came to, at each step")]
        public ValueTargets Targets { get; set; }

        /// <summary>What the policy learns.</summary>
        [Description("What the policy learns to say: right solutions; all: wrong ones too")]
        public PolicySolutions Policy { get; set; }

        /// <summary>Dropout.</summary>
        [Description("Dropout of the features that values are read from")]
        [Range(0, 0.95)]
        [Source("the published code")]
        public double Dropout { get; set; } = 0.1;

        /// <summary>Passes over the solutions of a round.</summary>
        [Description("Passes over the solutions of a round")]
        [Range(1, 10_000)]
        public int Epochs { get; set; } = 10;

        /// <summary>The learning rate.</summary>
        [Description("The learning rate of a round; left out: training.rate")]
        [Range(0, 100, MinimumIsExclusive = true)]
        public double? Rate { get; set; }

        /// <summary>Whether the loss is that of the published code.</summary>
        [Description("Divides the loss of values by their number and 0.001, as the published code does")]
        public bool Released { get; set; }

        /// <summary>The way to an answer.</summary>
        [Description("How an answer is come to: beam: a search over steps that values guide; tree: a tree search; best, weighted: whole solutions ranked by their last value; majority, greedy: without values")]
        [Source("Chen et al. 2024, section 3.4")]
        public AnswerRule Search { get; set; } = AnswerRule.Beam;

        /// <summary>B1.</summary>
        [Description("Beginnings that the search over steps keeps, fewer when one of them is finished; problem.samples over this, rounded down, next steps are drawn of each")]
        [Range(1, 1000)]
        [Source("Chen et al. 2024, section 4.2: 1, 2, 3 and 5 with 5 next steps each")]
        public int Beams { get; set; } = 3;

        /// <summary>Most steps of the search.</summary>
        [Description("Most steps of the search over steps")]
        [Range(1, 1000)]
        [Source("the published configurations")]
        public int Steps { get; set; } = 10;

        /// <summary>What guides the search.</summary>
        [Description("What guides the search over steps or of a tree: values, or random numbers as a control")]
        public SearchGuide Guide { get; set; }
    }

    /// <summary>Trees that are searched side by side, and found again together after an interruption.</summary>
    internal int Together { get; init; } = 256;

    /// <inheritdoc/>
    public Solver Fit(ReasoningProblem problem, Run run)
    {
        Check(problem.Solving);
        run.Uses(typeof(StepBeamSearch));
        var start = run.Reference(problem.Policy);
        var policy = start;
        SolutionVerifier? verifier = null;
        for (var round = 1; round <= options.Rounds; round++)
        {
            var (proposes, values, name) = (policy, verifier, $"round-{round}");
            var paths = run.Stage("paths", Inputs(problem, round, searches: true), () => new TreePaths(problem, run, proposes, values, TreeSettings()) { Together = Together }.Find(options), name);
            verifier = run.Stage("values", Inputs(problem, round, searches: false), () => Learn(problem, run, start, paths), name);
            // Policy and value are one network, of which the solver's two parts have a copy each.
            policy = new(start.Tokenizer, verifier.Model.Network.Copy(), start.Ends, verifier.Model.Training, run.Threads) { Form = start.Form };
            values?.Dispose();
            if (!ReferenceEquals(proposes, start)) proposes.Dispose();
        }
        if (!ReferenceEquals(policy, start)) start.Dispose();
        return new(policy, problem.Checker, problem.Solving) { Verifier = verifier, Rule = options.Search, Beams = options.Beams, MaxDepth = options.Steps, FinishedLeave = true, Tree = TreeSettings(), IsBlind = options.Guide == SearchGuide.Random, SharesNetwork = options.Rounds > 0 };
    }

    private void Check(SolvingOptions solving)
    {
        if (options.Rounds == 0 && options.Search is not (AnswerRule.Majority or AnswerRule.Greedy)) throw new RequestException($"method.rounds: without a round nothing learns values, and method.search is {Foundation.Options.Key(options.Search.ToString())}; expected majority or greedy");
        if (options.Search == AnswerRule.Beam && options.Beams > solving.Samples) throw new RequestException($"method.beams: {options.Beams} is more than problem.samples {solving.Samples}, the next steps that are drawn at a time");
    }

    private TreeSearchSettings TreeSettings() => new() { Simulations = options.Simulations, Steps = options.Expand, Exploration = options.Exploration, MaxDepth = options.Depth, Tokens = options.Tokens, IsUnique = options.Unique, ValuesChildren = options.ValueChildren };

    // What decides a round: all options but those of the answer, and of the exam the longest solution; the first trees are searched before anything is learned.
    private JsonObject Inputs(ReasoningProblem problem, int round, bool searches)
    {
        var (usual, of) = (new Options(), options with { Rounds = round, Search = default, Beams = 1, Steps = 1, Guide = default });
        if (round == 1 && searches) of = of with { ValueWeight = usual.ValueWeight, Targets = default, Policy = default, Dropout = usual.Dropout, Epochs = usual.Epochs, Rate = null, Released = false };
        var inputs = problem.Describe(Foundation.Options.Resolve(of));
        inputs["solving"] = problem.Solving.AnswerTokens;
        return inputs;
    }

    private SolutionVerifier Learn(ReasoningProblem problem, Run run, LanguageModel start, RatedSolutions paths)
    {
        var network = run.Onward(problem.Policy, start);
        // Its weights are 0: before it has learned, nothing is preferred.
        var head = run.New("value-head", () => new ValueHead(network.Options.Width, options.Dropout));
        head.SetScale(1, 0);
        var learned = options.ValueWeight > 0 || options.Policy == PolicySolutions.All ? paths : paths.Where(p => p.Rating > 0);
        return run.TrainVerifier(problem, start, network, head, learned, options.Epochs, options.Rate, (batch, solutions) => Loss(network, head, batch, solutions), ValueRange.Signed);
    }

    private Tensor Loss(LanguageNetwork network, ValueHead head, LanguageBatch batch, RatedSolution[] solutions)
    {
        var places = new SolutionPlaces(batch, row => options.Policy == PolicySolutions.All || solutions[row].Rating > 0, (row, tokens, _) => Target(solutions[row], tokens));
        var features = batch.Features(network);
        var language = places.Said == 0 ? null : places.NextTokens(network, features);
        return Loss(language, options.ValueWeight == 0 ? null : ValueLoss(head.forward(places.ToValue(features)), places.Labels(), options.Released), options.ValueWeight);
    }

    private double? Target(RatedSolution solution, int tokens)
    {
        foreach (var step in solution.Steps)
            if (step.Tokens == tokens) return options.Targets == ValueTargets.Quality ? step.Value : solution.Rating > 0 ? 1 : -1;
        return null;
    }

    /// <summary>The mean of the squares between tanh of logits [N] and targets [N], by N, or by N + 0.001 as the published code has it.</summary>
    internal static Tensor ValueLoss(Tensor logits, Tensor targets, bool released)
    {
        using Scalar count = logits.numel() + (released ? 1e-3 : 0);
        return (logits.tanh() - targets).square().sum() / count;
    }

    /// <summary>The loss of next tokens and β times that of values; a part that is null, such as the first in a batch of wrong solutions, is left out.</summary>
    internal static Tensor Loss(Tensor? language, Tensor? values, double weight)
    {
        if (values is null) return language ?? throw new InvalidOperationException("a batch has nothing to learn");
        using Scalar factor = weight;
        return language is null ? values * factor : language + values * factor;
    }
}
