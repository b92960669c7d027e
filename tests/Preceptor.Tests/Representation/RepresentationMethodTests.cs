using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Representation;
using TorchSharp;

namespace Preceptor.Tests.Representation;

public sealed class RepresentationMethodTests
{
    internal static ExamTask<RepresentationProblem, TrainedEncoder> Built(string problem, params string[] settings)
    {
        var specification = Specification.From(new("test", "", [new("method", new ScalarSetting("test", "method", "random-encoder"))]), [$"problem.name={problem}", .. settings]);
        return (ExamTask<RepresentationProblem, TrainedEncoder>)ProblemKinds.Of(specification).Prepare(specification, 1, (_, _, _, _) => throw new InvalidOperationException());
    }

    private static ExamTask<RepresentationProblem, TrainedEncoder> Digits(params string[] settings) => Built("unlabelled-digits", settings);

    internal static ExamTask<RepresentationProblem, TrainedEncoder> Factors(params string[] settings) => Built("factors", settings);

    private static readonly string[] Tiny = ["problem.size=tiny", "model.encoder=mlp", "model.hidden=[16]", "training.epochs=3", "training.batch=12"];

    private static readonly string[] SmallTransformer = ["model.encoder=vit", "model.patch=7", "model.embedding=16", "model.layers=1", "model.heads=2"];

    private static IFit<RepresentationProblem, TrainedEncoder> Method(string slug) => slug switch
    {
        "simclr" => new InstanceDiscrimination(new() { HeadWidth = 8 }),
        "cacr" => new AttractionRepulsion(new() { Views = 3, HeadWidth = 8 }),
        "groco" => new GroupOrdering(new() { Negatives = 5, HeadWidth = 8 }),
        "simclr-v2" => new SemiSupervisedContrast(new() { HeadWidth = 8, FineTuneEpochs = 3, DistilEpochs = 2, LabelShare = 0.2 }),
        "supervised-encoder" => new SupervisedEncoder(new()),
        "cacr with keys" => new AttractionRepulsion(new() { Views = 3, HeadWidth = 8, Momentum = 0.9 }),
        "t-jepa" => new TabularJointEmbedding(new() { Encoder = new() { Width = 8, Layers = 1, Heads = 2, FeedForward = 8 }, PredictorWidth = 8, PredictorLayers = 1, PredictorHeads = 2 }),
        "mugs" => new MultiGranularity(new() { Keys = 20, Memory = 10, Neighbours = 2, Prototypes = 8, HeadHidden = 16, PredictorHidden = 16, HeadWidth = 8, Crops = new() { PartMultiple = 7 } }),
        "masked-reconstruction" => new MaskedReconstruction(new() { DecoderHidden = 16 }),
        _ => new RandomEncoder(new()),
    };

    internal static TrainedEncoder Fit(IFit<RepresentationProblem, TrainedEncoder> method, RepresentationProblem problem, Run? given = null)
    {
        var run = given ?? new Run(new() { Seed = 1 });
        try
        {
            return run.Stage("fit", problem.Describe(), () => method.Fit(problem, run));
        }
        finally
        {
            if (given is null) run.Dispose();
        }
    }

