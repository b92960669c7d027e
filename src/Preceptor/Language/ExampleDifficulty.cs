using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Language;

/// <summary>What makes a pair difficult.</summary>
public enum DifficultyKind
{
    /// <summary>The length of its response.</summary>
    Length,

    /// <summary>How many different words its response has.</summary>
    Words,

    /// <summary>How far its words are from those of its cluster: prototypes are easy (Sorscher et al. 2022).</summary>
    Prototype,
}

/// <summary>
/// Training on the easy or on the hard examples alone, or on a mixture (Zhou, Jiang and Bansal 2023, section 5): pairs in the order of their difficulty, cut into parts of equal size. For prototypes the paper
/// encodes pairs by a pretrained sentence encoder; here a pair is its words and pairs of words, each by how rare it is, on the unit sphere.
/// </summary>
[Method("example-difficulty", "Training on a difficulty", Paper = 58, Summary = "Keeps the easiest or hardest part of the training pairs, or a mixture of both, by length, words or distance from prototypes: write it before the method that trains.", Citation = "Zhou, Jiang & Bansal 2023")]
[Distributed]
[Version(1)]
public sealed class ExampleDifficulty(ExampleDifficulty.Options options) : IImprove<LanguageProblem>, INeeds<Responses>
{
    private const int Features = 256;

    /// <summary>The options of the difficulty.</summary>
    public sealed record Options
    {
        /// <summary>What makes a pair difficult.</summary>
        [Description("What makes a pair difficult: length, of its response; words, different ones in its response; prototype, the distance from the centre of its cluster")]
        [Source("section 5.1 for SCAN; section 5.2 for ATIS and SMCalFlow")]
        public DifficultyKind By { get; set; }

        /// <summary>Parts.</summary>
        [Description("How many parts of equal size there are; 1 keeps all pairs")]
        [Range(1, 100), Source("four quartiles")]
        public int Parts { get; set; } = 4;

        /// <summary>The part.</summary>
        [Description("Which part is kept, from 1, the easiest")]
        [Range(1, 100), Tried("4")]
        public int Part { get; set; } = 1;

        /// <summary>The share of hard pairs.</summary>
        [Description("Share of the pairs kept that are of the hardest part and not of the one named, drawn at random: a mixture")]
        [Range(0, 1)]
        public double Hard { get; set; }

        /// <summary>Clusters.</summary>
        [Description("With prototype: clusters")]
        [Range(1, 10_000), Source("25, by the names of the released files")]
        public int Clusters { get; set; } = 25;
    }

    /// <inheritdoc/>
    public LanguageProblem Improve(LanguageProblem problem, Run run)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(run);
        run.Uses(typeof(ExampleDifficulty));
        if (options.Part > options.Parts) throw new RequestException($"method.part: {options.Part} of {options.Parts} parts");
        if (options.Parts == 1) return problem;
        if (problem.Copies > 0) throw new RequestException("example-difficulty: comes before augzero, whose copies it would tear apart");
        var size = problem.Train.Count / options.Parts;
        if (size == 0) throw new RequestException($"method.parts: {options.Parts} parts of {problem.Train.Count} pairs are empty");
        var (difficulties, random) = (Difficulties(problem.Train, run), run.Random("difficulty"));
        // Of equals, and of what a mixture takes, chance decides.
        double[] chance = [.. difficulties.Select(_ => random.NextDouble())];
        int[] order = [.. Enumerable.Range(0, difficulties.Length).OrderBy(i => difficulties[i]).ThenBy(i => chance[i])];
        var hard = (int)Math.Round(options.Hard * size);
        int[] easy = [.. order[((options.Part - 1) * size)..(options.Part * size)].OrderBy(i => chance[i]).Take(size - hard)];
        int[] kept = [.. easy.Concat(order[^size..].Except(easy).OrderBy(i => chance[i]).Take(hard)).Order()];
        return problem with { Train = problem.Train.Take(kept), Check = problem.Check is { } check ? check with { Wanted = [.. kept.Select(i => check.Wanted[i])] } : null };
    }

    /// <summary>How difficult each pair is.</summary>
    internal double[] Difficulties(TokenSequences sequences, Run run)
    {
        var pairs = Enumerable.Range(0, sequences.Count);
        if (options.By == DifficultyKind.Length) return [.. pairs.Select(i => (double)sequences.AnswerOf(i).Length)];
        if (options.By == DifficultyKind.Words) return [.. pairs.Select(i => (double)sequences.AnswerOf(i).ToArray().Distinct().Count())];
        var points = Vectors(sequences);
        var (clusters, centres) = Clusters.Find(points, Features, Math.Min(options.Clusters, sequences.Count), run.Random("clusters"));
        return [.. pairs.Select(i => Clusters.Distance(points, i, centres, clusters[i], Features))];
    }

    /// <summary>Counts of words and pairs of words, hashed, each times the logarithm of how rare it is, of length 1 [N × Features].</summary>
    private static float[] Vectors(TokenSequences sequences)
    {
        var vectors = new float[sequences.Count * Features];
        var having = new int[Features];
        for (var i = 0; i < sequences.Count; i++)
        {
            var of = vectors.AsSpan(i * Features, Features);
            var before = 0;
            foreach (var token in sequences.Of(i))
            {
                of[Place(token, 0)]++;
                of[Place(token, before + 1)]++;
                before = token;
            }
            for (var f = 0; f < Features; f++)
                if (of[f] > 0) having[f]++;
        }
        for (var i = 0; i < sequences.Count; i++)
        {
            var of = vectors.AsSpan(i * Features, Features);
            var sum = 0.0;
            for (var f = 0; f < Features; f++)
            {
                of[f] *= (float)Math.Log((1.0 + sequences.Count) / (1 + having[f]));
                sum += (double)of[f] * of[f];
            }
            for (var f = 0; sum > 0 && f < Features; f++) of[f] /= (float)Math.Sqrt(sum);
        }
        return vectors;
    }

    private static int Place(int token, int before) => (int)(RandomStream.Key(0, "words", token, before) % Features);
}
