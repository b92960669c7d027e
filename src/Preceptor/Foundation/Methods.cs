using System.Text.Json.Nodes;

namespace Preceptor.Foundation;

/// <summary>One piece of supervision that a problem offers, such as labels or a teacher's predictions.</summary>
public interface ISupervision
{
    /// <summary>Its name among pieces of the same type; empty where there is only one.</summary>
    string Name { get; }

    /// <summary>A hash of its contents.</summary>
    string Fingerprint { get; }
}

/// <summary>Supervision that says something of every training row.</summary>
public interface IRowSupervision : ISupervision
{
    /// <summary>What it says of some of the training rows, in the order given; what it says of validation rows stays.</summary>
    IRowSupervision Take(int[] rows);
}

/// <summary>The keys of a kind of problem on the user's own data.</summary>
public interface IProblemData
{
    /// <summary>What to call the problem in messages and folders.</summary>
    string Name { get; }
}

/// <summary>What a method may see: training data, validation data, and the supervision that is offered.</summary>
public interface IProblem
{
    /// <summary>What to call it in messages.</summary>
    string Name { get; }

    /// <summary>The supervision it offers.</summary>
    IReadOnlyList<ISupervision> Supervision { get; }
}

/// <summary>A problem that a method trains on.</summary>
public interface ITrainingProblem : IProblem
{
    /// <summary>Everything that decides what a method makes of this problem, for the keys of stages.</summary>
    /// <param name="method">The options of the method that learns from it, where they matter as well.</param>
    JsonObject Describe(JsonNode? method = null);
}

/// <summary>A problem ready to be run, with its exam.</summary>
public interface IProblemTask
{
    /// <summary>What a method may see.</summary>
    IProblem Problem { get; }

    /// <summary>What whoever reads a result on this problem should know about its data and labels.</summary>
    IReadOnlyList<string> Notes { get; }
}

/// <summary>A method that trains a model.</summary>
public interface IFit<in TProblem, out TResult> where TProblem : IProblem
{
    /// <summary>Trains on the problem within the run.</summary>
    TResult Fit(TProblem problem, Run run);
}

/// <summary>A method that betters a problem's supervision: relabels, weighs, selects, combines weak sources. It never touches validation rows.</summary>
public interface IImprove<TProblem> where TProblem : IProblem
{
    /// <summary>The problem with better supervision.</summary>
    TProblem Improve(TProblem problem, Run run);
}

/// <summary>A method that says something of a subject and changes nothing: how hard, how noisy, how calibrated, how sure.</summary>
public interface IMeasure<in TSubject, out TReport> where TSubject : IProblem
{
    /// <summary>Measures the subject within the run.</summary>
    TReport Measure(TSubject subject, Run run);
}

/// <summary>A method that trains a teacher itself when none is offered, so that its learner can be compared with it.</summary>
public interface ITrainsTeacher<in TProblem, out TResult> where TProblem : IProblem
{
    /// <summary>The teacher, a stage of its own; null if the problem offers one.</summary>
    TResult? TrainTeacher(TProblem problem, Run run);
}

/// <summary>Marks one alternative of what a method needs. Several markers mean any one of them suffices.</summary>
public interface INeeds<T> where T : ISupervision;

/// <summary>Marks what a step that betters supervision adds to a problem, so that later steps may need it.</summary>
public interface IGives<T> where T : ISupervision;

/// <summary>Marks an alternative of two pieces of supervision together.</summary>
public interface INeeds<T1, T2> where T1 : ISupervision where T2 : ISupervision;

/// <summary>Declares a method to the catalogue.</summary>
/// <param name="slug">Its key on the command line.</param>
/// <param name="title">Its name in the field's words.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MethodAttribute(string slug, string title) : Attribute
{
    /// <summary>Its key on the command line.</summary>
    public string Slug { get; } = slug;

    /// <summary>Its name in the field's words.</summary>
    public string Title { get; } = title;

    /// <summary>What it does and when to use it, in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>The paper, as it is cited.</summary>
    public required string Citation { get; init; }

    /// <summary>Its number among the mission's papers; 0 for a method beside them.</summary>
    public int Paper { get; init; }

    /// <summary>Whether it is a plain method that everyone should have tried before any other.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Whether it trains the problem's network; a method with a model of its own uses neither <c>model</c> nor <c>training</c>.</summary>
    public bool TrainsNetwork { get; init; } = true;

    /// <summary>Whether it reads words, so that a problem without a text column does not fit.</summary>
    public bool NeedsText { get; init; }

    /// <summary>The supervision whose own predictions are the method's floor, by type; null if it makes none.</summary>
    public Type? Floor { get; init; }
}
