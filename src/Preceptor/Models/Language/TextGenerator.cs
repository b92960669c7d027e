using System.Runtime.InteropServices;
using Preceptor.Data;
using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>What was generated.</summary>
/// <param name="Tokens">The new tokens, without the one that ended them.</param>
/// <param name="LogProbabilities">Of each of them, and of the ending token where there is one, by the network itself.</param>
/// <param name="Ended">Whether a token ended it, not the limit.</param>
public sealed record Generation(IReadOnlyList<int> Tokens, IReadOnlyList<double> LogProbabilities, bool Ended)
{
    /// <summary>The likeliest tokens where each was drawn, the likeliest first; empty where none were asked for.</summary>
    public IReadOnlyList<(int Token, double LogProbability)[]> Alternatives { get; init; } = [];

    /// <summary>What was thought of it when its last token was read, the one that ended it included; null where nobody was asked.</summary>
    internal double? Judgement { get; init; }
}

/// <summary>
/// Generates with a cache of keys and values: prompts are read side by side, padded on the left; answers to one prompt share what was read of it; a row that ends leaves the batch.
/// What is drawn depends on the seed, the prompt and the answer's number, not on neighbours.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="ends">Tokens that end an answer.</param>
/// <param name="tokens">How many tokens may be drawn; rows of the output beyond are padding.</param>
/// <param name="start">What a decoder behind an encoder begins with.</param>
internal sealed class TextGenerator(LanguageNetwork network, IReadOnlyList<int> ends, int tokens, int start)
{
    /// <summary>Rows that are generated side by side.</summary>
    public const int Rows = 64;

    /// <summary>Answers to each prompt [prompts][samples].</summary>
    /// <param name="prompts">The prompts' tokens.</param>
    /// <param name="options">How.</param>
    /// <param name="isOver">Says after each token whether a row (of all, prompt × samples + sample) is over for another reason, given its tokens; null for never.</param>
    /// <param name="judge">Says numbers [N] of the features [N, D] at the last tokens of answers, which are then read as well; null for nobody.</param>
    /// <param name="isShared">Whether each of several ranks answers some of the prompts alone.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    public Generation[][] Generate(IReadOnlyList<int[]> prompts, GenerationOptions options, Func<int, IReadOnlyList<int>, bool>? isOver = null, Func<Tensor, Tensor>? judge = null, bool isShared = false, CancellationToken cancellation = default)
    {
        using var noGradient = no_grad();
        var answers = new Answer[prompts.Count * options.Samples];
        for (var i = 0; i < answers.Length; i++) answers[i] = new(i, RandomStream.Of(options.Seed, "generation", PromptKey(prompts[i / options.Samples]), i % options.Samples));
        // Prompts of like length share a batch, so that little padding is read.
        int[] order = [.. Enumerable.Range(0, prompts.Count).OrderBy(i => prompts[i].Length)];
        var together = Math.Max(1, Rows / options.Samples);
        var generations = new Generation?[answers.Length];
        foreach (var (turn, some) in order.Chunk(together).Index())
        {
            if (isShared && turn % Ranks.Current.Count != Ranks.Current.Number) continue;
            Answer[] own = [.. some.SelectMany(i => Enumerable.Range(i * options.Samples, options.Samples)).Select(i => answers[i])];
            GenerateTogether([.. some.Select(i => prompts[i])], own, options, isOver, judge, cancellation);
            foreach (var a in own) generations[a.Number] = new(a.Tokens, a.LogProbabilities, a.Ended) { Alternatives = a.Alternatives, Judgement = a.Judgement };
        }
        return [.. (isShared ? generations.FromAllRanks(Write, Read) : [.. generations.Select(g => g!)]).Chunk(options.Samples)];
    }

    /// <summary>Says of a row that it is over once its last tokens have one of some texts.</summary>
    public static Func<int, IReadOnlyList<int>, bool> At(IReadOnlyList<string> stops, Tokenizer tokenizer)
    {
        // Only the last tokens can complete a text that was not there before.
        var reach = stops.Max(s => s.Length) + 8;
        return (_, tokens) =>
        {
            var text = tokenizer.Decode([.. tokens.Skip(Math.Max(0, tokens.Count - reach))]);
            return stops.Any(s => text.Contains(s, StringComparison.Ordinal));
        };
    }

