using System.Diagnostics;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Training;

/// <summary>
/// Multinomial logistic regressions on sparse rows, one a fold of a cross-validation, trained together in one pass after another: each row is read once
/// and teaches all models but that of its own fold. FTRL-Proximal with an L2 penalty (McMahan et al. 2013, "Ad click prediction: a view from the trenches",
/// algorithm 1 without L1), whose second sum is one a feature and model instead of one a weight.
/// </summary>
/// <remarks>Memory: 4 bytes a feature, model and class, and 4 a feature and model. The folds are divided over the processors; a model's numbers depend on neither.</remarks>
[Version(1)]
public sealed class FoldedLogisticRegression
{
    private const int LearnedRows = 50_000, LeastPasses = 3, MostPasses = 10;

    private readonly int dense, features, classes, folds;
    private readonly float rate, l2;
    private readonly Share[] shares;
    private int passes;

    /// <summary>Creates models that give all classes the same probability.</summary>
    /// <param name="dense">Dense numbers a row.</param>
    /// <param name="buckets">Buckets of words.</param>
    /// <param name="classes">Classes, C.</param>
    /// <param name="folds">Models, K.</param>
    /// <param name="l2">Weight of half the squared weights against the summed loss of all rows.</param>
    /// <param name="rate">The size of the first steps.</param>
    public FoldedLogisticRegression(int dense, int buckets, int classes, int folds, double l2 = 1, double rate = 1)
    {
        (this.dense, this.classes, this.folds, features) = (dense, classes, folds, dense + buckets + 1);
        (this.l2, this.rate) = ((float)l2, (float)rate);
        var workers = Math.Clamp(Environment.ProcessorCount, 1, folds);
        shares = [.. Enumerable.Range(0, workers).Select(w => new Share([.. Enumerable.Range(0, folds).Where(f => f % workers == w)], features, classes))];
    }

    /// <summary>How many buckets keep the models of some classes and folds below a number of bytes; a power of two.</summary>
    public static int BucketsWithin(long bytes, int classes, int folds)
    {
        var buckets = 1 << 10;
        while (buckets < 1 << 20 && 2L * buckets * folds * (classes + 1) * sizeof(float) <= bytes) buckets *= 2;
        return buckets;
    }

    /// <summary>Passes over the rows until 50,000 are learned, at least three times and at most ten; each block in random order.</summary>
    /// <param name="run">The run.</param>
    /// <param name="blocks">All rows, in blocks that mix classes; read once a pass.</param>
    /// <param name="labels">The class of each row [N]; −1 for none.</param>
    /// <param name="foldOf">The fold of each row [N].</param>
    public void Train(Run run, Func<IEnumerable<SparseRows>> blocks, int[] labels, byte[] foldOf)
    {
        run.Uses(typeof(FoldedLogisticRegression));
        var total = Math.Clamp(LearnedRows / Math.Max(1, labels.Length), LeastPasses, MostPasses);
        var watch = Stopwatch.StartNew();
        for (var pass = 1; pass <= total; pass++)
        {
            var loss = Pass(blocks(), labels, foldOf, run.Random("order", pass), run.Cancellation);
            run.Progress?.Report(new("out of fold", pass, total, (double)pass / total, loss, null, (double)pass * labels.Length / watch.Elapsed.TotalSeconds, watch.Elapsed / pass * (total - pass)));
        }
    }

    private double Pass(IEnumerable<SparseRows> blocks, int[] labels, byte[] foldOf, RandomStream random, CancellationToken cancellation)
    {
        passes++;
        var (losses, counts) = (new double[shares.Length], new long[shares.Length]);
        foreach (var block in blocks)
        {
            cancellation.ThrowIfCancellationRequested();
            var order = random.Permutation(block.Count);
            Parallel.For(0, shares.Length, s =>
            {
                foreach (var place in order)
                {
                    var row = block.Rows[place];
                    if (labels[row] < 0) continue;
                    losses[s] += Learn(shares[s], block, place, labels[row], foldOf[row], ref counts[s]);
                }
            });
        }
        return losses.Sum() / Math.Max(1, counts.Sum());
    }

    /// <summary>Writes the probabilities that the model of each row's own fold gives it, which never learned from it.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="foldOf">The fold of each row [N].</param>
    /// <param name="probabilities">Of all rows [N × C].</param>
    public void Predict(SparseRows block, byte[] foldOf, float[] probabilities) => Parallel.For(0, shares.Length, s =>
    {
        var share = shares[s];
        for (var place = 0; place < block.Count; place++)
        {
            var model = Array.IndexOf(share.Folds, foldOf[block.Rows[place]]);
            if (model < 0) continue;
            Score(share, block, place);
            Softmax(share.Scores.AsSpan(model * classes, classes));
            share.Scores.AsSpan(model * classes, classes).CopyTo(probabilities.AsSpan(block.Rows[place] * classes, classes));
        }
    });

