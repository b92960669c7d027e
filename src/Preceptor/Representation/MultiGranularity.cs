using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Representation;

/// <summary>Which remembered images an image is related to.</summary>
public enum Neighbourhood
{
    /// <summary>Those with the largest cosine.</summary>
    Nearest,

    /// <summary>Any: the null control.</summary>
    Random,
}

/// <summary>
/// Mugs (Zhou et al. 2022): a student follows a slowly moving copy of itself, the teacher, at three granularities: each image is told apart from all earlier ones; each image among its nearest neighbours from a memory is told apart
/// from others among theirs; and images are put into groups. The three losses are averaged.
/// </summary>
[Method("mugs", "Instances, local groups and groups", Paper = 32, Summary = "Tells images apart, images with their neighbours apart, and puts them into groups: features fine and coarse at once.", Citation = "Zhou et al. 2022 (Mugs: A Multi-Granular Self-Supervised Learning Framework)")]
[Version(1)]
public sealed class MultiGranularity(MultiGranularity.Options options) : IFit<RepresentationProblem, TrainedEncoder>, INeeds<RawRows>
{
    /// <summary>The options. With group-weight alone it is DINO (Caron et al. 2021), with instance-weight alone momentum contrast with many crops.</summary>
    public sealed record Options
    {
        /// <summary>The weight of telling images apart.</summary>
        [Description("The weight of telling images apart; losses are averaged by their weights")]
        [Range(0, 1000)]
        [Source("section 3.5: 1")]
        [Tried("0")]
        public double InstanceWeight { get; set; } = 1;

        /// <summary>The weight of local groups.</summary>
        [Description("The weight of telling images among their neighbours apart")]
        [Range(0, 1000)]
        [Source("section 3.5: 1")]
        [Tried("0")]
        public double LocalGroupWeight { get; set; } = 1;

        /// <summary>The weight of groups.</summary>
        [Description("The weight of putting images into groups")]
        [Range(0, 1000)]
        [Source("section 3.5: 1")]
        [Tried("0")]
        public double GroupWeight { get; set; } = 1;

        /// <summary>The crops.</summary>
        [Description("The student's crops: parts, part-side, part-multiple, part-smallest, part-largest, strong-share")]
        public CropOptions Crops { get; set; } = new();

        /// <summary>τ of instances and local groups.</summary>
        [Description("τ of telling images and local groups apart")]
        [Range(0, 100, MinimumIsExclusive = true)]
        [Source("main.py: 0.2")]
        public double Temperature { get; set; } = 0.2;

        /// <summary>The student's temperature over groups.</summary>
        [Description("The temperature of the student's groups")]
        [Range(0, 100, MinimumIsExclusive = true)]
        [Source("loss.py: 0.1")]
        public double StudentTemperature { get; set; } = 0.1;

        /// <summary>The teacher's temperature over groups.</summary>
        [Description("The temperature of the teacher's groups")]
        [Range(0, 100, MinimumIsExclusive = true)]
        [Source("main.py: 0.04")]
        public double TeacherTemperature { get; set; } = 0.04;

        /// <summary>The teacher's first temperature.</summary>
        [Description("The temperature of the teacher's groups in the first epoch")]
        [Range(0, 100, MinimumIsExclusive = true)]
        [Source("main.py: 0.04")]
        public double FirstTeacherTemperature { get; set; } = 0.04;

        /// <summary>How long it takes from the first to the other.</summary>
        [Description("Epochs from the teacher's first temperature to the other, in a line")]
        [Range(0, 1_000_000)]
        [Source("main.py: 0")]
        public int TemperatureWarmup { get; set; }

        /// <summary>The centre's momentum.</summary>
        [Description("The share of the groups' centre that a step keeps")]
        [Range(0, 1)]
        [Source("loss.py: 0.9")]
        public double CentreMomentum { get; set; } = 0.9;

        /// <summary>The teacher's momentum at the beginning.</summary>
        [Description("The share of the teacher that a step keeps at the beginning; it grows to 1 along half a cosine")]
        [Range(0, 1)]
        [Source("main.py: 0.996; less for fewer steps")]
        public double Momentum { get; set; } = 0.99;

        /// <summary>Keys.</summary>
        [Description("Earlier keys of the teacher that are negatives")]
        [Range(1, 10_000_000)]
        [Source("main.py: 65536; less for fewer rows")]
        public int Keys { get; set; } = 1024;

        /// <summary>Remembered images.</summary>
        [Description("Earlier images that neighbours are looked for among")]
        [Range(1, 10_000_000)]
        [Source("main.py: 65536; less for fewer rows")]
        public int Memory { get; set; } = 1024;

        /// <summary>Neighbours.</summary>
        [Description("Neighbours of an image")]
        [Range(1, 1000)]
        [Source("main.py: 8")]
        public int Neighbours { get; set; } = 8;

        /// <summary>Which neighbours.</summary>
        [Description("Which remembered images are neighbours: nearest, or random as a null control")]
        [Tried("random")]
        public Neighbourhood Neighbourhood { get; set; }

