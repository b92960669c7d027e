using Preceptor.Data;
using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Models;

/// <summary>A language model: a tokenizer and a network that says what comes next.</summary>
public sealed class LanguageModel : IArtifact<LanguageModel>, IDisposable
{
    /// <summary>The file that its folder has.</summary>
    public const string FileName = "language.json";

    private const string HeadFileName = "reward.safetensors";
    private const int TokensTogether = 8192;

    private readonly int threads;

    /// <summary>Puts a model together, which then owns the network.</summary>
    /// <param name="tokenizer">From text to tokens.</param>
    /// <param name="network">The network; its embedding may have more rows than the tokenizer has tokens.</param>
    /// <param name="ends">Tokens that end a text.</param>
    /// <param name="training">How it was trained.</param>
    /// <param name="threads">Threads that answer.</param>
    /// <exception cref="RequestException">The tokenizer has tokens that the network has not.</exception>
    public LanguageModel(Tokenizer tokenizer, LanguageNetwork network, IReadOnlyList<int> ends, TrainingSummary training, int threads)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(network);
        if (tokenizer.Size > network.Vocabulary) throw new RequestException($"the tokenizer has {tokenizer.Size} tokens, and the network knows {network.Vocabulary}");
        (Tokenizer, Network, Ends, Training, this.threads) = (tokenizer, network, ends, training, threads);
    }

    /// <summary>From text to tokens.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The network.</summary>
    public LanguageNetwork Network { get; }

    /// <summary>Tokens that end a text.</summary>
    public IReadOnlyList<int> Ends { get; }

    /// <summary>How it was trained.</summary>
    public TrainingSummary Training { get; }

    /// <summary>What it thinks of a whole response, or of each token; null for a model that only speaks. The model owns it.</summary>
    public RewardHead? Head { get; init; }

    /// <summary>Whether its network reads in both directions; its head then says of each token whether it is not the original one, and it cannot say what comes next.</summary>
    public bool IsBidirectional { get; init; }

    /// <summary>Threads that answer.</summary>
    internal int Threads => threads;

    /// <summary>How prompts were put before their responses.</summary>
    public PromptForm Form { get; init; } = new();

    /// <summary>What a decoder behind an encoder begins with.</summary>
    internal int Start => Ends.Count > 0 ? Ends[0] : 0;

    /// <summary>What follows each prompt [prompts][samples].</summary>
    /// <param name="prompts">The prompts' tokens, at least one each.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    public Generation[][] Generate(IReadOnlyList<int[]> prompts, GenerationOptions options, CancellationToken cancellation = default) => Generate(prompts, options, null, cancellation);

    /// <summary>What follows each prompt [prompts][samples], seen as it comes.</summary>
    /// <param name="prompts">The prompts' tokens, at least one each.</param>
    /// <param name="options">How.</param>
    /// <param name="watch">Sees the tokens of a row (prompt × samples + sample) after each, and says whether it is over; it then looks for the texts that stop an answer itself. Null for nobody.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    public Generation[][] Generate(IReadOnlyList<int[]> prompts, GenerationOptions options, Func<int, IReadOnlyList<int>, bool>? watch, CancellationToken cancellation = default) => Generate(prompts, options, watch, null, cancellation);

    /// <summary>What follows each prompt [prompts][samples], judged by the features [N, D] at the last tokens; null for nobody.</summary>
    internal Generation[][] Generate(IReadOnlyList<int[]> prompts, GenerationOptions options, Func<int, IReadOnlyList<int>, bool>? watch, Func<Tensor, Tensor>? judge, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(options);
        RequireCausal();
        if (prompts.FirstOrDefault(p => p.Length == 0) is not null) throw new ArgumentException("a prompt has no token", nameof(prompts));
        set_num_threads(threads);
        var isShared = watch is null;
        if (watch is null && options.Stop.Count > 0) watch = TextGenerator.At(options.Stop, Tokenizer);
        return new TextGenerator(Network, Ends, Tokenizer.Size, Start).Generate(prompts, options, watch, judge, isShared, cancellation);
    }

    /// <summary>The answers to each prompt, each up to the first of the texts that stop it [prompts][samples].</summary>
    /// <param name="prompts">The prompts, which are put into the model's form.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    public string[][] Generate(IReadOnlyList<string> prompts, GenerationOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return [.. Generate([.. prompts.Select(p => Form.Encode(Tokenizer, p))], options, cancellation).Select(of => of.Select(g => Text(g, options)).ToArray())];
    }

    /// <summary>The text of an answer, up to the first of the texts that stop it.</summary>
    public string Text(Generation answer, GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(options);
        var text = Tokenizer.Decode([.. answer.Tokens]);
        return text[..options.Stop.Select(s => text.IndexOf(s, StringComparison.Ordinal)).Where(i => i >= 0).DefaultIfEmpty(text.Length).Min()];
    }

    /// <summary>The log-probability of each token that is to be predicted, a list a sequence.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="cancellation">Ends it between blocks.</param>
    public double[][] LogProbabilities(TokenSequences sequences, CancellationToken cancellation = default) => OfTokens(sequences, read => read.LogProbabilities(Network), cancellation);

    /// <summary>A number for each token that is to be predicted, a list a sequence.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="numbers">The numbers [N] of a batch.</param>
    /// <param name="cancellation">Ends it between blocks.</param>
    internal double[][] OfTokens(TokenSequences sequences, Func<LanguageBatch, Tensor> numbers, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        RequireCausal();
        var answers = new double[sequences.Count][];
        Read(sequences, (read, at) =>
        {
            var of = Numbers(numbers(read));
            for (var (row, next) = (0, 0); row < at.Length; next += read.AnswerLengths[row], row++) answers[at[row]] = of[next..(next + read.AnswerLengths[row])];
        }, isShared: true, cancellation);
        return answers.FromAllRanks();
    }

    /// <summary>What its head thinks of each sequence, prompt and response together.</summary>
    /// <exception cref="InvalidOperationException">It has no head.</exception>
    public double[] Rewards(TokenSequences sequences, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        var head = Head ?? throw new InvalidOperationException("the model has no head of rewards");
        var answers = new double[sequences.Count][];
        Read(sequences.Whole(), (read, at) =>
        {
            var of = Numbers(head.forward(read.Features(Network)));
            for (var row = 0; row < at.Length; row++) answers[at[row]] = [of[row]];
        }, isShared: true, cancellation);
        return [.. answers.FromAllRanks().Select(a => a[0])];
    }

    /// <summary>Reads sequences, those of like length together, without gradients and in a dispose scope each time.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="answer">Told what is read, and which sequences they are.</param>
    /// <param name="isShared">Whether each of several ranks reads some of the blocks alone.</param>
    /// <param name="cancellation">Ends it between blocks.</param>
    internal void Read(TokenSequences sequences, Action<LanguageBatch, int[]> answer, bool isShared = false, CancellationToken cancellation = default)
    {
        var batch = new LanguageBatch(Network.Options.Architecture, Start);
        InBlocks(sequences, chosen =>
        {
            batch.Fill(sequences, chosen);
            answer(batch, chosen);
        }, isShared, cancellation);
    }

    /// <summary>How much each token of each sequence is doubted: by a model that reads in both directions the log-odds that it is not the original one; by others −log p given the tokens before it, and 0 for a first token that has none.</summary>
    /// <param name="sequences">The sequences, of which nothing counts as a prompt.</param>
    /// <param name="cancellation">Ends it between blocks.</param>
    public double[][] Doubts(TokenSequences sequences, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (!IsBidirectional)
        {
            var texts = new TokenSequences(sequences.Tokens, sequences.Lengths, new int[sequences.Count]);
            return [.. LogProbabilities(texts, cancellation).Select((logs, i) => (double[])[.. new double[texts.Lengths[i] - logs.Length], .. logs.Select(l => -l)])];
        }
        var head = Head ?? throw new InvalidOperationException("the model has no head that judges tokens");
        var doubts = new double[sequences.Count][];
        EachPadded(sequences, (read, features, chosen) =>
        {
            var of = Numbers(head.forward(features.reshape(-1, features.shape[2])));
            for (var row = 0; row < chosen.Length; row++) doubts[chosen[row]] = of[(row * read.Width)..(row * read.Width + sequences.Lengths[chosen[row]])];
        }, cancellation);
        return doubts;
    }

    /// <summary>What the last layer makes of each sequence: the mean over its tokens [sequences × width].</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="cancellation">Ends it between blocks.</param>
    public float[] Features(TokenSequences sequences, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        var all = new float[sequences.Count * Network.Options.Width];
        EachPadded(sequences, (read, features, chosen) =>
        {
            var sum = read.Real() is { } real ? (features * real.to(features.dtype).unsqueeze(2)).sum(1) : features.sum(1); // [B, D]
            var of = Numbers(sum);
            for (var row = 0; row < chosen.Length; row++)
                for (var d = 0; d < Network.Options.Width; d++) all[chosen[row] * Network.Options.Width + d] = (float)(of[row * Network.Options.Width + d] / sequences.Lengths[chosen[row]]);
        }, cancellation);
        return all;
    }

    private void EachPadded(TokenSequences sequences, Action<PaddedTokens, Tensor, int[]> answer, CancellationToken cancellation) => InBlocks(sequences, chosen =>
    {
        var read = new PaddedTokens([.. chosen.Select(i => sequences.Of(i).ToArray())]);
        var pass = IsBidirectional ? TransformerPass.Bidirectional : TransformerPass.Causal;
        answer(read, Network.Options.Architecture == LanguageArchitecture.EncoderDecoder ? Network.Encode(read.Ids(), read.Real()) : Network.Features(read.Ids(), pass with { Real = read.Real() }), chosen);
    }, isShared: false, cancellation);

    private void InBlocks(TokenSequences sequences, Action<int[]> answer, bool isShared, CancellationToken cancellation)
    {
        set_num_threads(threads);
        using var noGradient = no_grad();
        int[] order = [.. Enumerable.Range(0, sequences.Count).OrderBy(i => sequences.Lengths[i])];
        for (var (first, turn) = (0, 0); first < order.Length; turn = (turn + 1) % Ranks.Current.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            // Like lengths together, no more tokens than fit beside their logits.
            var count = 1;
            while (first + count < order.Length && (count + 1) * sequences.Lengths[order[first + count]] <= TokensTogether) count++;
            using var scope = NewDisposeScope();
            if (!isShared || turn == Ranks.Current.Number) answer(order[first..(first + count)]);
            first += count;
        }
    }

    /// <exception cref="RequestException">The model reads in both directions.</exception>
    internal void RequireCausal()
    {
        if (IsBidirectional) throw new RequestException("the model reads in both directions and judges tokens; it cannot say what comes next");
    }

    private static double[] Numbers(Tensor tensor) => [.. tensor.to(ScalarType.Float32).contiguous().data<float>().ToArray().Select(v => (double)v)];

    /// <inheritdoc/>
    /// <remarks>A decoder of Qwen2's kind can also be loaded by other programs: config.json and model.safetensors are Hugging Face's.</remarks>
    public void Save(string folder)
    {
        if (Network.Options.QuantisedBits > 0 || Network.state_dict().Values.Any(t => t.dtype != ScalarType.Float32)) throw new InvalidOperationException("a model whose weights were rounded is not saved");
        int? padding = Tokenizer.Padding;
        if (!IsBidirectional && CheckpointConfiguration.IsQwen(Network.Options)) LanguageCheckpoint.Write(Network, folder, Ends, padding);
        else LanguageCheckpoint.WriteWeights(Network, Path.Combine(folder, LanguageCheckpoint.FileName));
        Tokenizer.Save(folder);
        if (Head is not null) new KeptModule(Head).Write(Path.Combine(folder, HeadFileName));
        ModelFiles.WriteJson(Path.Combine(folder, FileName), new Description(Network.Options.Plain(), Network.Vocabulary, [.. Ends], Training, threads, Form, IsBidirectional));
    }

    /// <inheritdoc/>
    /// <remarks>A folder without <see cref="FileName"/> is read as Hugging Face's.</remarks>
    public static LanguageModel Load(string folder) => Load(folder, WeightPrecision.Single);

    /// <summary>Reads a model, its weights held in some number of bits; one that is not held in 32 answers, and is neither trained further nor saved.</summary>
    /// <param name="folder">A folder that <see cref="Save"/> wrote, or Hugging Face's.</param>
    /// <param name="precision">In how many bits.</param>
    /// <param name="threads">Threads that answer; 0: as it was saved, or 1.</param>
    /// <exception cref="RequestException">A file is missing or damaged.</exception>
    public static LanguageModel Load(string folder, WeightPrecision precision, int threads = 0)
    {
        var tokenizer = Tokenizer.Load(folder);
        if (!File.Exists(Path.Combine(folder, FileName)))
        {
            var (read, configuration) = LanguageCheckpoint.Read(folder, precision);
            if (configuration.IsCausal) return new(tokenizer, read, configuration.EndTokens, new([], 0, 0, 0), Math.Max(1, threads)) { Form = FormOf(tokenizer) };
            read.Dispose();
            throw new RequestException($"{folder}: a {configuration.ModelType} reads in both directions and cannot say what comes next; expected {string.Join(" or ", CheckpointConfiguration.ModelTypes.Where(t => t != configuration.ModelType))}");
        }
        var path = Path.Combine(folder, FileName);
        var description = ModelFiles.ReadJson<Description>(path);
        if (description.Vocabulary is < 1 or > 10_000_000 || description.Threads < 1 || description.Ends.Any(e => e < 0 || e >= description.Vocabulary)) throw new RequestException($"{path}: vocabulary, ends or threads are not what a model has");
        set_num_threads(description.Threads);
        var network = LanguageCheckpoint.Create(description.Options, description.Vocabulary, precision);
        try
        {
            LanguageCheckpoint.ReadWeights(network, folder);
            network.eval();
            var head = File.Exists(Path.Combine(folder, HeadFileName)) ? new RewardHead(description.Options) : null;
            if (head is not null) new KeptModule(head).Read(Path.Combine(folder, HeadFileName));
            return new(tokenizer, network, description.Ends, description.Training, threads > 0 ? threads : description.Threads) { Form = description.Form ?? new(), Head = head, IsBidirectional = description.IsBidirectional };
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>How the model of a folder puts prompts: as it was saved, or as messages where it is Hugging Face's and its tokenizer has the tokens of conversations.</summary>
    internal static PromptForm FormOf(string folder) => File.Exists(Path.Combine(folder, FileName)) ? ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName)).Form ?? new() : FormOf(Tokenizer.Load(folder));

    private static PromptForm FormOf(Tokenizer tokenizer) => new() { IsChat = ReferenceEquals(ChatTemplate.For(tokenizer), ChatTemplate.Qwen) };

    /// <summary>The folder of the model that a run's folder, a model's or a Hugging Face folder holds; null where it holds another or none.</summary>
    public static string? Find(string folder) => new[] { folder, Path.Combine(folder, "model") }.FirstOrDefault(place => File.Exists(Path.Combine(place, FileName)) || File.Exists(Path.Combine(place, CheckpointConfiguration.FileName)));

    /// <inheritdoc/>
    public void Dispose()
    {
        Network.Dispose();
        Head?.Dispose();
    }

    private sealed record Description(TransformerOptions Options, int Vocabulary, int[] Ends, TrainingSummary Training, int Threads, PromptForm? Form, bool IsBidirectional = false);
}