    private static void Write(BinaryWriter writer, Generation generation)
    {
        RankExchange.Write(writer, [.. generation.Tokens.Select(t => (double)t)]); // tokens are far below 2⁵³
        RankExchange.Write(writer, [.. generation.LogProbabilities]);
        writer.Write(generation.Ended);
        writer.Write(generation.Judgement ?? double.NaN);
        writer.Write(generation.Alternatives.Count);
        foreach (var of in generation.Alternatives) RankExchange.Write(writer, [.. of.SelectMany(a => (double[])[a.Token, a.LogProbability])]);
    }

    private static Generation Read(BinaryReader reader)
    {
        double[] Numbers() => RankExchange.Read(reader, reader.ReadDouble);
        var (tokens, logs, ended, judgement) = (Numbers(), Numbers(), reader.ReadBoolean(), reader.ReadDouble());
        return new([.. tokens.Select(t => (int)t)], logs, ended) { Alternatives = RankExchange.Read(reader, () => Numbers().Chunk(2).Select(a => ((int)a[0], a[1])).ToArray()), Judgement = double.IsNaN(judgement) ? null : judgement };
    }

    private void GenerateTogether(int[][] prompts, Answer[] rows, GenerationOptions options, Func<int, IReadOnlyList<int>, bool>? isOver, Func<Tensor, Tensor>? judge, CancellationToken cancellation)
    {
        var hasEncoder = network.Options.Architecture == LanguageArchitecture.EncoderDecoder;
        using var cache = new KeyValueCache(network.Options.Layers);
        var sampler = new TokenSampler(options);
        var limit = network.Options is { Positions: PositionKind.Learned } learned ? learned.Length : int.MaxValue;
        var read = hasEncoder ? 1 : prompts.Max(p => p.Length);
        // With padding, which tokens are real is kept a row, [rows][read].
        var real = prompts.Any(p => p.Length != prompts[0].Length) ? prompts.Select(p => Marks(p.Length, prompts.Max(q => q.Length), atEnd: !hasEncoder)).ToArray() : null;
        Tensor? memory = null, memoryReal = null;
        float[] logits = [];
        using (var scope = NewDisposeScope())
        {
            var width = prompts.Max(p => p.Length);
            var ids = Ids(prompts, width, atEnd: !hasEncoder);
            Tensor features;
            if (hasEncoder)
            {
                memoryReal = real is null ? null : Tensor(real).DetachFromDisposeScope();
                memory = network.Encode(ids, memoryReal).DetachFromDisposeScope();
                features = network.Features(full([prompts.Length, 1], start, ScalarType.Int64), Pass(cache, null, memory, memoryReal));
            }
            else
            {
                var pass = Pass(cache, real is null ? null : Tensor(real), null, null);
                // Padding stands before, so that all prompts end at one place.
                features = network.Features(ids, network.Options.PrefixAttention ? pass with { Prefix = full([prompts.Length], width, ScalarType.Int64) } : pass);
            }
            Read(network.Logits(features.narrow(1, features.shape[1] - 1, 1)), ref logits);
        }
        if (hasEncoder) real = null;
        int[] source = [.. Enumerable.Range(0, rows.Length).Select(i => i / options.Samples)]; // whose logits each row draws from
        try
        {
            for (var made = 0; rows.Length > 0 && made < options.MaxTokens && read < limit; made++, read++)
            {
                cancellation.ThrowIfCancellationRequested();
                for (var i = 0; i < rows.Length; i++)
                {
                    var alternatives = options.Alternatives == 0 ? [] : new (int, double)[Math.Min(options.Alternatives, tokens)];
                    var (token, logProbability) = sampler.Draw(logits.AsSpan(source[i] * network.Vocabulary, tokens), rows[i].Random, alternatives);
                    if (alternatives.Length > 0) rows[i].Alternatives.Add(alternatives);
                    rows[i].Add(token, logProbability, options.StopsAtEnd && ends.Contains(token));
                    rows[i].IsOver = rows[i].Ended || made == options.MaxTokens - 1 || isOver?.Invoke(rows[i].Number, rows[i].Tokens) == true;
                }
                // What is to be judged is read to its last token, and leaves the batch then.
                int[] going = [.. Enumerable.Range(0, rows.Length).Where(i => judge is not null || !rows[i].IsOver)];
                if (going.Length == 0) break;
                int[] origins = [.. going.Select(i => source[i])];
                using var scope = NewDisposeScope();
                if (!origins.SequenceEqual(Enumerable.Range(0, logits.Length / network.Vocabulary)))
                {
                    var taken = InputBuffer.Tensor<long>([.. origins.Select(o => (long)o)], ScalarType.Int64, origins.Length);
                    cache.Take(taken);
                    memory = Taken(memory, taken);
                    memoryReal = Taken(memoryReal, taken);
                    real = real is null ? null : [.. origins.Select(o => real[o])];
                }
                rows = [.. going.Select(i => rows[i])];
                source = [.. Enumerable.Range(0, rows.Length)];
                if (real is not null) real = [.. real.Select(r => (long[])[.. r, 1])];
                var next = InputBuffer.Tensor<long>([.. rows.Select(r => (long)r.Last)], ScalarType.Int64, rows.Length, 1);
                var features = network.Features(next, Pass(cache, real is null ? null : Tensor(real), memory, memoryReal));
                Read(network.Logits(features), ref logits);
                if (judge is null || !rows.Any(r => r.IsOver)) continue;
                Judge(judge, features, rows);
                source = [.. source.Where(i => !rows[i].IsOver)];
                rows = [.. source.Select(i => rows[i])];
            }
        }
        finally
        {
            memory?.Dispose();
            memoryReal?.Dispose();
        }
    }

