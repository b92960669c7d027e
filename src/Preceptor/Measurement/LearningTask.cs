using System.Globalization;
using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>What is to be learned.</summary>
public enum LearningTaskKind
{
    /// <summary>Telling classes apart.</summary>
    Classification,

    /// <summary>Acting on what is observed.</summary>
    Policy,

    /// <summary>Learning to learn classes from one example each.</summary>
    FewShot,
}

/// <summary>A learning task, by the numbers that its difficulty depends on; those that its kind does not know are 1.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Kind">What is to be learned.</param>
/// <param name="Samples">n: training rows, steps seen, or training episodes.</param>
/// <param name="Dimension">m: the intrinsic dimension of the data, the numbers that a policy observes, or the dimension of one family's images.</param>
/// <param name="Radius">R, the largest norm of a row.</param>
/// <param name="Outputs">Classes, dimensions of an action, or classes an episode.</param>
/// <param name="Resolution">δ, the least distance of rows that differ in their answer.</param>
/// <param name="Error">ε, the error to reach.</param>
public sealed record LearningTask(string Name, LearningTaskKind Kind, double Samples, double Dimension, double Radius, int Outputs, double Resolution, double Error)
{
    /// <summary>m₁, the dimension of images across families, for few-shot learning.</summary>
    public double Across { get; init; } = 1;

    /// <summary>Its difficulty.</summary>
    /// <param name="error">The error to reach; null for the task's own.</param>
    public GeneralizationDifficulty Difficulty(double? error = null) => Kind switch
    {
        LearningTaskKind.Policy => GeneralizationDifficulty.OfPolicy(error ?? Error, Samples, Dimension, Outputs, Resolution),
        LearningTaskKind.FewShot => GeneralizationDifficulty.OfFewShot(error ?? Error, Samples, Dimension, Across, Radius, Resolution, Outputs),
        _ => GeneralizationDifficulty.OfClasses(error ?? Error, Samples, Dimension, Radius, Resolution, Outputs),
    };
}

/// <summary>Learning tasks whose numbers are known.</summary>
/// <param name="Tasks">The tasks, at least one.</param>
public sealed record LearningTasks(IReadOnlyList<LearningTask> Tasks) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";

    /// <inheritdoc/>
    public string Fingerprint { get; } = Contents.Hash(Encoding.UTF8.GetBytes(string.Join('\n', Tasks.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t}")))));
}
