using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using Preceptor.Training;

namespace Preceptor.Representation;

/// <summary>Rows without labels.</summary>
/// <param name="Fingerprint">A hash of their contents.</param>
public sealed record RawRows(string Fingerprint) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";
}

/// <summary>A problem of learning a representation: raw rows alone.</summary>
/// <param name="Title">What to call it in messages.</param>
/// <param name="Encoding">From raw rows to inputs.</param>
/// <param name="Train">The rows to learn from.</param>
/// <param name="Validation">Others.</param>
public sealed record RepresentationProblem(string Title, InputEncoding Encoding, Examples Train, Examples Validation) : ITrainingProblem
{
    /// <inheritdoc/>
    public string Name => Title;

    /// <inheritdoc/>
    public IReadOnlyList<ISupervision> Supervision => Few is null ? [new RawRows(Train.Fingerprint)] : [new RawRows(Train.Fingerprint), Few];

    /// <summary>Labels of a few training rows; null where none are offered.</summary>
    public Labels? Few { get; init; }

    /// <summary>How many classes there are; 0 where no labels are offered.</summary>
    public int Classes { get; init; }

    /// <summary>The encoder's network.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>How to train it.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public JsonObject Describe(JsonNode? method = null)
    {
        var description = new JsonObject { ["rows"] = Train.Fingerprint, ["validation"] = Validation.Fingerprint, ["model"] = Options.Resolve(Model), ["training"] = Options.Resolve(Training) };
        if (Few is not null) description["labels"] = Few.Fingerprint;
        if (method is not null) description["method"] = method;
        return description;
    }
}