    /// <summary>What a bucket of words says for a class by the model of a fold: its weight.</summary>
    public double WeightOf(int bucket, int fold, int label)
    {
        var share = shares[fold % shares.Length];
        var (feature, model) = (dense + bucket, Array.IndexOf(share.Folds, fold));
        return -share.Sums[(feature * share.Folds.Length + model) * classes + label] * Inverse(share.Roots[feature * share.Folds.Length + model], l2 * Math.Max(1, passes));
    }

    private double Learn(Share share, SparseRows block, int place, int label, int fold, ref long count)
    {
        Score(share, block, place);
        var loss = 0.0;
        for (var model = 0; model < share.Folds.Length; model++)
        {
            var scores = share.Scores.AsSpan(model * classes, classes);
            if (share.Folds[model] == fold)
            {
                share.Norms[model] = 0;
                continue;
            }
            Softmax(scores);
            loss -= Math.Log(Math.Max(scores[label], 1e-12));
            count++;
            scores[label] -= 1; // now the gradient of the scores
            var norm = 0f;
            foreach (var g in scores) norm += g * g;
            share.Norms[model] = norm;
        }
        var numbers = block.NumbersOf(place);
        for (var d = 0; d < dense; d++)
            if (numbers[d] != 0) Update(share, d, numbers[d], l2);
        foreach (var word in block.WordsOf(place)) Update(share, dense + (word >> 8), share.Scale * Logarithms[word & 255], l2);
        Update(share, features - 1, 1, 0);
        return loss;
    }

    private void Score(Share share, SparseRows block, int place)
    {
        share.Scores.AsSpan().Clear();
        var numbers = block.NumbersOf(place);
        for (var d = 0; d < dense; d++)
            if (numbers[d] != 0) Add(share, d, numbers[d], l2);
        var words = block.WordsOf(place);
        var squares = 0f;
        foreach (var word in words) squares += Logarithms[word & 255] * Logarithms[word & 255];
        share.Scale = squares > 0 ? 1 / MathF.Sqrt(squares) : 0;
        foreach (var word in words) Add(share, dense + (word >> 8), share.Scale * Logarithms[word & 255], l2);
        Add(share, features - 1, 1, 0);
    }

    private void Add(Share share, int feature, float value, float penalty)
    {
        var models = share.Folds.Length;
        var sums = share.Sums.AsSpan(feature * models * classes, models * classes);
        for (var model = 0; model < models; model++)
        {
            var root = share.Roots[feature * models + model];
            if (root == 0) continue;
            var factor = -value * Inverse(root, penalty * passes);
            var from = sums.Slice(model * classes, classes);
            var to = share.Scores.AsSpan(model * classes, classes);
            for (var c = 0; c < to.Length; c++) to[c] += factor * from[c];
        }
    }

    private void Update(Share share, int feature, float value, float penalty)
    {
        var models = share.Folds.Length;
        var sums = share.Sums.AsSpan(feature * models * classes, models * classes);
        for (var model = 0; model < models; model++)
        {
            if (share.Norms[model] == 0) continue;
            ref var root = ref share.Roots[feature * models + model];
            var grown = MathF.Sqrt(root * root + value * value * share.Norms[model]);
            var keep = 1 + (grown - root) / rate * Inverse(root, penalty * passes);
            root = grown;
            var own = sums.Slice(model * classes, classes);
            var gradient = share.Scores.AsSpan(model * classes, classes);
            for (var c = 0; c < own.Length; c++) own[c] = own[c] * keep + value * gradient[c];
        }
    }

    // Each pass over the rows counts as rows of its own, so that the penalty must grow as they do.
    private float Inverse(float root, float penalty) => 1 / ((1 + root) / rate + penalty);

    private static void Softmax(Span<float> scores)
    {
        var largest = float.NegativeInfinity;
        foreach (var score in scores) largest = Math.Max(largest, score);
        var sum = 0f;
        foreach (ref var score in scores) sum += score = MathF.Exp(score - largest);
        foreach (ref var score in scores) score /= sum;
    }

    private static readonly float[] Logarithms = [.. Enumerable.Range(0, 256).Select(count => MathF.Log(1 + count))];

    /// <summary>The models that one processor trains, side by side a feature.</summary>
    private sealed class Share(int[] folds, int features, int classes)
    {
        public readonly int[] Folds = folds;
        public readonly float[] Sums = new float[(long)features * folds.Length * classes];
        public readonly float[] Roots = new float[(long)features * folds.Length];
        public readonly float[] Scores = new float[folds.Length * classes], Norms = new float[folds.Length];
        public float Scale;
    }
}
