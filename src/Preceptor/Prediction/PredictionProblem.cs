using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using Preceptor.Training;

namespace Preceptor.Prediction;

/// <summary>A problem of predicting one of several classes, any number of labels, or a number: what a method may see.</summary>
public sealed record PredictionProblem : ITrainingProblem
{
    /// <inheritdoc/>
    public required string Name { get; init; }

    /// <summary>From raw rows to inputs, learned from the training rows.</summary>
    public required InputEncoding Encoding { get; init; }

    /// <summary>The classes or labels, C; none where a number is predicted.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The training rows' inputs [N].</summary>
    public required Examples Train { get; init; }

    /// <summary>The validation rows' inputs [M]; may have no rows.</summary>
    public required Examples Validation { get; init; }

    /// <inheritdoc/>
    public required IReadOnlyList<ISupervision> Supervision { get; init; }

    /// <summary>The group of each training row [N], such as its customer, that is never on both sides of a division; null where rows stand for themselves.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>The groups as numbers, counted from 0.</summary>
    internal ulong[]? GroupNumbers()
    {
        var numbers = new Dictionary<string, ulong>(StringComparer.Ordinal);
        return Groups is null ? null : [.. Groups.Select(group => numbers.TryGetValue(group, out var number) ? number : numbers[group] = (ulong)numbers.Count)];
    }

    /// <summary>The network to train.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>How to train it.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>The form of what is to be predicted, and how it becomes a network's outputs.</summary>
    public TargetEncoding Target => Find<ITargets>()?.Encoding ?? TargetEncoding.One;

    /// <summary>How many outputs a network has: one a class or label, or the number.</summary>
    public int Outputs => Target.Kind == TargetKind.Number ? 1 : Classes.Count;

    /// <summary>What is to be predicted of the rows, in whichever form.</summary>
    /// <exception cref="RequestException">Nothing is offered.</exception>
    public ITargets Targets => Find<ITargets>() ?? throw new RequestException($"{Name}: this method needs labels, and the problem offers none");

    /// <summary>The labels, one class a row.</summary>
    /// <exception cref="RequestException">None are offered.</exception>
    public Labels Labels => Find<Labels>() ?? throw new RequestException($"{Name}: this method needs labels, and the problem offers none");

    /// <summary>The supervision of a type, or null.</summary>
    public T? Find<T>() where T : class, ISupervision => Supervision.OfType<T>().FirstOrDefault();

    /// <summary>The same problem with a piece of supervision added, or put in place of the one of its type and name.</summary>
    public PredictionProblem With<T>(T supervision) where T : ISupervision =>
        this with { Supervision = [.. Supervision.Where(s => s is not T || s.Name != supervision.Name), supervision] };

    /// <summary>The problem of some of its training rows: their inputs and what is offered of them. The encoding stays, as do the validation rows.</summary>
    public PredictionProblem Take(int[] rows) => this with { Train = Train.Take(rows), Groups = Groups is null ? null : [.. rows.Select(row => Groups[row])], Supervision = [.. Supervision.Select(s => s is IRowSupervision r ? r.Take(rows) : s)] };

    /// <summary>Everything that decides what a method makes of this problem, for the keys of stages.</summary>
    /// <param name="method">The options of the method that learns from it, where they matter as well.</param>
    public JsonObject Describe(JsonNode? method = null)
    {
        var description = new JsonObject
        {
            ["train"] = Train.Fingerprint,
            ["validation"] = Validation.Fingerprint,
            ["classes"] = new JsonArray([.. Classes.Select(c => JsonValue.Create(c))]),
            ["supervision"] = new JsonArray([.. Supervision.Select(s => JsonValue.Create($"{s.GetType().Name}:{s.Name}:{s.Fingerprint}"))]),
            ["model"] = Options.Resolve(Model),
            ["training"] = Options.Resolve(Training),
        };
        if (method is not null) description["method"] = method;
        return description;
    }

    /// <summary>The same problem, trained for so many epochs at a share of its rate.</summary>
    internal PredictionProblem FineTuning(int epochs, double rate) => this with { Training = Training with { Epochs = epochs, Rate = Training.Rate * rate } };
}
