using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

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
}

/// <summary>How a network is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training rows.</summary>
    [Description("Passes over the training rows")]
    [Range(1, 1_000_000)]
    public int Epochs { get; set; } = 20;

    /// <summary>Rows a step.</summary>
    [Description("Rows a step")]
    [Range(1, 1_000_000)]
    public int Batch { get; set; } = 128;

    /// <summary>Learning rate at its highest.</summary>
    [Description("Learning rate at its highest")]
    [Range(0, 100, MinimumIsExclusive = true)]
    public double Rate { get; set; } = 0.001;

    /// <summary>The optimiser.</summary>
    [Description("Optimiser; weight decay is added to the gradient by sgd and adam, decoupled by adamw")]
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
    [Description("How the rate moves over the steps; steps falls to a tenth at half and at three quarters")]
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

    /// <summary>The optimiser's own options.</summary>
    public OptimiserOptions ToOptimiser() => new() { Kind = Optimiser, Momentum = Momentum, Nesterov = Nesterov, WeightDecay = WeightDecay };

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">All steps of the training.</param>
    public double RateAt(long step, long steps)
    {
        var rising = Warmup * steps;
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
