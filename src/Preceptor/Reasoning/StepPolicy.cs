using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Reasoning;

/// <summary>How trajectories are drawn.</summary>
/// <param name="Temperature">The temperature; 0 takes the likeliest step.</param>
/// <param name="MaxTokens">Most tokens of a whole solution.</param>
/// <param name="Seed">Decides what is drawn.</param>
internal readonly record struct StepDrawing(double Temperature, int MaxTokens, ulong Seed)
{
    /// <summary>How often a trajectory is drawn at this temperature; the others at 1.</summary>
    public double Share { get; init; } = 1;

    /// <summary>How often a step is any of the legal ones.</summary>
    public double Exploration { get; init; }
}

/// <summary>
/// A language model as a policy over legal steps (Yu et al. 2024, section 3): a step's score is the sum of its tokens' log-probabilities behind the question and the steps before it, the token that ends its line or the whole included,
/// and the policy is their softmax over the steps that a program finds legal. What is drawn depends on seed, question and number, not on neighbours.
/// </summary>
/// <param name="model">The language model.</param>
[Version(1)]
internal sealed class StepPolicy(LanguageModel model)
{
    private readonly LanguageBatch read = new(model.Network.Options.Architecture, model.Start);

    /// <summary>Tokens of legal steps that were read to be scored, when trajectories were drawn.</summary>
    public long Read { get; private set; }

    /// <summary>Draws trajectories [questions][samples].</summary>
    /// <param name="prompts">The questions' tokens.</param>
    /// <param name="begun">How each question's begin.</param>
    /// <param name="samples">Trajectories of each.</param>
    /// <param name="drawing">How.</param>
    /// <param name="cancellation">Ends it between steps.</param>
    public Trajectory[][] Draw(IReadOnlyList<int[]> prompts, IReadOnlyList<Trajectory> begun, int samples, StepDrawing drawing, CancellationToken cancellation)
    {
        Trajectory[][] all = [.. begun.Select(b => Enumerable.Range(0, samples).Select(_ => b.First(b.Length)).ToArray())];
        RandomStream[][] streams = [.. prompts.Select(p => Enumerable.Range(0, samples).Select(i => RandomStream.Of(drawing.Seed, "trajectory", [.. p.Select(t => (long)t), i])).ToArray())];
        double[][] temperatures = [.. streams.Select(of => of.Select(s => drawing.Share < 1 && s.NextDouble() >= drawing.Share ? 1 : drawing.Temperature).ToArray())];
        while (true)
        {
            foreach (var (of, question) in all.Select((of, q) => (of, q)))
                foreach (var trajectory in of) trajectory.IsCut |= trajectory.IsOpen && !CanStep(prompts[question], trajectory, drawing.MaxTokens);
            (int Question, int Number)[] open = [.. from q in Enumerable.Range(0, all.Length) from i in Enumerable.Range(0, samples) where all[q][i].IsOpen select (q, i)];
            if (open.Length == 0) return all;
            var scores = Scores([.. open.Select(o => (prompts[o.Question], all[o.Question][o.Number]))], cancellation);
            foreach (var ((question, number), ofSteps) in open.Zip(scores))
            {
                var (trajectory, random) = (all[question][number], streams[question][number]);
                var choice = drawing.Exploration > 0 && random.NextDouble() < drawing.Exploration ? random.Next(trajectory.End.Steps.Count) : Choose(ofSteps, temperatures[question][number], random);
                trajectory.Take(choice, TokensOf(trajectory.End.Steps[choice]));
            }
        }
    }

    /// <summary>Draws the rest of trajectories from all legal steps alike.</summary>
    /// <param name="prompt">The question's tokens.</param>
    /// <param name="begun">The beginning.</param>
    /// <param name="most">Most tokens of a whole solution.</param>
    /// <param name="random">Draws.</param>
    public Trajectory Random(int[] prompt, Trajectory begun, int most, RandomStream random)
    {
        var trajectory = begun.First(begun.Length);
        while (trajectory.IsOpen)
        {
            trajectory.IsCut = !CanStep(prompt, trajectory, most);
            if (trajectory.IsCut) break;
            var choice = random.Next(trajectory.End.Steps.Count);
            trajectory.Take(choice, TokensOf(trajectory.End.Steps[choice]));
        }
        return trajectory;
    }

    /// <summary>A trajectory of known choices.</summary>
    public Trajectory Repeat(StepState start, IEnumerable<int> choices)
    {
        var trajectory = new Trajectory(start);
        foreach (var choice in choices) trajectory.Take(choice, TokensOf(trajectory.End.Steps[choice]));
        return trajectory;
    }

