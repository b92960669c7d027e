using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Training;

/// <summary>How the learning rate moves over the steps.</summary>
public enum RateSchedule
{
    /// <summary>Stays.</summary>
    Constant,

    /// <summary>Falls to zero along half a cosine.</summary>
    Cosine,

    /// <summary>Falls to a tenth at half of the steps and again at three quarters.</summary>
    Steps,

    /// <summary>Rises in a line over the warm-up, then falls with the root of the step (Vaswani et al. 2017, eq. 3; "Noam").</summary>
    InverseRoot,
}

/// <summary>How a network is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training rows.</summary>
    [Description("Passes over the training rows")]
    [Range(1, 1_000_000)]
    public int Epochs { get; set; } = 20;

    /// <summary>Rows a step.</summary>
    [Description("Rows a step, of all ranks together")]
    [Range(1, 1_000_000)]
    public int Batch { get; set; } = 128;

    /// <summary>Learning rate at its highest.</summary>
    [Description("Learning rate at its highest")]
    [Range(0, 100, MinimumIsExclusive = true)]
    public double Rate { get; set; } = 0.001;

    /// <summary>The optimiser.</summary>
    [Description("Optimiser; weight decay is added to the gradient by sgd and adam, decoupled by adam-w")]
    public OptimiserKind Optimiser { get; set; } = OptimiserKind.Adam;

    /// <summary>Momentum of SGD.</summary>
    [Description("Momentum of sgd")]
    [Range(0, 0.9999)]
    public double Momentum { get; set; } = 0.9;

    /// <summary>Nesterov's form of momentum.</summary>
    [Description("Nesterov's form of momentum in sgd")]
    public bool Nesterov { get; set; }

    /// <summary>Weight decay.</summary>
    [Description("Weight decay")]
    [Range(0, 10)]
    public double WeightDecay { get; set; }

    /// <summary>The schedule of the rate.</summary>
    [Description("How the rate moves over the steps; steps falls to a tenth at half and at three quarters; inverse-root falls with the root of the step, from the end of warmup on")]
    public RateSchedule Schedule { get; set; } = RateSchedule.Cosine;

    /// <summary>Share of the steps over which the rate rises.</summary>
    [Description("Share of all steps over which the rate first rises from zero")]
    [Range(0, 1)]
    public double Warmup { get; set; }

    /// <summary>Largest gradient norm.</summary>
    [Description("Gradients are scaled down to this global norm; 0 leaves them")]
    [Range(0, 1e9)]
    public double Clip { get; set; }

    /// <summary>Decay of the moving average of the weights.</summary>
    [Description("Decay a step of a moving average of the weights, which is then the model; 0 for none")]
    [Range(0, 0.999999)]
    public double Average { get; set; }

    /// <summary>Epochs without a better validation accuracy after which training stops.</summary>
    [Description("Stop after this many epochs without a better validation accuracy and return the best epoch; 0 never")]
    [Range(0, 1_000_000)]
    public int Patience { get; set; }

    /// <summary>Random changes of training images.</summary>
    [Description("Random changes of training images, new in every epoch")]
    public Augmentation[] Augment { get; set; } = [];

    /// <summary>How many views there are of an image.</summary>
    [Description("How many views of each image augment makes, used in turn, one an epoch: a teacher's answers to them can then be kept; 0: a new one in every epoch")]
    [Range(0, 1_000_000)]
    public int Views { get; set; }

    /// <summary>The view of an epoch, from 1: none of another image is meant by it.</summary>
    internal int ViewOf(int epoch) => Views == 0 ? epoch : (epoch - 1) % Views;

    /// <summary>How strong those are.</summary>
    [Description("How strong each change of augment is: shift, flip, crop, rotate, noise, colour, erasing; left out: its default")]
    public AugmentationStrength? Strength { get; set; }

    /// <summary>α of mixup.</summary>
    [Description("Mixes each example and its target with another's, λ ~ Beta(α, α) a batch (mixup): α, such as 0.2; left out or 0: not")]
    [Range(0, 100)]
    public double? Mixup { get; set; }

    /// <summary>α of CutMix.</summary>
    [Description("Puts a rectangle of another image into each, and mixes targets by the areas (CutMix): α, such as 1; left out or 0: not")]
    [Range(0, 100)]
    public double? Cutmix { get; set; }

    /// <summary>Whether examples are mixed with each other.</summary>
    internal bool Mixes => Mixup > 0 || Cutmix > 0;

    /// <summary>Throws if inputs of this shape cannot be changed or mixed as is asked for.</summary>
    /// <exception cref="RequestException">There are no images to change, or texts to mix.</exception>
    internal void Check(InputShape shape)
    {
        if (Augment.Length > 0 && shape.Pixels == 0) throw new RequestException("training.augment: changes images, and the problem has none");
        if (Cutmix > 0 && shape.Pixels == 0) throw new RequestException("training.cutmix: cuts images, and the problem has none");
        if (Mixes && shape.Tokens > 0) throw new RequestException($"training.{(Mixup > 0 ? "mixup" : "cutmix")}: mixes images and numbers, and words cannot be mixed");
    }

    /// <summary>Throws if examples are mixed, for a method whose targets belong to single rows.</summary>
    /// <param name="why">What the method does with a row's own examples.</param>
    /// <exception cref="RequestException">Examples are mixed.</exception>
    internal void RequireUnmixed(string why)
    {
        if (Mixes) throw new RequestException($"training.{(Mixup > 0 ? "mixup" : "cutmix")}: {why}; leave it out for this method");
    }

    /// <summary>The same for a network that has been trained before, and now learns something else: other passes, and by default a tenth of the rate.</summary>
    /// <param name="epochs">Passes.</param>
    /// <param name="rate">The rate; null for a tenth of this one.</param>
    internal TrainingOptions Onward(int epochs, double? rate) => this with { Epochs = epochs, Rate = rate ?? 0.1 * Rate };

    /// <summary>The optimiser's own options.</summary>
    public OptimiserOptions ToOptimiser() => new() { Kind = Optimiser, Momentum = Momentum, Nesterov = Nesterov, WeightDecay = WeightDecay };

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">All steps of the training.</param>
    public double RateAt(long step, long steps)
    {
        var rising = Warmup * steps;
        if (Schedule == RateSchedule.InverseRoot) return Rate * Math.Min((step + 1) / Math.Max(1, rising), Math.Sqrt(Math.Max(1, rising) / (step + 1)));
        if (step < rising) return Rate * (step + 1) / (rising + 1);
        var done = (step - rising) / Math.Max(1, steps - rising);
        return Rate * Schedule switch
        {
            RateSchedule.Cosine => 0.5 * (1 + Math.Cos(Math.PI * done)),
            RateSchedule.Steps => done < 0.5 ? 1 : done < 0.75 ? 0.1 : 0.01,
            _ => 1,
        };
    }
}