        /// <summary>Groups.</summary>
        [Description("Groups that images are put into")]
        [Range(2, 10_000_000)]
        [Source("main.py: 65536; less for fewer rows")]
        public int Prototypes { get; set; } = 128;

        /// <summary>Epochs in which the prototypes stay.</summary>
        [Description("Epochs at the beginning in which the groups' prototypes stay as they are")]
        [Range(0, 1_000_000)]
        [Source("main.py: 1")]
        public int FreezePrototypes { get; set; } = 1;

        /// <summary>Hidden numbers of heads.</summary>
        [Description("Numbers between the layers of heads")]
        [Range(1, 65536)]
        [Source("model.py: 2048")]
        public int HeadHidden { get; set; } = 128;

        /// <summary>Hidden numbers of predictors.</summary>
        [Description("Numbers between the layers of the student's predictors")]
        [Range(1, 65536)]
        [Source("model.py: 4096")]
        public int PredictorHidden { get; set; } = 256;

        /// <summary>Numbers a projection.</summary>
        [Description("Numbers a projection")]
        [Range(1, 65536)]
        [Source("model.py: 256")]
        public int HeadWidth { get; set; } = 64;

        /// <summary>Blocks that relate an image to its neighbours.</summary>
        [Description("Transformer blocks that relate an image to its neighbours")]
        [Range(1, 16)]
        [Source("main.py: 1")]
        public int RelationBlocks { get; set; } = 1;

        /// <summary>The released code's memory.</summary>
        [Description("The released code's memory, which leaves the places of every second batch as they are")]
        [Source("model.py")]
        public bool Released { get; set; }
    }

    /// <inheritdoc/>
    /// <exception cref="RequestException">The rows are no images, or options contradict each other.</exception>
    public TrainedEncoder Fit(RepresentationProblem problem, Run run)
    {
        Check(problem);
        problem = problem.Augmented();
        var encoder = run.NewEncoder(problem);
        var student = new MultiGranularNetwork(encoder, options);
        var (instancePredictor, localPredictor) = (Predictor(), Predictor());
        var teacher = new MultiGranularNetwork(Encoder.Create(problem.Model, problem.Train.Shape), options);
        run.Uses(typeof(MultiGranularNetwork));
        run.Uses(typeof(ImageAugmentation));

        using var slow = run.Keep("teacher", new MovingAverage(student, options.Momentum));
        using var centre = run.Keep("centre", new GroupCentre(zeros(1, options.Prototypes), options.CentreMomentum));
        using var keys = run.Keep("keys", Remembered(options.Keys, options.HeadWidth, isUnit: true));
        using var localKeys = run.Keep("local-keys", Remembered(options.Keys, options.HeadWidth, isUnit: true));
        using var studentMemory = run.Keep("student-memory", Remembered(options.Memory, encoder.Features, isUnit: false));
        using var teacherMemory = run.Keep("teacher-memory", Remembered(options.Memory, encoder.Features, isUnit: false));
        var crops = new MultiCrops(problem.Training, problem.Train.Shape, (ulong)run.TorchSeed("variation"), options.Crops);

        Tensor Step(ViewBatch batch, Epoch epoch)
        {
            if (batch.ShareDone > 0) slow.Update(1 - (1 - options.Momentum) * (1 + Math.Cos(Math.PI * batch.ShareDone)) / 2);
            slow.CopyTo(teacher);
            var views = batch.Views();
            var seen = Encode(encoder, views[MultiCrops.Whole..]);
            var random = run.Random("neighbours", epoch.Number, batch.Rows[0]);
            EncodedTokens[] wanted;
            using (no_grad()) wanted = Encode(teacher.Encoder, views[..MultiCrops.Whole]);
            var loss = zeros(1).squeeze();
            var weights = 0.0;
            void Count(double weight, Tensor ofBranch)
            {
                loss = loss + weight * ofBranch;
                weights += weight;
            }

            if (options.InstanceWeight > 0)
                Count(options.InstanceWeight, MultiCropLoss.OfInstances(Map(seen, s => instancePredictor.forward(student.Instance(s.Features))), Fixed(wanted, t => teacher.Instance(t.Features)), keys, options.Temperature));
            // Before memories are full, neighbours are random numbers.
            if (options.LocalGroupWeight > 0 && studentMemory.IsFull && teacherMemory.IsFull)
                Count(options.LocalGroupWeight, MultiCropLoss.OfInstances(Map(seen, s => localPredictor.forward(LocalGroup(student, s, studentMemory, random))), Fixed(wanted, t => LocalGroup(teacher, t, teacherMemory, random)), localKeys, options.Temperature));
            if (options.GroupWeight > 0)
                Count(options.GroupWeight, MultiCropLoss.OfGroups(Map(seen, s => student.Group(s.Features, epoch.Number <= options.FreezePrototypes)), Fixed(wanted, t => teacher.Group(t.Features)), centre, options.StudentTemperature, TeacherTemperature(options, epoch.Number)));
            var weak = crops.Weak(batch);
            if (weak.Length > 0) studentMemory.Add(seen[0].MeanPatch.detach().index_select(0, tensor(weak)));
            teacherMemory.Add(wanted[0].MeanPatch);
            return weights == 0 ? (seen[0].Features * 0).sum() : loss / weights;
        }

        var summary = TrainingLoop.Fit<ViewBatch>(run, new ModuleGroup(student, instancePredictor, localPredictor), new ViewBatches(run, problem, crops.See), problem.Training, epoch =>
        {
            teacher.train();
            if (options.GroupWeight > 0 && !epoch.IsFirst) run.Record(new JsonObject { ["stage"] = run.StagePath, ["epoch"] = epoch.Number - 1, ["target-entropy"] = centre.TargetEntropy, ["most-entropy"] = Math.Log(options.Prototypes) });
            return batch => Step(batch, epoch);
        }, null);
        slow.CopyTo(student);
        student.eval();
        return new(problem.Encoding, problem.Model, new(encoder), summary, run.Threads);
    }

