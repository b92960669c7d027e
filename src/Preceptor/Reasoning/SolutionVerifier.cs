using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Reasoning;

/// <summary>What a verifier's numbers become.</summary>
public enum ValueRange
{
    /// <summary>They stay as they are.</summary>
    Unbounded,

    /// <summary>Probabilities, by the logistic function.</summary>
    Probability,

    /// <summary>From −1 to 1, by the hyperbolic tangent.</summary>
    Signed,
}

/// <summary>How a whole solution is scored by the values at the ends of its steps.</summary>
public enum SolutionScore
{
    /// <summary>By the last.</summary>
    Last,

    /// <summary>By their product.</summary>
    Product,

    /// <summary>By the least.</summary>
    Least,
}

/// <summary>A language network with a head that says of every token of a solution how good what stands up to it is.</summary>
/// <param name="model">The network, which the verifier then owns.</param>
/// <param name="head">The head, likewise.</param>
public sealed class SolutionVerifier(LanguageModel model, ValueHead head) : IArtifact<SolutionVerifier>, IDisposable
{
    private const string HeadFileName = "values.safetensors";

    /// <summary>The network.</summary>
    public LanguageModel Model => model;

    /// <summary>The head.</summary>
    public ValueHead Head => head;

    /// <summary>What its numbers become.</summary>
    public ValueRange Range { get; init; }

    /// <summary>How a whole solution is scored.</summary>
    public SolutionScore Whole { get; init; }

    /// <summary>The value after each token of solutions, or of their beginnings [solutions][tokens]; of an empty beginning the value after the question.</summary>
    /// <param name="prompts">The questions' tokens, a row a solution.</param>
    /// <param name="solutions">The solutions' tokens.</param>
    /// <param name="cancellation">Ends it between blocks.</param>
    public double[][] Values(IReadOnlyList<int[]> prompts, IReadOnlyList<int[]> solutions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(solutions);
        if (solutions.Count == 0) return [];
        // A token behind each, that is never looked at, so that the network gives features where it has read the last.
        var sequences = TokenSequences.Of([.. prompts.Zip(solutions, (p, s) => s.Length == 0 ? (p, (int[])[0]) : ((int[])[.. p, s[0]], (int[])[.. s[1..], 0]))]);
        return [.. model.OfTokens(sequences, batch => head.forward(batch.Features(model.Network)), cancellation).Select(of => of.Select(Ranged).ToArray())];
    }

    /// <summary>Solutions with their scores.</summary>
    /// <param name="sampler">Knows where steps end.</param>
    /// <param name="prompts">The questions' tokens.</param>
    /// <param name="solutions">The solutions [questions][some]; none without a token.</param>
    /// <param name="cancellation">Ends it between blocks.</param>
    internal Solution[][] Score(SolutionSampler sampler, IReadOnlyList<int[]> prompts, Solution[][] solutions, CancellationToken cancellation)
    {
        var values = Values([.. solutions.SelectMany((of, q) => of.Select(_ => prompts[q]))], [.. solutions.SelectMany(of => of.Select(s => s.Tokens.ToArray()))], cancellation);
        var at = 0;
        return [.. solutions.Select(of => of.Select(s =>
        {
            var value = values[at++];
            double[] steps = [.. sampler.StepEnds(s.Tokens).Select(end => value[end - 1])];
            return s with { StepScores = steps, Score = ScoreOf(steps) };
        }).ToArray())];
    }

    /// <summary>What a verifier reads for solutions, in tokens.</summary>
    internal static long Reads(int[] prompt, IEnumerable<Solution> solutions) => solutions.Sum(s => (long)prompt.Length + s.Tokens.Count);

    /// <summary>The score of a whole solution by the values at the ends of its steps, at least one.</summary>
    public double ScoreOf(IReadOnlyList<double> steps) => Whole switch
    {
        SolutionScore.Product => steps.Aggregate(1.0, (product, v) => product * v),
        SolutionScore.Least => steps.Min(),
        _ => steps[^1],
    };

    /// <inheritdoc/>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        model.Save(folder);
        new KeptModule(head).Write(Path.Combine(folder, HeadFileName));
        ModelFiles.WriteJsonWhole(Path.Combine(folder, "verifier.json"), new System.Text.Json.Nodes.JsonObject { ["range"] = Range.ToString(), ["whole"] = Whole.ToString() });
    }

    /// <inheritdoc/>
    public static SolutionVerifier Load(string folder)
    {
        var description = ModelFiles.ReadJson<Description>(Path.Combine(folder, "verifier.json"));
        var model = LanguageModel.Load(folder);
        var head = new ValueHead(model.Network.Options.Width, 0);
        new KeptModule(head).Read(Path.Combine(folder, HeadFileName));
        head.eval();
        return new(model, head) { Range = Enum.Parse<ValueRange>(description.Range), Whole = Enum.Parse<SolutionScore>(description.Whole) };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        model.Dispose();
        head.Dispose();
    }

    /// <summary>What a number of its head becomes.</summary>
    internal double Ranged(double value) => Range switch { ValueRange.Probability => 1 / (1 + Math.Exp(-value)), ValueRange.Signed => Math.Tanh(value), _ => value };

    private sealed record Description(string Range, string Whole);
}
