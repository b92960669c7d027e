using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>What is to be measured: responses, predictions, rows, or a prediction problem to train on.</summary>
/// <param name="Name">What to call it in messages.</param>
/// <param name="Supervision">The pieces that it consists of, such as <see cref="Responses"/>.</param>
public sealed record MeasurementProblem(string Name, IReadOnlyList<ISupervision> Supervision) : IProblem
{
    /// <summary>What a reader of the report should know about the data.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>A hash of all its pieces.</summary>
    public string Fingerprint => string.Join(',', Supervision.Select(s => $"{s.GetType().Name}:{s.Name}:{s.Fingerprint}"));

    /// <summary>Its piece of a type; null if it has none.</summary>
    public T? Find<T>() where T : class, ISupervision => Supervision.OfType<T>().FirstOrDefault();

    /// <summary>Its piece of a type.</summary>
    /// <exception cref="RequestException">It has none.</exception>
    public T Require<T>() where T : class, ISupervision => Find<T>() ?? throw new RequestException(
        $"{Name}: {Options.Key(typeof(T).Name)} are needed, and it offers {string.Join(", ", Supervision.Select(s => Options.Key(s.GetType().Name)))}");
}
