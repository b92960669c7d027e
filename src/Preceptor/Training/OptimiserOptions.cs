namespace Preceptor.Training;

/// <summary>The rule by which an optimiser turns a gradient into a step.</summary>
public enum OptimiserKind
{
    /// <summary>Stochastic gradient descent with momentum; weight decay is added to the gradient.</summary>
    Sgd,

    /// <summary>Adam (Kingma and Ba, 2015); weight decay is added to the gradient.</summary>
    Adam,

    /// <summary>Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019).</summary>
    AdamW,
}

/// <summary>How an optimiser steps; the learning rate is given at each step.</summary>
public sealed record OptimiserOptions
{
    /// <summary>The rule.</summary>
    public OptimiserKind Kind { get; init; }

    /// <summary>SGD: the share of the last step's direction that is kept, in [0, 1); 0 for none.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>SGD: whether to look ahead along the momentum, which must then be above 0.</summary>
    public bool Nesterov { get; init; }

    /// <summary>The pull of the weights towards 0, at least 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Adam: the decay of the gradient's mean, in [0, 1).</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam: the decay of the squared gradient's mean, in [0, 1).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Adam: added to the root of the squared gradient's mean, at least 0.</summary>
    public double Epsilon { get; init; } = 1e-8;
}