    private static void Judge(Func<Tensor, Tensor> judge, Tensor features, Answer[] rows)
    {
        long[] over = [.. Enumerable.Range(0, rows.Length).Where(i => rows[i].IsOver).Select(i => (long)i)];
        var judged = judge(features.squeeze(1).index_select(0, InputBuffer.Tensor<long>(over, ScalarType.Int64, over.Length))).to(ScalarType.Float32).data<float>();
        for (var i = 0; i < over.Length; i++) rows[over[i]].Judgement = judged[i];
    }

    private static TransformerPass Pass(KeyValueCache cache, Tensor? real, Tensor? memory, Tensor? memoryReal) => new() { IsCausal = true, Cache = cache, Real = real, Memory = memory, MemoryReal = memoryReal };

    private static Tensor? Taken(Tensor? of, Tensor rows)
    {
        if (of is null) return null;
        var taken = of.index_select(0, rows).DetachFromDisposeScope();
        of.Dispose();
        return taken;
    }

    private static void Read(Tensor logits, ref float[] into)
    {
        var dense = logits.dtype == ScalarType.Float32 ? logits.contiguous() : logits.to(ScalarType.Float32).contiguous();
        var numbers = MemoryMarshal.Cast<byte, float>(dense.bytes);
        if (into.Length != numbers.Length) into = new float[numbers.Length];
        numbers.CopyTo(into);
    }

    private static Tensor Tensor(long[][] rows) => InputBuffer.Tensor<long>([.. rows.SelectMany(r => r)], ScalarType.Int64, rows.Length, rows[0].Length);

    private static long[] Marks(int count, int width, bool atEnd) => [.. Enumerable.Range(0, width).Select(i => (atEnd ? i >= width - count : i < count) ? 1L : 0)];

    private static Tensor Ids(int[][] prompts, int width, bool atEnd)
    {
        var ids = new long[prompts.Length * width];
        for (var row = 0; row < prompts.Length; row++)
            for (var i = 0; i < prompts[row].Length; i++) ids[row * width + (atEnd ? width - prompts[row].Length : 0) + i] = prompts[row][i];
        return InputBuffer.Tensor<long>(ids, ScalarType.Int64, prompts.Length, width);
    }

    private static long PromptKey(int[] prompt)
    {
        var key = 0x9E3779B97F4A7C15UL;
        foreach (var token in prompt) key = (key ^ (uint)token) * 0xD6E8FEB86659FD93UL;
        return (long)key;
    }

    /// <summary>An answer in the making.</summary>
    private sealed class Answer(int number, RandomStream random)
    {
        public int Number => number;

        public RandomStream Random => random;

        public List<int> Tokens { get; } = [];

        public List<double> LogProbabilities { get; } = [];

        public List<(int, double)[]> Alternatives { get; } = [];

        public bool Ended { get; private set; }

        public bool IsOver { get; set; }

        public double? Judgement { get; set; }

        /// <summary>The last token, the one that ended it included.</summary>
        public int Last { get; private set; }

        public void Add(int token, double logProbability, bool ends)
        {
            Last = token;
            LogProbabilities.Add(logProbability);
            if (ends) Ended = true;
            else Tokens.Add(token);
        }
    }
}