    private static string Bits(TrainedEncoder encoder)
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        encoder.Save(folder);
        var bits = Contents.Hash(File.ReadAllBytes(Path.Combine(folder, "encoder.safetensors")));
        Directory.Delete(folder, recursive: true);
        return bits;
    }

    [Theory]
    [InlineData("simclr"), InlineData("cacr"), InlineData("groco"), InlineData("masked-reconstruction")]
    public void It_learns_features_that_tell_classes_apart_better_than_random_ones_do(string slug)
    {
        var task = Digits("model.encoder=mlp", "model.hidden=[64]", $"training.epochs={(slug == "masked-reconstruction" ? 15 : 4)}", "training.batch=128", "training.rate=0.003");
        using var encoder = Fit(slug switch { "cacr" => new AttractionRepulsion(new() { Views = 2 }), "groco" => new GroupOrdering(new()), "masked-reconstruction" => new MaskedReconstruction(new() { Share = 0.5 }), _ => new InstanceDiscrimination(new()) }, task.Problem);
        using var random = Fit(new RandomEncoder(new()), task.Problem);
        var (learned, chance) = (task.Examine(encoder).Values["linear-probe"], task.Examine(random).Values["linear-probe"]);
        Assert.True(learned > chance + 0.03, $"{learned}, random features {chance}");
    }

    [Fact]
    public void Instances_local_groups_and_groups_teach_features_better_than_those_of_the_network_untrained()
    {
        double Neighbours(string rate, int epochs)
        {
            var task = Built("textured-shapes", $"training.epochs={epochs}", $"training.rate={rate}");
            using var encoder = Fit(new MultiGranularity(new() { Memory = 256, Keys = 256, Neighbours = 4, Momentum = 0.97 }), task.Problem);
            return task.Examine(encoder).Values["knn"];
        }
        var (learned, untrained) = (Neighbours("0.003", 3), Neighbours("0.000000001", 1));
        Assert.True(learned > untrained + 0.1, $"{learned}, untrained {untrained}");
    }

    [Fact]
    public void What_three_granularities_cannot_do_is_said_before_training()
    {
        void Refused(string message, MultiGranularity.Options options, params string[] settings) =>
            Assert.Contains(message, Assert.Throws<RequestException>(() => Fit(new MultiGranularity(options), Digits([.. Tiny, .. settings]).Problem)).Message, StringComparison.Ordinal);
        Refused("all are 0", new() { InstanceWeight = 0, LocalGroupWeight = 0, GroupWeight = 0 });
        Refused("method.crops.part-smallest: 0.7 is larger than part-largest, 0.6", new() { Crops = new() { PartSmallest = 0.7 } });
        Refused("method.neighbours: 8 are not in a memory of 4", new() { Memory = 4 });
        Refused("which model.encoder mlp cannot read", new());
        Refused("method.crops.part-multiple: 4 is no multiple of model.patch, 7", new(), SmallTransformer);
        Assert.Contains("mugs sees parts of images", Assert.Throws<RequestException>(() => Fit(new MultiGranularity(new()), Factors("problem.size=tiny").Problem)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("simclr"), InlineData("cacr"), InlineData("groco"), InlineData("simclr-v2"), InlineData("t-jepa"), InlineData("mugs"), InlineData("masked-reconstruction"), InlineData("supervised-encoder"), InlineData("cacr with keys")]
    public void Stopped_at_any_step_and_continued_it_ends_with_the_same_bits_and_memory_stays_flat(string slug)
    {
        var problem = slug == "t-jepa" ? Factors("problem.size=tiny", "training.epochs=4", "training.batch=10").Problem : slug == "mugs" ? Digits([.. Tiny, .. SmallTransformer]).Problem : Digits(Tiny).Problem;
        var unbroken = "";
        long Left(int times)
        {
            var longer = problem with { Training = problem.Training with { Epochs = times * problem.Training.Epochs } };
            var before = LiveTensors.Settled();
            using (var run = new Run(new()))
            using (var encoder = Fit(Method(slug), longer, run)) unbroken = Bits(encoder);
            return LiveTensors.Settled() - before;
        }
        var (leftByMore, left) = (Left(3), Left(1));
        Assert.True(leftByMore <= left, $"{left} tensors are left after a training, {leftByMore} after one of three times as many steps");
        var folder = Directory.CreateTempSubdirectory("preceptor-representation-").FullName;
        for (var attempt = 0; ; attempt++)
        {
            Assert.True(attempt < 20, "the run makes no progress across interruptions");
            using var stop = new CancellationTokenSource();
            var steps = 4;
            using var run = new Run(new RunSettings { Folder = folder, Cancellation = stop.Token, AtSafePoint = () => { if (--steps == 0) stop.Cancel(); } });
            try
            {
                using var encoder = Fit(Method(slug), problem, run);
                Assert.Equal(unbroken, Bits(encoder));
                break;
            }
            catch (OperationCanceledException)
            {
                // continue from the checkpoint
            }
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Without_weights_attraction_is_the_mean_of_all_and_an_encoder_is_kept_to_the_bit()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor[] views = [.. Enumerable.Range(0, 3).Select(v => torch.nn.functional.normalize(torch.tensor(Enumerable.Range(0, 20).Select(i => Math.Sin(i * (v + 1.7))).ToArray(), [5, 4]), 2, 1))];
        double Of(AttractionRepulsion.Options options) => (AttractionRepulsion.AttractionOf(views, options) + AttractionRepulsion.RepulsionOf(views, options)).item<double>();
        Assert.Equal(Of(new() { PositiveSharpness = 0, NegativeSharpness = 0 }), Of(new() { Attraction = false, Repulsion = false }), 1e-12);
        var task = Digits(Tiny);
        using var encoder = Fit(Method("simclr"), task.Problem);
        var folder = Directory.CreateTempSubdirectory().FullName;
        encoder.Save(folder);
        using var again = TrainedEncoder.Load(folder);
        Assert.Equal(encoder.Embed(task.Problem.Validation), again.Embed(task.Problem.Validation));
        Assert.Equal(encoder.Embed(task.Problem.Validation)[..encoder.Features], encoder.Embed(task.Problem.Validation.Take([0])));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_three_steps_leave_a_classifier_and_without_the_last_two_it_is_plain_contrast_to_the_bit()
    {
        var task = Digits("model.encoder=mlp", "model.hidden=[64]", "training.epochs=2", "training.batch=128", "training.rate=0.003");
        using var full = Fit(new SemiSupervisedContrast(new() { FineTuneEpochs = 20, DistilEpochs = 2 }), task.Problem);
        Assert.Equal(10, full.Classes);
        Assert.True(task.Examine(full).Values["few-shot"] > 0.2, $"{task.Examine(full).Values["few-shot"]}");
        using var small = Fit(new SemiSupervisedContrast(new() { FineTuneEpochs = 5, DistilEpochs = 1, Student = new() { Encoder = EncoderKind.Mlp, Hidden = [16] } }), task.Problem);
        Assert.Equal(16, small.Features);
        var tiny = Digits(Tiny).Problem;
        using var plain = Fit(Method("simclr"), tiny);
        using var none = Fit(new SemiSupervisedContrast(new() { HeadDepth = 2, HeadWidth = 8, FineTuneEpochs = 0, KeptLayers = 0 }), tiny);
        Assert.Equal(Bits(plain), Bits(none));
    }

    [Fact]
    public void No_layer_beyond_the_head_is_kept_and_labels_that_are_not_looked_at_change_nothing()
    {
        var problem = Digits(Tiny).Problem;
        Assert.Contains("method.kept-layers: 3 hidden layers are not in a head of 3 layers", Assert.Throws<RequestException>(() => Fit(new SemiSupervisedContrast(new() { KeptLayers = 3 }), problem)).Message, StringComparison.Ordinal);
        var unlabelled = ProblemKinds.All.First(k => k.Name == "representation");
        Assert.Contains("labels", Assert.Throws<RequestException>(() => unlabelled.Prepare(Specification.From(new("test", "", [new("method", new ScalarSetting("test", "method", "simclr-v2"))]), ["problem.name=unlabelled-digits", "problem.labels=0", "problem.size=tiny"]), 1, (_, _, _, _) => throw new InvalidOperationException())).Message, StringComparison.Ordinal);
        using var first = Fit(Method("simclr"), problem);
        using var second = Fit(Method("simclr"), problem with { Few = null, Classes = 0 });
        Assert.Equal(Bits(first), Bits(second));
    }

    [Fact]
    public void Columns_are_predicted_from_others_without_collapse_and_the_encoder_is_kept_to_the_bit()
    {
        var task = Factors("training.epochs=3", "training.batch=256", "training.rate=0.003");
        using var encoder = Fit(new TabularJointEmbedding(new() { Encoder = new() { Width = 16, Layers = 1, FeedForward = 16 }, PredictorLayers = 1 }), task.Problem);
        var epochs = encoder.Training!.Epochs;
        Assert.True(epochs[^1].Loss < 0.9 * epochs[0].Loss, $"{epochs[0].Loss} → {epochs[^1].Loss}");
        var scores = task.Examine(encoder).Values;
        Assert.True(scores["effective-rank"] > 5 && scores["linear-probe"] > 0.4, $"{scores["effective-rank"]}, {scores["linear-probe"]}");
        var folder = Directory.CreateTempSubdirectory().FullName;
        encoder.Save(folder);
        using var again = TrainedEncoder.Load(folder);
        Assert.Equal(encoder.Embed(task.Problem.Validation), again.Embed(task.Problem.Validation));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Views_of_a_table_change_whole_columns_alone()
    {
        var problem = Factors("problem.size=tiny", "training.batch=20").Problem;
        using var run = new Run(new());
        using var scope = torch.NewDisposeScope();
        using var batches = new ViewBatches(run, problem, 2).Epoch(1, 0).GetEnumerator();
        Assert.True(batches.MoveNext());
        var batch = batches.Current;
        var (plain, views) = (batch.Plain().Numbers!.data<float>().ToArray(), batch.Views());
        Assert.NotEqual(views[0].Numbers!.data<float>().ToArray(), views[1].Numbers!.data<float>().ToArray());
        var layout = ColumnLayout.Of(problem.Encoding);
        var (width, changed) = (problem.Train.Shape.Numbers, 0);
        var values = views[0].Numbers!.data<float>().ToArray();
        for (var row = 0; row < batch.Count; row++)
            for (var column = 0; column < layout.Count; column++)
            {
                var (start, length) = layout.Place(column);
                var now = values.AsSpan(row * width + start, length).ToArray();
                if (!now.SequenceEqual(plain.AsSpan(row * width + start, length).ToArray())) changed++;
                Assert.Contains(Enumerable.Range(0, batch.Count), other => plain.AsSpan(other * width + start, length).SequenceEqual(now));
            }
        Assert.InRange(changed / (double)(batch.Count * layout.Count), 0.1, 0.4);
    }

    [Fact]
    public void Scores_say_what_they_are_called()
    {
        // Two clusters on the axes, and a third row between them that belongs to the first.
        float[] train = [1, 0, 0.9f, 0.1f, 0, 1, 0.1f, 0.9f];
        int[] labels = [0, 0, 1, 1];
        var (right, purity) = EncoderScores.Nearest(train, labels, [0.8f, 0.3f, 0, 2], [0, 1], 2, nearest: 2);
        Assert.Equal([1, 1], right);
        Assert.Equal([0.5, 0.5], purity);
        Assert.Equal([1, 0], EncoderScores.LinearProbe(train, labels, [0.8f, 0.3f, 0, 2], [0, 0], 2));
        Assert.Equal(2, EncoderScores.EffectiveRank([1, 0, -1, 0, 0, 1, 0, -1], 2), 1e-6);
        Assert.Equal(1, EncoderScores.EffectiveRank([1, 1, 1, 1, 1, 1], 2));
        Assert.Equal(1, EncoderScores.EffectiveRank([1, 2, 2, 4, 3, 6], 2), 1e-3);
        var few = EncoderScores.Few([0, 1, 0, 1, 0, -1], 1, RandomStream.Of(1, "few"));
        Assert.Equal(2, few.Count(l => l >= 0));
        Assert.Equal(-1, few[5]);
    }

    [Fact]
    public void What_cannot_be_learned_from_is_told()
    {
        var problem = Digits(Tiny).Problem;
        Assert.Contains("at least two rows", Assert.Throws<RequestException>(() => Fit(Method("simclr"), problem with { Train = problem.Train.Take([0]) })).Message, StringComparison.Ordinal);
        Assert.Contains("method.negatives: 12 other images are not in a batch of 12", Assert.Throws<RequestException>(() => Fit(new GroupOrdering(new() { Negatives = 12 }), problem)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Coarse_classes_are_scored_besides_and_no_method_sees_them()
    {
        int[] rows = [.. Enumerable.Range(0, 120)];
        var table = new Table("rows", [new NumberColumn("a", [.. rows.Select(r => (double)(r % 4))]), new NumberColumn("b", [.. rows.Select(r => (double)(r % 3))]),
            new TextColumn("label", [.. rows.Select(r => $"{r % 4}")]), new TextColumn("family", [.. rows.Select(r => r % 4 < 2 ? "low" : r % 8 == 3 ? "" : "high")])]);
        ExamTask<RepresentationProblem, TrainedEncoder> Task(params string[] settings)
        {
            var specification = Specification.From(new("test", "", [new("method", new ScalarSetting("test", "method", "random-encoder"))]), ["problem.kind=representation", "problem.data=rows.csv", "problem.numbers=[a, b]", .. settings]);
            return (ExamTask<RepresentationProblem, TrainedEncoder>)ProblemKinds.Of(specification).Prepare(specification, 1, (_, _, _, _) => (table, null));
        }
        var task = Task("problem.coarse-label=family");
        Assert.Equal(["coarse-knn", "coarse-linear-probe", "mean-knn"], task.FurtherMetrics.Select(m => m.Name));
        Assert.Equal(["a", "b"], task.Problem.Encoding.Numbers.Select(n => n.Column));
        using var encoder = Fit(new RandomEncoder(new()), task.Problem);
        var scores = task.Examine(encoder);
        Assert.Equal(task.TestItems, scores.Items);
        Assert.True(task.TestItems < Task().TestItems, "rows without a coarse class are not asked for");
        Assert.Equal(1, scores.Values["coarse-knn"]);
        Assert.Equal((scores.Values["knn"] + 1) / 2, scores.Values["mean-knn"], 12);
        Assert.Empty(Task().FurtherMetrics);
        var moved = Task("problem.transfer=elsewhere.csv", "problem.transfer-label=family");
        Assert.Equal(["transfer"], moved.FurtherMetrics.Select(m => m.Name));
        Assert.InRange(moved.Examine(encoder).Values["transfer"], 0.5, 1);
        Assert.InRange(moved.Validate(encoder).Values["transfer"], 0.3, 1);
        Assert.Contains("there is no column 'kind' in", Assert.Throws<RequestException>(() => Task("problem.coarse-label=kind")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Neighbours_are_those_with_the_largest_cosines()
    {
        float[] train = [1, 0, 0, 1, 5, 5, -1, 0];
        Assert.Equal([[0, 2, 1], [1, 2, 0]], EncoderScores.Neighbours(train, [3, 0.1f, 0.2f, 9], 2, 3));
    }
}
