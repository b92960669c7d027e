using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Ranking;

/// <summary>
/// Vectors of documents from a classifier of their topics (the C-BERT of Chalkidis et al. 2021, with a bag of embeddings in BERT's place): a document may have several topics, each by a sigmoid of its own; once trained,
/// the classification layer is dropped and the last hidden layer, of length 1, is the vector.
/// </summary>
[Version(1)]
internal sealed class TopicEncoder : IArtifact<TopicEncoder>, IDisposable
{
    private const string FileName = "encoder.json", WeightsFile = "encoder.safetensors";
    private const int Limit = 400, Block = 256;
    private readonly RankingEncoding encoding;
    private readonly TopicNetwork network;

    private TopicEncoder(RankingEncoding encoding, TopicNetwork network)
    {
        (this.encoding, this.network) = (encoding, network);
    }

    /// <summary>Numbers a vector.</summary>
    public int Width => network.Width;

    /// <summary>Trains the classifier on documents and training queries that have topics.</summary>
    public static TopicEncoder Train(Run run, RankingProblem problem, int width, TrainingOptions training)
    {
        manual_seed(run.TorchSeed("initialisation"));
        run.Uses(typeof(TopicEncoder));
        var topics = problem.Topics!;
        (string Text, int[] Topics)[] labelled = [.. problem.Documents.Zip(topics.Documents).Concat(problem.Train.Select(l => l.Text).Zip(topics.Queries)).Where(d => d.Second.Length > 0)];
        if (labelled.Length == 0) throw new RequestException($"{problem.Name}: no document has a topic to learn from");
        var encoding = RankingEncoding.Learn(problem);
        int[][] ids = [.. labelled.Select(d => encoding.Read(d.Text, Limit))];
        var network = new TopicNetwork(encoding.Ids, width, topics.Count);
        TrainingLoop.Fit(run, network, new TopicBatches(run, ids.Length, training.Batch), training, _ => batch =>
            nn.functional.binary_cross_entropy_with_logits(network.Classify(Bags(batch.Rows.ToArray().Select(r => ids[r]))), batch.Targets(r => labelled[r].Topics, topics.Count)), null);
        return new(encoding, network);
    }

    /// <summary>The vectors of texts [N × W].</summary>
    public float[] Encode(IReadOnlyList<string> texts)
    {
        using var noGradient = no_grad();
        network.eval();
        var vectors = new float[texts.Count * Width];
        for (var start = 0; start < texts.Count; start += Block)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(Block, texts.Count - start);
            network.forward(Bags(Enumerable.Range(start, count).Select(i => encoding.Read(texts[i], Limit)))).data<float>().ToArray().CopyTo(vectors, start * Width);
        }
        return vectors;
    }

    private static (Tensor Ids, Tensor Starts) Bags(IEnumerable<int[]> rows)
    {
        var (ids, starts) = (new List<long>(), new List<long>());
        foreach (var row in rows)
        {
            starts.Add(ids.Count);
            ids.AddRange(row.Select(i => (long)i));
        }
        return (tensor(ids.ToArray(), dtype: int64), tensor(starts.ToArray(), dtype: int64));
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        ModelFiles.WriteJson(Path.Combine(folder, FileName), new Description(encoding.Terms, network.Width, network.Topics));
        new KeptModule(network).Write(Path.Combine(folder, WeightsFile));
    }

    /// <inheritdoc/>
    public static TopicEncoder Load(string folder)
    {
        var d = ModelFiles.ReadJson<Description>(Path.Combine(folder, FileName));
        var encoding = new RankingEncoding(d.Terms, [], []);
        var network = new TopicNetwork(encoding.Ids, d.Width, d.Topics);
        new KeptModule(network).Read(Path.Combine(folder, WeightsFile));
        return new(encoding, network);
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    private sealed record Description(IReadOnlyList<string> Terms, int Width, int Topics);

    private sealed class TopicNetwork : nn.Module<(Tensor Ids, Tensor Starts), Tensor>
    {
        private readonly EmbeddingBag embedding;
        private readonly Linear hidden, output;

        public TopicNetwork(int ids, int width, int topics) : base(nameof(TopicNetwork))
        {
            (Width, Topics) = (width, topics);
            embedding = nn.EmbeddingBag(ids, width, mode: EmbeddingBagMode.Mean);
            hidden = nn.Linear(width, width);
            output = nn.Linear(width, topics);
            register_module("embedding", embedding);
            register_module("hidden", hidden);
            register_module("output", output);
        }

        public int Width { get; }

        public int Topics { get; }

        public Tensor Classify((Tensor Ids, Tensor Starts) texts) => output.forward(Hidden(texts));

        public override Tensor forward((Tensor Ids, Tensor Starts) texts) => nn.functional.normalize(Hidden(texts), 2, 1);

        private Tensor Hidden((Tensor Ids, Tensor Starts) texts) => tanh(hidden.forward(embedding.forward(texts.Ids, texts.Starts, null)));
    }
}