    /// <summary>The temperature of the teacher's groups in an epoch, from 1.</summary>
    internal static double TeacherTemperature(Options options, int epoch)
    {
        if (epoch > options.TemperatureWarmup) return options.TeacherTemperature;
        var share = options.TemperatureWarmup == 1 ? 0 : (epoch - 1.0) / (options.TemperatureWarmup - 1);
        return options.FirstTeacherTemperature + share * (options.TeacherTemperature - options.FirstTeacherTemperature);
    }

    private GeluHead Predictor() => new(options.HeadWidth, options.PredictorHidden, options.HeadWidth, 2);

    private VectorMemory Remembered(int count, int width, bool isUnit)
    {
        using var values = randn(count, width);
        using var unit = nn.functional.normalize(values, 2, 1, 1e-12);
        return new(isUnit ? unit : values, options.Released && !isUnit);
    }

    // Retrieval asks with the mean of all tokens before the last norm, and memories hold the mean of patches after it, as in the released code.
    private Tensor LocalGroup(MultiGranularNetwork network, EncodedTokens image, VectorMemory memory, RandomStream random)
    {
        var places = options.Neighbourhood == Neighbourhood.Nearest ? memory.Nearest(image.MeanToken, options.Neighbours)
            : tensor(Enumerable.Range(0, (int)image.MeanToken.shape[0] * options.Neighbours).Select(_ => (long)random.Next(options.Memory)).ToArray(), [image.MeanToken.shape[0], options.Neighbours]);
        return network.LocalGroup(image.MeanToken, memory.At(places));
    }

    private static Tensor[] Map(EncodedTokens[] crops, Func<EncodedTokens, Tensor> map) => [.. crops.Select(map)];

    private static Tensor[] Fixed(EncodedTokens[] crops, Func<EncodedTokens, Tensor> map)
    {
        using var noGradient = no_grad();
        return Map(crops, map);
    }

    // One pass for the whole crops, one for the parts: batch norm sees those of a size together.
    private static EncodedTokens[] Encode(Encoder encoder, Inputs[] crops) => [.. new[] { crops[..2], crops[2..] }.Where(c => c.Length > 0).SelectMany(same =>
    {
        var all = encoder.ForwardTokens(new(cat([.. same.Select(c => c.Image!)], 0), null, null));
        var (features, tokens, patches) = (all.Features.chunk(same.Length, 0), all.MeanToken.chunk(same.Length, 0), all.MeanPatch.chunk(same.Length, 0));
        return Enumerable.Range(0, same.Length).Select(i => new EncodedTokens(features[i], tokens[i], patches[i]));
    })];

    private void Check(RepresentationProblem problem)
    {
        if (problem.Train.Shape is not { Pixels: > 0, Tokens: 0, Numbers: 0 }) throw new RequestException($"mugs sees parts of images, and {problem.Name} has {string.Join(" and ", problem.Train.Shape.Parts)}");
        problem.Training.Check(problem.Train.Shape);
        if (options.InstanceWeight + options.LocalGroupWeight + options.GroupWeight == 0) throw new RequestException("method.instance-weight, method.local-group-weight, method.group-weight: all are 0, and nothing is left to learn");
        if (options.Crops.PartSmallest > options.Crops.PartLargest) throw new RequestException($"method.crops.part-smallest: {options.Crops.PartSmallest} is larger than part-largest, {options.Crops.PartLargest}");
        if (options.Neighbours > options.Memory) throw new RequestException($"method.neighbours: {options.Neighbours} are not in a memory of {options.Memory}");
        var kind = Encoder.Resolve(problem.Model.Encoder, problem.Train.Shape);
        if (kind is EncoderKind.Mlp or EncoderKind.Linear && options.Crops.Parts > 0) throw new RequestException($"method.crops.parts: {options.Crops.Parts} smaller images, which model.encoder {Foundation.Options.Key(kind.ToString())} cannot read; resnet and vit can; or set it to 0");
        if (kind == EncoderKind.Vit && options.Crops.PartMultiple % problem.Model.Patch != 0) throw new RequestException($"method.crops.part-multiple: {options.Crops.PartMultiple} is no multiple of model.patch, {problem.Model.Patch}");
    }
}