    /// <summary>The log-probability [N] of each of some trajectories, with its gradient.</summary>
    /// <param name="prompts">The question's tokens of each [N].</param>
    /// <param name="trajectories">The trajectories [N], at least one with a step.</param>
    public Tensor LogProbabilities(IReadOnlyList<int[]> prompts, IReadOnlyList<Trajectory> trajectories)
    {
        var (trees, rows, owners) = (new StepTrees(TokensOf), new List<(int State, int Choice)>(), new List<long>());
        for (var n = 0; n < trajectories.Count; n++)
            for (var at = 0; at < trajectories[n].Length; at++)
            {
                rows.Add((trees.Add(prompts[n], trajectories[n], at), trajectories[n].Choices[at]));
                owners.Add(n);
            }
        Tensor scores;
        if (BranchedTexts.Fit(model.Network.Options)) scores = BranchedTexts.LogProbabilities(model.Network, trees.Texts);
        else
        {
            var sequences = BranchedTexts.OneByOne(trees.Texts);
            read.Fill(sequences, [.. Enumerable.Range(0, sequences.Count)]);
            scores = read.SumOfEach(read.LogProbabilities(model.Network));
        }
        var places = trees.Places();
        var ofStates = scores.index_select(0, InputBuffer.Tensor<long>(places, ScalarType.Int64, places.Length));
        var ofChosen = Chosen(ofStates, trees.Counts, [.. rows.Select(r => r.State)], [.. rows.Select(r => r.Choice)]);
        return zeros([trajectories.Count], ofChosen.dtype).index_add(0, InputBuffer.Tensor<long>(CollectionsMarshal.AsSpan(owners), ScalarType.Int64, owners.Count), ofChosen, 1);
    }

    /// <summary>The log-probabilities [K] of chosen steps: log softmax of the scores of their state's legal steps.</summary>
    /// <param name="scores">The scores of all legal steps, state by state [Σ legal].</param>
    /// <param name="legal">How many legal steps each state has [S].</param>
    /// <param name="rows">The state of each choice [K].</param>
    /// <param name="chosen">Which of its steps was chosen [K].</param>
    internal static Tensor Chosen(Tensor scores, IReadOnlyList<int> legal, IReadOnlyList<int> rows, IReadOnlyList<int> chosen)
    {
        const double never = -1e9;
        var (width, places, at) = (legal.Max(), new List<long>(), 0);
        foreach (var count in legal)
        {
            for (var i = 0; i < width; i++) places.Add(i < count ? at + i : scores.shape[0]);
            at += count;
        }
        var padded = cat([scores, full([1], never, scores.dtype)]).index_select(0, InputBuffer.Tensor<long>(CollectionsMarshal.AsSpan(places), ScalarType.Int64, places.Count)).reshape(legal.Count, width);
        long[] taken = [.. rows.Select((row, k) => (long)row * width + chosen[k])];
        return nn.functional.log_softmax(padded, 1).reshape(-1).index_select(0, InputBuffer.Tensor<long>(taken, ScalarType.Int64, taken.Length));
    }

    /// <summary>The log-probability of each step of trajectories, as text alone [N][steps]; no gradient.</summary>
    /// <param name="prompts">The question's tokens of each [N].</param>
    /// <param name="trajectories">The trajectories [N], each with a step.</param>
    /// <param name="cancellation">Ends it.</param>
    public double[][] OfText(IReadOnlyList<int[]> prompts, IReadOnlyList<Trajectory> trajectories, CancellationToken cancellation)
    {
        var logs = model.LogProbabilities(TokenSequences.Of([.. trajectories.Select((t, n) => (prompts[n], t.TokensOf(t.Length)))]), cancellation);
        return [.. trajectories.Select((t, n) =>
        {
            var at = 0;
            return t.Tokens.Select(step => logs[n][at..(at += step.Length)].Sum()).ToArray();
        })];
    }

    // The scores of the legal steps of where some trajectories stand.
    private double[][] Scores(IReadOnlyList<(int[] Prompt, Trajectory Trajectory)> of, CancellationToken cancellation)
    {
        var trees = new StepTrees(TokensOf);
        int[] states = [.. of.Select(o => trees.Add(o.Prompt, o.Trajectory, o.Trajectory.Length))];
        Read += trees.Texts.Sum(t => (long)t.Branches.Sum(b => b.Count));
        var (scores, places, counts) = (BranchedTexts.LogProbabilities(model, trees.Texts, cancellation), trees.Places(), trees.Counts);
        var (ofStates, at) = (new List<double[]>(), 0);
        foreach (var count in counts)
        {
            ofStates.Add([.. places[at..(at + count)].Select(p => scores[p])]);
            at += count;
        }
        return [.. states.Select(s => ofStates[s])];
    }

    /// <summary>A step's tokens: its line, and what ends it, or the whole where it is the last.</summary>
    public int[] TokensOf(NextStep step) =>
        step.State.Steps.Count > 0 ? model.Tokenizer.Encode(step.Line + "\n") : model.Ends.Count > 0 ? [.. model.Tokenizer.Encode(step.Line), model.Ends[0]] : model.Tokenizer.Encode(step.Line);

    /// <summary>Whether a trajectory has a step to take, and room for any of them.</summary>
    /// <param name="prompt">The question's tokens.</param>
    /// <param name="trajectory">The trajectory.</param>
    /// <param name="most">Most tokens of a whole solution.</param>
    public bool CanStep(int[] prompt, Trajectory trajectory, int most)
    {
        var limit = model.Network.Options is { Positions: PositionKind.Learned } learned ? Math.Min(most, learned.Length - prompt.Length) : most;
        return trajectory.IsOpen && trajectory.Tokens.Sum(t => t.Length) + trajectory.End.Steps.Max(s => TokensOf(s).Length) <= limit;
    }

    private static int Choose(double[] scores, double temperature, RandomStream random)
    {
        var most = scores.Max();
        return temperature == 0 ? Array.IndexOf(scores, most) : random.NextIndex([.. scores.Select(s => Math.Exp((s - most) / temperature))]);
    }

}
