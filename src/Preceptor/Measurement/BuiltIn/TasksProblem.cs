using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Measurement.BuiltIn;

/// <summary>The problem <c>tasks</c>: published learning tasks with the numbers that their difficulty depends on, or one of your own.</summary>
[Version(1)]
public static class TasksProblem
{
    private const string Own = "own", All = "all";

    /// <summary>The options of tasks.</summary>
    public sealed record Options
    {
        /// <summary>Which tasks.</summary>
        [Description("Which published task: all, own for one whose every number is given here, or one of these names")]
        [AllowedValues(All, Own, "mnist", "svhn", "cifar10", "imagenet", "omniglot", "cartpole", "cartpole-3", "reacher", "hopper", "half-cheetah")]
        public string Task { get; set; } = All;

        /// <summary>What is to be learned.</summary>
        [Description("What an own task asks for: telling classes apart, a policy, or learning to learn classes from one example each")]
        public LearningTaskKind Kind { get; set; }

        /// <summary>n.</summary>
        [Description("n: training rows, steps seen or training episodes; left out: the published number")]
        [Range(1, 1e300)]
        public double? Samples { get; set; }

        /// <summary>m.</summary>
        [Description("m: intrinsic dimension of the data, numbers that a policy observes, or dimension within a family of few-shot classes; left out: the published number")]
        [Range(1, 1e6)]
        public double? Dimension { get; set; }

        /// <summary>m₁.</summary>
        [Description("Dimension across families of few-shot classes; left out: the published number")]
        [Range(1, 1e6)]
        public double? Across { get; set; }

        /// <summary>R.</summary>
        [Description("R: the largest norm of a row; left out: the published number")]
        [Range(0, 1e300, MinimumIsExclusive = true)]
        public double? Radius { get; set; }

        /// <summary>c.</summary>
        [Description("Classes, dimensions of an action, or classes an episode; left out: the published number")]
        [Range(1, 1_000_000)]
        public int? Outputs { get; set; }

        /// <summary>δ.</summary>
        [Description("δ: the least distance of rows that differ in their answer; left out: the published number")]
        [Range(0, 1e300, MinimumIsExclusive = true)]
        public double? Resolution { get; set; }

        /// <summary>ε.</summary>
        [Description("ε: the error to reach; left out: the published number")]
        [Range(0, 1, MinimumIsExclusive = true)]
        public double? Error { get; set; }
    }

    // The numbers of the released code. CartPole is a policy on the last T observations of two numbers. Omniglot's episodes are all
    // choices of 20 characters of one of the 30 background alphabets, each in one of 20 drawings.
    private static readonly LearningTask[] Published =
    [
        new("mnist", LearningTaskKind.Classification, 60000, 14, 17.179045827183984, 10, 2.3987084824335305, 0.001),
        new("svhn", LearningTaskKind.Classification, 73257, 19, 53.86932485133339, 10, 1.5766998174969105, 0.01),
        new("cifar10", LearningTaskKind.Classification, 50000, 27, 54.9156786783691, 10, 2.7506414616587023, 0.01),
        new("omniglot", LearningTaskKind.FewShot, 6.978975985795995e40, 22, 49.4064773081425, 20, 5.477225575051661, 0.01) { Across = 29 },
        new("imagenet", LearningTaskKind.Classification, 1280901, 48, 943.5923, 1000, 65, 0.1),
        new("cartpole", LearningTaskKind.Policy, 10000, 2, 1, 1, 0.001, 0.001),
        new("cartpole-3", LearningTaskKind.Policy, 10000, 6, 1, 1, 0.001, 0.001),
        new("reacher", LearningTaskKind.Policy, 1000000, 6, 1, 2, 0.001, 0.001),
        new("hopper", LearningTaskKind.Policy, 1000000, 15, 1, 4, 0.001, 0.001),
        new("half-cheetah", LearningTaskKind.Policy, 1000000, 17, 1, 6, 0.001, 0.001),
    ];

    /// <summary>The tasks; nothing of them is drawn.</summary>
    /// <exception cref="RequestException">An own task lacks a number, or numbers are given for all tasks.</exception>
    public static MeasurementProblem Draw(Options options)
    {
        var given = new (string Key, bool IsGiven, bool IsNeeded)[]
        {
            ("samples", options.Samples is not null, true), ("dimension", options.Dimension is not null, true), ("across", options.Across is not null, options.Kind == LearningTaskKind.FewShot),
            ("radius", options.Radius is not null, options.Kind != LearningTaskKind.Policy), ("outputs", options.Outputs is not null, true), ("resolution", options.Resolution is not null, true), ("error", options.Error is not null, true),
        };
        if (options.Task == All)
        {
            if (given.FirstOrDefault(g => g.IsGiven) is { Key: { } key }) throw new RequestException($"problem.{key}: belongs to one task, and problem.task is all; name one, or own");
            return new("tasks", [new LearningTasks(Published)]);
        }
        if (options.Task == Own && given.FirstOrDefault(g => g.IsNeeded && !g.IsGiven) is { Key: { } missing }) throw new RequestException($"problem.{missing}: an own task of kind {Foundation.Options.Key($"{options.Kind}")} needs it");
        var task = options.Task == Own ? new LearningTask(Own, options.Kind, 1, 1, 1, 1, 1, 1) : Published.First(t => t.Name == options.Task);
        task = task with
        {
            Samples = options.Samples ?? task.Samples,
            Dimension = options.Dimension ?? task.Dimension,
            Across = options.Across ?? task.Across,
            Radius = options.Radius ?? task.Radius,
            Outputs = options.Outputs ?? task.Outputs,
            Resolution = options.Resolution ?? task.Resolution,
            Error = options.Error ?? task.Error,
        };
        if (task.Kind != LearningTaskKind.Policy && task.Outputs < 2) throw new RequestException($"problem.outputs: {task.Outputs} class cannot be told apart; expected 2 or more");
        return new($"task {task.Name}", [new LearningTasks([task])]);
    }
}
